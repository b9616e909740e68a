"""
Failing cases in a directory: what was sent, what came back, and how to do it again.

Each case has a directory below `cases/`, which is called by the digest of what is in it and is put there whole. The
index is replaced last. So a run that is killed leaves the index of the run before, or none.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import asdict, evolve, frozen

from usagecompat.clients.conversation import run_line
from usagecompat.clients.grading import Task
from usagecompat.clients.protocol import VERSION, Features, Start, Stop, encode
from usagecompat.clients.results import is_paging
from usagecompat.clients.saving_paging import RETURNED, SEQUENCE, facts_of_case, files_of
from usagecompat.clients.spec import Way, client_spec
from usagecompat.exceptions import ForeignDirectory

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

    from usagecompat.clients.case_results import CaseResult
    from usagecompat.clients.results import ClientResult
    from usagecompat.clients.session import Request
    from usagecompat.clients.spec import ClientSpec
    from usagecompat.corpus import Sequence as PageSequence

FORMAT: Final = 1
INDEX: Final = "index.json"
CASES: Final = "cases"
SENT: Final = "sent.json"
WRAPPED: Final = "wrapped.json"
MESSAGES: Final = "messages.ndjson"
COMMANDS: Final = "commands.txt"
_SIGN: Final = "README.txt"
_SIGN_TEXT: Final = (
    "Failing cases that `usagecompat run --save-failures` wrote. `usagecompat replay` runs them again.\n"
    "Each run of it replaces what is here.\n"
)
_NEW: Final = ".new-"
_DIGITS: Final = 32


@frozen(kw_only=True)
class GivenClient:
    """How the client was given, so that it can be started again."""

    given: str | None
    """As `--client` takes it; None if it was an adapter."""
    adapter: str | None
    name: str
    way: Way
    validates: bool
    refused: tuple[int, ...]
    timeout: float
    directory: str | None
    """Where it was started; None for an adapter, which knows."""

    def spec(self, timeout: float) -> ClientSpec:
        """
        The client that was given as a command, as the runner takes it.

        Raises:
            NoSuchClient: It is none.
        """
        given = self.given or ""
        cwd = self.directory if self.directory and Path(self.directory).is_dir() else None  # saved on another machine
        spec = client_spec(given, name=self.name, validates=self.validates, timeout=timeout, cwd=cwd)
        if spec.way is not self.way:  # an option said it, and nothing in the text does
            spec = evolve(spec, way=self.way)
        return evolve(spec, refused=frozenset(self.refused))

    @classmethod
    def of(cls, spec: ClientSpec, *, given: str | None, adapter: str | None) -> GivenClient:
        """The client of a run."""
        return cls(
            given=given,
            adapter=adapter,
            name=spec.name,
            way=spec.way,
            validates=spec.validates,
            refused=tuple(sorted(spec.refused)),
            timeout=spec.timeout,
            directory=None if adapter else spec.cwd or str(Path.cwd()),
        )


@contextmanager
def claimed(directory: Path) -> Generator[None]:
    """
    Make a directory for failing cases, or take one; at the end it is as it was if nothing was saved.

    Raises:
        ForeignDirectory: Something else is in it.
        OSError: It cannot be made.
    """
    is_new = not directory.exists()
    _claim(directory)
    try:
        yield
    finally:
        with suppress(OSError):
            if [*directory.iterdir()] == [directory / _SIGN]:
                (directory / _SIGN).unlink()
                if is_new:
                    directory.rmdir()


def _claim(directory: Path) -> None:
    """
    Make a directory for failing cases, or take one that is empty or has some.

    Raises:
        ForeignDirectory: Something else is in it.
        OSError: It cannot be made.
    """
    if not _is_ours(directory):
        if directory.is_dir() and any(directory.iterdir()):
            raise ForeignDirectory(str(directory))
        directory.mkdir(parents=True, exist_ok=True)
        (directory / _SIGN).write_text(_SIGN_TEXT, "utf-8")


def _is_ours(directory: Path) -> bool:
    try:
        return (directory / _SIGN).read_text("utf-8") == _SIGN_TEXT
    except (OSError, UnicodeDecodeError):
        return False


def save_failures(  # noqa: PLR0913 - what is known of a run
    directory: Path,
    result: ClientResult,
    subjects: Iterable[Task | PageSequence],
    spec: ClientSpec,
    driven: GivenClient,
    *,
    version: str,
) -> int:
    """
    Write the failing cases of a run, in place of those of a run before; how many there are.

    Raises:
        ForeignDirectory: Something else is in the directory.
        OSError: It cannot be written.
    """
    _claim(directory)
    cases = directory / CASES
    cases.mkdir(exist_ok=True)
    by_id = {case.case_id: case for case in result.cases}
    failing = result.failing
    how = _How(directory, spec, driven, result.features)
    known = {subject.case_id if isinstance(subject, Task) else subject.id: subject for subject in subjects}
    entries = [
        _entry(cases, subject, by_id[case_id], failing[case_id], how)
        for case_id, subject in sorted(known.items())
        if case_id in failing
    ]
    index = {
        "format": FORMAT,
        "version": version,
        **({"paging": True} if is_paging(result) else {}),
        "client": {**asdict(driven), "way": driven.way.value},
        "introduction": result.introduction,
        "required": result.required.name,
        "of": len(result.cases),
        "not_judged": len(result.not_judged),
        "cases": entries,
    }
    new = directory / f".{INDEX}{_NEW}{os.getpid()}"
    new.write_text(json.dumps(index, indent=1) + "\n", "utf-8", newline="\n")
    new.replace(directory / INDEX)
    kept = {entry["directory"] for entry in entries}
    for old in cases.iterdir():
        if f"{CASES}/{old.name}" not in kept and _is_made_here(old.name):
            shutil.rmtree(old, ignore_errors=True)
    return len(entries)


def _is_made_here(name: str) -> bool:
    return name.startswith(_NEW) or (len(name) == _DIGITS and not set(name) - set("0123456789abcdef"))


@frozen
class _How:
    """What is the same for all cases: where they are, and how the client is driven."""

    directory: Path
    spec: ClientSpec
    driven: GivenClient
    features: Features | None

    def commands(self, case_id: str, request: Request | None, name: str) -> list[str]:
        """The command of the kit, and where that is simple the one of the client alone."""
        known = case_id if case_id.isprintable() and case_id.isascii() else name
        lines = [shlex.join(["usagecompat", "replay", str(self.directory), f"--case={known}"])]
        if request and not self.spec.env and not self.spec.cwd:
            command = shlex.join(self.spec.command)
            if self.spec.way is Way.STDIO and not (self.features and self.features.http):
                lines.append(f"{command} < {shlex.quote(str(self.directory / CASES / name / MESSAGES))}")
            elif self.spec.way is Way.ONESHOT:
                lines.append(f"{command} < {shlex.quote(str(self.directory / CASES / name / SENT))}")
        return [line for line in lines if line.isprintable()]


def _entry(
    cases: Path, subject: Task | PageSequence, case: CaseResult, codes: frozenset[str], how: _How
) -> dict[str, object]:
    """Write one case, and say what the index says of it."""
    request = subject.request(how.features or Features()) if isinstance(subject, Task) else None
    files = _files(subject, case, request, how) if isinstance(subject, Task) else files_of(subject, case)
    facts = _facts(subject) if isinstance(subject, Task) else facts_of_case(subject, case)
    known = {"case": case.case_id, "outcome": case.outcome.value, "codes": sorted(codes)}
    name = _digest(files, known)
    commands = how.commands(case.case_id, request, name)
    _put(cases, name, {**files, COMMANDS: "".join(f"{line}\n" for line in commands).encode()})
    return {
        **known,
        "directory": f"{CASES}/{name}",
        "sha256": sha256(files[SENT if isinstance(subject, Task) else SEQUENCE]).hexdigest(),
        "files": sorted([*files, COMMANDS]),
        **facts,
        "level": None if case.level is None else case.level.name,
        "message": case.message,
        "commands": commands,
    }


def _files(task: Task, case: CaseResult, request: Request | None, how: _How) -> dict[str, bytes]:
    """The files of a payload, but for commands."""
    files: dict[str, bytes] = {SENT: task.payload}
    if request and request.payload != task.payload:
        files[WRAPPED] = request.payload
    if case.returned is not None:
        files[RETURNED] = case.returned
    if request and how.spec.way is Way.STDIO and not (how.features and how.features.http):
        files[MESSAGES] = _messages(request, how.features or Features())
    return files


def _facts(task: Task) -> dict[str, object]:
    """What the index says of a payload beside what it says of every case."""
    return {
        "shape": None if task.shape is None else task.shape.value,
        "revision": task.revision,
        "verdict": task.verdict.value,
        "must": task.must,
        "served": task.served,
        "tier": task.tier.value,
    }


def _messages(request: Request, features: Features) -> bytes:
    """What a client that speaks the protocol reads, if it is asked nothing else."""
    return encode(Start(VERSION)) + run_line(request, features, 1) + encode(Stop())


def _digest(files: Mapping[str, bytes], known: Mapping[str, object]) -> str:
    found = sha256(json.dumps(known).encode())
    for name, content in sorted(files.items()):
        found.update(f"{name} {len(content)} ".encode() + content)
    return found.hexdigest()[:_DIGITS]


def _put(cases: Path, name: str, files: Mapping[str, bytes]) -> None:
    """Make a directory whole, or not at all; one that is there has the same in it."""
    place = cases / name
    if place.is_dir():
        (place / COMMANDS).write_bytes(files[COMMANDS])
        return
    new = cases / f"{_NEW}{os.getpid()}-{name}"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for file, content in files.items():
        (new / file).write_bytes(content)
    new.rename(place)
