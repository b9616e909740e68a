"""
A compatibility test kit for clients of the OpenAI organization usage and costs endpoints.

Public names are resolved when they are first used, so that the import itself costs next to nothing; `__init__.pyi`
lists them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
