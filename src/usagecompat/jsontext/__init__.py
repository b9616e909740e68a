"""
JSON as text: bytes to an exact `Document` and back, every number with its spelling.

Reading ends in a document, or in one call of the diagnosis, which says what is wrong with the text and where.
It knows nothing of usage records.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
