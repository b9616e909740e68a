from .differences import Difference, Differences, differences
from .patch import patch_text
from .witnesses import QueryWitness, Witness, find_query, find_witness, why_refused

__all__ = [
    "Difference",
    "Differences",
    "QueryWitness",
    "Witness",
    "differences",
    "find_query",
    "find_witness",
    "patch_text",
    "why_refused",
]
