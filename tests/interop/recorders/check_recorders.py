"""The recipe for recorders in docs/redaction.md, run with pytest-recording against a server of this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRETS = ("proj_orchard", "Orchard Limited", "ada@orchard.example", "org-orchard", "sk-orchard")
PAGE = b"""{"object": "page", "data": [{"object": "bucket", "start_time": 1793491200, "end_time": 1793577600,
"results": [{"object": "organization.costs.result", "amount": {"value": "0.50", "currency": "usd"},
"project_id": "proj_orchard", "organization_name": "Orchard Limited", "user_email": "ada@orchard.example"}]}],
"has_more": false, "next_page": null}"""
TEST = """
import json
from urllib.request import Request, urlopen

import pytest

@pytest.mark.vcr
def test_costs():
    url = "http://127.0.0.1:{port}/v1/organization/costs?start_time=1&project_ids=proj_orchard"
    with urlopen(Request(url, headers={{"Authorization": "Bearer sk-orchard"}})) as answer:
        result = json.load(answer)["data"][0]["results"][0]
    assert result["amount"] == {{"value": "0.50", "currency": "usd"}}
    assert result["project_id"].startswith("proj_")
"""


class Costs(BaseHTTPRequestHandler):
    """Answers every question with one page."""

    def do_GET(self) -> None:
        """Send the page, with a header that names the organization."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(PAGE)))
        self.send_header("OpenAI-Organization", "org-orchard")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server that serves the page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Costs) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def packages(built: Path) -> Path:
    """A folder with pytest-recording and what it needs."""
    folder = built / f"recorders-{sys.version_info[0]}.{sys.version_info[1]}"
    if not folder.is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "pytest-recording>=0.13"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            pytest.skip(f"pytest-recording cannot be installed: {run.stderr.strip()[-200:]}")
    return folder


def test_recorder_keeps_nothing_private(root: Path, packages: Path, port: int, tmp_path: Path) -> None:
    """A recording made with the recipe holds no private string, and plays back."""
    docs = (root / "docs" / "redaction.md").read_text("utf-8")
    (recipe,) = re.findall(r"```python\n(# conftest\.py.*?)```", docs, re.DOTALL)
    (tmp_path / "conftest.py").write_text(recipe, "utf-8")
    (tmp_path / "test_costs.py").write_text(TEST.format(port=port), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(packages), "REDACTION_KEY": "a key for this check"}
    for mode in ("once", "none"):
        command = [sys.executable, "-m", "pytest", "-q", f"--record-mode={mode}", "--rootdir", tmp_path, tmp_path]
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
    (cassette,) = tmp_path.rglob("*.yaml")
    kept = cassette.read_text("utf-8")
    assert "redacted" in kept
    assert [secret for secret in SECRETS if secret in kept] == []
