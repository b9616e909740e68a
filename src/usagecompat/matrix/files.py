"""
Results that `usagecompat run --format json` saved, read again.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, ValidationError

from usagecompat.clients import (
    CaseResult,
    Cause,
    ClientInfo,
    ClientResult,
    Expectation,
    Fault,
    Features,
    Kit,
    Outcome,
    Probes,
)
from usagecompat.corpus import Tier, folder
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Difference, Level
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read_result(path: Path) -> ClientResult:
    """
    What came of one client, as a file holds it.

    Raises:
        UnreadableInput: The file cannot be read, or holds something else.
    """
    try:
        told = json.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableInput(str(path), error.strerror or str(error)) from None
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
    features, probes = told["features"], told["probes"]
    return ClientResult(
        name=told["name"],
        command=told["command"],
        way=told["way"],
        client=told["client"] and _info(told["client"]),
        features=features
        and Features(
            validates=features["validates"],
            shapes=tuple(map(Shape, features["shapes"])),
            http=features["http"],
        ),
        revision=told["revision"],
        required=Level[told["required"]],
        cases=tuple(sorted(map(_case, told["cases"]), key=lambda case: case.case_id)),
        faults=tuple(map(_fault, told["faults"])),
        probes=Probes(
            again=probes["again"],
            alone=probes["alone"],
            wanted=probes["wanted"],
            varied=probes.get("varied", 0),
            varied_codes=tuple(probes.get("varied_codes", ())),
        ),
        causes=tuple(map(_cause, told.get("causes", ()))),
        kit=Kit(kit["everyday"], kit["run"], kit["possible"], kit["possible_run"])
        if (kit := told.get("kit"))
        else None,
    )


def _info(told: Mapping[str, str]) -> ClientInfo:
    known = ("name", "language", "version", "homepage", "issues")
    return ClientInfo(**{name: told[name] for name in known if name in told})


def _case(told: Mapping[str, Any]) -> CaseResult:
    returned = told.get("returned")
    return CaseResult(
        case_id=told["case"],
        duty=Expectation(told["duty"]),
        served=told["served"],
        tier=Tier(told.get("tier") or (Tier.EVERYDAY if told["served"] else Tier.POSSIBLE)),
        outcome=Outcome(told["outcome"]),
        message=told["message"],
        level=None if told["level"] is None else Level[told["level"]],
        differences=tuple(map(_difference, told["differences"])),
        truncated=told["truncated"],
        faults=tuple(map(_fault, told["faults"])),
        seconds=told.get("seconds", 0.0),
        returned=None if returned is None else b64decode(returned, validate=True),
    )


def _difference(told: Mapping[str, Any]) -> Difference:
    return Difference(
        code=told["code"],
        pointer=told["pointer"],
        sent=told["sent"],
        returned=told["returned"],
        message=told["message"],
        cap=Level[told["cap"]],
    )


def _cause(told: Mapping[str, Any]) -> Cause:
    return Cause(
        name=told["name"],
        title=told["title"],
        fix=told["fix"],
        where=told["where"],
        cases=tuple(told["cases"]),
        everyday=told["everyday"],
        cap=Level[told["cap"]],
        code=told["code"],
        example=told["example"],
        after=None if told["after"] is None else Level[told["after"]],
        known=tuple(told["known"]),
    )


def _fault(told: Mapping[str, str]) -> Fault:
    return Fault(told["code"], told["message"])
