"""
Reads jobs as JSON lines and says of each what jsonschema-rs says: valid, invalid, or unread.

Usage: python jsonschema_rs_judge.py SCHEMAS FIXTURES < jobs.jsonl > answers.txt
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

SCHEMAS, FIXTURES = map(Path, sys.argv[1:])


@cache
def validator(name: str, part: str) -> Any:  # noqa: ANN401 - a class for each draft
    """The compiled part of a schema file."""
    document = json.loads((SCHEMAS / name).read_bytes())
    if name.startswith("draft-07/"):
        return jsonschema_rs.Draft7Validator({**document, "allOf": [{"$ref": f"#/definitions/{part}"}]})
    return jsonschema_rs.Draft202012Validator({**document, "$ref": f"#/$defs/{part}"})


@cache
def payload(name: str) -> tuple[bool, object]:
    """Whether Python reads the payload, and what it reads."""
    try:
        return True, json.loads((FIXTURES / name).read_bytes())
    except (ValueError, RecursionError):
        return False, None


def answer(job: dict[str, str]) -> str:
    """What is to be said of one job."""
    readable, value = payload(job["payload"])
    if not readable:
        return "unread"
    try:
        return "valid" if validator(job["schema"], job["part"]).is_valid(value) else "invalid"
    except ValueError:  # half of a surrogate pair, where the schema looks at the string
        return "unread"


for line in sys.stdin:
    print(answer(json.loads(line)))  # noqa: T201 - the answer
