"""
What changed from revision to revision, as Markdown for people.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from usagecompat.contract.effects import READERS, Effect, Role
from usagecompat.contract.evolution import Change, Rule, changes, worst
from usagecompat.contract.query_evolution import query_changes
from usagecompat.contract.revisions import LATEST, REVISIONS, source_of
from usagecompat.contract.tree import contract
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WORDS: Final[Mapping[Effect, str]] = {
    Effect.IDENTICAL: "same",
    Effect.BACKWARD: "reads on",
    Effect.BREAKING: "**breaks**",
}
_PREAMBLE: Final = f"""# What each revision of the contract changed

Generated from the records: `usagecompat schema --write` writes this file, and `--check` says whether it is up to date.

For each change there are two readers:

* **Old reader of new data**: a client made from the revision before gets a payload of this revision.
* **New reader of old data**: a client made from this revision gets a payload of the revision before, such as one from an archive.

A reader **breaks** if its schema refuses something that the other revision allows.
It *reads on* if its schema takes everything, though an old reader does not know what is new and must keep or ignore it.
It is the *same* if both schemas take the same.
Payloads have only members that their own revision declares: whoever sent an undeclared member before it was declared is not counted.
`usagecompat revisions diff` says the same of any two revisions and drafts, with more readers and with payloads that show it.

Two verdicts in one cell: first as published (`schemas/<revision>.json`), then as served (`schemas/served/<revision>.json`).
The newest revision is {LATEST}.
"""


def changelog() -> str:
    """The history of the contract as Markdown, newest revision first."""
    lines = [_PREAMBLE]
    for older, newer in reversed(list(pairwise(REVISIONS))):
        lines += [f"## {newer}\n", f"{_source(newer)}\n", *chapter(older, newer), ""]
    first = REVISIONS[0]
    kinds = ", ".join(f"`{shape.name}`" for shape in contract(first).kinds.values())
    lines += [f"## {first}\n", f"{_source(first)}\n", f"The first revision, with {kinds}."]
    return "\n".join(lines) + "\n"


def _source(revision: str) -> str:
    source, _, brought = source_of(revision).partition(": ")
    return f"Published in {source}: {brought}."


def chapter(older: str, newer: str) -> list[str]:
    """What changed from one revision to another, as lines of Markdown."""
    found = changes(older, newer)
    lines = [
        f"* {role.capitalize()} ({older if role is Role.OLD_READER else newer} reads "
        f"{newer if role is Role.OLD_READER else older}): {_verdicts(found, role)}."
        for role in READERS
    ]
    adds = any(change.rule is Rule.MEANING_CHANGED for change in found)
    if adds:
        lines.append("* Reader who adds up: **breaks**, though no type shows it.")
    asked = query_changes(older, newer)
    lines += [
        "",
        "| record | members | change | rule | old reader of new data | new reader of old data |",
        "|---|---|---|---|---|---|",
    ]
    for (record, text, rule), group in groupby(found, key=lambda change: (change.record, change.text, change.rule)):
        alike = list(group)
        members = ", ".join(f"`{_named(change)}`" for change in alike if change.names) or "the record"
        cells = [_verdicts(alike, role) for role in READERS]
        if rule is Rule.MEANING_CHANGED:
            cells = ["**breaks who adds up**"] * 2
        lines.append(f"| `{record}` | {members} | {text} | `{rule}` | {' | '.join(cells)} |")
    if asked:
        lines += [
            "",
            "| endpoint | parameter | change | rule | old caller | new caller of the old API |",
            "|---|---|---|---|---|---|",
        ]
    for change in asked:
        named = f"`{change.names[0]}`" if change.names else "the endpoint"
        cells = [
            _WORDS[change.effects[Profile.SERVED, role]].replace("reads on", "asks on")
            for role in (Role.OLD_CALLER, Role.NEW_CALLER)
        ]
        lines.append(f"| `{change.record}` | {named} | {change.text} | `{change.rule}` | {' | '.join(cells)} |")
    return lines


def _named(change: Change) -> str:
    """The name that a change is listed under: of a rename the one that people know."""
    return change.names[0 if change.rule is Rule.RENAMED else -1]


def _verdicts(found: Iterable[Change], role: Role) -> str:
    alike = list(found)
    published, served = (_WORDS[worst(alike, profile, role)] for profile in (Profile.PUBLISHED, Profile.SERVED))
    return published if published == served else f"{published} / as served {served}"
