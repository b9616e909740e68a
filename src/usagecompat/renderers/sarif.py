"""
Reports as SARIF 2.1.0, for code scanning and editors: one run, whose rules are the finding codes.

The document is written as the payloads are checked, one result on each line.
A fingerprint is made of the file, the code and the pointer, so that a finding stays the same when lines move.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from usagecompat.corpus import version
from usagecompat.explanations import explanation
from usagecompat.findings import CODES, CODES_OF_PAYLOADS
from usagecompat.printing import printable
from usagecompat.renderers.encoding import encode
from usagecompat.renderers.outcomes import Unread
from usagecompat.renderers.places import line_and_column, path_in_repository, uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from usagecompat.findings import Finding
    from usagecompat.inputs import Source
    from usagecompat.renderers.outcomes import Outcome

FINGERPRINT: Final = "usagecompat/v1"
"""The name of the fingerprint that every result has."""

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_RULE_INDEXES: Final = {code: index for index, code in enumerate(CODES_OF_PAYLOADS)}


def render_all(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """One document about all payloads; a place that cannot be read is an error of the run."""
    driver = {"name": "usagecompat", "semanticVersion": version(), "rules": list(map(_rule, CODES_OF_PAYLOADS))}
    yield (
        f'{{"$schema":{encode(_SCHEMA)},"version":"2.1.0","runs":[{{"tool":{{"driver":{encode(driver)}}},'
        '"columnKind":"unicodeCodePoints",\n"results":['
    )
    separator = "\n"
    unread: list[Unread] = []
    seen: Counter[str] = Counter()
    truncated = 0
    for outcome in outcomes:
        if isinstance(outcome, Unread):
            unread.append(outcome)
            continue
        for finding in outcome.report.findings:
            yield separator + encode(_result(outcome.source, finding, seen))
            separator = ",\n"
        truncated += outcome.report.truncated
    invocation: dict[str, Any] = {"executionSuccessful": not unread}
    notifications = [
        {
            "level": "error",
            "message": {"text": printable(problem.reason)},
            "descriptor": {"id": "cannot-be-read"},
            **_locations(problem.source, None, ""),
        }
        for problem in unread
    ]
    if truncated:
        text = f"{truncated:,} more findings are not listed"
        notifications.append({"level": "warning", "message": {"text": text}, "descriptor": {"id": "truncated"}})
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    yield f'\n],"invocations":[{encode(invocation)}]}}]}}\n'


def _rule(code: str) -> dict[str, Any]:
    told = explanation(code)
    return {
        "id": code,
        "shortDescription": {"text": CODES[code].title},
        "fullDescription": {"text": told.means},
        "help": {"text": told.text(), "markdown": told.markdown()},
        "defaultConfiguration": {"level": str(CODES[code].served)},
    }


def _result(source: Source, finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    code = finding.code
    place = line_and_column(source, finding)
    identity = "\0".join((path_in_repository(source) or source.name, code, finding.pointer))
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] += 1
    message = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
    return {
        "ruleId": code,
        "ruleIndex": _RULE_INDEXES[code],
        "level": str(finding.severity),
        "message": {"text": printable(message)},
        **_locations(source, place, finding.pointer),
        "partialFingerprints": {FINGERPRINT: f"{digest}:{seen[digest]}"},
        "properties": {"pointer": finding.pointer, "count": finding.count},
    }


def _locations(source: Source, place: tuple[int, int] | None, pointer: str) -> dict[str, Any]:
    path = path_in_repository(source)
    location: dict[str, Any] = {}
    if path is not None:
        artifact: dict[str, Any] = {"uri": uri(path)}
        if not path.startswith("/"):
            artifact["uriBaseId"] = "%SRCROOT%"
        region = {"region": {"startLine": place[0], "startColumn": place[1]}} if place else {}
        location["physicalLocation"] = {"artifactLocation": artifact, **region}
    if pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": pointer}]
    return {"locations": [location]} if location else {}
