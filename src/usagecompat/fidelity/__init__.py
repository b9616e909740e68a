"""
How much of a payload survives a client: `compare` gives a level and every difference that explains it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
