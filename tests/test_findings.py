"""The catalogue of codes, pointers, and what a finding says."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonpointer import JsonPointer

from usagecompat import CODES, Finding, Profile, Severity, Verdict, check
from usagecompat.findings import CODES_OF_PAYLOADS, Shape, is_index, named, pattern, pointer, pointer_parts

STAGES = {"json", "schema", "wire", "record", "rule", "client", "convert", "server"}
WEIGHTS = tuple(reversed(Severity))


@pytest.mark.parametrize("code", CODES)
def test_codes(code: str) -> None:
    """A code is its stage and a slug; its title is a few words."""
    assert re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", code)
    assert code.partition("/")[0] in STAGES
    title = CODES[code].title
    assert 0 < len(title) < 100
    assert not title.endswith(".")


def test_codes_of_payloads() -> None:
    """All codes are of payloads, but for what is said of a client, a conversion or a server."""
    others = [code for code in CODES if code not in CODES_OF_PAYLOADS]
    assert [*CODES_OF_PAYLOADS, *others] == list(CODES)
    assert {code.partition("/")[0] for code in others} == {"client", "convert", "server"}


@pytest.mark.parametrize("code", CODES)
def test_the_letter_is_never_milder(code: str) -> None:
    """No code weighs less to the letter than as served."""
    served, published = CODES[code].severity(Profile.SERVED), CODES[code].severity(Profile.PUBLISHED)
    assert WEIGHTS.index(published) >= WEIGHTS.index(served)


def test_what_the_profiles_differ_in() -> None:
    """The profiles differ in the deviations, unknown kinds and unknown values, and in nothing else."""
    different = {code for code, said in CODES.items() if said.served is not said.published}
    assert different == {c for c in CODES if c.startswith("wire/")} | {"schema/unknown-kind", "schema/unknown-value"}
    assert all((CODES[code].served, CODES[code].published) == ("warning", "error") for code in different)


def test_codes_that_others_rely_on() -> None:
    """Codes that were published are there: none is renamed, none is taken away."""
    assert {
        "json/duplicate-member",
        "json/limit-depth",
        "schema/missing-member",
        "schema/renamed-member",
        "schema/undeclared-member",
        "schema/unknown-kind",
        "wire/amount-as-string",
        "record/integer-spelled-as-float",
        "record/negative-count",
        "client/member-lost",
        "client/precision-lost",
        "client/duplicate-collapsed",
        "client/state-leak",
    } <= CODES.keys()


def test_names_are_plain_strings() -> None:
    """Verdicts, severities, profiles and shapes are strings, so that they can be compared and written as such."""
    assert Verdict.VALID == "valid"
    assert (
        json.dumps([Verdict.INVALID, Severity.NOTE, Profile.SERVED, Shape.PAGE])
        == '["invalid", "note", "served", "page"]'
    )
    assert [str(verdict) for verdict in Verdict] == ["valid", "acceptable", "invalid"]
    assert named(Shape, "bucket", "shape") is Shape.BUCKET


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), ""),
        (("a", 0, "b"), "/a/0/b"),
        (("",), "/"),
        (("a/b",), "/a~1b"),
        (("~",), "/~0"),
        (("~1",), "/~01"),
        ((" ", '"', "\\"), '/ /"/\\'),
        (("é", "\0"), "/é/\0"),
    ],
)
def test_pointers(path: tuple[str | int, ...], expected: str) -> None:
    """A pointer is RFC 6901: a slash in front of each part, tilde and slash escaped."""
    assert pointer(path) == expected


@given(st.lists(st.text(), max_size=5))
def test_pointers_lead_back(path: list[str]) -> None:
    """A pointer has the parts of the path it was made from."""
    assert JsonPointer(pointer(tuple(path))).parts == path


def test_patterns() -> None:
    """A pattern has a star for each array index, and only for those."""
    assert pattern(("data", 3, "results", 0, "7")) == ("data", "*", "results", "*", "7")


def test_findings_compare_by_what_they_say() -> None:
    """Two findings are equal if they say the same of the same place, whichever text they come from."""
    first, second = (check(text).findings for text in ('{"object":"bucket"}', '\n{"object":"bucket"}'))
    assert first == second
    assert first[0].line != second[0].line
    assert len({*first, *second}) == len(first)


def test_a_finding_by_hand() -> None:
    """A finding that comes from no text has no line and no column."""
    finding = Finding("schema/wrong-type", Severity.ERROR, "/a", "message")
    assert (finding.line, finding.column, finding.count, finding.hint) == (None, None, 1, "")
    assert finding.to_dict() == {
        "code": "schema/wrong-type",
        "severity": "error",
        "pointer": "/a",
        "message": "message",
        "hint": "",
        "count": 1,
        "line": None,
        "column": None,
    }


@given(st.lists(st.text(max_size=6), max_size=5))
def test_pointer_parts_are_those_of_the_pointer(parts: list[str]) -> None:
    """What a pointer leads through is what it was made of, whatever stands in a name."""
    assert pointer_parts(pointer(tuple(parts))) == tuple(parts)


@pytest.mark.parametrize(
    ("part", "expected"), [("0", True), ("17", True), ("²", False), ("٣", False), ("", False), ("9" * 5_000, False)]
)
def test_index_of_a_pointer(part: str, expected: bool) -> None:  # noqa: FBT001 - a table of facts
    """Only a short row of ASCII digits can be the index of an item."""
    assert is_index(part) is expected
