"""The tier of a case says how likely its payload is, by a rule that needs no judge."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usagecompat import corpus, strategies
from usagecompat.contract import LATEST, contract
from usagecompat.contract.markers import Count, GroupKey
from usagecompat.corpus import authoring, selection
from usagecompat.corpus.tiers import Tier, tier_of
from usagecompat.exceptions import CorruptCase
from usagecompat.findings import Verdict

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARIES = frozenset({"service_tier", "size", "source", "context_level"})
"""Group keys with few words, which have cases of their own."""

RESULT = '{"object":"organization.costs.result","amount":{"value":%s,"currency":"usd"},"line_item":%s}'


def tier(value: str = "0.06", line_item: str = '"gpt-4o, input"', *flags: str) -> Tier:
    """The tier of a valid cost with this amount and this line item."""
    return tier_of((RESULT % (value, line_item)).encode(), Verdict.VALID, flags, [])


def test_every_packaged_case_says_its_tier() -> None:
    """The file of each case gives the tier that the rule gives it, and the manifest repeats it."""
    entries = corpus.read_manifest(corpus.packaged())
    for case in corpus.cases():
        assert case.said_tier is case.tier_by_rule, case.id
        assert entries[case.id].tier is case.tier, case.id


@pytest.mark.parametrize("value", ["0.06", "12.50", "-3.25", "0.12270423340307525", "9007199254740992", "0", "5.0"])
def test_amounts_of_a_bill_are_everyday(value: str) -> None:
    """Amounts as they were served, credits among them, can come any day."""
    assert tier(value) is Tier.EVERYDAY


@pytest.mark.parametrize("value", ["-0", "1e2", "9007199254740993", "0.0001050000123456789012345", "0E-6176"])
def test_rare_numbers_are_possible(value: str) -> None:
    """Numbers with an exponent, a minus zero, or more than a binary64 holds are allowed and rare."""
    assert tier(value) is Tier.POSSIBLE


@pytest.mark.parametrize("value", ["1e400", "1e-400", "1" * 35, f"0.{'7' * 40}", "[" * 65 + "]" * 65])
def test_limits_of_parsers_are_extreme(value: str) -> None:
    """What RFC 8259 lets a reader refuse is extreme, whatever flags a case has."""
    assert tier(value, '"x"', "served") is Tier.EXTREME


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Ωmega, größe, 請求"', Tier.EVERYDAY),
        ('"👩‍👧"', Tier.EVERYDAY),
        (json.dumps("n" * 1_000), Tier.EVERYDAY),
        (json.dumps("n" * 1_001), Tier.POSSIBLE),
        (r'"a\u0000b"', Tier.POSSIBLE),
        ('"\ue000"', Tier.POSSIBLE),
        ("null", Tier.EVERYDAY),
    ],
)
def test_texts_of_people_are_everyday(text: str, expected: Tier) -> None:
    """Every script and long names are usual; control characters and private ones are not."""
    assert tier("0.06", text) is expected


def test_what_may_be_refused_is_no_everyday_case() -> None:
    """A warning of a rule makes a payload possible, a deviation that the API serves does not."""
    payload = (RESULT % ("0.06", "null")).encode()
    assert tier_of(payload, Verdict.ACCEPTABLE, (), ["wire/amount-as-string"]) is Tier.EVERYDAY
    assert tier_of(payload, Verdict.ACCEPTABLE, (), ["rule/duplicate-group"]) is Tier.POSSIBLE
    assert tier_of(payload, Verdict.INVALID, ("served",), ["schema/wrong-type"]) is Tier.POSSIBLE


@settings(max_examples=60, deadline=None)
@given(strategies.payloads() | st.binary(max_size=200))
def test_any_bytes_have_a_tier(payload: bytes) -> None:
    """The rule raises for no payload, and a worse verdict never makes it more likely."""
    order = list(Tier)
    valid = tier_of(payload, Verdict.VALID, (), [])
    assert order.index(tier_of(payload, Verdict.INVALID, (), [])) >= order.index(valid)


def test_linter_asks_for_the_tier(tmp_path: Path) -> None:
    """A case without a tier, or with another than the rule's, is a problem, and `fixtures update` solves it."""
    case = selection.read_case(corpus.packaged() / "numbers/count-one.case.json")
    (tmp_path / "numbers").mkdir()
    for path in (case.path, case.payload_path):
        shutil.copyfile(path, tmp_path / "numbers" / path.name)
    (tmp_path / "notes.json").write_text("{}", "utf-8")
    sidecar = tmp_path / "numbers" / case.path.name
    said = json.loads(sidecar.read_text("utf-8"))
    for tier_said, told in ((None, "has no `tier`"), ("extreme", "has the tier extreme")):
        said.pop("tier", None)
        if tier_said:
            said["tier"] = tier_said
        sidecar.write_text(authoring.sidecar_text(said), "utf-8")
        selection.write_manifest(tmp_path)
        assert [told in problem.message for problem in selection.lint(tmp_path)] == [True]
        assert selection.read_case(sidecar).tier is (Tier(tier_said) if tier_said else Tier.EVERYDAY)
        authoring.apply(authoring.changes(tmp_path), tmp_path)
        assert selection.lint(tmp_path) == []


def test_a_wrong_tier_is_told(tmp_path: Path) -> None:
    """A tier that does not exist is refused with the names of those that do."""
    case = selection.read_case(corpus.packaged() / "numbers/count-one.case.json")
    sidecar = tmp_path / "numbers" / case.path.name
    sidecar.parent.mkdir()
    sidecar.write_text(case.path.read_text("utf-8").replace('"everyday"', '"daily"'), "utf-8")
    with pytest.raises(CorruptCase, match="everyday, possible, extreme"):
        selection.read_case(sidecar)


def test_linter_asks_for_the_demand(tmp_path: Path) -> None:
    """A case without what a client must do, or without the severity of a finding, is a problem that an update solves."""
    case = selection.read_case(corpus.packaged() / "members/count-null.case.json")
    (tmp_path / "members").mkdir()
    for path in (case.path, case.payload_path):
        shutil.copyfile(path, tmp_path / "members" / path.name)
    shutil.copyfile(corpus.packaged() / "notes.json", tmp_path / "notes.json")
    sidecar = tmp_path / "members" / case.path.name
    whole = json.loads(sidecar.read_text("utf-8"))
    ungraded = [{name: value for name, value in one.items() if name != "severity"} for one in whole["findings"]]
    for said in ({**whole, "demand": "must-decode"}, {**whole, "findings": ungraded}):
        sidecar.write_text(authoring.sidecar_text(said), "utf-8")
        selection.write_manifest(tmp_path)
        assert any("`demand` must be must-refuse" in problem.message for problem in selection.lint(tmp_path))
        authoring.apply(authoring.changes(tmp_path), tmp_path)
        assert not any("demand" in problem.message for problem in selection.lint(tmp_path))


def _everyday_values() -> dict[tuple[str, str], list[object]]:
    """What each member of each kind holds in any everyday case."""
    found: dict[tuple[str, str], list[object]] = {}
    for case in corpus.cases():
        waiting: list[object] = [json.loads(case.payload)] if case.tier is Tier.EVERYDAY else []
        while waiting:
            node = waiting.pop()
            waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
            for name, value in node.items() if isinstance(node, dict) else ():
                found.setdefault((str(node.get("object")), name), []).append(value)
    return found


def test_everyday_cases_have_each_member_at_its_width() -> None:
    """No member of any kind can be cut, trimmed, lowered or held in 48 bits without an everyday failure."""
    values = _everyday_values()
    newest = contract(LATEST)
    for kind, record in newest.kinds.items():
        for member in record.members.values():
            held = values.get((kind, member.name), [])
            assert held, f"no everyday case has `{member.name}` of {kind}: write one into fixtures/"
            if isinstance(member.marker, Count):
                assert max(value for value in held if isinstance(value, int)) > 2**49, (kind, member.name)
            elif isinstance(member.marker, GroupKey) and member.type == "string" and not member.values:
                texts = [value for value in held if isinstance(value, str)]
                if member.name not in VOCABULARIES:
                    assert max(map(len, texts)) > 255, (kind, member.name)
                    assert any(text != text.strip() for text in texts), (kind, member.name)
                    assert any(text != text.lower() for text in texts), (kind, member.name)
                    assert not all(map(str.isascii, texts)), (kind, member.name)
    assert max(len(value) for value in values["page", "next_page"] if isinstance(value, str)) > 255
