"""Starters: adapters that are written for somebody to go on with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from usagecompat.adapters.starters import STARTERS, write_starter
from usagecompat.cli import main
from usagecompat.clients import client_spec, run
from usagecompat.corpus import cases
from usagecompat.exceptions import NoSuchName, WouldOverwrite

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("language", STARTERS)
def test_files(language: str, tmp_path: Path) -> None:
    """A starter has a program and a README with the commands, and none of the kit's own descriptions."""
    starter = write_starter(language, tmp_path / "new")
    names = {path.name for path in starter.files}
    assert "README.md" in names
    assert "adapter.json" not in names
    assert len(names) > 1
    readme = (tmp_path / "new" / "README.md").read_text("utf-8")
    assert all(line in readme for line in starter.build)
    assert "usagecompat run --client" in readme


def test_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The starter for Python answers the corpus as it is."""
    starter = write_starter("python", tmp_path / "new")
    monkeypatch.chdir(tmp_path / "new")
    spec = client_spec(starter.client.replace("python3", sys.executable))
    result = run(spec, [case for case in cases() if case.topic == "kinds"])
    assert result.faults == ()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A directory that holds something stays as it is."""
    (tmp_path / "mine.py").write_text("mine", "utf-8")
    with pytest.raises(WouldOverwrite):
        write_starter("python", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_misspelt_language(tmp_path: Path) -> None:
    """A language that has no starter is refused, with the nearest name, and nothing is written."""
    with pytest.raises(NoSuchName, match="did you mean 'rust'"):
        write_starter("rusty", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    done = CliRunner().invoke(main, ["adapters", "new", "cobol", str(tmp_path / "new")], prog_name="usagecompat")
    assert done.exit_code == 2
    assert "python" in done.output


def test_command(tmp_path: Path) -> None:
    """The command names what it wrote and the commands that come next."""
    done = CliRunner().invoke(main, ["adapters", "new", "go", str(tmp_path / "new")], prog_name="usagecompat")
    assert done.exit_code == 0
    assert "go build -mod=readonly -o adapter ." in done.output
    assert done.output.rstrip().endswith("usagecompat run --client './adapter number'")
