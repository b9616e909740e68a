"""The page of the matrix in a headless Chromium: cells, filter, keyboard, hostile payloads, and no word to the network."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = '</script><img src=x onerror="window.owned=1"><!--<script>'
CLIENT = """
import sys
sent = sys.stdin.buffer.read()
if b"broken" in sent:
    sys.exit("no </script><img src=x onerror='window.owned=1'>")
sys.stdout.buffer.write(sent.replace(b'"num_model_requests":3,', b'').replace(b'"input_tokens":7', b'"input_tokens":8'))
"""
RESULT = {
    "object": "organization.usage.completions.result",
    "input_tokens": 7,
    "output_tokens": 1,
    "num_model_requests": 3,
    "model": "m",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, run: Callable[..., str]) -> dict[str, Path]:
    """A page of three hostile payloads of our own, and one of the whole corpus."""
    folder = tmp_path_factory.mktemp("matrix")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "plain.json").write_text(json.dumps(RESULT, separators=(",", ":")))
    (corpus / "hostile.json").write_text(json.dumps({**RESULT, "model": HOSTILE, "x": "\u202e"}, separators=(",", ":")))
    (corpus / "broken.json").write_bytes(b'{"broken":"\xff</script>')
    client = folder / "client.py"
    client.write_text(CLIENT)
    lossy = f"lossy=oneshot:{shlex.join([sys.executable, '-I', '-S', str(client)])}"
    module = (sys.executable, "-m", "usagecompat", "matrix")
    reference = "faithful=python:usagecompat.clients.reference:codec"
    for name, more in (("own", ("--corpus", corpus, "--client", lossy)), ("all", ("-k", "kinds or numbers"))):
        _made(run, *module, "--client", reference, *more, "--require", "none", "--also", f"html={folder / name}.html")
    return {name: folder / f"{name}.html" for name in ("own", "all")}


def _made(run: Callable[..., str], *command: object) -> None:
    """Run a command that may say that a client fails, which is exit status 1."""
    run(sys.executable, "-c", _PROGRAM, *command)


_PROGRAM = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode not in (0, 1))"


def test_two_times(page: Any, tmp_path: Path, run: Callable[..., str]) -> None:  # noqa: ANN401 - see `page`
    """Of the cases that changed at some time, those are left that differ between the two times that are chosen."""
    place = tmp_path / "times.html"
    for version, program in ((1, "sent"), (2, "sent.replace(b'3', b'4')"), (3, "sent")):
        client = tmp_path / "client.py"
        client.write_text(f"import sys\nsent = sys.stdin.buffer.read()\nsys.stdout.buffer.write({program})\n")
        said = shlex.join([sys.executable, "-I", "-S", str(client)])
        saved = tmp_path / f"{version}.json"
        module = (sys.executable, "-m", "usagecompat")
        more = ("--name", "mine", "--client-version", version, "-k", "kinds/costs", "--also", f"json={saved}")
        _made(run, *module, "run", "--oneshot", "--client", said, *more)
        _made(run, *module, "matrix", saved, "--history", tmp_path / "runs", "--also", f"html={place}")
    page.open(place)
    told = "document.querySelector('#trend output').textContent"
    left = "document.querySelectorAll('#trend .changed tbody tr:not([hidden])').length"
    changed = page.run(left)
    assert changed
    choose = "[...document.querySelectorAll('#trend select')].forEach((one, at) => {{ one.value = [{0}, {1}][at]; }})"
    for times, (failing, fixed) in (((0, 1), (changed, 0)), ((1, 2), (0, changed)), ((0, 2), (0, 0))):
        page.run(choose.format(*times))
        page.run("document.querySelector('#trend select').dispatchEvent(new Event('change', {bubbles: true}))")
        assert page.run(told) == f"{failing} cases fail that did not, {fixed} do not any more, 0 differ otherwise"
        assert page.run(left) == failing + fixed


def _cell(case: str, client: int) -> str:
    return f'#matrix td button[aria-label^="{case}, "][data-x="{client}"]'


def _text(page: Any, selector: str) -> str:  # noqa: ANN401 - see `page`
    return str(page.run(f"document.querySelector({json.dumps(selector)}).textContent"))


def test_cell(page: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401 - see `page`
    """A click on a cell shows what was sent, what came back, and the differences marked in both; Escape closes it."""
    page.open(pages["own"])
    page.click(_cell("plain", 1))
    page.until("document.getElementById('detail').open")
    assert _text(page, "#detail-title") == "plain · lossy"
    assert '"num_model_requests":3' in _text(page, "#sent")
    assert "num_model_requests" not in _text(page, "#returned")
    marked = "[...document.querySelectorAll('#%s mark')].map((mark) => mark.textContent)"
    assert page.run(marked % "sent") == ['"input_tokens":7', '"num_model_requests":3']
    assert page.run(marked % "returned") == ["{", '"input_tokens":8']
    assert "client/member-lost" in _text(page, "#differences")
    if place := os.environ.get("SCREENSHOTS"):
        page.picture(Path(place) / "cell.png")
    page.click("#differences button")
    assert page.run("document.querySelectorAll('#sent mark.here').length") == 1
    page.press("Escape")
    page.until("!document.getElementById('detail').open")
    assert page.run("document.activeElement.getAttribute('aria-label')").startswith("plain, lossy")


def test_hostile(page: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401 - see `page`
    """Payloads and messages that look like markup are shown as text, and none of them runs."""
    page.open(pages["own"])
    page.click(_cell("hostile", 1))
    assert json.dumps(HOSTILE) in _text(page, "#sent")
    assert r"\u202e" in _text(page, "#sent")
    page.press("Escape")
    page.click(_cell("broken", 1))
    assert r"\xff</script>" in _text(page, "#sent")
    assert "</script><img src=x" in _text(page, "#detail")
    page.press("Escape")
    assert page.run("document.images.length") == 0
    assert page.run("window.owned") is None
    assert page.run("document.scripts.length") == 2


def test_filter(page: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401 - see `page`
    """Words and the choice beside them leave the rows that fit, and the page says how many of how many those are."""
    page.open(pages["all"])
    total = page.run("document.querySelectorAll('#matrix tbody tr').length")
    page.press("/")
    assert page.run("document.activeElement.id") == "filter"
    for letter in "costs":
        page.press(letter)
    shown = page.run("[...document.querySelectorAll('#matrix tbody tr:not([hidden]) th')].map((th) => th.textContent)")
    assert shown
    assert len(shown) < total
    assert _text(page, "#count").startswith(f"{len(shown)} of {total} cases,")
    if place := os.environ.get("SCREENSHOTS"):
        page.picture(Path(place) / "filter.png")
    page.open(pages["own"])
    page.run("document.getElementById('show').value = 'differ'")
    page.run("document.getElementById('show').dispatchEvent(new Event('change'))")
    assert "of 3 cases," in _text(page, "#count")


def test_keyboard(page: Any, pages: dict[str, Path]) -> None:  # noqa: ANN401 - see `page`
    """One cell is reached with the tab key; arrows lead to the others, and Enter opens one; the focus can be seen."""
    page.open(pages["own"])
    assert page.run("document.querySelectorAll('#matrix td button[tabindex=\"0\"]').length") == 1
    for _ in range(30):  # filters and the buttons that sort come first
        page.press("Tab")
        if page.run("Boolean(document.activeElement.closest('#matrix td'))"):
            break
    assert page.run("document.activeElement.dataset.x") == "0"
    page.press("ArrowDown")
    page.press("ArrowRight")
    assert page.run("document.activeElement.getAttribute('aria-label')").startswith("hostile, lossy")
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press("Enter")
    page.until("document.getElementById('detail').open")
    page.press("Escape")
    page.until("!document.getElementById('detail').open")


def test_quiet(page: Any) -> None:  # noqa: ANN401 - see `page`
    """All this leads to no word on the console, and nothing but the files themselves was asked for."""
    assert page.complaints == []
    assert all(url.startswith(("file:", "data:")) for url in page.requests), page.requests
