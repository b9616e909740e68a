from .badges import badge
from .change_tables import CHANGE_FORMATS
from .changes import Changes, changes_between
from .files import parsed, read_result
from .formats import FORMATS
from .standings import Standing, is_matrix, read_standings, renamed, standing_of
from .summary import Absent, Matrix

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
    "parsed",
    "read_result",
    "read_standings",
    "renamed",
    "standing_of",
]
