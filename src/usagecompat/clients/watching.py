"""
What workers of the runner write while they work: a mark for each case, and at the end what came of their share.

Each worker is read by a thread, so that none waits until another is done.
"""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Final

from attrs import define

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from queue import SimpleQueue

MARK: Final = b"."
"""What a worker writes for each case."""
END: Final = b"\n"
"""What it writes after the last of them; its result follows."""
_AT_ONCE: Final = 1 << 16


class Reading:
    """One worker, which is read."""

    def __init__(self, worker: subprocess.Popen[bytes], news: SimpleQueue[int | None]) -> None:
        """Begin to read; `news` gets how many cases are done, and None at the end."""
        self.worker = worker
        self.told = b""
        """Its result, when it has written that."""
        self.ticks = 0
        """How many cases it has put to its client."""
        self._news = news
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        pipe = self.worker.stdout
        rest: list[bytes] = []
        marks = True
        while pipe and (chunk := os.read(pipe.fileno(), _AT_ONCE)):
            if marks:
                done, end, chunk = chunk.partition(END)
                marks = not end
                self.ticks += len(done)
                self._news.put(len(done))
            rest.append(chunk)
        self.told = b"".join(rest)
        self._news.put(None)

    def close(self) -> None:
        """End the worker, which ends when its standard input is closed."""
        with suppress(BrokenPipeError):
            if self.worker.stdin:
                self.worker.stdin.close()
        self._thread.join()
        if self.worker.stdout:
            self.worker.stdout.close()
        self.worker.wait()


def collect(left: int, news: SimpleQueue[int | None], tick: Callable[[int], object]) -> None:
    """Wait until so many workers have written what they had to, and count their cases meanwhile."""
    while left:
        count = news.get()
        if count is None:
            left -= 1
        elif count:
            tick(count)


@define
class Forgetful:
    """A tick that leaves out the cases that were counted before: they are asked again."""

    tick: Callable[[int], object]
    left: int

    def __call__(self, count: int) -> None:
        """Count what is new."""
        known = min(count, self.left)
        self.left -= known
        if count > known:
            self.tick(count - known)
