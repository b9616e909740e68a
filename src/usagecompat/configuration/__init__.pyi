from .finding import NAME, TABLE, Configuration, find, read
from .keys import KEYS, Key, Value

__all__ = ["KEYS", "NAME", "TABLE", "Configuration", "Key", "Value", "find", "read"]
