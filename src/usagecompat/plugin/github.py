"""
Annotations for GitHub Actions: each failing item of a `--compat` run, at the line and column of the payload's file.

They are written at the end of a run that finds GITHUB_ACTIONS=true in its environment, and nowhere else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest
from attrs import define, field

from usagecompat.findings import Severity
from usagecompat.inputs import Source
from usagecompat.plugin.items import CompatItem, CompatMismatch
from usagecompat.renderers import MOST, annotation, path_in_repository

if TYPE_CHECKING:
    from collections.abc import Generator

    from usagecompat.corpus import Mismatch

NAME: Final = "usagecompat-github"
"""What the plugin of a run is registered as."""


def is_wanted() -> bool:
    """Whether the run is a step of a GitHub workflow."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@define(eq=False)
class Annotations:
    """The plugin of one run."""

    _told: dict[tuple[str, str, str], str] = field(factory=dict[tuple[str, str, str], str], init=False)
    """Each annotation by file, code and pointer: several judges that see one thing are one annotation."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let the report of a failing item hold its annotations, also for a controller in another process."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if isinstance(item, CompatItem) and isinstance(error, CompatMismatch):
            report.usagecompat_annotations = [  # type: ignore[attr-defined]
                _annotation(item, mismatch) for mismatch in error.mismatches[:MOST]
            ]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take over what failed; what failed as expected is no news."""
        annotations: list[list[str]] = getattr(report, "usagecompat_annotations", [])
        if report.failed:
            for file, code, place, line in annotations:
                self._told.setdefault((file, code, place), line)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - the class is not public
        """Write the first ones, which is as many as GitHub shows, and how many there are."""
        for line in [*self._told.values()][:MOST]:
            terminalreporter.write_line(line.rstrip("\n"))
        if len(self._told) > MOST:
            terminalreporter.write_line(f"usagecompat: {len(self._told) - MOST:,} more have no annotation")


def _annotation(item: CompatItem, mismatch: Mismatch) -> list[str]:
    """What tells an annotation from others, and its line."""
    file = path_in_repository(Source(str(item.subject.payload_path))) or ""
    place = (mismatch.line, mismatch.column or 1) if mismatch.line else None
    told = [f"{mismatch.pointer or 'the root'}: {mismatch.seen}", f"expected: {mismatch.expected}", mismatch.fix]
    title = mismatch.code or item.name
    text = "\n".join(filter(None, told))
    return [file, title, mismatch.pointer, annotation(Severity.ERROR, title, text, file=file, place=place)]
