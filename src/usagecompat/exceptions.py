"""
What can go wrong outside the payload.

The story of a run, and what each step raises:

1. You name a revision, a shape, a profile or a finding code that does not exist: `NoSuchRevision`, `NoSuchName`.
   The file of a revision is none: `CorruptDraft`. A payload cannot be one of another revision: `CannotConvert`.
2. You ask for a record of a payload that breaks the contract: `Incompatible`, with the report (in `checking.report`).
3. The kit reads your files: `UnreadableInput`, `NoPayloads`, `MissingExtra`.
4. The kit reads a corpus, copies it, or makes packages of it: `CorruptCase`, `WouldOverwrite`, `CannotPack`.
5. The kit installs an adapter, or looks for one: `CannotInstall`, `NotInstalled`.
6. The kit starts a client: `NoSuchClient`, `NoSuchSelection`, `CannotStartClient`, `CannotReachClient`, `SetupFailed`.
7. The kit takes what is private out of a payload: `CannotRedact`.
8. The kit keeps failing cases: `ForeignDirectory`.
9. The kit reads your `pyproject.toml`: `BadConfiguration`.

Wire data itself never raises: whatever bytes come in, `check` and `compare` return.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from attrs import fields, frozen, has

if TYPE_CHECKING:
    from collections.abc import Generator

_MOST_NAMES: Final = 20
_FEW_NAMES: Final = 3


class UsageCompatError(Exception):
    """The base of everything this package raises on purpose."""

    def __init_subclass__(cls) -> None:
        cls.__repr__ = UsageCompatError.__repr__  # type: ignore[method-assign]  # else attrs writes one for each

    def __repr__(self) -> str:
        cls = type(self)
        members = fields(cls) if has(cls) else ()
        return f"{cls.__name__}({', '.join(f'{one.name}={getattr(self, one.name)!r}' for one in members)})"


@frozen(eq=False)
class NoSuchRevision(UsageCompatError, ValueError):
    """A contract revision was named that was never published."""

    revision: object
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"there is no contract revision {self.revision!r}; use one of {', '.join(self.known)}"


@frozen(eq=False)
class CorruptDraft(UsageCompatError, ValueError):
    """A file that was to be a revision is none."""

    path: str
    place: str
    """A JSON pointer into it; empty for the whole."""
    reason: str

    def __str__(self) -> str:
        where = f" at {self.place}" if self.place else ""
        return f"{self.path}: this is no revision{where}: {self.reason}"


@frozen(eq=False)
class CannotConvert(UsageCompatError):
    """A payload cannot be said as another revision says it."""

    to: str
    pointer: str
    """Where in the payload the reason stands."""
    reason: str

    def __str__(self) -> str:
        where = f" at {self.pointer}" if self.pointer else ""
        return f"the payload cannot be converted to {self.to}{where}: {self.reason}"


@frozen(eq=False)
class NoSuchName(UsageCompatError, ValueError):
    """A shape, profile, finding code or other closed name was given that does not exist."""

    what: str
    name: object
    known: tuple[str, ...]

    def __str__(self) -> str:
        from usagecompat.suggestions import did_you_mean  # noqa: PLC0415 - needed only where the name is wrong

        hint = did_you_mean(str(self.name), self.known)
        if len(self.known) <= _MOST_NAMES:
            return f"there is no {self.what} {self.name!r}; {hint}use one of {', '.join(self.known)}"
        few = ", ".join(self.known[:_FEW_NAMES])
        return f"there is no {self.what} {self.name!r}; {hint}there are {len(self.known)}, such as {few}"


@frozen(eq=False)
class UnreadableInput(UsageCompatError):
    """A file that was named cannot be read."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@frozen(eq=False)
class NoPayloads(UsageCompatError):
    """A place that was named holds nothing to check."""

    path: str

    def __str__(self) -> str:
        return (
            f"{self.path}: there is no payload here; "
            "name files, directories with *.json or *.ndjson (also .gz, .zst), or - for standard input; "
            "in a directory with any *.case.json only the payloads of cases count"
        )


@frozen(eq=False)
class MissingExtra(UsageCompatError):
    """A format was met that needs an optional dependency."""

    path: str
    extra: str

    def __str__(self) -> str:
        return f"{self.path}: this needs an optional package; install it with: pip install 'usagecompat[{self.extra}]'"


@frozen(eq=False)
class CorruptCase(UsageCompatError):
    """A case of the corpus cannot be used."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; `usagecompat fixtures lint` has the details"


@frozen(eq=False)
class WouldOverwrite(UsageCompatError):
    """Something is already where files were to be written."""

    path: str

    def __str__(self) -> str:
        return f"{self.path}: something is there already, and nothing is overwritten; name another place"


@frozen(eq=False)
class CannotPack(UsageCompatError, ValueError):
    """A package cannot be made of a corpus."""

    reason: str

    def __str__(self) -> str:
        return f"no package was made: {self.reason}"


@frozen(eq=False)
class NoSuchClient(UsageCompatError, ValueError):
    """What was given as a client cannot be one."""

    given: str
    reason: str

    def __str__(self) -> str:
        return f"{self.given!r} is no client: {self.reason}"


@frozen(eq=False)
class NoSuchSelection(UsageCompatError, ValueError):
    """What was given to choose cases by is no expression."""

    expression: str
    reason: str

    def __str__(self) -> str:
        return f"{self.expression!r} chooses no cases: {self.reason}; use words with and, or, not and parentheses"


@frozen(eq=False)
class CannotStartClient(UsageCompatError):
    """A client cannot be started at all."""

    command: str
    reason: str

    def __str__(self) -> str:
        return f"the client cannot be started: {self.reason}" + (f" (in: {self.command})" if self.command else "")


class CannotReachClient(CannotStartClient):
    """A client that is to run already cannot be reached; `command` is its address."""

    def __str__(self) -> str:
        return f"the client at {self.command} cannot be reached: {self.reason}; start it before, or with --setup CMD"


@frozen(eq=False)
class SetupFailed(UsageCompatError):
    """What has to be done before a client is asked did not succeed."""

    command: str
    reason: str
    output: str
    """The end of what it wrote."""

    def __str__(self) -> str:
        return f"--setup {self.reason}, so no client was asked (in: {self.command})"


@frozen(eq=False)
class CannotInstall(UsageCompatError):
    """An adapter cannot be installed here."""

    adapter: str
    reason: str

    def __str__(self) -> str:
        return f"{self.adapter} cannot be installed: {self.reason}"


@frozen(eq=False)
class NotInstalled(UsageCompatError):
    """An adapter is to be run that was not installed, or was installed by another version of the kit or of Python."""

    adapter: str

    def __str__(self) -> str:
        return f"{self.adapter} is not installed; install it with: usagecompat adapters install {self.adapter}"


@frozen(eq=False)
class CannotRedact(UsageCompatError, ValueError):
    """A text cannot be read far enough to be sure that nothing private is left in it."""

    reason: str

    def __str__(self) -> str:
        return f"this cannot be redacted: {self.reason}; nothing was written"


@frozen(eq=False)
class ForeignDirectory(UsageCompatError):
    """Failing cases were to be written where something else is."""

    path: str

    def __str__(self) -> str:
        return (
            f"{self.path}: it is not empty and has no failing cases that usagecompat wrote, so it is left as it is; "
            "name another directory"
        )


@frozen(eq=False)
class BadConfiguration(UsageCompatError, ValueError):
    """What stands in `[tool.usagecompat]`, or the file itself, cannot be used."""

    path: str
    key: str
    """Empty if it is the whole."""
    reason: str

    def __str__(self) -> str:
        where = f" at {self.key!r}" if self.key else ""
        return f"{self.path}: [tool.usagecompat]{where}: {self.reason}"


@contextmanager
def naming(*places: str | os.PathLike[str] | None) -> Generator[None]:
    """Let a failure to write, such as on a full disk, say where; the system does not tell."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.filename is None:
            error.filename = " or ".join(os.fspath(place) for place in places if place)
        raise
