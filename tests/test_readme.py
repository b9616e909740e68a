"""What README.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from documents import examples

from usagecompat.contract import LATEST, REVISIONS, contract, endpoints_of
from usagecompat.findings import CODES
from usagecompat.ledger import SCENARIOS

if TYPE_CHECKING:
    from sybil import Example

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = examples(ROOT / "README.md", "python")


def test_first_example_says_what_its_comment_says(capsys: pytest.CaptureFixture[str]) -> None:
    """The example above the fold prints the verdict that its comment names, and the likely cause of each finding."""
    EXAMPLES[0].evaluate()
    verdict, *findings = capsys.readouterr().out.splitlines()
    assert f"print(report.verdict)  # {verdict}:" in EXAMPLES[0].parsed
    assert findings == [
        "warning wire/amount-as-string /amount/value - Take the string and the number alike, each digit of it.",
        "warning schema/misspelt-member /line_itm - Is it meant to be `line_item`? Nobody who reads the contract gets its value.",
    ]


@pytest.mark.parametrize(
    "example",
    [example for example in EXAMPLES[1:] if "def test_" not in example.parsed],
    ids=lambda example: f"line-{example.line}",
)
def test_examples_run(example: Example) -> None:
    """Every other example runs, and what it asserts holds."""
    example.evaluate()


COUNTS = {
    "revisions": len(REVISIONS),
    "kinds": len(contract(LATEST).kinds),
    "endpoints": len(endpoints_of(contract(LATEST))),
    "scenarios": len(SCENARIOS),
    "finding codes": len(CODES),
}
PAGES = [
    ROOT / "README.md",
    *(path for path in (ROOT / "docs").glob("*.md") if "Generated:" not in path.read_text("utf-8")),
    ROOT / "fixtures" / "README.md",
    ROOT / "schemas" / "README.md",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_counts(page: Path) -> None:
    """A document that says how many revisions, kinds or scenarios there are says how many there are."""
    nouns = "|".join(COUNTS)
    for number, noun in re.findall(rf"\b([0-9][0-9,]*) (?:published )?({nouns})\b", page.read_text("utf-8")):
        assert int(number.replace(",", "")) == COUNTS[noun], f"{page} says {number} {noun}"


def test_number_of_fixtures() -> None:
    """The README gives the number of fixtures in hundreds, and no more than there are."""
    root = Path(__file__).resolve().parent.parent
    told = re.search(r"more than ([0-9,]+) fixtures", (root / "README.md").read_text("utf-8"))
    assert told
    count = len([*(root / "fixtures").rglob("*.case.json")])
    assert 0 < count - int(told[1].replace(",", "")) <= 500
