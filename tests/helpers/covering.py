"""What the packaged corpus covers, which takes seconds to find: once for all tests of a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from usagecompat.corpus.coverage.accounting import Coverage, cover
from usagecompat.corpus.selection import cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from usagecompat.corpus.selection import Case


@cache
def covered() -> Coverage:
    """What the packaged corpus covers."""
    return cover(cases())


def cover_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands use what is known of the packaged corpus."""

    def known(asked: Sequence[Case]) -> Coverage:
        return covered() if asked == cases() else cover(asked)

    for place in ("usagecompat.corpus.coverage", "usagecompat.mutants.corpus_page"):
        monkeypatch.setattr(f"{place}.cover", known)
