"""
The command `usagecompat`: which commands there are, and how each way to fail is told.

Exit status: 0 nothing invalid, 1 something invalid or a client failed, 2 misuse or infrastructure, which takes in
an output that nobody reads to its end and an interruption.
A command's module is imported when the command is used.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from usagecompat.cli.version import hear_json, only_with_version, version_and_exit
from usagecompat.exceptions import UsageCompatError
from usagecompat.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from click.shell_completion import CompletionItem

    from usagecompat.configuration import Configuration

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "adapters": ("adapters", "List and install the programs that drive real clients."),
    "check": ("check", "Check payloads and report every finding."),
    "compare": ("compare", "Compare what a client received with what it returned."),
    "completion": ("completion", "Print the script that completes commands, options and values in SHELL."),
    "convert": ("convert", "Write payloads of one revision as payloads of another."),
    "explain": ("explain", "Explain what a finding code means and how to fix its cause."),
    "fixtures": ("fixtures", "List, copy and lint the corpus of cases."),
    "fuzz": ("fuzz", "Search for payloads that a client gets wrong, until the time is up."),
    "matrix": ("matrix", "Run several clients over the corpus and print a matrix."),
    "openapi": ("openapi", "Print the OpenAPI document of the usage and costs endpoints."),
    "probe": ("probe", "Probe a server of the usage and costs endpoints."),
    "redact": ("redact", "Redact payloads so that they can be shared."),
    "replay": ("replay", "Run failing cases again that `run --save-failures` wrote."),
    "revisions": ("revisions", "List the revisions of the published contract, compare two, or import one."),
    "run": ("run", "Run a client in any language over the corpus and report what it loses."),
    "scan": ("scan", "Scan archives of any size and print one summary."),
    "schema": ("contract", "Print the JSON Schema of a shape, or write the schema files."),
    "serve": ("serve", "Serve the usage and costs endpoints of a made-up organization."),
}
"""Where each command lives, and what it does in one sentence."""

_LONGEST_LINE: Final = 4_000
_NO_NUMBER: Final = {
    "is not a valid float range.": "is no number.",
    "is not a valid integer range.": "is no whole number.",
}
"""What click says of a text where a number belongs, and what people understand."""
_BEFORE: Final = {"--config": "--config FILE", "--no-config": "--no-config"}
"""Options of all commands, which are given before them."""
KITS_FAULT: Final = "This is a fault of usagecompat, not of your payload, your client or your command line."


class _Told(click.ClickException):
    """A failure that is told in one line."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line to standard error, if that is still there."""
        try:
            click.echo(f"usagecompat: {self.message}", file=file, err=True)  # noqa: TID251 - as click hands it over
        except OSError:
            _give_up(sys.stderr)


class Group(click.Group):
    """Commands of which the nearest is named where there is none of a name."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; misuse says which command may be meant."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            hint = did_you_mean(name, self.every(ctx)).strip().capitalize()
            raise click.UsageError(" ".join(filter(None, (f"No such command {name!r}.", hint))), ctx)
        return super().resolve_command(ctx, args)

    def every(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return self.list_commands(ctx)


class Commands(Group):
    """The commands; whatever goes wrong in one of them ends in one clear line."""

    def every(self, ctx: click.Context) -> list[str]:
        """The names of all commands, and of those in groups."""
        names = self.list_commands(ctx)
        for name in self.list_commands(ctx):
            group = self.get_command(ctx, name)
            if isinstance(group, click.Group):
                names += [f"{name} {inner}" for inner in group.list_commands(ctx)]
        return names

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """Every command's name, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"usagecompat.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's interface
        """The list of commands, for which none has to be imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; what `[tool.usagecompat]` says becomes the command's defaults."""
        name, command, rest = super().resolve_command(ctx, args)
        if name and command and not ctx.resilient_parsing and not isinstance(command, click.Group):
            found = _configuration(ctx)
            if found:
                from usagecompat.cli.configured import configured  # noqa: PLC0415 - most have no file that says something

                command = configured(command, name, ctx, found)
        return name, command, rest

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, for which none has to be imported; and options."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - needed only while something is completed

        commands = [
            CompletionItem(name, help=COMMANDS[name][1]) for name in sorted(COMMANDS) if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with misuse told in one line."""
        with _told_in_one_line():
            hear_json(ctx, args)
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's interface
        """As click does, with every failure told in one line."""
        with _told_in_one_line():
            return super().invoke(ctx)


def _configuration(context: click.Context) -> Configuration | None:
    """What a file says that is named, or that is found."""
    from usagecompat.configuration import find, read  # noqa: PLC0415 - whoever asks for help needs none

    path: Path | None = context.params["config"]
    if context.params["no_config"]:
        if path:
            raise click.UsageError("--config names a file, and --no-config says that there is none.", context)
        return None
    return read(path) if path else find()


def _place(error: click.UsageError) -> str:
    """The file and the key of a value that is wrong, if it is from a file."""
    if not isinstance(error, click.BadParameter):
        return ""
    from usagecompat.cli.configured import told_place  # noqa: PLC0415 - needed only to tell a failure

    return told_place(error)


def _misplaced(error: click.UsageError) -> str:
    """Where an option belongs that no command has, because it stands before all of them."""
    if isinstance(error, click.NoSuchOption) and error.option_name in _BEFORE:
        return f"{_BEFORE[error.option_name]} stands before the command: usagecompat {_BEFORE[error.option_name]} …"
    told = error.format_message()
    for of_click, plain in _NO_NUMBER.items():
        told = told.replace(of_click, plain)
    return told


def _sentence(text: str) -> str:
    """One line that ends as a sentence does: click's own do not where they end with a list."""
    line = _one_line(text)
    return f"{line}." if line[-1:].isalnum() else line


@contextmanager
def _told_in_one_line() -> Generator[None]:
    """Turn what is raised into one line on standard error and exit status 2."""
    try:
        try:
            yield
        finally:
            if sys.stdout:
                _flush()
    except (_Told, click.exceptions.NoArgsIsHelpError, click.exceptions.Exit):
        raise
    except (KeyboardInterrupt, click.Abort) as error:
        raise _Told("interrupted; what was not reported by then was not done") from error
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "usagecompat"
        raise _Told(f"{_sentence(_place(error) + _misplaced(error))} See: {command} --help") from error
    except click.ClickException as error:
        raise _Told(_one_line(error.format_message())) from error
    except UsageCompatError as error:
        raise _Told(_one_line(str(error))) from error
    except BrokenPipeError as error:
        _give_up(sys.stdout)
        raise _Told("nobody reads the output any more; what follows was not checked") from error
    except OSError as error:
        _give_up(sys.stdout)
        raise _Told(_one_line(": ".join(filter(None, (error.filename, error.strerror or str(error)))))) from error
    except Exception as error:
        raise _Told(_kits_fault(error)) from error


def _flush() -> None:
    """Write what is still held back; a failure says where, which the system does not tell."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        error.filename = error.filename or "standard output"
        raise


def _one_line(text: str) -> str:
    from usagecompat.printing import printable  # noqa: PLC0415 - needed only to tell a failure

    line = " ".join(text.split())
    if len(line) > _LONGEST_LINE:  # whoever gives a megabyte for a name knows it
        line = f"{line[: _LONGEST_LINE // 2]} […] {line[-_LONGEST_LINE // 2 :]}"
    return printable(line)


def _kits_fault(error: Exception) -> str:
    import traceback  # noqa: PLC0415 - likewise

    from usagecompat.printing import printable_lines  # noqa: PLC0415 - likewise

    trace = printable_lines("".join(traceback.format_exception(error)))
    return f"{KITS_FAULT} Please report it with the lines that follow.\n{trace}"


@contextmanager
def until_nobody_reads() -> Generator[None]:
    """Let a list end where its reader has had enough, as in `usagecompat revisions | head -1`: nothing went wrong."""
    try:
        yield
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        _give_up(sys.stdout)


def _give_up(stream: IO[str] | None) -> None:
    """Send what `stream` still holds nowhere, so that Python does not complain about it at the end."""
    try:
        number = stream.fileno() if stream else None
    except (OSError, ValueError):
        return
    if number is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


@click.command(
    cls=Commands,
    epilog="Exit status: 0 nothing invalid, 1 something invalid, 2 misuse, or something could not be read.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=version_and_exit,
    help="Print the versions of the kit and of its corpus, and the newest revision, and exit.",
)
@click.option(
    "--json", is_flag=True, expose_value=False, callback=only_with_version, help="With --version: print JSON."
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take options from [tool.usagecompat] in FILE, not from the nearest pyproject.toml.",
)
@click.option("--no-config", is_flag=True, help="Take options from no file.")
def main(config: Path | None, no_config: bool) -> None:  # noqa: FBT001 - `Commands` reads them
    """
    Check payloads and clients of the OpenAI organization usage and costs endpoints.

    Options that are the same every day stand in pyproject.toml, in a table [tool.usagecompat]; see docs/configuration.md.

    \b
    Example: usagecompat check page.json
    Example: usagecompat --no-config run --client 'node adapter.mjs'
    """  # noqa: D301 - click's own mark
