"""Validators with keywords of our own are the ones of the package, but for the time that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator, validators

import usagecompat
from usagecompat.corpus import has_document
from usagecompat.corpus.validators import EXACT, validator
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from usagecompat import Case

CASES = [case for case in usagecompat.cases() if has_document(case)]


def told(errors: Any) -> list[tuple[object, ...]]:  # noqa: ANN401 - jsonschema's
    """All that an error says, in the order of the errors."""
    return [
        (error.message, [*error.absolute_path], [*error.absolute_schema_path], error.validator, error.validator_value)
        for error in errors
    ]


@pytest.mark.parametrize("profile", Profile)
def test_errors_are_those_of_the_package(profile: Profile) -> None:
    """Each error has the words, the place and the way through the schema that it has by the package alone."""
    making: Any = validators
    invalid = 0
    made: dict[int, Any] = {}
    for case in CASES[::3]:
        value = EXACT.decode(case.payload.decode())
        ours = validator(case.revision, profile, case.shape)
        plain = made.setdefault(
            id(ours), making.extend(Draft202012Validator, type_checker=ours.TYPE_CHECKER)(ours.schema)
        )
        errors = told(ours.iter_errors(value))
        assert errors == told(plain.iter_errors(value)), case.id
        invalid += bool(errors)
    assert invalid > 50


@pytest.mark.parametrize("case", CASES[:3], ids=str)
def test_what_is_no_object_is_told(case: Case) -> None:
    """A value of another type than the schema's gets the package's own error, and nothing within it is looked at."""
    ours = validator(case.revision, Profile.SERVED, case.shape)
    for value in ("text", [], None, {"object": [1]}):
        assert told(ours.iter_errors(value))
        assert not ours.is_valid(value)
