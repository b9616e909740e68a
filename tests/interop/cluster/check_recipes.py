"""What `docs/scale.md` shows of other schedulers works, and comes to what the command comes to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
FILES = 600
COSTS = '{"object":"organization.costs.result","amount":{"value":"1.50","currency":"usd"}}'
BUCKET = '{{"object":"bucket","start_time":{0},"end_time":{0}9,"results":[{1}]}}\n'


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with an archive of more files than one partition takes, some lines with something to be told."""
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(1, FILES + 1):
        lines = BUCKET.format(number, ""), BUCKET.format(number, COSTS), BUCKET.format(number, COSTS[:-9])
        (archive / f"{number:03}.ndjson").write_text("".join(lines), "utf-8")
    return tmp_path


@pytest.fixture
def recipe(
    root: Path, archive: Path, run: Callable[..., str], pip_install: Callable[[Path], dict[str, str]]
) -> Callable[[str], str]:
    """Runs what the page shows of a scheduler, and gives what it prints."""
    page = (root / "docs/scale.md").read_text("utf-8")

    def result(scheduler: str) -> str:
        (code,) = re.findall(rf"^## With {scheduler}\n\n```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        environment = pip_install(HERE / scheduler.lower() / "requirements.txt")
        return run(sys.executable, "-c", code, cwd=archive, env={**environment, "SPARK_LOCAL_IP": "127.0.0.1"})

    return result


@pytest.fixture
def expected(archive: Path) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "usagecompat", "scan", "archive/"]
    done = subprocess.run(command, cwd=archive, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{3 * FILES:,} payloads")
    return done.stdout


def test_ray(recipe: Callable[[str], str], expected: str) -> None:
    """Ray's workers come to the summary of one process."""
    assert recipe("Ray").endswith(expected)


def test_spark(recipe: Callable[[str], str], expected: str, tool: Callable[[str], str]) -> None:
    """Spark's workers come to the summary of one process."""
    tool("java")
    assert recipe("Spark").endswith(expected)
