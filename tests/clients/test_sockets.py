"""Clients that already run: connections over TCP and over the file system, kept, lost, and made again."""

from __future__ import annotations

import io
import json
import os
import socket
import socketserver
import sys
import threading
import time
from base64 import b64decode, b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

import pytest
from attrs import evolve
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.clients import sockets
from usagecompat.clients.adapter_sdk import serve
from usagecompat.clients.addresses import Address, address_of
from usagecompat.clients.case_results import Outcome
from usagecompat.clients.probes import Probing
from usagecompat.clients.protocol import ClientInfo
from usagecompat.clients.runner import run
from usagecompat.clients.spec import Way, client_spec
from usagecompat.corpus.selection import cases
from usagecompat.exceptions import CannotReachClient, NoSuchClient
from usagecompat.fidelity.comparison import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    from usagecompat.clients.results import ClientResult

KINDS = [case for case in cases(verdict="valid") if case.id.startswith("kinds/") and case.id.endswith("-full")]
VICTIM = KINDS[3].id
STARTED: Final = {"started": {"version": 1, "client": {"name": "echo"}}}
SECONDS: Final = 20.0


def echoed(run_: Mapping[str, object]) -> bytes:
    """The line with which a client gives everything back."""
    payload = cast("Mapping[str, object]", run_["case"])["payload"]
    return json.dumps({"decoded": {"seq": run_["seq"], "payload": payload}}).encode() + b"\n"


class Peer(socketserver.ThreadingTCPServer):
    """A client that listens, and does something else at one case."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, at_victim: Callable[[Peer, socket.socket, bytes], bool], *, times: int = 1, accepts: int = 99
    ) -> None:
        """
        Listen at any free port.

        Args:
            at_victim: Gets the answer; returns whether the connection goes on.
            times: How often it is called.
            accepts: How many connections are taken.
        """
        super().__init__(("127.0.0.1", 0), Echo)
        self.at_victim, self.times, self.accepts = at_victim, times, accepts
        self.connections = 0
        self.seen: list[str] = []

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close what is not closed already."""
        cast("socket.socket", request).close()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"tcp:127.0.0.1:{self.server_address[1]}"


class Echo(socketserver.StreamRequestHandler):
    """One connection to it."""

    def handle(self) -> None:
        """Give back what comes, until `stop`."""
        peer = cast("Peer", self.server)
        peer.connections += 1
        if peer.connections >= peer.accepts:
            peer.socket.close()
        for line in self.rfile:
            message = json.loads(line)
            if "stop" in message:
                peer.seen.append("stop")
                return
            if "start" in message:
                self.wfile.write(json.dumps(STARTED).encode() + b"\n")
                continue
            answer = echoed(message["run"])
            if message["run"]["case"]["id"] == VICTIM and peer.times:
                peer.times -= 1
                if not peer.at_victim(peer, self.connection, answer):
                    return
                continue
            self.wfile.write(answer)


@contextmanager
def served(peer: Peer) -> Generator[Peer]:
    """The peer, listening."""
    thread = threading.Thread(target=peer.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.shutdown()
        peer.server_close()
        thread.join()


def result_at(peer: Peer, *, timeout: float = SECONDS, probing: Probing = Probing.NONE) -> ClientResult:
    """What comes of it."""
    with served(peer):
        return run(client_spec(peer.address, timeout=timeout), KINDS, probing=probing)


def echo(_peer: Peer, connection: socket.socket, answer: bytes) -> bool:
    """Answer as ever."""
    connection.sendall(answer)
    return True


def slowly(_peer: Peer, connection: socket.socket, answer: bytes) -> bool:
    """Answer in small pieces."""
    for begin in range(0, len(answer), 101):
        connection.sendall(answer[begin : begin + 101])
    return True


def close(_peer: Peer, _connection: socket.socket, _answer: bytes) -> bool:
    """Close the connection instead of an answer."""
    return False


def half(_peer: Peer, connection: socket.socket, answer: bytes) -> bool:
    """Close the connection in the middle of the answer."""
    connection.sendall(answer[:30])
    return False


def reset(_peer: Peer, connection: socket.socket, _answer: bytes) -> bool:
    """Break the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    os.close(connection.detach())
    return False


def hang(_peer: Peer, _connection: socket.socket, _answer: bytes) -> bool:
    """Say nothing."""
    return True


def flood(_peer: Peer, connection: socket.socket, _answer: bytes) -> bool:
    """Write without end."""
    try:
        while True:
            connection.sendall(b"x" * 65536)
    except OSError:
        return False


def garbage(_peer: Peer, connection: socket.socket, _answer: bytes) -> bool:
    """Write what is no message."""
    connection.sendall(b"\xff\0\x1b[2J\n")
    return True


def twice(_peer: Peer, connection: socket.socket, answer: bytes) -> bool:
    """Answer twice."""
    connection.sendall(answer + answer)
    return True


def test_one_connection() -> None:
    """A client keeps one connection for the whole run with its probes, and is told when it ends."""
    peer = Peer(slowly, times=99)
    result = result_at(peer, probing=Probing.SOME)
    assert [case.level for case in result.cases] == [Level.BYTES] * len(KINDS)
    assert not result.faults
    assert (result.way, result.command, peer.connections, peer.seen) == ("socket", peer.address, 1, ["stop"])


def test_large_answers_while_more_is_sent() -> None:
    """A client that writes a long answer before it has read the whole request blocks nobody."""
    spaces = b" " * 3_000_000

    def padded(_peer: Peer, connection: socket.socket, answer: bytes) -> bool:
        said = json.loads(answer)["decoded"]
        payload = b64encode(b64decode(said["payload"]) + spaces).decode()
        connection.sendall(json.dumps({"decoded": {"seq": said["seq"], "payload": payload}}).encode() + b"\n")
        return True

    (case,) = [case for case in result_at(Peer(padded)).cases if case.case_id == VICTIM]
    assert (case.outcome, case.level) == (Outcome.DECODED, Level.LEXICAL)


@pytest.mark.parametrize(
    ("fault", "outcome", "told"),
    [
        (close, Outcome.CRASHED, "the client closed the connection"),
        (half, Outcome.CRASHED, """closed the connection in the middle of a line, '{"decoded":"""),
        (reset, Outcome.CRASHED, "the client broke the connection (Connection reset by peer)"),
        (hang, Outcome.TIMED_OUT, "it wrote nothing; another connection, or a breakpoint, may keep it busy"),
        (flood, Outcome.PROTOCOL_VIOLATION, "without ending its answer"),
        (garbage, Outcome.PROTOCOL_VIOLATION, "expected one JSON object"),
    ],
)
def test_faults_cost_one_case(fault: Callable[[Peer, socket.socket, bytes], bool], outcome: Outcome, told: str) -> None:
    """What goes wrong over a connection costs the case at which it does; the others get another connection."""
    result = result_at(Peer(fault, times=99), timeout=1 if fault is hang else SECONDS)
    wrong = {case.case_id: case for case in result.cases if case.outcome is not Outcome.DECODED}
    assert list(wrong) == [VICTIM]
    assert wrong[VICTIM].outcome is outcome
    assert told in wrong[VICTIM].message
    assert not result.faults


def test_answered_twice() -> None:
    """A second answer is the fault of the case that got it."""
    result = result_at(Peer(twice))
    (case,) = [case for case in result.cases if case.faults]
    assert (case.case_id, case.faults[0].code) == (VICTIM, "client/protocol-violation")


@pytest.mark.parametrize("fault", [close, half])
def test_client_that_is_gone(monkeypatch: pytest.MonkeyPatch, fault: Callable[..., bool]) -> None:
    """A client that ends for good fails at its case; the rest is not run, and who has to start it is told."""
    monkeypatch.setattr(sockets, "_AGAIN", 0.2)
    result = result_at(Peer(fault, accepts=1))
    outcomes = {case.case_id: case.outcome for case in result.cases}
    assert outcomes.pop(VICTIM) is Outcome.CRASHED
    assert Outcome.NOT_RUN in outcomes.values()
    assert Outcome.CRASHED not in outcomes.values()
    (fault_,) = result.faults
    assert "cannot be reached again: nobody listens there; it runs on its own" in fault_.message
    assert "start it, and run again" in fault_.message


def test_listens_again_after_a_while() -> None:
    """A client that something restarts after it has crashed gets the rest of the cases."""
    first, second = Peer(close, accepts=1), socket.socket()
    second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def again() -> None:
        second.bind(first.server_address)
        second.listen()
        connection, _ = second.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                if "stop" in message:
                    break
                connection.sendall(
                    json.dumps(STARTED).encode() + b"\n" if "start" in message else echoed(message["run"])
                )

    def gone(peer: Peer, _connection: socket.socket, _answer: bytes) -> bool:
        del peer
        threading.Timer(0.3, again).start()
        return False

    first.at_victim = gone
    result = result_at(first)
    second.close()
    wrong = {case.case_id: case.outcome for case in result.cases if case.outcome is not Outcome.DECODED}
    assert not wrong  # it crashed at a case that its successor answers
    assert [fault.code for fault in result.faults] == ["client/crashed"]


def test_proxy_in_front_of_a_client_that_is_not_ready() -> None:
    """A client that has time to get ready may be behind a proxy that takes connections and closes them."""
    peer = Peer(echo)
    inside = peer.process_request
    tries: list[object] = []

    def closed_at_first(request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        tries.append(client_address)
        if len(tries) < 3:
            peer.shutdown_request(request)
        else:
            inside(request, client_address)

    peer.process_request = closed_at_first  # type: ignore[method-assign]
    with served(peer):
        result = run(evolve(client_spec(peer.address), patience=SECONDS), KINDS, probing=Probing.NONE)
    assert [case.level for case in result.cases] == [Level.BYTES] * len(KINDS)
    assert len(tries) == 3


@pytest.mark.parametrize("fault", [False, True])
def test_end(fault: bool) -> None:  # noqa: FBT001 - a parameter of a test
    """A client closes the connection after `stop`; one that does not is named."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                message = json.loads(line)
                if "stop" in message:
                    break
                connection.sendall(
                    json.dumps(STARTED).encode() + b"\n" if "start" in message else echoed(message["run"])
                )
            if fault:
                over.wait(SECONDS)

    thread = threading.Thread(target=answer)
    thread.start()
    with listening:
        address = f"tcp:127.0.0.1:{listening.getsockname()[1]}"
        result = run(client_spec(address, timeout=1 if fault else SECONDS), KINDS, probing=Probing.NONE)
    over.set()
    thread.join()
    told = [found.message for found in result.faults]
    assert told == (["expected the end of the connection after `stop`, saw it still there after 1 s"] if fault else [])


@pytest.mark.parametrize("greeting", [b"HTTP/1.1 400 Bad Request\r\n", b"SSH-2.0-OpenSSH_9.6\r\n", b""])
def test_somebody_else_listens(greeting: bytes) -> None:
    """Whoever listens and is no client is told by what it said, or that it said nothing."""
    listening = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def greet() -> None:
        connection, _ = listening.accept()
        kept.append(connection)
        connection.sendall(greeting)

    thread = threading.Thread(target=greet)
    thread.start()
    with listening:
        result = run(client_spec(f"tcp:127.0.0.1:{listening.getsockname()[1]}", timeout=1), KINDS)
    thread.join()
    kept[0].close()
    assert {case.outcome for case in result.cases} == {Outcome.NOT_RUN}
    (found,) = result.faults
    assert "started" in found.message
    assert greeting.split(b"\r")[0].decode() in found.message


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("tcp:127.0.0.1:1", "nobody listens there"),
        ("tcp:[::1]:1", "cannot be reached"),
        ("tcp:no-such-host.invalid:9000", "there is no such host"),
        (f"tcp:{'x' * 300}.example:9000", "there is no such host"),
        ("unix:/nothing/at/all.sock", "there is no such socket"),
        (f"unix:/{'x' * 300}", "too long"),
    ],
)
def test_nobody_there(given: str, reason: str) -> None:
    """Where nobody can be reached, the address and the reason are told, and what to do."""
    with pytest.raises(CannotReachClient, match="start it before, or with --setup CMD") as told:
        run(client_spec(given), KINDS)
    assert reason in str(told.value)
    assert given in str(told.value)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that nobody accepts ends with the deadline."""

    def late(*_: object, timeout: float) -> socket.socket:
        raise TimeoutError(timeout)

    monkeypatch.setattr(socket, "create_connection", late)
    with pytest.raises(CannotReachClient, match=r"nobody answered within 3 s"):
        run(client_spec("tcp:10.255.255.1:9000", timeout=3), KINDS)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("tcp:", "tcp:HOST:PORT, such as tcp:localhost:9000"),
        ("tcp:localhost", "tcp:HOST:PORT"),
        ("tcp:9000", "tcp:HOST:PORT"),
        ("tcp::9000", "tcp:HOST:PORT"),
        ("tcp:localhost:0", "from 1 to 65535"),
        ("tcp:localhost:65536", "from 1 to 65535"),
        ("tcp:localhost:http", "tcp:HOST:PORT"),
        ("tcp:::1:9000", "an IPv6 address stands in brackets"),
        ("tcp://localhost:9000", "tcp:HOST:PORT"),
        ("tcp:local host:9000", "tcp:HOST:PORT"),
        ("unix:", "unix:PATH"),
        ("unix:a\0b", "unix:PATH"),
        ("oneshot:tcp:localhost:9000", "is not driven the oneshot way"),
    ],
)
def test_no_address(given: str, reason: str) -> None:
    """What is no address is refused, with what one looks like."""
    with pytest.raises(NoSuchClient, match="is no client") as told:
        client_spec(given)
    assert reason in str(told.value)


@pytest.mark.parametrize(
    ("given", "name", "said"),
    [
        ("tcp:localhost:9000", "localhost-9000", "tcp:localhost:9000"),
        ("tcp:[fe80::1%eth0]:9000", "fe80-1-eth0-9000", "tcp:[fe80::1%eth0]:9000"),
        ("mine=tcp:[::1]:09000", "mine", "tcp:[::1]:9000"),
        ("unix:/tmp/a b/c[1].sock", "c-1-.sock", "unix:/tmp/a b/c[1].sock"),
    ],
)
def test_names(given: str, name: str, said: str) -> None:
    """An address has a name that fits into patterns and the names of items, and is told as it was given."""
    spec = client_spec(given)
    assert (spec.way, spec.name, spec.said) == (Way.SOCKET, name, said)


def has_ipv6() -> bool:
    """Whether something can listen at the loopback address of IPv6, which a Python built with IPv6 does not promise."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("address", ["tcp:127.0.0.1:0", "tcp:[::1]:0", "unix:client.sock"])
def test_serve(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client in Python listens by itself, takes one connection after the other, and survives whoever is no kit."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short, and that of a temporary directory may be long
    if "::1" in address and not has_ipv6():
        pytest.skip("this system has no IPv6")
    if address.startswith("unix:"):
        with socket.socket(socket.AF_UNIX) as left:  # as a server leaves it that was killed
            left.bind(address.removeprefix("unix:"))
    thread = threading.Thread(
        target=serve,
        args=(lambda asked: asked.payload or b"", ClientInfo(name="mine")),
        kwargs={"address": address},
        daemon=True,
    )
    said, until = io.StringIO(), time.monotonic() + SECONDS
    monkeypatch.setattr(sys, "stderr", said)  # what pytest captures may lose what is written while it is read
    thread.start()
    while "\n" not in said.getvalue():
        assert thread.is_alive(), "it ended before it listened"
        assert time.monotonic() < until, "it does not listen"
        time.sleep(0.01)
    there = said.getvalue().strip().removeprefix("listening at ")
    with address_of(there).connect(SECONDS) as stranger:
        stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert stranger.recv(1) == b""
    with address_of(there).connect(SECONDS) as hasty:
        hasty.sendall(b'{"start": {"version": 1}}\n')
    for _ in range(2):
        result = run(client_spec(there), KINDS)
        assert [case.level for case in result.cases] == [Level.BYTES] * len(KINDS)
        assert not result.faults


def test_path_below_a_directory(tmp_path: Path) -> None:
    """A path that `[tool.usagecompat]` has is below the folder of its file; any other address is as it is."""
    assert address_of("unix:run/a.sock").below(str(tmp_path)) == Address("", path=f"{tmp_path}/run/a.sock")
    assert address_of("unix:/run/a.sock").below(str(tmp_path)) == Address("", path="/run/a.sock")
    assert address_of("unix:run/a.sock").below(None) == Address("", path="run/a.sock")
    assert address_of("tcp:localhost:1").below(str(tmp_path)) == Address("localhost", 1)


def test_socket_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address at which somebody listens is not taken away."""
    monkeypatch.chdir(tmp_path)
    address = Address("", path="client.sock")
    with address.listen(), pytest.raises(OSError, match="in use"):
        address.listen()
    with address.listen():
        pass


def test_commands() -> None:
    """`run` and `matrix` take an address, alone and beside others."""
    with served(Peer(echo)) as peer:
        done = CliRunner().invoke(main, ["run", "--client", peer.address, "-k", "kinds/costs-full", "--format", "json"])
        assert json.loads(done.stdout)["way"] == "socket"
        client = f"{sys.executable} -m usagecompat.clients.reference"
        both = ["--client", f"one={peer.address}", "--client", f"two={client}", "--client", "gone=tcp:127.0.0.1:1"]
        matrix = CliRunner().invoke(main, ["matrix", *both, "-k", "kinds/costs-full"])
    assert matrix.exit_code == 2
    assert "one: echo; socket" in matrix.stdout
    assert "gone: not run: the client at tcp:127.0.0.1:1 cannot be reached: nobody listens there" in matrix.stdout
