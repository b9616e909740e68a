"""
What a client does with one payload, as kinds of failure; beside another client, where both disagree.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from attrs import define, evolve, field, frozen

from usagecompat.clients import (
    FAILED,
    NOT_JUDGED,
    CaseResult,
    Expectation,
    Fault,
    Features,
    Outcome,
    judge,
    open_session,
    tasks,
    unasked,
)
from usagecompat.contract import Contract, Revision, contract
from usagecompat.corpus import Payload
from usagecompat.exceptions import NoSuchClient
from usagecompat.fidelity import Level, compare
from usagecompat.findings import Shape, Verdict
from usagecompat.fuzz.kinds import Kind, kinds_of
from usagecompat.fuzz.spelled import smallest_of, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from usagecompat.clients import ClientSession, ClientSpec, Reply, Task
    from usagecompat.corpus import Case

_NOWHERE: Final = Path("fuzz.json")
_ANSWERED: Final = frozenset({Outcome.DECODED, Outcome.REFUSED})
_RANKS: Final = (Verdict.VALID, Verdict.ACCEPTABLE, Verdict.INVALID)


@frozen(kw_only=True)
class Answer:
    """What came of one payload."""

    kinds: Mapping[Kind, str]
    """The kinds of failure that it shows, each with what is said of it."""
    judged: bool
    """Whether the answer says anything of the client."""
    verdict: Verdict
    outcome: Outcome
    returned: bytes | None

    @property
    def rank(self) -> int:
        """How wrong the payload itself is, from 0 on."""
        return _RANKS.index(self.verdict)


@define(eq=False)
class Bench:
    """A client that is asked, and another one if both are compared."""

    spec: ClientSpec
    revision: Revision
    required: Level
    against: ClientSpec | None = None
    asked: int = field(default=0, init=False)
    slowest: float = field(default=0.0, init=False)
    """How many seconds the slowest answer took."""
    said: Contract = field(init=False)
    _stack: ExitStack = field(factory=ExitStack, init=False)
    _client: ClientSession = field(init=False)
    _other: ClientSession | None = field(default=None, init=False)
    features: Features = field(init=False)
    _others: Features = field(factory=Features, init=False)
    _harmless: bytes = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Look up the contract once."""
        self.said = contract(self.revision)
        self._harmless = written(smallest_of(Shape.PAGE, self.said)).encode()

    def __enter__(self) -> Self:
        """
        Start the clients.

        Raises:
            CannotStartClient: There is no such program.
            NoSuchClient: There is no such function, or one of two only decodes or only encodes.
            NotIntroduced: One of them does not say who it is.
        """
        with ExitStack() as stack:
            self._client = stack.enter_context(open_session(self.spec))
            self.features = self._client.introduce().features
            if self.against is not None:
                self._other = stack.enter_context(open_session(self.against))
                self._others = self._other.introduce().features
                _refuse_one_way((self.spec, self.features), (self.against, self._others))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the clients."""
        self._stack.__exit__(kind, error, trace)

    @property
    def client(self) -> ClientSession:
        """The client under test."""
        return self._client

    def renew(self) -> None:
        """
        Let fresh clients be asked from now on; what the old ones do at their end is nobody's fault here.

        A function stays what it is: it is given something harmless, so that nothing odd was there just before.
        """
        for client, features in ((self._client, self.features), (self._other, self._others)):
            if client is None:
                continue
            client.renew()
            if not client.renews:
                (task,) = tasks(
                    [Payload(id="fuzz", payload_path=_NOWHERE, data=self._harmless)], revision=self.revision
                )
                if request := task.request(features):
                    client.ask(request)
        self._forget()

    def ask(self, payload: bytes | Case | Payload, meanwhile: Callable[[], None] | None = None) -> Answer:
        """
        What the client does with a payload.

        Raises:
            NotIntroduced: It cannot be started any more.
        """
        self.asked += 1
        subject = (
            Payload(id=f"fuzz-{self.asked}", payload_path=_NOWHERE, data=payload)
            if isinstance(payload, bytes)
            else payload
        )
        (task,) = tasks([subject], revision=self.revision)
        request = task.request(self.features)
        if request is None:
            reply = unasked(task, self.features)
        else:
            if meanwhile:
                self._client.meanwhile = meanwhile
            began = monotonic()
            reply = self._client.ask(request)
            self._client.meanwhile = _nothing
            if reply.outcome in _ANSWERED:
                self.slowest = max(self.slowest, monotonic() - began)
        result = judge(task, reply, self.features) if self._other is None else self._compared(task, reply)
        kinds = kinds_of(result, self.required, task.shape, self.said)
        for late in self._client.late:
            kinds |= kinds_of(evolve(result, faults=(late.fault,), differences=()), self.required, None, self.said)
        self._forget()
        return Answer(
            kinds=kinds,
            judged=result.judged,
            verdict=task.verdict,
            outcome=result.outcome,
            returned=result.returned,
        )

    def _forget(self) -> None:
        self._client.late.clear()
        if self._other:
            self._other.late.clear()

    def _compared(self, task: Task, reply: Reply) -> CaseResult:
        """What a reply is worth beside that of the other client, which is not judged itself."""
        result = judge(task, reply, self.features)
        if self._other is None or reply.outcome in FAILED | NOT_JUDGED:
            return result
        request = task.request(self._others)
        other = unasked(task, self._others) if request is None else self._other.ask(request)
        if other.outcome in FAILED | NOT_JUDGED:
            message = f"the other client gave no answer: {other.outcome}"
            return evolve(result, outcome=Outcome.SKIPPED, message=message, faults=(), differences=(), level=None)
        faults: tuple[Fault, ...] = ()
        if reply.outcome is not other.outcome:
            if task.verdict is Verdict.INVALID and not (self.features.validates and self._others.validates):
                return evolve(result, faults=(), differences=(), level=None)
            refused = reply.outcome is Outcome.REFUSED
            code = "client/refused-valid" if refused else "client/accepted-invalid"
            message = f"the other client {other.outcome} it: {(reply if refused else other).message}"
            faults = (Fault(code, message),)
            return evolve(result, duty=Expectation.MAY_REFUSE, faults=faults, differences=(), level=None)
        if reply.outcome is not Outcome.DECODED:
            return evolve(result, faults=())
        ours, theirs = result.returned, judge(task, other, self._others).returned
        fidelity = compare(theirs or b"", ours or b"", revision=task.revision, shape=task.shape)
        duty = Expectation.MAY_REFUSE if task.verdict is Verdict.INVALID else result.duty
        return evolve(
            result,
            duty=duty,
            faults=(),
            level=fidelity.level,
            differences=fidelity.differences,
            truncated=fidelity.truncated,
        )


def _refuse_one_way(*clients: tuple[ClientSpec, Features]) -> None:
    """
    Refuse clients of which no two answers can be compared.

    Raises:
        NoSuchClient: One only decodes, or only encodes.
    """
    for spec, features in clients:
        half = "decodes" if features.decodes_only else "encodes" if features.encodes_only else ""
        if half:
            raise NoSuchClient(
                spec.said,
                f"it only {half}, so nothing can be compared with --against; leave that out to judge it alone",
            )


def _nothing() -> None:
    """Do nothing while a client works."""
