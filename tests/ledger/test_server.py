"""The server: HTTP on this machine only, the ledger's bytes, and an end that is in order."""

from __future__ import annotations

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from usagecompat.ledger import Ledger, UsageServer

from .conftest import WEEK, Client

if TYPE_CHECKING:
    from collections.abc import Iterator

QUERY = f"start_time={WEEK}&limit=2"


@pytest.fixture
def server() -> Iterator[UsageServer]:
    """A server of the plain ledger."""
    with UsageServer(Ledger()) as one:
        yield one


def connected(server: UsageServer) -> http.client.HTTPConnection:
    """A connection that is kept."""
    return http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)


def get(server: UsageServer, target: str) -> tuple[int, bytes]:
    """The status and the body of one request with the right key."""
    request = Request(f"{server.url}/organization/{target}", headers={"Authorization": f"Bearer {server.key}"})  # noqa: S310 - a server of our own
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def test_it_sends_the_bytes_of_the_ledger(server: UsageServer, client: Client) -> None:
    """What arrives is what the ledger answers, right and wrong, and it says how long it is."""
    for target in (f"costs?{QUERY}", f"usage/images?{QUERY}&bucket_width=1h", "costs", "colours"):
        endpoint, _, query = target.partition("?")
        expected = client.ask(endpoint, query)
        assert get(server, target) == (expected.status, expected.body)


def test_it_remembers_what_was_asked(server: UsageServer) -> None:
    """Each request is kept as the client spelled it, with the status that it got."""
    get(server, f"costs?{QUERY}&group_by[]=project_id")
    get(server, "costs?limit=%30")
    assert [(one.method, one.target, one.status) for one in server.requests] == [
        ("GET", f"/v1/organization/costs?{QUERY}&group_by[]=project_id", 200),
        ("GET", "/v1/organization/costs?limit=%30", 400),
    ]


def test_it_tells_what_a_right_client_ends_up_with(server: UsageServer, client: Client) -> None:
    """The buckets of a query are those of all its pages, with exact amounts unless asked otherwise."""
    expected = client.buckets("costs", QUERY)
    for spelled in ("costs", "/v1/organization/costs", f"{server.url}/organization/costs"):
        assert server.buckets(f"{spelled}?{QUERY}") == expected
    assert isinstance(expected[0]["results"][0]["amount"]["value"], Decimal)
    assert isinstance(server.buckets(f"costs?{QUERY}", parse_float=float)[0]["results"][0]["amount"]["value"], float)
    with pytest.raises(ValueError, match="limit"):
        server.buckets(f"costs?start_time={WEEK}&limit=0")
    with pytest.raises(ValueError, match="no endpoint"):
        server.buckets("colours?x")


def test_it_keeps_connections(server: UsageServer) -> None:
    """Many requests go through one connection, errors among them."""
    connection = connected(server)
    headers = {"Authorization": f"Bearer {server.key}"}
    statuses: list[int] = []
    for at in range(60):
        connection.request("GET", f"/v1/organization/costs?start_time={WEEK if at % 3 else 'x'}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert statuses == [400, 200, 200] * 20


def test_it_answers_many_at_once(server: UsageServer) -> None:
    """Clients that ask at the same time get what they asked for."""
    targets = [f"usage/completions?start_time={WEEK - at * 86_400}&limit=1" for at in range(40)]
    expected = {target: get(server, target) for target in targets}
    with ThreadPoolExecutor(8) as pool:
        assert dict(zip(targets, pool.map(lambda target: get(server, target), targets), strict=True)) == expected


@pytest.mark.parametrize("method", ["POST", "HEAD", "BREW"])
def test_other_methods(method: str, server: UsageServer) -> None:
    """Any other method gets 405 and the name of the one that is allowed; a body that comes with it is not read as a request."""
    connection = connected(server)
    connection.request(method, "/v1/organization/costs", body=b"GET / HTTP/1.1\r\n\r\n" if method != "HEAD" else None)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert (answer.status, answer.getheader("Allow")) == (405, "GET")
    assert bool(body) == (method != "HEAD")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "sent", [b"hello\r\n\r\n", b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_request(sent: bytes, server: UsageServer) -> None:
    """Bytes that are no HTTP request get an error body, and the connection ends."""
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert json.loads(answer.partition(b"\r\n\r\n")[2] or answer)["error"]["type"] == "invalid_request_error"
    assert get(server, f"costs?{QUERY}")[0] == 200


def test_an_answer_that_is_cut() -> None:
    """Half of the body comes, and then the end."""
    with UsageServer(Ledger(scenarios=["error-on-page-2:cut"])) as server:
        cursor = json.loads(get(server, f"costs?{QUERY}")[1])["next_page"]
        with pytest.raises(http.client.IncompleteRead) as cut:
            get(server, f"costs?{QUERY}&page={cursor}")
        assert cut.value.partial
        assert cut.value.expected


def test_an_answer_that_hangs() -> None:
    """Half of the body comes and nothing more; closing the server ends it."""
    with UsageServer(Ledger(scenarios=["error-on-page-2:hang"])) as server:
        cursor = json.loads(get(server, f"costs?{QUERY}")[1])["next_page"]
        connection = connected(server)
        connection.request(
            "GET", f"/v1/organization/costs?{QUERY}&page={cursor}", headers={"Authorization": f"Bearer {server.key}"}
        )
        answer = connection.getresponse()
        assert answer.read(10)
        connection.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            answer.read()
        server.close()
    connection.close()


def test_a_client_that_hangs_up_harms_nobody(server: UsageServer, capsys: pytest.CaptureFixture[str]) -> None:
    """A client that goes away in the middle is no event: nothing is printed, and the next one is served."""
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    for _ in range(5):
        with socket.create_connection((host, port), timeout=30) as connection:
            connection.sendall(
                b"GET /v1/organization/costs?start_time=1 HTTP/1.1\r\nAuthorization: Bearer sk-admin-mock\r\n\r\n"
            )
    assert get(server, f"costs?{QUERY}")[0] == 200
    assert capsys.readouterr() == ("", "")


def test_it_listens_on_the_loopback_interface_only(server: UsageServer) -> None:
    """Nobody else can reach it."""
    assert urlsplit(server.url).hostname == "127.0.0.1"


def test_a_clock_moves_the_present() -> None:
    """With a clock the last bucket is the present's, whenever that is."""
    with UsageServer(Ledger(), clock=iter([WEEK + 5, WEEK + 90_000]).__next__) as server:
        counts = [len(json.loads(get(server, f"costs?start_time={WEEK}")[1])["data"]) for _ in range(2)]
    assert counts == [1, 2]


def test_it_logs_on_request() -> None:
    """Each request is handed to the log once it is answered."""
    seen: list[str] = []
    with UsageServer(Ledger(), log=lambda asked: seen.append(f"{asked.status} {asked.target}")) as server:
        get(server, "costs?limit=x")
    assert seen == ["400 /v1/organization/costs?limit=x"]
