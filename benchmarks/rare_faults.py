"""
Clients with one rare fault each, for `usagecompat fuzz`: python benchmarks/rare_faults.py NAME speaks the line protocol.

Each gives back every payload as it came, byte for byte, unless the one thing is there that it gets wrong.
Beside each fault stands the smallest payload known that shows it.
"""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from itertools import pairwise
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final

from usagecompat.clients.adapter_sdk import serve
from usagecompat.clients.protocol import ClientInfo, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Lexeme(str):
    """A number as it is spelled."""

    __slots__ = ()


class Pairs(list[list[Any]]):
    """An object, with every member of one name."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        """Keep pairs that can be changed."""
        super().__init__([*map(list, pairs)])

    def get(self, name: str) -> Any:
        """The last value of a name; `...` if there is none."""
        return next((value for key, value in reversed(self) if key == name), ...)

    def put(self, name: str, value: Any) -> None:
        """Give every member of a name a value; a new one if there is none."""
        if self.get(name) is ...:
            self.append([name, value])
        for member in self:
            if member[0] == name:
                member[1] = value

    def drop(self, name: str) -> None:
        """Leave out every member of a name."""
        self[:] = [member for member in self if member[0] != name]


def parsed(payload: bytes) -> Any:
    """The tree of a payload; a ValueError is a refusal."""
    return json.loads(
        payload.decode(), parse_int=Lexeme, parse_float=Lexeme, parse_constant=Lexeme, object_pairs_hook=Pairs
    )


def written(tree: Any) -> str:
    """The text of a tree."""
    if isinstance(tree, Pairs):
        return "{" + ",".join(f"{encode_basestring(name)}:{written(value)}" for name, value in tree) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(written, tree)) + "]"
    if isinstance(tree, Lexeme):
        return str(tree)
    return encode_basestring(tree) if isinstance(tree, str) else json.dumps(tree)


def nodes(tree: Any) -> Iterator[Any]:
    """Every object and array in a tree, and the tree itself."""
    if isinstance(tree, list):
        yield tree
        for item in tree:
            yield from nodes(item[1] if isinstance(tree, Pairs) else item)


def objects(tree: Any, tag: str = "") -> Iterator[Pairs]:
    """Every object, or every one whose `object` says this."""
    for node in nodes(tree):
        if isinstance(node, Pairs) and (not tag or node.get("object") == tag):
            yield node


def leaves(tree: Any, change: Callable[[Any], Any]) -> None:
    """Change each value that is no object and no array."""
    for node in nodes(tree):
        for index, item in enumerate(node):
            if isinstance(node, Pairs):
                if not isinstance(item[1], list):
                    item[1] = change(item[1])
            elif not isinstance(item, list):
                node[index] = change(item)


def numbers(change: Callable[[Lexeme], Any]) -> Callable[[Any], None]:
    """A fault in numbers."""
    return lambda tree: leaves(tree, lambda leaf: change(leaf) if isinstance(leaf, Lexeme) else leaf)


def texts(change: Callable[[str], Any]) -> Callable[[Any], None]:
    """A fault in strings."""

    def changed(leaf: Any) -> Any:
        return change(leaf) if isinstance(leaf, str) and not isinstance(leaf, Lexeme) else leaf

    return lambda tree: leaves(tree, changed)


def result_lists(tree: Any) -> Iterator[list[Any]]:
    """The results of each bucket."""
    for bucket in objects(tree, "bucket"):
        found = bucket.get("results")
        if isinstance(found, list) and not isinstance(found, Pairs):
            yield found


def buckets(tree: Any) -> list[Any]:
    """The buckets of a page."""
    found = tree.get("data") if isinstance(tree, Pairs) and tree.get("object") == "page" else ...
    return found if isinstance(found, list) and not isinstance(found, Pairs) else []


def refuse() -> Any:
    """Refuse the payload."""
    message = "a value is out of range"
    raise ValueError(message)


def crash() -> Any:
    """End the client."""
    sys.exit("the client has ended itself")


# -- faults


def _dotted(tree: Any) -> None:
    for node in objects(tree):
        node[:] = [member for member in node if "." not in member[0]]


def _prototype(tree: Any) -> None:
    for node in objects(tree):
        node.drop("__proto__")


def _bucket_32(tree: Any) -> None:
    del buckets(tree)[31:32]


def _hundred(tree: Any) -> None:
    if len(buckets(tree)) == 100:
        del buckets(tree)[99:]


def _result_33(tree: Any) -> None:
    for results in result_lists(tree):
        if len(results) == 33:
            del results[32:]


def _second_lacks(tree: Any) -> None:
    for results in result_lists(tree):
        for one, other in pairwise(results):
            if isinstance(one, Pairs) and isinstance(other, Pairs) and isinstance(one.get("model"), str):
                other.put("model", one.get("model") if other.get("model") is ... else other.get("model"))


def _empty_after_full(tree: Any) -> None:
    last: Any = []
    for results in result_lists(tree):
        if not results:
            results.extend(last[:1])
        last = list(results)


def _null_beside(tree: Any) -> None:
    for node in objects(tree):
        if node.get("project_id") is None and isinstance(node.get("user_id"), str):
            node.drop("project_id")


def _cursor(tree: Any) -> None:
    for page in objects(tree, "page"):
        if page.get("has_more") is True and page.get("next_page") is None:
            page.put("next_page", "")


def _twice(tree: Any) -> None:
    for node in objects(tree):
        if len({name for name, _ in node}) < len(node):
            crash()


def _start_zero(tree: Any) -> None:
    for bucket in objects(tree, "bucket"):
        if bucket.get("start_time") == "0":
            refuse()


def _line_item(tree: Any) -> None:
    for node in objects(tree):
        if node.get("line_item") == "":
            node.put("line_item", None)


def _currency(tree: Any) -> None:
    for node in objects(tree):
        currency = node.get("currency")
        if isinstance(currency, str) and currency.isupper():
            node.put("currency", currency.lower())


def _unknown_kind(tree: Any) -> None:
    for node in objects(tree):
        if node.get("object") == "organization.usage.x_unknown.result":
            for member in node:
                if isinstance(member[1], Pairs):
                    member[1] = Pairs([])


def _nested_empty(tree: Any) -> None:
    for node in objects(tree):
        for member in node:
            if member[1] == [] and not isinstance(member[1], Pairs) and member[0] not in {"data", "results"}:
                member[1] = None


def _significant(lexeme: str) -> str:
    return lexeme.lower().partition("e")[0].replace("-", "").replace(".", "").strip("0")


def _amounts(change: Callable[[str], str]) -> Callable[[Any], None]:
    def fault(tree: Any) -> None:
        for node in objects(tree):
            amount = node.get("amount")
            value = amount.get("value") if isinstance(amount, Pairs) else ...
            if isinstance(value, Lexeme):
                amount.put("value", Lexeme(change(value)))

    return fault


def _seventeen(lexeme: str) -> str:
    return lexeme[:-1] if len(_significant(lexeme)) == 17 and "." in lexeme and lexeme[-1] != "." else lexeme


def _exponent(lexeme: str) -> str:
    return re.sub(r"E\+0*[1-9][0-9]*", "", lexeme)


def _slow(tree: Any) -> None:
    for node in objects(tree):
        if node.get("model") == "":
            time.sleep(3)


def _page(data: str) -> str:
    return f'{{"object":"page","data":[{data}],"has_more":false,"next_page":null}}'


def _bucket(results: str, start: int = 0) -> str:
    return f'{{"object":"bucket","start_time":{start},"end_time":{start + 1},"results":[{results}]}}'


def _empty_buckets(count: int) -> str:
    return _page(",".join(_bucket("", number) for number in range(count)))


_COST: Final = '{"object":"organization.costs.result"}'
_IMAGES: Final = '{"object":"organization.usage.images.result","images":0,"num_model_requests":0}'

MADE: Final[dict[str, tuple[Callable[[Any], None], str]]] = {
    "two-to-31": (
        numbers(lambda one: Lexeme("-2147483648") if one == "2147483648" else one),
        '{"object":"organization.usage.vector_stores.result","usage_bytes":2147483648}',
    ),
    "two-to-53-and-one": (
        numbers(lambda one: Lexeme("9007199254740992") if one == "9007199254740993" else one),
        '{"object":"organization.usage.vector_stores.result","usage_bytes":9007199254740993}',
    ),
    "two-to-63": (
        numbers(lambda one: refuse() if one == "9223372036854775808" else one),
        '{"object":"organization.usage.vector_stores.result","usage_bytes":9223372036854775808}',
    ),
    "name-with-a-dot": (_dotted, '{"object":"organization.costs.result",".":0}'),
    "name-of-a-prototype": (_prototype, '{"object":"organization.costs.result","__proto__":0}'),
    "bucket-32": (
        _bucket_32,
        _empty_buckets(32),
    ),
    "exactly-100-buckets": (
        _hundred,
        _empty_buckets(100),
    ),
    "exactly-33-results": (
        _result_33,
        _bucket(",".join([_COST] * 33)),
    ),
    "second-lacks-a-member": (
        _second_lacks,
        _bucket(f'{_IMAGES[:-1]},"model":""}},{_IMAGES}'),
    ),
    "amount-of-17-digits": (
        _amounts(_seventeen),
        '{"object":"organization.costs.result","amount":{"value":0.11111111111111111,"currency":"usd"}}',
    ),
    "empty-after-full": (
        _empty_after_full,
        _page(f"{_bucket(_COST)},{_bucket('', 1)}"),
    ),
    "title-case-letter": (
        texts(lambda text: "".join(c.lower() if unicodedata.category(c) == "Lt" else c for c in text)),
        '{"object":"organization.costs.result","line_item":"\u01c5"}',
    ),
    "nul-in-a-string": (
        texts(lambda text: text.partition("\0")[0]),
        '{"object":"organization.costs.result","line_item":"\\u0000"}',
    ),
    "line-separator": (
        texts(lambda text: text.replace("\u2028", "\n")),
        '{"object":"organization.costs.result","line_item":"\u2028"}',
    ),
    "id-of-length-256": (
        texts(lambda text: text[:255] if len(text) == 256 else text),
        f'{_COST[:-1]},"line_item":"{"a" * 256}"}}',
    ),
    "exponent-with-plus": (
        _amounts(_exponent),
        '{"object":"organization.costs.result","amount":{"value":1E+1,"currency":"usd"}}',
    ),
    "duplicate-name": (_twice, '{"":0,"":0}'),
    "null-project-beside-user": (
        _null_beside,
        '{"object":"organization.usage.images.result","images":0,"num_model_requests":0,"project_id":null,"user_id":""}',
    ),
    "more-without-cursor": (_cursor, '{"object":"page","data":[],"has_more":true,"next_page":null}'),
    "minus-zero": (
        numbers(lambda one: crash() if one == "-0" else one),
        '{"object":"organization.usage.vector_stores.result","usage_bytes":-0}',
    ),
    "start-at-zero": (_start_zero, '{"object":"bucket","start_time":0,"end_time":1,"results":[]}'),
    "empty-line-item": (_line_item, '{"object":"organization.costs.result","line_item":""}'),
    "currency-in-capitals": (
        _currency,
        '{"object":"organization.costs.result","amount":{"currency":"USD"}}',
    ),
    "object-in-unknown-kind": (_unknown_kind, '{"object":"organization.usage.x_unknown.result","":{"":0}}'),
    "empty-undeclared-list": (_nested_empty, '{"object":"organization.costs.result","":[]}'),
    "hangs-at-an-empty-model": (
        _slow,
        '{"object":"organization.usage.images.result","images":0,"num_model_requests":0,"model":""}',
    ),
}
"""Each fault by name, with the smallest payload known that shows it."""


def _escaped_pair(payload: bytes) -> bytes:
    parsed(payload)
    return re.sub(rb"\\u[dD][89abAB]..\\u[dD][c-fC-F]..", "\ufffd".encode(), payload)


def _tab(payload: bytes) -> bytes:
    parsed(payload)
    return refuse() if b"\t" in payload else payload  # type: ignore[no-any-return]


TEXTS: Final[dict[str, tuple[Callable[[bytes], bytes], str]]] = {
    "escaped-pair": (_escaped_pair, '{"object":"organization.costs.result","line_item":"\\ud83d\\ude00"}'),
    "tab-between-tokens": (_tab, '{"object":"organization.costs.result"\t}'),
}
"""The same of faults that are in the text."""
SMALLEST: Final[dict[str, bytes]] = {name: text.encode() for name, (_, text) in {**MADE, **TEXTS}.items()}


def codec(name: str) -> Callable[[bytes], bytes]:
    """The client with this fault, bytes to bytes."""
    if name in TEXTS:
        return TEXTS[name][0]
    fault = MADE[name][0]

    def roundtrip(payload: bytes) -> bytes:
        tree = parsed(payload)
        before = written(tree)
        fault(tree)
        after = written(tree)
        return payload if after == before else after.encode("utf-8", "surrogatepass")

    return roundtrip


def __getattr__(name: str) -> Callable[[bytes], bytes]:
    """The client with this fault as a function of the module, so that `python:rare_faults:two_to_31` is one."""
    fault = name.replace("_", "-")
    if fault not in SMALLEST:
        raise AttributeError(name)
    return codec(fault)


def main() -> None:
    """Serve the kit until it says `stop`."""
    roundtrip = codec(sys.argv[1])

    def answer(run: Run) -> bytes:
        return roundtrip(run.payload or b"")

    serve(answer, ClientInfo(name=sys.argv[1], language="python"))


if __name__ == "__main__":
    main()
