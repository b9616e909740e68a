"""
What came of one client as a page to look at: levels by topic, what to fix first, and payloads with the differences marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.clients import COMPARED, OneWay, is_paging, topic_of
from usagecompat.fidelity import Level
from usagecompat.findings import is_index, pointer_parts
from usagecompat.jsontext import read
from usagecompat.pages import Bar, Html, details, marked, page, paragraph, section, shares, table
from usagecompat.printing import counted
from usagecompat.renderers.about import about_lines
from usagecompat.renderers.one_way import outcomes_of_decoder
from usagecompat.renderers.paging_page import paging_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.clients import CaseResult, ClientResult
    from usagecompat.fidelity import Difference
    from usagecompat.findings import Path

_MOST_CASES: Final = 60
"""So many cases are shown with their payloads."""
_MOST_MARKS: Final = 200
_LONGEST: Final = 20_000
"""Longer payloads are not displayed."""
_INVENTED: Final = frozenset(("client/member-invented", "client/item-invented", "client/absent-became-null"))
"""The codes whose pointers lead into what came back; what merely changed is marked there, too."""
_VALUE_ENDS: Final = frozenset(",}]\n")


def render_run_page(result: ClientResult, payloads: Mapping[str, bytes]) -> str:
    """
    The page.

    Args:
        result: What came of a client.
        payloads: What it was sent, by case.
    """
    about = result.introduction
    paging = is_paging(result)
    only = f"; {result.one_way.words}" if result.one_way else ""
    hold = "" if result.one_way is OneWay.DECODES else f", each to hold at {result.required.name}"
    return page(
        f"Run: {result.name}",
        f"{about}{only}; {len(result.cases):,} {'sequences' if paging else 'cases'}{hold}",
        (*_about(result), *(paging_sections(result) if paging else _sections(result, payloads))),
    )


def _about(result: ClientResult) -> Iterator[Html]:
    """What the page is of."""
    if result.about:
        yield section("What this is of", *map(paragraph, about_lines(result.about)))


def _sections(result: ClientResult, payloads: Mapping[str, bytes]) -> Iterator[Html]:
    compared = [case for case in result.cases if case.duty in COMPARED and case.judged]
    if result.one_way is OneWay.DECODES:
        yield from _of_decoder(result)
    else:
        yield from _levels(result, compared)
    yield section("What to fix first", *_causes(result))
    for fault in result.faults:
        yield section("The client as a whole", paragraph(f"{fault.code}: {fault.message}"))
    failing = [case for case in result.cases if case.failing(result.required)]
    parts = [_case(case, payloads.get(case.case_id), result) for case in failing[:_MOST_CASES]]
    left = len(failing) - len(parts)
    yield section(
        "Failing cases",
        paragraph(f"{counted(len(failing), 'case')} failed{f', of which {left:,} are not displayed' if left else ''}."),
        *parts,
    )


def _of_decoder(result: ClientResult) -> Iterator[Html]:
    """What became of payloads, where there are no levels."""
    outcomes = outcomes_of_decoder(result)
    colours = {"decoded": "valid", "refused": "acceptable"}
    rows = [(Bar(name, len(cases)), colours.get(name, "invalid")) for name, cases in outcomes.items()]
    yield section(
        "Outcomes",
        paragraph(
            "The client only decodes, so it has no level. It is judged by what it refuses and accepts, and by the values that it names."
        ),
        shares("Cases that are to be decoded, by outcome", rows),
    )
    topics = sorted({topic_of(case.case_id) for cases in outcomes.values() for case in cases})
    table_rows = [
        (topic, *(f"{sum(topic_of(case.case_id) == topic for case in cases) or ''}" for cases in outcomes.values()))
        for topic in topics
    ]
    yield section(
        "By topic",
        table("Cases by topic and outcome", ("topic", *outcomes), table_rows, numbers=range(1, len(outcomes) + 1)),
    )


def _levels(result: ClientResult, compared: list[CaseResult]) -> Iterator[Html]:
    levels = {level: sum(case.level is level for case in compared) for level in Level}
    none = sum(case.level is None for case in compared)
    rows = [(Bar(level.name, count), _colour(level, result.required)) for level, count in levels.items()]
    yield section(
        "Levels", shares("Cases that are to come back, by level", [*rows, (Bar("did not come back", none), "invalid")])
    )
    yield section("By topic", _topics(compared, result.required))


def _colour(level: Level, required: Level) -> str:
    return "valid" if level >= required else "invalid" if level is Level.NONE else "acceptable"


def _topics(cases: list[CaseResult], required: Level) -> Html:
    topics: dict[str, list[CaseResult]] = {}
    for case in cases:
        topics.setdefault(topic_of(case.case_id), []).append(case)
    rows = [
        (
            topic,
            f"{sum(case.level is not None and case.level >= required for case in of):,} of {len(of):,}",
            *(f"{sum(case.level is level for case in of) or ''}" for level in Level),
        )
        for topic, of in sorted(topics.items())
    ]
    heads = ("topic", f"at {required.name} or higher", *(level.name for level in Level))
    return table("Cases by topic and level", heads, rows, numbers=range(1, len(heads)))


def _causes(result: ClientResult) -> Iterator[Html]:
    if not result.to_fix:
        yield paragraph("Nothing is known that is to be fixed.")
        return
    rows: list[tuple[str, ...]] = [
        (
            cause.title,
            f"{cause.everyday:,}",
            f"{len(cause.cases):,}",
            cause.cap.name,
            cause.after.name if cause.after else "",
            f"{cause.fix} It shows at {cause.where}." if cause.where else cause.fix,
            cause.example,
        )
        for cause in result.to_fix
    ]
    heads: tuple[str, ...] = (
        "cause",
        "everyday cases",
        "all cases",
        "caps at",
        "level after it",
        "what to do",
        "example",
    )
    if result.one_way is OneWay.DECODES:
        heads, rows = (*heads[:3], *heads[5:]), [(*row[:3], *row[5:]) for row in rows]
    yield table("In the order in which to fix them", heads, rows, numbers=[1, 2])


def _case(case: CaseResult, sent: bytes | None, result: ClientResult) -> Html:
    decodes = result.one_way is OneWay.DECODES
    rows = [
        (*(() if decodes else (found.cap.name,)), found.code, found.pointer, found.sent or "", found.returned or "")
        for found in case.differences
    ]
    parts: list[Html] = []
    if case.message:
        parts.append(paragraph(case.message))
    parts += [paragraph(f"{fault.code}: {fault.message}") for fault in case.faults]
    if rows:
        heads = (*(() if decodes else ("caps at",)), "code", "pointer", "sent", "returned")
        parts.append(table("Differences", heads, rows))
    if sent is not None and len(sent) <= _LONGEST:
        parts += paragraph("What was sent:"), _marked(sent, case.differences, invented=False)
    if case.returned is not None and len(case.returned) <= _LONGEST:
        parts += paragraph("What came back:"), _marked(case.returned, case.differences, invented=True)
    level = case.level.name if case.level is not None else str(case.outcome)
    return details(f"{case.case_id}: {level}", *parts)


def _marked(payload: bytes, differences: tuple[Difference, ...], *, invented: bool) -> Html:
    """A payload with the places marked in which it differs."""
    document = read(payload)
    text = document.text if document.text is not None else payload.decode("utf-8", "backslashreplace")
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    places: list[tuple[int, int]] = []
    for found in differences[:_MOST_MARKS]:
        is_new = found.code in _INVENTED
        if found.pointer and (invented or not is_new):
            at = document.line_and_column(_path(found.pointer)) if document.text is not None else None
            if at is not None:
                start = starts[at[0] - 1] + at[1] - 1
                places.append((start, _end(text, start)))
    return marked(text, places)


def _path(pointer: str) -> Path:
    return tuple(int(part) if is_index(part) else part for part in pointer_parts(pointer))


def _end(text: str, start: int) -> int:
    """The end of a member or of an item that is no container; of one that is, the end of its beginning."""
    end, is_string = start, False
    while end < len(text):
        if is_string and text[end] == "\\":
            end += 1
        elif text[end] == '"':
            is_string = not is_string
        elif not is_string and text[end] in _VALUE_ENDS:
            break
        elif not is_string and text[end] in "[{":
            return end + 1
        end += 1
    return min(end, len(text))
