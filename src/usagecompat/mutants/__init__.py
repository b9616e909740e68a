"""
Faulty clients made of one fault each, and what the corpus catches of them.

`families/` has the faults, `support/` what they share.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
