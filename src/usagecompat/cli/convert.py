"""
`usagecompat convert`: payloads of one revision as payloads of another, or as flat records.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from usagecompat.cli import completing
from usagecompat.cli.output import say, say_json
from usagecompat.cli.revision_option import REVISION
from usagecompat.exceptions import naming

if TYPE_CHECKING:
    from collections.abc import Generator

    from click.shell_completion import CompletionItem

    from usagecompat.contract import Revision
    from usagecompat.findings import Finding
    from usagecompat.inputs import Source

FLAT: Final = "flat"
FLAT_REVISION: Final = "2024-12-16"
"""The revision of which generated clients have a class for flat records."""


class _Target(click.ParamType):  # type: ignore[type-arg]  # not generic in older versions
    """A revision, or `flat`."""

    name = "target"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The revision; misuse if there is none."""
        return value if value == FLAT else REVISION.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """As of a revision, and `flat`."""
        flat = click.Choice([FLAT]).shell_complete(ctx, param, incomplete)
        return [*flat, *completing.dates_or_files(ctx, param, incomplete)] if not (incomplete and flat) else flat


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=completing.files)
@click.option("--to", "target", type=_Target(), required=True, metavar="DATE|FILE|flat", help="What to convert to.")
@click.option(
    "--from", "source", type=REVISION, metavar="DATE|FILE", help="What the payloads are of; else what each fits best."
)
@click.option("--strict", is_flag=True, help="Leave out members and kinds that the revision does not know.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write here.")
@click.option("--ndjson", is_flag=True, help="Take every line of every file as a payload, for any file name.")
@click.option(
    "--flat-revision",
    type=REVISION,
    metavar="DATE|FILE",
    default=FLAT_REVISION,
    show_default=True,
    help="Whose flat record, of --to flat.",
)
@click.option("--json", "as_json", is_flag=True, help="Report what is lost and refused as JSON, one object in a line.")
@click.pass_context
def convert(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    files: tuple[str, ...],
    target: Revision,
    source: Revision | None,
    strict: bool,
    out: Path | None,
    ndjson: bool,
    flat_revision: Revision,
    as_json: bool,
) -> None:
    """
    Write payloads of one revision as payloads of another.

    JSON stays JSON and NDJSON stays NDJSON; what is the same at both revisions keeps its text.
    With --to flat, each result becomes one line: the flat record that generated clients read.
    What is lost is printed to standard error, each with its place; what cannot be converted is refused with the reason,
    and the other payloads are written all the same.

    Exit status: 0 everything was converted, 1 something was refused, 2 something could not be read or was misused.

    \b
    Example: usagecompat convert page.json --to 2024-12-16 --out old.json
    Example: usagecompat convert archive.ndjson --from 2026-08-21 --to 2026-10-21 --strict > new.ndjson
    Example: usagecompat convert page.json --to flat
    """  # noqa: D301 - click's own mark
    from usagecompat import conversion, inputs  # noqa: PLC0415 - help needs none
    from usagecompat.exceptions import CannotConvert  # noqa: PLC0415 - likewise

    refused = False
    with _output(out) as stream:
        for payload in inputs.read(files, ndjson=ndjson):
            try:
                if str(target) == FLAT:
                    pieces, losses = conversion.flat_records(payload.data, flat_revision, from_=source)
                    for piece in pieces:
                        stream.write(piece + b"\n")
                else:
                    found = conversion.convert(payload.data, target, from_=source, strict=strict)
                    losses = found.losses
                    stream.write(found.payload + (b"" if payload.source.line is None else b"\n"))
            except CannotConvert as error:
                refused = True
                if as_json:
                    say_json({**_place(payload.source), "refused": str(error)}, err=True)
                else:
                    _say(payload.source, str(error))
                continue
            for loss in losses:
                if as_json:
                    lost = {"code": loss.code, "pointer": loss.pointer, "message": loss.message}
                    say_json({**_place(payload.source), **lost}, err=True)
                else:
                    _say(payload.source, _told(loss))
    context.exit(1 if refused else 0)


@contextmanager
def _output(out: Path | None) -> Generator[BinaryIO]:
    """Where to write: a file, or standard output."""
    if out is None:
        with naming("standard output"):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
    else:
        with naming(out), out.open("wb") as stream:
            yield stream


def _place(source: Source) -> dict[str, Any]:
    return {"source": source.name, "line": source.line}


def _told(loss: Finding) -> str:
    return f"{loss.code} {loss.pointer}: {loss.message}"


def _say(source: Source, text: str) -> None:
    say(f"{source}: {text}", err=True)
