"""
A server under test: which requests are worth their price, and what their answers must have to do with each other.

`relations.py` has the laws as a table; `session.py` keeps to budget and rate; `judging.py` says what was broken.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
