"""Archives that are judged against a draft: whatever it declares, the summary is that of judging each payload by itself."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat import LATEST, check
from usagecompat.checking import stages
from usagecompat.contract.drafts import draft_of
from usagecompat.corpus.data import folder
from usagecompat.scan import accumulator
from usagecompat.scan.accumulator import Judged, Tallying

if TYPE_CHECKING:
    from usagecompat.contract.revisions import Draft
    from usagecompat.scan.summary import Summary

pytestmark = pytest.mark.usefixtures("nothing_learned")

HISTORY = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())
NEWEST = next(entry for entry in HISTORY["revisions"] if entry["revision"] == LATEST)
COMPLETIONS = "UsageCompletionsResult"


def scanned(lines: list[bytes], revision: Draft) -> Summary:
    """The summary of some lines that come in one block."""
    tallying = Tallying(Judged(revision))
    tallying.begin("x")
    tallying.block(b"\n".join(lines) + b"\n", 1)
    tallying.end(None)
    return tallying.summary()


def lines(name: str) -> list[bytes]:
    """Buckets of completions whose input is split in ways that fit and others, with a member that a draft declares."""
    order = list(NEWEST["schemas"][COMPLETIONS]["members"])
    found: list[bytes] = []
    for total in (7, 9):
        for value in (0, 1, 2, None):
            one: dict[str, Any] = {"object": "organization.usage.completions.result", "input_tokens": total}
            one |= {"output_tokens": 1, "num_model_requests": 1}
            one |= {"input_uncached_tokens": 4, "input_cached_tokens": 1, "input_cache_write_tokens": 2, name: value}
            one = dict(sorted(one.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))
            tree = {"object": "bucket", "start_time": 1, "end_time": 2, "results": [one]}
            found.append(json.dumps(tree, separators=(",", ":")).encode())
    return found * 4


@pytest.mark.parametrize(
    ("name", "row", "meaning"),
    [
        ("class", {"type": "integer"}, {"leaves_out": "class", "unless": None}),
        ("[print(1)][0:0]", {"type": "integer", "nullable": True}, {"leaves_out": "[print(1)][0:0]"}),
        ("x-odd.name", {"type": "integer"}, {"unless": "x-odd.name"}),
        ("input_cache_write_12h_tokens", {"type": "integer"}, {"unless": "input_cache_write_12h_tokens"}),
        ("output_tokens", {"type": "integer"}, {"leaves_out": "output_tokens"}),
        ("input_tokens", {"type": "number"}, {}),
        ("more", {"type": "number"}, {}),
    ],
)
def test_archives_at_drafts(
    name: str,
    row: dict[str, Any],
    meaning: dict[str, str | None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What a draft says of a count, and however it calls it, is told of many payloads as of each."""
    for record in (COMPLETIONS, "UsageTimeBucket"):
        said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
        said["schemas"][record]["members"][name] = row
        facts = said["meanings"][COMPLETIONS]["input_cache_write_tokens"] | meaning
        said["meanings"][COMPLETIONS]["input_cache_write_tokens"] = {key: one for key, one in facts.items() if one}
        revision = draft_of(json.dumps(said).encode())
        together = scanned(lines(name), revision)
        with monkeypatch.context() as patch:
            for module in (accumulator, stages):
                patch.setattr(module, "fast_route", lambda: None)
            assert scanned(lines(name), revision) == together
    assert not capsys.readouterr().out


@pytest.mark.parametrize("record", [COMPLETIONS, "UsageTimeBucket", "UsageResponse"])
def test_tags_that_need_not_be_there(record: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft may let `object` be absent: lines are counted in blocks as one by one, with and without it."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    said["schemas"][record]["required"].remove("object")
    revision = draft_of(json.dumps(said).encode())
    some = lines("more")
    page = b'{"object":"page","data":[%b],"has_more":false,"next_page":null}'
    some += [page % line for line in some]
    tag = {COMPLETIONS: b'"organization.usage.completions.result"', "UsageTimeBucket": b'"bucket"'}.get(
        record, b'"page"'
    )
    some += [line.replace(b'"object":%b,' % tag, b"") for line in some]
    some += [line.replace(b'"object":%b' % tag, b'"object":null') for line in some]
    together = scanned(some, revision)
    with monkeypatch.context() as patch:
        for module in (accumulator, stages):
            patch.setattr(module, "fast_route", lambda: None)
        assert scanned(some, revision) == together


def test_time_of_kinds_that_only_the_draft_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that buckets of a draft's own kind cover is told under that kind, by either route."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05", "source": "made up for a test"}
    kind = "organization.usage.rockets.result"
    said["schemas"]["UsageRocketsResult"] = {
        "required": ["object"],
        "members": {"object": {"type": "string", "const": kind}, "launches": {"type": "integer"}},
    }
    said["schemas"]["UsageTimeBucket"]["members"]["results"]["items"].append("UsageRocketsResult")
    revision = draft_of(json.dumps(said).encode())
    results = [[{"object": kind, "launches": 2}], [{"object": kind, "launches": 2, "by": "x"}]]
    trees = [{"object": "bucket", "start_time": 1, "end_time": 2, "results": one} for one in results]
    some = [json.dumps(tree, separators=(",", ":")).encode() for tree in trees] * 4
    together = scanned(some, revision)
    assert {*together.coverage} == {kind}
    with monkeypatch.context() as patch:
        for module in (accumulator, stages):
            patch.setattr(module, "fast_route", lambda: None)
        assert scanned(some, revision) == together


def test_pages_that_no_published_revision_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that has one member by the oldest revisions and another by the newest fits best where both routes say."""
    said = copy.deepcopy(HISTORY["revisions"][0]) | {"revision": "2027-01-05", "source": "made up for a test"}
    said["schemas"]["UsageResponse"]["members"]["next_page"]["nullable"] = True
    revision = draft_of(json.dumps(said).encode())
    result = {"object": "organization.usage.embeddings.result", "input_tokens": 7, "num_model_requests": 1}
    buckets = [{"object": "bucket", "start_time": 1, "end_time": 2, "result": [result]}]
    page = {"object": "page", "data": buckets, "has_more": False, "next_page": None}
    some = [json.dumps(page, separators=(",", ":")).encode()] * 4
    together = scanned(some, revision)
    with monkeypatch.context() as patch:
        for module in (accumulator, stages):
            patch.setattr(module, "fast_route", lambda: None)
        assert scanned(some, revision) == together
    assert {*together.best_revisions} == {check(some[0], revision=LATEST).best_revision}
