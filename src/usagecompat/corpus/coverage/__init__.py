"""
What a corpus has to cover, derived from the contract, and what it does cover.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
