"""How many findings a report lists where their pointers are long, and in which order."""

from __future__ import annotations

import pytest

from usagecompat import check
from usagecompat.checking.weighing import MOST_PLACES


@pytest.mark.parametrize(("length", "listed"), [(MOST_PLACES, 2), (MOST_PLACES + 1, 1)])
def test_findings_below_long_names_are_listed_until_there_is_no_room(length: int, listed: int) -> None:
    """What stands in front of the last names of all pointers may be so long; the finding behind is only counted."""
    twice = ",".join(['"a":1'] * 5)
    text = f'{{"object":"organization.costs.result","y":{{"{"x" * (length - 1)}":{{{twice}}}}}}}'
    report = check(text)
    duplicates = [finding for finding in report.findings if finding.code == "json/duplicate-member"]
    assert [finding.pointer[-2:] for finding in duplicates] == ["/a"] * listed
    assert report.truncated == 4 - listed
