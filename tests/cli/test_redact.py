"""`usagecompat redact` and `fixtures new --redact`, as people use them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from zstd_of import zstd

import usagecompat
from usagecompat.cli import main

LINE = b'{"object":"organization.costs.result","project_id":"proj_orchard"}'


def run(*args: str | Path, stdin: bytes | None = None) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin, prog_name="usagecompat")


def test_forms_of_files(tmp_path: Path) -> None:
    """Plain, compressed and line-by-line files keep their form, their names and every byte but the private ones."""
    content = LINE + b"\r\n\n  \n" + LINE
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.json").write_bytes(LINE)
    (tmp_path / "in" / "deep" / "b.ndjson.gz").write_bytes(gzip.compress(content))
    (tmp_path / "in" / "c.jsonl.zst").write_bytes(zstd.compress(content))
    out = tmp_path / "out"
    result = run("redact", tmp_path / "in", "--out", out, "--key-file", tmp_path / "key")
    assert result.exit_code == 0, result.output
    new = (out / "a.json").read_bytes()
    assert b"orchard" not in new
    assert gzip.decompress((out / "deep" / "b.ndjson.gz").read_bytes()) == content.replace(LINE, new)
    assert zstd.decompress((out / "c.jsonl.zst").read_bytes()) == content.replace(LINE, new)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


def test_key_file(tmp_path: Path) -> None:
    """With the same key file a later run makes the same pseudonyms; without one it does not."""
    (tmp_path / "a.json").write_bytes(LINE)
    for out, key in (("one", ["--key-file", "key"]), ("two", ["--key-file", "key"]), ("three", [])):
        options = [tmp_path / part if part == "key" else part for part in key]
        assert run("redact", tmp_path / "a.json", "--out", tmp_path / out, *options).exit_code == 0
    one, two, three = ((tmp_path / out / "a.json").read_bytes() for out in ("one", "two", "three"))
    assert one == two != three


def test_standard_input(tmp_path: Path) -> None:
    """Standard input becomes a file of its own, as one payload or line by line."""
    assert run("redact", "-", "--out", tmp_path, stdin=LINE).exit_code == 0
    assert run("redact", "-", "--ndjson", "--out", tmp_path, stdin=LINE + b"\n" + LINE).exit_code == 0
    assert (tmp_path / "stdin.json").is_file()
    assert (tmp_path / "stdin.ndjson").read_bytes().count(b"proj_redacted") == 2


def test_unsure(tmp_path: Path) -> None:
    """A file with one line that cannot be redacted is not written at all, and others are."""
    (tmp_path / "bad.ndjson").write_bytes(LINE + b"\n{'project_id': 'orchard'}\n")
    (tmp_path / "good.json").write_bytes(LINE)
    out = tmp_path / "out"
    result = run("redact", tmp_path / "bad.ndjson", tmp_path / "good.json", "--out", out)
    assert result.exit_code == 1
    assert "bad.ndjson:2" in result.output
    assert "single quotes" in result.output
    assert [path.name for path in out.iterdir()] == ["good.json"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["redact", "--out", "out"], "nothing to redact"),
        (["redact", "a.json"], "--out"),
        (["redact", "a.json", "b/a.json", "--out", "out"], "both become"),
        (["redact", "a.json", "--out", "."], "nothing is overwritten"),
        (["redact", "missing.json", "--out", "out"], "No such file"),
        (["redact", "table.parquet", "--out", "out"], "read by `usagecompat scan`"),
        (["redact", "a.json", "--out", "out", "--key-file", "empty"], "is empty"),
        (["redact", "cut.json.gz", "--out", "out"], "ends too soon"),
    ],
)
def test_misuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str) -> None:
    """What cannot be done is told in words, with exit status 2 and nothing written."""
    monkeypatch.chdir(tmp_path)
    Path("b").mkdir()
    for name in ("a.json", "b/a.json", "table.parquet"):
        Path(name).write_bytes(LINE)
    Path("empty").touch()
    Path("cut.json.gz").write_bytes(gzip.compress(LINE)[:-12])
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert [path for path in Path().rglob("out/*") if path.is_file()] == []


def test_new_case(tmp_path: Path) -> None:
    """`fixtures new --redact` takes a recorded page into a corpus without what is private in it."""
    (tmp_path / "notes.json").write_text("{}", "utf-8")
    (tmp_path / "manifest.json").unlink(missing_ok=True)
    text = {
        "object": "organization.costs.result",
        "amount": {"value": 1, "currency": "usd"},
        "project_id": "proj_orchard",
    }
    (tmp_path / "page").write_text(json.dumps(text), "utf-8")
    told = ["--verdict", "valid", "--description", "A cost.", "--evidence", "A page that was recorded."]
    result = run("fixtures", "new", tmp_path, "costs/one", "--payload", tmp_path / "page", "--redact", *told)
    assert result.exit_code == 0, result.output
    written = (tmp_path / "costs" / "one.json").read_bytes()
    assert b"proj_redacted_" in written
    assert usagecompat.check(written).ok
    assert (
        run(
            "fixtures", "new", tmp_path, "costs/two", "--payload", tmp_path / "page", "--key-file", "k", *told
        ).exit_code
        == 2
    )
