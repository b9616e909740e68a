from .fuzzing import fuzz
from .keeping import FOLDER, Store, keep_all_in
from .kinds import PREFIX, Kind
from .report import FORMATS, render_fuzz
from .results import Find, FuzzResult

__all__ = ["FOLDER", "FORMATS", "PREFIX", "Find", "FuzzResult", "Kind", "Store", "fuzz", "keep_all_in", "render_fuzz"]
