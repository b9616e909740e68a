"""An answer that depends on more than its payload is worth its worst, and one that varies harmlessly is no fault."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from usagecompat import corpus
from usagecompat.clients.badges import Colour, badge_of
from usagecompat.clients.leaks import what_came
from usagecompat.clients.probes import Probing
from usagecompat.clients.results import Kit
from usagecompat.clients.runner import run
from usagecompat.clients.spec import client_spec
from usagecompat.fidelity.comparison import Level
from usagecompat.jsontext import Number, read, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from usagecompat.clients.case_results import CaseResult
    from usagecompat.clients.results import ClientResult
    from usagecompat.corpus import Case

SOME = [case for case in corpus.cases(verdict="valid") if case.topic in {"kinds", "pages"}][:24]
BAD = [case for case in corpus.cases(verdict="invalid") if case.id.startswith("text/trailing")][:3]


def ran(
    client: Callable[[bytes], bytes],
    *,
    probing: Probing = Probing.SOME,
    required: Level = Level.EXACT,
    more: Sequence[Case] = (),
) -> ClientResult:
    """What comes of a function on a few cases and `more`, as if they were all that the kit has."""
    module = ModuleType("usagecompat_probed")
    module.client = client  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    try:
        result = run(
            client_spec("python:usagecompat_probed:client"), [*SOME, *BAD, *more], probing=probing, required=required
        )
    finally:
        del sys.modules[module.__name__]
    return evolve(result, kit=Kit(len(SOME), len(SOME)))


def shuffled() -> Callable[[bytes], bytes]:
    """A client with a hash map: the order of members is another one each time, and nothing else."""
    turn = 0

    def turned(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            names = list(node)
            at = turn % (len(names) or 1)
            return {name: turned(node[name]) for name in names[at:] + names[:at]}
        return [turned(item) for item in node] if isinstance(node, list) else node

    def client(payload: bytes) -> bytes:
        nonlocal turn
        turn += 1
        json.loads(payload)
        return write(turned(read(payload).value))

    return client


def late(changes: Callable[[dict[str, Any]], object], after: int) -> Callable[[bytes], bytes]:
    """A client that changes what it returns once it was called so many times."""
    calls = 0

    def client(payload: bytes) -> bytes:
        nonlocal calls
        calls += 1
        tree: Any = read(payload).value
        json.loads(payload)
        if calls > after:
            changes(tree)
        return write(tree)

    return client


def previous() -> Callable[[bytes], bytes]:
    """A client that answers with what it was asked before, each second time."""
    told: list[bytes] = []

    def client(payload: bytes) -> bytes:
        json.loads(payload)
        told.append(payload)
        return told[-2] if len(told) > 3 else payload

    return client


def test_hash_map_is_no_fault() -> None:
    """A client whose members come back in another order each time is EXACT, without a failure, with a note."""
    result = ran(shuffled())
    assert result.failing == {}
    assert result.headline.level is Level.EXACT
    assert result.probes.varied > len(SOME) // 2
    assert result.probes.varied_codes == ("client/order-changed",)
    assert badge_of(result).colour is Colour.BRIGHT_GREEN


def spilled(payload: bytes, turn: int) -> bytes:
    """The payload with the members of its outermost object in another order, as text."""
    first, colon, rest = payload[1:-1].partition(b",")
    return b"{" + (first + colon + rest if turn % 2 else rest + colon + first) + b"}"


@pytest.mark.parametrize("changed", ["order", "value"])
def test_hash_map_at_what_cannot_be_read(changed: str) -> None:
    """What is nested too deep to compare is held by its tokens: another order is no fault, another value is."""
    deep = next(case for case in corpus.cases(verdict="invalid") if case.id == "text/depth-beyond-limit")
    turn = 0

    def client(payload: bytes) -> bytes:
        nonlocal turn
        turn += 1
        if payload != deep.payload:
            json.loads(payload)
            return payload
        return spilled(payload, turn) if changed == "order" else payload.replace(b"[]", b"[%d]" % turn)

    result = ran(client, probing=Probing.ALL, more=[deep])
    codes = {fault.code for case in result.cases for fault in case.faults}
    assert codes == (set() if changed == "order" else {"client/nondeterministic"})
    assert result.probes.varied == (1 if changed == "order" else 0)


def test_hash_map_below_lexical() -> None:
    """The same client is not deterministic for who needs the order."""
    result = ran(shuffled(), required=Level.LEXICAL)
    assert "client/nondeterministic" in result.codes
    assert result.probes.varied == 0


def test_late_loss_is_worth_its_worst() -> None:
    """A client that keeps everything at first and loses members later is judged by what it gave at worst."""
    result = ran(late(lambda tree: tree.pop("object"), after=len(SOME) + 5))
    assert result.headline.level is Level.NONE
    assert badge_of(result).colour is Colour.RED


def test_previous_answer_is_named() -> None:
    """A leak says whose answer came instead."""
    messages = [fault.message for case in ran(previous()).cases for fault in case.faults]
    assert any("what came is the answer to " in message for message in messages)


def test_what_came() -> None:
    """The values of an older record are found in an answer, and chance is not taken for them."""
    one, two = b'{"id":"proj_apple","n":123456}', b'{"id":"proj_pear","n":7}'
    before = [("a/one", one, one), ("a/two", two, b"null")]
    sent = b'{"id":"proj_plum","n":7}'
    assert what_came(sent, b'{"id":"proj_apple","n":7}', before) == (
        "what came has values of a/one, 2 payloads before: proj_apple"
    )
    assert what_came(sent, two, before) == "what came is the answer to a/two, the payload before"
    assert what_came(sent, b"null", before) == "what came is the answer to a/two, the payload before"
    assert what_came(sent, b'{"id":"","n":7}', before) == ""
    assert what_came(sent, b"[]", []) == ""
    assert what_came(sent, b"", before) == ""


def worth(case: CaseResult) -> tuple[bool, int]:
    """A number for what a case came to, to compare."""
    return not case.faults, -1 if case.level is None else int(case.level)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "nothing": lambda _: None,
    "a member lost": lambda tree: tree.pop("object", None),
    "a member invented": lambda tree: tree.update(x=None),
    "a number respelled": lambda tree: tree.update(quantity=Number("1.0")) if "quantity" in tree else None,
    "order": lambda tree: tree.update(object=tree.pop("object")) if "object" in tree else None,
}


@settings(max_examples=8, deadline=None)
@given(change=st.sampled_from(sorted(CHANGES)), after=st.integers(0, 120), required=st.sampled_from(list(Level)))
def test_more_probing_only_lowers_a_grade(change: str, after: int, required: Level) -> None:
    """No case, no level and no badge gets better by asking more."""
    results = [ran(late(CHANGES[change], after), probing=probing, required=required) for probing in Probing]
    for less, more in pairwise(results):
        pairs = zip(less.cases, more.cases, strict=True)
        assert all(worth(after_more) <= worth(after_less) for after_less, after_more in pairs)
        assert (more.headline.level or 0) <= (less.headline.level or 0)
        assert set(less.failing) <= set(more.failing)
    colours = [badge_of(evolve(result, probes=evolve(result.probes, wanted=True))).colour for result in results]
    assert colours == sorted(colours, reverse=True)


@pytest.mark.parametrize("required", [Level.NONE, Level.EXACT, Level.BYTES])
def test_bar_of_the_badge_is_fixed(required: Level) -> None:
    """Whoever requires less gets no better badge, and whoever requires more no better one either."""
    lossy = late(lambda tree: tree.update(x_new=None), after=0)
    strict = badge_of(ran(lossy, required=Level.EXACT)).colour
    assert badge_of(ran(late(lambda tree: tree.update(x_new=None), after=0), required=required)).colour <= strict
