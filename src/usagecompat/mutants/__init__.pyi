from .catalogue import all_mutants
from .corpus_page import page
from .fault_table import table
from .kill_matrix import MutantOutcome, MutantResult, matrix
from .minimal_sets import choose, freeze, frozen_sets, reaches
from .model import Mutant

__all__ = [
    "Mutant",
    "MutantOutcome",
    "MutantResult",
    "all_mutants",
    "choose",
    "freeze",
    "frozen_sets",
    "matrix",
    "page",
    "reaches",
    "table",
]
