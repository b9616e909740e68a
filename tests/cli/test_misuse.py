"""What every command says of input that makes no sense: words for people, and the name that may be meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click
import pytest
from click.testing import CliRunner, Result

from usagecompat.cli import main
from usagecompat.cli.commands import COMMANDS, KITS_FAULT
from usagecompat.suggestions import closest, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

REPRS: Final = re.compile(
    r"<[A-Z]\w*\.\w+: |<class |<function | object at 0x|\bb['\"]|(?:Posix|Windows)Path\(|Traceback|"
    r"(?:frozenset|dict_keys|OrderedDict|mappingproxy|Sentinel)\(|\bUNSET\b"
)
"""How Python prints what is no text."""
NOWHERE: Final = {
    "adapters install": ["no-such-adapter"],
    "adapters new": ["no-such-language", "made"],
    "adapters remove": ["no-such-adapter"],
    "check": ["nothing.json"],
    "compare": ["nothing.json", "nothing.json"],
    "convert": ["nothing.json"],
    "explain": ["no/such-code"],
    "fixtures about": ["--check", "nothing.md"],
    "fixtures copy": ["taken"],
    "fixtures lint": ["nothing"],
    "fixtures list": ["nothing"],
    "fixtures coverage": ["nothing"],
    "fixtures mutants": ["nothing"],
    "fixtures sets": ["nothing"],
    "fixtures manifest": ["nothing"],
    "fixtures pack": ["taken"],
    "fixtures update": ["nothing"],
    "fixtures faults": ["--check", "nothing.md"],
    "fixtures new": ["nothing", "--no-ask"],
    "fuzz": ["--client", "./no-such-program", "--corpus", "taken"],
    "matrix": ["--client", "./no-such-program", "--corpus", "taken"],
    "probe": ["http://127.0.0.1:9/v1"],
    "redact": ["nothing.json", "--out", "made"],
    "replay": ["nothing"],
    "revisions diff": ["nothing.json", "nothing.yaml"],
    "revisions import": ["nothing.yaml"],
    "run": ["--client", "./no-such-program", "--corpus", "taken"],
    "scan": ["nothing.json"],
    "schema": ["no-such-shape"],
    "serve": ["--list"],
}
"""Arguments with which each command fails soon."""
BAD: Final = ("nope", "", "-1", "1e999", "nothing/at/all.json", "taken", "x=y", "\x1b[2J", "9" * 400, "\udcff")
SLOW: Final = {
    "adapters list",
    "fixtures about",
    "fixtures faults",
    "fixtures mutants",
    "fixtures sets",
    "fixtures coverage",
    "fixtures lint",
}
"""Commands that look at much whatever else is said."""


def every_command() -> dict[str, click.Command]:
    """Each command under its words."""
    found: dict[str, click.Command] = {}
    context = click.Context(main)
    for name in sorted(COMMANDS):
        command = main.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": command.commands[inner] for inner in sorted(command.commands)}
    return found


EVERY: Final = every_command()


def run(*args: str) -> Result:
    """One run of the command."""
    return CliRunner().invoke(main, args, prog_name="usagecompat")


def is_told_to_people(result: Result) -> None:
    """Nothing is printed that only Python understands, and nothing is blamed on the kit."""
    assert result.exit_code in {0, 1, 2}
    assert result.exception is None or isinstance(result.exception, SystemExit)
    output = result.stdout + result.stderr
    assert KITS_FAULT not in output
    assert not REPRS.search(output), REPRS.search(output)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with one file that nobody can use."""
    (tmp_path / "taken").write_text("x", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    return tmp_path


@pytest.mark.parametrize("words", EVERY)
def test_bad_values(words: str) -> None:
    """Every option of every command gets values that make no sense, and too many arguments come at the end."""
    command = EVERY[words]
    base = [*words.split(), *NOWHERE.get(words, [])]
    for option in command.params:
        if not isinstance(option, click.Option) or option.is_flag or (words == "serve" and option.name == "key"):
            continue
        for value in BAD if words not in SLOW else ("nope", "\x1b[2J"):
            if words in SLOW and (isinstance(option.type, click.IntRange) or option.name in {"write", "check", "into"}):
                continue
            given = [option.opts[0], *[value] * option.nargs]
            is_told_to_people(run(*base, *given))
    if words not in SLOW:
        is_told_to_people(run(*base, *["one too many"] * 4))


@pytest.mark.parametrize("words", EVERY)
def test_misspelt_options(words: str) -> None:
    """The option is named that is nearest to one that does not exist."""
    for option in EVERY[words].params:
        for name in option.opts:
            if isinstance(option, click.Option) and len(name) > 5:
                result = run(*words.split(), f"{name[:-2]}{name[-1]}x")
                assert result.exit_code == 2
                # Versions of click differ in whether they put names into quotes.
                hint = result.stderr.lower().partition("no such option")[2].partition("see:")[0]
                assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", hint), result.stderr
                is_told_to_people(result)


@pytest.mark.parametrize("words", EVERY)
def test_misspelt_commands(words: str) -> None:
    """The command is named that is nearest to one that does not exist, in groups too."""
    *group, name = words.split()
    result = run(*group, f"{name[0]}{name[2:]}")
    assert result.exit_code == 2
    assert f"Did you mean '{name}'?" in result.stderr
    is_told_to_people(result)


def test_commands_of_groups() -> None:
    """A command of a group is named where it was asked for without the group; nothing is, where nothing is near."""
    assert "Did you mean 'fixtures lint'?" in run("lint").stderr
    assert "Did you mean 'adapters install'?" in run("instal").stderr
    assert "Did you mean" not in run("validate").stderr


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (["explain", "amount-as-string"], "wire/amount-as-string"),
        (["explain", "RULE/Unordered"], "rule/unordered-buckets"),
        (["explain", "wir"], "wire"),
        (["explain", "archive/unreadible"], "archive/unreadable"),
        (["check", "x", "--ignore", "rule/reverse-buckets"], "rule/unordered-buckets"),
        (["serve", "--scenario", "string-amount"], "string-amounts"),
        (["serve", "--scenario", "error-on-page-2:htm"], "html"),
        (["scan", "x", "--group", "projectid"], "project_id"),
        (["schema", "costsresult"], "CostsResult"),
        (["fixtures", "list", "--set", "smol"], "smoke"),
        (["fixtures", "coverage", "--topic", "rul"], "rule"),
        (["fixtures", "mutants", "--family", "amuont"], "amount"),
        (["run", "--adapter", "pyhton-json"], "python-json"),
        (["adapters", "install", "pyhton-json"], "python-json"),
        (["adapters", "new", "pyton", "x"], "python"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_names(args: list[str], meant: str) -> None:
    """Codes, scenarios, sets, topics and other names get a suggestion from the list that they are of."""
    result = run(*args)
    assert result.exit_code == 2
    assert f"did you mean '{meant}'?" in result.stderr
    is_told_to_people(result)


@pytest.mark.parametrize("name", ["wire", "wire/", "wire/*", "WIRE"])
def test_explain_lists_a_group(name: str) -> None:
    """The first part of codes stands for all of them."""
    text, other = run("explain", name), run("explain", name, "--format", "json")
    assert text.exit_code == other.exit_code == 0
    assert "wire/amount-as-string" in text.stdout
    assert "rule/" not in text.stdout
    assert '"code": "wire/amount-as-string"' in other.stdout
    assert '"code": "rule/' not in other.stdout


@pytest.mark.parametrize("group", ["json", "schema", "record", "rule", "client", "convert", "server", "archive"])
def test_every_group_is_explained(group: str) -> None:
    """Each group has a sentence and its codes."""
    lines = run("explain", group).stdout.splitlines()
    assert lines[0].startswith(f"{group}: ")
    assert lines[1].startswith(f"  {group}/")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ["run", "--timeout", "soon"],
            "Invalid value for '--timeout': 'soon' is no number. See: ",
        ),
        (["scan", "x", "--jobs", "two"], "'two' is no whole number. See: "),
        (["probe", "http://x", "--rate", "fast"], "'fast' is no number. See: "),
        (["completion"], "Choose from: bash, fish, zsh. See: "),
    ],
)
def test_sentences(args: list[str], told: str) -> None:
    """A text where a number belongs, and a missing argument, are told in a sentence that ends as one."""
    result = CliRunner().invoke(main, args)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert told in result.stderr


def test_closest() -> None:
    """Case, dashes and underscores do not matter; an odd or long name is nobody's."""
    assert closest("INPUT-TOKENS", ["input_tokens", "x"]) == "input_tokens"
    assert closest("", ["a"]) is None
    assert closest("x" * 10_000, ["x" * 10_000]) is None
    assert did_you_mean("qqqq", ["abc"]) == ""
