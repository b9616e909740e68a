"""
A made-up organization whose every second is known, and the API that tells of it.

`ledger.py` answers requests without a socket; `server.py` puts that behind HTTP.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
