"""
Archives of any size, summed up; the summary adds up, so that the work can be cut anywhere.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
