"""The obligations of a corpus: complete, met, and told by nothing but payloads and expectations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import covering
import pytest
from attrs import evolve
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.contract.revisions import DEVIATIONS, LATEST, REVISIONS
from usagecompat.contract.tree import JsonType, contract
from usagecompat.corpus.coverage.accounting import Coverage, Met, cover, covered_by
from usagecompat.corpus.coverage.obligations import ANY_REVISION, Obligation, obligations
from usagecompat.corpus.coverage.text_witnesses import near_texts, text_faults
from usagecompat.corpus.coverage.witnesses import ExpectedFindings, evidence_of
from usagecompat.corpus.selection import cases
from usagecompat.findings import CODES, Shape, Verdict
from usagecompat.jsontext.reader import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.corpus.coverage.obligations import Key


@pytest.fixture(name="covered")
def _covered() -> Coverage:
    """What the packaged corpus covers."""
    return covering.covered()


def key(*parts: str) -> Key:
    """An obligation at the newest revision."""
    topic, subject, what = parts
    return topic, LATEST, subject, what


def shows(payload: str, *found: tuple[str, str], shape: Shape | None = Shape.RESULT) -> set[Key]:
    """What a payload shows at the newest revision, if exactly this must be found in it."""
    verdict = Verdict.INVALID if any(CODES[code].served == "error" for code, _ in found) else Verdict.VALID
    evidence = evidence_of(read(payload), LATEST, ExpectedFindings.of(verdict, found))
    return set() if evidence is None else set(evidence.covers(shape))


# -- what is demanded


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_member_at_every_revision(revision: str) -> None:
    """Of every member of every record at every revision, presence, absence, null and each wrong type are demanded."""
    for record in contract(revision).records.values():
        for member in record.members.values():
            wrong = set(JsonType) - {member.type}
            wrong -= {JsonType.INTEGER} if member.type is not JsonType.INTEGER else {JsonType.NUMBER}
            types = {"number" if each is JsonType.INTEGER else str(each) for each in wrong}
            if member.type in (JsonType.INTEGER, JsonType.NUMBER):
                types.discard("number")
            else:
                types.add("number")
            for what in ("present", "absent", "null", "twice", *types):
                assert ("member", revision, f"{record.name}.{member.name}", what) in obligations()


def test_codes_and_deviations_are_demanded() -> None:
    """Every code of the catalogue and every deviation is demanded both ways, or it is said why nothing can show it."""
    for code in CODES:
        topic = "text" if code.startswith("json/") else "code"
        whats = [one for one in obligations().values() if one.topic == topic and one.subject == code]
        assert len(whats) == 2
    for deviation in DEVIATIONS:
        for revision in REVISIONS:
            found = [obligations()["deviation", revision, deviation.code, what] for what in ("as served", "as written")]
            assert not any(one.impossible for one in found) or not deviation.concerns(revision)


def test_adjacent_revisions_are_demanded() -> None:
    """Every revision has to be told from the one before it."""
    assert sum(one.topic == "revisions" for one in obligations().values()) == len(REVISIONS) - 1


def test_ids_are_unique() -> None:
    """No two obligations have one id."""
    ids = [one.id for one in obligations().values()]
    assert len(set(ids)) == len(ids)


# -- what is met


def test_nothing_is_open(covered: Coverage) -> None:
    """Every obligation is met by a file or by a derived case, or no payload can meet it."""
    opened = [status.obligation.id for status in covered.open]
    assert opened == [], (
        "a case must show each: write one, or add the revision to `revisions` of a case that does; "
        "corpus/coverage/witnesses.py tells what a case shows"
    )


def test_impossible_with_a_reason(covered: Coverage) -> None:
    """What no payload can show has a reason, and what has a reason is shown by none."""
    for status in covered.statuses:
        assert bool(status.obligation.impossible) == (status.met is Met.IMPOSSIBLE)
        assert bool(status.case) == (status.met in (Met.FILE, Met.DERIVED))


def test_counts(covered: Coverage) -> None:
    """Each obligation is counted once."""
    assert sum(covered.totals.values()) == len(covered.statuses) == len(obligations())


def test_a_corpus_without_cases_leaves_everything_open() -> None:
    """Without a case everything that could be met is open."""
    assert cover(()).totals[Met.FILE] == cover(()).totals[Met.DERIVED] == 0


def test_names_mean_nothing(covered: Coverage) -> None:
    """A case under another name shows the same."""
    for case in cases("smoke")[:20]:
        renamed = evolve(case, id="other/name")
        assert {key for _, key in covered_by(renamed)} == {key for _, key in covered_by(case)}
    assert covered.totals[Met.OPEN] == 0


# -- what a payload shows

RESULT = '{"object":"organization.usage.vector_stores.result","usage_bytes":%s}'
BYTES = "UsageVectorStoresResult.usage_bytes"


@pytest.mark.parametrize(
    ("value", "what", "found"),
    [
        ("1", "present", []),
        ("0", "zero", []),
        ("-0", "minus-zero", []),
        ("-1", "minus-one", [("record/negative-count", "/usage_bytes")]),
        ("2147483647", "int32-max", []),
        ("2147483648", "beyond-int32", [("record/lossy-number", "/usage_bytes")]),
        ("9223372036854775808", "beyond-int64", [("record/lossy-number", "/usage_bytes")]),
        ("5.0", "zero-fraction", [("record/integer-spelled-as-float", "/usage_bytes")]),
        ("5.5", "fraction", [("schema/wrong-type", "/usage_bytes")]),
        ("null", "null", [("schema/unexpected-null", "/usage_bytes")]),
        ('"5"', "string", [("schema/wrong-type", "/usage_bytes")]),
        ("[]", "array", [("schema/wrong-type", "/usage_bytes")]),
        ('1,"usage_bytes":1', "twice", [("json/duplicate-member", "/usage_bytes")]),
    ],
)
def test_values(value: str, what: str, found: Sequence[tuple[str, str]]) -> None:
    """A value shows what it is, and only where what must be found there is what the contract demands."""
    assert key("member", BYTES, what) in shows(RESULT % value, *found)
    other = [] if found else [("schema/wrong-type", "/usage_bytes")]
    assert key("member", BYTES, what) not in shows(RESULT % value, *other)


def test_what_stands_in_something_refused_shows_nothing() -> None:
    """Inside of what must be refused as a whole, no member shows anything."""
    bucket = '{"object":"bucket","start_time":1,"end_time":2,"results":[%s]}' % (RESULT % "1")
    assert key("member", BYTES, "present") in shows(bucket, shape=Shape.BUCKET)
    assert key("member", BYTES, "present") not in shows(
        bucket, ("schema/wrong-object", "/results/0"), shape=Shape.BUCKET
    )


def test_only_a_verdict_shows_no_finding() -> None:
    """Where no more than a verdict is known, nothing is shown that takes a finding."""
    evidence = evidence_of(read(RESULT % "null"), LATEST, ExpectedFindings.of(Verdict.INVALID, [], complete=False))
    assert evidence is not None
    assert key("member", BYTES, "null") not in set(evidence.covers(Shape.RESULT))


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b" \n", "json/empty-text"),
        (b'"\xff"', "json/invalid-utf-8"),
        (b"\xef\xbb\xbf{}", "json/byte-order-mark"),
        (b'{"a" 1}', "json/syntax-error"),
        (b'{"a":', "json/truncated-text"),
        (b"{} {}", "json/trailing-text"),
        (b"[NaN]", "json/non-finite-number"),
        (rb'"\ud800"', "json/lone-surrogate"),
        (b'{"a":1,"a":2}', "json/duplicate-member"),
        (b"[" * 129 + b"]" * 129, "json/limit-depth"),
        (b"1" * 10_001, "json/limit-digits"),
        (b"1e10001", "json/limit-exponent"),
    ],
)
def test_faults_of_texts(payload: bytes, code: str) -> None:
    """Each fault of a text is seen in the text itself."""
    assert code in text_faults(payload)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b" {}", "json/empty-text"),
        ('"ä€😀"'.encode(), "json/invalid-utf-8"),
        (b'"\\ufeff"', "json/byte-order-mark"),
        (b'{"a" : 1 , "b" : 2}', "json/syntax-error"),
        (rb'"{\""', "json/truncated-text"),
        (b"{} ", "json/trailing-text"),
        (b'"NaN"', "json/non-finite-number"),
        (rb'"\ud83d\ude00"', "json/lone-surrogate"),
        (b'{"a":1,"A":2}', "json/duplicate-member"),
        (b"[" * 128 + b"]" * 128, "json/limit-depth"),
        (b"1" * 10_000, "json/limit-digits"),
        (b"1e-10000", "json/limit-exponent"),
    ],
)
def test_near_faults_of_texts(payload: bytes, code: str) -> None:
    """What comes near to a fault is seen, and is none."""
    assert code in set(near_texts(payload))
    assert not text_faults(payload)


# -- the command


@pytest.fixture
def _covered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands use what is known of the packaged corpus."""
    covering.cover_once(monkeypatch)


@pytest.mark.usefixtures("_covered_once")
def test_command() -> None:
    """The command tells every obligation once, as text or as JSON, and ends with 0 if none is open."""
    told = CliRunner().invoke(main, ["fixtures", "coverage", "--topic", "text", "--format", "json"])
    assert told.exit_code == 0
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert {line["revision"] for line in lines} == {ANY_REVISION}
    assert [line["id"] for line in lines] == [one.id for one in obligations().values() if one.topic == "text"]
    assert "0 open" in told.stderr


def test_command_says_what_is_open(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a corpus that shows nothing, all is open, and the status says so."""
    empty = tmp_path_factory.mktemp("corpus")
    told = CliRunner().invoke(main, ["fixtures", "coverage", str(empty), "--open", "--topic", "rule"])
    assert told.exit_code == 1
    rules = [one for one in obligations().values() if isinstance(one, Obligation) and one.topic == "rule"]
    assert len(told.stdout.splitlines()) == len(rules)


@pytest.mark.usefixtures("_covered_once")
def test_page_is_fresh() -> None:
    """The page about the corpus says what the corpus says."""
    page = Path(__file__).parent.parent.parent / "docs/corpus.md"
    told = CliRunner().invoke(main, ["fixtures", "about", "--check", str(page)])
    assert told.exit_code == 0, told.stderr
