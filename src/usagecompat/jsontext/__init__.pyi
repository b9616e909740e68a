from .lexical import SCALAR, STRING, Members, Node, Spelling, by_name, excerpt, last_values, parse, said, spaced_alike
from .limits import MAX_DEPTH, MAX_SIZE, with_room
from .numbers import (
    INT32_LEAST,
    INT32_MOST,
    binary32,
    is_plain_and_lossy,
    is_safe_count,
    lossy_decimal_models,
    lossy_integer_models,
    shortest_binary32,
)
from .positions import EXCERPT, Index, around
from .python_values import plain
from .reader import Document, read
from .screening import has_surrogate
from .values import NO_VALUE, NoValue, Number, Plain, Tree, exact_parts, lexeme_of
from .writer import write

__all__ = [
    "EXCERPT",
    "INT32_LEAST",
    "INT32_MOST",
    "MAX_DEPTH",
    "MAX_SIZE",
    "NO_VALUE",
    "SCALAR",
    "STRING",
    "Document",
    "Index",
    "Members",
    "NoValue",
    "Node",
    "Number",
    "Plain",
    "Spelling",
    "Tree",
    "around",
    "binary32",
    "by_name",
    "exact_parts",
    "excerpt",
    "has_surrogate",
    "is_plain_and_lossy",
    "is_safe_count",
    "last_values",
    "lexeme_of",
    "lossy_decimal_models",
    "lossy_integer_models",
    "parse",
    "plain",
    "read",
    "said",
    "shortest_binary32",
    "spaced_alike",
    "with_room",
    "write",
]
