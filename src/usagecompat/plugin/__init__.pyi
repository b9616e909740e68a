from .starting import start

__all__ = ["start"]
