"""The corpus that comes with the kit."""

from __future__ import annotations

import usagecompat
from usagecompat.contract.revisions import REVISIONS
from usagecompat.corpus import selection as corpus
from usagecompat.findings import CODES_OF_PAYLOADS


def test_nothing_to_mend() -> None:
    """Every case is well told, whole, and what all judges say; manifest and notes are current."""
    assert list(map(str, corpus.lint(corpus.packaged()))) == []


def test_every_code_has_a_case() -> None:
    """Each finding that a payload can show is shown by a case, but for what no file can show."""
    shown = {one.code for case in usagecompat.cases() for one in case.findings}
    no_file = {
        "json/already-parsed",  # a file is text
        "json/limit-size",  # 64 MiB do not belong into a repository
        "record/phantom-member",  # said of a flat record, which is no payload
    }
    assert set(CODES_OF_PAYLOADS) - shown <= no_file


def test_every_revision_has_cases() -> None:
    """Each revision is the one that some case is written for."""
    assert {case.revision for case in usagecompat.cases()} == set(REVISIONS)
