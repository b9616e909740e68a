"""
What has to be done once before a client can be asked: a build, or the start of a container.

It runs under a guard, as clients do. So it ends with the kit, however the kit ends, with all that it started; until then
what it leaves running goes on, such as a server in the background.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from attrs import evolve

from usagecompat.clients.guarding import Guard
from usagecompat.clients.problems import Ended, Flooded, GuardLost, TimedOut
from usagecompat.clients.spec import Way
from usagecompat.exceptions import SetupFailed

if TYPE_CHECKING:
    from collections.abc import Generator

    from usagecompat.clients.spec import ClientSpec

SETUP_TIMEOUT: Final = 600.0
_SHELL: Final = ("/bin/sh", "-c")
_MOST: Final = 1024
"""So much could come on standard output, to which nothing is written."""


@contextmanager
def set_up(command: str, *, seconds: float = SETUP_TIMEOUT, cwd: str | None = None) -> Generator[None]:
    """
    Run a line of a shell, in the directory `cwd` or else in this one, and keep what it leaves running until the end.

    Raises:
        SetupFailed: It fails, or is not done in time; with the end of what it wrote.
        CannotStartClient: This system has no such processes.
    """
    over = Event()
    with Guard() as guard:
        # Both streams as one, in the order in which they were written.
        program = guard.start((*_SHELL, f"exec 1>&2; {command}"), env={}, cwd=cwd)
        reading = Thread(target=program.read_on, args=(over,), daemon=True)
        try:
            try:
                status, _ = program.read_all(b"", seconds=seconds, limit=_MOST)
            except TimedOut:
                raise SetupFailed(
                    command, f"was not done within {seconds:g} s (a server needs & behind it)", program.complaints
                ) from None
            except (Flooded, GuardLost) as problem:
                raise SetupFailed(command, str(problem), program.complaints) from problem
            if status:
                raise SetupFailed(command, str(Ended(status)), program.complaints)
            reading.start()  # or what was left running would be held up by what it writes
            yield
        finally:
            over.set()
            if reading.is_alive():
                reading.join()
            program.close()


def awaited(spec: ClientSpec) -> ClientSpec:
    """The client after a setup; one that runs on its own has time to listen."""
    return evolve(spec, patience=spec.start_timeout) if spec.way is Way.SOCKET else spec
