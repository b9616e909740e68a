"""
What changed between two times, for people: as text, and as Markdown that fits a comment on a pull request.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from usagecompat.corpus import Tier
from usagecompat.matrix.changes import WORSE, Change
from usagecompat.matrix.tables import columns, escaped
from usagecompat.printing import counted, printable
from usagecompat.renderers import MAX_CASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from usagecompat.matrix.changes import CaseChange, Changes, ClientChanges
    from usagecompat.matrix.times import Answer, Standing


class _Words(NamedTuple):
    """What is said of the cases of a change."""

    title: str
    short: str
    """As the head of a column."""


_WORDS: Final[Mapping[Change, _Words]] = {
    Change.NEW_FAILURE: _Words("fail that passed", "new failures"),
    Change.WORSE: _Words("failed and are worse now", "worse failures"),
    Change.UNJUDGED: _Words("are not judged any more", "no longer judged"),
    Change.FIXED: _Words("are fixed", "fixed"),
    Change.BETTER: _Words("fail, and are better than before", "better failures"),
    Change.FELL: _Words("pass with a lower level than before", "lower, and fine"),
    Change.ROSE: _Words("pass with a higher level than before", "higher"),
    Change.OTHERWISE: _Words("are answered otherwise, and no worse", "otherwise"),
    Change.JUDGED: _Words("are judged that were not", "judged anew"),
}
_ALWAYS: Final = frozenset({Change.NEW_FAILURE, Change.FIXED})
"""The columns that are there even if all numbers in them are 0."""
_IN_TITLE: Final = frozenset({"name", "client"})
_MOST_CODES: Final = 5
_MOST_NAMES: Final = 5
_MOST_EXAMPLE: Final = 300
_MOST_CELL: Final = 200
"""So many characters of what a client says of itself stand in a line."""


def changes_text(changes: Changes, *, max_cases: int = MAX_CASES) -> Iterator[str]:
    """The lines of the changes; at most `max_cases` of each kind are listed."""
    for number, client in enumerate(changes.clients):
        if number:
            yield ""
        yield f"{_who(client.now)} against {_who(client.before)}"
        yield _verdict(client)
        yield from (f"    {line}" for line in _about(client))
        for change in Change:
            yield from _cases(client.of(change), change, max_cases)
        yield from _new_cases(client, max_cases)
    for line in _others(changes):
        yield ""
        yield line


def changes_markdown(changes: Changes, *, max_cases: int = MAX_CASES) -> Iterator[str]:
    """The lines of the same as Markdown, shorter: a table of numbers, and what changed behind it."""
    worse = sum(client.got_worse for client in changes.clients)
    number = len(changes.clients)
    yield f"### usagecompat: {f'{worse} of {number} clients got worse' if worse else 'nothing got worse'}"
    yield ""
    shown = [change for change in Change if change in _ALWAYS or any(client.of(change) for client in changes.clients)]
    yield columns(("client", "verdict", "compared", *(_WORDS[change].short for change in shown), "new cases", "gone"))
    yield columns(("---", "---", *("---:" for _ in range(len(shown) + 3))))
    for client in changes.clients:
        counts = [len(client.of(change)) for change in shown]
        verdict = "**got worse**" if client.got_worse else "nothing got worse"
        numbers = map(str, (len(client.shared), *counts, len(client.new), len(client.gone)))
        yield columns((escaped(printable(client.now.name)), verdict, *numbers))
    for client in changes.clients:
        yield ""
        yield f"**{escaped(_who(client.now))}** against {escaped(_who(client.before))}"
        for line in _about(client):
            yield f"* {escaped(line)}"
        for change in Change:
            yield from _cases_markdown(client.of(change), change, max_cases)
        if failing := client.failing_new:
            yield ""
            yield f"{len(failing)} of the new cases fail, which is not worse than before: {escaped(_few(failing))}"
    for line in _others(changes):
        yield ""
        yield escaped(line)


def _text(changes: Changes, max_cases: int) -> str:
    return "\n".join(changes_text(changes, max_cases=max_cases)) + "\n"


def _markdown(changes: Changes, max_cases: int) -> str:
    return "\n".join(changes_markdown(changes, max_cases=max_cases)) + "\n"


def _json(changes: Changes, _: int) -> str:
    return json.dumps(changes.to_dict(), separators=(",", ":")) + "\n"


CHANGE_FORMATS: Final[Mapping[str, Callable[[Changes, int], str]]] = {
    "text": _text,
    "markdown": _markdown,
    "json": _json,
}
"""How changes are written; the number says how many cases of each kind are listed for people."""


def _who(standing: Standing) -> str:
    info = standing.client
    known = " ".join(filter(None, (info.name, info.version))) if info else "a client that never sent its name"
    told = "" if known == standing.name else f" ({known[:_MOST_CELL]})"
    made = f" of {standing.made}" if standing.made else ""
    return printable(f"{standing.name}{told}{made}")


def _verdict(client: ClientChanges) -> str:
    level = client.required.name
    if not client.got_worse:
        return f"Nothing got worse at {level}: {_counts(client)}."
    worse = [
        f"{count} {_WORDS[change].short}" for change in Change if change in WORSE and (count := len(client.of(change)))
    ]
    worse += [f"the client as a whole: {', '.join(client.new_faults)}"] if client.new_faults else []
    return f"It got worse at {level}: {', '.join(worse)}. In all: {_counts(client)}."


def _counts(client: ClientChanges) -> str:
    told = [f"{count} {_WORDS[change].short}" for change in Change if (count := len(client.of(change)))]
    same = len(client.shared) - len(client.cases)
    return ", ".join([*told, f"{same} as before"])


def _about(client: ClientChanges) -> Iterator[str]:
    """The levels, what was compared, and what else is not the same."""
    levels = [
        f"{tier} {now.name if now is not None else 'no level'}"
        + ("" if before is now else f", was {before.name if before is not None else 'unknown'}")
        for tier, (before, now) in client.levels.items()
        if (before is not None or now is not None) and (before is not now or tier is not Tier.EXTREME)
    ]
    if levels:
        yield f"levels: {'; '.join(levels)}"
    told = [f"compared: {counted(len(client.shared), 'case')} that both have"]
    told += [f"{len(client.new):,} new ({len(client.failing_new):,} fail)"] if client.new else []
    told += [f"{len(client.gone):,} gone"] if client.gone else []
    told += [f"{len(client.other):,} not the same under their id: {_few(client.other)}"] if client.other else []
    yield printable("; ".join(told))
    if others := [one for one in client.apart if one.what not in _IN_TITLE]:
        apart = "; ".join(f"{one.what} {one.now}, was {one.before}" for one in others)
        yield printable(f"not the same: {apart}")
    if client.gone_faults:
        yield f"the client as a whole no longer has {', '.join(client.gone_faults)}"


def _cases(cases: Sequence[CaseChange], change: Change, most: int) -> Iterator[str]:
    if not cases:
        return
    yield ""
    yield f"{counted(len(cases), 'case')} {_WORDS[change].title}{_by_code(cases)}:"
    for case in cases[:most]:
        yield printable(f"  {case.case_id}: {_became(case)}")
        if change in WORSE and case.now.example:
            yield printable(f"      {case.now.example[:_MOST_EXAMPLE]}")
    if len(cases) > most:
        yield f"  {len(cases) - most} more of {len(cases)}; --max-cases {len(cases)} lists all"


def _cases_markdown(cases: Sequence[CaseChange], change: Change, most: int) -> Iterator[str]:
    if not cases:
        return
    yield ""
    yield f"<details{' open' if change in WORSE else ''}><summary>{counted(len(cases), 'case')} {_WORDS[change].title}</summary>"
    yield ""
    for case in cases[:most]:
        told = f": {case.now.example[:_MOST_EXAMPLE]}" if change in WORSE and case.now.example else ""
        yield f"* {escaped(printable(case.case_id))}: {escaped(printable(f'{_became(case)}{told}'))}"
    if len(cases) > most:
        yield f"* {len(cases) - most} more of {len(cases)}"
    yield ""
    yield "</details>"


def _by_code(cases: Sequence[CaseChange]) -> str:
    codes = Counter(code for case in cases for code in case.codes).most_common()
    told = ", ".join(f"{code} in {count}" for code, count in codes[:_MOST_CODES])
    more = f" and {len(codes) - _MOST_CODES} more codes" if len(codes) > _MOST_CODES else ""
    return f" ({told}{more})" if told else ""


def _became(case: CaseChange) -> str:
    now, before = _came(case.now), _came(case.before)
    state = now if now == before else f"{now}, was {before}"
    codes = sorted(case.now.failing(case.required))
    lost = sorted(case.before.failing(case.required) - case.now.failing(case.required))
    told = [state, *([", ".join(codes)] if codes else []), *([f"no longer {', '.join(lost)}"] if lost else [])]
    return ": ".join(told)


def _came(answer: Answer) -> str:
    return answer.level.name if answer.level is not None else str(answer.outcome)


def _new_cases(client: ClientChanges, most: int) -> Iterator[str]:
    failing = client.failing_new
    if not failing:
        return
    yield ""
    yield f"{len(failing)} of {len(client.new)} new cases fail, which is not worse than before:"
    for name in failing[:most]:
        yield printable(f"  {name}: {', '.join(sorted(client.now.answers[name].failing(client.required)))}")
    if len(failing) > most:
        yield f"  {len(failing) - most} more of {len(failing)}; --max-cases {len(failing)} lists all"


def _others(changes: Changes) -> Iterator[str]:
    if changes.without:
        yield printable(f"No baseline has {', '.join(changes.without)}: nothing is compared there.")
    if changes.gone:
        yield printable(f"Only the baseline has {', '.join(changes.gone)}.")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
