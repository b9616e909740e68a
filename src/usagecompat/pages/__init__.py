"""
Pages to look at: one HTML file each, without any program, that asks no network and trusts no text.

A package with something to display brings its words and numbers; what is markup is written here and nowhere else.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
