"""What README.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from documents import examples

if TYPE_CHECKING:
    from sybil import Example

EXAMPLES = examples(Path(__file__).resolve().parent.parent / "README.md", "python")


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


def test_number_of_fixtures() -> None:
    """The README gives the number of fixtures in hundreds, and no more than there are."""
    root = Path(__file__).resolve().parent.parent
    told = re.search(r"more than ([0-9,]+) fixtures", (root / "README.md").read_text("utf-8"))
    assert told
    count = len([*(root / "fixtures").rglob("*.case.json")])
    assert 0 < count - int(told[1].replace(",", "")) <= 500
