"""
Parts of results whose JSON is their fields, under their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import asdict

from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from attrs import AttrsInstance


def fields_of(one: AttrsInstance) -> dict[str, Any]:
    """The fields by name, a level by its own name, tuples as lists, and parts in the same way."""
    return asdict(one, value_serializer=_plain)


def _plain(_of: object, _field: object, value: object) -> object:
    if isinstance(value, tuple):
        return list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - of anything
    return value.name if isinstance(value, Level) else value
