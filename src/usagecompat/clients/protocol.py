"""
What the kit and a client say to each other: one JSON object per line, with exactly one member, which names the message.

The kit says `start`, `run` and `stop`; a client says `started`, and to each `run` exactly one of `decoded`,
`rejected`, `skipped` and `errored`, with the `seq` of that `run`, before it is sent another.
Nothing here reads or writes anything: lines go in and out as bytes.
`schemas/protocol.json` describes the messages for other languages, `docs/clients.md` in prose.
"""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import a2b_base64
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from attrs import frozen

from usagecompat.findings import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VERSION: Final = 1
"""The version of the protocol; it grows when an old client would not understand."""

_SHOWN: Final = 120
_T = TypeVar("_T")


@frozen
class Violation:
    """A line that breaks the protocol: what was expected, and what was seen."""

    expected: str
    seen: str

    def __str__(self) -> str:
        return f"expected {self.expected}, saw {self.seen}"


@frozen
class Start:
    """Asks a client to introduce itself."""

    version: int = VERSION


@frozen(kw_only=True)
class Run:
    """Asks a client to decode one payload and to encode again what came of it."""

    seq: int
    case_id: str
    payload: bytes | None
    """None where the client is to fetch `url`."""
    shape: Shape
    revision: str
    endpoint: str
    """The path of the endpoint that answers so, below `/v1/organization/`."""
    base_url: str | None = None
    """What a client takes for the API's address, `/v1` included."""


@frozen
class Stop:
    """Asks a client to end."""


Command: TypeAlias = Start | Run | Stop
"""What the kit says."""


@frozen(kw_only=True)
class ClientInfo:
    """Who a client is."""

    name: str
    language: str = ""
    version: str = ""
    homepage: str = ""
    issues: str = ""

    def to_dict(self) -> dict[str, str]:
        """What is known, as the protocol spells it."""
        told = {
            "language": self.language,
            "version": self.version,
            "homepage": self.homepage,
            "issues": self.issues,
        }
        return {"name": self.name} | {name: value for name, value in told.items() if value}


@frozen(kw_only=True)
class Features:
    """What a client says of itself that changes how it is open_session or judged."""

    validates: bool = False
    """It claims to refuse what the contract does not allow."""
    shapes: tuple[Shape, ...] = tuple(Shape)
    """What it can decode; anything smaller is wrapped for it."""
    http: bool = False
    """It fetches each payload from `base_url` instead of finding it in the line."""

    def to_dict(self) -> dict[str, object]:
        """The features as the protocol spells them."""
        return {"validates": self.validates, "shapes": [str(shape) for shape in self.shapes], "http": self.http}


@frozen
class Started:
    """A client's introduction."""

    client: ClientInfo
    features: Features = Features()
    version: int = VERSION


@frozen
class Decoded:
    """The client decoded the payload; this is what it encoded again."""

    seq: int
    payload: bytes


@frozen
class Rejected:
    """The client refused the payload, as a client may that reads something wrong."""

    seq: int
    message: str


@frozen
class Skipped:
    """The client cannot be asked this, and says why."""

    seq: int
    message: str
    issue_url: str = ""


@frozen
class Errored:
    """The adapter failed at its own work, which says nothing of the client."""

    seq: int
    context: str


Answer: TypeAlias = Decoded | Rejected | Skipped | Errored
"""What a client says to `run`."""


def encode(message: Command | Started | Answer) -> bytes:
    """The line that says `message`, its end included."""
    match message:
        case Run():
            return _encode_run(message)
        case Start():
            said: dict[str, object] = {"start": {"version": message.version}}
        case Stop():
            said = {"stop": {}}
        case Started():
            introduction = {"version": message.version, "client": message.client.to_dict()}
            said = {"started": {**introduction, "features": message.features.to_dict()}}
        case Decoded():
            return b'{"decoded":{"seq":%d,"payload":"%b"}}\n' % (message.seq, b64encode(message.payload))
        case Rejected():
            said = {"rejected": {"seq": message.seq, "message": message.message}}
        case Skipped():
            link = {"issue_url": message.issue_url} if message.issue_url else {}
            said = {"skipped": {"seq": message.seq, "message": message.message, **link}}
        case Errored():
            said = {"errored": {"seq": message.seq, "context": message.context}}
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _encode_run(run: Run) -> bytes:
    """The line of a `run`, written by hand because there is one for each case."""
    head = '{"run":{"seq":%d,"case":{"id":%s,"shape":"%s","revision":"%s","endpoint":"%s",' % (  # noqa: UP031 - as below
        run.seq,
        json.dumps(run.case_id),
        run.shape.value,
        run.revision,
        run.endpoint,
    )
    if run.payload is None:
        return f'{head}"base_url":{json.dumps(run.base_url)}}}}}}}\n'.encode()
    return b'%b"payload":"%b"}}}\n' % (head.encode(), b64encode(run.payload))


def decode_command(line: bytes) -> Command | Violation:
    """What the kit says in one line, for clients in Python."""
    try:
        message = json.loads(line)
        said = message["run"]
        case = said["case"]
        if len(message) == 1 and said.keys() == _RUN and case.keys() == _CASE and type(said["seq"]) is int:
            payload = a2b_base64(case["payload"], strict_mode=True)
            names = (case["id"], case["revision"], case["endpoint"])
            if all(type(name) is str for name in names):
                return Run(
                    seq=said["seq"],
                    case_id=names[0],
                    payload=payload,
                    shape=Shape(case["shape"]),
                    revision=names[1],
                    endpoint=names[2],
                )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass  # as with answers
    return _decode(line, _COMMANDS, "start, run or stop")


def decode_started(line: bytes) -> Started | Violation:
    """A client's introduction, of exactly this version of the protocol."""
    said = _decode(line, _INTRODUCTION, "started")
    if isinstance(said, Started) and said.version != VERSION:
        return Violation(f"version {VERSION} of the protocol", f"version {said.version}")
    return said


def decode_answer(line: bytes) -> Answer | Violation:
    """What a client says to a `run`; whose `seq` it bears is for the caller to see."""
    try:
        message = json.loads(line)
        said = message["decoded"]
        if len(message) == 1 and said.keys() == _DECODED and type(said["seq"]) is int:
            return Decoded(said["seq"], a2b_base64(said["payload"], strict_mode=True))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass  # what is wrong, or another answer, is found out below; nearly every line of a run ends above
    return _decode(line, _ANSWERS, "decoded, rejected, skipped or errored")


def excerpt(line: bytes) -> str:
    """A line as it may stand in a message: cut, and without anything that a terminal obeys."""
    cut = line[:_SHOWN]
    text = ascii(cut.decode("utf-8", "replace"))
    return f"{text} and {len(line) - _SHOWN:,} more bytes" if len(line) > _SHOWN else text


class _Wrong(Exception):
    """A part of a message is not what it must be."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(str(violation))
        self.violation = violation


_SHAPES: Final = tuple(Shape)
_REQUIRED: Final = object()


@frozen
class _Said:
    """The members of a message; each is taken out when it is read, so that `end` sees what is left."""

    name: str
    members: dict[str, object]

    def text(self, member: str, default: object = _REQUIRED) -> str:
        value = self._take(member, default)
        if isinstance(value, str):
            return value
        if value is None and default is None:
            return ""
        raise self._wrong("a string", member, value)

    def integer(self, member: str) -> int:
        value = self._take(member, _REQUIRED)
        if type(value) is not int:
            raise self._wrong("an integer", member, value)
        return value

    def flag(self, member: str) -> bool:
        value = self._take(member, default=False)
        if not isinstance(value, bool):
            raise self._wrong("true or false", member, value)
        return value

    def part(self, member: str, default: object = _REQUIRED) -> _Said:
        value = self._take(member, default)
        if not isinstance(value, dict):
            raise self._wrong("an object", member, value)
        return _Said(f"{self.name}.{member}", cast("dict[str, object]", value).copy())

    def bytes_(self, member: str) -> bytes:
        value = self.text(member)
        try:
            return a2b_base64(value, strict_mode=True)
        except ValueError:
            raise self._wrong("base64", member, value) from None

    def shape(self, member: str) -> Shape:
        value = self._take(member, _REQUIRED)
        if not isinstance(value, str) or value not in _SHAPES:
            raise self._wrong(f"one of {', '.join(_SHAPES)}", member, value)
        return Shape(value)

    def shapes(self, member: str) -> tuple[Shape, ...]:
        value: object = self._take(member, [*_SHAPES])
        items = cast("list[object]", value) if isinstance(value, list) else []
        if not items or any(item not in _SHAPES for item in items):
            raise self._wrong(f"a list of some of {', '.join(_SHAPES)}", member, items)
        return tuple(shape for shape in Shape if shape in items)

    def end(self) -> None:
        for name, value in self.members.items():
            raise _Wrong(Violation(f"no member {name!r} in `{self.name}`", excerpt(json.dumps({name: value}).encode())))

    def _take(self, member: str, default: object) -> object:
        value = self.members.pop(member, default)
        if value is _REQUIRED:
            raise _Wrong(Violation(f"a member {member!r} in `{self.name}`", "none"))
        return value

    def _wrong(self, what: str, member: str, value: object) -> _Wrong:
        return _Wrong(Violation(f"{what} in `{self.name}.{member}`", excerpt(json.dumps(value).encode())))


def _decode(line: bytes, readers: Mapping[str, Callable[[_Said], _T]], names: str) -> _T | Violation:
    """The message in a line, if it is one that `readers` know."""
    violation = Violation(f"one JSON object whose only member is {names}", excerpt(line))
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return violation
    if not isinstance(said, dict):
        return violation
    members = cast("dict[str, object]", said)
    name = next(iter(members), "")
    inner = members.get(name)
    if len(members) != 1 or name not in readers or not isinstance(inner, dict):
        return violation
    told = _Said(name, cast("dict[str, object]", inner).copy())
    try:
        message = readers[name](told)
        told.end()
    except _Wrong as wrong:
        return wrong.violation
    return message


def _start(said: _Said) -> Start:
    return Start(said.integer("version"))


def _run(said: _Said) -> Run:
    seq, case = said.integer("seq"), said.part("case")
    run = Run(
        seq=seq,
        case_id=case.text("id"),
        payload=case.bytes_("payload") if "payload" in case.members else None,
        shape=case.shape("shape"),
        revision=case.text("revision"),
        endpoint=case.text("endpoint"),
        base_url=case.text("base_url", None) or None,
    )
    case.end()
    return run


def _stop(_: _Said) -> Stop:
    return Stop()


def _started(said: _Said) -> Started:
    version, client, features = said.integer("version"), said.part("client"), said.part("features", {})
    started = Started(
        ClientInfo(
            name=client.text("name"),
            language=client.text("language", ""),
            version=client.text("version", ""),
            homepage=client.text("homepage", ""),
            issues=client.text("issues", ""),
        ),
        Features(
            validates=features.flag("validates"),
            shapes=features.shapes("shapes"),
            http=features.flag("http"),
        ),
        version,
    )
    client.end()
    features.end()
    return started


def _decoded(said: _Said) -> Decoded:
    return Decoded(said.integer("seq"), said.bytes_("payload"))


def _rejected(said: _Said) -> Rejected:
    return Rejected(said.integer("seq"), said.text("message"))


def _skipped(said: _Said) -> Skipped:
    return Skipped(said.integer("seq"), said.text("message"), said.text("issue_url", ""))


def _errored(said: _Said) -> Errored:
    return Errored(said.integer("seq"), said.text("context"))


_COMMANDS: Final[Mapping[str, Callable[[_Said], Command]]] = {"start": _start, "run": _run, "stop": _stop}
_INTRODUCTION: Final[Mapping[str, Callable[[_Said], Started]]] = {"started": _started}
_ANSWERS: Final[Mapping[str, Callable[[_Said], Answer]]] = {
    "decoded": _decoded,
    "rejected": _rejected,
    "skipped": _skipped,
    "errored": _errored,
}
_DECODED: Final = {"seq", "payload"}
_RUN: Final = {"seq", "case"}
_CASE: Final = {"id", "payload", "shape", "revision", "endpoint"}
