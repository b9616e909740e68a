"""
What a process of a scan owes the one that started it: not to outlive it.
"""

from __future__ import annotations

import os
from threading import Thread
from time import sleep
from typing import Final

_LOOKS: Final = 0.5
"""So often, in seconds, a worker looks whether its parent is still there."""


def end_with(parent: int) -> None:
    """End this process as soon as `parent` is no longer its parent."""
    Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        sleep(_LOOKS)
    os._exit(1)
