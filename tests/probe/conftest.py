"""What the tests of the probe need: a ledger behind a transport without sockets, and a probe that waits for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from usagecompat.ledger import DEFAULT_NOW, Ledger, Memory
from usagecompat.probe import Answer, ProbeResult, Session, endpoints_named, probe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.ledger import Response
    from usagecompat.probe import Transport

URL = "http://ledger.example/v1"
START = 1_791_676_800
"""2026-10-11T00:00:00Z, the first day of a closed week."""
END = START + 7 * 86_400

Answering = "Callable[[str, str, Mapping[str, str]], Response]"


def over(answer: Callable[[str, str, Mapping[str, str]], Response]) -> Transport:
    """A transport to a function that answers a path, a query and headers."""

    def ask(url: str, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        found = answer(parts.path, parts.query, headers)
        told = {name.lower(): value for name, value in found.headers}
        failure = "" if found.delivery == "whole" else f"the delivery is {found.delivery}"
        return Answer(status=found.status, headers=told, body=found.body, failure=failure)

    return ask


def ledger_transport(*scenarios: str, **options: Any) -> Transport:  # noqa: ANN401 - the ledger's own
    """A transport to a right server."""
    ledger, memory = Ledger(scenarios=scenarios, **options), Memory()
    return over(lambda path, query, headers: ledger.answer(path, query, headers, memory=memory))


def session(transport: Transport, budget: int = 300, key: str = "sk-admin-mock", **options: Any) -> Session:  # noqa: ANN401 - the session's own
    """A session that waits for nothing."""
    return Session(transport=transport, base=URL, key=key, budget=budget, rate=1e9, sleep=lambda _: None, **options)


def probed(transport: Transport, *names: str, budget: int = 300, **options: Any) -> ProbeResult:  # noqa: ANN401 - the probe's own
    """A probe of some endpoints, in the week that every test knows unless told otherwise."""
    asked = {"start": START, "end": END, "now": lambda: DEFAULT_NOW} | options
    return probe(session(transport, budget), endpoints_named(asked.get("revision"), names), **asked)


def codes(result: ProbeResult) -> set[str]:
    """The codes of all findings but notes that are allowed everywhere."""
    return {one.code for one in result.findings}
