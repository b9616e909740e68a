"""The simpler ways in: one process for each payload, payloads over HTTP, and a Python function."""

from __future__ import annotations

import http.client
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from usagecompat.clients.case_results import Expectation, Outcome
from usagecompat.clients.guarding import Guard
from usagecompat.clients.payload_server import PayloadServer
from usagecompat.clients.probes import Probing
from usagecompat.clients.runner import run
from usagecompat.clients.session import Request
from usagecompat.clients.spec import Way, client_spec
from usagecompat.contract.endpoints import ENDPOINTS
from usagecompat.corpus.selection import cases
from usagecompat.exceptions import CannotStartClient, NoSuchClient
from usagecompat.fidelity.comparison import Level
from usagecompat.findings import Shape

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.clients.results import ClientResult
    from usagecompat.clients.spec import ClientSpec

KINDS = [case for case in cases(verdict="valid") if case.id.startswith("kinds/") and case.id.endswith("-full")]
BROKEN = [case for case in cases(verdict="invalid") if case.id.startswith("text/trailing-")][:2]
VICTIM = KINDS[0].id

PRELUDE = "import json, os, sys, time\n"
ECHO = "data = sys.stdin.buffer.read()\ntry:\n    json.loads(data.decode())\nexcept ValueError as error:\n    sys.exit(str(error))\n"
AT_VICTIM = f'if os.environ["USAGECOMPAT_CASE"] == "{VICTIM}":\n    '
PRINT = "sys.stdout.buffer.write(data)\n"
FETCH = (
    'sys.modules["ssl"] = None\n'  # the server speaks no TLS, which takes long to import
    "import urllib.request\n"
    'url = os.environ["OPENAI_BASE_URL"] + "/organization/" + os.environ["USAGECOMPAT_ENDPOINT"]\n'
    'data = urllib.request.urlopen(url + "?start_time=0").read()\n'
)
PROTOCOL = """
import base64, http.client, json, sys, urllib.parse
for line in sys.stdin:
    ((verb, said),) = json.loads(line).items()
    if verb == "start":
        answer = {"started": {"version": 1, "client": {"name": "fetcher"}, "features": {"http": True, "shapes": ["page"]}}}
        connection = None
    elif verb == "stop":
        break
    else:
        url = urllib.parse.urlsplit(said["case"]["base_url"])
        connection = connection or http.client.HTTPConnection(url.netloc)
        if "lazy" not in sys.argv:
            path = "/organization/costs" if "lost" in sys.argv else "/organization/" + said["case"]["endpoint"]
            connection.request("GET", url.path + path)
            data = connection.getresponse().read()
        else:
            data = b"{}"
        answer = {"decoded": {"seq": said["seq"], "payload": base64.b64encode(data).decode()}}
    print(json.dumps(answer), flush=True)
"""


def program(folder: Path, text: str, *, way: Way = Way.STDIO, arguments: str = "", timeout: float = 20) -> ClientSpec:
    """A client that is this Python program."""
    file = folder / "client.py"
    file.write_text(text, encoding="utf-8")
    return client_spec(f"{sys.executable} -I -S {file} {arguments}", way=way, timeout=timeout)


def faults_of(result: ClientResult) -> dict[str, list[str]]:
    """The codes of the faults of each case that has any."""
    return {case.case_id: [fault.code for fault in case.faults] for case in result.cases if case.faults}


# -- a process for each payload


def test_oneshot(tmp_path: Path) -> None:
    """A program that reads a payload and prints it again is a client, and its exit status 1 is a refusal."""
    result = run(program(tmp_path, PRELUDE + ECHO + PRINT, way=Way.ONESHOT), [*KINDS, *BROKEN])
    assert faults_of(result) == {}
    outcomes = {case.case_id: case.outcome for case in result.cases}
    assert outcomes == {c.id: Outcome.DECODED for c in KINDS} | {c.id: Outcome.REFUSED for c in BROKEN}
    assert {case.level for case in result.cases if case.outcome is Outcome.DECODED} == {Level.BYTES}
    assert all(case.message for case in result.cases if case.outcome is Outcome.REFUSED)


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("sys.exit(2)", "client/crashed", "exit status 2"),
        ("os.abort()", "client/crashed", "signal 6"),
        ("time.sleep(3600)", "client/timed-out", "2 s"),
        ("sys.exit('no')", "client/refused-valid", "no"),
        ("os.write(2, b'x' * 1_000_000); os._exit(3)", "client/crashed", "exit status 3"),
        ("[print('x' * 65536) for _ in iter(int, 1)]", "client/protocol-violation", "without ending"),
    ],
)
def test_oneshot_at_fault(tmp_path: Path, fault: str, code: str, told: str) -> None:
    """What a program does wrong with one payload is told of that payload alone."""
    text = PRELUDE + ECHO + AT_VICTIM + fault + "\n" + PRINT
    timeout = 2 if "sleep" in fault else 20
    result = run(program(tmp_path, text, way=Way.ONESHOT, timeout=timeout), KINDS[:4], probing=Probing.NONE)
    assert faults_of(result) == {VICTIM: [code]}
    assert told in next(case for case in result.cases if case.case_id == VICTIM).faults[0].message


def test_oneshot_ended_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that has ended before the kit hears that it was started has not timed out."""
    hear = Guard._hear  # noqa: SLF001 - the test looks inside on purpose

    def hear_late(guard: Guard, names: tuple[str, ...]) -> dict[str, int]:
        while "started" in names and b"exited" not in guard._socket.recv(1 << 16, socket.MSG_PEEK):  # noqa: SLF001 - the test looks inside on purpose
            time.sleep(0.001)
        return hear(guard, names)

    monkeypatch.setattr(Guard, "_hear", hear_late)
    result = run(program(tmp_path, "print('{}')", way=Way.ONESHOT, timeout=20), KINDS[:2], probing=Probing.NONE)
    assert {case.outcome for case in result.cases} == {Outcome.DECODED}


def test_oneshot_line_end(tmp_path: Path) -> None:
    """The line end that printing adds is no difference."""
    spec = program(tmp_path, PRELUDE + ECHO + "print(data.decode().strip())\n", way=Way.ONESHOT)
    (result,) = run(
        spec, [case for case in cases(shape="result", verdict="valid") if not case.payload.endswith(b"\n")][:1]
    ).cases
    assert result.level is Level.BYTES


def test_oneshot_nondeterministic(tmp_path: Path) -> None:
    """A program that prints something else each time is not deterministic."""
    text = PRELUDE + 'print(json.dumps(json.load(sys.stdin) | {"pid": os.getpid()}))\n'
    result = run(program(tmp_path, text, way=Way.ONESHOT), KINDS[:3])
    assert faults_of(result) == {case.id: ["client/nondeterministic"] for case in KINDS[:3]}


# -- over HTTP


def test_http(tmp_path: Path) -> None:
    """A program that fetches from the kit and prints what it got is a client; buckets are served in a page and cut out again."""
    result = run(program(tmp_path, PRELUDE + FETCH + PRINT, way=Way.HTTP), KINDS)
    assert faults_of(result) == {}
    assert {case.level for case in result.cases} == {Level.BYTES}


def test_http_without_fetching(tmp_path: Path) -> None:
    """A program that asks for nothing has decoded nothing, whatever it prints."""
    result = run(program(tmp_path, "print('{}')", way=Way.HTTP), KINDS[:2], probing=Probing.NONE)
    assert faults_of(result) == {case.id: ["client/protocol-violation"] for case in KINDS[:2]}
    assert "saw none" in result.cases[0].message


def test_http_long_lived(tmp_path: Path) -> None:
    """A client that speaks the protocol may say that it fetches, and is then told where, and served what."""
    result = run(program(tmp_path, PROTOCOL), KINDS)
    assert faults_of(result) == {}
    assert {case.level for case in result.cases} == {Level.BYTES}
    assert result.features is not None
    assert result.features.http


@pytest.mark.parametrize(("fault", "told"), [("lazy", "saw no request"), ("lost", "/v1/organization/costs")])
def test_http_long_lived_at_fault(tmp_path: Path, fault: str, told: str) -> None:
    """A client that answers without having fetched this payload breaks the protocol."""
    chosen = [case for case in KINDS if "costs" not in case.id][:2]
    result = run(program(tmp_path, PROTOCOL, arguments=fault), chosen, probing=Probing.NONE)
    assert faults_of(result) == {case.id: ["client/protocol-violation"] for case in chosen}
    assert told in result.cases[0].message


@pytest.mark.parametrize("endpoint", ENDPOINTS.values())
def test_replay(endpoint: str) -> None:
    """Each endpoint is served at the API's own path, byte for byte, on a connection that stays, and nothing else is."""
    payload = b'\xff{"a": 1.0}\n'
    with PayloadServer() as server:
        serving = server.serve(
            Request(case_id="x", payload=payload, shape=Shape.PAGE, revision="2026-10-21", endpoint=endpoint)
        )
        address = server.base_url.removeprefix("http://").removesuffix("/v1")
        connection = http.client.HTTPConnection(address)
        for path, status in [("/v1/elsewhere", 404), (f"/v1/organization/{endpoint}?limit=1", 200)]:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == status
            assert answer.getheader("Content-Type") == "application/json"
            body = answer.read()
            assert (body == payload) == serving.fetched == (status == 200)
        connection.close()


def test_replay_survives() -> None:
    """Clients that hang up, or come in numbers, are served all the same."""
    request = Request(case_id="x", payload=b"[]" * 50_000, shape=Shape.PAGE, revision="2026-10-21", endpoint="costs")
    with PayloadServer() as server:
        server.serve(request)
        address = server.base_url.removeprefix("http://").removesuffix("/v1")

        def fetch(number: int) -> int:
            connection = http.client.HTTPConnection(address)
            connection.request("GET", "/v1/organization/costs")
            size = len(connection.getresponse().read()) if number % 3 else 0
            connection.close()
            return size

        with ThreadPoolExecutor(4) as pool:
            sizes = list(pool.map(fetch, range(30)))
    assert sizes == [100_000 if number % 3 else 0 for number in range(30)]


# -- a Python function

FUNCTIONS = """
import json, time
memory = []
def echo(payload):
    json.loads(payload.decode())
    return payload
def text(payload):
    return payload.decode()
def leaves(payload):
    raise SystemExit(0)
def sleeps(payload):
    time.sleep(3600)
def leaking(payload):
    try:
        json.loads(payload.decode())
    except ValueError:
        memory.append(1)
        raise
    return b"{}" if memory and memory.pop() else payload
class Codec:
    echo = staticmethod(echo)
number = 5
"""


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module with codecs."""
    name = f"codecs_of_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(FUNCTIONS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", ["echo", "Codec.echo"])
def test_function(functions: str, name: str, jobs: int) -> None:
    """A function is a client without a process, and its exceptions are refusals."""
    result = run(client_spec(f"python:{functions}:{name}"), [*KINDS, *BROKEN], jobs=jobs)
    assert faults_of(result) == {}
    assert {case.level for case in result.cases if case.outcome is Outcome.DECODED} == {Level.BYTES}
    assert {case.case_id for case in result.cases if case.outcome is Outcome.REFUSED} == {case.id for case in BROKEN}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("text", "client/protocol-violation"),
        ("leaves", "client/crashed"),
        ("sleeps", "client/timed-out"),
        ("leaking", "client/state-leak"),
    ],
)
def test_function_at_fault(functions: str, name: str, code: str) -> None:
    """A function that answers no bytes, ends the program, takes too long or remembers is told of."""
    timeout = 0.5 if name == "sleeps" else 20
    result = run(client_spec(f"python:{functions}:{name}", timeout=timeout), [*KINDS[:4], *BROKEN])
    assert code in result.codes
    assert {fault.code for case in result.cases for fault in case.faults if case.duty is Expectation.MUST_DECODE} == {
        code
    }


@pytest.mark.parametrize("name", ["nothing", "no.such"])
def test_no_such_function(functions: str, name: str) -> None:
    """A function that is not there is said to be not there."""
    with pytest.raises(CannotStartClient, match=name.partition(".")[0]):
        run(client_spec(f"python:{functions}:{name}"), KINDS[:1])
    with pytest.raises(CannotStartClient, match="no_such_module"):
        run(client_spec("python:no_such_module:f"), KINDS[:1])
    with pytest.raises(NoSuchClient, match="cannot be called"):
        run(client_spec(f"python:{functions}:number"), KINDS[:1])


@pytest.mark.parametrize("given", ["", "  ", "python:", "python:module", "python:a b:c", "python:a:", 'node "adapter'])
def test_no_client(given: str) -> None:
    """What names no client is refused before anything is run."""
    with pytest.raises(NoSuchClient):
        client_spec(given)
    with pytest.raises(NoSuchClient):
        client_spec("python:module:function", way=Way.ONESHOT)
