from .contents import Contents, read_contents
from .ecosystems import ECOSYSTEMS, Packed, pack, write

__all__ = ["ECOSYSTEMS", "Contents", "Packed", "pack", "read_contents", "write"]
