from .comparison import Difference, Fidelity, Level, compare

__all__ = ["Difference", "Fidelity", "Level", "compare"]
