"""Cases of the packaged corpus are read once, for as long as their files are what they were."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

from usagecompat.corpus import data
from usagecompat.corpus.case_files import read_case
from usagecompat.corpus.selection import cases, packaged

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NAME = "count-one"


def copied(to: Path) -> Path:
    """The files of a case in another place; the one that describes it."""
    for end in (".json", ".case.json"):
        (to / "numbers").mkdir(exist_ok=True)
        shutil.copyfile(packaged() / "numbers" / f"{NAME}{end}", to / "numbers" / f"{NAME}{end}")
    return to / "numbers" / f"{NAME}.case.json"


def test_packaged_cases() -> None:
    """Whoever asks for the packaged corpus again gets the same cases."""
    first, second = cases(), cases()
    assert first == second
    assert all(one is other for one, other in zip(first, second, strict=True))


def test_changed_files_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case whose description or payload has changed is another one."""
    monkeypatch.setattr(data, "_FOLDERS", {f"{tmp_path}{os.sep}"})
    path = copied(tmp_path)
    first = read_case(path)
    assert read_case(path) is first
    before = first.payload
    first.payload_path.write_bytes(before + b"\n\n")
    assert read_case(path).payload == before + b"\n\n"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"description": "Another text."}), "utf-8")
    assert read_case(path).description == "Another text."


def test_cases_of_others_are_read_each_time(tmp_path: Path) -> None:
    """Nothing is kept of a corpus that is somebody else's."""
    path = copied(tmp_path)
    assert read_case(path) == read_case(path)
    assert read_case(path) is not read_case(path)
