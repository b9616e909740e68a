"""What an archive adds up to, and what stands in it twice, held to a program that knows nothing of the kit."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Context, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import usagecompat
from usagecompat.corpus.data import folder
from usagecompat.scan import adding, restatements, totals
from usagecompat.scan.accumulator import Judged, Tallying
from usagecompat.scan.page import render_page
from usagecompat.scan.restatements import Restatements
from usagecompat.scan.summary import Piece, Summary, total
from usagecompat.scan.text import render

from .conftest import START, assorted, bucket, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.findings import Profile

ADDING = Judged(totals=True, restatements=True)
AMOUNTS = (
    "0.1", '"0.2911922500000000000000000000"', "12.5", "1e-3", '"0E-6176"', "-3.25", '"1.10"', "7", "0.12345678901234567",
    '"NaN"', "null", "true", '"12,5"', "123456789012345678901234567890", '"1E+2"', "0e99999999999",
)  # fmt: skip
_SUMS = Context(prec=9_000)


def archive() -> list[bytes]:
    """Lines of all sorts, amounts in every spelling, results alone, several days."""
    choose = random.Random(7)  # noqa: S311 - made up again from its seed
    lines = assorted(300)
    for number in range(400):
        tree = bucket(choose.randrange(200), "costs", amount={"value": "@", "currency": choose.choice(("usd", "eur"))})
        if number % 9 == 0:
            tree["results"][0].pop("amount")
        if number % 11 == 0:
            tree["results"] *= 2
        if number % 7 == 0:
            tree["results"][0]["project_id"] = choose.choice(("proj_a", "proj_b", None))
        lines.append(text(tree).replace(b'"@"', choose.choice(AMOUNTS).encode()))
        lines.append(text(bucket(choose.randrange(200), "embeddings", model=choose.choice(("gpt-5.2", "gpt-4o")))))
    choose.shuffle(lines)
    return lines


LINES = archive()


def added(lines: Sequence[bytes]) -> dict[tuple[str, str], dict[str, Any]]:
    """The sums, computed by hand with the standard library."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        try:
            tree = json.loads(line, parse_float=Decimal)
        except ValueError:
            continue
        if not isinstance(tree, dict):
            continue
        buckets = tree["data"] if tree.get("object") == "page" else [tree]
        for one in buckets:
            results = one.get("results", []) if "results" in one else [one]
            start = one.get("start_time", 10**20)
            day = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d") if 946684800 <= start < 4102444800 else "none"
            for result in results:
                kind = result["object"]
                if "rockets" in kind:
                    kind = "(unknown)"
                at = sums.setdefault(
                    (day, kind),
                    {"results": 0, "not_added": 0, "counts": defaultdict(int), "money": defaultdict(Decimal)},
                )
                at["results"] += 1
                is_added = kind != "(unknown)"
                for name, value in result.items() if is_added else ():
                    if re.fullmatch("(input|output)_.*tokens|num_model_requests", name):
                        at["counts"][name] += int(value)
                if kind == "organization.costs.result":
                    try:
                        value = result["amount"]["value"]
                        number = (
                            Decimal(value) if isinstance(value, (int, Decimal, str)) and value is not True else None
                        )
                        assert number is not None
                        assert number.is_finite()
                        assert number.adjusted() < 10_000
                    except (ArithmeticError, AssertionError, KeyError):
                        is_added = False
                    else:
                        at["money"][result["amount"]["currency"]] = _SUMS.add(
                            at["money"][result["amount"]["currency"]], number
                        )
                at["not_added"] += not is_added
    return sums


def scanned(lines: Sequence[bytes], size: int, judged: Judged = ADDING) -> Summary:
    """The summary of lines that come in blocks."""
    tallying = Tallying(judged)
    tallying.begin("x")
    for first in range(0, len(lines), size):
        tallying.block(b"".join(line + b"\n" for line in lines[first : first + size]), first + 1)
    tallying.end(Piece(0, None, len(lines)))
    return tallying.summary()


@pytest.mark.parametrize("size", [1, 40, 2000])
def test_totals(size: int) -> None:
    """The sums of each day are those of an independent program, whatever is in the archive."""
    mine = scanned(LINES, size).to_dict()["totals"]
    assert isinstance(mine, list)
    theirs = added(LINES)
    assert {(row["day"], row["kind"]) for row in mine} == theirs.keys()
    for row in mine:
        want = theirs[row["day"], row["kind"]]
        assert (row["results"], row["not_added"]) == (want["results"], want["not_added"]), row
        assert row["counts"] == want["counts"], row
        assert {currency: Decimal(amount) for currency, amount in row["money"].items()} == want["money"], row


@pytest.mark.parametrize("time", ["1e400", "1e30", "9" * 41, "-1e30", "1e-5", "1792022400.5"])
@pytest.mark.parametrize("judged", [ADDING, Judged(totals=True, group="project_id"), Judged(restatements=True)])
def test_times_of_every_size(time: str, judged: Judged) -> None:
    """Results of a bucket whose time is no time are added up too, on a day that is called none."""
    line = text({**bucket(1, "costs"), "start_time": "@"}).replace(b'"@"', time.encode())
    told = scanned([line, text(bucket(1, "costs"))], 10, judged).to_dict()
    if judged.totals:
        assert isinstance(told["totals"], list)
        assert [row["results"] for row in told["totals"]] == [1, 1]
        assert {row["day"] for row in told["totals"]} > {"none"}


def test_corpus_adds_up() -> None:
    """No payload of the corpus, however broken, ends a scan that adds up."""
    payloads = [case.payload for case in usagecompat.cases()]
    tallying = Tallying(ADDING)
    for number, payload in enumerate(payloads):
        tallying.begin(str(number))
        tallying.payload(payload)
        tallying.end(None)
    assert tallying.summary().payloads == len(payloads)


def _counted(number: int, choose: random.Random, sizes: Sequence[int]) -> bytes:
    """A line with counts of every size, of which some are absent or null: a bucket, a page or a result alone."""
    size = choose.choice(sizes)
    members: dict[str, object] = {"input_tokens": choose.randrange(size), "output_tokens": choose.randrange(size)}
    for name in ("input_audio_tokens", "input_cached_tokens", "output_audio_tokens"):
        if choose.random() < 0.5:
            members[name] = choose.choice((None, 0, 1))
    tree = bucket(choose.randrange(900), **members)
    if number % 5 == 0:
        tree = {"object": "page", "data": [tree, bucket(901, **members)], "has_more": False, "next_page": None}
    elif number % 7 == 0:
        tree = tree["results"][0]
    return text(tree)


@pytest.mark.parametrize("sizes", [(2**20, 2**31), (2**20, 2**32, 2**40, 2**63 - 1, 2**64 - 1, 10**30)])
@pytest.mark.parametrize("size", [1, 50, 700])
def test_counts_of_every_size(size: int, sizes: tuple[int, ...]) -> None:
    """Counts add up exactly, whether they are small or large, in all results or in some, in pages or alone."""
    choose = random.Random(5)  # noqa: S311 - made up again from its seed
    lines = [_counted(number, choose, sizes) for number in range(700)]
    told = scanned(lines, size, Judged(totals=True)).to_dict()["totals"]
    assert isinstance(told, list)
    want: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        tree = json.loads(line)
        for one in tree.get("data", [tree]):
            day = datetime.fromtimestamp(one["start_time"], UTC).strftime("%Y-%m-%d") if "start_time" in one else "none"
            for result in one.get("results", [one]):
                for name, value in result.items():
                    if type(value) is int:
                        want[day][name] += value
    assert {row["day"]: row["counts"] for row in told} == want
    assert {row["not_added"] for row in told} == {0}


@pytest.mark.parametrize("by", [None, "project_id", "model"])
def test_any_cut_and_order(by: str | None) -> None:
    """However an archive is cut, and in whatever order it comes, the answer is the same, also through JSON."""
    judged = Judged(totals=True, group=by, restatements=True)
    lines = LINES
    whole = scanned(lines, 100, judged).to_dict(whole=True)
    cuts = [0, 13, 14, 200, 777, len(lines)]
    parts = []
    for first, last in pairwise(cuts):
        tallying = Tallying(judged)
        tallying.begin("x", first)
        tallying.block(b"".join(line + b"\n" for line in lines[first:last]), 1)
        tallying.end(Piece(first, None if last == len(lines) else last, last - first))
        part = tallying.summary()
        parts.append(Summary.from_dict(json.loads(json.dumps(part.to_dict(whole=True)))))
    random.Random(3).shuffle(parts)  # noqa: S311 - made up again from its seed
    assert total(parts).to_dict(whole=True) == whole


def test_kinds_in_words() -> None:
    """A result without a kind is called so where sums are displayed, and not a bucket without results."""
    found = scanned([b'{"amount": {"value": "12.50", "currency": "usd"}, "line_item": "Text tokens"}'], 1)
    assert "  none  (no kind): 1 result, 1 not added, or not all of them\n" in render(found)
    assert "<td>no kind</td>" in render_page(found)
    for words in (render(found), render_page(found)):
        assert "buckets without results" not in words


def test_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups add up to the whole; beyond the bound the last in alphabetical order are one."""
    monkeypatch.setattr(totals, "MOST_GROUPS", 2)
    lines = [text(bucket(0, "embeddings", project_id=f"proj_{name}")) for name in "dcbaabcd"] + [
        text(bucket(0, "embeddings"))
    ]
    rows = scanned(lines, 3, Judged(totals=True, group="project_id")).to_dict()["totals"]
    assert isinstance(rows, list)
    assert [(row["group"], row.get("rest"), row["results"]) for row in rows] == [
        (None, None, 1),
        ("proj_a", None, 2),
        ("proj_b", None, 2),
        (None, True, 4),
    ]


def test_many_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """While results are added up, groups are put together early, and the sums are those of adding up without that."""
    monkeypatch.setattr(totals, "MOST_GROUPS", 10)
    lines = [
        text(bucket(24 * day, "embeddings", project_id=f"proj_{group:02}"))
        for group in reversed(range(40))
        for day in range(20)
    ]
    judged = Judged(totals=True, group="project_id")
    whole = scanned(lines, 100, judged).to_dict()["totals"]
    monkeypatch.setattr(adding, "_MANY", 50)
    rows = scanned(lines, 100, judged).to_dict()["totals"]
    assert rows == whole
    assert isinstance(rows, list)
    assert len(rows) == 20 * 11
    assert [row["results"] for row in rows if "rest" in row] == [30] * 20


def test_restatements() -> None:
    """Equal results count as too many, others as revised, with places and money."""
    lines = [
        text(bucket(0, "costs")),
        text(bucket(0, "costs")),
        text(bucket(1, "costs", amount={"value": "12.50", "currency": "usd"})),
        text(bucket(1, "costs", amount={"value": 13, "currency": "usd"})),
        text(bucket(2, "costs")),
        text(bucket(0, "costs", amount={"value": "12.500", "currency": "usd"})),
    ]
    told: Any = scanned(lines, 2).to_dict(whole=False)["restatements"]
    place = {"source": "x", "pointer": "/results/0"}
    assert told == {
        "results": 6,
        "looked_at": 6,
        "not_looked_at": 0,
        "one_in": 1,
        "equal": {"results": 2, "money": {"usd": "25.0"}, "first": [[{**place, "line": 1}, {**place, "line": 2}]]},
        "revised": {
            "groups": 1,
            "results": 1,
            "money": {"usd": "0.50"},
            "first": [[{**place, "line": 3}, {**place, "line": 4}]],
        },
    }


def test_restatements_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound a share of the groups is looked at, the same however the archive is cut, and it is told."""
    monkeypatch.setattr(restatements, "MOST_RESULTS", 50)
    lines = [text(bucket(number % 300, "costs")) for number in range(600)]
    whole = scanned(lines, 50).restatements
    halves = [scanned(lines[:200], 7).restatements, scanned(lines[200:], 90).restatements]
    assert whole is not None
    assert halves[0] is not None
    assert halves[1] is not None
    told: Any = whole.to_dict(whole=False)
    assert told["one_in"] > 1
    assert told["looked_at"] + told["not_looked_at"] == 600
    assert 0 < told["equal"]["results"] == told["looked_at"] / 2 <= 50
    joined: Any = (halves[1] + halves[0]).to_dict(whole=False)
    assert {**joined, "equal": joined["equal"]["results"]} == {**told, "equal": told["equal"]["results"]}


def remembered(keys: Sequence[int]) -> Restatements:
    """Groups by their digests, each with one result."""
    one = restatements.Version(1, None, (("x", 0, 1, ""),))
    return Restatements() + Restatements({key: {1: one} for key in keys}, len(keys))


DIGESTS = st.lists(st.integers(0, 64).map(lambda bits: (1 << bits) - 1), max_size=8, unique=True)


@given(DIGESTS, DIGESTS)
def test_restatements_come_in_any_order(one: list[int], other: list[int]) -> None:
    """Which groups are looked at depends neither on who came first nor on how an archive was divided."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restatements, "MOST_RESULTS", 3)
        both = remembered(one) + remembered(other)
        assert both == remembered(other) + remembered(one)
        assert both.level == remembered([*{*one, *other}]).level
        assert both.groups.keys() == remembered([*{*one, *other}]).groups.keys()


def test_neutral() -> None:
    """Nothing added to a summary changes nothing."""
    one = scanned(LINES[:50], 10)
    assert (one + Summary()).to_dict() == (Summary() + one).to_dict() == one.to_dict()


@pytest.mark.parametrize("judged", [ADDING, Judged(totals=True, group="project_id")])
def test_schema(judged: Judged) -> None:
    """What is written is what the published schema describes."""
    schema = json.loads((folder("schemas") / "scan.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(scanned(LINES, 50, judged).to_dict(whole=False))))


@pytest.mark.parametrize("profile", ["served", "published"])
def test_ignore(profile: Profile) -> None:
    """What is ignored is left out, and verdicts are as `check` has them without it."""
    lines = [text(bucket(number, "costs", amount={"value": "1.50", "currency": "usd"})) for number in range(30)]
    ignored = frozenset({"wire/amount-as-string"})
    for size in (1, 30):
        summary = scanned(lines, size, Judged(profile=profile, ignore=ignored))
        assert summary.verdicts == {"valid": 30}
        assert summary.findings == {}
        assert summary.deviations == {}
    assert START


@pytest.mark.parametrize("at_once", [1, 9])
def test_numbers_that_python_does_not_print(at_once: int) -> None:
    """A count of thousands of digits is not added, any other number is, and results that differ in it are not equal."""
    lines: list[bytes] = []
    for digits in (4_000, 4_001, 4_301, 9_000):
        for last in (b"1", b"2"):
            number = b"9" * (digits - 1) + last
            lines += [
                text(bucket(0, input_tokens="@")).replace(b'"@"', number),
                text(bucket(0, "costs", amount={"value": "@", "currency": "usd"}, quantity="@")).replace(
                    b'"@"', number
                ),
                text({**bucket(0), "end_time": "@"}).replace(b'"@"', number),
                text(bucket(0, input_cache_write_12h_tokens="@")).replace(b'"@"', number),
            ]
    tallying = Tallying(ADDING)
    for first in range(0, len(lines), at_once):
        tallying.block(b"".join(line + b"\n" for line in lines[first : first + at_once]), first + 1)
    tallying.end(None)
    found = tallying.summary()
    written = json.loads(json.dumps(found.to_dict()))
    assert Summary.from_dict(written) == found
    rows = {row["kind"]: row for row in written["totals"]}
    completions, costs = rows["organization.usage.completions.result"], rows["organization.costs.result"]
    assert (completions["results"], completions["not_added"], completions["counts"]["output_tokens"]) == (24, 12, 120)
    assert completions["counts"]["input_tokens"] == 2 * 10**4000 - 17 + 16 * 7
    assert costs["not_added"] == 0
    assert written["restatements"]["results"] == 32
    assert written["restatements"]["equal"]["results"] == 0
