"""What docs/paging.md promises: its exporter, its tables, and the files of the sequences."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest

from usagecompat.clients import paging_server
from usagecompat.clients.paging import PATIENCE, run_paging
from usagecompat.clients.spec import TIMEOUT, ClientSpec, Way
from usagecompat.corpus.sequences import Sequence, SequenceDuty, read_sequences
from usagecompat.findings import CODES

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = (ROOT / "docs" / "paging.md").read_text("utf-8")
ALL = read_sequences()
SCHEMA = json.loads((ROOT / "schemas" / "sequence.json").read_text("utf-8"))


def test_the_exporter_of_the_guide(tmp_path: Path) -> None:
    """The exporter fails one sequence for its digits, as the guide says, and none where digits may go."""
    (program,) = re.findall(r"```python\n# exporter.py\n(.*?)```", GUIDE, re.DOTALL)
    (tmp_path / "exporter.py").write_text(program, "utf-8")
    spec = ClientSpec(
        name="exporter", command=(sys.executable, "-I", "exporter.py"), way=Way.HTTP, timeout=20, cwd=str(tmp_path)
    )
    result = run_paging(spec, ALL, jobs=4)
    assert result.failing == {"sequences/costs-exact-amounts": frozenset({"client/precision-lost"})}


@pytest.mark.parametrize("sequence", ALL)
def test_files_are_as_described(sequence: Sequence) -> None:
    """Each file is as schemas/sequence.json describes it, and says what its exchanges come to."""
    told = json.loads(sequence.path.read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert list(told) == SCHEMA["required"]
    assert bool(sequence.report) is (sequence.duty is SequenceDuty.REPORT) or sequence.duty is SequenceDuty.EITHER
    starts = [bucket["start_time"] for bucket in told["buckets"]]
    assert starts == sorted(set(starts))


def test_the_schema_is_explained() -> None:
    """The guide names every member of a sequence, and every variable."""
    assert set(SCHEMA["required"]) - {"id", "description"} <= set(re.findall(r"`(\w+)`", GUIDE))


def test_codes_are_explained() -> None:
    """The guide names every code that is said of pages, and none that there is not."""
    named = set(re.findall(r"`(client/[a-z-]+)`", GUIDE))
    assert named <= set(CODES)
    codes = list(CODES)
    first, last = codes.index("client/buckets-lost"), codes.index("client/gave-up-early")
    assert set(codes[first : last + 1]) <= named


def test_limits_are_as_told() -> None:
    """The numbers of the section on limits are those of the program."""
    (limits,) = re.findall(r"## Limits\n(.*?)\n## ", GUIDE, re.DOTALL)
    assert f"`--timeout` seconds, {TIMEOUT:g} unless" in limits
    assert f"{paging_server.MORE} times besides" in limits
    assert f"after {paging_server.HANGING:g} seconds" in limits
    assert (PATIENCE, paging_server.TIMES) == (5, 6)
    assert "six times as long besides" in limits
    assert "five missed deadlines" in limits
