"""
From a payload to its report: the stages in a row, and the fast route beside them.

`stages.check` reads, asks the schema stage and the rules, and weighs what they observe; the fast route answers first where it can prove the same.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
