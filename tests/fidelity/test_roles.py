"""What is declared, what is open, and texts that are no JSON."""

from __future__ import annotations

import pytest
from fidelity_texts import cost, dumps, found, result, seen, three

from usagecompat import Level, compare
from usagecompat.contract.revisions import REVISIONS
from usagecompat.contract.tree import contract
from usagecompat.fidelity.roles import roles


@pytest.mark.parametrize("revision", REVISIONS)
def test_declared_is_what_any_revision_up_to_then_lists(revision: str) -> None:
    """Declared are exactly the members that this revision or an earlier one lists for the record."""
    known = roles(revision)
    lists = {"UsageResponse": known.page, "UsageTimeBucket": known.bucket, "CostsResultAmount": known.amount}
    lists |= {shape.name: known.kinds[kind] for kind, shape in contract(revision).kinds.items()}
    for record, slots in lists.items():
        declared = {name for name, slot in slots.items() if not slot.is_open}
        until = [
            contract(r).records[record].members for r in REVISIONS if r <= revision and record in contract(r).records
        ]
        assert declared == {name for members in until for name in members}


def test_revision_decides_what_is_open() -> None:
    """A loss weighs less at a revision that did not list the member or the kind."""
    sent, returned = dumps(cost(1, quantity=2)), dumps(cost(1))
    assert compare(sent, returned).level is Level.NONE
    assert compare(sent, returned, revision="2026-05-13").level is Level.NONE
    assert compare(sent, returned, revision="2025-02-10").level is Level.PRESENCE
    decision = dumps(result("organization.usage.decisions.result", input_tokens=1))
    assert compare(decision, "{}", revision="2026-10-06").level is Level.PRESENCE
    assert compare(decision, "{}").level is Level.NONE
    former = dumps(result("organization.usage.code_interpreter_sessions.result", sessions=1))
    assert compare(former, former.replace(":1", ":2")).level is Level.NONE
    old = dumps(three())
    assert compare(old, old.replace(":7,", ":8,"), revision="2024-12-16").level is Level.PRESENCE
    assert compare(old, old.replace(":7,", ":8,"), revision="2026-05-13").level is Level.NONE


def test_shape_is_told_or_given() -> None:
    """The shape is what `sent` says, and what the caller says instead."""
    sent, returned = '{"object":"x","data":[],"input_tokens":1}', '{"object":"x","data":[]}'
    assert compare(sent, returned).level is Level.PRESENCE
    assert compare('{"has_more":true}', "{}").level is Level.PRESENCE
    assert compare('{"has_more":true}', "{}", shape="page").level is Level.NONE


@pytest.mark.parametrize(("sent", "returned"), [("[1]", "[2]"), ("1", "2"), ('"a"', "null"), ('[{"a":1}]', "[{}]")])
def test_what_is_no_object_is_declared(sent: str, returned: str) -> None:
    """A payload that is no object has no undeclared members."""
    assert compare(sent, returned).level is Level.NONE


BROKEN = ["", " ", "{", "{}{}", "NaN", "[1,NaN]", '{"a":-Infinity}', "\ufeff{}", "[01]", "'a'", "[" * 200 + "]" * 200]


@pytest.mark.parametrize(
    "text", [*(text.encode() for text in BROKEN), b"\xff", b'"\xed\xa0\x80"', "{}".encode("utf-16")]
)
def test_not_json(text: bytes) -> None:
    """Only bytes that are the same make up for a text that is not JSON, whichever side it is on."""
    assert seen(text, text) == ("BYTES", [])
    for sent, returned in ((text, b"{}"), (b"{}", text), (text, text + b" ")):
        fidelity = compare(sent, returned)
        assert (fidelity.level, found(fidelity)) == (Level.NONE, [("not-json", "")])
        (difference,) = fidelity.differences
        assert difference.message.startswith("the answer" if sent == b"{}" else "what was sent")


def test_odd_json_is_compared() -> None:
    """Duplicates, lone surrogates and numbers beyond the limits leave a text that is JSON, on either side."""
    assert seen('{"a":1}', '{"a":2,"a":1}') == ("VALUES", [("member-invented", "/a")])
    assert seen('{"a":1}', '{"a":1,"a":2}') == ("VALUES", [("member-invented", "/a"), ("value-changed", "/a")])
    assert seen('{"a":1}', r'{"a":1,"\ud800":1}') == ("VALUES", [("member-invented", "/\\ud800")])
    assert seen('{"a":1}', '{"a":1e10001}') == ("PRESENCE", [("value-changed", "/a")])
