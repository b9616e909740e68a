"""
What came of one client, for people: who it is, what it kept, what it lost, and which cases fail for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.clients import COMPARED, OneWay, Outcome, badge_of, is_paging
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level
from usagecompat.printing import printable
from usagecompat.renderers.about import about_lines
from usagecompat.renderers.fix_first import fix_first_lines
from usagecompat.renderers.one_way import decoder_headline, duty_words, outcome_words, with_members
from usagecompat.renderers.paging_run import render_paging
from usagecompat.renderers.run_parts import against_list, failure, not_judged, told, who

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.clients import Cause, ClientResult, Comparison, Count

MEANINGS: Final[Mapping[Level, str]] = {
    Level.NONE: "a declared value is lost or changed",
    Level.VALUES: "declared values survive as binary64",
    Level.PRESENCE: "and null stays null, absent stays absent",
    Level.OPEN: "and what is not declared survives",
    Level.EXACT: "and every number is exact: identical",
    Level.LEXICAL: "and spellings and order stay",
    Level.BYTES: "the bytes are the same",
}
"""What each level promises, beside what those below it do."""
MAX_CASES: Final = 20
"""So many failing cases are listed unless somebody asks for more."""
_MOST_CAUSES: Final = 10
_MORE: Final = "--max-cases {0} lists all"


def render_run(
    result: ClientResult, comparison: Comparison | None = None, *, max_cases: int = MAX_CASES, quiet: bool = False
) -> Iterator[str]:
    """
    The lines of a result.

    Args:
        result: What came of a client.
        comparison: Which failures were expected.
        max_cases: How many failing cases are listed.
        quiet: Say only who it is, what it comes to, and why.
    """
    if is_paging(result):
        yield from render_paging(result, comparison, max_cases=max_cases, quiet=quiet)
        return
    yield who(result)
    if not quiet:
        yield from (f"    {line}" for line in about_lines(result.about))
    yield from _headline(result)
    if not quiet:
        yield from _numbers(result)
    yield from _as_a_whole(result)
    if quiet:
        yield from fix_first_lines(result) if result.fix_first else _causes(result)
        return
    yield from _causes(result)
    yield from _failures(result, comparison, max_cases)
    yield from not_judged(result)
    yield from _harmless(result)
    yield from fix_first_lines(result)


def render_failures(result: ClientResult, *, max_cases: int = MAX_CASES, more: str = _MORE) -> Iterator[str]:
    """
    The lines on what is wrong with a client, without those on what is right.

    Args:
        result: What came of the client.
        max_cases: How many failing cases are listed.
        more: How somebody gets the others listed; `{0}` stands for how many there are.
    """
    yield from _as_a_whole(result)
    yield from _causes(result)
    yield from _failures(result, None, max_cases, more)
    yield from not_judged(result)


def _as_a_whole(result: ClientResult) -> Iterator[str]:
    for fault in result.faults:
        yield ""
        yield f"The client as a whole: {fault.code}: {told(fault.message)}"


def _numbers(result: ClientResult) -> Iterator[str]:
    yield ""
    for duty, count in result.counts.items():
        if count.total:
            yield f"{count.total:5} of {len(result.cases)} cases {duty_words(result, duty)}: {_outcomes(result, count)}"
            if duty in COMPARED:
                yield from with_members(result, duty) if result.one_way is OneWay.DECODES else _levels(result, count)
    yield ""
    yield from _probes(result)
    if result.codes:
        yield ""
        total = sum(count.total for duty, count in result.counts.items() if duty in COMPARED)
        yield f"What was found, and in how many cases ({total} are to come back, {len(result.cases)} are there):"
        for code, times in result.codes.items():
            yield f"{times:5}  {code}"


def _causes(result: ClientResult) -> Iterator[str]:
    """At most ten lines: what to fix, in order."""
    causes = _harmful(result)
    if not causes:
        return
    yield ""
    yield "What went wrong, in the order in which to fix it:"
    listed = causes if len(causes) <= _MOST_CAUSES else causes[: _MOST_CAUSES - 1]
    for number, cause in enumerate(listed, 1):
        yield f"{number:3}. {told(cause.title)} ({told(cause.where)}): {_cost(cause)}"
    if len(causes) > len(listed):
        yield f"     and {len(causes) - len(listed)} more; --format json has all"


def _cost(cause: Cause) -> str:
    after = "" if cause.after is None else f"; fixed alone, this gives {cause.after.name}"
    known = f", docs/faults.md on {', '.join(cause.known)}" if cause.known else ""
    link = f"docs/findings.md#{cause.code.replace('/', '')}{known}"
    return (
        f"{cause.everyday} everyday of {len(cause.cases)} cases{after}; {told(cause.example)}; {cause.fix} See {link}"
    )


def _harmful(result: ClientResult) -> list[Cause]:
    return [cause for cause in result.causes if cause.cap < result.required]


def _harmless(result: ClientResult) -> Iterator[str]:
    """What differs, and is below nothing that is required."""
    causes = [cause for cause in result.causes if cause.cap >= result.required]
    if causes:
        yield ""
        listed = ", ".join(
            f"{cause.title} ({len(cause.cases)} case{'s' if len(cause.cases) > 1 else ''})" for cause in causes
        )
        at = "" if result.one_way is OneWay.DECODES else f" at {result.required.name}"
        yield f"No failure{at}: {printable(listed)}"


def _headline(result: ClientResult) -> Iterator[str]:
    found = result.headline
    badge = badge_of(result)
    shown = f"    badge: {badge.message}, {badge.colour.word}{': ' if badge.why else ''}{'; '.join(badge.why)}"
    if result.one_way is OneWay.DECODES:
        yield from decoder_headline(result)
        yield shown
        return
    if result.one_way is OneWay.ENCODES:
        yield "encodes only: it was given what to encode, and its level is that of the bytes"
    if found.level is None:
        yield f"no level: of {found.of} everyday cases none was judged"
    else:
        yield (
            f"{found.level.name}: {MEANINGS[found.level]}; "
            f"the lowest of {found.judged} of {found.of} everyday cases, {found.below} below {result.required.name}"
        )
    rare = result.standing(Tier.POSSIBLE)
    if rare.level is not None:
        yield (
            f"    and of what is rare but possible: {rare.level.name}; "
            f"the lowest of {rare.judged} of {rare.of} cases, {rare.below} below {result.required.name}"
        )
    yield shown


def _outcomes(result: ClientResult, count: Count) -> str:
    return ", ".join(f"{number} {outcome_words(result, outcome)}" for outcome, number in count.outcomes.items())


def _levels(result: ClientResult, count: Count) -> Iterator[str]:
    done = outcome_words(result, Outcome.DECODED)
    decoded = count.outcomes.get(Outcome.DECODED, 0)
    for level in reversed(Level):
        if held := count.levels.get(level):
            yield f"{held:11} of {decoded} {done} come back at {level.name}: {MEANINGS[level]}"


def _probes(result: ClientResult) -> Iterator[str]:
    probes, total = result.probes, len(result.cases)
    if not probes.wanted:
        yield f"Not asked: whether an answer depends on anything but its payload (0 of {total} cases sent again)."
        return
    yield f"{probes.again} of {total} cases were sent more than once, {probes.alone} to a process of their own as well."
    if probes.varied:
        yield (
            f"{probes.varied} of {total} cases come back in more than one way, which {result.required.name} allows: "
            f"{', '.join(probes.varied_codes)}."
        )


def _failures(result: ClientResult, comparison: Comparison | None, max_cases: int, more: str = _MORE) -> Iterator[str]:
    unexpected = result.failing if comparison is None else comparison.unexpected
    if unexpected:
        yield ""
        yield (
            f"{len(unexpected)} of {len(result.cases)} cases fail, {_why(result)}"
            + (", and are not expected to:" if comparison else ":")
        )
        yield from _by_cause(result, unexpected, max_cases, more)
    if comparison is not None:
        yield from against_list(result, comparison)


def _why(result: ClientResult) -> str:
    if result.one_way is OneWay.DECODES:
        return "because of what is refused, accepted or wrong"
    return f"because they do not hold at {result.required.name}"


def _by_cause(result: ClientResult, failing: Mapping[str, frozenset[str]], max_cases: int, more: str) -> Iterator[str]:
    """The failing cases, each below the first of its causes."""
    left = {case.case_id: case for case in result.cases if case.case_id in failing}
    room = max_cases
    for cause in (*_harmful(result), None):
        names = [name for name in (left if cause is None else cause.cases) if name in left]
        if not names:
            continue
        if result.causes:
            yield f"  {printable(cause.title) if cause else 'for other reasons'}:"
        for name in names:
            case = left.pop(name)
            if room > 0:
                yield from failure(case, failing[name], result.required)
            room -= 1
        hidden = min(len(names), max(0, -room))
        if hidden:
            yield f"      … {hidden} of {len(names)} cases"
    if room < 0:
        yield f"  {-room} of {len(failing)} failing cases are not listed; {more.format(len(failing))}"
