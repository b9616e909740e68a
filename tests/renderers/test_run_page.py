"""The page of a run: what is to be fixed, topics as the JSON has them, and marks where something differs."""

from __future__ import annotations

import json
import re

import pytest
from attrs import evolve

from usagecompat.clients.case_results import CaseResult, Expectation, Outcome
from usagecompat.clients.results import Cause, ClientResult
from usagecompat.fidelity.comparison import Level, compare
from usagecompat.renderers import render_run_page


def case(case_id: str, sent: bytes, returned: bytes) -> CaseResult:
    """What comes of a case that came back so."""
    fidelity = compare(sent, returned)
    return CaseResult(
        case_id=case_id,
        duty=Expectation.MUST_DECODE,
        served=True,
        outcome=Outcome.DECODED,
        level=fidelity.level,
        differences=fidelity.differences,
        returned=returned,
    )


def result(*cases: CaseResult, causes: tuple[Cause, ...] = ()) -> ClientResult:
    """What came of a client."""
    return ClientResult(
        name="mine",
        command="mine",
        way="stdio",
        client=None,
        features=None,
        revision=None,
        required=Level.EXACT,
        cases=cases,
        causes=causes,
    )


HARMLESS = Cause(
    name="members-reordered",
    title="members come back in another order",
    fix="Nothing has to be done.",
    where="any object",
    cases=("t/a",),
    everyday=1,
    cap=Level.EXACT,
    code="client/order-changed",
    example="t/a: b stood before a",
    after=Level.EXACT,
    known=(),
)


def test_only_what_is_to_be_fixed() -> None:
    """A cause that costs nothing at the required level is not listed as one to fix."""
    alone = render_run_page(result(causes=(HARMLESS,)), {})
    assert "Nothing is known that is to be fixed." in alone
    both = render_run_page(result(causes=(HARMLESS, evolve(HARMLESS, title="worse", cap=Level.OPEN))), {})
    assert "worse" in both
    assert HARMLESS.title not in alone + both


def test_topics_are_those_of_the_json() -> None:
    """A topic is all in front of the last slash, as `topics` of the JSON has it."""
    came = result(case("a/b/one", b"{}", b"{}"), case("a/c/two", b"{}", b"{}"), case("a/b/three", b"{}", b"{}"))
    (found,) = re.findall("Cases by topic and level.*?</table>", render_run_page(came, {}), re.DOTALL)
    assert re.findall(r"<tr><td>(.*?)</td>", found) == [*came.topics] == ["a/b", "a/c"]


@pytest.mark.parametrize("name", ["²", "٣", "9" * 5_000])
def test_names_like_numbers(name: str) -> None:
    """A member whose name is of digits that are no array index is shown like any other."""
    sent, returned = (json.dumps({name: value}).encode() for value in (1, 2))
    text = render_run_page(result(case("t/a", sent, returned)), {"t/a": sent})
    assert text.count("<mark>") == 2
