"""
A page and its parts: sections, tables, words; every text is escaped on its way in.

The page has no program, and its policy allows exactly its own style, by its hash: whatever a payload says, nothing runs
and nothing is fetched.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_STYLE: Final = Path(__file__).resolve().with_name("page.css")
_LONGEST: Final = 2_000
"""So many characters of a text are shown."""


class Html(str):
    """Markup: a text that is escaped already."""

    __slots__ = ()


def words(text: object) -> Html:
    """A text as it is to be read: nothing in it is markup, and what cannot be printed is escaped."""
    if isinstance(text, Html):
        return text
    shown = str(text)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]} … {len(shown) - _LONGEST:,} more characters"
    return Html(escape(printable(shown)))


def page(title: str, about: str, sections: Iterable[Html]) -> str:
    """The whole page."""
    style = _STYLE.read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    parts = "\n".join(sections)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{words(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<header><h1>{words(title)}</h1><p>{words(about)}</p></header>\n<main id="main">\n{parts}\n</main>\n</body>\n</html>\n'
    )


def section(title: str, *parts: Html) -> Html:
    """A part of the page with a heading."""
    return Html(f"<section><h2>{words(title)}</h2>\n{''.join(parts)}</section>")


def paragraph(text: str) -> Html:
    """A sentence or two."""
    return Html(f"<p>{words(text)}</p>")


def details(title: str, *parts: Html, is_open: bool = False) -> Html:
    """Parts that open and close with a click or a key."""
    return Html(f"<details{' open' if is_open else ''}><summary>{words(title)}</summary>\n{''.join(parts)}</details>")


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[int] = ()) -> Html:
    """
    A table, which scrolls by itself where it is too wide.

    Args:
        caption: What it shows.
        heads: The names of the columns.
        rows: Their cells.
        numbers: Which columns hold numbers.
    """
    right = {*numbers}
    head = "".join(f'<th scope="col"{_kind(index, right)}>{words(name)}</th>' for index, name in enumerate(heads))
    body = "".join(
        f"<tr>{''.join(f'<td{_kind(index, right)}>{words(cell)}</td>' for index, cell in enumerate(row))}</tr>\n"
        for row in rows
    )
    return Html(
        f'<div class="wide" tabindex="0" role="region" aria-label="{words(caption)}"><table>'
        f"<caption>{words(caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>\n"
    )


def _kind(index: int, right: set[int]) -> str:
    return ' class="number"' if index in right else ""


def marked(text: str, places: Iterable[tuple[int, int]]) -> Html:
    """A text with parts of it marked, line by line as it is."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(places):
        if start < done:
            continue
        parts += escape(_lines(text[done:start])), f"<mark>{escape(_lines(text[start:end]))}</mark>"
        done = end
    parts.append(escape(_lines(text[done:])))
    return Html(f'<pre tabindex="0">{"".join(parts)}</pre>')


def _lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))
