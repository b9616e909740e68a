"""Searches that are short: no corpus but what a test gives, a seed, and an end at the first kind of failure."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from usagecompat.clients import client_spec
from usagecompat.contract import LATEST
from usagecompat.fuzz import FuzzResult, fuzz

if TYPE_CHECKING:
    from typing import Any

    from usagecompat.clients import ClientSpec

ODD = Path(__file__).with_name("odd_client.py")
GENEROUS = 120.0
"""Seconds that no search needs; it ends when it has found enough."""


def rare(name: str) -> ClientSpec:
    """One of the clients with a rare fault, as a function in this process."""
    return client_spec(f"{name}=python:rare_faults:{name.replace('-', '_')}")


def odd(mode: str) -> ClientSpec:
    """One mode of the odd client, as a function in this process."""
    return client_spec(f"odd=python:odd_client:{mode}", cwd=str(ODD.parent))


def odd_process(mode: str, *more: str, timeout: float = 10.0) -> ClientSpec:
    """The same as a process."""
    spec = client_spec(f"odd={sys.executable} -I -S {ODD} {' '.join((mode, *more))}", timeout=timeout)
    return evolve(spec, start_timeout=20.0)


def search(spec: ClientSpec, **options: Any) -> FuzzResult:  # noqa: ANN401 - the options of `fuzz`
    """What is found, at once or never."""
    chosen: dict[str, Any] = {"subjects": (), "revision": LATEST, "seconds": GENEROUS, "seed": 1, "stop_after": 1}
    return fuzz(spec, **(chosen | options))


def search_a_little(spec: ClientSpec, payloads: int, **options: Any) -> FuzzResult:  # noqa: ANN401 - likewise
    """What is found until so many payloads were sent, however long that takes: for what no new kind of failure ends."""

    def tick(_seconds: float, asked: int) -> None:
        if asked >= payloads:
            raise KeyboardInterrupt

    return search(spec, tick=tick, **options)
