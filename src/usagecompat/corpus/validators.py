"""
The shipped schema files, as an independent validator reads them.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from usagecompat.contract import REVISIONS, schema
from usagecompat.corpus.data import folder
from usagecompat.corpus.schema_parts import Parts, linked
from usagecompat.findings import Profile, Shape

if TYPE_CHECKING:
    from usagecompat.contract import Revision


EXACT: Final = json.JSONDecoder(parse_int=Decimal, parse_float=Decimal)
"""Reads JSON with each number as a decimal."""


def schema_file(revision: Revision, profile: Profile) -> str:
    """The name of the shipped schema file for a revision and a profile."""
    return f"schemas/{'served/' if profile is Profile.SERVED else ''}{revision}.json"


@cache
def validator(revision: Revision, profile: Profile, shape: Shape | None) -> Any:  # noqa: ANN401 - jsonschema makes the class at run time
    """
    A validator of the `jsonschema` package for one shape, by the shipped schema file and nothing else of this package.

    Numbers are decimals to it, and 5.0 is an integer, as JSON Schema 2020-12 says.
    """
    shipped = _shipped(revision, profile)
    name = Shape.RESULT if shape is Shape.FLAT else shape or Shape.BUCKET  # no flat record has what `flat` requires
    part = {"$schema": shipped["$schema"], "$ref": f"#/$defs/{name}", "$defs": shipped["$defs"]}
    return _exact()(part)


@cache
def _shipped(revision: Revision, profile: Profile) -> Any:  # noqa: ANN401 - a schema
    """The schema file, read once, with each reference replaced by what it leads to; a draft has no file."""
    if revision in REVISIONS:
        whole = json.loads((folder("schemas").parent / schema_file(revision, profile)).read_text("utf-8"))
    else:
        whole = json.loads(json.dumps(schema("bucket", revision, profile=profile)))
    for name, part in whole["$defs"].items():
        whole["$defs"][name] = linked(part, whole["$defs"])
    return whole


@cache
def _exact() -> Any:  # noqa: ANN401 - jsonschema makes the class at run time
    """The class of all these validators."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - it takes long to import

    making: Any = validators  # it has no types for this
    types = Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number})
    return making.extend(Draft202012Validator, validators=Parts().keywords(), type_checker=types)


def schema_verdict(payload: bytes, revision: Revision, profile: Profile, shape: Shape | None) -> bool:
    """Whether the shipped schema file accepts a payload, which must be JSON."""
    accepted: bool = validator(revision, profile, shape).is_valid(EXACT.decode(payload.decode()))
    return accepted


def _is_number(_: object, value: object) -> bool:
    return isinstance(value, Decimal)


def _is_integer(_: object, value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()
