"""`usagecompat serve`: one line, one port, and an end that is in order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.ledger import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator

QUERY = "organization/costs?start_time=1790812800&limit=31&group_by=line_item"


@contextmanager
def serving(*options: str, hash_seed: str = "0") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server as a process of its own, with its URL."""
    program = [sys.executable, "-m", "usagecompat", "serve", *options]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            said, url = process.stdout.readline().split()
            assert said == "serving"
            yield process, url
        finally:
            process.kill()


def get(url: str, key: str = "sk-admin-mock") -> bytes:
    """The body of one request."""
    request = Request(f"{url}/{QUERY}", headers={"Authorization": f"Bearer {key}"})  # noqa: S310 - a server of our own
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
        body: bytes = answer.read()
        return body


def test_two_runs_give_the_same_bytes() -> None:
    """One seed gives the same bytes in every process, and another seed gives others."""
    bodies: list[bytes] = []
    for seed, hash_seed in (("7", "1"), ("7", "2"), ("8", "1")):
        with serving("--seed", seed, hash_seed=hash_seed) as (_, url):
            bodies.append(get(url))
    assert bodies[0] == bodies[1] != bodies[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it(number: signal.Signals) -> None:
    """It ends on either signal with status 0, and has printed one line."""
    with serving() as (process, url):
        get(url)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


def test_it_ends_while_an_answer_hangs() -> None:
    """An answer that hangs does not hold the end up."""
    with serving("--scenario", "error-on-page-2:hang", "--scenario", "pretty") as (process, url):
        body = get(url)
        assert b"\n  " in body
        process.terminate()
        assert process.wait(timeout=60) == 0


def test_it_logs_on_request_without_the_key() -> None:
    """With --log each request is a line on standard error, in which the key is not."""
    with serving("--log", "--key", "sk-quite-secret") as (process, url):
        get(url, "sk-quite-secret")
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert err == f"200 GET /v1/{QUERY}\n"


def test_it_serves_although_nobody_reads_the_log() -> None:
    """A log that nobody reads any more keeps no client from its answer."""
    with serving("--log") as (process, url):
        assert process.stderr is not None
        process.stderr.close()
        assert get(url) == get(url)
        process.stderr = None
        process.terminate()
        assert process.wait(timeout=60) == 0


def test_a_port_that_is_taken() -> None:
    """A port that somebody else has is told in one line, with what to do, and signals are as they were."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = CliRunner().invoke(main, ["serve", "--port", str(taken.getsockname()[1])])
    assert run.exit_code == 2
    assert "--port 0" in run.output
    assert len(run.output.splitlines()) == 1
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_the_list_explains_every_scenario() -> None:
    """--list has each scenario and each variant with what it does, and serves nothing."""
    run = CliRunner().invoke(main, ["serve", "--list"])
    assert run.exit_code == 0
    for scenario in SCENARIOS.values():
        assert f"\n{scenario.name}\n    {scenario.does}\n" in f"\n{run.output}"
        assert all(f"{scenario.name}:{variant}: " in run.output for variant in scenario.variants)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--scenario", "strings"], "no scenario 'strings'"),
        (["--scenario", "error-on-page-2:418"], "no variant '418'"),
        (["--now", "yesterday"], "2026-10-21T12:00:00Z"),
        (["--now", "2019-01-01"], "not between 2024-01-01"),
        (["--now", "9999-12-31T23:59:59-14:00"], "not between"),
        (["--now", "0001-01-01T00:00:00+14:00"], "not between"),
        (["--revision", "2026-01-01"], "2026-10-21"),
        (["--port", "70000"], "65535"),
        (["--seed", "seven"], "seven"),
        (["--key", ""], "--key"),
        (["--key", "two words "], "--key"),
    ],
)
def test_misuse(options: list[str], told: str) -> None:
    """What cannot be served is told in one line, with status 2."""
    run = CliRunner().invoke(main, ["serve", *options])
    assert run.exit_code == 2
    assert told in run.output
    assert len(run.output.splitlines()) == 1
