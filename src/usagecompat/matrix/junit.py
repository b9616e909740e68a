"""
The matrix as JUnit XML: a test suite for each client, a test case for each case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from usagecompat.clients import Outcome
from usagecompat.printing import printable

if TYPE_CHECKING:
    from usagecompat.clients import CaseResult, ClientResult
    from usagecompat.matrix.summary import Absent, Matrix


def junit(matrix: Matrix) -> str:
    """
    One document.

    A case that fails is a failure, one that was not put to its client is an error, one that the client skipped is
    skipped; what went wrong outside any case stands as a test case of its own.
    """
    root = Element("testsuites", name="usagecompat matrix")
    root.extend([*map(_suite, matrix.clients), *map(_absent, matrix.absent)])
    for suite in root:
        _count(suite)
    _count(root)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _count(element: Element) -> None:
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(1 for _ in element.iter(tag))))


def _suite(client: ClientResult) -> Element:
    suite = Element("testsuite", name=printable(client.name))
    failing = client.failing
    for fault in client.faults:
        whole = SubElement(suite, "testcase", classname=printable(client.name), name="the client as a whole")
        SubElement(whole, "failure", type=fault.code, message=printable(fault.message))
    for case in client.cases:
        element = SubElement(suite, "testcase", classname=printable(client.name), name=printable(case.case_id))
        message = printable(case.message)
        if case.case_id in failing:
            codes = ", ".join(sorted(failing[case.case_id]))
            SubElement(element, "failure", type=min(failing[case.case_id]), message=codes).text = _told(case)
        elif case.outcome in {Outcome.ERRORED, Outcome.NOT_RUN}:
            SubElement(element, "error", type=str(case.outcome), message=message)
        elif case.outcome is Outcome.SKIPPED:
            SubElement(element, "skipped", message=message)
    return suite


def _absent(absent: Absent) -> Element:
    suite = Element("testsuite", name=printable(absent.name))
    case = SubElement(suite, "testcase", classname=printable(absent.name), name="the client as a whole")
    SubElement(case, "error", type="cannot-be-started", message=printable(absent.reason))
    return suite


def _told(case: CaseResult) -> str:
    lines = [f"{fault.code}: {fault.message}" for fault in case.faults]
    lines += [f"{found.pointer or 'the root'}: {found.code}: {found.message}" for found in case.differences]
    if case.truncated:
        lines.append(f"{case.truncated:,} more are not listed")
    return "\n".join(map(printable, lines))
