"""
The fast route: payloads of a known layout are judged by compiled code, with nothing left unproved.

A payload is decoded into typed Structs and encoded again.
Equal texts prove that the Structs say what the payload says: nothing was lost, doubled, coerced or respelled.
The types and the checks that go with them then prove what the schema and rule stages would find,
of which the fast route counts and explains the few things that live payloads are full of.
Whatever it cannot prove or does not explain it declines, and the exact route answers.

No Struct is a record, and nothing of this shows in `records.py`.
"""

from __future__ import annotations

import os
import re
from functools import cache
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

import msgspec
from attrs import frozen
from msgspec import UNSET

from usagecompat.checking.fast.findings import EXPLAINED, Findings
from usagecompat.checking.fast.layouts import is_modest, layout_of, observe
from usagecompat.checking.fast.provable import is_provable
from usagecompat.checking.fast.types import FastTypes, fast_types
from usagecompat.checking.flat_records import may_be_flat
from usagecompat.contract import contract
from usagecompat.findings import Observation, Shape
from usagecompat.jsontext import MAX_SIZE, NO_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from usagecompat.checking.fast.extracts import FastExtract
    from usagecompat.checking.fast.types import FastRecord
    from usagecompat.contract import Contract
    from usagecompat.jsontext import Document, Tree

_SPACES: Final = frozenset((b" ", b"\n", b"\r", b"\t"))
_HEAD: Final = 40
"""So many bytes show whether there is white space between the tokens."""
_ESCAPE: Final = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)", re.DOTALL)
_MOST_ROUTES: Final = 6
"""Layouts that are kept for one revision, the latest used first; those that were of use before those that were not."""
_LEARNED_AT_ONCE: Final = 16
_TEXT_PER_LESSON: Final = 1 << 17
"""
Bytes that the exact route has to read before one more layout may be learned.

Learning costs a few milliseconds, so it never costs much more than the exact answers do, whatever comes.
"""


@frozen
class Certified:
    """What is proved of a payload."""

    shape: Shape
    observations: tuple[tuple[Observation, int], ...]
    """Each finding's first place and its count, in document order."""


_SPOTLESS: Final = {shape: Certified(shape, ()) for shape in Shape}


_LEARNING: Final = RLock()
"""Held by who changes what is known, and by who forks meanwhile: a child must not wait for a thread that it does not have."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_LEARNING.acquire, after_in_parent=_LEARNING.release, after_in_child=_LEARNING.release)

encode_struct: Final = msgspec.json.Encoder().encode
DECODE_ERRORS: Final = (msgspec.MsgspecError, ValueError, RecursionError)


def certify(
    payload: bytes | bytearray | memoryview | str, revision: str, shape: Shape | None = None
) -> Certified | None:
    """
    What the exact route would find in a payload; None if that is not proved.

    Args:
        payload: The text.
        revision: What it is judged against.
        shape: What it has to be; None to let it tell.
    """
    if isinstance(payload, str):
        try:
            payload = payload.encode()
        except UnicodeEncodeError:
            return None
    elif type(payload) is not bytes:
        payload = bytes(payload)
    if len(payload) > MAX_SIZE:
        return None
    if payload[1:2] in _SPACES or payload.find(b'": ', 0, _HEAD) > 0:
        try:
            payload = _compact(payload)
        except DECODE_ERRORS:
            return None
    routes = routes_of(revision)
    for route in routes.known:
        certified = route.certify(payload)
        if certified is not None:
            if routes.known[0] is not route or not route.was_of_use:
                routes.prefer(route)
            return certified if shape is None or shape is certified.shape else None
    return None


def shortened(payload: bytes | str, revision: str, shape: Shape) -> FastExtract | None:
    """
    One result of each sort from a payload that was certified; None if that would not tell how it fits other revisions.

    Args:
        payload: The text.
        revision: What it was judged against.
        shape: What it is.
    """
    from usagecompat.checking.fast.extracts import extract  # noqa: PLC0415 - most checks ask for no other revision

    for route in routes_of(revision).known:
        try:
            value = route.decode(payload)
        except DECODE_ERRORS:
            continue
        if route.shape_of(value) is shape:
            return extract(route.types.records, value, shape)
    return None


def learn(document: Document, shape: Shape, revision: str, codes: Iterable[str]) -> None:
    """
    Remember what a payload looked like that the exact route has judged, so that the next of its like can be certified.

    Args:
        document: The payload.
        shape: What it is.
        revision: What it was judged against.
        codes: What was found; there is no use in payloads that will never be certified.
    """
    if document.value is not NO_VALUE and shape is not Shape.FLAT and EXPLAINED.issuperset(codes):
        routes_of(revision).learn(document.value, len(document.text or ""), shape)


def learned(revision: str) -> int:
    """How many layouts are known of a revision."""
    return len(routes_of(revision).known)


def forget() -> None:
    """Know no layout but the contract's own, as at the start."""
    routes_of.cache_clear()


@cache
def routes_of(revision: str) -> Routes:
    """
    What is known of a revision, kept as long as the process lives.

    One thread at a time makes decoders: routes share Structs,
    and before msgspec 0.23 a Struct that another thread had half prepared ended the process.
    """
    with _LEARNING:
        return Routes(contract(revision))


class Routes:
    """The routes of one revision: what has been learned so far."""

    def __init__(self, contract: Contract) -> None:
        """Know the layout of the contract itself."""
        self._contract = contract
        self._credit = _LEARNED_AT_ONCE * _TEXT_PER_LESSON
        self.known: tuple[Route, ...] = ()
        """The latest used first; replaced as a whole, so that threads see the old or the new; none if nothing is proved."""
        if is_provable(contract):
            self.known = (Route(fast_types(contract, layout_of(contract)), was_of_use=True),)

    def prefer(self, route: Route) -> None:
        """Try `route` first from now on, since it was of use."""
        route.was_of_use = True
        if self.known[0] is not route:
            with _LEARNING:
                if route in self.known:  # another thread may have forgotten it meanwhile
                    self.known = (route, *(other for other in self.known if other is not route))

    def learn(self, tree: Tree, size: int, shape: Shape) -> None:
        """Take in the layout of a document: into a known one that it fits, or as one more."""
        if self.known:
            with _LEARNING:
                self._learn(tree, size, shape)

    def _learn(self, tree: Tree, size: int, shape: Shape) -> None:
        self._credit = min(self._credit + size, _LEARNED_AT_ONCE * _TEXT_PER_LESSON)
        if self._credit < _TEXT_PER_LESSON:
            return
        observed = observe(tree, shape, self._contract)
        if observed is None:
            return
        for route in self.known:
            merged = route.types.layout.merged(observed)
            if merged == route.types.layout:
                return
            if merged is not None and is_modest(merged, self._contract):
                learned = Route(fast_types(self._contract, merged), was_of_use=route.was_of_use)
                gone: Route | None = route
                break
        else:
            learned = Route(fast_types(self._contract, observed), was_of_use=False)
            gone = self._least_useful() if len(self.known) >= _MOST_ROUTES else None
        self._credit -= _TEXT_PER_LESSON
        self.known = (learned, *(other for other in self.known if other is not gone))

    def _least_useful(self) -> Route:
        """What to forget: the oldest layout that no payload has had since, or else the longest unused."""
        return next((route for route in reversed(self.known) if not route.was_of_use), self.known[-1])


class Route:
    """The way of payloads of one layout."""

    def __init__(self, types: FastTypes, *, was_of_use: bool) -> None:
        """Decode into these types."""
        self.types = types
        self.was_of_use = was_of_use
        """Whether a payload has been certified."""
        self.decode: Callable[[bytes | str], Any] = msgspec.json.Decoder(types.root).decode
        self._shapes = {
            cls: Shape.PAGE
            if record.shape is types.contract.page
            else Shape.BUCKET
            if record.shape is types.contract.bucket
            else Shape.RESULT
            for cls, record in types.records.items()
        }
        bucket, columns = next(
            (cls, record.columns) for cls, record in types.records.items() if record.shape is types.contract.bucket
        )
        self._plain_bucket: Any = bucket if all(one.code == "schema/undeclared-member" for one in columns) else ()
        """The type of buckets in which at most undeclared members are counted; none if times are."""
        self._undeclared = attrgetter(*(one.attribute for one in columns)) if columns else None
        self._none_undeclared: object = UNSET if len(columns) == 1 else (UNSET,) * len(columns)
        """What `_undeclared` says of a bucket that has none of these members."""
        self._plain: dict[type[object], FastRecord] = {
            cls: record
            for cls, record in types.records.items()
            if self._shapes[cls] is Shape.RESULT and not (record.columns or record.numbers or record.part)
        }
        """The types of results in which nothing is counted, and no number is kept as it is spelled."""

    def shape_of(self, value: object) -> Shape:
        """What a decoded payload is."""
        return self._shapes[type(value)]

    def certify(self, payload: bytes) -> Certified | None:
        """What is proved of a payload; None if it has another layout, or anything that is not explained here."""
        try:
            value: Any = self.decode(payload)
            text = encode_struct(value)
        except DECODE_ERRORS:
            return None
        if text != payload and not says_the_same(payload, text):
            return None
        if isinstance(value, self._plain_bucket) and len(value.results) == 1:
            result: object = value.results[0]
            record = self._plain.get(type(result))
            undeclared = self._undeclared
            if record is not None and (undeclared is None or undeclared(value) == self._none_undeclared):
                # As most lines of archives are; all that `Findings` does comes to this.
                is_clear = value.start_time < value.end_time and record.check(value.results, ())  # and no time is large
                return _SPOTLESS[Shape.BUCKET] if is_clear else None
        found = Findings(self.types)
        shape = self.shape_of(value)
        if shape is Shape.PAGE:
            clear = found.page(value)
        elif shape is Shape.BUCKET:
            clear = found.bucket(value)
        else:
            clear = found.result(value)
        if not clear:
            return None
        observations = found.observations(value, shape)
        if observations and may_be_flat(shape, observations, self.types.contract.revision):
            return None
        return Certified(shape, observations) if observations else _SPOTLESS[shape]


def says_the_same(payload: bytes, text: bytes) -> bool:
    """
    Whether a payload that was decoded differs from `text`, which was encoded of it, in nothing but white space and escapes.

    Then both have the same tokens, so that no member was left out, doubled or added, and no value is another one.
    """
    try:
        if b"\\" in payload:
            payload = _ESCAPE.sub(_unescaped, payload)
        return payload == text or (len(payload) > len(text) and _compact(payload) == text)
    except DECODE_ERRORS:
        return False


def _compact(payload: bytes) -> bytes:
    """
    The same tokens with nothing between them, each as it was spelled.

    Raises:
        MsgspecError: The text is not JSON.
        RecursionError: It is nested too deep.
    """
    return msgspec.json.format(payload, indent=-1)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    """An escape in a JSON string as msgspec would write what it stands for."""
    return encode_struct(msgspec.json.decode(b'"%b"' % escape[0]))[1:-1]
