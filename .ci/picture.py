"""
The picture of README.md, and the page that it is of: a matrix of real clients, as Chromium displays it.

    usagecompat adapters install python-openai node-openai go-openai go-encoding-json
    python .ci/picture.py docs/matrix.png docs/_static/matrix.html

The clients are run here and now over the cases with amounts as strings; nothing in the picture is drawn by hand.
It needs the adapters named above, and a Chromium.
"""

from __future__ import annotations

import base64
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ADAPTERS = (
    "openai-python-to-json",
    "openai-python-model-dump",
    "openai-go-marshal",
    "openai-node",
    "go-encoding-json-float64",
)
_RARE = "within or significant or beyond or trailing or upper or plain or negative-zero"
CASES = f"deviations/amount-string and acceptable and not ({_RARE})"
WIDTH, HEIGHT = 760, 2400

_TABLE = """(() => {
  const r = document.getElementById("matrix").getBoundingClientRect();
  return [r.x + scrollX, r.y + scrollY, r.width, r.height];
})()"""
"""Where in the page the table of cells is."""


def matrix(place: Path) -> None:
    """Run the clients over the cases, and write the page; that some fail (status 1) is what it is about."""
    clients = [word for name in ADAPTERS for word in ("--adapter", name)]
    reference = ("--client", "usagecompat=python:usagecompat.clients.reference:codec")
    command = ("-m", "usagecompat", "matrix", *clients, *reference, "-k", CASES, "--also", f"html={place}")
    done = subprocess.run([sys.executable, *command], check=False)  # noqa: S603 - the words stand above
    if done.returncode not in {0, 1}:
        sys.exit("the matrix could not be run: see above")


def photograph(page: Path, picture: Path) -> None:
    """Save the cells of the page as a picture."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if found is None:
        sys.exit("no Chromium was found: install the package `chromium`")
    with tempfile.TemporaryDirectory() as profile, _browser().browser(found, Path(profile)) as tab:
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        tab.do("Emulation.setDeviceMetricsOverride", **size)
        tab.open(page)
        tab.run("new Promise(done => setTimeout(done, 500))")
        left, top, width, height = tab.run(_TABLE)
        clip = {"x": left - 4, "y": top - 4, "width": width + 8, "height": height + 8, "scale": 1}
        taken = tab.do("Page.captureScreenshot", format="png", clip=clip)
        picture.write_bytes(base64.b64decode(taken["data"]))


def _browser() -> Any:  # noqa: ANN401 - a module
    """The module of the tests that speaks to a browser."""
    spec = importlib.util.spec_from_file_location("browser", ROOT / "tests" / "helpers" / "browser.py")
    assert spec  # noqa: S101 - it is in the repository
    assert spec.loader  # noqa: S101 - the same
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    picture, page = map(Path, sys.argv[1:])
    matrix(page)
    photograph(page.resolve(), picture)
