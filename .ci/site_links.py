"""
The links of documents as the site has them: what is no page of the site is a file beside it, or plain words.

On GitHub a link leads to a file of the repository; on the site only some of these files are pages.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from site_pages import README_PAGES, ROOT

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+:|#)([^)#\s]+)(#[^)]*)?\)")
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_ENTRY = re.compile(r"^\* \[.+?\]\(([\w/-]+)\.(?:md|rst)\)", re.MULTILINE)
FILES = ("fixtures", "schemas")
"""Folders whose files stand beside the pages, as `files/…`."""

_SOURCES = {page: Path(place) for place, page in README_PAGES.items()}


def place_of(page: str) -> Path:
    """The file of the repository that a page of the site is made of."""
    folder, _, name = page.rpartition("/")
    return _SOURCES.get(name, Path("docs") / f"{page}.md") if folder == "reference" else Path("docs") / f"{page}.md"


def on_the_site(text: str, page: str) -> str:
    """The text of a page with every link leading to what the site has."""
    up = "../" * page.count("/")
    here = place_of(page).parent.as_posix()

    def moved(found: re.Match[str]) -> str:
        mark, words, target, fragment = found[1], found[2], found[3], found[4] or ""
        place = posixpath.normpath(posixpath.join(here, target))
        if place.startswith("docs/_static/"):
            return f"[{words}](static{len(up) // 3}:{place.removeprefix('docs/_static/')})"
        if place.startswith("docs/"):
            return f"{mark}[{words}]({up}{place.removeprefix('docs/')}{fragment})"
        if place == "README.md":
            return f"[{words}]({up}index.md)"
        readme = f"{place}/README.md" if (ROOT / place / "README.md").is_file() else place
        if readme in README_PAGES:
            return f"[{words}]({up}reference/{README_PAGES[readme]}.md{fragment})"
        if place.partition("/")[0] in FILES and (ROOT / place).is_file():
            return f"[{words}](files{len(up) // 3}:{place})"
        return words

    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    parts[::2] = [_LINK.sub(moved, part) for part in parts[::2]]
    return "".join(parts)


def with_contents(text: str, more: dict[str, str]) -> str:
    """
    The start page with a table of contents for each of its sections, which GitHub needs not display.

    Args:
        text: The start page, whose lists of links are the contents.
        more: What the site alone has: lines of a list by section.
    """
    parts = _SECTION.split(text)
    for at in range(1, len(parts), 2):
        title = parts[at]
        parts[at + 1] = parts[at + 1].rstrip() + "\n" + more.get(title, "") + "\n"
        entries = "\n".join(_ENTRY.findall(parts[at + 1]))
        contents = f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{entries}\n```\n\n"
        parts[at] = f"## {title}\n"
        parts[at + 1] += contents if entries else ""
    return "".join(parts)
