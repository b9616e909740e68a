"""`usagecompat probe`: options, exit statuses, and what is said to whom."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from usagecompat.cli import main
from usagecompat.ledger import Ledger, UsageServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WEEK = ("--start", "2026-10-11", "--end", "2026-10-18", "--rate", "1000")


def run(*args: str, key: str | None = "sk-admin-mock") -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, ["probe", *args], prog_name="usagecompat", env={"OPENAI_ADMIN_KEY": key})


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a right server listens."""
    with UsageServer(Ledger()) as server:
        yield server.url


def test_a_right_server(url: str) -> None:
    """A right server gives status 0, and what is going to be asked is told beforehand."""
    result = run(url, "--endpoint", "costs", *WEEK)
    assert result.exit_code == 0, result.output
    assert "1 endpoint, up to " in result.stderr
    assert "the budget is 300" in result.stderr
    assert "0 errors, 0 warnings, 0 notes" in result.stdout
    assert "sk-admin-mock" not in result.output


def test_a_faulty_server() -> None:
    """A faulty server gives status 1, and the JSON names the fault."""
    with UsageServer(Ledger(scenarios=["buckets-repeat"])) as server:
        result = run(server.url, "--endpoint", "costs", "--format", "json", *WEEK)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["findings"] == {"error": 1, "warning": 0, "note": 0}


def test_also_a_page(tmp_path: Path) -> None:
    """Beside any format a page is written, with what was found and each law, and no program in it."""
    place = tmp_path / "probe.html"
    with UsageServer(Ledger(scenarios=["buckets-repeat"])) as server:
        result = run(server.url, "--endpoint", "costs", "--format", "json", "--also", f"html={place}", *WEEK)
    assert result.exit_code == 1
    page = place.read_text("utf-8")
    codes = {*re.findall(r'"(server/[a-z-]+)"', result.stdout)}
    assert codes
    assert "style-src &#x27;sha256-" in page or "style-src 'sha256-" in page
    assert "<script" not in page
    assert all(code in page for code in codes)


@pytest.mark.parametrize("said", ["pdf=x", "html", "html=", "html=nowhere/x.html", "html=."])
def test_also_misuse(url: str, said: str) -> None:
    """What is no page that can be written is refused before anything is asked."""
    result = run(url, "--also", said)
    assert result.exit_code == 2
    assert "probing" not in result.stderr


def test_nobody_listens() -> None:
    """A server that cannot be reached gives status 2."""
    with UsageServer(Ledger()) as server:
        gone = server.url
    result = run(gone, "--endpoint", "costs", *WEEK)
    assert result.exit_code == 2
    assert "there is no server that answers; no connection" in result.stderr


def test_a_url_without_its_version(url: str) -> None:
    """Where no endpoint is and the URL has no `/v1`, the URL that has it is suggested; nowhere else."""
    bare = url.removesuffix("/v1")
    result = run(bare, "--endpoint", "costs", *WEEK)
    assert result.exit_code == 1
    assert f"No endpoint is there; did you mean {url}?" in result.stderr
    assert "did you mean" not in run(f"{url}/v1", "--endpoint", "costs", *WEEK).stderr
    assert "did you mean" not in run(url, "--endpoint", "costs", *WEEK).stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["gateway.example/v1"], "is no base URL such as https://gateway.example/v1"),
        (["ftp://gateway.example"], "is no base URL"),
        (["http://gateway.example:99999/v1"], "is no base URL"),
        (["http://[::/v1"], "is no base URL"),
        (["http://x/v1?key=1"], "is no base URL"),
        (["http://x/v1", "--start", "yesterday"], "is no day such as 2026-10-01"),
        (["http://x/v1", "--start", "2026-10-01T12:00"], "is no day such as 2026-10-01"),
        (["http://x/v1", "--start", "2026-10-02", "--end", "2026-10-02"], "--end must be after --start"),
        (["http://x/v1", "--start", "2026-01-01", "--end", "2026-10-02"], "must not have more than 31 days"),
        (["http://x/v1", "--endpoint", "cost"], "there is no endpoint 'cost'; did you mean 'costs'?"),
        (["http://x/v1", "--budget", "0"], "Invalid value for '--budget'"),
        (["http://x/v1", "--rate", "0"], "Invalid value for '--rate'"),
        (["http://x/v1", "--rate", "nan"], "Invalid value for '--rate'"),
        (["http://x/v1", "--rate", "inf"], "Invalid value for '--rate'"),
        (["http://x/v1", "--timeout", "nan"], "Invalid value for '--timeout'"),
        (["http://x/v1", "--key-env", "NO_SUCH_KEY"], "NO_SUCH_KEY has no key; set it, or name another with --key-env"),
        (["http://x/v1", "--expected", "no-such-file.json"], "no-such-file.json: No such file"),
        (["http://x/v1", "--revision", "2020-01-01"], "2020-01-01"),
    ],
)
def test_misuse(args: list[str], words: str) -> None:
    """What is asked for wrongly is told in one line, before anything is sent."""
    result = run(*args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "fault of usagecompat" not in result.stderr


def test_a_key_that_no_header_carries() -> None:
    """A key that cannot be sent is refused, and not printed."""
    result = run("http://x/v1", key="sk-schlüssel")
    assert result.exit_code == 2
    assert "characters that no header can carry" in result.stderr
    assert "schl" not in result.output
