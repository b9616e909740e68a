"""
What `--compat-fuzz` adds to a run: an item `fuzz[NAME]` for each client, which searches for what no case shows.

It begins with the cases and payloads that are run. The folder of the database stands beside the settings of the project.
"""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final

import pytest
from attrs import frozen

from usagecompat.contract import LATEST
from usagecompat.corpus import Case, Lines, Payload
from usagecompat.exceptions import UsageCompatError
from usagecompat.fuzz import FOLDER, PREFIX, FuzzResult, Store, fuzz, render_fuzz
from usagecompat.plugin.items import CompatItem
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from usagecompat.clients import ClientSpec
    from usagecompat.contract import Revision
    from usagecompat.corpus import ExpectedFailure

TIMEOUT: Final = 2.0
"""How many seconds a client has for one payload, if nobody says."""
_MOST_SEED: Final = 2**32
_NODE: Final = "usagecompat-fuzz"


@frozen(kw_only=True)
class Plan:
    """What is fuzzed, and on which terms."""

    specs: tuple[ClientSpec, ...]
    seconds: float
    revision: Revision | None
    expected: Sequence[ExpectedFailure]
    again: Mapping[str, tuple[str, ...]]
    """Of each client the command that puts a corpus to it by a draft, without the corpus; empty without a draft."""

    def items(self, session: pytest.Session, others: Iterable[pytest.Item]) -> list[FuzzItem]:
        """An item for each client, which begins with what the other items are about."""
        subjects: dict[str, Case | Payload] = {}
        for item in others:
            if isinstance(item, CompatItem):
                found = item.subject.payloads() if isinstance(item.subject, Lines) else [item.subject]
                subjects |= {one.id: one for one in found if isinstance(one, Case | Payload)}
        return [self._item(session, spec, tuple(subjects.values())) for spec in self.specs]

    @staticmethod
    def concerns(entry: ExpectedFailure) -> bool:
        """Whether a line of a list names what is found so, which no item does."""
        return entry.glob.startswith(PREFIX)

    def _item(self, session: pytest.Session, spec: ClientSpec, subjects: tuple[Case | Payload, ...]) -> FuzzItem:
        name = f"fuzz[{spec.name}]"
        item: FuzzItem = FuzzItem.from_parent(  # pyright: ignore[reportUnknownMemberType] - pytest leaves the types open
            session, name=name, nodeid=f"{_NODE}::{name}", plan=self, spec=spec, subjects=subjects
        )
        return item


@frozen(eq=False)
class FoundByFuzzing(Exception):
    """Something new is wrong with a client, or it could not be asked."""

    result: FuzzResult


class FuzzItem(pytest.Item):
    """One search for what a client gets wrong."""

    def __init__(
        self,
        *,
        plan: Plan,
        spec: ClientSpec,
        subjects: tuple[Case | Payload, ...],
        **kwargs: Any,  # noqa: ANN401 - pytest's
    ) -> None:
        """Keep what is searched; the rest is what pytest gives every item."""
        super().__init__(**kwargs)  # pyright: ignore[reportUnknownMemberType] - pytest leaves the types open
        self._plan = plan
        self._spec = spec
        self._subjects = subjects

    def runtest(self) -> None:
        """
        Pass if nothing new is found.

        Raises:
            FoundByFuzzing: Something is, or the client could not be asked.
            KeyboardInterrupt: Somebody ended the run meanwhile.
        """
        plan = self._plan
        result = fuzz(
            self._spec,
            subjects=self._subjects,
            revision=plan.revision or LATEST,
            seconds=plan.seconds,
            seed=SystemRandom().randrange(_MOST_SEED),
            expected=plan.expected,
            again=plan.again.get(self._spec.name, ()),
            store=Store(self._spec.name, self.config.rootpath / FOLDER),
        )
        for find in result.new:
            self.user_properties += [("code", find.kind.code), ("place", find.kind.place)]
        if not result.ok:
            raise FoundByFuzzing(result)
        if result.interrupted:
            raise KeyboardInterrupt

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The project, as there is no file."""
        return self.config.rootpath, None, printable(self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - pytest's
        """What was found, in place of a traceback."""
        if isinstance(excinfo.value, FoundByFuzzing):
            result = excinfo.value.result
            first = result.new[0].kind.said if result.new else "the client could not be judged"
            return "\n".join(map(printable, (first, *render_fuzz(result).splitlines())))
        if isinstance(excinfo.value, UsageCompatError):
            return printable(str(excinfo.value))
        return super().repr_failure(excinfo, style)
