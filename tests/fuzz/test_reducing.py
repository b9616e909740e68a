"""Payloads get as small as what they show allows, whatever they are."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usagecompat import check
from usagecompat.contract import LATEST, REVISIONS
from usagecompat.findings import Verdict
from usagecompat.fuzz.mutating import Mutator
from usagecompat.fuzz.reducing import TimeIsUp, reduce

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (
    b'{"object":"page","data":[{"object":"bucket","start_time":1730419200,"end_time":1730505600,"results":['
    b'{"object":"organization.usage.completions.result","input_tokens":12345,"output_tokens":7,"num_model_requests":1,'
    b'"project_id":"proj_kestrel","model":null,"x_y":{"a":[1,2.50,"caf\\u00e9"]}}]}],"has_more":false,"next_page":null}'
)


@pytest.mark.parametrize(
    ("shows", "smallest"),
    [
        (lambda payload: b"2.50" in payload, b"[2.50]"),
        (lambda payload: b"\\u00e9" in payload, b'["\\u00e9"]'),
        (lambda payload: b"kestrel" in payload and b"proj" in payload, b'{"project_id":"projkestrel"}'),
        (lambda payload: b"12345" in payload and b"completions" in payload, None),
        (lambda payload: payload.count(b"[") >= 3, b"[[[]]]"),
        (lambda payload: check(payload).verdict is Verdict.VALID, b'{"object":"organization.costs.result"}'),
    ],
    ids=["number", "escape", "text", "two", "depth", "valid"],
)
def test_smallest(shows: Callable[[bytes], bool], smallest: bytes | None) -> None:
    """What is left shows it, is no larger, and is what a person would come to."""
    found, whole = reduce(PAGE, shows, LATEST)
    assert shows(found)
    assert whole
    assert len(found) <= len(PAGE)
    if smallest is not None:
        assert len(found) <= len(smallest) + 20


@pytest.mark.parametrize(
    ("payload", "part"),
    [
        (b'{"a":1,,"b":\xff', b"\xff"),
        (b"", b""),
        (b"[1,\t2 ]", b"\t"),
        (b'{"a":NaN}', b"NaN"),
        (b'"\\ud800"', b"ud800"),
    ],
)
def test_odd_texts(payload: bytes, part: bytes) -> None:
    """A text that is no JSON, or fails by its white space, gets smaller, too."""
    found, whole = reduce(payload, lambda text: part in text, LATEST)
    assert part in found
    assert whole
    assert len(found) <= max(len(part) + 2, 1)


def test_time_is_up() -> None:
    """When the time is up, what is smallest by then is given, and said not to be all."""
    tries = 0

    def shows(payload: bytes) -> bool:
        nonlocal tries
        tries += 1
        if tries > 5:
            raise TimeIsUp
        return b"kestrel" in payload

    found, whole = reduce(PAGE, shows, LATEST)
    assert b"kestrel" in found
    assert not whole


@given(st.integers(0, 2**32), st.sampled_from(REVISIONS))
def test_never_larger(seed: int, revision: str) -> None:
    """Whatever payload is made, at whichever revision, making it small keeps what it shows and its verdict."""
    payload = Mutator(revision).make(Random(seed))  # noqa: S311 - payloads, not keys
    verdict = check(payload, revision=revision).verdict  # type: ignore[arg-type]  # one of them
    tries = 0

    def shows(text: bytes) -> bool:
        nonlocal tries
        tries += 1
        if tries > 60:
            raise TimeIsUp
        return check(text, revision=revision).verdict is verdict  # type: ignore[arg-type]  # likewise

    found, _ = reduce(payload, shows, revision)
    assert check(found, revision=revision).verdict is verdict  # type: ignore[arg-type]  # likewise
    assert len(found) <= len(payload)
