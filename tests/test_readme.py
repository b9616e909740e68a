"""What README.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parent.parent / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_first_example_says_what_its_comment_says(capsys: pytest.CaptureFixture[str]) -> None:
    """The example above the fold prints the verdict that its comment names, and the likely cause of each finding."""
    exec(EXAMPLES[0], {})  # noqa: S102 - the examples are ours
    verdict, *findings = capsys.readouterr().out.splitlines()
    assert f"print(report.verdict)  # {verdict}:" in EXAMPLES[0]
    assert findings == [
        "warning wire/amount-as-string /amount/value - Take the string and the number alike, each digit of it.",
        'note schema/undeclared-member /line_itm - Did you mean "line_item"?',
    ]


@pytest.mark.parametrize("example", [text for text in EXAMPLES[1:] if "def test_" not in text])
def test_examples_run(example: str) -> None:
    """Every other example runs, and what it asserts holds."""
    exec(example, {})  # noqa: S102 - the examples are ours
