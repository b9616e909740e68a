"""
One revision of the contract as an OpenAPI document, for tools that test, draw or generate from one.

There are two ways to say it. The exact way is that of the published schemas: OpenAPI 3.1, every parameter with its
limits, error answers, a discriminator with a mapping, and a link from `next_page` to `page`.
The vendor's way is how the vendor's own document of that time says it, because that decides what code generators make
of it: until 2025 OpenAPI 3.0 with a bare `oneOf`, from 2026 on OpenAPI 3.1 with a discriminator that has no mapping.
The generated clients among the adapters are made from the vendor's way:
`python -m usagecompat.contract.openapi 2024-12-16 openapi.json`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from usagecompat.contract import _openapi_exact as exact
from usagecompat.contract import _openapi_vendor as vendor
from usagecompat.contract.revisions import resolve_revision, source_of
from usagecompat.contract.tree import contract
from usagecompat.exceptions import UsageCompatError
from usagecompat.findings import Profile, named
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Node = dict[str, Any]

_is_plain: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|/[a-z_/]*").fullmatch
_TAKEN: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Plain words that YAML 1.1 or 1.2 takes for something else than a text."""


def openapi_document(
    revision: str | None = None, *, profile: str = Profile.PUBLISHED.value, like_vendor: bool = False
) -> Node:
    """
    The OpenAPI document of a revision; None for the newest.

    Args:
        revision: One of `usagecompat.REVISIONS`.
        profile: "published" for what the revision declares, "served" for what the API is known to serve.
        like_vendor: Say it as the vendor's own document does, which knows no profile.

    Raises:
        NoSuchRevision: There is no such revision.
        NoSuchName: There is no such profile.
    """
    said = contract(resolve_revision(revision))
    weights = named(Profile, profile, "profile")
    served = weights is Profile.SERVED
    return {
        "openapi": vendor.dialect(said) if like_vendor else "3.1.0",
        "info": {
            "title": "Organization usage and costs",
            "version": said.revision,
            "description": f"Written by usagecompat from revision {said.revision} ({source_of(said.revision)})."
            + (" What the API is known to serve beside it is allowed." if served and not like_vendor else ""),
            "license": {"name": "MIT", "url": "https://opensource.org/license/mit"},
        },
        "servers": [{"url": "https://api.openai.com/v1"}],
        "security": [{"AdminKey": []}],
        "paths": vendor.paths(said) if like_vendor else exact.paths(said),
        "components": {
            "securitySchemes": {"AdminKey": {"type": "http", "scheme": "bearer"}},
            **(vendor.components(said) if like_vendor else exact.components(said, weights)),
        },
    }


def as_json(document: Mapping[str, Any]) -> str:
    """A document as JSON, indented."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_yaml(document: Mapping[str, Any]) -> str:
    """
    A document as YAML, indented.

    Texts are written as JSON writes them, which every version of YAML reads alike.
    """
    lines: list[str] = []
    _yaml(document, "", lines)
    return "\n".join(lines) + "\n"


def _yaml(node: Mapping[str, Any] | list[Any], margin: str, lines: list[str]) -> None:
    """Add the lines of a collection that is not empty."""
    parts: list[tuple[str, Any]]
    if isinstance(node, list):
        parts = [(f"{margin}-", value) for value in node]
    else:
        parts = [(f"{margin}{_name(name)}:", value) for name, value in node.items()]
    for before, value in parts:
        if isinstance(value, (dict, list)) and value:
            lines.append(before)
            _yaml(cast("Node | list[Any]", value), f"{margin}  ", lines)
        else:
            lines.append(f"{before} {json.dumps(value, ensure_ascii=False)}")


def _name(name: str) -> str:
    return name if _is_plain(name) and name.lower() not in _TAKEN else json.dumps(name, ensure_ascii=False)


def main(arguments: Sequence[str]) -> int:
    """Write the document of a revision to a file, in the vendor's way; the exit status."""
    if len(arguments) != 2:  # noqa: PLR2004 - a revision and a file
        sys.stderr.write("usage: python -m usagecompat.contract.openapi REVISION FILE\n")
        return 2
    revision, place = arguments
    try:
        document = openapi_document(revision, like_vendor=True)
        Path(place).write_text(as_json(document), "utf-8", newline="\n")
    except (UsageCompatError, OSError) as error:
        sys.stderr.write(f"usagecompat: {printable(str(error))}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
