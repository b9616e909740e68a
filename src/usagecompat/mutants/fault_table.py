"""
The page `docs/faults.md`: what public clients got wrong, and which cases catch it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.mutants.families import reported
from usagecompat.mutants.kill_matrix import matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usagecompat.corpus import Case
    from usagecompat.mutants.kill_matrix import MutantResult

_SHOWN: Final = 3
_HEAD: Final = """\
# What clients got wrong

<!-- Written by `usagecompat fixtures faults --write`; do not edit. -->

Each line is a fault that a public client has had, and a mutant of the same name still has it.
The cases are those that catch it and as few other faults as possible.
The codes are what `usagecompat run` then finds.
`usagecompat fixtures mutants --family reported` lists every case that catches each.
"""
_PARTS: Final = (
    ("Found in public clients", "string-amount-fails-page"),
    ("Measured on published and on generated clients", "all-kinds-members-as-zeros"),
)
"""The headings, each with the fault that it stands before."""


def table(cases: Sequence[Case]) -> str:
    """The whole page, by what the cases of a corpus catch."""
    results = matrix(cases, tuple(reported.mutants()))
    catches: dict[str, int] = {}
    for result in results:
        for case in result.cases:
            catches[case] = catches.get(case, 0) + 1
    lines = [_HEAD]
    for result in results:
        slug = result.mutant.name.partition("/")[2]
        for title, first in _PARTS:
            if slug == first:
                lines += ["", f"## {title}", ""]
                lines += ["| fault | who had it | cases that catch it | codes |", "|---|---|---|---|"]
        lines.append(_row(result, catches))
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _row(result: MutantResult, catches: dict[str, int]) -> str:
    slug = result.mutant.name.partition("/")[2]
    best = sorted(result.cases, key=lambda case: (catches[case] // 4, len(case), case))[:_SHOWN]
    cases = ", ".join(f"`{case}`" for case in best)
    codes = ", ".join(f"`{code}`" for code in result.codes)
    return f"| **{slug}**: {_cell(result.mutant.fault)} | {_cell(result.mutant.who)} | {cases} | {codes} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
