"""What the tests of the ledger need: requests with the key, pages as exact Python values, and sums of them."""

from __future__ import annotations

import json
from decimal import Context, Decimal, Inexact
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from attrs import frozen

from usagecompat.jsontext import write
from usagecompat.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.ledger import Memory, Response

EXACT = Context(prec=100, traps=[Inexact])
ROOT = "/v1/organization/"
NOON = 1_792_584_000
"""2026-10-21T12:00:00Z, a ledger's present unless told otherwise."""
WEEK = 1_791_936_000
"""2026-10-14T00:00:00Z, a week before the day that is not over."""


@frozen
class Client:
    """A right client of one ledger."""

    ledger: Ledger

    def ask(self, endpoint: str, query: str = "", *, memory: Memory | None = None) -> Response:
        """One answer, with the right key."""
        headers = {"Authorization": f"Bearer {self.ledger.key}"}
        return self.ledger.answer(f"{ROOT}{endpoint}", query, headers, memory=memory)

    def page(self, endpoint: str, query: str, *, memory: Memory | None = None) -> dict[str, Any]:
        """One page, which must have come."""
        found = self.ask(endpoint, query, memory=memory)
        assert found.status == 200, found.body
        page: dict[str, Any] = json.loads(found.body, parse_float=Decimal)
        return page

    def pages(self, endpoint: str, query: str) -> list[dict[str, Any]]:
        """All pages, cursor by cursor."""
        pages = [self.page(endpoint, query)]
        while pages[-1]["next_page"]:
            assert len(pages) < 1_000
            pages.append(self.page(endpoint, f"{query}&{urlencode({'page': pages[-1]['next_page']})}"))
        return pages

    def buckets(self, endpoint: str, query: str) -> list[dict[str, Any]]:
        """The buckets of all pages."""
        return [bucket for page in self.pages(endpoint, query) for bucket in page["data"]]

    def ledger_buckets(self, endpoint: str, query: str) -> list[dict[str, Any]]:
        """The buckets that the ledger says a right client ends up with."""
        found: list[dict[str, Any]] = json.loads(
            write(self.ledger.buckets(f"{ROOT}{endpoint}", query)), parse_float=Decimal
        )
        return found


@pytest.fixture(scope="session")
def client() -> Client:
    """A client of the plain ledger of the newest revision."""
    return Client(Ledger())


def totals(results: list[dict[str, Any]]) -> dict[str, Decimal]:
    """The sum of each count, and of the amounts by currency, over some results."""
    sums: dict[str, Decimal] = {}
    for result in results:
        for name, value in result.items():
            if name == "amount":
                key, number = f"amount in {value['currency']}", Decimal(value["value"])
            elif isinstance(value, int) and not isinstance(value, bool):
                key, number = name, Decimal(value)
            else:
                continue
            sums[key] = EXACT.add(sums.get(key, Decimal(0)), number)
    return sums


def grouped(results: list[dict[str, Any]], keys: tuple[str, ...]) -> Mapping[tuple[object, ...], dict[str, Decimal]]:
    """The sums of the results of each group."""
    groups: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for result in results:
        groups.setdefault(tuple(result.get(key) for key in keys), []).append(result)
    return {group: totals(members) for group, members in groups.items()}
