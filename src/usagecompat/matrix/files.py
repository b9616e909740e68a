"""
Results that `usagecompat run --format json` saved, read again.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve
from cattrs import Converter, override
from cattrs.gen import make_dict_structure_fn
from jsonschema import Draft202012Validator, ValidationError
from msgspec import convert

from usagecompat.clients import RUN_SCHEMA, CaseResult, ClientInfo, ClientResult, Features
from usagecompat.corpus import Tier, folder
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.inputs import named_content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_RUN: Final = "usagecompat run --format json"
_SCHEMAS: Final[Mapping[str | None, str]] = {RUN_SCHEMA: "run.json", None: "run-1.json"}
_MOST_BYTES: Final = 512 * 1024 * 1024


def read_result(path: Path, told: dict[str, Any] | None = None) -> ClientResult:
    """
    What came of one client, as a file holds it, of this version of the schema or of an earlier one.

    Args:
        path: The file.
        told: The object in it, where that is read already.

    Raises:
        UnreadableInput: The file cannot be read, or holds something else.
    """
    told = validated(path, parsed(path, _RUN) if told is None else told, _SCHEMAS, _RUN)
    try:
        return result_of(told)
    except binascii.Error:
        raise UnreadableInput(
            str(path), "what a client gave back must be base64 there, and some of it is not"
        ) from None


def validated(path: Path, told: dict[str, Any], schemas: Mapping[str | None, str], writer: str) -> dict[str, Any]:
    """
    An object of a file, if it is as the schema of its version describes it.

    Args:
        path: The file, for messages.
        told: The object.
        schemas: The files of the schemas, by what objects say they are as; None for those that say nothing.
        writer: The command that writes such files.

    Raises:
        UnreadableInput: It is something else.
    """
    version = told.get("schema")
    name = schemas.get(version if isinstance(version, str) else None)
    if isinstance(version, str) and name is None:
        raise UnreadableInput(str(path), _other(version, schemas, writer))
    validator: Any = Draft202012Validator(_schema(name or ""))
    error: Any = next(validator.iter_errors(told), None)
    if error is not None:
        while error.context:  # of what may be one of several things, what is nearest to one of them
            error = max(error.context, key=_depth)
        reason = f"it is no result of `{writer}`: at {error.json_path}: {error.message[:200]}"
        raise UnreadableInput(str(path), reason)
    return told


def parsed(path: Path, writer: str) -> dict[str, Any]:
    """
    The one object that a file holds.

    Raises:
        UnreadableInput: The file cannot be read, or holds something else.
    """
    content = named_content(path, _MOST_BYTES)
    advice = f"`{writer}` writes what is read here"
    if not content.strip():
        raise UnreadableInput(str(path), f"it is empty; {advice}")
    try:
        told: object = json.loads(content)
    except RecursionError:
        raise UnreadableInput(
            str(path), f"it is not JSON that can be read: it is nested too deeply; {advice}"
        ) from None
    except ValueError as error:
        raise UnreadableInput(str(path), f"it is not JSON{_why(error, content)}; {advice}") from None
    if not isinstance(told, dict):
        raise UnreadableInput(str(path), f"it is no result of `{writer}`: it holds no object")
    return cast("dict[str, Any]", told)


def _depth(error: ValidationError) -> int:
    return len(error.absolute_path)


def _why(error: ValueError, content: bytes) -> str:
    """What is known of the reason why a file is no JSON."""
    if not isinstance(error, json.JSONDecodeError):
        return ", for it is no text in UTF-8"
    if error.msg == "Extra data":
        return f" but has more than one value, the second at line {error.lineno}"
    if not content[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return f", for it ends at line {error.lineno} before its time; it was cut, or is not written to the end"
    return f": {error.msg} at line {error.lineno}"


def _other(version: str, schemas: Mapping[str | None, str], writer: str) -> str:
    known = next(name for name in schemas if name)
    stem, number = known.rpartition(":")[::2]
    newer = version.rpartition(":")[2]
    if version.startswith(f"{stem}:") and newer.isdecimal() and int(newer) > int(number):
        return f"it was written by a later version of usagecompat, as {version[:200]} says; this one knows {known}"
    return f"it is no result of `{writer}`: its `schema` is {version[:200]!r}, not {known}"


@cache
def _schema(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads((folder("schemas") / name).read_bytes()))


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
    converter.register_structure_hook_func(lambda cls: cls is object, lambda told, _: told)
    of_case = make_dict_structure_fn(CaseResult, converter, case_id=override(rename="case"))

    def case(told: Mapping[str, Any], cls: type[CaseResult]) -> CaseResult:
        """Results of earlier versions have no tier."""
        tier = told.get("tier") or (Tier.EVERYDAY if told["served"] else Tier.POSSIBLE)
        return of_case({**told, "tier": tier}, cls)

    converter.register_structure_hook(CaseResult, case)
    return converter
