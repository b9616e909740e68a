"""
Cases of the corpus as the parameters of a test: `parametrize`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from usagecompat.corpus import cases

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.findings import ShapeName, VerdictName


def parametrize(
    set: str = "full",  # noqa: A002 - the name is that of `usagecompat.cases`
    *,
    shape: ShapeName | None = None,
    verdict: VerdictName | None = None,
    root: str | Path | None = None,
    argument: str = "case",
) -> pytest.MarkDecorator:
    """
    A decorator that runs a test once for each case of a corpus; the id of the case is that of the test.

    Args:
        set: "full", or the name of a smaller set, such as "smoke".
        shape: Only "page", "bucket", "result" or "flat" payloads.
        verdict: Only "valid", "acceptable" or "invalid" payloads, at the revision that each is written for.
        root: The directory of the corpus; None for the one that comes with the kit.
        argument: The name of the test's argument that the case is given as.

    Raises:
        ValueError: No case is left.
        NoSuchName: `set`, `shape` or `verdict` does not exist.
        CorruptCase: A file of the corpus does not say what it must say.
        UnreadableInput: There is no directory `root`.
    """
    chosen = cases(set, shape=shape, verdict=verdict, root=root)
    if not chosen:
        raise ValueError("no case of the corpus is of this set, shape and verdict, and the test would never run")
    return pytest.mark.parametrize(argument, chosen, ids=[case.id for case in chosen])
