"""What an editor is to show of each member of a record: its meaning and its history, as the contract has them."""

from __future__ import annotations

import ast
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args, get_origin, get_type_hints

from usagecompat.contract import markers as m
from usagecompat.contract import records

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = tuple(Path(records.__file__).with_name(name) for name in ("records.py", "flat_record.py", "amount.py"))


def expected(cls: type, name: str) -> str:
    """The docstring that belongs under a member, in one line."""
    hint = get_type_hints(cls, include_extras=True)[name]
    if get_origin(hint) is not Annotated:
        return ""
    return " ".join(part for note in get_args(hint)[1:] for part in _told(note))


def _told(note: object) -> Iterator[str]:
    match note:
        case m.Marker():
            yield note.doc
        case m.Values():
            listed = ", ".join(f"`{value}`" for value in note.known)
            yield f"One of {listed}." if note.closed else f"Such as {listed}."
        case m.Since():
            yield f"Declared since {note.revision}."
        case m.NullSince():
            yield f"May be null since {note.revision}."
        case m.RequiredSince():
            yield f"Required since {note.revision}."
        case m.RenamedAt():
            yield f"Called `{note.former}` before {note.revision}."
        case m.Means():
            yield f"From {note.since} on: {note.doc}"
        case _:
            pass


def written() -> dict[tuple[str, str], str]:
    """The docstrings under the members of all records, in one line each, by class and member."""
    found: dict[tuple[str, str], str] = {}
    for source in SOURCES:
        for cls in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(cls, ast.ClassDef):
                for member, under in zip(cls.body, [*cls.body[1:], None], strict=True):
                    if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                        found[cls.name, member.target.id] = _docstring(under)
    return found


def _docstring(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(cleandoc(node.value.value).split())
    return ""
