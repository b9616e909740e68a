"""`usagecompat completion`, and what is offered for each option and argument; `interop/` has the shells themselves."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

import click
import pytest
from click.shell_completion import CompletionItem, ShellComplete
from click.testing import CliRunner, Result

from usagecompat.cli import main
from usagecompat.corpus import packaged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OFFERED: Final = ("FILE", "PATH", "CODE", "ID", "RESULT", "IN...")
"""Words in what help calls a value: of each such value something can be offered."""


def run(*args: str) -> Result:
    """One run of the command."""
    return CliRunner().invoke(main, args, prog_name="usagecompat")


def offered(*line: str) -> list[CompletionItem]:
    """What a shell is offered for the last word of a line."""
    *args, incomplete = line
    return ShellComplete(main, {}, "usagecompat", "_USAGECOMPAT_COMPLETE").get_completions(args, incomplete)


def words(*line: str) -> list[str]:
    """The words of that."""
    return [str(item.value) for item in offered(*line)]


def parameters(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Parameter]]:
    """Every parameter of every command, with the command."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from parameters(command, (*path, name))
        else:
            yield from (((*path, name), parameter) for parameter in command.params)


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_script(shell: str) -> None:
    """Each shell gets a script that asks the command."""
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_USAGECOMPAT_COMPLETE={shell}_complete" in result.stdout


def test_zsh_keeps_its_function() -> None:
    """The function of zsh has the name of its file, or the second Tab would complete nothing."""
    assert run("completion", "zsh").stdout.count("\n_usagecompat() {\n") == 1


@pytest.mark.parametrize("args", [(), ("powershell",), ("bash", "zsh"), ("bash", "--json")])
def test_misuse(args: tuple[str, ...]) -> None:
    """Any other shell, none or two are misuse, told in one line."""
    result = run("completion", *args)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("ru",), ["run"]),
        (("--v",), ["--version"]),
        (("fixtures", "li"), ["lint", "list"]),
        (("explain", "wire/amount"), ["wire/amount-as-string"]),
        (("explain", "archive/"), None),
        (("check", "--ignore", "wire/amount"), ["wire/amount-as-string"]),
        (("check", "--ignore", "client/"), []),
        (("scan", "--ignore=wire/amount"), ["wire/amount-as-string"]),
        (("check", "--revision", "2026-10-1"), ["2026-10-14"]),
        (("check", "--revision", "draft.json"), ["draft.json"]),
        (("convert", "--to", "f"), ["flat"]),
        (("convert", "--to", "2024-12-1"), ["2024-12-16"]),
        (("convert", "--to", "x.json"), ["x.json"]),
        (("convert", "--to", ""), None),
        (("revisions", "diff", "2024-12-16", "2025-02"), ["2025-02-10"]),
        (("check", "recorded/"), ["recorded/"]),
        (("run", "--adapter", "python-j"), ["python-json"]),
        (("run", "--paging", "--adapter", "python-"), ["python-urllib"]),
        (("matrix", "--adapter", "python-j"), ["python-json"]),
        (("adapters", "install", "go-o"), ["go-openai"]),
        (("adapters", "new", "ru"), ["rust"]),
        (("run", "-k", "deviations/amount-number-1"), ["deviations/amount-number-17-digits"]),
        (("run", "--set", ""), ["core", "full", "smoke"]),
        (("fixtures", "list", "--set", "s"), ["smoke"]),
        (("fixtures", "new", "--flag", "arith"), ["arithmetic"]),
        (("fixtures", "new", "--code", "wire/amount"), ["wire/amount-as-string"]),
        (("fixtures", "mutants", "--family", "drop"), None),
        (("fixtures", "coverage", "--topic", "rul"), ["rule"]),
        (("probe", "--endpoint", "cos"), ["costs"]),
        (("scan", "--group", "project"), ["project_id"]),
        (("serve", "--scenario", "string-am"), ["string-amounts"]),
        (("schema", "CostsResultA"), ["CostsResultAmount"]),
        (("completion", ""), ["bash", "fish", "zsh"]),
        (("nonsense", ""), None),
        (("explain", "no/such"), []),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_offered(line: tuple[str, ...], expected: list[str] | None) -> None:
    """Each word is completed by what the command itself takes; where there are many, all begin as it does."""
    found = words(*line)
    if expected is None:
        assert found
        assert all(word.startswith(line[-1]) for word in found)
    else:
        assert found == expected


def test_ids_of_a_corpus_of_ones_own(tmp_path: Path) -> None:
    """Ids come from the corpus that the line names."""
    manifest = '{"cases": [{"id": "mine/one", "sha256": "0", "sets": ["full", "own"]}]}'
    (tmp_path / "manifest.json").write_text(manifest, "utf-8")
    assert words("fixtures", "update", str(tmp_path), "") == ["mine/one"]
    assert words("run", "--corpus", str(tmp_path), "-k", "") == ["mine/one"]
    assert words("run", "--corpus", str(tmp_path), "--set", "") == ["full", "own"]


def test_ids_of_saved_failures(tmp_path: Path) -> None:
    """`replay` offers the cases that were saved, with the codes for which they failed."""
    place = str(tmp_path / "failures")
    run("run", "--client", "oneshot:false", "-k", "members/amount-zero", "--probes", "none", "--save-failures", place)
    assert words("replay", place, "--case", "") == ["members/amount-zero"]
    assert [item.help for item in offered("replay", place, "--case", "")] == ["client/refused-valid"]


@pytest.mark.parametrize("text", ["", "[]", '{"cases": 1}', '{"cases": [1]}', "\x00"])
def test_a_damaged_corpus(text: str, tmp_path: Path) -> None:
    """Of a manifest that cannot be read nothing is offered, and nothing is printed over the line."""
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    assert words("fixtures", "update", str(tmp_path), "") == []
    assert words("run", "--corpus", str(tmp_path), "--set", "") == []


def test_words_have_explanations() -> None:
    """Commands, codes, adapters and scenarios have a word of explanation, which zsh and fish show beside them."""
    for line in (("ru",), ("explain", "wire/"), ("adapters", "install", ""), ("serve", "--scenario", "")):
        found = offered(*line)
        assert found
        assert all(item.help for item in found)


def test_every_value() -> None:
    """Every option and argument that takes a file, a code or an id offers something."""
    context = click.Context(main, resilient_parsing=True)
    context.params = {"directory": packaged()}
    silent = [
        (*path, parameter.opts[0])
        for path, parameter in parameters(main)
        if any(word in (parameter.metavar or "") for word in OFFERED)
        and path[:2] != ("fixtures", "new")  # whose id must be a new one
        and "=" not in (parameter.metavar or "")  # no shell completes behind the sign
        and not parameter.shell_complete(context, "")
    ]
    assert silent == []


def test_commands_are_not_imported() -> None:
    """To complete the name of a command, no command is imported."""
    program = (
        "import sys; from usagecompat.cli import main; from click.shell_completion import ShellComplete;"
        "assert len(ShellComplete(main, {}, 'u', 'U').get_completions([], '')) > 15;"
        "print([n for n in sys.modules if n.startswith('usagecompat.') and n.count('.') > 1])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "usagecompat.cli.check" not in done.stdout
    assert "usagecompat.cli.run" not in done.stdout


def test_packaged_ids_are_quick_to_find() -> None:
    """Ids are read from the manifest, and no case is."""
    assert (
        len(words("run", "-k", ""))
        == len([*packaged().joinpath("manifest.json").read_text("utf-8").split('"id":')]) - 1
    )
