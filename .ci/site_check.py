"""
Every link of the built site leads somewhere, nothing is loaded from elsewhere, and every finding code has an anchor.

    python .ci/site_check.py docs/_build/html

Links to other hosts are listed and not followed: there is no network in CI.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from usagecompat import CODES

_LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
_NO_RESOURCE = {"canonical", "prev", "next", "search", "index", "genindex"}


class Page(HTMLParser):
    """The links and anchors of one page."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names."""
        named = {name: value or "" for name, value in attrs}
        self.ids.update(named[name] for name in ("id", "name") if name in named)
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        loading = _LOADING.get(tag)
        if loading in named and named.get("rel") not in _NO_RESOURCE:
            self.loads.append(named[loading])


def problems(root: Path) -> tuple[list[str], dict[str, int]]:
    """What is wrong with the site in a folder, and how often it links to each other host."""
    pages = {place: Page(place.read_text("utf-8")) for place in sorted(root.rglob("*.html")) if _is_page(root, place)}
    wrong: list[str] = []
    hosts: dict[str, int] = {}
    for place, page in pages.items():
        name = place.relative_to(root)
        for link in page.loads:
            if urlsplit(link).netloc:
                wrong.append(f"{name}: loads {link}")
            elif not link.startswith("data:") and not _target(place, link).is_file():
                wrong.append(f"{name}: has no {link}")
        for link in page.links:
            parts = urlsplit(link)
            if parts.netloc:
                hosts[parts.netloc] = hosts.get(parts.netloc, 0) + 1
                continue
            target = _target(place, link) if parts.path else place
            if not target.exists():
                wrong.append(f"{name}: {link} leads nowhere")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                wrong.append(f"{name}: {link} has no such place")
    anchors = pages[root / "findings.html"].ids
    wrong += [f"findings.html: {code} has no anchor" for code in CODES if code.replace("/", "-") not in anchors]
    if not (root / "searchindex.js").is_file():
        wrong.append("the site has no index for its search")
    return wrong, hosts


def _is_page(root: Path, place: Path) -> bool:
    return place.relative_to(root).parts[0] not in {"files", "_static"}


def _target(place: Path, link: str) -> Path:
    return Path(place.parent, unquote(urlsplit(link).path)).resolve()


if __name__ == "__main__":
    found, elsewhere = problems(Path(sys.argv[1]).resolve())
    print("Links to other hosts, not followed:")
    for host, count in sorted(elsewhere.items(), key=lambda item: (-item[1], item[0])):
        print(f"  {count:5} {host}")
    for line in found:
        print(line)
    sys.exit(f"{len(found)} links are wrong" if found else 0)
