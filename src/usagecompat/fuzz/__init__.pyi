from .fuzzing import fuzz
from .keeping import FOLDER, Store
from .kinds import Kind
from .report import FORMATS, render_fuzz
from .results import Find, FuzzResult

__all__ = ["FOLDER", "FORMATS", "Find", "FuzzResult", "Kind", "Store", "fuzz", "render_fuzz"]
