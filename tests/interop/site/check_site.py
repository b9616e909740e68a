"""The built site in a headless Chromium: two widths, light and dark, and its search; the variable SITE names its folder."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def _browser_module() -> Any:  # noqa: ANN401 - a module
    place = Path(__file__).parent.parent / "matrix" / "browser.py"
    spec = importlib.util.spec_from_file_location("site_browser", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A page in a browser; without any Chromium, what needs it counts as not run."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("chromium is absent: not run")
    with _browser_module().browser(found, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def displayed(tab: Any, name: str, width: int, theme: str) -> None:  # noqa: ANN401 - a page of the browser's module
    """Open a page of the site as a reader with this screen and theme does."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    tab.do("Emulation.setDeviceMetricsOverride", **size)
    tab.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    tab.do("Page.navigate", url=f"{SITE.as_uri()}/{name}")
    tab.until(f"location.pathname.endsWith('/{name.partition('?')[0]}') && document.readyState === 'complete'")


@pytest.mark.parametrize("name", PAGES)
def test_page(tab: Any, name: str) -> None:  # noqa: ANN401 - a page of the browser's module
    """A page fits a phone and a desk, and asks nothing of the network."""
    tab.requests.clear()
    for width, theme in ((390, "dark"), (1280, "light")):
        displayed(tab, name, width, theme)
        assert tab.run("document.documentElement.scrollWidth <= innerWidth")
        assert tab.run(BEYOND) == []
    assert [url for url in tab.requests if not url.startswith(("file:", "data:"))] == []


def test_themes(tab: Any) -> None:  # noqa: ANN401 - a page of the browser's module
    """The site is light or dark as the reader's system is."""
    found: list[str] = []
    for theme in ("light", "dark"):
        displayed(tab, "index.html", 1280, theme)
        found.append(tab.run("getComputedStyle(document.body).backgroundColor"))
    assert found[0] != found[1]


def test_search(tab: Any) -> None:  # noqa: ANN401 - a page of the browser's module
    """The search finds a finding code, a command and a member without any network."""
    for words, page in (("amount-as-string", "findings"), ("restatements", "archives"), ("num_sessions", "contract")):
        displayed(tab, f"search.html?q={words}", 1280, "light")
        tab.until(f"[...document.querySelectorAll('#search-results a')].some(a => a.href.includes('{page}'))")
    assert [url for url in tab.requests if not url.startswith(("file:", "data:"))] == []
