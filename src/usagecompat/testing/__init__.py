"""
Tests of your own code in Python: a codec put to the corpus, cases as parameters, and a pager put to a made-up API.

Names are resolved when they are first used, so that the import needs neither pytest nor Hypothesis.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
