"""The pages of scan, check and run in a headless Chromium: two widths, light and dark, keyboard, hostile words."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "</style><script>window.owned=1</script><img src=x onerror='window.owned=1'>\u202e"
DAY = 86_400
START = 1_767_225_600
PROGRAM = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode not in (0, 1))"
"""Runs a command that may find faults, which is exit status 1."""
CLIENT = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().replace(b'1.5', b'1.50').replace(b'null', b'0'))"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, run: Callable[..., str]) -> dict[str, Path]:
    """A page of each command, of payloads that were made to break it."""
    folder = tmp_path_factory.mktemp("pages")
    corpus = folder / "corpus"
    corpus.mkdir()
    lines: list[str] = []
    for day in range(400):
        if day % 50 == 7:
            continue
        cost = {
            "object": "organization.costs.result",
            "amount": {"value": 1.5 if day % 2 else "1.5", "currency": "usd"},
        }
        results = [{**cost, "project_id": HOSTILE, HOSTILE: None}]
        bucket = {
            "object": "bucket",
            "start_time": START + day * DAY,
            "end_time": START + (day + 1) * DAY,
            "results": results,
        }
        lines += [json.dumps(bucket)] * (2 if day % 60 == 3 else 1)
    (corpus / "a.ndjson").write_text("\n".join([*lines, HOSTILE]), "utf-8")
    client = folder / "client.py"
    client.write_text(CLIENT)
    command = (sys.executable, "-c", PROGRAM, sys.executable, "-m", "usagecompat")
    for name, more in (
        ("scan", (corpus, "--group", "project_id", "--restatements")),
        ("check", (corpus, "-q")),
        ("run", ("--client", f"{sys.executable} {client}", "--oneshot", "-k", "deviations", "--require", "exact")),
    ):
        run(*command, name, *more, "--also", f"html={folder / name}.html")
    return {name: folder / f"{name}.html" for name in ("scan", "check", "run")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("name", ["scan", "check", "run"])
def test_looks(page: Any, pages: dict[str, Path], name: str, width: int, scheme: str) -> None:  # noqa: ANN401 - see `page`
    """A page fits its window, obeys the scheme, runs nothing, asks nobody, and has no complaint."""
    page.do("Emulation.setDeviceMetricsOverride", width=width, height=1200, deviceScaleFactor=1, mobile=False)
    page.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    page.open(pages[name])
    assert page.run("document.documentElement.scrollWidth <= window.innerWidth")
    back = page.run("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") is (scheme == "light")
    assert page.run("window.owned === undefined")
    assert page.run("document.querySelectorAll('script, img').length") == 0
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("file:")] == []
    if place := os.environ.get("SCREENSHOTS"):
        page.picture(Path(place) / f"{name}-{width}-{scheme}.png")


def test_scan(page: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401 - see `page`
    """Gaps and overlaps are to be seen in the calendar, and each chart has a table behind it."""
    page.open(pages["scan"])
    assert page.run("document.querySelectorAll('rect.gap').length") == 8
    assert page.run("document.querySelectorAll('rect.again').length") == 7
    assert page.run(
        "[...document.querySelectorAll('figure')].every((one) => one.querySelector('details table tbody tr'))"
    )
    assert page.run("[...document.querySelectorAll('figure svg')].every((one) => one.getAttribute('aria-label'))")


def test_keyboard(page: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401 - see `page`
    """What opens with a click opens with a key."""
    page.open(pages["run"])
    for _ in range(20):
        page.press("Tab")
        if page.run("document.activeElement.tagName") == "SUMMARY":
            break
    before = page.run("document.activeElement.parentElement.open")
    page.press("Enter")
    page.until(f"document.activeElement.parentElement.open !== {json.dumps(before)}")
    assert page.run("document.querySelectorAll('pre mark').length") > 0
