"""
What follows from the head of a sequence: what a right client asks, what it is answered, and what it ends up with.

Everything comes from the ledger, so that a sequence is written by its head alone, and stays the same bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from attrs import Factory, define, frozen

from usagecompat.contract import ROOT
from usagecompat.corpus.sequences import Exchange, Sequence, SequenceDuty, read_head, sequence_files
from usagecompat.inputs import SEQUENCES, content_of
from usagecompat.jsontext import NO_VALUE, read, write
from usagecompat.ledger import SCENARIOS, Delivery, Memory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from usagecompat.corpus.sequences import Head
    from usagecompat.jsontext import Tree
    from usagecompat.ledger import Response

_TOO_MANY: Final = 429
_FINE: Final = 200
_MOST_TRIES: Final = 3
_MOST_REQUESTS: Final = 200
_SAID: Final = {Delivery.CUT: "the connection ends within the body", Delivery.HANG: "the body never comes to its end"}


@frozen
class SequenceChange:
    """A file of the sequences that is not what follows from the heads."""

    path: Path
    before: bytes | None
    """None if there is no such file."""
    after: bytes | None
    """None if there must be none."""


def sequence_changes(root: Path) -> list[SequenceChange]:
    """
    What has to be written or removed below a corpus, so that each sequence is what follows from its head.

    Raises:
        CorruptCase: The head of a sequence cannot be read.
        UnreadableInput: A file cannot be read.
    """
    place = root / SEQUENCES
    if not place.is_dir():
        return []
    wanted: dict[Path, bytes] = {}
    for path in sequence_files(place):
        made = made_of(read_head(path), path)
        wanted[path] = text_of(made)
        wanted |= {place / one.body_name: one.body for one in made.exchanges}
    there = {path: content_of(path, place) for path in sorted(place.rglob("*")) if path.is_file()}
    return [
        SequenceChange(path, there.get(path), wanted.get(path))
        for path in sorted({*wanted, *there})
        if there.get(path) != wanted.get(path)
    ]


def write_sequences(changes: list[SequenceChange]) -> None:
    """Write and remove what has to be."""
    for change in changes:
        if change.after is None:
            change.path.unlink()
        else:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            change.path.write_bytes(change.after)


def made_of(head: Head, path: Path) -> Sequence:
    """The sequence that a head stands for."""
    walk = _Walk(head, path.stem)
    walk.go()
    whole = head.ledger.buckets(f"{ROOT}{head.endpoint}", head.query)
    duty, report = SequenceDuty.COMPLETE, walk.problem
    if walk.failed or (walk.problem and len(walk.buckets) < len(whole)):
        duty = SequenceDuty.REPORT
    elif any(_breaks_promises(name) for name in head.scenarios):
        duty = SequenceDuty.EITHER
    return head.followed_by(
        path,
        duty=duty,
        report=report,
        exchanges=tuple(walk.exchanges),
        buckets=tuple(walk.buckets.values()),
    )


def _breaks_promises(scenario: str) -> bool:
    """Whether a server under this scenario says what the API never does; a page that fails is a matter of its own."""
    name = scenario.partition(":")[0]
    return SCENARIOS[name].fault and name != "error-on-page-2"


@define
class _Walk:
    """A right client on its way through the pages."""

    head: Head
    name: str
    exchanges: list[Exchange] = Factory(list[Exchange])
    buckets: dict[bytes, Tree] = Factory(dict[bytes, "Tree"])
    """By the time at which they start."""
    problem: str = ""
    failed: bool = False

    def go(self) -> None:
        """Follow the cursors to the end."""
        memory, query, followed, tries = Memory(), self.head.query, set[str](), 0
        while len(self.exchanges) < _MOST_REQUESTS:
            found = self._ask(query, memory)
            if found.status == _TOO_MANY and tries < _MOST_TRIES:
                tries += 1
                continue
            tries = 0
            page = page_of(found)
            if page is None:
                self.failed, self.problem = True, _failure(found, len(followed) + 1)
                return
            for bucket in _buckets_of(page):
                if self.buckets.setdefault(write(bucket.get("start_time")), bucket) is not bucket:
                    self.problem = "a bucket comes with two pages"
            cursor = page.get("next_page")
            has_more = page.get("has_more", cursor is not None)
            if not has_more and cursor is not None:
                self.problem = "the last page has a cursor, and says that there is no more"
            if has_more and cursor is None:
                self.problem = "the last page says that there is more, and has no cursor"
            if not has_more or not isinstance(cursor, str):
                return
            if cursor in followed:
                self.problem = "a page has its own cursor as the next one"
                return
            followed.add(cursor)
            query = f"{self.head.query}&page={quote(cursor, safe='')}"

    def _ask(self, query: str, memory: Memory) -> Response:
        ledger = self.head.ledger
        key = {"Authorization": f"Bearer {ledger.key}"}
        found = ledger.answer(f"{ROOT}{self.head.endpoint}", query, key, memory=memory)
        number = len(self.exchanges) + 1
        kind = "json" if found.body.startswith(b"{") else "html"
        self.exchanges.append(
            Exchange(
                query=query,
                status=found.status,
                headers=found.headers,
                body=found.body,
                body_name=f"{self.name}/{number}.{kind}",
                delivery=found.delivery,
            )
        )
        return found


def page_of(found: Response) -> dict[str, Tree] | None:
    """The page that an answer brings; None if it brings none, or not all of it."""
    if found.status != _FINE or found.delivery is not Delivery.WHOLE:
        return None
    tree = read(found.body).value
    return tree if tree is not NO_VALUE and isinstance(tree, dict) and isinstance(tree.get("data"), list) else None


def _buckets_of(page: dict[str, Tree]) -> Iterator[dict[str, Tree]]:
    data = page["data"]
    for bucket in data if isinstance(data, list) else []:
        if isinstance(bucket, dict):
            yield bucket


def _failure(found: Response, page: int) -> str:
    if found.delivery is not Delivery.WHOLE:
        return f"page {page}: {_SAID[found.delivery]}"
    return f"page {page} is answered with status {found.status}" + (", and is no page" if found.status == _FINE else "")


def text_of(sequence: Sequence) -> bytes:
    """The text of the file of a sequence: a line for each exchange and each bucket."""
    ledger = sequence.ledger
    lines = [
        f'"id": {_json(sequence.id)}',
        f'"description": {_json(sequence.description)}',
        f'"endpoint": {_json(sequence.endpoint)}',
        f'"query": {_json(sequence.query)}',
        f'"scenarios": {_json(list(sequence.scenarios))}',
        f'"ledger": {_json({"seed": ledger.seed, "revision": ledger.revision, "now": ledger.now, "key": ledger.key})}',
        f'"duty": {_json(sequence.duty)}',
        f'"report": {_json(sequence.report)}',
        f'"exchanges": {_listed(map(_exchange_text, sequence.exchanges))}',
        f'"buckets": {_listed(write(bucket).decode() for bucket in sequence.buckets)}',
    ]
    return ("{\n  " + ",\n  ".join(lines) + "\n}\n").encode()


def _exchange_text(one: Exchange) -> str:
    return _json(
        {
            "query": one.query,
            "status": one.status,
            "headers": dict(one.headers),
            "body": one.body_name,
            "delivery": one.delivery,
        }
    )


def _listed(texts: Iterator[str]) -> str:
    listed = list(texts)
    return "[\n    " + ",\n    ".join(listed) + "\n  ]" if listed else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
