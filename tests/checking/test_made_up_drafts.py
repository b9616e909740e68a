"""Made-up drafts: whatever they declare, both routes agree on texts for them, and archives say what their lines say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import differential
import draft_routes
import odd_drafts
from usagecompat.checking.fast import route, types

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.contract.shapes import Contract, RecordShape

pytestmark = pytest.mark.usefixtures("nothing_learned")


def compared(*numbers: int) -> differential.Differential:
    """The comparison at these drafts of one seed."""
    comparison = differential.Differential()
    draft_routes.compare_drafts(comparison, numbers, 2)
    return comparison


def test_routes_agree_at_made_up_drafts() -> None:
    """At the first drafts of a seed there is no difference; most are taken, and the fast route answers for some texts."""
    comparison = compared(*range(24))
    assert comparison.differences == []
    assert comparison.drafts > 16
    assert comparison.certified > 40
    assert comparison.certified_with_findings > 5


def every_kind(said: Contract) -> list[RecordShape]:
    """All kinds of a draft, whether or not the fast checks look at all that they have."""
    return [*said.kinds.values()]


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [(route, "is_provable", lambda _: True), (types, "provable_kinds", every_kind)],
    ids=["pages and buckets", "kinds"],
)
def test_differences_are_found(
    module: object, name: str, wrong: Callable[[Contract], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fast route that takes every record of a draft for proved is found out."""
    monkeypatch.setattr(module, name, wrong)
    assert any(compared(number).differences for number in range(300))


def test_drafts_are_made_again() -> None:
    """A draft and its texts come from the seed and the number alone, and its source says how it was made."""
    for number in range(9):
        first, again = (odd_drafts.odd_draft(2, number) for _ in range(2))
        assert first == again
        assert json.loads(odd_drafts.draft_text(2, number))["source"].startswith(f"2/{number}: as 20")
        if first is not None:
            assert [*odd_drafts.texts_of(first, 2, number, 9)] == [*odd_drafts.texts_of(first, 2, number, 9)]
