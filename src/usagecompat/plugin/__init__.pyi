from .run import start

__all__ = ["start"]
