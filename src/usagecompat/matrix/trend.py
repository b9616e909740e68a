"""
The part of the page that shows many times: the level of each client by version, and what changed from time to time.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from usagecompat.clients import OneWay, Outcome
from usagecompat.corpus import Tier
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Level
from usagecompat.matrix.change_tables import changes_text
from usagecompat.matrix.changes import Changes, client_changes
from usagecompat.pages import Html, Stop, details, paragraph, rungs, table, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from usagecompat.matrix.changes import ClientChanges
    from usagecompat.matrix.times import Answer, Standing

_MOST_TIMES: Final = 60
"""So many times of a client are drawn, the newest."""
_MOST_CHANGES: Final = 20
"""So many cases of each kind of change are listed."""
_MOST_ROWS: Final = 2_000
_DAY: Final = 10
_LINE_END: Final = "\n"
_SHORT: Final = "NVPOELB"
_TIERS: Final = (Tier.EVERYDAY, Tier.POSSIBLE)


def trend(history: Iterable[Standing]) -> Html:
    """The section; nothing if there is no history."""
    clients: dict[str, list[Standing]] = {}
    for standing in history:
        clients.setdefault(standing.name, []).append(standing)
    if not clients:
        return Html("")
    parts = "".join(_client(name, sorted(times, key=lambda one: one.made)) for name, times in sorted(clients.items()))
    return Html(f'<section id="trend"><h2>Over time</h2>\n{parts}</section>')


def _client(name: str, times: Sequence[Standing]) -> Html:
    left = len(times) - _MOST_TIMES
    times = times[-_MOST_TIMES:]
    stops = [_stop(times[index - 1] if index else None, now) for index, now in enumerate(times)]
    chart = (
        _without_levels(name, times)
        if all(one.one_way is OneWay.DECODES for one in times)
        else rungs(
            f"{name}: level by version", [level.name for level in Level], [f"{tier} cases" for tier in _TIERS], stops
        )
    )
    told = f"{left:,} earlier times are not drawn." if left > 0 else ""
    mark = "A broken line stands where the kit, the corpus or the required level is another one than before."
    pairs = [*pairwise(times)]
    if len(times) > 2:  # noqa: PLR2004 - more than one pair
        pairs.append((times[0], times[-1]))
    if any(stop.is_other for stop in stops) and times[-1].one_way is not OneWay.DECODES:
        told = f"{mark} {told}".strip()
    steps = (_step(before, now) for before, now in reversed(pairs))
    return Html("".join((chart, paragraph(told) if told else "", _table(name, times), *steps)))


def _without_levels(name: str, times: Sequence[Standing]) -> Html:
    """How many cases fail at each time, of a client that only decodes and so has no level."""
    rows = [
        (
            one.made,
            one.version,
            f"{sum(bool(answer.failing(one.required)) for answer in one.answers.values()):,}",
            f"{len(one.answers):,}",
        )
        for one in times
    ]
    return table(f"{name} decodes only: cases that fail", ("time", "version", "fail", "of"), rows, numbers=[2, 3])


def _stop(before: Standing | None, now: Standing) -> Stop:
    failing = sum(bool(answer.failing(now.required)) for answer in now.answers.values())
    kit = f"usagecompat {now.about.usagecompat}" if now.about else "an earlier usagecompat"
    about = f"{now.made}; {failing} of {len(now.answers)} cases fail at {now.required.name}; {kit}"
    return Stop(
        now.version or now.made[:_DAY] or "unknown",
        [None if (level := now.levels.get(tier)) is None else int(level) for tier in _TIERS],
        about,
        is_other=before is not None and _question(before) != _question(now),
    )


def _question(standing: Standing) -> object:
    """What a client was asked, and by what it was judged."""
    about = standing.about
    return (standing.required, standing.revision, about and (about.usagecompat, about.corpus))


def _step(before: Standing, now: Standing) -> Html:
    """What changed between two times, which opens."""
    title = f"{_time(before)} to {_time(now)}"
    try:
        changed = client_changes(before, now)
    except UnreadableInput as error:
        return paragraph(f"{title}: not comparable: {error.reason}")
    lines = changes_text(Changes(clients=(changed,)), max_cases=_MOST_CHANGES)
    return details(f"{title}: {_verdict(changed)}", Html(f"<pre>{_LINE_END.join(words(line) for line in lines)}</pre>"))


def _verdict(changed: ClientChanges) -> str:
    count = len(changed.cases)
    return (
        f"{'got worse' if changed.got_worse else 'nothing got worse'}, {count} of {len(changed.shared)} cases changed"
    )


def _time(standing: Standing) -> str:
    return " of ".join(filter(None, (standing.version, standing.made or "an unknown time")))


def _table(name: str, times: Sequence[Standing]) -> Html:
    """Each case that changed at any time, and what came of it at each."""
    required = times[-1].required
    ids = sorted({case for standing in times for case in standing.answers})
    rows = [
        (case, looks) for case in ids if len({*(looks := [_look(one, case, required) for one in times])} - _NONE) > 1
    ]
    if not rows:
        return paragraph(f"No case of {name} changed.")
    rows.sort(
        key=lambda row: all(not kind.endswith(" fails") for _, kind, _ in row[1])
    )  # what failed at some time first
    body = "".join(_row(case, looks) for case, looks in rows[:_MOST_ROWS])
    heads = "".join(
        f'<th scope="col" title="{words(one.made)}">{words(one.version or one.made[:_DAY])}</th>' for one in times
    )
    more = (
        paragraph(f"{len(rows) - _MOST_ROWS:,} more of {len(rows):,} are not displayed.")
        if len(rows) > _MOST_ROWS
        else ""
    )
    return details(
        f"{len(rows):,} of {len(ids):,} cases changed at some time",
        Html(
            f'<div class="wide" tabindex="0" role="region" aria-label="{words(name)}: cases that changed"><table class="changed">'
            f'<thead><tr><th scope="col">case</th>{heads}</tr></thead>\n<tbody>{body}</tbody></table></div>{more}'
        ),
    )


_NONE: Final = frozenset({("", "", "")})


def _look(standing: Standing, case: str, required: Level) -> tuple[str, str, str]:
    """The sign, the class and the words of one case at one time."""
    answer = standing.answers.get(case)
    if answer is None:
        return ("", "", "")
    sign, kind = _sign(answer)
    said = str(answer.outcome) if answer.level is None else answer.level.name
    if codes := answer.failing(required):
        return (sign, f"{kind} fails", f"{said}, fails: {', '.join(sorted(codes))}")
    return (sign, kind, said)


def _sign(answer: Answer) -> tuple[str, str]:
    if not answer.judged:
        return ("–", "gap")  # noqa: RUF001 - as in page.js
    if answer.level is not None:
        return (_SHORT[answer.level], f"l{int(answer.level)}")
    return {Outcome.REFUSED: ("R", "refused"), Outcome.DECODED: ("·", "ok")}.get(answer.outcome, ("×", "failed"))  # noqa: RUF001 - as in page.js


def _row(case: str, looks: Iterable[tuple[str, str, str]]) -> str:
    return f'<tr><th scope="row">{words(case)}</th>{"".join(_cells(looks))}</tr>\n'


def _cells(looks: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    for sign, kind, said in looks:
        yield f'<td class="{kind}" title="{words(said)}">{words(sign)}</td>' if sign else "<td></td>"
