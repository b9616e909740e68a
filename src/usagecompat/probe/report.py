"""
What a probe found, for people and for programs.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from usagecompat.explanations import explanation
from usagecompat.findings import CODES, Severity
from usagecompat.pages import Bar, page, paragraph, section, shares, table
from usagecompat.printing import counted, printable
from usagecompat.probe.relations import RELATIONS, UNKNOWN
from usagecompat.probe.results import BROKEN, HELD
from usagecompat.renderers import MOST, add_to_summary, annotation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from xml.etree.ElementTree import Element

    from usagecompat.pages import Html
    from usagecompat.probe.course import Broken
    from usagecompat.probe.results import EndpointResult, ProbeResult

_SAYS: Final = {one.name: one.says for one in (*RELATIONS, UNKNOWN)} | {"expected": "What is expected comes."}


def _day(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).date().isoformat()


def _head(result: ProbeResult) -> Iterator[str]:
    window = result.window
    yield f"server     {printable(result.url)}"
    yield f"window     {_day(window.start)} to {_day(window.end)}, {window.days} days"
    yield f"requests   {result.requests} of {result.budget}, {result.answered} answered"
    yield f"revision   {result.revision or 'unknown'} (judged by {result.judged_by})"
    yield f"judged     {result.judged} of {result.laws} laws at {counted(len(result.endpoints), 'endpoint')}"


def _told(one: Broken) -> str:
    often = f" ({one.count:,} times, this is the first)" if one.count > 1 else ""
    return printable(one.message) + often


def _total(result: ProbeResult) -> str:
    counts = [counted(result.count(severity), severity) for severity in Severity]
    return ", ".join(counts)


def _unjudged(result: ProbeResult) -> Iterator[str]:
    """Why laws were not judged, with how many and where."""
    why: dict[str, list[str]] = {}
    for endpoint in result.endpoints:
        for name, state in endpoint.relations.items():
            if state not in {HELD, BROKEN}:
                why.setdefault(state, []).append(f"{endpoint.name} {name}")
    for state, places in why.items():
        yield f"not judged, {state}: {', '.join(places)}"


def _text(result: ProbeResult) -> str:
    lines = [*_head(result), ""]
    for endpoint in result.endpoints:
        for one in endpoint.findings:
            lines += [f"{one.severity}: {one.code} at {one.endpoint}", f"    {_told(one)}"]
            if one.query:
                lines.append(f"    asked: {printable(one.query)}")
    if result.findings:
        lines.append("")
    lines += _unjudged(result)
    if result.gone:
        lines.append("The server stopped answering; what follows was not asked.")
    lines.append(_total(result))
    return "\n".join(lines) + "\n"


def _json(result: ProbeResult) -> str:
    return json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n"


def _junit(result: ProbeResult) -> str:
    from xml.etree.ElementTree import Element, indent, tostring  # noqa: PLC0415 - other formats need none

    suites = Element("testsuites", name="usagecompat probe")
    for endpoint in result.endpoints:
        suites.append(_suite(endpoint))
    for element in (*suites, suites):
        element.set("tests", str(len(element.findall(".//testcase"))))
        element.set("failures", str(len(element.findall(".//failure"))))
        element.set("errors", "0")
        element.set("skipped", str(len(element.findall(".//skipped"))))
    indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _suite(endpoint: EndpointResult) -> Element:
    from xml.etree.ElementTree import Element, SubElement  # noqa: PLC0415 - as above

    suite = Element("testsuite", name=endpoint.name)
    for name, state in endpoint.relations.items():
        case = SubElement(suite, "testcase", classname=endpoint.name, name=f"{name}: {_SAYS.get(name, name)}")
        found = [one for one in endpoint.findings if one.relation == name]
        errors = [one for one in found if one.severity is Severity.ERROR]
        if errors:
            failure = SubElement(case, "failure", type=errors[0].code, message=_told(errors[0]))
            failure.text = "\n".join(f"{one.code}: {_told(one)}\n{printable(one.query)}" for one in errors)
        elif found:
            SubElement(case, "system-out").text = "\n".join(f"{one.code}: {_told(one)}" for one in found)
        elif state not in {HELD, BROKEN}:
            SubElement(case, "skipped", message=state)
    return suite


_COMMON: Final[dict[str, str | int | None]] = {
    "[": "\\[",
    "]": "\\]",
    "|": "\\|",
    "<": "&lt;",
    ">": "&gt;",
    "*": "\\*",
    "_": "\\_",
    "`": "\\`",
    "@": "&#64;",
}


def _plain(text: str) -> str:
    """`text` as Markdown that shows it letter by letter."""
    return text.translate(str.maketrans(_COMMON))


def _github(result: ProbeResult) -> str:
    told: dict[Severity, int] = dict.fromkeys(Severity, 0)
    lines: list[str] = []
    for one in result.findings:
        told[one.severity] += 1
        if told[one.severity] <= MOST:
            lines.append(annotation(one.severity, f"{one.code} at {one.endpoint}", _told(one)))
    left = sum(max(count - MOST, 0) for count in told.values())
    if left:
        lines.append(f"usagecompat: without an annotation: {left:,} findings\n")
    lines.append(f"usagecompat probe: {_total(result)}\n")
    add_to_summary(lambda: _markdown(result))
    return "".join(lines)


def _markdown(result: ProbeResult) -> str:
    lines = ["### usagecompat probe", "", *(f"* {_plain(line)}" for line in _head(result)), f"* {_total(result)}", ""]
    if result.findings:
        lines += ["| severity | code | endpoint | what |", "|---|---|---|---|"]
        lines += [f"| {one.severity} | {one.code} | {one.endpoint} | {_plain(_told(one))} |" for one in result.findings]
        lines.append("")
    return "\n".join(lines) + "\n"


def _html(result: ProbeResult) -> str:
    return page("Probe", f"{printable(result.url)}: {_total(result)}", _sections(result))


def _sections(result: ProbeResult) -> Iterator[Html]:
    head = [line.split(maxsplit=1) for line in _head(result)]
    yield section("What was asked", table("Server, window and requests", ("what", "value"), head))
    bars = [(Bar(severity, result.count(severity)), str(severity)) for severity in Severity]
    found = [
        (
            one.severity,
            f"{one.code}: {CODES[one.code].title}",
            one.endpoint,
            f"{_told(one)} · {printable(one.query)}",
            explanation(one.code).producer,
        )
        for one in result.findings
    ]
    heads = ("severity", "finding", "endpoint", "what, and the query", "to fix")
    yield section(
        "Findings",
        shares("Findings by severity", bars),
        table("Each law that was broken", heads, found) if found else paragraph("No finding."),
    )
    names = [*dict.fromkeys(name for endpoint in result.endpoints for name in endpoint.relations)]
    laws = [
        (_SAYS.get(name, name), *(endpoint.relations.get(name, "not asked") for endpoint in result.endpoints))
        for name in names
    ]
    yield section("Laws", table("Laws by endpoint", ("law", *(endpoint.name for endpoint in result.endpoints)), laws))


FORMATS: Final[Mapping[str, Callable[[ProbeResult], str]]] = {
    "text": _text,
    "json": _json,
    "junit": _junit,
    "github": _github,
    "html": _html,
}
"""How a result is written, by the name of the format."""


def render_probe(result: ProbeResult, format_: str = "text") -> str:
    """A result in one of the formats."""
    return FORMATS[format_](result)
