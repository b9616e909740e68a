"""`--compat-corpus` and `--compat-set`: which cases of a corpus are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from usagecompat.corpus import data as _data

if TYPE_CHECKING:
    from pathlib import Path


def edit(path: Path, old: str, new: str) -> None:
    """Puts another text in the place of the first of one."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_pinned_corpus(pytester: pytest.Pytester, small: Path) -> None:
    """With a pin, only cases run that this version had; the others are deselected."""
    edit(small / "numbers/count-one.case.json", '"since": "0.1.0"', '"since": "0.2.0"')
    result = pytester.runpytest("--compat=fixtures", "--compat-corpus", "0.1.0")
    result.assert_outcomes(passed=11, deselected=4)
    result.stdout.fnmatch_lines(["3 of 4 cases run*"])


@pytest.mark.usefixtures("small")
def test_pin_to_this_version(pytester: pytest.Pytester) -> None:
    """The installed version is a pin that leaves nothing out."""
    pytester.runpytest("--compat=fixtures", "--compat-corpus", _data.version()).assert_outcomes(passed=15)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("pin", "why"), [("99.0.0", "is newer than this usagecompat"), ("latest", "is not a version")])
def test_pin_that_cannot_be(pytester: pytest.Pytester, pin: str, why: str) -> None:
    """A version that is newer than the kit, or none, is a usage error."""
    result = pytester.runpytest("--compat=fixtures", "--compat-corpus", pin)
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --compat-corpus: *{pin}* {why}*"])


@pytest.mark.usefixtures("plain")
def test_pin_and_plain_payloads(pytester: pytest.Pytester) -> None:
    """A pin says nothing about payloads that are not cases."""
    pytester.runpytest("--compat=recorded", "--compat-corpus=0.0.1").assert_outcomes(passed=8)


def test_set(pytester: pytest.Pytester, small: Path) -> None:
    """A set of the manifest is run alone, also when only a part of the corpus is named."""
    edit(small / "manifest.json", '["full"]', '["full", "core"]')
    pytester.runpytest("--compat=fixtures", "--compat-set=core").assert_outcomes(passed=4, deselected=11)
    pytester.runpytest("--compat=fixtures/numbers", "--compat-set=core").assert_outcomes(deselected=8)
    pytester.runpytest("--compat=fixtures", "--compat-set=full").assert_outcomes(passed=15)


@pytest.mark.usefixtures("small")
def test_unknown_set(pytester: pytest.Pytester) -> None:
    """A set that the corpus does not have is a usage error that lists those it has, and what can be derived."""
    result = pytester.runpytest("--compat=fixtures", "--compat-set=tiny")
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: there is no set 'tiny'; use one of derived, full"])
