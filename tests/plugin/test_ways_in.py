"""`--compat-client` with clients that already run, and with clients that only decode or only encode."""

from __future__ import annotations

import json
import shlex
import socketserver
import sys
import threading
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

STARTED: Final = {"started": {"version": 1, "client": {"name": "echo"}}}
ONE_WAY: Final = """
import json, sys
for line in sys.stdin:
    ((verb, said),) = json.loads(line).items()
    if verb == "start":
        print(json.dumps({"started": {"version": 1, "client": {"name": "half"}, "features": {sys.argv[1]: True}}}), flush=True)
    elif verb == "run":
        answer = {"encoded": {"seq": said["seq"], "payload": "e30="}} if "record" in said["case"] else {"decoded": {"seq": said["seq"]}}
        if len(sys.argv) > 2:
            answer["decoded"]["payload"] = "eyJpbnB1dF90b2tlbnMiOjk5fQ=="
        print(json.dumps(answer), flush=True)
    else:
        break
"""


class Echo(socketserver.StreamRequestHandler):
    """One connection to a client that gives everything back."""

    def handle(self) -> None:
        """Answer until `stop`."""
        for line in self.rfile:
            ((verb, said),) = json.loads(line).items()
            if verb == "stop":
                return
            answer = STARTED
            if verb == "run":
                answer = {"decoded": {"seq": said["seq"], "payload": said["case"]["payload"]}}
            self.wfile.write(json.dumps(answer).encode() + b"\n")


@pytest.fixture
def address() -> Generator[str]:
    """Where a client listens."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"tcp:127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("small")
def test_client_that_runs_already(pytester: pytest.Pytester, address: str) -> None:
    """A client at an address has items as any other, under a name that is made of the address."""
    result = pytester.runpytest("--compat=fixtures", "--compat-client", address, "-k", "client", "-v")
    result.assert_outcomes(passed=4, deselected=15)
    assert f"client[127.0.0.1-{address.rpartition(':')[2]}]" in result.stdout.str()


@pytest.mark.usefixtures("small")
def test_client_that_does_not_run(pytester: pytest.Pytester) -> None:
    """Where nobody listens, the items fail with the address and what to do."""
    result = pytester.runpytest("--compat=fixtures", "--compat-client", "tcp:127.0.0.1:1", "-k", "client")
    result.assert_outcomes(failed=4, deselected=15)
    result.stdout.fnmatch_lines(["*the client at tcp:127.0.0.1:1 cannot be reached: nobody listens there*"])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("arguments", "passed", "failed", "skipped"),
    [("decodes-only", 4, 0, 0), ("decodes-only wrong", 2, 2, 0), ("encodes-only", 0, 2, 2)],
)
def test_one_way(pytester: pytest.Pytester, arguments: str, passed: int, failed: int, skipped: int) -> None:
    """A decoder passes without a word, and fails with a wrong value; an encoder is asked for nothing that is invalid."""
    program = pytester.makepyfile(half=ONE_WAY)
    command = shlex.join([sys.executable, "-I", "-S", str(program), *arguments.split()])
    result = pytester.runpytest("--compat=fixtures", "--compat-client", f"half={command}", "-k", "client", "-rs")
    result.assert_outcomes(passed=passed, failed=failed, skipped=skipped, deselected=15)
    if failed and not skipped:
        result.stdout.fnmatch_lines(["*the value that was sent*"])
    if skipped:
        result.stdout.fnmatch_lines(["*what is invalid is not put to a client that only encodes*"])
