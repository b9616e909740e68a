"""Rare faults are found, and their payloads made about as small as they get."""

from __future__ import annotations

from contextlib import suppress

import pytest

from rare_faults import SMALLEST, codec
from usagecompat.clients import client_spec
from usagecompat.contract import LATEST

from .conftest import rare, search, search_a_little

TWICE = 2
SLOW = {"hangs-at-an-empty-model", "exactly-100-buckets"}
"""What takes many seconds; `benchmarks/fuzz.py` has them."""


@pytest.mark.parametrize("name", SMALLEST)
def test_smallest(name: str) -> None:
    """What is called the smallest payload shows the fault, which no other answer of the client does."""
    roundtrip, payload = codec(name), SMALLEST[name]
    if name == "hangs-at-an-empty-model":
        return
    with suppress(ValueError, SystemExit):
        assert roundtrip(payload) != payload
    harmless = b'{"object":"organization.costs.result","line_item":"x"}'
    assert roundtrip(harmless) == harmless


@pytest.mark.parametrize("name", [name for name in SMALLEST if name not in SLOW])
def test_found(name: str) -> None:
    """Each fault is found without any corpus, and its payload is at most twice as large as the smallest known."""
    result = search(rare(name))
    assert len(result.new) == 1
    find = result.new[0]
    assert len(find.payload) <= TWICE * len(SMALLEST[name])
    assert len(find.payload) <= find.first_size or find.whole


def test_faithful() -> None:
    """Of a client that gives back what it got, byte for byte, nothing is found."""
    spec = client_spec("faithful=python:usagecompat.clients.reference:codec")
    result = search_a_little(spec, 300, revision=LATEST)
    assert result.finds == ()
    assert result.judged > 0
    assert result.ok
