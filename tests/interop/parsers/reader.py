"""Says what a JSON parser of Python reads in each payload named on standard input: `reader.py json|orjson|msgspec`."""

from __future__ import annotations

import contextlib
import json
import struct
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

DOUBLE = ">d"


def told(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A value in the one spelling that all readers use."""
    match value:
        case None:
            return "n"
        case bool():
            return "t" if value else "f"
        case int():
            try:
                exact = int(float(value)) == value
            except OverflowError:
                exact = False
            return f"d{struct.pack(DOUBLE, value).hex()}" if exact else f"i{value:x}"
        case float():
            return f"d{struct.pack(DOUBLE, value + 0.0).hex()}"
        case str():
            return f"s{value.encode('utf-16-be', 'surrogatepass').hex()}"
        case list():
            return f"[{','.join(map(told, value))}]"
        case _:
            return "{" + ",".join(sorted(f"{told(name)}:{told(held)}" for name, held in value.items())) + "}"


parsers = {"json": ("json", "loads"), "orjson": ("orjson", "loads"), "msgspec": ("msgspec.json", "decode")}
module, function = parsers[sys.argv[1]]
parse = json.loads if sys.argv[1] == "json" else getattr(import_module(module), function)
for line in sys.stdin:
    payload = Path(line.rstrip("\n")).read_bytes()
    answer = "refused"
    with contextlib.suppress(ValueError, RecursionError):
        answer = told(parse(payload))
    sys.stdout.write(f"{answer}\n")
