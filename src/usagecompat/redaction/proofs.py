"""
The proof of a redaction: what it must hold of every answer, by the eyes of the kit's own `check` and `compare`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usagecompat.checking import check
from usagecompat.exceptions import CannotRedact
from usagecompat.fidelity import compare
from usagecompat.findings import pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from usagecompat.checking import Report
    from usagecompat.findings import Finding
    from usagecompat.redaction.scanning import Replaced

_QUOTED: Final = re.compile('".*"', re.DOTALL)
_COLUMN: Final = re.compile(r"column [0-9]+|line [0-9]+|\([0-9, ]+ bytes[^)]*\)")
_CHANGED: Final = frozenset(("client/value-changed", "client/kind-lost"))
_RENAMED: Final = frozenset(
    (
        "client/member-lost",
        "client/member-invented",
        "client/null-became-absent",
        "client/absent-became-null",
    )
)


def prove(
    before: bytes,
    after: bytes,
    replaced: Sequence[Replaced],
    renamed: Mapping[str, str],
    again: Callable[[bytes], bytes],
) -> None:
    """
    Pass if `after` is `before` with these strings replaced and nothing else.

    Args:
        before: The payload.
        after: The payload without what is private.
        replaced: What was replaced.
        renamed: The names of members that were replaced, and by what.
        again: Redacts a text.

    Raises:
        CannotRedact: It is not.
    """
    if again(after) != after:
        raise CannotRedact("a second run would change the result")
    for profile in ("served", "published"):
        old, new = check(before, profile=profile), check(after, profile=profile)
        if _said(old, renamed) != _said(new, {}):
            raise CannotRedact(
                f"`check` would report something else about the result ({_first_difference(old, new, renamed)})"
            )
    _compared(before, after, replaced, renamed)


def _said(report: Report, renamed: Mapping[str, str]) -> object:
    """A report without quoted names and columns."""
    parts = {pointer((name,))[1:]: pointer((other,))[1:] for name, other in renamed.items()}
    return (
        report.verdict,
        report.shape,
        report.truncated,
        [_told(finding, renamed) for finding in report.findings],
        [
            (
                fit.verdict,
                [_place(place, parts) for place in fit.undeclared],
                [_told(finding, renamed) for finding in fit.ruled_out_by],
            )
            for fit in report.revisions.values()
        ],
        report.best_revision,
    )


def _told(finding: Finding, renamed: Mapping[str, str]) -> tuple[object, ...]:
    path = tuple(renamed.get(part, part) if isinstance(part, str) else part for part in finding.path)
    message = _COLUMN.sub("", _QUOTED.sub("", finding.message))
    return finding.code, finding.severity, finding.count, pointer(path), message


def _place(place: str, parts: Mapping[str, str]) -> str:
    """A pointer with `*` in it, with other names for some of its parts."""
    return "/".join(parts.get(part, part) for part in place.split("/")) if parts else place


def _first_difference(old: Report, new: Report, renamed: Mapping[str, str]) -> str:
    ours, theirs = [_told(f, renamed) for f in old.findings], [_told(f, {}) for f in new.findings]
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            return f"{one[0]} at {one[3]}"
    more = (*ours[len(theirs) :], *theirs[len(ours) :])
    return f"{more[0][0]} at {more[0][3]}" if more else "at another revision"


def _compared(before: bytes, after: bytes, replaced: Sequence[Replaced], renamed: Mapping[str, str]) -> None:
    fidelity = compare(before, after)
    if any(one.code == "client/not-json" for one in fidelity.differences):
        return  # there is nothing to compare; that the text was spliced is all there is to it
    if renamed:
        fault = next((one for one in fidelity.differences if one.code not in _CHANGED | _RENAMED), None)
    else:
        places = {one.pointer for one in replaced}
        fault = next((d for d in fidelity.differences if d.code not in _CHANGED or d.pointer not in places), None)
        missing = places - {one.pointer for one in fidelity.differences}
        if fault is None and missing and not fidelity.truncated:
            raise CannotRedact(f"`compare` sees no difference at {min(missing)}")
    if fault is not None:
        raise CannotRedact(f"`compare` sees another difference: {fault.code} at {fault.pointer}")
