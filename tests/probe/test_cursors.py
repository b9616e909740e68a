"""Cursors that lead nowhere, and such as only look like it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import pytest
from attrs import evolve

from .conftest import codes, over, probed
from .faulty import dump, right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.ledger import Response
    from usagecompat.probe import Transport


def with_cursors(spell: Callable[[int], str], *, stuck: bool = False) -> Transport:
    """A server whose cursors are spelled so by their number; if it is stuck, no cursor leads on but the first."""
    server = right()
    known: dict[str, str] = {}

    def answer(path: str, query: str, headers: Mapping[str, str]) -> Response:
        pairs = [(name, known.get(value, value) if name == "page" else value) for name, value in parse_qsl(query)]
        found = server(path, urlencode(pairs), headers)
        page = json.loads(found.body, parse_float=Decimal)
        if found.status != 200 or not page["next_page"]:
            return found
        asked = dict(parse_qsl(query)).get("page")
        name = asked if stuck and asked else spell(len(known))
        known.setdefault(name, page["next_page"])
        return evolve(found, body=dump({**page, "next_page": name}))

    return over(answer)


def test_a_cursor_may_begin_another() -> None:
    """A cursor that is the beginning of the one that was followed is another one."""
    assert codes(probed(with_cursors(lambda number: "c" * (200 - number)), "completions")) == set()


@pytest.mark.parametrize("cursor", ["next", "bmV4dA=="])
def test_a_cursor_that_leads_to_its_own_page(cursor: str) -> None:
    """A page whose cursor leads to the page itself is named so, whatever the cursor is spelled with."""
    stuck = with_cursors(lambda number: f"{number}{cursor}", stuck=True)
    endless = [one for one in probed(stuck, "completions").findings if one.code == "server/paging-endless"]
    assert [one.message for one in endless] == ["The page's cursor leads to the page itself."]
