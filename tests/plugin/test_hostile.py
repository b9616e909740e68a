"""A corpus that somebody has broken on purpose costs its own items, and never the run."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from usagecompat.corpus.lint import lint
from usagecompat.corpus.manifest import write_manifest
from usagecompat.exceptions import UnreadableInput
from usagecompat.inputs import content_of

if TYPE_CHECKING:
    from pathlib import Path


def flagged(small: Path, *flags: str) -> None:
    """Give the valid case these flags, and a payload that is not what it says."""
    sidecar = small / "numbers/count-one.case.json"
    said = json.loads(sidecar.read_text("utf-8"))
    sidecar.write_text(json.dumps({**said, "flags": sorted({*said["flags"], *flags})}), "utf-8")
    (small / "numbers/count-one.json").write_bytes(b"{}")


@pytest.mark.parametrize("mark", ["skip", "xfail", "skipif", "parametrize"])
def test_marks_of_pytest_are_no_flags(pytester: pytest.Pytester, small: Path, mark: str) -> None:
    """A flag that is called as a mark of pytest does nothing but select."""
    flagged(small, mark, "served")
    result = pytester.runpytest("--compat=fixtures", "-k", f"count-one or {mark}")
    assert result.parseoutcomes().get("failed", 0) >= 2
    assert not result.parseoutcomes().keys() & {"xfailed", "xpassed", "errors"}
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_marks_of_plugins_are_no_flags(pytester: pytest.Pytester, small: Path) -> None:
    """Nor is one that another plugin has said, while those in the settings of the project stay flags."""
    pytester.makeconftest(
        "def pytest_configure(config):\n    config.addinivalue_line('markers', 'flaky(reruns): run again')\n"
        "def pytest_runtest_setup(item):\n    assert not item.get_closest_marker('flaky')\n"
        "    assert item.get_closest_marker('ours') or 'count-one' not in item.nodeid\n"
    )
    pytester.makeini("[pytest]\nmarkers =\n    ours: of the project\n")
    flagged(small, "flaky", "ours")
    result = pytester.runpytest("--compat=fixtures", "-k", "count-one")
    assert result.parseoutcomes().get("errors", 0) == 0


def test_skip_marks(pytester: pytest.Pytester, small: Path) -> None:
    """Whoever marks items to be skipped, as a conftest may, skips them."""
    pytester.makeconftest(
        "import pytest\ndef pytest_collection_modifyitems(items):\n"
        "    for item in items: item.add_marker(pytest.mark.skip(reason='not here'))\n"
    )
    result = pytester.runpytest(f"--compat={small.name}")
    assert result.parseoutcomes().keys() == {"skipped"}


def test_ids_of_many_parts(pytester: pytest.Pytester, small: Path) -> None:
    """An id with more parts than its path is a fault of the case."""
    sidecar = small / "numbers/count-one.case.json"
    said = json.loads(sidecar.read_text("utf-8"))
    sidecar.write_text(json.dumps({**said, "id": "a/" * 60 + "b"}), "utf-8")
    result = pytester.runpytest("--compat=fixtures")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    assert lint(small)


def test_paths_with_colons(pytester: pytest.Pytester, small: Path) -> None:
    """A name with `::` in it is refused where pytest could not find it again, and collected elsewhere."""
    small.rename(small.parent / "a::b")
    result = pytester.runpytest("--compat=a::b")
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*pytest has no way to name a path with `::`*"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_payloads_that_are_no_files(pytester: pytest.Pytester, small: Path) -> None:
    """A payload that is a pipe, a device or a link out of the corpus is a fault of its case, and nothing waits for it."""
    names = ("numbers/count-one.json", "numbers/count-negative.json", "deviations/amount-string.json")
    for name in names:
        (small / name).unlink()
    os.mkfifo(small / names[0])
    (small / names[1]).symlink_to("/dev/zero")
    (small / names[2]).symlink_to("/etc/hostname")
    result = pytester.runpytest("--compat=fixtures")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    assert result.parseoutcomes()["failed"] >= 9
    told = "\n".join(map(str, lint(small)))
    assert "count-one.json is missing" in told
    assert "leads out of the tree" in told


def test_large_files(tmp_path: Path) -> None:
    """Of a file that is longer than a payload may be no more is read than shows it."""
    with (tmp_path / "sparse.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(UnreadableInput, match="more than"):
        content_of(tmp_path / "sparse.json")


def test_manifest_links(small: Path) -> None:
    """A manifest that is a link is replaced, and nothing is written where it led."""
    outside = small.parent / "outside.json"
    (small / "manifest.json").unlink()
    (small / "manifest.json").symlink_to(outside)
    assert write_manifest(small)
    assert not outside.exists()
    assert not (small / "manifest.json").is_symlink()
