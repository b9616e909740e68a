"""
Reports as JUnit XML, which every CI system shows: one test case for each payload.

A payload that fails is a failure, with its whole report; a place that cannot be read is an error.
The numbers of both stand at the top of the document, so that all of it is written at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.checking import render
from usagecompat.findings import Severity
from usagecompat.printing import printable
from usagecompat.renderers.outcomes import Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from usagecompat.renderers.outcomes import Outcome


def render_all(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """One document with one test suite."""
    from xml.etree.ElementTree import Element, indent, tostring  # noqa: PLC0415 - other formats need none

    suite = Element("testsuite", name="usagecompat")
    for outcome in outcomes:
        suite.append(_case(outcome))
    counts = {
        "tests": len(suite),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": 0,
    }
    root = Element("testsuites", name="usagecompat")
    for element in (root, suite):
        element.attrib |= {name: str(count) for name, count in counts.items()}
    root.append(suite)
    indent(root)
    yield f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _case(outcome: Outcome) -> Element:
    from xml.etree.ElementTree import Element, SubElement  # noqa: PLC0415 - as above

    source = outcome.source
    case = Element("testcase", classname="usagecompat", name=printable(str(source)), file=printable(source.name))
    if source.line is not None:
        case.set("line", str(source.line))
    if isinstance(outcome, Unread):
        error = SubElement(case, "error", type="cannot-be-read", message=printable(outcome.reason))
        error.text = printable(outcome.reason)
        return case
    report = outcome.report
    properties = SubElement(case, "properties")
    for name, value in (("verdict", report.verdict), ("revision", report.revision), ("profile", report.profile)):
        SubElement(properties, "property", name=name, value=str(value))
    told = render(report, source=source)
    if outcome.fails:
        gravest = min(report.findings, key=lambda finding: tuple(Severity).index(finding.severity))
        message = printable(f"{gravest.code} at {gravest.pointer or 'the root'}: {gravest.message}")
        SubElement(case, "failure", type=gravest.code, message=message).text = told
    elif report.findings:
        SubElement(case, "system-out").text = told
    return case
