"""
Results that `usagecompat run --format json` saved, read again.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve
from cattrs import Converter, override
from cattrs.gen import make_dict_structure_fn
from jsonschema import Draft202012Validator, ValidationError
from msgspec import convert

from usagecompat.clients import CaseResult, ClientInfo, ClientResult, Features
from usagecompat.corpus import Tier, folder
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.inputs import named_content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_MOST_BYTES: Final = 512 * 1024 * 1024


def read_result(path: Path) -> ClientResult:
    """
    What came of one client, as a file holds it.

    Raises:
        UnreadableInput: The file cannot be read, or holds something else.
    """
    try:
        told = json.loads(named_content(path, _MOST_BYTES))
    except (ValueError, RecursionError):
        raise UnreadableInput(
            str(path), "it is not JSON; `usagecompat run --format json` writes what is read here"
        ) from None
    schema = json.loads((folder("schemas") / "run.json").read_bytes())
    try:
        validator: Any = Draft202012Validator(schema)
        validator.validate(told)
    except ValidationError as error:
        reason = f"it is no result of `usagecompat run --format json`: at {error.json_path}: {error.message[:200]}"
        raise UnreadableInput(str(path), reason) from None
    try:
        return result_of(told)
    except binascii.Error:
        raise UnreadableInput(
            str(path), "what a client gave back must be base64 there, and some of it is not"
        ) from None


def result_of(told: Mapping[str, Any]) -> ClientResult:
    """The result that an object tells of, which is as `schemas/run.json` describes it."""
    found = _converter().structure(told, ClientResult)
    return evolve(found, cases=tuple(sorted(found.cases, key=lambda case: case.case_id)))


@cache
def _converter() -> Converter:
    """What reads results; their types are known to be right, and what they hold beside them is left out."""
    converter = Converter(detailed_validation=False)
    converter.register_structure_hook(Level, lambda told, _: Level[told])
    converter.register_structure_hook(bytes, lambda told, _: b64decode(told, validate=True))
    converter.register_structure_hook(Features, lambda told, _: convert(told, Features))
    converter.register_structure_hook(ClientInfo, lambda told, _: convert(told, ClientInfo))
    of_case = make_dict_structure_fn(CaseResult, converter, case_id=override(rename="case"))

    def case(told: Mapping[str, Any], cls: type[CaseResult]) -> CaseResult:
        """Results of earlier versions have no tier."""
        tier = told.get("tier") or (Tier.EVERYDAY if told["served"] else Tier.POSSIBLE)
        return of_case({**told, "tier": tier}, cls)

    converter.register_structure_hook(CaseResult, case)
    return converter
