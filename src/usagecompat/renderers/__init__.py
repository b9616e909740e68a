"""
Reports as text of several formats, one file each.

A renderer judges nothing and counts nothing that decides an exit status; `formats.py` has the table of all.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
