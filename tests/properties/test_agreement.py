"""Schema, converter and check are written from one tree, and must say the same of every document."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
import pytest
from cattrs import BaseValidationError
from hypothesis import given
from jsonschema_rs import Draft7Validator, Draft202012Validator

import usagecompat
from odd_drafts import odd_draft, texts_of
from usagecompat import REVISIONS, Profile, Severity, Shape
from usagecompat.checking.recognition import told_shape
from usagecompat.codec.converters import decoder
from usagecompat.contract.records import UsageResponse, UsageResult, UsageTimeBucket
from usagecompat.contract.tree import contract
from usagecompat.contract.types_schema import types_schema
from usagecompat.findings import SERVED_SHAPES
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import NO_VALUE, Number
from usagecompat.jsontext.writer import write
from usagecompat.strategies.trees import trees

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS = {Shape.PAGE: UsageResponse, Shape.BUCKET: UsageTimeBucket, Shape.RESULT: UsageResult}
every_revision = pytest.mark.parametrize("revision", REVISIONS)


@cache
def validator(shape: Shape, revision: str, draft: str, profile: Profile) -> Draft7Validator | Draft202012Validator:
    """The package jsonschema-rs over one of our schemas."""
    base = {"2020-12": Draft202012Validator, "draft-07": Draft7Validator}[draft]
    return base(usagecompat.schema(shape, revision=revision, draft=draft, profile=profile))


def plain(tree: Any) -> Any:  # noqa: ANN401 - any JSON
    """A tree for the validator: all that our schemas ask of a number is whether it is whole."""
    if isinstance(tree, dict):
        return {whole(name): plain(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return list(map(plain, tree))
    if isinstance(tree, Number):
        return 1 if tree.is_integer else 0.5
    return whole(tree) if isinstance(tree, str) else tree


def whole(text: str) -> str:
    """A text without halves of surrogate pairs, which the validator cannot be given."""
    return text.encode(errors="replace").decode()


def structures(tree: object, shape: Shape, revision: str, profile: Profile) -> bool:
    """Whether the converter makes a record of the tree."""
    try:
        decoder(revision, profile).structure(tree, TARGETS[shape])
    except (BaseValidationError, TypeError):
        return False
    return True


def assert_agreement(tree: object, shape: Shape, revision: str) -> None:
    """Both profiles, each asked in three ways."""
    for profile in Profile:
        report = usagecompat.check(write(tree), revision=revision, shape=shape, profile=profile)
        broken = [
            f for f in report.findings if f.severity is Severity.ERROR and f.code.startswith(("schema/", "wire/"))
        ]
        said = {
            "check": not broken,
            "converter": structures(tree, shape, revision, profile),
            "schema": validator(shape, revision, "2020-12", profile).is_valid(plain(tree)),
        }
        assert len(set(said.values())) == 1, (said, profile, revision, write(tree), broken)


@every_revision
@given(data=st.data())
def test_obedient_payloads(revision: str, data: st.DataObject) -> None:
    """Schema, converter and check take what obeys the letter, under both profiles."""
    shape = data.draw(st.sampled_from(SERVED_SHAPES))
    tree = data.draw(trees(contract(revision), shape))
    assert structures(tree, shape, revision, Profile.PUBLISHED)
    assert_agreement(tree, shape, revision)


@every_revision
@given(data=st.data())
def test_served_payloads(revision: str, data: st.DataObject) -> None:
    """Schema, converter and check take what is served, and agree on whether the letter allows it."""
    shape = data.draw(st.sampled_from(SERVED_SHAPES))
    tree = data.draw(trees(contract(revision), shape, served=True))
    assert structures(tree, shape, revision, Profile.SERVED)
    assert_agreement(tree, shape, revision)


@every_revision
@given(data=st.data(), random=st.randoms())
def test_mutated_payloads(
    revision: str, data: st.DataObject, random: Random, mutated: Callable[[Random, Any], Any]
) -> None:
    """Schema, converter and check agree on payloads with something dropped, nulled, retyped, renamed or added."""
    shape = data.draw(st.sampled_from(SERVED_SHAPES))
    tree = data.draw(trees(contract(revision), shape, served=True))
    assert_agreement(mutated(random, tree), shape, revision)


@every_revision
def test_thousands_of_payloads(revision: str, built: Callable[..., Any], mutated: Callable[[Random, Any], Any]) -> None:
    """Schema, converter and check agree on hundreds of payloads at every revision, most broken, the same in each run."""
    random = Random(revision)  # noqa: S311 - no secret
    verdicts = []
    for number in range(250):
        shape = (Shape.RESULT, Shape.RESULT, Shape.BUCKET, Shape.PAGE)[number % 4]
        tree = built(random, contract(revision), shape)
        if number % 5:
            tree = mutated(random, tree)
        assert_agreement(tree, shape, revision)
        verdicts.append(structures(tree, shape, revision, Profile.SERVED))
    assert 0.2 < sum(verdicts) / len(verdicts) < 0.8


@pytest.mark.parametrize("profile", Profile)
def test_drafts_agree(profile: Profile, built: Callable[..., Any], mutated: Callable[[Random, Any], Any]) -> None:
    """The draft-07 schema says what the 2020-12 schema says."""
    random = Random(7)  # noqa: S311 - no secret
    for number in range(300):
        revision, shape = random.choice(REVISIONS), random.choice(SERVED_SHAPES)
        tree = built(random, contract(revision), shape)
        tree = mutated(random, tree) if number % 3 else tree
        validators = (validator(shape, revision, draft, profile) for draft in ("2020-12", "draft-07"))
        new, old = (one.is_valid(plain(tree)) for one in validators)
        assert new is old, (revision, write(tree))


@cache
def types_validator(shape: Shape, revision: str) -> Draft7Validator:
    """The same package over the form for generators of types."""
    name = {Shape.PAGE: "UsageResponse", Shape.BUCKET: "UsageTimeBucket", Shape.RESULT: "UsageResult"}[shape]
    return Draft7Validator({**types_schema(contract(revision)), "$ref": f"#/definitions/{name}"})


def assert_types_agree(tree: object, shape: Shape, revision: str) -> None:
    """The form for generators takes what the served schema takes, and refuses what that refuses."""
    sent = plain(tree)
    served = validator(shape, revision, "draft-07", Profile.SERVED).is_valid(sent)
    assert types_validator(shape, revision).is_valid(sent) == served


@pytest.mark.parametrize(("turn", "revision"), list(enumerate([REVISIONS[0], "2025-02-10", REVISIONS[-1]])))
def test_types_agree_on_every_case(turn: int, revision: str) -> None:
    """The form for generators and the served schema take the same cases, each at one of three revisions in turn."""
    for case in usagecompat.cases()[turn::3]:
        document = read(case.payload)
        if document.value is not NO_VALUE and case.shape is not None:
            assert_types_agree(document.value, case.shape, revision)


@every_revision
@given(data=st.data(), random=st.randoms())
def test_types_agree_on_generated_payloads(
    revision: str, data: st.DataObject, random: Random, mutated: Callable[[Random, Any], Any]
) -> None:
    """The same holds for payloads that Hypothesis draws, and for what is left of them after a change."""
    shape = data.draw(st.sampled_from(SERVED_SHAPES))
    tree = data.draw(trees(contract(revision), shape, served=True))
    assert_types_agree(tree, shape, revision)
    assert_types_agree(mutated(random, tree), shape, revision)


def test_agreement_at_made_up_drafts() -> None:
    """Schema, converter, check and the form for generators agree on payloads at drafts that nobody publishes."""
    judged = 0
    for number in range(60):
        draft = odd_draft(17, number)
        for text in texts_of(draft, 17, number, 4) if draft is not None else ():
            document = read(text.payload)
            shape = told_shape(document, text.revision)
            if document.value is not NO_VALUE and not document.findings and shape in SERVED_SHAPES:
                judged += 1
                assert_agreement(document.value, shape, text.revision)
                assert_types_agree(document.value, shape, text.revision)
    assert judged > 100
