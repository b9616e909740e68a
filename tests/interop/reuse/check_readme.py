"""The examples of `schemas/README.md`, word for word: each is run in a folder of its own, as a reader would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).resolve().parent
README = HERE.parent.parent.parent / "schemas/README.md"
TOOLS = {
    "JavaScript": ("node", "npm"),
    "Go": ("go",),
    "Rust": ("cargo",),
    "Java": ("java", "mvn"),
    "An editor": ("node", "npm"),
    "Types for your language": ("node", "npm"),
}
"""The sections with commands, and what these need."""


@frozen
class Block:
    """A fenced block, and the line before it."""

    section: str
    before: str
    language: str
    text: str

    @property
    def file(self) -> str | None:
        """The file that the block is to be saved as, which the line before it names first or last."""
        named = re.search(r"^`([\w./-]+)`.*:$| in `([\w./-]+)`:$", self.before)
        return next(filter(None, named.groups()), None) if named else None


def blocks() -> Iterator[Block]:
    """All fenced blocks of the page."""
    section, before, opened, text = "", "", "", ""
    for line in README.read_text("utf-8").splitlines(keepends=True):
        if opened and line.startswith("```"):
            yield Block(section, before, opened.strip("`\n"), text)
            opened = text = before = ""
        elif opened:
            text += line
        elif line.startswith("```"):
            opened = line
        elif line.startswith("## "):
            section = line[3:].strip()
        elif line.strip():
            before = line.strip()


BLOCKS = list(blocks())


@pytest.fixture
def walk_through(built: Path, tool: Callable[[str], str], tmp_path: Path) -> Callable[[str], Path]:
    """Does what a section says from top to bottom, in a folder with the two payloads, and returns the folder."""

    def walk(section: str) -> Path:
        for name in TOOLS[section]:
            tool(name)
        shutil.copy(HERE.parent / "judges/rust/Cargo.lock", tmp_path)  # the versions that are built already
        env = {**os.environ, "USAGECOMPAT": str(README.parent.parent), **settings(built)}
        wanted = [block for block in BLOCKS if block.section in ("Two payloads", section)]
        for block, following in zip(wanted, [*wanted[1:], None], strict=True):
            if block.file:
                (tmp_path / block.file).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / block.file).write_text(block.text, "utf-8")
            elif block.language == "sh":
                shown = following is not None and following.language == "text"
                bash = [tool("bash"), *([] if shown else ["-e"]), "-c", block.text]
                done = subprocess.run(bash, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stdout + done.stderr
                if following is not None and shown:
                    assert done.stdout == following.text, done.stderr
            else:
                assert block.language == "text", f"nobody would know what to do with {block}"
        return tmp_path

    return walk


def settings(built: Path) -> dict[str, str]:
    """What keeps tools quiet and lets them use what was built before; no example needs any of it."""
    return {
        "CARGO_TARGET_DIR": str(built / "cargo"),
        "CARGO_PROFILE_DEV_DEBUG": "false",
        "CARGO_INCREMENTAL": "0",
        "GOFLAGS": "-buildvcs=false",
        "npm_config_loglevel": "error",
        "npm_config_update_notifier": "false",
    }


def test_no_section_is_left_out() -> None:
    """Every section with commands is run."""
    assert {block.section for block in BLOCKS if block.language == "sh"} == TOOLS.keys()


@pytest.mark.parametrize("section", TOOLS)
def test_section(section: str, walk_through: Callable[[str], Path]) -> None:
    """Following a section from top to bottom shows what the page shows."""
    walk_through(section)


def test_editor_underlines_the_fault(
    walk_through: Callable[[str], Path], tool: Callable[[str], str], run: Callable[..., str]
) -> None:
    """With the settings of the page, VS Code's own language service finds the fault, and nothing in the good page."""
    folder = walk_through("An editor")
    shutil.copytree(HERE / "editor", folder / "editor")
    run(tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", cwd=folder / "editor")
    said = run(tool("node"), folder / "editor/diagnose.mjs", folder, "good.json", "bad.json").splitlines()
    assert said == ['bad.json: "1200": Incorrect type. Expected "integer".']
    assert '`Incorrect type. Expected "integer".`' in README.read_text("utf-8")
