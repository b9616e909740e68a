"""How JSON reports are encoded: the bytes of the standard library, whoever writes them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import usagecompat
from usagecompat.findings import Verdict
from usagecompat.inputs import Source
from usagecompat.renderers import RENDERERS, Checked
from usagecompat.renderers.encoding import encode

if TYPE_CHECKING:
    from usagecompat.checking.report import Report
    from usagecompat.findings import Path

LINE = (
    b'{"object":"organization.costs.result","amount":{"value":0.5,"currency":"usd"},'
    b'"organization_id":"a","project_name":"b"}'
)

texts = st.text(st.characters(categories=("Cc", "Cs", "Lu", "Zl", "Zs", "Po", "So")))
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(trees)
def test_bytes_are_those_of_the_standard_library(tree: object) -> None:
    """Whatever is told, surrogates, controls and long integers included, is written as `json` writes it."""
    assert encode(tree) == json.dumps(tree, separators=(",", ":"))


@pytest.mark.parametrize("text", ["\x7f", "\ud800", "\u2028", "é", "\x00", '"\\/\b', "\U0001f600"])
def test_texts_that_encoders_write_differently(text: str) -> None:
    """Characters at which compiled encoders differ stand there as `json` escapes them."""
    told = {text: [text, 1 << 70, Verdict.VALID]}
    assert encode(told) == json.dumps(told, separators=(",", ":"))


class CountedPlaces:
    """Places that count how often each is asked for."""

    def __init__(self) -> None:
        """Begin with no question."""
        self.asked: Counter[Path] = Counter()

    def line_and_column(self, path: Path, offset: int | None) -> tuple[int, int]:
        """Always the same place."""
        del offset
        self.asked[path] += 1
        return 1, 1


def report_with(places: CountedPlaces) -> Report:
    """A report whose findings ask there for their places."""
    from attrs import evolve  # noqa: PLC0415 - of this helper alone

    report = usagecompat.check(LINE)
    return evolve(report, findings=tuple(evolve(one, places=places) for one in report.findings), fit=report._fit)  # noqa: SLF001


@pytest.mark.parametrize("name", ["text", "json", "sarif", "junit"])
def test_place_is_looked_up_once(name: str) -> None:
    """A format asks for the place of a finding once, for line and column together."""
    places = CountedPlaces()
    report = report_with(places)
    list(RENDERERS[name]([Checked(Source("x.json"), report, fails=False)]))
    assert set(places.asked.values()) == {1}
    assert len(places.asked) == len(report.findings) == 2
