"""
Hold the public names of the package against the list in `public-names.txt`, a line each.

Usage: python .ci/public_names.py [--write]

A name that is gone, or takes other parameters, breaks somebody's code.
Types are not listed: `tests/typing` holds what type checkers see.
Names are read from the source by griffe, so nothing is imported.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
LISTED: Final = Path(__file__).with_name("public-names.txt")

PUBLIC: Final[dict[str, tuple[str, ...]]] = {
    "usagecompat": (),
    "usagecompat.strategies": ("broken_payloads", "buckets", "pages", "payloads", "results"),
    "usagecompat.testing": ("PagingMachine", "assert_round_trips", "parametrize"),
    "usagecompat.clients.reference": ("codec",),
    "usagecompat.clients.adapter_sdk": ("serve",),
    "usagecompat.scan.partitions": ("plan",),
    "usagecompat.scan.partition_scan": ("Options", "scan_partition"),
    "usagecompat.scan.summary": ("Summary", "total"),
    "usagecompat.scan.text": ("render",),
}
"""By module the names that the documents show; an empty tuple means all in `__all__`."""

MARKS: Final = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}


def parameters(function: griffe.Function) -> str:
    """The parameters as a call sees them: names, kinds and defaults."""
    words: list[str] = []
    given = [parameter for parameter in function.parameters if parameter.name not in {"self", "cls"}]
    kinds = [parameter.kind for parameter in given]
    for index, parameter in enumerate(given):
        first_keyword = parameter.kind is griffe.ParameterKind.keyword_only and parameter.kind not in kinds[:index]
        if first_keyword and griffe.ParameterKind.var_positional not in kinds:
            words.append("*")
        default = "" if parameter.default is None or parameter.kind in MARKS else f"={parameter.default}"
        words.append(f"{MARKS.get(parameter.kind, '')}{parameter.name}{default}")
        if parameter.kind is griffe.ParameterKind.positional_only and parameter.kind not in kinds[index + 1 :]:
            words.append("/")
    return f"({', '.join(words)})"


def lines(path: str, thing: griffe.Object | griffe.Alias) -> Iterator[str]:
    """A line for a name, and one for each public member of a class."""
    if isinstance(thing, griffe.Alias):
        thing = thing.final_target
    if isinstance(thing, griffe.Class):
        yield f"{path}: class({', '.join(str(base).rpartition('.')[2] for base in thing.bases)})"
        for name, member in sorted(thing.members.items()):
            if not name.startswith("_"):
                yield from lines(f"{path}.{name}", member)
    elif isinstance(thing, griffe.Function):
        yield path + parameters(thing)
    elif isinstance(thing, griffe.Module):
        yield f"{path}: module"
    else:
        yield path


def public() -> str:
    """All lines, in the order of the alphabet."""
    package = griffe.load("usagecompat", search_paths=[ROOT / "src"], resolve_aliases=True)
    found: list[str] = []
    for module, names in PUBLIC.items():
        inside = package[module.removeprefix("usagecompat.")] if module != "usagecompat" else package
        for name in names or [str(export) for export in inside.exports or ()]:
            found.extend(lines(f"{module}.{name}", inside[name]))
    return "".join(f"{line}\n" for line in sorted(found))


def main(words: list[str]) -> None:
    """Write the list, or fail with what it has and the package has not; what is new is named and may be listed."""
    now = public()
    if words == ["--write"]:
        LISTED.write_text(now, encoding="utf-8")
    elif words:
        sys.exit("Usage: python .ci/public_names.py [--write]")
    listed, found = (text.splitlines() for text in (LISTED.read_text("utf-8"), now))
    for line in [line for line in found if line not in listed]:
        print(f"not listed: {line}")
    gone = [line for line in listed if line not in found]
    if gone:
        print("".join(f"gone or changed: {line}\n" for line in gone), end="")
        sys.exit("Somebody's code may break. If that is meant: python .ci/public_names.py --write")
    print(f"{len(listed)} public names are as listed")


main(sys.argv[1:])
