"""
`usagecompat redact`: payloads in, the same payloads without what is private out.
"""

from __future__ import annotations

import gzip
import os
import secrets
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, Final, cast

import click
from attrs import asdict, define

from usagecompat import inputs
from usagecompat.cli import completing
from usagecompat.cli.formats import formats
from usagecompat.cli.output import say, say_json
from usagecompat.exceptions import CannotRedact, MissingExtra, NoPayloads, UnreadableInput, WouldOverwrite
from usagecompat.printing import counted
from usagecompat.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

KEY_BYTES: Final = 32
_LONGEST_KEY: Final = 1_000_000


@define
class _Told:
    """What came of all files, as `--format json` names it."""

    files: int = 0
    """How many were written."""
    payloads: int = 0
    replaced: int = 0
    names: int = 0
    """How many of those that were replaced are names of members."""
    unsure: int = 0
    unread: int = 0


def key_of(file: Path | None) -> bytes:
    """The key in a file, which is made if there is none; one for this run alone without a file."""
    if file is None:
        return secrets.token_bytes(KEY_BYTES)
    try:
        with file.open("rb") as stream:
            key = stream.read(_LONGEST_KEY + 1)
    except FileNotFoundError:
        key = secrets.token_bytes(KEY_BYTES)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(key)
        say(f"usagecompat: {file}: a new key; keep it, and keep it to yourself", err=True)
    if len(key) > _LONGEST_KEY:
        raise click.BadParameter(f"{file} has more than {_LONGEST_KEY:,} bytes, which no key has")
    if not key:
        raise click.BadParameter(
            f"{file} is empty; name a file with {KEY_BYTES} random bytes, or one that is not there"
        )
    return key


@click.command()
@click.argument("files", nargs=-1, metavar="IN...|-", shell_complete=completing.files)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the new files go, under the names of the old ones; none that is there is overwritten.",
)
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The key for pseudonyms, so that a later run makes the same; made if it is not there.",
)
@click.option("--keep", multiple=True, metavar="NAME", help="Leave the values of members of this name. Repeatable.")
@click.option("--ndjson", is_flag=True, help="Take every line as a payload, for any file name.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what could not be done.")
@formats()
@click.pass_context
def redact(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    files: tuple[str, ...],
    out: Path,
    key_file: Path | None,
    keep: tuple[str, ...],
    ndjson: bool,
    quiet: bool,
    format_: str,
) -> None:
    """
    Redact payloads so that they can be shared.

    Names, identifiers, e-mail addresses, cursors, undeclared strings and the private parts of fine-tuned models become
    pseudonyms: the same for the same string in all files. Numbers, times, kinds, currencies and known models stay, and
    so does every other byte, also of broken payloads. Each payload is proved: check says the same of it, compare finds
    nothing else changed. The names of files stay as they are. IN is what check takes, and .gz and .zst stay compressed.

    Exit status: 0 all is written, 1 a text cannot be read far enough to be sure, and its file is not written, 2 a file
    could not be read or something was misused.

    \b
    Example: usagecompat redact costs.json recorded/ --out shared/
    Example: usagecompat redact export.ndjson.gz --out shared/ --key-file team.key --keep project_id
    """  # noqa: D301 - click's own mark
    if not files:
        raise click.UsageError("There is nothing to redact: name files, directories, or - for standard input.")
    told = _Told()

    def tell(problem: Exception) -> None:
        told.unread += 1
        say(f"usagecompat: {problem}", err=True)

    targets = _targets(files, out, tell, ndjson=ndjson)
    redactor = Redactor(key_of(key_file), keep)
    for target, name in targets.items():
        try:
            _write(name, target, redactor, told, ndjson=ndjson)
        except (UnreadableInput, MissingExtra) as problem:
            tell(problem)
        except CannotRedact as problem:
            told.unsure += 1
            notes = "".join(f"{note}: " for note in getattr(problem, "__notes__", ()))
            say(f"usagecompat: {notes}{problem}", err=True)
    if format_ == "json":
        say_json({**asdict(told), "key_kept": key_file is not None})
    elif not quiet:
        for line in _summary(told, key_file):
            say(line, err=True)
    context.exit(2 if told.unread else 1 if told.unsure else 0)


def _targets(
    files: Sequence[str], out: Path, tell: Callable[[inputs.InputProblem], object], *, ndjson: bool
) -> Mapping[Path, str]:
    """Where each file goes."""
    targets: dict[Path, str] = {}
    for name in files:
        found = inputs.files(name, tell=tell)
        if not found:
            tell(NoPayloads(inputs.displayed(name)))
        for file in found:
            if file == inputs.STANDARD_INPUT:
                target = out / f"stdin.{'ndjson' if ndjson else 'json'}"
            else:
                target = out / (PurePath(file).relative_to(name) if file != name else PurePath(file).name)
            if target in targets:
                raise click.UsageError(f"{targets[target]} and {file} would both become {target}; redact them apart.")
            if target.exists():
                raise WouldOverwrite(str(target))
            targets[target] = file
    return targets


def _write(name: str, target: Path, redactor: Redactor, told: _Told, *, ndjson: bool) -> None:
    """One file, whole or not at all."""
    waiting = target.with_name(f".{target.name}.new")
    payloads = replaced = names = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with waiting.open("xb") as file, _compressed(file, name) as stream:
            for piece in inputs.pieces(name, ndjson=ndjson):
                if piece.source.line is not None and (not piece.data or piece.data.isspace()):
                    stream.write(piece.data)
                    continue
                try:
                    answer = redactor.redact(piece.data)
                except CannotRedact as problem:
                    problem.add_note(str(piece.source))
                    raise
                stream.write(answer.data)
                payloads += 1
                replaced += len(answer.replaced)
                names += sum(one.is_name for one in answer.replaced)
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)
    told.files += 1
    told.payloads += payloads
    told.replaced += replaced
    told.names += names


@contextmanager
def _compressed(file: IO[bytes], name: str) -> Generator[IO[bytes]]:
    """What is written to `file`, compressed as `name` says."""
    compression = inputs.extension_of(name)[1] if name != inputs.STANDARD_INPUT else ""
    if compression == ".gz":
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as stream:
            yield cast("IO[bytes]", stream)
    elif compression == ".zst":
        with inputs.zstd_for(inputs.displayed(name)).open(file, "wb") as stream:
            yield stream
    else:
        yield file


def _summary(told: _Told, key_file: Path | None) -> list[str]:
    lines = [
        f"{counted(told.files, 'file')} written, {counted(told.payloads, 'payload')}: "
        f"{counted(told.replaced, 'string')} replaced"
        + (f"; {told.unsure:,} not written, as nobody could be sure" if told.unsure else "")
        + (f"; {told.unread:,} could not be read" if told.unread else "")
    ]
    if told.names:
        lines.append(f"{told.names:,} of them are names of members that no contract has; --keep NAME leaves one")
    if key_file is None and told.replaced:
        lines.append("the key of this run is gone; with --key-file a later run makes the same pseudonyms")
    return lines
