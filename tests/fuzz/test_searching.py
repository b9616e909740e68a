"""What a search does with clients that crash, hang, leak and differ; and what it knows already."""

from __future__ import annotations

from pathlib import Path

import pytest

from usagecompat.clients import client_spec
from usagecompat.contract import LATEST
from usagecompat.corpus import Payload, read_expected_failures
from usagecompat.fidelity import Level
from usagecompat.findings import Verdict
from usagecompat.fuzz import Store
from usagecompat.fuzz.asking import Bench
from usagecompat.fuzz.reducing import reduce

from .conftest import odd, odd_process, rare, search, search_a_little

PAGE = b'{"object":"page","data":[],"has_more":true,"next_page":"x"}'
ITEM = b'{"object":"organization.costs.result","amount":{"value":1,"currency":"usd"},"line_item":"Q7XZ"}'
NULL = b'{"object":"organization.costs.result","line_item":"a line","project_id":"p","user_id":null}'
USER = "/data/*/results/*/user_id"


def payload(name: str, data: bytes) -> Payload:
    """A payload of a corpus."""
    return Payload(id=name, payload_path=Path(name), data=data)


@pytest.mark.parametrize(("mode", "code"), [("crash", "client/crashed"), ("refuse", "client/refused-valid")])
def test_no_pointer(mode: str, code: str) -> None:
    """A crash and a refusal are told by the member that the smallest payload cannot do without."""
    result = search(odd(mode))
    (find,) = result.new
    assert find.kind.code == code
    assert find.kind.place == USER
    assert find.verdict is Verdict.VALID
    assert b'"user_id":null' in find.payload


def test_no_json() -> None:
    """An answer that is no JSON is one kind of failure, so the page around what it lost goes when it is made small."""
    item = ITEM.replace(b"1,", b"1000000000000000.1,")
    bucket = b'{"object":"bucket","start_time":0,"end_time":1,"results":[%b]}' % item
    page = PAGE.replace(b"[]", b"[%b]" % bucket)
    with Bench(rare("amount-of-17-digits"), LATEST, Level.EXACT) as bench:
        (kind,) = bench.ask(page).kinds
        assert kind.code == "client/not-json"
        assert bench.ask(item).kinds.keys() == {kind}
        small, whole = reduce(page, lambda sent: kind in bench.ask(sent).kinds, LATEST, anywhere=not kind.place)
    assert whole
    assert len(small) < len(item)


@pytest.mark.parametrize(
    ("mode", "code", "payloads"), [("crash", "client/crashed", 60), ("hang", "client/timed-out", 30)]
)
def test_processes(mode: str, code: str, payloads: int) -> None:
    """A process that ends or hangs costs its example; the search goes on to make a payload of it."""
    spec = odd_process(mode, timeout=0.5 if mode == "hang" else 10.0)
    result = search_a_little(spec, payloads, subjects=[payload("null", NULL)])
    (find,) = result.known
    assert find.kind.code == code
    assert len(find.payload) <= len(NULL)


@pytest.mark.parametrize("mode", ["crash_twice", "refuse_twice"])
def test_same_words(mode: str) -> None:
    """Two failures in the same words are two kinds if they are in different places."""
    result = search(odd(mode), stop_after=2)
    assert {find.kind.place for find in result.new} == {USER, "/has_more"}


def test_leak() -> None:
    """What an earlier payload left behind is told as such, with the payloads that show it, and blames no other."""
    (find,) = search(odd("leak")).new
    assert find.kind.code == "client/state-leak"
    assert len(find.before) == 1
    assert b'"has_more":true' in find.before[0]


def test_random() -> None:
    """A client that answers at random is told as such."""
    codes = {find.kind.code for find in search(odd("at_random")).new}
    assert codes & {"client/nondeterministic", "client/state-leak"}


def test_gone(tmp_path: Path) -> None:
    """A client that cannot be started again ends the search, with what was found and the reason."""
    crashing = search(odd_process("once", str(tmp_path / "mark")), seconds=1.0)
    assert crashing.finds == () or crashing.faults
    silent = search(odd_process("silent"))
    assert silent.faults
    assert silent.judged == 0
    assert not silent.ok


def test_interrupted() -> None:
    """Control-C ends a search with what was found by then."""

    def tick(_gone: float, asked: int) -> None:
        if asked > 200:
            raise KeyboardInterrupt

    result = search(rare("name-with-a-dot"), tick=tick, stop_after=0)
    assert result.interrupted


def test_time_is_up_while_shrinking() -> None:
    """If the time is up while a payload is made small, the smallest so far is reported, and said not to be the least."""
    result = search(rare("exactly-100-buckets"), seconds=0.2, subjects=[payload("full", hundred())])
    (find,) = result.finds
    assert not find.whole
    assert find.first_size == len(hundred())


def hundred() -> bytes:
    """A page of a hundred buckets with much in them."""
    result = '{"object":"organization.costs.result","project_id":"p","line_item":"a long line of it"}'
    buckets = (f'{{"object":"bucket","start_time":{n},"end_time":{n + 1},"results":[{result}]}}' for n in range(100))
    return f'{{"object":"page","data":[{",".join(buckets)}],"has_more":false,"next_page":null}}'.encode()


# -- what is known


def test_known_by_a_case() -> None:
    """What a payload of the corpus shows is known, made small all the same, and names the payload."""
    result = search_a_little(odd("lower"), 300, subjects=[payload("costs/item", ITEM)])
    (find,) = result.finds
    assert find.known == "the case costs/item fails alike"
    assert len(find.payload) < len(ITEM)
    assert result.ok


def test_known_by_a_line(tmp_path: Path) -> None:
    """A line of the list of expected failures names a place, with any code or one, and gives its reason."""
    path = tmp_path / "known.txt"
    path.write_text("fuzz/data/*/results/*/line_item client/value-changed # capitals, issue 7\n", "utf-8")
    options = {"payloads": 200, "subjects": [payload("item", ITEM)]}
    result = search_a_little(odd("lower"), expected=read_expected_failures(path), **options)
    (find,) = result.finds
    assert find.known == "line 1 expects it: capitals, issue 7"
    assert result.ok
    path.write_text("fuzz/data/*/results/*/line_item client/member-lost # another\n", "utf-8")
    (other,) = search_a_little(odd("lower"), expected=read_expected_failures(path), **options).finds
    assert other.known == "the case item fails alike"


def test_line_of_a_case(tmp_path: Path) -> None:
    """A line that expects the failure of a case gives its reason for what fails alike."""
    path = tmp_path / "known.txt"
    path.write_text("costs/* # capitals, issue 7\n", "utf-8")
    result = search_a_little(
        odd("lower"),
        200,
        subjects=[payload("costs/item", ITEM)],
        expected=read_expected_failures(path),
    )
    assert [find.known for find in result.finds] == ["line 1 expects it: capitals, issue 7"]


def test_next_run_begins_with_what_failed(tmp_path: Path) -> None:
    """What failed is sent first in the next run; what fails no more is forgotten."""
    store = Store("mine", tmp_path / "kept")
    first = search(rare("id-of-length-256"), store=store)
    again = search(rare("id-of-length-256"), store=store)
    assert [find.kind for find in again.new] == [find.kind for find in first.new]
    assert again.new[0].again
    assert again.asked < first.asked
    fixed = search_a_little(rare("bucket-32"), 50, store=store)
    assert fixed.gone == 1
    assert [find for find in fixed.finds if find.again] == []
    assert search_a_little(rare("bucket-32"), 50, store=store).gone == 0


# -- two clients


def test_against() -> None:
    """Beside another client only that counts on which both do not agree."""
    same = search_a_little(rare("bucket-32"), 150, against=rare("bucket-32"))
    assert same.finds == ()
    assert same.against
    other = search(rare("id-of-length-256"), against=rare("bucket-32"))
    assert other.new


def test_against_one_that_refuses() -> None:
    """One refuses what the other decodes: that is a failure of the one that is tested, either way."""
    (refused,) = search(odd("refuse"), against=odd("faithful")).new
    assert refused.kind.code == "client/refused-valid"
    assert refused.kind.place == USER
    (accepted,) = search(odd("faithful"), against=odd("refuse")).new
    assert accepted.kind.code == "client/accepted-invalid"
    assert accepted.kind.place == USER


def test_against_one_that_crashes() -> None:
    """A crash of the other client costs its example, and is no failure."""
    faithful = client_spec("python:usagecompat.clients.reference:codec")
    result = search_a_little(faithful, 150, against=rare("minus-zero"))
    assert {find.kind.code for find in result.finds} <= {"client/accepted-invalid", "client/refused-valid"}


def test_required() -> None:
    """What is lost beyond the required level is no failure."""
    name = payload("name", b'{"object":"organization.costs.result","a.b":0}')
    client = rare("name-with-a-dot")
    assert search_a_little(client, 300, subjects=[name], required=Level.OPEN).finds
    assert not search_a_little(client, 300, subjects=[name], required=Level.VALUES).finds


def test_nothing_judged() -> None:
    """A client that skips everything was not judged, which is not fine."""
    result = search(odd_process("skip"), seconds=0.5)
    assert result.judged == 0
    assert not result.ok
