from .badges import badge
from .change_tables import CHANGE_FORMATS
from .changes import Changes, changes_between
from .files import parsed, read_result
from .formats import FORMATS
from .history import kept, label_of, times_in
from .standings import is_matrix, read_standings, renamed, standing_of
from .summary import Absent, Matrix
from .times import Standing

__all__ = [
    "CHANGE_FORMATS",
    "FORMATS",
    "Absent",
    "Changes",
    "Matrix",
    "Standing",
    "badge",
    "changes_between",
    "is_matrix",
    "kept",
    "label_of",
    "parsed",
    "read_result",
    "read_standings",
    "renamed",
    "standing_of",
    "times_in",
]
