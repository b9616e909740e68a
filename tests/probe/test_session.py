"""The session: budget, rate, second tries, redirects, and a key that goes nowhere else."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from usagecompat.probe import Answer, ProbeResult, Session, endpoints_named, probe, render_probe

from .conftest import END, START, URL, codes, ledger_transport, probed, session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.probe import Transport

KEY = "sk-admin-mock"
QUERY = [("start_time", str(START))]


def counting(transport: Transport) -> tuple[Transport, list[tuple[str, Mapping[str, str]]]]:
    """A transport that notes what goes out."""
    asked: list[tuple[str, Mapping[str, str]]] = []

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        asked.append((url, headers))
        return transport(url, headers)

    return ask, asked


@pytest.mark.parametrize("budget", [1, 2, 7, 20, 45])
def test_the_budget_is_kept(budget: int) -> None:
    """No more requests go out than the budget has, and what was not judged is told."""
    transport, asked = counting(ledger_transport("rate-limit"))
    result = probed(transport, "completions", "costs", budget=budget)
    assert len(asked) == result.requests <= budget
    assert not result.findings
    assert result.judged < result.laws
    assert "not judged, no budget left" in render_probe(result)


def test_the_rate_is_kept() -> None:
    """Requests start no sooner than the rate allows, by the clock that the session is given."""
    now, started = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        now[0] += seconds

    def ask(_url: str, _headers: Mapping[str, str]) -> Answer:
        started.append(now[0])
        now[0] += 0.01
        return Answer(status=200, body=b"{}")

    asking = Session(transport=ask, base=URL, key=KEY, rate=4, clock=lambda: now[0], sleep=sleep)
    for _ in range(10):
        asking.ask("costs", QUERY)
    assert all(later - sooner >= 0.2499 for sooner, later in pairwise(started))


@pytest.mark.parametrize(("told", "waited"), [("7", 7), ("100000", 60), ("", 1), ("soon", 1), ("-5", 1), ("٣", 1)])
def test_retry_after(told: str, waited: int) -> None:
    """A 429 is tried again after what it says, and after a minute at most."""
    pauses: list[float] = []
    answers = iter([Answer(status=429, headers={"retry-after": told}), Answer(status=200, body=b"{}")])
    asking = evolve(session(lambda _url, _headers: next(answers)), sleep=pauses.append)
    exchange = asking.ask("costs", QUERY)
    assert exchange is not None
    assert (exchange.answer.status, asking.spent, max(pauses)) == (200, 2, waited)


def test_the_key_goes_to_one_origin() -> None:
    """A redirect is followed, counts, and takes the key along to the same origin only."""
    places = {
        f"{URL}/organization/costs?start_time={START}": "/v2/costs",
        "http://ledger.example/v2/costs": "http://ledger.example:81/costs",
        "http://ledger.example:81/costs": "https://ledger.example/costs",
        "https://ledger.example/costs": "http://ledger.example/last",
    }

    def ask(url: str, _headers: Mapping[str, str]) -> Answer:
        place = places.get(url)
        return Answer(status=307, headers={"location": place}) if place else Answer(status=200, body=b"{}")

    transport, asked = counting(ask)
    asking = session(transport)
    exchange = asking.ask("costs", QUERY)
    assert exchange is not None
    assert exchange.answer.status == 200
    assert ["Authorization" in headers for _, headers in asked] == [True, True, False, False, True]
    assert asking.spent == 5


@pytest.mark.parametrize(
    "place", [f"{URL}/organization/costs?start_time={START}", "ftp://ledger.example/", "//x", "http://[::"]
)
def test_redirects_end(place: str) -> None:
    """A circle of redirects, or one that leads to no HTTP, is an answer that does not come."""
    asking = session(lambda _url, _headers: Answer(status=302, headers={"location": place}))
    exchange = asking.ask("costs", QUERY)
    assert exchange is not None
    assert exchange.answer.failure
    assert asking.spent <= 6


def test_the_key_is_never_told() -> None:
    """A server that sends the key back does not get it into a report or a saved answer."""
    key, kept = "sk-admin-seacrét"[:10] + "/+ x", list[bytes]()

    def echo(_url: str, headers: Mapping[str, str]) -> Answer:
        return Answer(status=400, body=f'{{"error": {{"message": "wrong: {headers.get("Authorization")}"}}}}'.encode())

    asking = session(echo, key=key, keep=lambda exchange: kept.append(exchange.answer.body))
    result = probe(asking, endpoints_named(None, ["costs"]), start=START, end=END)
    assert kept
    assert all(key.encode() not in body for body in kept)
    for format_ in ("text", "json", "junit", "html"):
        assert key not in render_probe(result, format_)


def lost_after(count: int, failure: str) -> tuple[ProbeResult, int]:
    """A probe of a server that is killed after some requests, and how many were made."""
    right, made = ledger_transport(), [0]

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        made[0] += 1
        return right(url, headers) if made[0] <= count else Answer(failure=failure)

    result = probed(ask, "moderations", "costs")
    return result, made[0]


@pytest.mark.parametrize("count", [0, 1, 5, 17, 30, 40])
def test_a_server_that_dies(count: int) -> None:
    """Wherever a server is killed, the probe ends after three requests, and says no more than that."""
    result, made = lost_after(count, "no connection")
    assert codes(result) == {"server/no-answer"}
    assert result.gone
    assert made == count + 3


@pytest.mark.parametrize("at", range(1, 25))
def test_one_answer_that_does_not_come(at: int) -> None:
    """One request that hangs or floods is told, whichever of the 24 it is, and the others are judged."""
    right, made = ledger_transport(), [0]

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        made[0] += 1
        return Answer(failure="no whole answer came within 30 seconds") if made[0] == at else right(url, headers)

    result = probed(ask, "moderations")
    assert made[0] >= at
    assert codes(result) == {"server/no-answer"}
    assert [one.count for one in result.findings] == [1]
    assert not result.gone
