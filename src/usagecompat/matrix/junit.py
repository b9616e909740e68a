"""
The matrix as JUnit XML: a test suite for each client, a test case for each case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from usagecompat.clients import Outcome
from usagecompat.printing import printable

if TYPE_CHECKING:
    from usagecompat.clients import CaseResult, Cause, ClientResult
    from usagecompat.matrix.summary import Absent, Matrix


def junit(matrix: Matrix) -> str:
    """
    One document.

    A case that fails is a failure, one that was not put to its client is an error, one that the client skipped, or that
    is expected to fail, is skipped; what went wrong outside any case, and each line of a list of expected failures that
    is no longer right, stands as a test case of its own. The text of a failure begins with its causes.
    """
    root = Element("testsuites", name="usagecompat matrix")
    root.extend([*(_suite(client, matrix) for client in matrix.clients), *map(_absent, matrix.absent)])
    for suite in root:
        _count(suite)
    _count(root)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _count(element: Element) -> None:
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(1 for _ in element.iter(tag))))
    element.set("time", f"{sum(float(case.get('time', '0')) for case in element.iter('testcase')):.3f}")


def _suite(client: ClientResult, matrix: Matrix) -> Element:
    suite = Element("testsuite", name=printable(client.name))
    if client.one_way:
        SubElement(SubElement(suite, "properties"), "property", name="client", value=client.one_way.words)
    failing, unexpected = client.failing, matrix.unexpected(client)
    causes: dict[str, list[Cause]] = {}
    for cause in client.causes:
        for case_id in cause.cases if cause.cap < client.required else ():
            causes.setdefault(case_id, []).append(cause)
    for fault in client.faults:
        whole = _case(suite, client, "the client as a whole")
        SubElement(whole, "failure", type=fault.code, message=printable(fault.message))
    for case in client.cases:
        element = _case(suite, client, case.case_id, case.seconds)
        message = printable(case.message)
        if case.case_id in unexpected:
            codes = ", ".join(sorted(unexpected[case.case_id]))
            text = _told(case, causes.get(case.case_id, []))
            SubElement(element, "failure", type=min(unexpected[case.case_id]), message=codes).text = text
        elif case.case_id in failing:
            codes = ", ".join(sorted(failing[case.case_id]))
            SubElement(element, "skipped", message=f"fails as expected: {codes}")
        elif case.outcome in {Outcome.ERRORED, Outcome.NOT_RUN}:
            SubElement(element, "error", type=str(case.outcome), message=message)
        elif case.outcome is Outcome.SKIPPED:
            SubElement(element, "skipped", message=message)
    comparison = matrix.comparisons.get(client.name)
    for entry, cases in comparison.passing.items() if comparison else ():
        element = _case(suite, client, f"expected failures, line {entry.line}: {entry.glob}")
        SubElement(element, "failure", type="no-longer-so", message=printable(f"no longer so at {', '.join(cases)}"))
    return suite


def _case(suite: Element, client: ClientResult, name: str, seconds: float = 0.0) -> Element:
    return SubElement(suite, "testcase", classname=printable(client.name), name=printable(name), time=f"{seconds:.3f}")


def _absent(absent: Absent) -> Element:
    suite = Element("testsuite", name=printable(absent.name))
    case = SubElement(suite, "testcase", classname=printable(absent.name), name="the client as a whole")
    SubElement(case, "error", type="cannot-be-started", message=printable(absent.reason))
    return suite


def _told(case: CaseResult, causes: list[Cause]) -> str:
    lines = [f"cause: {cause.title} ({cause.where}). {cause.fix}" for cause in causes]
    lines += [f"{fault.code}: {fault.message}" for fault in case.faults]
    lines += [f"{found.pointer or 'the root'}: {found.code}: {found.message}" for found in case.differences]
    if case.truncated:
        lines.append(f"{case.truncated:,} more are not listed")
    return "\n".join(map(printable, lines))
