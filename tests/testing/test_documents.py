"""What docs/testing.md shows is what happens."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest
from documents import blocks

from usagecompat.testing import PagingMachine, assert_round_trips

PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing.md"


def test_examples_run(pytester: pytest.Pytester) -> None:
    """The tests that the page shows pass, all in one file."""
    pytester.makepyfile("\n".join(blocks(PAGE, "python")))
    result = pytester.runpytest("-q")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] > len(blocks(PAGE, "python"))


def counted(text: str) -> str:
    """A text with `N` for each number: the corpus grows, and the page need not follow each time."""
    return re.sub(r"\d+", "N", text)


def test_message_as_quoted() -> None:
    """The message of a failure is the one that the page quotes, numbers aside."""

    def drops_nulls(payload: bytes) -> bytes:
        def kept(members: list[tuple[str, object]]) -> dict[str, object]:
            return {name: value for name, value in members if value is not None}

        return json.dumps(json.loads(payload, object_pairs_hook=kept)).encode()

    drops_nulls.__qualname__ = "drops_nulls"
    quoted = blocks(PAGE, "text")[0]
    with pytest.raises(AssertionError) as caught:
        assert_round_trips(drops_nulls)
    told = f"AssertionError: {caught.value}"
    assert counted(told).startswith(counted(quoted.rstrip().removesuffix("…")))


def test_arguments() -> None:
    """The tables of the page have each argument and each attribute, and no other."""
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    parameters = [name for name in inspect.signature(assert_round_trips).parameters if name != "codec"]
    attributes = [name for name in inspect.get_annotations(PagingMachine) if not name.startswith("_")]
    assert rows == [*parameters, *attributes]
