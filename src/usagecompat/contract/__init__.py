"""
The published contract: the records with their history, the 13 revisions, and what is derived from both.

`records.py` is the source; `tree.py` reads it once, and schemas, evolution and OpenAPI documents follow from its neutral tree.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
