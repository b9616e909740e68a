"""
Clients that are Python functions, bytes to bytes, in this process.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from attrs import Factory, define, field

from usagecompat.clients.case_results import Outcome
from usagecompat.clients.problems import TimedOut
from usagecompat.clients.protocol import ClientInfo, Features, Started
from usagecompat.clients.session import DeferredFault, Reply, Request, nothing_meanwhile
from usagecompat.exceptions import CannotStartClient, NoSuchClient

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from usagecompat.clients.spec import ClientSpec

MOST_COMPLAINTS: Final = 600
"""Characters of an exception's message that are kept."""
_AT_ONCE: Final = 1e-6
"""Seconds; none at all would turn an alarm off."""


class DeadlinePassed(BaseException):
    """The deadline of a function has passed."""


@define
class FunctionSession:
    """A Python function, bytes to bytes, in this process; an exception is a refusal."""

    spec: ClientSpec
    late: list[DeferredFault] = Factory(list[DeferredFault])
    meanwhile: Callable[[], None] = nothing_meanwhile
    keeps_state: bool = field(default=True, init=False)
    renews: bool = field(default=False, init=False)
    _codec: Callable[[bytes], object] | None = field(default=None, init=False)

    def introduce(self) -> Started:
        """As a client introduces itself; Python is its language."""
        self._codec = self._codec or _function(self.spec)
        runs = sys.version.partition(" ")[0]
        info = ClientInfo(name=self.spec.name, version=self.spec.version, language="python", language_version=runs)
        return Started(info, Features(validates=self.spec.validates))

    def ask(self, request: Request) -> Reply:
        """What the function returns, or how it refused."""
        self._codec = self._codec or _function(self.spec)
        try:
            with deadline(self.spec.timeout):
                returned = self._codec(request.payload)
        except DeadlinePassed:
            return Reply(outcome=Outcome.TIMED_OUT, message=f"the function {TimedOut(self.spec.timeout)}")
        except Exception as error:  # noqa: BLE001 - an exception is a refusal, whichever it is
            return Reply(outcome=Outcome.REFUSED, message=f"{type(error).__name__}: {error}"[:MOST_COMPLAINTS])
        except (SystemExit, GeneratorExit) as error:
            return Reply(outcome=Outcome.CRASHED, message=f"the function raised {type(error).__name__}")
        if isinstance(returned, bytes | bytearray):
            return Reply(outcome=Outcome.DECODED, payload=bytes(returned))
        hint = "; text becomes bytes with .encode()" if isinstance(returned, str) else ""
        message = f"expected bytes, saw {type(returned).__name__}{hint}"
        return Reply(outcome=Outcome.PROTOCOL_VIOLATION, message=message)

    def renew(self) -> None:
        """A function stays as it is: there is one process, the kit's own."""

    def close(self) -> None:
        """Nothing was started."""


def _function(spec: ClientSpec) -> Callable[[bytes], object]:
    if spec.function is not None:
        return spec.function
    module, name = spec.command
    here = str(Path(spec.cwd or "").absolute())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise CannotStartClient(spec.said, f"{type(error).__name__}: {error}") from error
    if not callable(found):
        raise NoSuchClient(spec.said, f"{name} is a {type(found).__name__} and cannot be called")
    return found


@contextmanager
def deadline(seconds: float) -> Generator[None]:
    """Stop what runs too long, where that can be done: in the main thread of a POSIX system."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> NoReturn:
        raise DeadlinePassed

    others, _ = signal.getitimer(signal.ITIMER_REAL)
    if 0 < others <= seconds:
        yield  # somebody else, such as pytest-timeout, ends this sooner
        return
    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    _, again = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if others:
            signal.setitimer(signal.ITIMER_REAL, max(others - (time.monotonic() - began), _AT_ONCE), again)
