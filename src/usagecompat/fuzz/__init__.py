"""
`fuzz`: payloads that no corpus has, sent to a client until the time is up; each kind of failure once, and small.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
