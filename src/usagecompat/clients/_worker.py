"""
A worker of the runner: takes a share of the cases on standard input, and puts what came of it on standard output.

When standard input closes, the kit is gone, and so is the worker, and with it its guard and its client.
"""

from __future__ import annotations

import os
import pickle
import sys
from threading import Thread

from usagecompat.clients.shares import run_share
from usagecompat.clients.watching import END, MARK
from usagecompat.exceptions import UsageCompatError


def main() -> None:
    """Do one share."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a tested function prints is no result
    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    path, spec, tasks, probing, required = pickle.loads(sys.stdin.buffer.read(size))  # noqa: S301 - our own program wrote it
    sys.path[:] = path
    Thread(target=_end_with_the_kit, daemon=True).start()

    def tick(count: int) -> None:
        output.write(MARK * count)
        output.flush()

    try:
        result: object = run_share(spec, tasks, probing, required, tick)
    except UsageCompatError as error:
        result = error
    with output:
        output.write(END)
        pickle.dump(result, output)
        output.flush()
    os._exit(0)  # the thread waits for standard input to close, and would keep it locked


def _end_with_the_kit() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
