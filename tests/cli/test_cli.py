"""The command line, as people and scripts see it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from importlib import import_module
from inspect import cleandoc
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import usagecompat
from usagecompat.cli import main
from usagecompat.cli.commands import COMMANDS, KITS_FAULT
from usagecompat.corpus.selection import cases, packaged

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = (sys.executable, "-m", "usagecompat")
COST = '{"object": "organization.costs.result", "amount": {"value": %s, "currency": "usd"}}'
VALID, ACCEPTABLE, INVALID = COST % "0.5", COST % '"0.5"', COST % "true"


def run(*args: str | Path, stdin: str | bytes | None = None, cwd: Path | None = None) -> Result:
    """Call the command in this process."""
    if cwd is not None:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(cwd)
            return run(*args, stdin=stdin)
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin, prog_name="usagecompat")


def environment(**changes: str) -> dict[str, str]:
    """The environment, without what decides on colours, and with these changes."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
    return {**kept, "TERM": "xterm", **changes}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with one payload of each verdict."""
    for name, text in (("a-valid", VALID), ("b-acceptable", ACCEPTABLE), ("c-invalid", INVALID)):
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    return tmp_path


def is_one_line(text: str) -> bool:
    """Whether `text` is one line, and no traceback."""
    return (
        text.startswith("usagecompat: ") and text.count("\n") == 1 and text.endswith("\n") and "Traceback" not in text
    )


# -- check


@pytest.mark.parametrize(
    ("names", "options", "status"),
    [
        (["a-valid.json"], [], 0),
        (["a-valid.json", "b-acceptable.json"], [], 0),
        (["."], [], 1),
        (["b-acceptable.json"], ["--fail-on", "warning"], 1),
        (["b-acceptable.json"], ["--fail-on", "note"], 1),
        (["b-acceptable.json"], ["--fail-on", "warning", "--ignore", "wire/amount-as-string"], 0),
        (["b-acceptable.json"], ["--profile", "published"], 1),
        (["b-acceptable.json"], ["--revision", "2025-01-17"], 1),
        (["c-invalid.json"], ["--ignore", "schema/wrong-type"], 0),
        (["a-valid.json"], ["--shape", "bucket"], 1),
        (["gone.json", "c-invalid.json"], [], 2),
    ],
)
def test_exit_status(place: Path, names: list[str], options: list[str], status: int) -> None:
    """The exit status says whether a payload fails under the options given, and 2 that not all could be read."""
    assert run("check", *options, *names, cwd=place).exit_code == status


def test_check(place: Path) -> None:
    """The verdicts and findings go to standard output, in order, and the totals to standard error."""
    result = run("check", place)
    starts = [line.split(":")[0] for line in result.stdout.splitlines() if line.startswith(("val", "acc", "inv"))]
    assert starts == ["valid", "acceptable", "invalid"]
    assert f"{place / 'c-invalid.json'}:1:52: error schema/wrong-type /amount/value\n" in result.stdout
    assert result.stderr == "3 payloads: 1 valid, 1 acceptable, 1 invalid\n"


def test_check_standard_input() -> None:
    """`-` is standard input: one payload, or a payload per line where that is said."""
    text = f"{VALID}\n{INVALID}\n"
    whole, lines = run("check", "-", stdin=text), run("check", "-", "--ndjson", stdin=text)
    assert "<stdin>:2:1: error json/trailing-text" in whole.stdout
    assert whole.stderr == "1 payload: 0 valid, 0 acceptable, 1 invalid\n"
    assert "<stdin>:2:52: error schema/wrong-type" in lines.stdout
    assert lines.stderr == "2 payloads: 1 valid, 0 acceptable, 1 invalid\n"


def test_check_quiet(place: Path) -> None:
    """With `--quiet` only what fails is told, and there are no totals."""
    result = run("check", "--quiet", place)
    assert [line for line in result.stdout.splitlines() if "valid: " in line and not line.startswith("invalid")] == []
    assert "c-invalid.json" in result.stdout
    assert result.stderr == ""
    stricter = run("check", "-q", "--fail-on", "warning", place)
    assert stricter.stdout.startswith("acceptable: ")


def test_check_json(place: Path) -> None:
    """With `--format json` standard output is one report per line and nothing else."""
    result = run("check", "--format", "json", place)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["valid", "acceptable", "invalid"]
    expected = usagecompat.check(INVALID).to_dict()
    assert lines[2] == {"source": str(place / "c-invalid.json"), "line": None, **expected}


def test_check_goes_on_after_what_cannot_be_read(place: Path) -> None:
    """What cannot be read is one line on standard error, counts in the totals, and does not hide the rest."""
    (place / "d.json.gz").write_bytes(b"no gzip")
    (place / "empty").mkdir()
    result = run("check", place / "gone.json", place / "empty", place)
    problems = result.stderr.splitlines()
    assert problems[0] == f"usagecompat: {place / 'gone.json'}: No such file or directory"
    assert problems[1].startswith(f"usagecompat: {place / 'empty'}: there is no payload here")
    assert problems[2].startswith(f"usagecompat: {place / 'd.json.gz'}: the compressed data is damaged")
    assert problems[3:] == ["3 payloads: 1 valid, 1 acceptable, 1 invalid; 3 could not be read"]
    assert "c-invalid.json" in result.stdout
    assert result.exit_code == 2


def test_check_escapes(tmp_path: Path) -> None:
    """Neither a payload nor a file name reaches the terminal as it is."""
    name = tmp_path / "a\x1b[2J\u202eb.json"
    name.write_text('{"object": "page", "\x7f\u202e": "\\u001b[2J"}', encoding="utf-8")
    result = run("check", name, tmp_path / "gone\x1b[2J.json")
    assert "\\x1b[2J\\u202eb.json" in result.stdout
    assert "/\\x7f\\u202e\n" in result.stdout
    assert result.output.replace("\n", "").isprintable()


# -- misuse and failure


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["chek"], "No such command 'chek'"),
        (["--vorsion"], "--vorsion"),
        (["check"], "nothing to check"),
        (["check", "-", "-"], "only once"),
        (["check", "x", "--revision", "2024-12-06"], "2024-12-05"),
        (["check", "x", "--format", "yaml"], "'text', 'json'"),
        (["check", "x", "--ignore", "json/duplicate-members"], "did you mean 'json/duplicate-member'?"),
        (["check", "x", "--ignore", "?"], "codes look like"),
        (["check", "x", "--ignore", "client/crashed"], "is about clients and never found in a payload"),
        (["check", "x", "--ignore", "convert/name-lost"], "is about conversions and never found in a payload"),
        (["check", "x", "--ignore", "server/failed"], "is about servers and never found in a payload"),
        (["check", "x", "--\x1b[2J\n"], "\\x1b[2J"),
        (["schema", "nope"], "no shape 'nope'"),
        (["schema", "--write", "x", "--check", "x"], "Either"),
        (["fixtures", "list", "gone"], "gone"),
        (["fixtures", "lint", "gone"], "gone"),
        (["fixtures", "copy"], "DIR"),
        (["fixtures", "copy", "."], "."),
    ],
    ids=lambda value: " ".join(value).encode("unicode_escape").decode() if isinstance(value, list) else None,
)
def test_misuse(place: Path, args: list[str], words: str) -> None:
    """Misuse is one line on standard error that says what is wrong, and exit status 2."""
    result = run(*args, cwd=place)
    assert result.exit_code == 2
    assert is_one_line(result.stderr)
    assert words in result.stderr
    assert result.stdout == ""


def test_fault_of_the_kit(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw is owned up to first, and names the payload that brought it out."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of our own")

    monkeypatch.setattr(import_module("usagecompat.cli.check"), "check_payload", broken)
    result = run("check", place / "a-valid.json")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"usagecompat: {KITS_FAULT}")
    assert "ZeroDivisionError: of our own" in result.stderr
    assert f"while checking {place / 'a-valid.json'}" in result.stderr


def test_reader_that_goes_away(place: Path) -> None:
    """An output that nobody reads ends the run with one line and exit status 2."""
    end, start = os.pipe()
    os.close(end)
    with open(start, "wb") as nobody:  # noqa: PTH123 - no path
        done = subprocess.run([*COMMAND, "check", place], stdout=nobody, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert is_one_line(done.stderr)
    assert "nobody reads" in done.stderr


def test_reader_of_everything_goes_away(place: Path) -> None:
    """Where nobody reads the complaint either, the run ends all the same."""
    end, start = os.pipe()
    os.close(end)
    with open(start, "wb") as nobody:  # noqa: PTH123 - no path
        done = subprocess.run([*COMMAND, "check", place], stdout=nobody, stderr=nobody, check=False)
    assert done.returncode == 2


def test_interruption(place: Path) -> None:
    """Ctrl-C ends a run with one line and exit status 2."""
    with subprocess.Popen(
        [*COMMAND, "check", place / "a-valid.json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("valid: ")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 2
    assert stdout == ""
    assert is_one_line(stderr)
    assert "interrupted" in stderr


def on_terminal(place: Path, **changes: str) -> str:
    """What a terminal gets of a check."""
    reader, terminal = pty.openpty()
    try:
        subprocess.run([*COMMAND, "check", place], stdout=terminal, env=environment(**changes), check=False)
        os.close(terminal)
        pieces: list[bytes] = []
        while True:
            try:
                piece = os.read(reader, 1 << 16)
            except OSError:  # the terminal is gone, and nothing is left to be read
                break
            if not piece:
                break
            pieces.append(piece)
    finally:
        os.close(reader)
    return b"".join(pieces).decode()


def test_colour(place: Path) -> None:
    """Colours are for terminals that show them, and for people who want them."""
    (place / "c-invalid.json").write_text(INVALID.replace("usd", "\x1b"), encoding="utf-8")
    plain = subprocess.run([*COMMAND, "check", place], capture_output=True, text=True, env=environment(), check=False)
    assert "\x1b" not in plain.stdout
    assert "\x1b[31m" in on_terminal(place)
    assert "\x1b" not in on_terminal(place, NO_COLOR="1")
    assert "\x1b" not in on_terminal(place, TERM="dumb")
    assert "\x1b[31m" in on_terminal(place, NO_COLOR="")


def test_output_that_knows_few_characters(place: Path) -> None:
    """What an output cannot encode is escaped."""
    (place / "東.json").write_text(VALID, encoding="utf-8")
    env = environment(PYTHONIOENCODING="latin-1")
    done = subprocess.run([*COMMAND, "check", place / "東.json"], capture_output=True, env=env, check=False)
    assert b"\\u6771.json" in done.stdout
    assert done.returncode == 0


# -- the commands


def every_command() -> list[tuple[str, ...]]:
    """The words of each command and group."""
    words: list[tuple[str, ...]] = [()]
    context = click.Context(main)
    for name in sorted(COMMANDS):
        words.append((name,))
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            words += [(name, inner) for inner in sorted(command.commands)]
    return words


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_help(words: tuple[str, ...]) -> None:
    """The help of every command has an example of that command, and every option is explained or lists its values."""
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert f"Example: {' '.join(('usagecompat', *words))} " in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_summary(name: str) -> None:
    """What the list of commands says of one is the first sentence of its own help."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert cleandoc(command.help or "").startswith(COMMANDS[name][1]), "cli/commands.py says something else"
    assert f"{name} " in run("--help").stdout


def test_without_a_command() -> None:
    """Without a command there is help, and exit status 2."""
    result = run()
    assert "Commands:" in result.output
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("args", "heavy"),
    [
        (["--help"], ["usagecompat.contract.records", "usagecompat.cli.check", "json", "gzip"]),
        (
            ["check", "-"],
            ["hypothesis", "jsonschema", "pytest", "cattrs", "backports.zstd", "usagecompat.corpus.selection"],
        ),
        (
            ["revisions"],
            ["usagecompat.contract.records", "hypothesis", "jsonschema", "usagecompat.contract.json_schema"],
        ),
    ],
    ids=" ".join,
)
def test_start_is_light(args: list[str], heavy: list[str]) -> None:
    """A command imports what it needs and no more."""
    program = (
        "import sys\nfrom usagecompat.cli import main\n"
        f"try:\n    main({args!r})\nexcept SystemExit:\n    print('loaded:', sorted({{*{heavy!r}}} & {{*sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", program], input=VALID, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_revisions() -> None:
    """`revisions` has a line for each revision, oldest first, and the same as JSON."""
    text, listed = run("revisions").stdout, json.loads(run("revisions", "--format", "json").stdout)
    assert tuple(line.split()[0] for line in text.splitlines()) == usagecompat.REVISIONS
    assert tuple(row["revision"] for row in listed) == usagecompat.REVISIONS
    for line, row in zip(text.splitlines(), listed, strict=True):
        assert row["brought"] in line
        assert line.endswith(row["source"])


@pytest.mark.parametrize("draft", ["2020-12", "draft-07"])
@pytest.mark.parametrize("profile", ["served", "published"])
@pytest.mark.parametrize("shape", ["page", "bucket", "result", "CostsResult"])
def test_schema(shape: str, profile: str, draft: str) -> None:
    """`schema` prints what the function of that name gives."""
    options = ("--revision", "2025-02-10", "--profile", profile, "--draft", draft)
    printed = json.loads(run("schema", shape, *options).stdout)
    assert printed == usagecompat.schema(shape, "2025-02-10", draft, profile)


def test_schema_default() -> None:
    """Without a shape it is the bucket, by the letter of the newest revision."""
    assert json.loads(run("schema").stdout) == usagecompat.schema("bucket")


def test_schema_files(tmp_path: Path) -> None:
    """What `schema --write` has written `schema --check` finds right, until somebody changes or removes it."""
    schemas = tmp_path / "schemas"
    assert run("schema", "--check", cwd=tmp_path).exit_code == 1
    assert run("schema", "--write", cwd=tmp_path).exit_code == 0
    assert run("schema", "--check", cwd=tmp_path).stdout == ""
    assert run("schema", "--check", schemas).exit_code == 0
    (schemas / "latest.json").write_text("{}\n", encoding="utf-8")
    (schemas / "LOCK.json").unlink()
    result = run("schema", "--check", schemas)
    assert sorted(result.stdout.splitlines()) == [str(schemas / "LOCK.json"), str(schemas / "latest.json")]
    assert f"usagecompat schema --write {schemas}" in result.stderr
    assert result.exit_code == 1


def test_fixtures_list() -> None:
    """`fixtures list` lists the cases that the options leave, and the same as JSON."""
    options = ("--shape", "result", "--verdict", "acceptable")
    text = run("fixtures", "list", *options).stdout
    listed = [json.loads(line) for line in run("fixtures", "list", *options, "--format", "json").stdout.splitlines()]
    assert listed
    assert [line.split()[0] for line in text.splitlines()] == [row["id"] for row in listed]
    assert {(row["shape"], row["verdict"]) for row in listed} == {("result", "acceptable")}
    assert all(Path(row["payload"]).is_file() for row in listed)


def test_fixtures_copy(tmp_path: Path) -> None:
    """A copy of the corpus has every file of it, byte for byte, and is never written over."""
    copy = tmp_path / "copy"
    assert run("fixtures", "copy", copy).exit_code == 0
    assert {case.id: case.payload for case in cases(root=copy)} == {case.id: case.payload for case in cases()}
    assert (copy / "manifest.json").read_bytes() == (packaged() / "manifest.json").read_bytes()
    assert is_one_line(run("fixtures", "copy", copy).stderr)


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """A corpus of one case."""
    case = next(case for case in cases() if not case.flags)
    for path in (case.path, case.payload_path):
        copy = tmp_path / "small" / case.topic / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return tmp_path / "small"


def test_fixtures_lint(small_corpus: Path) -> None:
    """`fixtures lint` says what has to be fixed in a corpus, and its exit status says whether anything is."""
    run("fixtures", "manifest", small_corpus, "--write")
    right = run("fixtures", "lint", small_corpus)
    assert (right.stdout, right.exit_code) == ("", 0)
    (payload,) = (path for path in small_corpus.rglob("*/*.json") if not path.name.endswith(".case.json"))
    payload.write_bytes(b"")
    broken = run("fixtures", "lint", small_corpus)
    assert str(payload) in broken.stdout
    assert broken.exit_code == 1


def test_fixtures_manifest(small_corpus: Path) -> None:
    """`fixtures manifest` prints what the manifest must say, and with `--write` it does."""
    printed = run("fixtures", "manifest", small_corpus).stdout
    assert not (small_corpus / "manifest.json").exists()
    assert len(json.loads(printed)["cases"]) == 1
    assert run("fixtures", "manifest", small_corpus, "--write").exit_code == 0
    assert (small_corpus / "manifest.json").read_text("utf-8") == printed


@pytest.mark.parametrize("command", [["revisions"], ["fixtures", "list"], ["fixtures", "list", "--format", "json"]])
def test_lists_end_where_their_reader_has_enough(command: list[str]) -> None:
    """A list of which only the beginning is read ends well, and says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", "usagecompat", *command], stdout=output, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_unwrap(tmp_path: Path) -> None:
    """`--unwrap` checks what is inside saved exchanges, under the name of the file and the place in it."""
    exchange = {"status": 200, "body": {"object": "organization.costs.result", "amount": 5}}
    (tmp_path / "saved.json").write_text(json.dumps(exchange))
    plain, inside = run("check", "saved.json", cwd=tmp_path), run("check", "--unwrap", "saved.json", cwd=tmp_path)
    assert "check --unwrap" in plain.stdout
    assert "saved.json#/body:1:39: error schema/wrong-type /amount" in inside.stdout
    assert (plain.exit_code, inside.exit_code) == (1, 1)


@pytest.mark.parametrize("indent", [1, 2, 4])
def test_one_document_over_many_lines_is_said_once(tmp_path: Path, indent: int) -> None:
    """A pretty-printed document in place of lines is one message, and exit status 2."""
    page = {"object": "page", "data": [], "has_more": False, "next_page": None}
    (tmp_path / "page.ndjson").write_text(json.dumps(page, indent=indent))
    result = run("check", "page.ndjson", cwd=tmp_path)
    assert result.exit_code == 2
    assert result.stderr.count("one JSON document over many lines") == 1
    assert result.stdout == ""


def test_broken_lines_are_still_lines(tmp_path: Path) -> None:
    """A first line that is cut off is one invalid payload, and the others are checked."""
    line = '{"object": "organization.costs.result"}'
    (tmp_path / "lines.ndjson").write_text(f'{{"object": {{\n{line}\n{line}')
    result = run("check", "lines.ndjson", cwd=tmp_path)
    assert "2 valid" in result.stderr
    assert "1 invalid" in result.stderr


@pytest.mark.parametrize("extension", [".gz", ".zst"])
def test_plain_text_under_the_name_of_compressed_data(tmp_path: Path, extension: str) -> None:
    """Text that is not compressed is called that, without any bytes as Python prints them."""
    (tmp_path / f"page.json{extension}").write_text("{}")
    result = run("check", f"page.json{extension}", cwd=tmp_path)
    assert result.exit_code == 2
    assert "plain text" in result.stderr
    assert "b'" not in result.stderr
