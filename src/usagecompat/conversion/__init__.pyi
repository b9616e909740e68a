from .converting import Conversion, convert
from .diffing import Differences, WitnessedChange, differences
from .flattening import flat_records, flatten
from .patch import patch_text
from .witnesses import QueryWitness, Witness, why_refused

__all__ = [
    "Conversion",
    "Differences",
    "QueryWitness",
    "Witness",
    "WitnessedChange",
    "convert",
    "differences",
    "flat_records",
    "flatten",
    "patch_text",
    "why_refused",
]
