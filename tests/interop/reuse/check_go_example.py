"""The test in Go of `fixtures/README.md`, word for word: it counts what the kit counts for the same codec."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from usagecompat.adapters import client_of
from usagecompat.adapters.descriptions import adapter_of
from usagecompat.adapters.installation import install
from usagecompat.clients import Expectation, Outcome, Probing
from usagecompat.clients import run as run_client
from usagecompat.corpus import cases
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROW = "go-encoding-json-number"


def test_counts(root: Path, tool: Callable[[str], str], run: Callable[..., str], tmp_path: Path) -> None:
    """The example finds as many payloads decoded, refused and identical as the kit's own run of that codec."""
    go = tool("go")
    page = (root / "fixtures/README.md").read_text("utf-8")
    (program,) = re.findall(r"```go\n(.*?)```", page, re.DOTALL)
    (commands,) = re.findall(r"```sh\n(go mod init.*?)```", page, re.DOTALL)
    (tmp_path / "check_test.go").write_text(program, "utf-8")
    env = {**os.environ, "USAGECOMPAT": str(root), "GOFLAGS": "-buildvcs=false"}
    printed = run(tool("bash"), "-e", "-c", commands.replace("go ", f"{go} "), cwd=tmp_path, env=env)
    install(adapter_of(ROW), tmp_path / "adapters")
    result = run_client(client_of(ROW, into=tmp_path / "adapters"), cases(), probing=Probing.NONE)
    wanted = [case for case in result.cases if case.duty is Expectation.MUST_DECODE]
    decoded = [case for case in wanted if case.outcome is Outcome.DECODED]
    held = [case for case in decoded if case.level is not None and case.level >= Level.EXACT]
    told = f"must be decoded: {len(decoded)} decoded, {len(wanted) - len(decoded)} refused; {len(held)} identical"
    assert told in printed
