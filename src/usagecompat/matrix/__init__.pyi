from .badges import badge
from .files import read_result
from .formats import FORMATS
from .summary import Absent, Matrix

__all__ = ["FORMATS", "Absent", "Matrix", "badge", "read_result"]
