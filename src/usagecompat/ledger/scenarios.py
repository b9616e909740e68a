"""
Scenarios: what the API or an emulator of it is known to do beside the plain answers, one thing each.

A scenario is a name, for a few of them with a variant after a colon, and any number of them may hold together.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.exceptions import UsageCompatError
from usagecompat.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class NoSuchScenario(UsageCompatError):
    """A scenario is asked for that there is not."""


@frozen(kw_only=True)
class Scenario:
    """One thing that a server may do."""

    name: str
    does: str
    """What it does, in a sentence or two."""
    evidence: str
    """Who is known to do it."""
    fault: bool = False
    """Whether a server that does it breaks the API's promises."""
    variants: Mapping[str, str] = {}
    """What may follow the name after a colon, each with what it does; the first one is meant if none does."""


SCENARIOS: Final[Mapping[str, Scenario]] = {
    name: Scenario(name=name, **told)
    for name, told in tomllib.loads(Path(__file__).with_name("scenarios.toml").read_text("utf-8")).items()
}
"""All scenarios by name, as `scenarios.toml` has them."""


@frozen
class Behaviour:
    """The scenarios that hold together, each with its variant."""

    variants: Mapping[str, str] = {}
    """The variant of each scenario that holds; an empty text for one without variants."""

    def __contains__(self, name: str) -> bool:
        return name in self.variants

    def __iter__(self) -> Iterator[str]:
        """The scenarios as they are asked for, in order of the table."""
        return (f"{name}:{variant}" if variant else name for name, variant in self.variants.items())

    @property
    def second_page(self) -> str | None:
        """How the second page fails; None if it does not."""
        return self.variants.get("error-on-page-2")


PLAIN: Final = Behaviour()
"""No scenario at all."""


def behaviour(asked: Iterable[str]) -> Behaviour:
    """
    The scenarios of these names.

    Raises:
        NoSuchScenario: One of them does not exist, or has no such variant.
    """
    chosen: dict[str, str] = {}
    for text in asked:
        name, colon, variant = text.partition(":")
        scenario = SCENARIOS.get(name)
        if scenario is None:
            hint = did_you_mean(name, SCENARIOS)
            raise NoSuchScenario(f"there is no scenario {name!r}; {hint}there are {', '.join(SCENARIOS)}")
        if not colon:
            variant = next(iter(scenario.variants), "")
        elif variant not in scenario.variants:
            has = ", ".join(scenario.variants) or "none"
            hint = did_you_mean(variant, scenario.variants)
            raise NoSuchScenario(f"the scenario {name!r} has no variant {variant!r}; {hint}it has {has}")
        if chosen.get(name, variant) != variant:
            raise NoSuchScenario(
                f"the scenario {name!r} is asked for with two variants, {chosen[name]!r} and {variant!r}"
            )
        chosen[name] = variant
    return Behaviour({name: chosen[name] for name in SCENARIOS if name in chosen})
