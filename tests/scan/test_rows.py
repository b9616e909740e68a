"""Rows of payloads and findings, standard input, and what else the command takes."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import usagecompat
from usagecompat.cli import main
from usagecompat.scan import executors, partitions
from usagecompat.scan.partition_scan import Options

from .conftest import assorted, bucket, text

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Put


def scan(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["scan", *map(str, arguments)], input=stdin)


def test_rows(put: Put, tmp_path: Path) -> None:
    """There is one row a payload and one a finding, as `check` has them, also as a table and from several processes."""
    lines = assorted(60)
    name = put("a.ndjson", lines)
    put("b.json", text(bucket(0)))
    for out, more in (("rows.ndjson", ()), ("rows.parquet", ("--jobs", "2"))):
        assert scan(tmp_path / "a.ndjson", tmp_path / "b.json", "--rows", tmp_path / out, *more).exit_code == 1
    rows = [json.loads(line) for line in (tmp_path / "rows.ndjson").read_text("utf-8").splitlines()]
    assert pq.read_table(tmp_path / "rows.parquet").to_pylist() == rows
    payloads = {row["line"]: row for row in rows if row["row"] == "payload" and row["source"] == name}
    for number, line in enumerate(lines, 1):
        assert (number in payloads) is bool(line.strip())
        if line.strip():
            report = usagecompat.check(line)
            assert payloads[number]["verdict"] == report.verdict
            assert payloads[number]["best_revision"] == report.best_revision
            found = [
                (row["code"], row["pointer"], row["count"])
                for row in rows
                if row["row"] == "finding" and row["line"] == number
            ]
            assert found == [(finding.code, finding.pointer, finding.count) for finding in report.findings]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_rows_of_pieces(put: Put, tmp_path: Path) -> None:
    """Lines are counted from the beginning of the file, however it is cut."""
    name = put("a.ndjson", [text(bucket(number)) for number in range(50)])
    plan = partitions.plan([name], piece=1000)
    assert len(plan.partitions) > 3
    executors.run(plan, Options(), rows=tmp_path / "rows.ndjson")
    rows = [json.loads(line) for line in (tmp_path / "rows.ndjson").read_text("utf-8").splitlines()]
    assert [row["line"] for row in rows] == [*range(1, 51)]
    assert len({row["start"] for row in rows}) == 50


def test_standard_input() -> None:
    """Standard input is one payload, or one a line."""
    line = text(bucket(0))
    assert "1 payload," in scan("-", stdin=line).stdout
    assert "2 payloads," in scan("-", "--ndjson", "--jobs", "2", stdin=line + b"\n" + line).stdout
    assert scan("-", stdin=b"{").exit_code == 1


def test_fail_on_and_ignore(put: Put) -> None:
    """As with `check`, warnings fail if asked, and what is ignored fails nothing."""
    name = put("a.ndjson", [text(bucket(0, "costs", amount={"value": "1.50", "currency": "usd"}))])
    assert scan(name).exit_code == 0
    assert scan(name, "--fail-on", "warning").exit_code == 1
    assert scan(name, "--fail-on", "warning", "--ignore", "wire/amount-as-string").exit_code == 0
    assert "1 valid" in scan(name, "--ignore", "wire/amount-as-string").stdout


def test_text(put: Put) -> None:
    """For people: sums by day, and what is there twice."""
    name = put("a.ndjson", [text(bucket(0, "costs", project_id="proj_a"))] * 2)
    told = scan(name, "--group", "project_id", "--restatements").stdout
    assert "totals by day (UTC), kind and project_id" in told
    assert "2026-10-01  organization.costs.result  proj_a: 2 results, 25.0 usd" in told
    assert "1 result too many, 12.5 usd" in told


def test_state_keeps_totals(put: Put, tmp_path: Path) -> None:
    """A scan that goes on from a state has the same totals and restatements."""
    name = put("a.ndjson", [text(bucket(number % 5, "costs")) for number in range(20)])
    options = (name, "--totals", "--restatements", "--state", tmp_path / "state", "--format", "json")
    assert scan(*options).stdout == scan(*options).stdout
    assert scan(name, "--state", tmp_path / "state").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-", "--state", "s"], "standard input cannot"),
        (["a.ndjson", "--rows", "r.ndjson", "--state", "s"], "--rows writes"),
        (["a.ndjson", "--rows", "r.csv"], "ends in none of"),
        (
            ["a.ndjson", "--rows", "nowhere/r.ndjson"],
            "nowhere/r.ndjson cannot be written: it is in no directory that exists",
        ),
        (["a.ndjson", "--group", "project"], "there is no group key"),
        (["a.ndjson", "--ignore", "json/none"], "there is no finding code"),
        (["a.ndjson", "--fail-on", "nothing"], "is not one of"),
    ],
)
def test_misuse(arguments: list[str], words: str) -> None:
    """What makes no sense is told, with exit status 2."""
    result = scan(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())


def test_closed_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written, the file that was asked for is named, and no other."""

    def refuse(*_: object, prefix: str = "", **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", f"{prefix}x7")

    (tmp_path / "a.ndjson").write_bytes(b"{}")
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    done = CliRunner().invoke(main, ["scan", str(tmp_path / "a.ndjson"), "--rows", str(tmp_path / "r.ndjson")])
    assert (done.exit_code, done.stderr) == (2, f"usagecompat: {tmp_path / 'r.ndjson'}: Permission denied\n")
