"""
What lies between two revisions: what differs, payloads that show it, and the way of a payload from one to the other.

`diffing.py` says what changed and whom it breaks, `witnesses.py` finds for each change the smallest payload that
is right at one revision and not at the other.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
