"""What `[tool.usagecompat]` gives to commands, and how it is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.cli.commands import COMMANDS
from usagecompat.configuration import KEYS, find
from usagecompat.contract import LATEST
from usagecompat.corpus import folder

if TYPE_CHECKING:
    from click.testing import Result

ROOT: Final = Path(__file__).resolve().parents[2]
SCHEMA: Final = json.loads((folder("schemas") / "config.json").read_text("utf-8"))
CLIENT: Final = """
import base64, json, sys
for line in sys.stdin:
    message = json.loads(line)
    if "stop" in message:
        break
    if "start" in message:
        told = {"started": {"version": 1, "client": {"name": "mine"}}}
    else:
        told = {"decoded": {name: message["run"].get(name) or message["run"]["case"][name] for name in ("seq", "payload")}}
    print(json.dumps(told), flush=True)
"""
FEW: Final = ["-k", "kinds/costs", "--probes", "none"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of a project, with a client and a payload, in which we are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "client.py").write_text(CLIENT)
    (tmp_path / "amount.json").write_text(
        '{"object": "organization.costs.result", "amount": {"value": "1.5", "currency": "usd"}}'
    )
    return tmp_path


def configure(project: Path, *lines: str) -> None:
    """Write the table."""
    (project / "pyproject.toml").write_text("\n".join(["[tool.usagecompat]", *lines]))


def command(*arguments: str) -> Result:
    """What comes of a command."""
    return CliRunner().invoke(main, [*arguments])


def mine(name: str = "mine") -> str:
    """The client of these tests, as a text in TOML."""
    return json.dumps(f"{name}={sys.executable} client.py")


def test_every_command_takes_what_it_has_an_option_for(project: Path) -> None:
    """`check` takes the ignored codes and the revision, and says so once on standard error."""
    assert "wire/amount-as-string" in command("check", "amount.json").stdout
    configure(project, 'ignore = ["wire/amount-as-string"]', 'revision = "2026-08-21"', 'require = "open"')
    result = command("check", "amount.json")
    assert "wire/amount-as-string" not in result.stdout
    assert "2026-08-21" in result.stdout
    assert result.stderr.count("pyproject.toml adds --ignore wire/amount-as-string --revision 2026-08-21") == 1


def test_command_line_wins(project: Path) -> None:
    """An option of the command line replaces what the table says of it, and no other."""
    configure(project, 'ignore = ["wire/amount-as-string"]', 'revision = "2026-08-21"')
    result = command("check", "amount.json", "--revision", "2026-10-21")
    assert "2026-10-21" in result.stdout
    assert "wire/amount-as-string" not in result.stdout
    assert "--revision" not in result.stderr
    assert "wire/" in command("check", "amount.json", "--ignore", "json/duplicate-member").stdout


def test_run_takes_the_client(project: Path) -> None:
    """`run` needs no option where the table has one client; what counts below is the table's level."""
    configure(project, f"clients = [{mine()}]", 'require = "lexical"')
    result = command("run", *FEW, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["name"], told["required"]) == (0, "mine", "LEXICAL")
    assert "--require lexical" in result.stderr


def test_several_clients(project: Path) -> None:
    """Of several clients `run` wants one, by its name, and `matrix` runs all."""
    configure(project, f"clients = [{mine()}, {mine('other')}]")
    refused = command("run", *FEW)
    assert refused.exit_code == 2
    assert "has several clients; choose one: --client mine, --client other." in refused.stderr
    assert json.loads(command("run", "--client", "other", *FEW, "--json").stdout)["name"] == "other"
    told = json.loads(command("matrix", *FEW, "--json").stdout)
    assert [one["name"] for one in told["clients"]] == ["mine", "other"]


def test_other_clients_replace_the_table(project: Path) -> None:
    """Who gives a client, an adapter or a file with results means no client of the table."""
    configure(project, f"clients = [{mine()}]")
    told = json.loads(command("run", "--client", f"x={sys.executable} client.py", *FEW, "--json").stdout)
    assert told["name"] == "x"
    (project / "x.json").write_text(json.dumps(told))
    result = command("matrix", "x.json", *FEW, "--json")
    assert [one["name"] for one in json.loads(result.stdout)["clients"]] == ["x"]
    assert "--client" not in result.stderr
    assert "no-such-adapter" in command("run", "--adapter", "no-such-adapter").stderr


def test_setup_of_the_table(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`setup` is run beside the file before clients are asked, and not for files with results; its failure ends the run."""
    (project / "below").mkdir()
    configure(project, f"clients = [{mine()}]", 'setup = "echo done >> setup.txt"', "setup-timeout = 30")
    monkeypatch.chdir(project / "below")
    result = command("run", *FEW, "--also", "json=result.json")
    assert "adds --client" in result.stderr
    assert "--setup 'echo done >> setup.txt' --setup-timeout 30" in result.stderr
    assert (project / "setup.txt").read_text() == "done\n"
    assert "setup" not in command("matrix", "result.json", *FEW).stderr
    assert "setup" not in command("check", "../amount.json").stderr
    assert (project / "setup.txt").read_text() == "done\n"
    command("run", *FEW, "--setup", "echo other > setup.txt")
    assert (project / "below" / "setup.txt").read_text() == "other\n"
    configure(project, f"clients = [{mine()}]", 'setup = "exit 3"')
    failed = command("run", *FEW)
    assert (failed.exit_code, "--setup ended with exit status 3" in failed.stderr) == (2, True)


def test_below_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a directory of the project the file counts too; its paths, and the commands of its clients, start beside it."""
    (project / "known.txt").write_text("kinds/costs-full # it fails\n")
    (project / "below").mkdir()
    configure(project, f"clients = [{mine()}]", 'expected = "known.txt"', 'corpus = "amount.json"')
    monkeypatch.chdir(project / "below")
    result = command("run", "--probes", "none")
    assert str(project / "known.txt") in result.stderr
    assert "BYTES" in result.stdout


def test_nearest_file_with_the_table(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A nearer file without the table is passed over, and one with it hides those above."""
    inner = project / "a" / "b"
    inner.mkdir(parents=True)
    configure(project, 'revision = "2026-08-21"')
    (project / "a" / "pyproject.toml").write_text('[project]\nname = "usagecompat-client"')
    monkeypatch.chdir(inner)
    found = find()
    assert found is not None
    assert found.path == project / "pyproject.toml"
    configure(project / "a", 'require = "open"')
    found = find()
    assert found is not None
    assert dict(found.values) == {"require": "open"}


def test_other_file_and_none(project: Path) -> None:
    """`--config` names another file, `--no-config` leaves all out, and both stand before the command."""
    configure(project, 'revision = "2026-08-21"')
    (project / "ci.toml").write_text('[tool.usagecompat]\nrevision = "2026-07-15"')
    assert "2026-07-15" in command("--config", "ci.toml", "check", "amount.json").stdout
    without = command("--no-config", "check", "amount.json")
    assert LATEST in without.stdout
    assert "pyproject.toml" not in without.stderr
    both = command("--no-config", "--config", "ci.toml", "check", "amount.json")
    assert (both.exit_code, "no-config says that there is none" in both.stderr) == (2, True)
    behind = command("check", "amount.json", "--no-config")
    assert (behind.exit_code, "stands before the command" in behind.stderr) == (2, True)
    (project / "none.toml").write_text("")
    none = command("--config", "none.toml", "check", "amount.json")
    assert (none.exit_code, "it has no table [tool.usagecompat]" in none.stderr) == (2, True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('requires = "open"', "at 'requires': there is no such key; did you mean 'require'? the keys are clients,"),
        ('fail_on = "note"', "did you mean 'fail-on'?"),
        ("require = 3", "at 'require': it takes a level such as \"open\", not 3"),
        ('require = "opem"', "at 'require': Invalid value for '--require': 'opem' is not one of"),
        ('ignore = "wire/amount-as-string"', "at 'ignore': it takes a list of finding codes such as"),
        ('ignore = ["wire/no-such"]', "at 'ignore': Invalid value for '--ignore': there is no finding code"),
        ("clients = [1]", "at 'clients': it takes a list of clients such as"),
        ("clients = {a = 1}", "not a table"),
        ('clients = ["a=x", "b=x", "a=y"]', "at 'clients': two clients have the name 'a'; give each one of its own"),
        ("jobs = 0", "at 'jobs': it takes a whole number above zero, not 0"),
        ("jobs = true", "not true"),
        ("timeout = nan", "at 'timeout': it takes a number of seconds above zero, not nan"),
        ("timeout = -1", "at 'timeout': it takes a number of seconds above zero, not -1"),
        ('allow-skips = "yes"', "at 'allow-skips': it takes true or false, not 'yes'"),
        ('corpus = "nowhere"', "at 'corpus': Invalid value for '--corpus': Path 'nowhere' does not exist"),
        ('set = "a\\u0000b"', "at 'set': it takes the name of a set"),
        ('revision = "2020-01-01"', "at 'revision': Invalid value for '--revision'"),
        ("x = ", "it is not TOML: "),
        ("\x00", "it is not TOML: "),
    ],
)
def test_bad_values(project: Path, line: str, told: str) -> None:
    """What cannot be used is refused with the file, the key and what it takes."""
    configure(project, line)
    name = "check" if line.startswith(("ignore", "fail")) else "run"
    result = command(name, *(["amount.json"] if name == "check" else ["--client", "x"]))
    assert result.exit_code == 2, result.output
    assert f"{project / 'pyproject.toml'}: [tool.usagecompat]" in result.stderr
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_table_that_is_none(project: Path) -> None:
    """A value where the table belongs is refused; a value where `tool` belongs is not ours."""
    (project / "pyproject.toml").write_text("[tool]\nusagecompat = 3")
    assert "it must be a table" in command("check", "amount.json").stderr
    (project / "pyproject.toml").write_text("tool = 'usagecompat'")
    assert command("check", "amount.json").exit_code == 0


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[broken", b"[" * 100_000])
def test_files_of_others_are_harmless(project: Path, content: bytes) -> None:
    """A file that does not name the kit is nobody's fault, whatever is in it; one that does is refused in one line."""
    (project / "pyproject.toml").write_bytes(content)
    assert command("check", "amount.json").exit_code == 0
    (project / "pyproject.toml").write_bytes(b"# usagecompat\n" + content)
    result = command("check", "amount.json")
    assert result.exit_code == 2
    assert "it is not TOML" in result.stderr
    assert "--no-config before the command leaves the file out" in result.stderr
    assert command("--no-config", "check", "amount.json").exit_code == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_no_file_at_all(project: Path) -> None:
    """A directory or a pipe of that name is no file, and nothing waits for it."""
    os.mkfifo(project / "pyproject.toml")
    assert command("check", "amount.json").exit_code == 0


def test_escapes(project: Path) -> None:
    """What a terminal obeys is escaped in what is said of the file."""
    configure(project, '"\\u001b[2J" = 1')
    assert "\x1b" not in command("check", "amount.json").stderr


def test_schema(project: Path) -> None:
    """`schemas/config.json` has the keys that the kit knows, and takes what the kit takes."""
    table = SCHEMA["$defs"]["table"]
    assert list(table["properties"]) == list(KEYS)
    Draft202012Validator.check_schema(SCHEMA)
    check = Draft202012Validator(SCHEMA)
    configure(
        project,
        *(
            'clients = ["a=b"]',
            'adapters = ["c"]',
            'corpus = "d"',
            'set = "full"',
            'expected = "e"',
            'require = "open"',
        ),
        *(
            'probes = "all"',
            "timeout = 2.5",
            'setup = "make"',
            "setup-timeout = 9.5",
            "jobs = 2",
            "allow-skips = true",
            'revision = "2026-08-21"',
        ),
        *('profile = "served"', 'ignore = ["wire/amount-as-string"]', 'fail-on = "note"'),
    )
    document = tomllib.loads((project / "pyproject.toml").read_text())
    assert check.is_valid(document)
    found = find()
    assert found is not None
    assert list(found.values) == list(KEYS)
    for key, wrong in [
        ("require", 3),
        ("clients", "x"),
        ("jobs", 0),
        ("requires", "open"),
        ("timeout", -1),
        ("setup", 1),
        ("setup-timeout", 0),
    ]:
        assert not check.is_valid({"tool": {"usagecompat": {key: wrong}}})
    assert check.is_valid({"project": 3, "tool": {"other": 4}})


def test_every_key_is_an_option() -> None:
    """Each key stands for an option that some command has, and its text is in docs/configuration.md."""
    context = click.Context(main)
    options = {
        option
        for name in COMMANDS
        if (found := main.get_command(context, name))  # type: ignore[attr-defined]
        for param in found.params
        for option in param.opts
    }
    assert {key.option for key in KEYS.values()} <= options
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")] == list(KEYS)


def test_nothing_is_read_without_need(tmp_path: Path) -> None:
    """Where no file names the kit, the reader of TOML is not imported."""
    program = "import sys\nfrom usagecompat.configuration import find\nassert find() is None\nsys.exit('tomllib' in sys.modules)"
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
