"""
Payloads for clients that read pages only: a smaller one is spliced into a page, and its copy cut out of the answer.

Bytes are put side by side and nothing is encoded again, so that what a payload shows, its page shows.
The endpoint follows from the kind of the first result.
"""

from __future__ import annotations

import re
from functools import cache
from json import JSONDecoder
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.contract import ENDPOINTS
from usagecompat.findings import Path, Shape
from usagecompat.jsontext import MAX_DEPTH, NO_VALUE, Index, read

if TYPE_CHECKING:
    from usagecompat.jsontext import Tree

_RENAMED: Final = "2026-05-13"
"""The revision that renamed `result` to `results` and made `next_page` nullable."""
_SIZES: Final = (Shape.RESULT, Shape.BUCKET, Shape.PAGE)
_FIRST: Final = next(iter(ENDPOINTS.values()))
_KIND: Final = re.compile(rb'"object"\s*:\s*"(organization\.[a-z_.]+)"')
_SCANNER: Final = JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
"""Finds the end of a value, and computes no number."""


@frozen
class Envelope:
    """What was put around a payload."""

    shape: Shape
    """What the whole is."""
    before: bytes = b""
    after: bytes = b""
    path: Path = ()
    """Where in the whole the payload stands."""

    def wrap(self, payload: bytes) -> bytes:
        """The payload with this around it."""
        return self.before + payload + self.after

    def unwrap(self, returned: bytes) -> bytes | None:
        """The bytes that stand in an answer where the payload stood in what was sent; None if there are none."""
        return cut_out(returned, self.path) if self.path else returned

    def hides(self, payload: bytes) -> bool:
        """Whether the payload can be read, and with this around it cannot, because it nests as deep as a text may."""
        if not self.path or payload.count(b"[") + payload.count(b"{") < MAX_DEPTH - len(self.path):
            return False
        return read(payload).value is not NO_VALUE and read(self.wrap(payload)).value is NO_VALUE


@cache
def envelope_for(shape: Shape | None, revision: str, shapes: tuple[Shape, ...]) -> Envelope:
    """
    What has to be put around a payload for a client that decodes `shapes`: the smallest that it does.

    A text without a shape is broken, and goes as it is.
    """
    if shape is None or shape in shapes:
        return Envelope(shape or shapes[-1])
    larger = [size for size in _SIZES[_SIZES.index(shape) + 1 :] if size in shapes]
    if not larger:
        return Envelope(shape)
    before, after = b"", b""
    path: Path = ()
    old = revision < _RENAMED
    if shape is Shape.RESULT:
        name = b"result" if old else b"results"
        before = b'{"object":"bucket","start_time":1730419200,"end_time":1730505600,"%b":[' % name
        after, path = b"]}", (name.decode(), 0)
    if larger[0] is Shape.PAGE:
        cursor = b'""' if old else b"null"
        before = b'{"object":"page","data":[' + before
        after += b'],"has_more":false,"next_page":%b}' % cursor
        path = ("data", 0, *path)
    return Envelope(larger[0], before, after, path)


def endpoint_of(payload: bytes) -> str:
    """The endpoint that answers with such a payload, by its first result of a known kind; else the first of all."""
    for spelled in _KIND.findall(payload):
        kind: str = spelled.decode()
        if kind in ENDPOINTS:
            return ENDPOINTS[kind]
    if b"\\" not in payload:
        return _FIRST
    tree = read(payload).value
    for kind in _kinds(None if tree is NO_VALUE else tree, 6):
        if kind in ENDPOINTS:
            return ENDPOINTS[kind]
    return _FIRST


def _kinds(tree: Tree, depth: int) -> list[str]:
    """The `object` members of a tree, not looked for deeper than a page can have them."""
    if not depth:
        return []
    if isinstance(tree, list):
        return [kind for item in tree for kind in _kinds(item, depth - 1)]
    if not isinstance(tree, dict):
        return []
    own = tree.get("object")
    inner = [kind for value in tree.values() for kind in _kinds(value, depth - 1)]
    return [own, *inner] if isinstance(own, str) else inner


def cut_out(returned: bytes, path: Path) -> bytes | None:
    """
    The text of the value at `path`, byte for byte; None if the text is not JSON or has no such value.

    `path` ends with an index. Of two members of one name the last one is taken, as everywhere.
    """
    document = read(returned)
    if document.value is NO_VALUE or document.text is None:
        return None
    node: Tree = document.value
    for part in path:
        if isinstance(node, dict) and isinstance(part, str):
            if part not in node:
                return None
            node = node[part]
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            return None
    start = Index(document.text).offset(path, document.value)
    _, end = _SCANNER.raw_decode(document.text, start)
    return document.text[start:end].encode()
