"""The fast route: it is taken where it should be, and it never says anything that the exact route does not say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import differential
import payloads
from usagecompat import LATEST, REVISIONS, check
from usagecompat.checking import stages
from usagecompat.checking.fast.places import FastPlaces
from usagecompat.checking.stages import fast_route
from usagecompat.jsontext.limits import MAX_SIZE
from usagecompat.jsontext.reader import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from usagecompat.checking.fast.layouts import Layout
    from usagecompat.checking.fast.types import FastTypes
    from usagecompat.contract import Contract
    from usagecompat.findings import Path
    from usagecompat.jsontext import Document


pytestmark = pytest.mark.usefixtures("nothing_learned")


def route_of(payload: bytes) -> str:
    """Which route answers, once it has seen a payload like this: a fresh one, as a new process has it."""
    fast = fast_route()
    assert fast is not None
    check(payload)
    return "exact" if fast.certify(payload, LATEST) is None else "fast"


def test_routes_agree_on_the_corpus() -> None:
    """Each payload of the corpus gets the same report on both routes, at revisions old and new."""
    comparison = differential.Differential()
    comparison.compare(differential.corpus_texts())
    assert comparison.differences == []
    assert comparison.certified > 0


def test_routes_agree_on_mutations_of_the_corpus() -> None:
    """A value left out, doubled, moved, renamed or replaced is seen by both routes alike; here in a sample of all."""
    comparison = differential.Differential(declined_every=20)
    comparison.compare(differential.mutated_corpus(43))
    assert comparison.differences == []


@pytest.mark.parametrize("seed", range(3))
def test_routes_agree_on_odd_texts(seed: int) -> None:
    """Generated texts, valid and broken, spelled and ordered in odd ways, get the same report; of declined ones a sample."""
    comparison = differential.Differential(declined_every=20)
    comparison.compare(differential.texts(1000 + seed, 1000))
    assert comparison.differences == [], "checking/fast/ has to find, or to decline, what checking/rules.py finds"
    assert comparison.certified > 100
    assert comparison.certified_with_findings > 10


def test_jobs_share_all_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many jobs share them, as many texts are compared as were asked for."""
    monkeypatch.setattr(differential, "corpus_texts", list)
    monkeypatch.setattr(differential, "mutated_corpus", lambda _step, _first: [])
    assert [differential.share(job, 3, 1, 11).compared for job in range(3)] == [4, 4, 3]


@pytest.mark.parametrize("name", payloads.kinds())
def test_plain_pages_are_certified_at_once(name: str) -> None:
    """A page of each kind, with all members in the contract's order, takes the fast route when it comes first."""
    fast = fast_route()
    assert fast is not None
    certified = fast.certify(payloads.compact(payloads.page(name, buckets=2)), LATEST)
    assert certified is not None
    assert certified.observations == ()


LIVE = {
    "reordered": lambda: payloads.compact(payloads.reordered(payloads.page("completions", buckets=2))),
    "pretty": lambda: payloads.pretty(payloads.page("completions", buckets=2)),
    "pretty-with-tabs": lambda: json.dumps(payloads.page("costs", buckets=2), indent="\t").encode(),
    "iso-times": lambda: payloads.compact(payloads.with_iso_times(payloads.page("completions", buckets=2))),
    "string-amounts": lambda: payloads.compact(payloads.with_string_amounts(payloads.page("costs", buckets=2))),
    "organization": lambda: payloads.compact(payloads.with_organization(payloads.page("costs", buckets=2))),
    "many-digits": lambda: payloads.compact(payloads.with_amounts(payloads.page("costs", buckets=2), 0.12270423340307525)),
    "large-counts": lambda: payloads.compact(payloads.page("vector_stores", buckets=2)).replace(b'bytes":', b'bytes":90000'),
    "last-page": lambda: payloads.compact({**payloads.page("images", buckets=2), "has_more": False, "next_page": None}),
    "several-kinds": lambda: payloads.compact(payloads.mixed_page()),
    "empty-page": lambda: b'{"object":"page","data":[],"has_more":false,"next_page":null}\n',
    "escaped": lambda: json.dumps(payloads.with_organization(payloads.page("costs", buckets=2))).encode().replace(b"Example", rb"\u00c9\ud83d\ude00\/"),
    "bucket": lambda: payloads.compact(payloads.bucket()),
    "result": lambda: payloads.compact(payloads.bucket()["results"][0]),
    "object-last": lambda: payloads.compact(dict(reversed(payloads.bucket()["results"][0].items()))),
}  # fmt: skip


@pytest.mark.parametrize("shape", LIVE)
def test_live_shapes_take_the_fast_route(shape: str) -> None:
    """What the API is known to send is certified from the second payload of its like on, with the exact route's findings."""
    payload = LIVE[shape]()
    assert route_of(payload) == "fast"
    text = differential.Text(payload, LATEST, "served", None)
    report = check(payload)
    exact = differential.by_exact_route(text)
    assert differential.facts(report, best_revision=True) == differential.facts(exact, best_revision=True)


def paths_of(tree: object, path: Path = ()) -> Iterator[Path]:
    """Every place in a tree, and one beside it that is not there."""
    yield path
    yield (*path, "absent")
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from paths_of(value, (*path, name))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from paths_of(value, (*path, index))


@pytest.mark.parametrize("shape", LIVE)
def test_places_without_reading(shape: str) -> None:
    """Lines and columns in a certified payload are those that the exact route tells."""
    payload = b"\n" + LIVE[shape]().replace(b"],", b"]\n ,").replace(b":", b" : ")
    places, document = FastPlaces(payload), read(payload)
    for path in paths_of(document.value):
        assert places.line_and_column(path) == document.line_and_column(path)
        assert places.excerpt(path) == document.excerpt(path)


@pytest.mark.parametrize("lead", range(4))
def test_places_in_long_lines(lead: int) -> None:
    """Characters of several bytes count as one each, also where an excerpt is cut out of a line that is full of them."""
    text = json.dumps(
        {"lead": "x" * lead, "list": ["\U0001f4b6" * 200, "\u00e9" * 300, 1, "\u20ac" * 250]}, ensure_ascii=False
    )
    for given in (text, text.encode()):
        places, document = FastPlaces(given), read(given)
        for path in paths_of(document.value):
            assert places.line_and_column(path) == document.line_and_column(path)
            assert places.excerpt(path) == document.excerpt(path)


def test_fits_are_remembered_by_sorts() -> None:
    """What is remembered of one payload is told only of payloads that fit all revisions alike."""
    line = (
        b'{"object":"bucket","start_time":1,"end_time":2,"results":[{"object":"organization.usage.completions.result",'
        b'"input_tokens":%d,"input_cached_tokens":3,"input_cache_write_tokens":2,"input_uncached_tokens":5,'
        b'"output_tokens":1,"num_model_requests":1%s}]}'
    )
    ends = (b"", b',"input_cache_write_12h_tokens":2', b',"api_source":null', b',"project_id":null', b',"x":1')
    payloads_of_many_sorts = [line % (total, end) for end in ends for total in (10, 12)] * 3
    for payload in payloads_of_many_sorts:
        text = differential.Text(payload, LATEST, "served", None)
        exact = differential.by_exact_route(text)
        assert differential.facts(check(payload), best_revision=True) == differential.facts(exact, best_revision=True)


def test_certified_payloads_are_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of a certified payload reads none of it, and its fits no more than one result of each sort, once for all."""
    sizes: list[int] = []

    def counted(payload: bytes) -> Document:
        sizes.append(len(payload))
        return read(payload)

    make = payloads.with_string_amounts
    one, two = (payloads.compact(make(payloads.page("costs", buckets=count))) for count in (20, 21))
    check(one)
    monkeypatch.setattr(stages, "read", counted)
    monkeypatch.setattr(stages, "_BRIEFS", {})  # what other tests have asked for
    report = check(one)
    assert [(found.code, found.line) for found in report.findings] == [("wire/amount-as-string", 1)]
    assert str(report).startswith("acceptable")
    assert sizes == []
    briefly = report.to_dict()["revisions"]
    assert check(two).to_dict()["revisions"] == briefly
    assert len(sizes) == 1
    assert len(report.revisions) == len(REVISIONS)
    assert len(sizes) == 2
    assert max(sizes) < len(one) / 10


@pytest.mark.parametrize("shape", ["string-amounts", "iso-times", "organization", "bucket", "result"])
def test_fits_are_remembered_by_all_that_decides(shape: str) -> None:
    """What is remembered of how a payload fits is told only at the same revision and profile, and with the same codes ignored."""
    payload = LIVE[shape]()
    check(payload)
    options: list[dict[str, Any]] = [
        {"revision": revision, "profile": profile, "ignore": ignore}
        for revision in (LATEST, "2026-10-14")
        for profile in ("served", "published")
        for ignore in ((), "wire/amount-as-string", ("schema/wrong-type", "schema/undeclared-member"))
    ]
    for each in options * 2:
        report = check(payload, **each)
        assert len(report.revisions) == len(REVISIONS)
        assert check(payload, **each).to_dict() == report.to_dict()


@pytest.mark.parametrize("revision", ["2024-12-16", "2026-08-21", "2026-10-14", LATEST])
@pytest.mark.parametrize("profile", ["served", "published"])
def test_fits_of_one_result_of_each_sort(revision: str, profile: str) -> None:
    """How certified payloads fit all revisions is told from one result of each sort, and is what the exact route tells."""
    fast = fast_route()
    assert fast is not None
    shortened = 0
    for make in LIVE.values():
        payload = make()
        check(payload, revision=revision, profile=profile)
        report = check(payload, revision=revision, profile=profile)
        text = differential.Text(payload, revision, profile, None)
        exact = differential.by_exact_route(text)
        assert differential.facts(report, best_revision=True) == differential.facts(exact, best_revision=True)
        if (
            report.shape
            and fast.certify(payload, revision)
            and (short := fast.shortened(payload, revision, report.shape))
        ):
            shortened += len(short.payload) < len(payload)
    assert shortened or revision != LATEST


REFUSED = {
    "duplicate-in-other-spelling": lambda text: text.replace(b'"input_tokens"', rb'"input_token\u0073":1,"input_tokens"', 1),
    "duplicate-with-equal-value": lambda text: text.replace(b'"batch"', b'"batch":null,"batch"', 1),
    "name-with-white-space": lambda text: text.replace(b'"object":"bucket"', b'" object":"bucket"', 1) + b"\n",
    "minus-zero": lambda text: text.replace(b'"end_time":1', b'"end_time":-0,"x":1', 1),
    "float-for-integer": lambda text: text.replace(b',"output_tokens"', b'.0,"output_tokens"', 1),
    "byte-order-mark": lambda text: b"\xef\xbb\xbf" + text,
    "bad-utf-8": lambda text: text.replace(b"gpt", b"g\xff", 1),
    "lone-surrogate": lambda text: text.replace(b"gpt", rb"\ud800", 1),
    "trailing-text": lambda text: text + b"}",
    "negative-count": lambda text: text.replace(b'"num_model_requests":', b'"num_model_requests":-1', 1),
    "two-kinds": lambda text: text.replace(b"usage.completions", b"usage.decisions", 1),
    "nan": lambda text: text.replace(b'"batch":false', b'"batch":NaN', 1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("projects", "codes"),
    [
        (({"project_id": "a"}, {"project_id": "b"}, {"project_id": None}), set()),
        (({"project_id": "a"}, {"project_id": "b"}, {}), set()),
        (({"project_id": "a"}, {"project_id": None}, {}), {"rule/duplicate-group"}),
        (({"project_id": "a"}, {"project_id": "b"}, {"project_id": "a"}), {"rule/duplicate-group"}),
        (({"project_id": "a", "user_id": "x"}, {"project_id": "b"}, {"project_id": "a"}), set()),
        (({"project_id": "a", "user_id": None}, {"project_id": "b"}, {"project_id": "a"}), {"rule/duplicate-group"}),
    ],
)
def test_groups(projects: tuple[dict[str, str | None], ...], codes: set[str]) -> None:
    """Results of equal group keys are told, where an absent key is as good as null, once others were certified."""
    plain = {"object": "organization.usage.embeddings.result", "input_tokens": 1, "num_model_requests": 1}

    def payload(*keys: dict[str, str | None]) -> bytes:
        results = [{**plain, **some} for some in keys]
        return payloads.compact({"object": "bucket", "start_time": 1, "end_time": 2, "results": results})

    assert route_of(payload({"project_id": "a", "user_id": "x"}, {"project_id": "b"})) == "fast"
    assert {finding.code for finding in check(payload(*projects)).findings} == codes


def test_decimals_beyond_the_limits() -> None:
    """An amount of too many digits is a finding on either route, by itself and behind others that were certified."""
    result = '{{"object":"organization.costs.result","amount":{{"value":{0},"currency":"usd"}},"project_id":"{1}"}}'
    few, many = "0.1234567891", f"0.{'0' * 10_001}1234567891"
    bucket = '{{"object":"bucket","start_time":1,"end_time":2,"results":[{0}]}}'
    for payload in (result.format(many, 1), bucket.format(f"{result.format(few, 1)},{result.format(many, 2)}")):
        for _ in range(2):
            text = differential.Text(payload.encode(), LATEST, "served", None)
            assert differential.facts(check(payload), best_revision=True) == differential.facts(
                differential.by_exact_route(text), best_revision=True
            )
            assert "json/limit-digits" in {finding.code for finding in check(payload).findings}


@pytest.mark.parametrize("change", REFUSED)
def test_faults_take_the_exact_route(change: str) -> None:
    """Whatever no findings of the fast route explain is left to the exact one, whose report it is then."""
    plain = payloads.compact(payloads.page("completions", buckets=2))
    payload = REFUSED[change](plain)
    assert payload != plain
    assert route_of(plain) == "fast"
    assert route_of(payload) == "exact"
    assert not check(payload).ok or check(payload).verdict == "acceptable"


def test_asked_for_another_shape() -> None:
    """A bucket that is asked for as a page is not certified as the bucket that it is."""
    payload = payloads.compact(payloads.bucket())
    assert route_of(payload) == "fast"
    assert not check(payload, shape="page").ok
    assert check(payload, shape="bucket").verdict == "valid"


def test_ignored_codes_and_profiles() -> None:
    """Severities follow the profile, and ignored codes count for nothing, on either route."""
    payload = LIVE["string-amounts"]()
    for _ in range(2):
        assert check(payload).verdict == "acceptable"
        assert check(payload, ignore=["wire/amount-as-string"]).verdict == "valid"
        assert check(payload, profile="published").verdict == "invalid"


def test_input_may_change_afterwards() -> None:
    """A report about a bytearray stays what it was when the caller uses the buffer again."""
    payload = bytearray(LIVE["iso-times"]())
    check(payload)
    report = check(payload)
    place = check(bytes(payload)).findings[0].line, check(bytes(payload)).findings[0].column
    payload[:] = b" " * len(payload)
    assert (report.findings[0].line, report.findings[0].column) == place


def test_hostile_names_are_not_remembered_without_end() -> None:
    """However many names and orders come by, few layouts are kept, and learning stops until enough text was read."""
    fast = fast_route()
    assert fast is not None
    for number in range(200):
        members = [f'"name_{number}":1', '"end_time":2', '"results":[]', '"start_time":1', '"object":"bucket"']
        order = members[number % 5 :] + members[: number % 5]
        check("{" + ",".join(order) + "}")
    assert fast.learned(LATEST) <= 6


def test_drifting_names_are_not_remembered_without_end() -> None:
    """If each payload has other undeclared members no layout takes all of them in, and reports stay what they are."""
    fast = fast_route()
    assert fast is not None
    result = payloads.bucket()["results"][0]
    plain = [result | {"project_id": f"proj_{number}"} for number in range(120)]
    drifting = [plain[day] | {f"day_{day}_{number}": 1 for number in range(22)} for day in range(50)]
    for day, drifted in enumerate(drifting):
        check(payloads.compact(payloads.bucket() | {"results": [drifted, *plain[day + 1 :]]}))
    assert fast.learned(LATEST) == 6
    together = differential.Text(payloads.compact(payloads.bucket() | {"results": drifting}), LATEST, "served", None)
    comparison = differential.Differential()
    comparison.compare([together])
    assert comparison.differences == []
    assert check(together.payload).truncated > 0


def test_threads_do_not_add_layouts() -> None:
    """A layout that one thread forgets while another has certified by it stays forgotten."""
    fast = fast_route()
    assert fast is not None
    result = list(payloads.bucket()["results"][0].items())
    orders = [payloads.compact(dict(result[turn:] + result[:turn])) for turn in range(1, len(result))]
    for payload in orders[:6]:
        check(payload)
    routes = fast.routes_of(LATEST)
    before = routes.known
    for payload in orders[6:]:
        check(payload)
        for route in before:
            routes.prefer(route)
    assert fast.learned(LATEST) == 6


def test_threads_do_not_make_decoders_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """First checks in several threads make one decoder after the other: half prepared Structs ended the process."""
    fast = fast_route()
    assert fast is not None
    make = fast.fast_types
    making: list[int] = []
    most: list[int] = []

    def slow(contract: Contract, layout: Layout) -> FastTypes:
        making.append(1)
        most.append(len(making))
        time.sleep(0.01)
        making.pop()
        return make(contract, layout)

    monkeypatch.setattr(fast, "fast_types", slow)
    line = payloads.compact(payloads.bucket())
    with ThreadPoolExecutor(8) as threads:
        reports = [*threads.map(lambda revision: check(line, revision=revision), [*REVISIONS[:4], *REVISIONS[:4]])]
    assert max(most) == 1
    assert len(most) >= 4
    assert reports[:4] == reports[4:]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no forks")
def test_forks_while_another_thread_learns() -> None:
    """A child can check, though it was forked while a thread that it does not have was learning."""
    program = """
import os, sys, threading
from usagecompat import check
from usagecompat.checking.fast import route as _fast
at_it, forked = threading.Event(), threading.Event()

def slow(*_):
    at_it.set()
    forked.wait(1)

_fast.observe = slow
payload = b'{"object":"bucket","end_time":2,"start_time":1,"results":[]}'
thread = threading.Thread(target=check, args=(payload,))
thread.start()
at_it.wait()
child = os.fork()
if not child:
    check(payload)
    os._exit(7)
forked.set()
thread.join()
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=300, check=True)
    assert done.stdout == b"7\n"


def test_layouts_in_use_outlive_others() -> None:
    """Payloads of any number of layouts in a row do not make the route forget those that it has certified before."""
    fast = fast_route()
    assert fast is not None
    live = [payloads.compact(payloads.bucket()), LIVE["iso-times"](), LIVE["object-last"]()]
    assert {route_of(payload) for payload in live} == {"fast"}
    result = list(payloads.bucket()["results"][0].items())
    for turn in range(1, len(result)):
        check(payloads.compact(dict(result[turn:] + result[:turn])))
    assert fast.learned(LATEST) == 6
    assert {fast.certify(payload, LATEST) is not None for payload in live} == {True}


@pytest.mark.parametrize(
    ("environment", "answer"), [({"USAGECOMPAT_ROUTE": "exact"}, "exact"), ({"USAGECOMPAT_ROUTE": ""}, "fast")]
)
def test_environment_turns_it_off(environment: dict[str, str], answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`USAGECOMPAT_ROUTE=exact` leaves every payload to the exact route."""
    program = (
        "import sys, usagecompat; print(usagecompat.check(sys.argv[1]).verdict);"
        "print('fast' if 'msgspec' in sys.modules else 'exact')"
    )
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-c", program, payloads.compact(payloads.bucket())]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["valid", answer]


def test_without_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where msgspec cannot be imported the exact route answers alone."""
    for name in [name for name in sys.modules if name.startswith("usagecompat.checking.fast.route")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("usagecompat.checking.fast.route", raising=False)
    monkeypatch.setitem(sys.modules, "msgspec", None)
    fast_route.cache_clear()
    try:
        assert fast_route() is None
        assert check(payloads.compact(payloads.bucket())).verdict == "valid"
    finally:
        fast_route.cache_clear()


@pytest.mark.parametrize("form", [bytearray, memoryview, bytes.decode], ids=["bytearray", "memoryview", "str"])
def test_any_form_of_text_takes_the_fast_route(form: Callable[[bytes], bytearray | memoryview | str]) -> None:
    """A text is certified in whatever form Python holds it."""
    fast = fast_route()
    assert fast is not None
    payload = payloads.compact(payloads.page("costs", buckets=2))
    assert fast.certify(form(payload), LATEST) == fast.certify(payload, LATEST) is not None


def test_texts_that_the_fast_route_declines() -> None:
    """A text with half of a surrogate pair, and one beyond the limit of size, are left to the exact route."""
    fast = fast_route()
    assert fast is not None
    text = payloads.compact(payloads.page("costs", buckets=2))
    assert fast.certify(text.decode().replace("usd", "\ud800", 1), LATEST) is None
    assert fast.certify(text + b" " * MAX_SIZE, LATEST) is None
