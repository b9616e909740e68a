"""A Python that CI fetches is absent where it cannot be had, and nothing breaks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / ".ci" / "debian_python.sh"


@pytest.mark.parametrize(("tools", "missing"), [((), "apt-get"), (("apt-get", "dpkg-deb"), "patchelf")])
def test_without_tools(tmp_path: Path, tools: tuple[str, ...], missing: str) -> None:
    """Without a tool that it needs, the script names that tool, ends with status 1, and writes nothing."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    path = tmp_path / "path"
    path.mkdir()
    for tool in tools:
        (path / tool).write_text("", "utf-8")
        (path / tool).chmod(0o755)
    folder = tmp_path / "folder"
    command = [bash, str(SCRIPT), "3.14", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": str(path)}, check=False, timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"there is no {missing} here\n")
    assert not folder.exists()
