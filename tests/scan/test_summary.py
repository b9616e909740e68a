"""The summary adds up: in any order, however the payloads were divided, and on paper too."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from usagecompat.corpus.data import folder
from usagecompat.findings import CODES, Severity
from usagecompat.scan.accumulator import Judged, Tallying
from usagecompat.scan.page import render_page
from usagecompat.scan.summary import (
    ARCHIVE_CODES,
    MOST_UNKNOWN,
    UNKNOWN_KIND,
    Example,
    Piece,
    Summary,
    Tally,
    severity_of,
    total,
)
from usagecompat.scan.text import render

from .conftest import assorted

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = assorted(140)
cuts = st.lists(st.integers(0, len(LINES)), max_size=5)


@cache
def part(first: int, last: int) -> Summary:
    """The summary of some of the lines, as a piece of a file that is cut by lines."""
    tallying = Tallying(Judged())
    tallying.begin("lines.ndjson", first)
    if first < last:
        tallying.block(b"".join(line + b"\n" for line in LINES[first:last]), 1)
    tallying.end(Piece(first, None if last == len(LINES) else last, last - first))
    return tallying.summary()


def parts(cuts: Sequence[int]) -> list[Summary]:
    """The summaries of all lines, cut in some places."""
    edges = sorted({0, *cuts, len(LINES)})
    return [part(first, last) for first, last in pairwise(edges)]


@given(cuts=cuts, data=st.data())
def test_partition_independent(cuts: list[int], data: st.DataObject) -> None:
    """However the lines are cut, and in whatever order the parts are added, the summary is the same."""
    assert total(data.draw(st.permutations(parts(cuts)))) == part(0, len(LINES))


@given(cuts=st.lists(st.integers(1, len(LINES) - 1), min_size=2, max_size=2, unique=True))
def test_monoid(cuts: list[int]) -> None:
    """Addition is associative and commutative, and the empty summary changes nothing."""
    a, b, c = parts(cuts)
    assert (a + b) + c == a + (b + c)
    assert (a + c) + b == a + (c + b)
    assert a + b == b + a
    assert a + c == c + a
    assert Summary() + a == a + Summary() == a


@given(cuts=cuts)
def test_survives_as_json(cuts: list[int]) -> None:
    """Every part is the same when it has been written down and read, and its form is the published one."""
    validator = Draft202012Validator(json.loads((folder("schemas") / "scan.json").read_text("utf-8")))
    for one in parts(cuts):
        told = json.loads(json.dumps(one.to_dict()))
        assert Summary.from_dict(told) == one
        validator.validate(told)


def test_places_are_lines_of_the_file() -> None:
    """Once everything in front has been read, places are told by line, whatever was read first."""
    front, back = parts([70])
    assert {one.base for tally in back.findings.values() for one in tally.first} == {70}
    whole = back + front
    assert {one.base for tally in whole.findings.values() for one in tally.first} == {0}
    assert whole.pieces == {}
    for code, tally in whole.findings.items():
        assert [one.line for one in tally.first] == sorted(one.line for one in tally.first), code


def test_first_places() -> None:
    """Of each code the first three places are kept, by file and line."""
    one = Summary(findings={"json/empty-text": Tally(4, tuple(Example("b", 0, n, "", "") for n in (1, 2, 9)))})
    two = Summary(findings={"json/empty-text": Tally(2, (Example("a", 0, 5, "", ""), Example("b", 0, 3, "", "")))})
    tally = (one + two).findings["json/empty-text"]
    assert tally.count == 6
    assert [(at.source, at.line) for at in tally.first] == [("a", 5), ("b", 1), ("b", 2)]


@given(data=st.data())
def test_few_unknown_kinds(data: st.DataObject) -> None:
    """Of unknown kinds the first hundred are named, with all of each, and the others are counted together."""
    names = [f"organization.usage.x{number:04}.result" for number in range(3 * MOST_UNKNOWN)]
    ones = [Summary(kinds={name: 1, "organization.costs.result": 1}) for name in [*names, *names]]
    whole = total(data.draw(st.permutations(ones)))
    assert whole.kinds == {
        **dict.fromkeys(names[:MOST_UNKNOWN], 2),
        "organization.costs.result": len(ones),
        UNKNOWN_KIND: 2 * (len(names) - MOST_UNKNOWN),
    }


@given(cuts=cuts)
def test_months_are_the_verdicts(cuts: list[int]) -> None:
    """Of every part the verdicts of all months are its verdicts, and every payload has a month or none."""
    for one in parts(cuts):
        verdicts: Counter[str] = Counter()
        for month in one.verdicts_by_month.values():
            verdicts.update(month)
        assert verdicts == one.verdicts
        assert one.not_by_month == 0


def test_summary_of_an_older_kit() -> None:
    """What an older kit wrote, which kept no months, is read and added to, and counts as without months."""
    older = part(0, 70).to_dict()
    del older["verdicts_by_month"]
    read = Summary.from_dict(older)
    assert read.verdicts == part(0, 70).verdicts
    assert read.verdicts_by_month == {}
    both = read + part(70, len(LINES))
    assert both.verdicts_by_month == part(70, len(LINES)).verdicts_by_month
    assert both.not_by_month == part(0, 70).payloads > 0
    assert "scanned by an older version" in render(both)
    assert "scanned by an older version" in render_page(both)
    assert "scanned by an older version" not in render(part(0, len(LINES))) + render_page(part(0, len(LINES)))


ALL_ZERO = {"valid": 0, "acceptable": 0, "invalid": 0}


@pytest.mark.parametrize(
    "months",
    [
        [],
        7,
        {"2026-10": 7},
        {"2026-10": {}},
        {"2026-10": {"valid": 1}},
        {"2026-10": {**ALL_ZERO, "valid": "1"}},
        {"2026-10": {**ALL_ZERO, "valid": -1}},
        {"2026-10": {**ALL_ZERO, "valid": True}},
        {"2026-13": ALL_ZERO},
        {"1999-12": ALL_ZERO},
        {"x": ALL_ZERO},
    ],
)
def test_odd_months_are_refused(months: object) -> None:
    """Verdicts by month that no kit has written are neither read nor of the published form."""
    told = {**part(0, 70).to_dict(), "verdicts_by_month": months}
    validator = Draft202012Validator(json.loads((folder("schemas") / "scan.json").read_text("utf-8")))
    assert not validator.is_valid(told)
    with pytest.raises((ValueError, LookupError, TypeError, AttributeError)):
        Summary.from_dict(told)


def test_other_formats_are_refused() -> None:
    """A summary that another kit wrote in another form is not misread."""
    with pytest.raises(ValueError, match="format 2"):
        Summary.from_dict({**Summary().to_dict(), "format": 2})


@pytest.mark.parametrize("broken", [{"payloads": -1}, {"more": 1}, {"verdicts": {}}, {"shapes": {"list": 1}}])
def test_schema_refuses(broken: dict[str, object]) -> None:
    """The published form is strict."""
    validator = Draft202012Validator(json.loads((folder("schemas") / "scan.json").read_text("utf-8")))
    assert validator.is_valid(Summary().to_dict())
    assert not validator.is_valid({**Summary().to_dict(), **broken})


def test_files_have_codes_of_their_own() -> None:
    """What is said of files is an error, and no code of payloads."""
    assert not ARCHIVE_CODES.keys() & CODES.keys()
    assert {severity_of(code, profile) for code in ARCHIVE_CODES for profile in ("served", "published")} == {
        Severity.ERROR
    }
