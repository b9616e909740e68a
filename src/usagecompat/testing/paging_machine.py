"""
A pager against a made-up organization, step by step: `PagingMachine`, a state machine of Hypothesis.

Each step changes what is asked or how the server behaves; after each the pager fetches all pages, and what it returned
is judged as `usagecompat run --paging` does. Hypothesis then looks for the fewest steps that show what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from attrs import evolve
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from usagecompat.contract import LATEST, ROOT
from usagecompat.exceptions import NoSuchName
from usagecompat.fidelity import Level
from usagecompat.ledger import DEFAULT_SEED, SCENARIOS, Ledger, behaviour
from usagecompat.renderers import render_paging_failure
from usagecompat.testing.levels import must_be_level, must_be_seconds
from usagecompat.testing.paging_queries import Asked, Queries, sequence_of, servers
from usagecompat.testing.paging_stage import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from usagecompat.contract import Revision

_SLOW: Final = frozenset({"error-on-page-2:hang"})
"""A connection that hangs takes seconds, and so nobody waits for one unless it is asked for."""
_ALL: Final = tuple(
    name
    for scenario in SCENARIOS.values()
    for name in ([f"{scenario.name}:{variant}" for variant in scenario.variants] or [scenario.name])
    if name not in _SLOW
)
_TIMEOUT: Final = 10.0
_MOST_BUCKETS: Final = 9
_MOST_LIMIT: Final = 4
_STEPS: Final = 12
"""So many steps one example has at most; each is a fetch of all pages."""


def _settings() -> settings:
    """The settings of a machine: those of the profile, but for what makes no sense where sockets are."""
    return settings(
        deadline=None,
        phases=[phase for phase in settings().phases if phase is not Phase.explain],  # which traces each line
        stateful_step_count=_STEPS,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
    )


def _drawn(strategy: Callable[[Any], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """What depends on the machine that draws it."""
    return st.runner().flatmap(strategy)


_FIRST: Final = st.shared(_drawn(lambda machine: machine.queries.endpoints()), key="the first endpoint")


def _of_first(strategy: Callable[[Queries, str], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """What depends on the endpoint that an example begins with."""
    return _drawn(lambda machine: _FIRST.flatmap(lambda endpoint: strategy(machine.queries, endpoint)))


class PagingMachine(RuleBasedStateMachine):
    """
    A state machine that puts queries and servers to your pager: subclass it, write `fetch`, and test its `TestCase`.

    Attributes:
        endpoints: Which endpoints it is asked for, such as `("costs",)`; all that there are without it.
        scenarios: What servers do, as `usagecompat serve --list` has it; all but connections that hang without it.
        level: What must come back of each bucket.
        revision: The revision that is served.
        seed: Which organization it is.
        timeout: How many seconds one `fetch` has, where a deadline can be set.
    """

    endpoints: ClassVar[Sequence[str]] = ()
    scenarios: ClassVar[Sequence[str]] = _ALL
    level: ClassVar[Level] = Level.EXACT
    revision: ClassVar[Revision] = LATEST
    seed: ClassVar[int] = DEFAULT_SEED
    timeout: ClassVar[float] = _TIMEOUT

    def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> object:
        """
        Fetch all pages of a query; yours to write.

        Args:
            url: The endpoint, such as `http://127.0.0.1:40123/v1/organization/costs`.
            key: What to send as `Authorization: Bearer`.
            params: The query but for its cursor: numbers, texts and lists of texts by parameter.

        Returns:
            The buckets: a list or an iterator of mappings, or JSON text. An exception says that something failed.
        """
        raise NotImplementedError

    def __init_subclass__(cls) -> None:
        """
        Look at what the class says.

        Raises:
            NoSuchName: There is no such endpoint.
            NoSuchRevision: There is no such revision.
            NoSuchScenario: There is no such scenario.
            TypeError: The level or the deadline is none, or a list of names is a text.
            ValueError: The deadline cannot be set.
        """
        super().__init_subclass__()
        cls.TestCase.settings = _settings()
        for attribute in ("endpoints", "scenarios"):
            given: object = getattr(cls, attribute)
            if isinstance(given, str):
                raise TypeError(f"`{attribute}` is a tuple of names, such as ({given!r},), and not {given!r}")
        known = Ledger(revision=cls.revision).endpoints
        for name in cls.endpoints:
            if name not in known:
                raise NoSuchName("endpoint", name, tuple(known))
        for name in cls.scenarios:
            behaviour([name])
        must_be_level(cls.level)
        must_be_seconds(cls.timeout)

    def __init__(self) -> None:
        """
        Begin with a plain query of few pages.

        Raises:
            TypeError: There is no `fetch`.
        """
        super().__init__()
        if type(self).fetch is PagingMachine.fetch:
            raise TypeError(f"{type(self).__name__} has no `fetch`, which fetches all pages of a query")
        known = Ledger(revision=self.revision, seed=self.seed).endpoints
        names = tuple(self.endpoints) or tuple(known)
        self.queries: Final = Queries(revision=self.revision, seed=self.seed, known=known, names=names)
        self.asked = Asked(endpoint=names[0])
        """What is asked, and how the server behaves."""
        self._judged: Asked | None = None

    @initialize(
        endpoint=_FIRST,
        keys=_of_first(Queries.keys),
        chosen=_of_first(Queries.filters),
        scenarios=_drawn(lambda machine: servers(machine.scenarios)),
    )
    def begin_with(
        self,
        endpoint: str,
        keys: tuple[str, ...],
        chosen: tuple[str, tuple[str, ...]] | None,
        scenarios: tuple[str, ...],
    ) -> None:
        """Begin with any query and any server."""
        self.asked = Asked(endpoint=endpoint, group_by=keys, chosen=chosen, scenarios=scenarios)

    # -- what is asked

    @rule(endpoint=_drawn(lambda machine: machine.queries.endpoints()))
    def ask_for(self, endpoint: str) -> None:
        """Ask another endpoint, for everything, by days."""
        self.asked = evolve(self.asked, endpoint=endpoint, width="1d", group_by=(), chosen=None)

    @rule(
        width=_drawn(lambda machine: machine.queries.widths(machine.asked.endpoint)),
        back=st.integers(0, _MOST_BUCKETS),
        buckets=st.none() | st.integers(1, _MOST_BUCKETS),
        limit=st.none() | st.integers(1, _MOST_LIMIT),
        scenarios=_drawn(lambda machine: servers(machine.scenarios)),
    )
    def within(self, width: str, back: int, buckets: int | None, limit: int | None, scenarios: tuple[str, ...]) -> None:
        """Ask another server for another window: pages of so many buckets, from so many before now; None for no end."""
        self.asked = evolve(self.asked, width=width, back=back, buckets=buckets, limit=limit, scenarios=scenarios)

    @rule(
        keys=_drawn(lambda machine: machine.queries.keys(machine.asked.endpoint)),
        chosen=_drawn(lambda machine: machine.queries.filters(machine.asked.endpoint)),
        scenarios=_drawn(lambda machine: servers(machine.scenarios)),
    )
    def selecting(
        self, keys: tuple[str, ...], chosen: tuple[str, tuple[str, ...]] | None, scenarios: tuple[str, ...]
    ) -> None:
        """Ask another server for results by these keys, and only for what one filter selects; None for all."""
        self.asked = evolve(self.asked, group_by=keys, chosen=chosen, scenarios=scenarios)

    # -- how the server behaves

    @precondition(lambda machine: machine.scenarios)
    @rule(scenario=_drawn(lambda machine: st.sampled_from(machine.scenarios)))
    def served_by(self, scenario: str) -> None:
        """Let the server do one thing alone, which nothing else can hide."""
        self.asked = evolve(self.asked, scenarios=(scenario,))

    @precondition(lambda machine: len(machine.asked.scenarios) == 1)
    @rule(scenario=_drawn(lambda machine: st.sampled_from(machine.scenarios)))
    def served_with(self, scenario: str) -> None:
        """Let the server do one thing more."""
        name = scenario.partition(":")[0]
        others = tuple(one for one in self.asked.scenarios if one.partition(":")[0] != name)
        self.asked = evolve(self.asked, scenarios=(*others, scenario))

    @precondition(lambda machine: len(machine.asked.scenarios) > 1)
    @rule()
    def served_plainly(self) -> None:
        """Let the server do nothing special."""
        self.asked = evolve(self.asked, scenarios=())

    @rule()
    def asked_again(self) -> None:
        """Ask the same once more: nothing may be left of the time before."""
        self._judged = None

    # -- what must come of it

    @invariant()
    def all_buckets_are_there(self) -> None:
        """
        What the pager returns is all that the organization used, or else it says that something failed, and it did.

        Raises:
            AssertionError: It is not.
        """
        __tracebackhide__ = True
        if self._judged == self.asked:
            return
        self._judged = self.asked
        sequence = sequence_of(self.asked, self.revision, self.seed)
        params = self.asked.params(sequence.ledger.now)
        server = stage()
        url = f"{server.url.removesuffix('/v1')}{ROOT}{self.asked.endpoint}"
        result, raised = server.put(
            sequence, lambda: self.fetch(url, sequence.ledger.key, params), timeout=self.timeout
        )
        if result.failing(self.level):
            kind = f" with {' and '.join(self.asked.scenarios)}" if self.asked.scenarios else ""
            told = "\n".join(render_paging_failure(result, self.level))
            raise AssertionError(f"`fetch` does not do what a server{kind} asks of it\n{told}") from raised


PagingMachine.TestCase.settings = _settings()
