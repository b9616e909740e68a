"""
How far a command is, on a terminal: what is done, how fast, and how long the rest will take.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import click

from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_BYTES: Final = 1_000_000


@contextmanager
def progress(
    total: int,
    label: str,
    *,
    unit: str = "cases",
    wanted: bool = True,
    counted: Callable[[], int] | None = None,
) -> Generator[Callable[[int], None]]:
    """
    A bar on standard error with the share, the rate and the time that is left; nothing if nobody watches.

    Args:
        total: How much there is to do.
        label: What is being done.
        unit: What is counted; "MB" if `total` is in bytes.
        wanted: False to display nothing in any case.
        counted: How much of `unit` is done, where `total` counts something else, such as time.

    Yields:
        A function to call with how much more is done.
    """
    if not wanted or total <= 0 or not sys.stderr.isatty():
        yield lambda _: None
        return
    scale = _BYTES if unit == "MB" else 1
    began, done = monotonic(), 0

    def rate(_: object) -> str:
        spent = monotonic() - began
        return f"{(counted() if counted else done) / scale / spent:,.0f} {unit}/s" if spent else ""

    options: dict[str, Any] = {"label": printable(label), "file": sys.stderr, "show_percent": True, "show_eta": True}
    steps = max(1, total // 500)
    bar: Any
    with click.progressbar(length=total, item_show_func=rate, update_min_steps=steps, **options) as bar:
        lock = Lock()

        def tick(size: int) -> None:
            nonlocal done
            with lock:  # several threads may ask clients
                done += size
                bar.update(size)

        yield tick
