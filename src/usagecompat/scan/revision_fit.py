"""
Which revision fits a payload best, without judging the payload at all of them.

Payloads whose results have the same facts have the same best revision, so one of them is judged for all.
Where the facts are plain, nothing has to be judged: the revisions that declare what is there are a mask of bits.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from usagecompat.checking import AROUND_RESULTS, Extract, best_of, fits_of
from usagecompat.contract import LATEST, REVISIONS, contract
from usagecompat.jsontext import NO_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from usagecompat.checking import Facts
    from usagecompat.contract import RecordShape
    from usagecompat.findings import Profile, Shape
    from usagecompat.jsontext import Document

ALL: Final = (1 << len(REVISIONS)) - 1
"""A bit for each revision, the oldest first."""
_MOST_FACTS: Final = 2_000
"""Sets of facts that are remembered, the latest used."""
_LONGEST_FACTS: Final = 20_000


def earliest(mask: int) -> str:
    """The oldest revision of a mask that is not empty."""
    return REVISIONS[(mask & -mask).bit_length() - 1]


# -- masks


class Masks:
    """What each revision says of the members of one record."""

    def __init__(self, shape: RecordShape) -> None:
        """Ask every revision."""
        self._at = [contract(revision).records.get(shape.name) for revision in REVISIONS]
        self.known = self._mask(lambda _: True)
        """The revisions that have the record."""

    def _mask(self, holds: Callable[[RecordShape], bool]) -> int:
        return sum(1 << index for index, shape in enumerate(self._at) if shape is not None and holds(shape))

    def present(self, name: str) -> int:
        """The revisions that declare a member."""
        return self._mask(lambda shape: name in shape.members)

    def absent(self, name: str) -> int:
        """The revisions that do not require it."""
        return self._mask(lambda shape: name not in shape.required)

    def null(self, name: str) -> int:
        """The revisions that declare it and let it be null."""
        return self._mask(lambda shape: name in shape.members and shape.members[name].nullable)

    @property
    def names(self) -> set[str]:
        """All names that any revision declares or requires."""
        return {name for shape in self._at if shape is not None for name in (*shape.members, *shape.required)}


# -- facts


def best_revision(document: Document, shape: Shape | None, profile: Profile) -> str | None:
    """As `Report.best_revision` has it."""
    if document.value is NO_VALUE:
        return None
    return best_of(fits_of(document, LATEST, shape, profile, frozenset(), places=document, in_words=False))


class Fits:
    """The best revisions of payloads by their facts, as far as they are remembered."""

    def __init__(self) -> None:
        """Remember nothing as yet."""
        self._known: OrderedDict[Facts, str | None] = OrderedDict()
        self.by_state: dict[object, str | None] = {}
        """The best revisions by anything else that decides."""

    def remember(self, state: object, best: str | None) -> None:
        """Remember which revision fits everything best of which `state` is this."""
        if len(self.by_state) >= _MOST_FACTS:
            self.by_state.clear()
        self.by_state[state] = best

    def best(
        self, tree: object, shape: Shape | None, codes: Collection[str], judge: Callable[[], str | None]
    ) -> str | None:
        """
        The best revision of a payload.

        Args:
            tree: The payload as parsed: numbers as `Number` or `int`.
            shape: What it was judged as.
            codes: What was found in it, at any revision.
            judge: Judges it at all revisions.
        """
        extract = Extract(tree, shape)
        if extract.size > _LONGEST_FACTS:
            return judge()
        facts = (
            shape,
            extract.facts,
            *sorted(code for code in codes if code.startswith("json/") or code in AROUND_RESULTS),
        )
        if facts in self._known:
            self._known.move_to_end(facts)
            return self._known[facts]
        best = self._known[facts] = judge()
        if len(self._known) > _MOST_FACTS:
            self._known.popitem(last=False)
        return best
