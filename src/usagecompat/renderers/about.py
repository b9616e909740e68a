"""
What a result is of, in lines for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from usagecompat.printing import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.clients import About, CorpusAbout

_FEW: Final = 12
"""So many digits of a digest tell corpora apart."""
_TOLD: Final = frozenset({"require", "way"})
"""The options that stand elsewhere in every report."""


def about_lines(about: About | None) -> Iterator[str]:
    """Three lines: which kit when and where, which corpus, and which options; none of results that do not say so."""
    if about is None:
        return
    options = ", ".join(f"{name} {_word(value)}" for name, value in about.options.items() if name not in _TOLD)
    yield printable(f"usagecompat {about.usagecompat} at {about.made}; {about.platform}")
    yield printable(corpus_words(about.corpus))
    yield printable(f"options: {options}")


def corpus_words(corpus: CorpusAbout) -> str:
    """Which corpus it is, and how much of it was run."""
    name = f"the kit's corpus {corpus.version}" if corpus.version else "a corpus of its own"
    part = counted(corpus.of, "case") if corpus.cases == corpus.of else f"{corpus.cases:,} of {corpus.of:,} cases"
    return f"{name}: {part}, sha256 {corpus.digest[:_FEW]}"


def _word(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "/".join(map(str, cast("list[object]", value)))
    return f"{value:g}" if isinstance(value, float) else str(value)
