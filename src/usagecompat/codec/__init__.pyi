from .codec import dumps, loads
from .converters import decoder
from .flat import Narrowed, flatten, narrow

__all__ = ["Narrowed", "decoder", "dumps", "flatten", "loads", "narrow"]
