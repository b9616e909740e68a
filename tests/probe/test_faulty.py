"""Faulty servers: each is named rightly, and with nothing beside it."""

from __future__ import annotations

import pytest

from .conftest import codes, over, probed
from .faulty import FAULTS, right


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_server_is_named(name: str) -> None:
    """A server with one fault is found to have that one and no other."""
    code, make = FAULTS[name]
    result = probed(over(make(right())), "completions", "costs")
    assert codes(result) == {code}, [(one.code, one.endpoint, one.message, one.query) for one in result.findings]


def test_there_are_many() -> None:
    """At least forty faulty servers are told apart."""
    assert len(FAULTS) >= 40
