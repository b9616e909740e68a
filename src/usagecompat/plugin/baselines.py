"""
`--compat-baseline FILE`: a client fails a case only if it got worse there since a saved run.

What it fails as before is expected to fail, in the words of pytest, and so is a case that the saved run did not have.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.matrix import read_standings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from usagecompat.corpus import Case
    from usagecompat.matrix import Standing


@frozen
class Baseline:
    """How one client stood."""

    standing: Standing

    def excuses(self, case: Case, codes: frozenset[str], level: Level | None, required: Level) -> str:
        """
        Why a failure is no news; empty if it is.

        Args:
            case: The case that fails.
            codes: For what it fails now.
            level: What came back; None if nothing did.
            required: The level that the client has to keep to.
        """
        before = self.standing.answers.get(case.id)
        if before is None or not before.judged:
            return "the baseline says nothing of this case"
        if before.sha256 not in {"", sha256(case.payload).hexdigest()}:
            return "the baseline has another payload under this id"
        worth = before.worth(required)
        if codes <= before.failing(required) and (worth is None or (level or Level.NONE) >= worth):
            return f"it failed so in the baseline: {', '.join(sorted(codes))}"
        return ""


def baselines_in(paths: Iterable[str], clients: Sequence[str], root: Path) -> Mapping[str, Baseline]:
    """
    How clients stood by saved results, by the names of the clients; one alone is compared with one alone.

    Raises:
        pytest.UsageError: A file is none that is read here, or says nothing of a client.
    """
    found: dict[str, Standing] = {}
    for said in paths:
        try:
            standings = read_standings(root / said)
        except UnreadableInput as error:
            raise pytest.UsageError(f"--compat-baseline: {error}") from None
        for standing in standings:
            if standing.name in found:
                raise pytest.UsageError(f"--compat-baseline: two baselines are of the client {standing.name}")
            found[standing.name] = standing
    if any(standing.is_paging for standing in found.values()):
        raise pytest.UsageError("--compat-baseline: it is of sequences of pages, and pytest puts cases to clients")
    if len(found) == 1 and len(clients) == 1:
        return {clients[0]: Baseline(*found.values())}
    if found and (lost := [name for name in clients if name not in found]):
        raise pytest.UsageError(f"--compat-baseline: it has {', '.join(found)}, and no client called {lost[0]}")
    return {name: Baseline(found[name]) for name in clients if found}
