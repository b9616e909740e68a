"""
A compatibility test kit for clients of the OpenAI organization usage and costs endpoints.

Public names are resolved when they are first used, so that the import itself costs next to nothing; `__init__.pyi`
lists them.
"""

import lazy_loader

_public, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """A public name, or the version that is installed."""
    if name == "__version__":
        from usagecompat.corpus import version  # noqa: PLC0415 - as lazy as all the others

        return version()
    return _public(name)
