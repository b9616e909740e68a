"""
`usagecompat compare`: what a client was sent and what it gave back in, the differences out.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from usagecompat import inputs
from usagecompat.cli import completing
from usagecompat.cli.formats import formats, one_of
from usagecompat.cli.output import say, say_json
from usagecompat.cli.revision_option import REVISION
from usagecompat.fidelity import Level
from usagecompat.fidelity import compare as compare_texts
from usagecompat.findings import Shape
from usagecompat.printing import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.contract import Revision
    from usagecompat.fidelity import Fidelity
    from usagecompat.findings import ShapeName


@click.command()
@click.argument("sent", metavar="SENT|-", shell_complete=completing.files)
@click.argument("returned", metavar="RETURNED|-", shell_complete=completing.files)
@click.option(
    "--revision",
    type=REVISION,
    metavar="DATE|FILE",
    help="Declared is what this revision knows, not the newest.",
)
@one_of("--shape", Shape, help_="What SENT is; the kit finds out by itself if this is missing.")
@formats(help_="How the comparison is written; json is one object.")
@click.pass_context
def compare(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    sent: str,
    returned: str,
    revision: Revision | None,
    shape: ShapeName | None,
    format_: str,
) -> None:
    """
    Compare what a client received with what it returned.

    SENT is a file with one payload, RETURNED one with the text that the client wrote after reading it; either may be
    compressed (.gz, .zst), and one may be - for standard input.
    The levels are NONE, VALUES, PRESENCE, OPEN, EXACT, LEXICAL and BYTES; from EXACT on the two hold the same data.

    Exit status: 0 the level is EXACT or higher, 1 it is lower, 2 something could not be read or was misused.

    \b
    Example: usagecompat compare recorded.json answer.json
    Example: my-client < recorded.json | usagecompat compare recorded.json - --format json
    """  # noqa: D301 - click's own mark
    if sent == returned == inputs.STANDARD_INPUT:
        raise click.UsageError("Standard input can be read only once.")
    one, other = _payload(sent), _payload(returned)
    fidelity = compare_texts(one.data, other.data, revision=revision, shape=shape)
    if format_ == "json":
        answer = {"source": {"sent": one.source.name, "returned": other.source.name}, **fidelity.to_dict()}
        say_json(answer)
    else:
        for line in _lines(fidelity, str(one.source), str(other.source)):
            say(line)
    context.exit(0 if fidelity.level >= Level.EXACT else 1)


def _payload(name: str) -> inputs.Payload:
    """The only payload of a file."""
    first, *others = islice(inputs.read([name]), 2)
    if others:
        raise click.UsageError(f"{name} holds more than one payload; a comparison takes one on either side.")
    return first


def _lines(fidelity: Fidelity, sent: str, returned: str) -> Iterator[str]:
    """The level, and two lines for each difference."""
    count = len(fidelity.differences) + fidelity.truncated
    number = counted(count, "difference") if count else "no difference"
    level = f"level {int(fidelity.level)}, {fidelity.level.name}"
    yield f"{level}: {printable(sent)} came back as {printable(returned)} with {number}"
    for one in fidelity.differences:
        yield " ".join(filter(None, [one.cap.name, one.code, printable(one.pointer)]))
        yield f"    {printable(one.message)}"
    if fidelity.truncated:
        yield f"    {fidelity.truncated:,} more differences are not listed"
