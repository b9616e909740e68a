from .finding import NAME, TABLE, Configuration, find, read
from .keys import KEYS, Key

__all__ = ["KEYS", "NAME", "TABLE", "Configuration", "Key", "find", "read"]
