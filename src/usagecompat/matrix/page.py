"""
The matrix as one HTML page that needs nothing else: no network, and no trust in what clients say.

All texts stand once, as JSON in an element that no browser runs; the page's program shows them as text and nothing else.
The page allows exactly its own program and its own style, by their hashes.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import Factory, define

from usagecompat.clients import COMPARED, OneWay, Outcome, badge_of
from usagecompat.corpus import Case
from usagecompat.explanations import explanations
from usagecompat.fidelity import Level
from usagecompat.matrix.groups import headline
from usagecompat.matrix.summary import invalid, shares, worst
from usagecompat.matrix.tables import own_lines, shared_lines, worst_words
from usagecompat.matrix.trend import trend
from usagecompat.printing import counted
from usagecompat.renderers import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from usagecompat.clients import CaseResult, ClientResult
    from usagecompat.matrix.summary import Matrix

_HERE: Final = Path(__file__).resolve().parent
_LONGEST: Final = 30_000
"""So many characters of a payload are shown."""
_MOST: Final = 100
"""So many differences of a cell are shown."""
_MOST_CAUSES: Final = 10
_UNKNOWN: Final = -1


def page(matrix: Matrix) -> str:
    """The page."""
    style, program = ((_HERE / name).read_text("utf-8") for name in ("page.css", "page.js"))
    data = json.dumps(_Data().of(matrix), separators=(",", ":"))
    parts = {
        "@style-hash@": _hash(style),
        "@program-hash@": _hash(program),
        "@trend@": trend(matrix.history),
        "@style@": style,
        "@program@": program,
        # In JSON a `<` can stand in strings only, and without one no text ends the element.
        "@data@": data.replace("<", r"\u003c"),
    }
    text = (_HERE / "page.html").read_text("utf-8")
    for mark, part in parts.items():
        before, found, after = text.partition(mark)
        text = before + part + after if found else text
    return text


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


@define
class _Pool:
    """Values that are listed once and then called by their number."""

    listed: list[object] = Factory(list[object])
    _numbers: dict[Hashable, int] = Factory(dict["Hashable", int])

    def number(self, value: Hashable) -> int:
        if value not in self._numbers:
            self._numbers[value] = len(self.listed)
            self.listed.append(value)
        return self._numbers[value]


@define
class _Data:
    """What the page's program reads; `page.js` says at its top how."""

    texts: _Pool = Factory(_Pool)
    differences: _Pool = Factory(_Pool)
    cells: _Pool = Factory(_Pool)
    codes: set[str] = Factory(set[str])
    """The codes that stand anywhere."""

    def of(self, matrix: Matrix) -> dict[str, object]:
        sent = {case_id: self._sent(matrix, case_id) for case_id in matrix.case_ids}
        cases = [self._case(matrix, case_id, sent[case_id]) for case_id in matrix.case_ids]
        clients = [self._client(client, matrix, sent) for client in matrix.clients]
        return {
            "title": f"usagecompat {matrix.version}".strip(),
            "made": matrix.made,
            "of": [*shared_lines(matrix)],
            "levels": [level.name for level in Level],
            "meanings": [MEANINGS[level] for level in Level],
            "codes": {code: explanations()[code].means for code in sorted(self.codes) if code in explanations()},
            "outcomes": [str(outcome) for outcome in Outcome],
            "cases": cases,
            "clients": clients,
            "absent": [absent.to_dict() for absent in matrix.absent],
            "texts": self.texts.listed,
            "differences": self.differences.listed,
            "cells": self.cells.listed,
        }

    def _sent(self, matrix: Matrix, case_id: str) -> int:
        subject = matrix.subjects.get(case_id)
        return _UNKNOWN if subject is None else self._payload(subject.payload)

    def _payload(self, payload: bytes) -> int:
        text = payload.decode("utf-8", "backslashreplace")
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]} … {len(text) - _LONGEST:,} more characters are not displayed"
        return self.texts.number(text)

    def _case(self, matrix: Matrix, case_id: str, sent: int) -> list[object]:
        subject = matrix.subjects.get(case_id)
        if not isinstance(subject, Case):
            return [case_id, "", "", sent]
        about = f"{subject.verdict} at {subject.revision}"
        return [case_id, subject.description, ", ".join((about, *subject.flags)), sent]

    def _client(self, client: ClientResult, matrix: Matrix, sent: dict[str, int]) -> dict[str, object]:
        by_id = {case.case_id: case for case in client.cases}
        count, right = shares(client), invalid(client)
        info, badge = client.client, badge_of(client)
        decodes = client.one_way is OneWay.DECODES
        causes = [cause for cause in client.causes if cause.cap < client.required]
        return {
            "name": client.name,
            "about": client.introduction if info else "",
            "own": [*own_lines(client, matrix)],
            "way": client.way,
            "homepage": info.homepage if info else "",
            "issues": info.issues if info else "",
            "only": client.one_way.words if client.one_way else "",
            "level": _UNKNOWN if client.headline.level is None else int(client.headline.level),
            "below": client.headline.below,
            "badge": [badge.message, badge.colour.word, *badge.why[:1]],
            "headline": headline(client),
            "levels": [_UNKNOWN if decodes else count.levels.get(level, 0) for level in Level],
            "rest": [count.refused, count.failed, count.not_judged],
            "of": count.of,
            "invalid": [right.right, right.of],
            "causes": [
                f"{one.title} ({one.where}): {counted(len(one.cases), 'case')}. {one.fix}"
                for one in causes[:_MOST_CAUSES]
            ],
            "worst": [worst_words(client, one) for one in worst(client)],
            "faults": [f"{fault.code}: {fault.message}" for fault in client.faults],
            "cells": [
                self._cell(by_id[case_id], sent[case_id], client) if case_id in by_id else _UNKNOWN
                for case_id in matrix.case_ids
            ],
        }

    def _cell(self, case: CaseResult, sent: int, client: ClientResult) -> int:
        returned = _UNKNOWN if case.returned is None else self._payload(case.returned)
        if case.returned is None and case.level is Level.BYTES:
            returned = sent
        text = self.texts.number
        shown = case.differences[:_MOST]
        self.codes.update(found.code for found in shown)
        self.codes.update(fault.code for fault in case.faults)
        listed = tuple(
            self.differences.number(
                (
                    text(found.code),
                    text(found.pointer),
                    _UNKNOWN if found.sent is None else text(found.sent),
                    _UNKNOWN if found.returned is None else text(found.returned),
                    text(found.message),
                    int(found.cap),
                )
            )
            for found in shown
        )
        cell = (
            tuple(Outcome).index(case.outcome),
            _UNKNOWN if case.level is None else int(case.level),
            int(case.duty in COMPARED),
            text(str(case.duty)),
            text(case.message),
            returned,
            listed,
            case.truncated + len(case.differences) - len(shown),
            tuple(text(f"{fault.code}: {fault.message}") for fault in case.faults),
            int(bool(case.failing(client.required))),
        )
        return self.cells.number(cell)
