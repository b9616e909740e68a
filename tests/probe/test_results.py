"""What a probe says: formats, expected answers, saved ones, and the same through sockets."""

from __future__ import annotations

import json
from decimal import localcontext
from socket import create_server
from threading import Thread
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from usagecompat.contract import LATEST, contract, endpoints_of
from usagecompat.corpus import folder
from usagecompat.exceptions import UnreadableInput
from usagecompat.ledger import Ledger, UsageServer
from usagecompat.probe import (
    Answer,
    HttpTransport,
    Keeper,
    ProbeResult,
    Session,
    endpoints_named,
    load_expected,
    probe,
    public_url,
    render_probe,
)

from .conftest import END, START, URL, codes, ledger_transport, over, probed, session
from .faulty import FAULTS, amounts, right, telling

if TYPE_CHECKING:
    from pathlib import Path

ENDPOINTS = endpoints_of(contract(LATEST))


@pytest.fixture(scope="module")
def faulty() -> ProbeResult:
    """A probe that found something."""
    return probed(over(FAULTS["a-group-is-left-out"][1](right())), "moderations", "costs")


def validator() -> Draft202012Validator:
    """The published schema."""
    schema = json.loads((folder("schemas") / "probe.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_json(faulty: ProbeResult) -> None:
    """The JSON is as its schema says, with and without findings, and without any answer."""
    for result in (faulty, probed(ledger_transport(), "moderations"), probed(ledger_transport(), "costs", budget=3)):
        told = json.loads(render_probe(result, "json"))
        validator().validate(told)
    told = json.loads(render_probe(faulty, "json"))
    assert {one["code"] for end in told["endpoints"] for one in end["findings"]} == {"server/groups-disagree"}


def test_junit(faulty: ProbeResult) -> None:
    """JUnit has a case for each law, and a failure for each that is broken."""
    root = ET.fromstring(render_probe(faulty, "junit"))  # noqa: S314 - our own
    assert int(root.get("tests", "")) == faulty.laws
    assert {one.get("type") for one in root.iter("failure")} == {"server/groups-disagree"}
    assert int(root.get("failures", "")) == len(list(root.iter("failure"))) > 0


def test_github(faulty: ProbeResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub gets an annotation for each finding, and a summary."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    text = render_probe(faulty, "github")
    assert text.count("::error title=server/groups-disagree") == len(faulty.findings)
    assert "| error | server/groups-disagree | costs |" in summary.read_text("utf-8")


def test_html_is_safe() -> None:
    """What a server says is text in HTML, whatever it is."""
    page = telling(lambda page, _: page.update(object="<script>alert(1)</script>"))(right())
    text = render_probe(probed(over(page), "costs"), "html")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text


def test_passwords_are_not_shown() -> None:
    """A URL is told without user and password."""
    assert public_url("https://user:secret@gateway.example:8443/v1") == "https://gateway.example:8443/v1"


def kept(place: Path) -> Path:
    """What a right server is expected to say."""
    keeper = Keeper(place)
    probe(
        session(ledger_transport(), keep=keeper.keep),
        endpoints_named(None, ["costs"]),
        start=START,
        end=END,
        keeper=keeper,
    )
    return place / "expected.json"


def in_cents(page: dict[str, Any], _: dict[str, str]) -> None:
    """All amounts of a page in cents, to the last digit."""
    with localcontext(prec=60):
        amounts(page, lambda value: value * 100)


def test_known_figures_show_what_contradicts_nothing(tmp_path: Path) -> None:
    """Cents for dollars everywhere are found with expected answers, and a right server passes them."""
    expected = load_expected(kept(tmp_path), ENDPOINTS)
    assert len(expected) > 3
    cents = telling(in_cents)(right())
    assert codes(probed(over(cents), "costs")) == set()
    assert codes(probed(over(cents), "costs", expected=expected)) == {"server/expected-differs"}
    right_one = probed(ledger_transport("string-amounts"), "costs", expected=expected)
    assert codes(right_one) == set()
    index = (tmp_path / "requests.ndjson").read_text("utf-8").splitlines()
    assert all((tmp_path / json.loads(line)["body"]).is_file() for line in index)


def test_another_organization_is_not_the_expected_one(tmp_path: Path) -> None:
    """A server with other figures differs from the expected ones."""
    expected = load_expected(kept(tmp_path), ENDPOINTS)
    assert codes(probed(ledger_transport(seed=8), "costs", expected=expected)) == {"server/expected-differs"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("[1]", "the entry at /0 is no object"),
        ('{"endpoint": "cost"}', "names no endpoint; use one of usage/completions"),
        ('{"endpoint": "costs"}', "has no query"),
        ('{"endpoint": "costs", "query": ""}', "has no buckets in `data`"),
        ('[{"endpoint": "costs", "query": "", "data": [{}]}]', "the entry at /0 has no buckets"),
    ],
)
def test_bad_files_of_expected_answers(tmp_path: Path, text: str, words: str) -> None:
    """A file that is none of expected answers is told with where and what was expected."""
    place = tmp_path / "expected.json"
    place.write_text(text, "utf-8")
    with pytest.raises(UnreadableInput, match=words.replace("[", r"\[")):
        load_expected(place, ENDPOINTS)


def test_no_file_of_expected_answers(tmp_path: Path) -> None:
    """A file that is not there is told."""
    with pytest.raises(UnreadableInput, match="No such file"):
        load_expected(tmp_path / "none.json", ENDPOINTS)


# -- through sockets


def through_sockets(*scenarios: str, timeout: float = 20) -> ProbeResult:
    """A probe of a server at a port."""
    with UsageServer(Ledger(scenarios=scenarios)) as server, HttpTransport(timeout) as transport:
        asking = Session(transport=transport, base=server.url, key=server.key, rate=1_000, sleep=lambda _: None)
        return probe(asking, endpoints_named(None, ["moderations"]), start=START, end=END)


def test_through_sockets() -> None:
    """The same holds over HTTP as without."""
    result = through_sockets()
    assert result.findings == ()
    assert result.judged == result.laws


@pytest.mark.parametrize("how", ["cut", "hang"])
def test_answers_that_break_off(how: str) -> None:
    """An answer that is cut or hangs is told, and does not hold up the probe."""
    assert codes(through_sockets(f"error-on-page-2:{how}", timeout=2)) == {"server/no-answer"}


def test_nobody_there() -> None:
    """A port where nobody listens is no connection."""
    with UsageServer(Ledger()) as server:
        url = server.url
    with HttpTransport(5) as transport:
        answer = transport(f"{url}/organization/costs", {})
    assert answer.unreachable
    assert "no connection" in answer.failure


def test_an_answer_that_drips() -> None:
    """An answer whose head drips is given up in time; its connection is closed as soon as it ends."""
    with create_server(("127.0.0.1", 0)) as listening, HttpTransport(0.5) as transport:
        listening.settimeout(10)
        answers: list[Answer] = []
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        asking = Thread(target=lambda: answers.append(transport(url, {})))
        asking.start()
        with listening.accept()[0] as connection:
            connection.settimeout(10)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            while not answers:
                connection.sendall(b".")
                asking.join(0.1)
            assert answers == [Answer(failure="no whole answer came within 0.5 seconds")]
            connection.sendall(b"\r\nContent-Length: 2\r\n\r\n{}")
            while connection.recv(1_024):
                pass  # the request, and then the end that a closed connection has


def test_window_is_found() -> None:
    """Without days that are named, the latest closed week with most activity is taken."""
    result = probed(ledger_transport("empty-pages"), "costs", start=None, end=None)
    assert result.endpoints[0].active == 1
    assert (result.window.end - result.window.start, result.window.end <= result.window.closed) == (7 * 86_400, True)
    assert result.url == URL
