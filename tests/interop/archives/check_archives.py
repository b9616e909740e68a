"""The five queries of docs/archives.md, asked of a table that a scan has written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ASK = """
import json, sys, duckdb
print(json.dumps([duckdb.sql(query).fetchall() for query in json.load(sys.stdin)], default=str))
"""


@pytest.fixture(scope="session")
def packages(built: Path) -> Path:
    """A folder with DuckDB."""
    folder = built / f"duckdb-{sys.version_info[0]}.{sys.version_info[1]}"
    if not folder.is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "duckdb", "pytz"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            pytest.skip(f"DuckDB cannot be installed: {run.stderr.strip()[-200:]}")
    return folder


def test_queries(root: Path, packages: Path, tmp_path: Path) -> None:
    """Each query gives rows, and the right ones."""
    cost = '{"object":"bucket","start_time":%d,"end_time":%d,"results":[{"object":"organization.costs.result","amount":{"value":%s,"currency":"usd"}}]}'
    starts = [1_790_812_800 + day * 86_400 for day in (0, 1, 1, 40)]
    values = ("1.5", '"1.5"', '"1.5"', "true")
    lines = [cost % (start, start + 86_400, value) for start, value in zip(starts, values, strict=True)]
    (tmp_path / "a.ndjson").write_text("\n".join(lines), "utf-8")
    command = [sys.executable, "-m", "usagecompat", "scan", "a.ndjson", "--rows", "rows.parquet"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1
    (sql,) = re.findall(r"```sql\n(.*?)```", (root / "docs" / "archives.md").read_text("utf-8"), re.DOTALL)
    queries = [query for query in sql.split(";") if query.strip()]
    assert len(queries) == 5
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=tmp_path,
        env={"PYTHONPATH": str(packages), "TZ": "UTC"},
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    invalid, since, _, twice, revisions = json.loads(run.stdout)
    assert invalid == [["a.ndjson", 1]]
    assert since[0][0].startswith("2026-10-02")
    assert since[0][1] in {2, "2"}
    assert [row[1] for row in twice] == [2]
    assert [row[0] for row in revisions] == ["2026-10", "2026-11"]
