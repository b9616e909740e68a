"""The built site in a headless Chromium: two widths, light and dark, and its search; the variable SITE names its folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

SITE = Path(os.environ["SITE"])
PAGES = sorted(
    place.relative_to(SITE).as_posix()
    for place in SITE.rglob("*.html")
    if place.relative_to(SITE).parts[0] not in {"files", "_static"}
)
BEYOND = """[...document.querySelectorAll("article *")].filter(
  each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".table-wrapper, pre, .highlight")
).map(each => each.outerHTML.slice(0, 200))"""
"""What stands beyond the right edge, and in nothing that scrolls."""


def displayed(page: Any, name: str, width: int, theme: str) -> None:  # noqa: ANN401 - a page of the browser's module
    """Open a page of the site as a reader with this screen and theme does."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    page.do("Emulation.setDeviceMetricsOverride", **size)
    page.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    page.do("Page.navigate", url=f"{SITE.as_uri()}/{name}")
    page.until(f"location.pathname.endsWith('/{name.partition('?')[0]}') && document.readyState === 'complete'")


@pytest.mark.parametrize("name", PAGES)
def test_page(page: Any, name: str) -> None:  # noqa: ANN401 - a page of the browser's module
    """A page fits a phone and a desk, and asks nothing of the network."""
    page.requests.clear()
    for width, theme in ((390, "dark"), (1280, "light")):
        displayed(page, name, width, theme)
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
        assert page.run(BEYOND) == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []


def test_themes(page: Any) -> None:  # noqa: ANN401 - a page of the browser's module
    """The site is light or dark as the reader's system is."""
    found: list[str] = []
    for theme in ("light", "dark"):
        displayed(page, "index.html", 1280, theme)
        found.append(page.run("getComputedStyle(document.body).backgroundColor"))
    assert found[0] != found[1]


def test_search(page: Any) -> None:  # noqa: ANN401 - a page of the browser's module
    """The search finds a finding code, a command and a member without any network."""
    for words, name in (("amount-as-string", "findings"), ("restatements", "archives"), ("num_sessions", "contract")):
        displayed(page, f"search.html?q={words}", 1280, "light")
        page.until(f"[...document.querySelectorAll('#search-results a')].some(a => a.href.includes('{name}'))")
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
