"""
Reads jobs as JSON lines and says of each what jsonschema says of the exact numbers: valid, invalid, or unread.

All other judges are compared with this one, so it holds numbers by their digits and reads strict JSON in UTF-8 only.

Usage: python jsonschema_judge.py SCHEMAS FIXTURES < jobs.jsonl > answers.txt
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator, TypeChecker, validators

SCHEMAS, FIXTURES = map(Path, sys.argv[1:])


def is_integer(_: TypeChecker, value: object) -> bool:
    """Whether a value is a number without a fraction, however it is spelled."""
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def exact(validator: Any) -> Any:  # noqa: ANN401 - jsonschema makes its classes at run time
    """The validator, made for exact numbers."""
    return validators.extend(validator, type_checker=validator.TYPE_CHECKER.redefine("integer", is_integer))


OLD, NEW = exact(Draft7Validator), exact(Draft202012Validator)


@cache
def validator(name: str, part: str) -> Any:  # noqa: ANN401 - likewise
    """The compiled part of a schema file."""
    document = json.loads((SCHEMAS / name).read_bytes())
    if name.startswith("draft-07/"):
        return OLD({**document, "allOf": [{"$ref": f"#/definitions/{part}"}]})
    return NEW({**document, "$ref": f"#/$defs/{part}"})


def refuse(word: str) -> object:
    """NaN and the infinities are no JSON."""
    raise ValueError(word)


def integer(digits: str) -> int | Decimal:
    """An integer of any length; Python's own stops at some thousand digits."""
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)


@cache
def payload(name: str) -> tuple[bool, object]:
    """Whether the payload is strict JSON in UTF-8, and what it holds."""
    try:
        text = (FIXTURES / name).read_bytes().decode()
        return True, json.loads(text, parse_float=Decimal, parse_int=integer, parse_constant=refuse)
    except ValueError:
        return False, None


def answer(job: dict[str, str]) -> str:
    """What is to be said of one job."""
    readable, value = payload(job["payload"])
    if not readable:
        return "unread"
    return "valid" if validator(job["schema"], job["part"]).is_valid(value) else "invalid"


for line in sys.stdin:
    print(answer(json.loads(line)))  # noqa: T201 - the answer
