"""The pages of scan, check, run and probe in a headless Chromium: widths, schemes, keyboard, paper, hostile words."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = "n" * 10_000_000
HOSTILE = "</style><script>window.owned=1</script><img src=x onerror='window.owned=1'>\u202e"
DAY = 86_400
START = 1_767_225_600
PROGRAM = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode not in (0, 1))"
"""Runs a command that may find faults, which is exit status 1."""
CLIENT = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().replace(b'1.5', b'1.50').replace(b'null', b'0'))"


PROBE = """
import os, sys
from usagecompat.cli import main
from usagecompat.ledger import Ledger, UsageServer
os.environ["OPENAI_ADMIN_KEY"] = "sk-admin-mock"
week = ["--start", "2026-10-11", "--end", "2026-10-18", "--rate", "1000", "--endpoint", "costs"]
with UsageServer(Ledger(scenarios=["buckets-repeat"])) as server:
    try:
        main(["probe", server.url, *week, "--also", "html=" + sys.argv[1]])
    except SystemExit as end:
        assert end.code == 1
"""
NAMES = ("scan", "check", "run", "probe")


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
    named = json.dumps(
        {"object": "organization.costs.result", LONG: "<svg onload='window.owned=1'>", "project_id": LONG}
    )
    (corpus / "a.ndjson").write_text("\n".join([*lines, HOSTILE, named]), "utf-8")
    client = folder / "client.py"
    client.write_text(CLIENT)
    command = (sys.executable, "-c", PROGRAM, sys.executable, "-m", "usagecompat")
    for name, more in (
        ("scan", (corpus, "--group", "project_id", "--restatements")),
        ("check", (corpus, "-q")),
        ("run", ("--client", f"{sys.executable} {client}", "--oneshot", "-k", "deviations", "--require", "exact")),
    ):
        run(*command, name, *more, "--also", f"html={folder / name}.html")
    run(sys.executable, "-c", PROBE, folder / "probe.html")
    return {name: folder / f"{name}.html" for name in NAMES}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("name", NAMES)
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


def test_verdicts_by_month(page: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401 - see `page`
    """Of each month a bar stands in the window, its parts on each other, in colours that the key below has, too."""
    page.do("Emulation.setDeviceMetricsOverride", width=400, height=1200, deviceScaleFactor=1, mobile=False)
    page.open(pages["scan"])
    chart = "document.querySelector('svg[aria-label=\"Payloads by month and verdict\"]')"
    boxes = (
        f"[...{chart}.querySelectorAll('rect')].map((one) => [one.getAttribute('class'), one.getBoundingClientRect()])"
    )
    drawn = page.run(f"{boxes}.map(([name, box]) => [name, box.left, box.right, box.top, box.bottom])")
    assert [name for name, *_ in drawn] == ["acceptable", "valid"] * 14
    for (_, left, right, top, bottom), (_, *upper) in zip(drawn[::2], drawn[1::2], strict=True):
        assert 0 <= left < right <= 400
        assert [left, right] == upper[:2]
        assert upper[2] < upper[3] == pytest.approx(top, abs=0.1)
        assert top < bottom
    for name in ("acceptable", "valid"):
        fill = page.run(f"getComputedStyle({chart}.querySelector('.{name}')).fill")
        assert page.run(f"getComputedStyle(document.querySelector('.key .{name}')).borderLeftColor") == fill


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_paper(page: Any, pages: dict[str, Path], name: str, scheme: str) -> None:  # noqa: ANN401 - see `page`
    """On paper a page is dark on white, nothing is cut off, and what is closed on the screen is there."""
    page.do("Emulation.setDeviceMetricsOverride", width=700, height=1000, deviceScaleFactor=1, mobile=False)
    page.do("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": scheme}])
    page.open(pages[name])
    look = "getComputedStyle(document.body)"
    assert page.run(f"{look}.color") == "rgb(27, 31, 36)"
    assert page.run(f"{look}.backgroundColor") == "rgb(255, 255, 255)"
    assert page.run(f"{look}.maxWidth") == "none"
    assert page.run(
        "[...document.querySelectorAll('.wide, pre')].every((e) => getComputedStyle(e).overflow === 'visible')"
    )
    if page.run("CSS.supports('selector(::details-content)')"):
        assert page.run(
            "[...document.querySelectorAll('details > :not(summary)')].every((e) => e.getBoundingClientRect().height > 0)"
        )
    printed = page.do("Page.printToPDF")["data"]
    assert printed.startswith("JVBERi")  # %PDF in base64
    page.do("Emulation.setEmulatedMedia", media="")


def test_sizes(pages: dict[str, Path]) -> None:
    """Words of ten million letters do not come onto a page whole."""
    assert all(path.stat().st_size < 2_000_000 for path in pages.values())
