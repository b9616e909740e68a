"""
What the kit and a client say to each other: one JSON object per line, with exactly one member, which names the message.

The kit says `start`, `run` and `stop`; a client says `started`, and to each `run` exactly one of `decoded`,
`rejected`, `skipped` and `errored`, with the `seq` of that `run`, before it is sent another; a client that only encodes
says `encoded` in place of `decoded`.
A later version may have more members in a message than this one knows, and they are ignored; not so another message
beside the one, nor one that is missing.
Nothing here reads or writes anything: lines go in and out as bytes.
`schemas/protocol.json` describes the messages for other languages, `docs/clients.md` in prose.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final, TypeAlias, cast

import msgspec
from attrs import frozen
from msgspec import UNSET, Meta, Struct, UnsetType

from usagecompat.findings import SERVED_SHAPES, Shape

VERSION: Final = 1
"""The version of the protocol; it grows when an old client would not understand."""

_EXCERPT: Final = 120


@frozen
class Violation:
    """A line that breaks the protocol: what was expected, and what came."""

    expected: str
    seen: str

    def __str__(self) -> str:
        return f"expected {self.expected}, saw {self.seen}"


class Start(Struct, frozen=True):
    """Asks a client to introduce itself."""

    version: int


class _RunCase(Struct, frozen=True, omit_defaults=True):
    """What a `run` says of its case."""

    id: str
    shape: Shape
    revision: str
    endpoint: str
    base_url: str | UnsetType = UNSET
    payload: bytes | UnsetType = UNSET
    record: Any = UNSET
    query: str | UnsetType = UNSET
    key: str | UnsetType = UNSET


class _Run(Struct, frozen=True):
    """A `run` as the line has it."""

    seq: int
    case: _RunCase


@frozen(kw_only=True)
class Run:
    """Asks a client to decode one payload and to encode again what came of it."""

    seq: int
    case_id: str
    payload: bytes | None
    """None where the client is to fetch it, or is to encode `record`."""
    shape: Shape
    revision: str
    endpoint: str
    """The path of the endpoint that answers so, below `/v1/organization/`."""
    base_url: str | None = None
    """What a client takes for the API's address, `/v1` included."""
    query: str | None = None
    """The query string of the first request, where the client is to fetch all pages."""
    key: str | None = None
    """And the key that it sends."""
    record: object = None
    """What a client is to encode that only encodes, as `records_to_encode` says it."""


class Stop(Struct, frozen=True):
    """Asks a client to end."""


Command: TypeAlias = Start | Run | Stop
"""What the kit says."""


class ClientInfo(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who a client is."""

    name: str
    language: str = ""
    language_version: str = ""
    version: str = ""
    homepage: str = ""
    issues: str = ""

    def to_dict(self) -> dict[str, str]:
        """What is known, as the protocol spells it."""
        return cast("dict[str, str]", msgspec.to_builtins(self))


class Features(Struct, frozen=True, kw_only=True, rename=lambda name: name.replace("_", "-")):
    """What a client says of itself that changes how it is driven or judged."""

    validates: bool = False
    """It claims to refuse what the contract does not allow."""
    shapes: Annotated[tuple[Shape, ...], Meta(min_length=1)] = SERVED_SHAPES
    """What it can decode, the largest first; anything smaller is wrapped for it."""
    http: bool = False
    """It fetches each payload from `base_url` instead of finding it in the line."""
    paging: bool = False
    """It can be asked for all pages of a query, and answers with all buckets."""
    decodes_only: bool = False
    """It cannot encode, and answers with members of its own choice, or with nothing."""
    encodes_only: bool = False
    """It cannot decode, and is given what to encode."""

    def __post_init__(self) -> None:
        if Shape.FLAT in self.shapes:
            message = f"Invalid enum value '{Shape.FLAT}'"  # as msgspec says of any other name
            raise ValueError(message)
        msgspec.structs.force_setattr(self, "shapes", tuple(shape for shape in SERVED_SHAPES if shape in self.shapes))

    def to_dict(self) -> dict[str, object]:
        """The features as the protocol spells them."""
        return cast("dict[str, object]", msgspec.to_builtins(self))


class Started(Struct, frozen=True):
    """A client's introduction."""

    client: ClientInfo
    features: Features = Features()
    version: int = VERSION


class _Introduction(Struct, frozen=True):
    """An introduction as the line has it, where the version is no matter of course."""

    version: int
    client: ClientInfo
    features: Features = Features()


class Decoded(Struct, frozen=True):
    """The client decoded the payload; this is what it encoded again."""

    seq: int
    payload: bytes | UnsetType = UNSET
    """Not there if a client that only decodes says nothing more."""


class Encoded(Struct, frozen=True):
    """The client encoded the record; a client that only encodes says so."""

    seq: int
    payload: bytes


class Rejected(Struct, frozen=True):
    """The client refused the payload, as a client may that reads something wrong."""

    seq: int
    message: str


class Skipped(Struct, frozen=True, omit_defaults=True):
    """The client cannot be asked this, and says why."""

    seq: int
    message: str
    issue_url: str = ""


class Errored(Struct, frozen=True):
    """The adapter failed at its own work, which says nothing of the client."""

    seq: int
    context: object

    @property
    def said(self) -> str:
        """The context in words: a text as it is, anything else as JSON."""
        return self.context if isinstance(self.context, str) else json.dumps(self.context)


Answer: TypeAlias = Decoded | Encoded | Rejected | Skipped | Errored
"""What a client says to `run`."""


class _Commands(Struct, frozen=True, forbid_unknown_fields=True):
    start: Start | UnsetType = UNSET
    run: _Run | UnsetType = UNSET
    stop: Stop | UnsetType = UNSET


class _Introductions(Struct, frozen=True, forbid_unknown_fields=True):
    started: _Introduction | UnsetType = UNSET


class _Answers(Struct, frozen=True, forbid_unknown_fields=True):
    decoded: Decoded | UnsetType = UNSET
    encoded: Encoded | UnsetType = UNSET
    rejected: Rejected | UnsetType = UNSET
    skipped: Skipped | UnsetType = UNSET
    errored: Errored | UnsetType = UNSET


def encode(message: Command | Started | Answer) -> bytes:
    """The line that says `message`, its end included."""
    name = type(message).__name__.lower()
    said: Struct
    if isinstance(message, Run):
        case = _RunCase(
            id=message.case_id,
            shape=message.shape,
            revision=str(message.revision),  # a draft is more than its name
            endpoint=message.endpoint,
            base_url=message.base_url or UNSET,
            query=UNSET if message.query is None else message.query,
            key=UNSET if message.key is None else message.key,
            payload=UNSET if message.payload is None else message.payload,
            record=UNSET if message.payload is not None or message.base_url else message.record,
        )
        said = _Run(message.seq, case)
    elif isinstance(message, Started):
        said = _Introduction(message.version, message.client, message.features)
    else:
        said = message
    try:
        return msgspec.json.encode({name: said}) + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can say
        return json.dumps({name: msgspec.to_builtins(said)}).encode() + b"\n"


def decode_command(line: bytes) -> Command | Violation:
    """What the kit says in one line, for clients in Python."""
    said = _decode(line, _Commands)
    if not isinstance(said, _Run):
        return cast("Start | Stop | Violation", said)
    case = said.case
    return Run(
        seq=said.seq,
        case_id=case.id,
        payload=None if case.payload is UNSET else case.payload,
        shape=case.shape,
        revision=case.revision,
        endpoint=case.endpoint,
        base_url=None if case.base_url is UNSET else case.base_url or None,
        query=None if case.query is UNSET else case.query,
        key=None if case.key is UNSET else case.key,
        record=None if case.record is UNSET else case.record,
    )


def decode_started(line: bytes) -> Started | Violation:
    """A client's introduction, of exactly this version of the protocol."""
    said = _decode(line, _Introductions)
    if isinstance(said, Violation):
        return said
    introduction = cast("_Introduction", said)
    if introduction.version != VERSION:
        return Violation(f"version {VERSION} of the protocol", f"version {introduction.version}")
    if introduction.features.decodes_only and introduction.features.encodes_only:
        return Violation("`decodes-only` or `encodes-only` to be true in `started.features`", "both")
    return Started(introduction.client, introduction.features)


def decode_answer(line: bytes) -> Answer | Violation:
    """What a client says to a `run`; whose `seq` it bears is for the caller to see."""
    return cast("Answer | Violation", _decode(line, _Answers))


def excerpt(line: bytes) -> str:
    """A line as it may stand in a message: cut, and without anything that a terminal obeys."""
    cut = line[:_EXCERPT]
    text = ascii(cut.decode("utf-8", "replace"))
    return f"{text} and {len(line) - _EXCERPT:,} more bytes" if len(line) > _EXCERPT else text


_DECODERS: Final[dict[type[Struct], msgspec.json.Decoder[Struct]]] = {
    kind: msgspec.json.Decoder(kind) for kind in (_Commands, _Introductions, _Answers)
}
_WRONG: Final = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?", re.DOTALL)
_ALPHABET: Final = re.compile(r"[A-Za-z0-9+/]*=*")
_MISSING: Final = "a member '{}'"
_BASE64: Final = "base64"
_PROBLEMS: Final = (
    (re.compile(r"Object missing required field `(.*)`"), _MISSING),
    (re.compile(r"Object contains unknown field `(.*)`"), "no member '{}'"),
    (re.compile(r"Expected `int`, .*"), "an integer"),
    (re.compile(r"Expected `str`, .*"), "a string"),
    (re.compile(r"Expected `bool`, .*"), "true or false"),
    (re.compile(r"Expected `object`, .*"), "an object"),
    (re.compile(r"Expected `array`, .*|Expected `array` of length.*"), f"a list of some of {', '.join(SERVED_SHAPES)}"),
    (re.compile(r"Invalid enum value .*"), f"one of {', '.join(SERVED_SHAPES)}"),
    (re.compile(r"Expected `bytes`, .*|Invalid base64 .*"), _BASE64),
)
"""What msgspec says of a message, and what was expected."""


def _decode(line: bytes, kind: type[Struct]) -> Struct | Violation:
    """The one message in a line, of those that `kind` has members for."""
    try:
        said = _DECODERS[kind].decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        try:  # a message may quote half of a surrogate pair, which Python takes
            said = msgspec.convert(json.loads(line), kind)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return _violation(line, kind, str(error))
    messages = [message for message in msgspec.structs.astuple(said) if message is not UNSET]
    return cast("Struct", messages[0]) if len(messages) == 1 else _violation(line, kind, "")


def _violation(line: bytes, kind: type[Struct], error: str) -> Violation:
    """What is wrong with a line, in words; `error` is msgspec's."""
    *names, last = (field.name for field in msgspec.structs.fields(kind))
    whole = Violation(
        f"one JSON object whose only member is {', '.join(names)} or {last}"
        if names
        else f"one JSON object whose only member is {last}",
        excerpt(line),
    )
    told = _WRONG.fullmatch(error)
    what, path = (told["what"], told["path"]) if told else ("", None)
    for pattern, expected in _PROBLEMS if path else ():
        if matched := pattern.fullmatch(what):
            seen = "none" if expected == _MISSING else excerpt(_value_at(line, path or ""))
            if expected == _BASE64:
                seen += _base64_fault(_value_at(line, path or ""))
            return Violation(f"{expected.format(*matched.groups())} in `{path}`", seen)
    return whole


def _base64_fault(value: bytes) -> str:
    """What keeps a JSON string from being base64, as far as it is one of the usual reasons."""
    try:
        text = json.loads(value)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(text, str):
        return ""
    if text.lstrip()[:1] in {"{", "["}:
        return ", which is JSON itself and has to be encoded"
    if any(character.isspace() for character in text):
        return ", which has line breaks or spaces in it"
    if set(text) & {"-", "_"}:
        return ", which is of the URL-safe alphabet; the standard one has `+` and `/`"
    if len(text) % 4 and _ALPHABET.fullmatch(text):
        return f", which has {len(text)} characters; `=` has to fill it up to a multiple of 4"
    return ", which has other characters than base64 has"


def _value_at(line: bytes, path: str) -> bytes:
    """The JSON of what stands at a path of msgspec's, or the line if nothing is known of it."""
    try:
        value = json.loads(line)
        for name in path.partition("[")[0].split("."):
            value = value[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return line
    return json.dumps(value).encode()
