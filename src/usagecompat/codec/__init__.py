"""
Records: payloads structured into attrs classes and back, exact and lossless, and the flat record of generated clients.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
