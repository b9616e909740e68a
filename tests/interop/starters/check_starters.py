"""The guide for authors of clients, followed to the letter: each starter is written, built and run in an empty place."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from usagecompat.adapters.starters import STARTERS

if TYPE_CHECKING:
    from collections.abc import Callable

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "clients.md"
BLOCKS = dict(re.findall(r"```sh\n# (\w+)\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
NEEDS = {"go": "go", "java": "mvn", "javascript": "node", "perl": "perl", "python": "python3", "rust": "cargo"}
LEVELS = {"perl": "NONE", "python": "OPEN", "javascript": "OPEN"}
"""What a starter keeps of a whole run; a starter that is not named here keeps every number exactly."""


def test_every_starter_has_a_block() -> None:
    """The guide shows every starter."""
    assert BLOCKS.keys() == STARTERS.keys()


@pytest.mark.parametrize("language", STARTERS)
def test_starter(language: str, tool: Callable[[str], str], tmp_path: Path) -> None:
    """What the guide says works as it stands, and the headline is what the plain library of the language keeps."""
    tool(NEEDS[language])
    script = "set -e\n" + BLOCKS[language].replace("usagecompat run ", "usagecompat run --probes none ")
    done = subprocess.run([tool("bash"), "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    expected = re.compile(rf"({LEVELS.get(language, 'EXACT|LEXICAL|BYTES')})\b")
    assert any(map(expected.match, done.stdout.splitlines())), done.stdout
    assert "errored" not in done.stdout
