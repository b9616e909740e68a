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
_SECONDS = 300
LINES = (
    b'{"object":"bucket","start_time":%d,"end_time":%d,"results":[]}\n',
    b'{"object":"bucket","start_time":%d,"end_time":%d,"results":[{"object":"organization.costs.result",'
    b'"amount":{"value":"1.50","currency":"usd"}}]}\n',
    b'{"object":"bucket","start_time":%d,"end_time":%d\n',
)


def recipe(root: Path, heading: str) -> str:
    """The one block of Python under a heading."""
    (section,) = re.findall(
        rf"^## {heading}$(.*?)(?=^## |\Z)", (root / "docs/scale.md").read_text("utf-8"), re.M | re.S
    )
    (code,) = re.findall(r"^```python\n(.*?)^```$", section, re.M | re.S)
    return str(code)


@pytest.mark.parametrize(("heading", "tools"), [("With Ray", ()), ("With Spark", ("java",))])
def test_recipe(
    heading: str,
    tools: tuple[str, ...],
    root: Path,
    tmp_path: Path,
    tool: Callable[[str], str],
    run: Callable[..., str],
    pip_install: Callable[[Path], dict[str, str]],
) -> None:
    """The recipe prints the summary that one process comes to."""
    for name in tools:
        tool(name)
    requirements = HERE / heading.rpartition(" ")[2].lower() / "requirements.txt"
    archive = tmp_path / "archive"
    for number in range(600):
        file = archive / f"{number:03}.ndjson"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"".join(line % (number * 3600, number * 3600 + 3600) for line in LINES))
    alone = subprocess.run(
        [sys.executable, "-m", "usagecompat", "scan", "archive/"], cwd=tmp_path, capture_output=True, check=False
    )
    assert alone.returncode == 1
    assert alone.stdout.startswith(b"1,800 payloads")
    printed = run(
        *("timeout", str(_SECONDS), sys.executable, "-c", recipe(root, heading)),
        cwd=tmp_path,
        env={**pip_install(requirements), "SPARK_LOCAL_IP": "127.0.0.1"},
    )
    assert printed.endswith(alone.stdout.decode())
