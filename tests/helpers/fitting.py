"""How a payload fits each revision, beside what a check against that revision says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from usagecompat import Revision
    from usagecompat.findings import Finding, ShapeName


def in_full(found: Finding) -> tuple[object, ...]:
    """A finding with its place and words."""
    return found.code, found.pointer, found.message, found.hint, found.line, found.column, found.excerpt


def must_fit_as_checked(
    text: str | bytes,
    revisions: Iterable[Revision],
    *,
    shape: ShapeName | None = None,
    revision: Revision | None = None,
) -> None:
    """How a payload that is checked at `revision` fits these revisions is what a check against each of them says."""
    report = check(text, shape=shape, revision=revision)
    for at in revisions:
        exact, fit = check(text, shape=report.shape, revision=at), report.revisions[at]
        kinds = {(found.code, found.place_pattern, found.severity) for found in exact.findings}
        assert fit.verdict == exact.verdict
        assert fit.errors == sum(severity == "error" for *_, severity in kinds)
        assert fit.warnings == sum(severity == "warning" for *_, severity in kinds)
        assert set(fit.undeclared) == {place for code, place, _ in kinds if code == "schema/undeclared-member"}
        errors = [found for found in exact.findings if found.severity == "error"]
        first = {(found.code, found.place_pattern): found for found in reversed(errors)}
        assert set(map(in_full, fit.ruled_out_by)) == set(map(in_full, first.values()))
