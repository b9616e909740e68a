"""
Lists of expected failures: what is known to fail, why, and where that is being fixed.

One entry on a line, `GLOB [all|some|flaky] [CODE] # REASON`, and nothing else but empty lines and comments:

    numbers/amount-*::roundtrip  some  client/precision-lost  # decimals are floats here, https://example.org/issues/12

`GLOB` is the id of a case, or an id, `::` and the name of an item; `*` stands for any characters, `?` for one.
`all`, which need not be written, means that everything of that name fails so: what passes makes the line wrong.
`some` means that what fails of that name fails so, and the rest passes: the line is wrong once nothing fails so.
`flaky` means that it fails so at times and passes at times, and both are fine.
`CODE` is the only finding that may be the failure; without it any failure is expected.
`REASON` is a text, and a web address in it is the link.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.exceptions import UnreadableInput
from usagecompat.findings import CODES
from usagecompat.inputs import named_content

if TYPE_CHECKING:
    from pathlib import Path

_LINK: Final = re.compile(r"https?://\S+")
_QUANTITIES: Final = ("all", "some", "flaky")


@frozen
class ExpectedFailure:
    """One line of a list."""

    glob: str
    code: str | None
    """None for any."""
    reason: str
    line: int
    some: bool = False
    """Whether not all that the glob names fail."""
    flaky: bool = False
    """Whether what the glob names fails at times only."""

    @property
    def link(self) -> str | None:
        """The web address in the reason, if there is one."""
        found = _LINK.search(self.reason)
        return found.group() if found else None

    def concerns(self, case: str, item: str) -> bool:
        """Whether the line speaks of the item of this name of the case with this id."""
        return any(self._names(name) for name in (case, f"{case}::{item}"))

    @cached_property
    def _parts(self) -> list[re.Pattern[str]]:
        """What stands between the stars."""
        return [
            re.compile("".join("." if character == "?" else re.escape(character) for character in part), re.DOTALL)
            for part in self.glob.split("*")
        ]

    def _names(self, name: str) -> bool:
        """Whether the glob stands for a name; each part between stars is looked for once, however many stars there are."""
        first, *others = self._parts
        if not others:
            return first.fullmatch(name) is not None
        found = first.match(name)
        *between, last = others
        for part in between:
            found = found and part.search(name, found.end())
        start = len(name) - _length(last)
        return found is not None and start >= found.end() and last.match(name, start) is not None


def _length(part: re.Pattern[str]) -> int:
    """How many characters a part stands for, each of which is one."""
    return len(re.sub(r"\\(.)", r"\1", part.pattern, flags=re.DOTALL))


def read_expected_failures(path: Path) -> tuple[ExpectedFailure, ...]:
    """
    The entries of a list, in its order.

    Raises:
        UnreadableInput: There is no such file, or a line of it is no entry.
    """
    try:
        text = named_content(path).decode()
    except UnreadableInput as error:
        reason = f"the list of expected failures cannot be read: {error.reason}"
        raise UnreadableInput(str(path), reason) from None
    except UnicodeDecodeError as error:
        raise UnreadableInput(str(path), f"the list of expected failures cannot be read: {error}") from None
    entries: list[ExpectedFailure] = []
    for number, line in enumerate(text.splitlines(), 1):
        said, _, reason = line.partition("#")
        if not said.strip():
            continue
        glob, *words = said.split()
        if not reason.strip():
            raise UnreadableInput(str(path), f"line {number}: say why it fails: {glob} # REASON")
        quantity = words.pop(0) if words and words[0] in _QUANTITIES else _QUANTITIES[0]
        if len(words) > 1 or any(code not in CODES for code in words):
            raise UnreadableInput(
                str(path),
                f"line {number}: {' '.join(words)!r} is not one finding code; a line is GLOB [all|some|flaky] [CODE] # REASON",
            )
        code = words[0] if words else None
        entries.append(ExpectedFailure(glob, code, reason.strip(), number, quantity == "some", quantity == "flaky"))
    return tuple(entries)
