from .fuzzing import fuzz
from .keeping import FOLDER, Store
from .kinds import PREFIX, Kind
from .report import FORMATS, render_fuzz
from .results import Find, FuzzResult

__all__ = ["FOLDER", "FORMATS", "PREFIX", "Find", "FuzzResult", "Kind", "Store", "fuzz", "render_fuzz"]
