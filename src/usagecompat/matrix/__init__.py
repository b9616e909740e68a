"""
Many clients side by side, in formats for people, for CI, and for a browser without a network.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
