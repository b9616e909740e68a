"""
Scenarios: what the API or an emulator of it is known to do beside the plain answers, one thing each.

A scenario is a name, for a few of them with a variant after a colon, and any number of them may hold together.
"""

from __future__ import annotations

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


_SECOND_PAGE: Final[Mapping[str, str]] = {
    "500": "status 500 with an error body, every time",
    "400": "status 400 with an error body that calls the page token invalid, every time",
    "401": "status 401 with an error body that calls the key invalid, every time",
    "403": "status 403 with an error body that misses a scope, every time",
    "429": "status 429 with `Retry-After: 1` every other time, so that trying again helps",
    "html": "status 502 with an HTML page of a gateway, every time",
    "html-200": "status 200 with an HTML page, every time",
    "cut": "half of the body, and then the end of the connection, every time",
    "hang": "half of the body, and then nothing until the client hangs up, every time",
}

_ALL: Final = (
    Scenario(
        name="string-amounts",
        does="The value of an amount is a string of fixed-point decimal text with trailing zeros.",
        evidence="the API since February 2026; openai/openai-java #769, steipete/CodexBar #999",
    ),
    Scenario(
        name="decimal128-zero",
        does='An amount of zero is the string "0E-6176", the zero of decimal128.',
        evidence="the API since June 2026; openai/openai-java #769",
    ),
    Scenario(
        name="pretty",
        does="Bodies are indented, with a space after each colon.",
        evidence="emulators, and bodies that a proxy logged",
    ),
    Scenario(
        name="undeclared",
        does="Buckets have `start_time_iso` and `end_time_iso`, costs `organization_id`, `organization_name`, `project_name` and `user_email`.",
        evidence="the API since November 2025, on costs since January 2025",
    ),
    Scenario(
        name="unknown-kind",
        does="A bucket with activity also has a result of a kind that no revision knows.",
        evidence="the API with each new kind, such as web searches in May 2026 and decisions in October 2026",
    ),
    Scenario(
        name="null-keys",
        does="Group keys that the report is not grouped by are null, where they are left out otherwise.",
        evidence="the API in 2025; alexrudall/ruby-openai",
    ),
    Scenario(
        name="short-first-bucket",
        does="The first usage bucket starts at the asked second, and the last one ends where the window or the present does; costs stay whole days.",
        evidence="the API in 2025; openai/openai-cookbook",
    ),
    Scenario(
        name="late-costs",
        does="Of the last closed day, the costs after 18:00 are missing from the first answer that has the day, and are there from then on.",
        evidence="the API posts costs later than the usage they belong to; elastic/integrations 2.2.0",
    ),
    Scenario(
        name="empty-pages",
        does="Only every tenth day has activity, so that pages with a cursor have empty buckets only.",
        evidence="the API; community.openai.com t/1369109",
    ),
    Scenario(
        name="padded-cursor",
        does="Cursors end with `=`, and one that was escaped twice is refused like any unknown cursor.",
        evidence="the StackQL openai-admin provider in July 2026",
    ),
    Scenario(
        name="has-more-without-cursor",
        does="The last page has `has_more: true`, and no cursor.",
        evidence="emulators; robotheus reads such a page for ever",
        fault=True,
    ),
    Scenario(
        name="cursor-without-has-more",
        does="The last page has `has_more: false`, and a cursor, which leads to a page without buckets.",
        evidence="emulators",
        fault=True,
    ),
    Scenario(
        name="cursor-repeats",
        does="The second page has its own cursor as `next_page`, so that no cursor leads past it.",
        evidence="steipete/CodexBar #1465",
        fault=True,
    ),
    Scenario(
        name="buckets-repeat",
        does="Every page after the first begins with the last bucket of the page before it.",
        evidence="emulators that take the end of a page as the start of the next",
        fault=True,
    ),
    Scenario(
        name="error-on-page-2",
        does="The second page of every query fails.",
        evidence="any API under load; exporters that print the total of the first page",
        fault=True,
        variants=_SECOND_PAGE,
    ),
    Scenario(
        name="rate-limit",
        does="Every second request gets status 429 with `Retry-After: 1`, for any query.",
        evidence="the API",
    ),
    Scenario(
        name="list",
        does='Pages have `object: "list"`, and no `has_more`.',
        evidence="two OpenAI-compatible gateways, in their documents",
        fault=True,
    ),
)

SCENARIOS: Final[Mapping[str, Scenario]] = {scenario.name: scenario for scenario in _ALL}
"""All scenarios by name."""


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
