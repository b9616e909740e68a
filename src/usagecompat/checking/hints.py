"""
What to write instead, and what a payload is that is none: hints for people, made of what is there.

Nothing here decides a verdict.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from usagecompat.contract import LATEST, JsonType, contract, is_number_text
from usagecompat.findings import Shape, pointer
from usagecompat.jsontext import Number
from usagecompat.printing import quoted

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from usagecompat.contract import Contract, RecordShape
    from usagecompat.jsontext import Tree

_LONGEST: Final = 200
_SHORT: Final = 40
_WORDS: Final = {"true": "true", "false": "false", "yes": "true", "no": "false", "1": "true", "0": "false"}
_SEPARATED: Final = re.compile(r"[+-]?\d{1,3}(?:[,_ ']\d{3})+(?:\.\d+)?")
_SIGNS: Final = "$€£¥"
_CODES: Final = re.compile(r"^(?:[A-Z]{3}|usd|eur)\s*(?=[-+.\d$€£¥])|(?<=\d)\s*(?:[A-Z]{3}|usd|eur)$")
"""A currency beside a number."""
WHAT_IS_ONE: Final = (
    "A payload is an object whose `object` names it: page, bucket, or a kind such as organization.costs.result."
)
"""What to say of what is none, and of which nothing better is known."""
_OTHER: Final = "It is neither usage nor a cost."
_NAMES: Final = {Shape.PAGE: "page", Shape.BUCKET: "bucket", Shape.RESULT: "result"}
_MOST_ITEMS: Final = 20
_MOST_KINDS: Final = 3
_MOST_OTHERS: Final = 200


# -- values


def value_hint(value: Tree, wanted: JsonType, name: str) -> str:
    """What to write in place of a value of another JSON type, with the value in it where it tells what is meant."""
    return _meant(value, wanted, name) or (_SECONDS if name in _TIMES else _ANY_OF_TYPE[wanted])


def _meant(value: Tree, wanted: JsonType, name: str) -> str:
    """The same, empty if the value does not tell."""
    match wanted:
        case JsonType.INTEGER | JsonType.NUMBER:
            return _number_hint(value, wanted, name)
        case JsonType.BOOLEAN:
            text = value if type(value) is str else value.lexeme if type(value) is Number else ""
            word = _WORDS.get(text.strip().lower())
            return f"Write {word}, without quotes." if word and type(value) is str else f"Write {word}." if word else ""
        case JsonType.STRING:
            if type(value) is Number and len(value.lexeme) <= _SHORT:
                return f'Write "{value.lexeme}", in quotes.'
        case JsonType.OBJECT:
            number = value.lexeme if type(value) is Number else _plain_number(value) if type(value) is str else ""
            if number and len(number) <= _SHORT:
                return f'Write {{"value": {number}, "currency": "usd"}}.'
        case JsonType.ARRAY:
            if value is None:
                return "Nothing to list is []."
            if type(value) is dict:
                return "Write an array, even around one item."
            if type(value) is str and value.strip()[:1] == "[":
                return "This is JSON text in a string; write the array itself, without quotes."
    return ""


def _number_hint(value: Tree, wanted: JsonType, name: str) -> str:
    if type(value) is Number:
        return (
            "A count of parts of a thing is no count; write a whole number."
            if name not in _TIMES
            else "Times are whole seconds."
        )
    if type(value) is bool:
        return "Write a number: true and false are none."
    if type(value) is not str or len(value) > _LONGEST:
        return ""
    served = " The API serves strings here, each exactly one JSON number." if name == "value" else ""
    if name in _TIMES and (seconds := _seconds(value)) is not None:
        return f"Write {seconds}: times are seconds since 1970."
    number = _plain_number(value)
    if not number:
        return served.strip()
    if wanted is JsonType.INTEGER and not number.removeprefix("-").isdigit():
        exact = Number(number)
        if not exact.is_integer:
            return f"Write a whole number: {number} is none."
        if abs(exact.decimal.adjusted()) > _SHORT:
            return "Write it without quotes, and without an exponent."
        number = format(exact.decimal, "f").partition(".")[0]
    if number not in value or value.strip().strip(_SIGNS) != value.strip() or _CODES.search(value):
        apart = "; the currency is a member of its own" if name == "value" and not _SEPARATED.fullmatch(value) else ""
        return f"Write {number}{apart}.{served}"
    return f"Write {number}{', without quotes' if value == number else ''}.{served}"


_TIMES: Final = ("start_time", "end_time")
_SECONDS: Final = "Write seconds since 1970, such as 1767225600."
_ANY_OF_TYPE: Final[Mapping[JsonType, str]] = {
    JsonType.INTEGER: "Write a whole number, such as 1000.",
    JsonType.NUMBER: "Write a number, such as 0.06.",
    JsonType.BOOLEAN: "Write true or false, without quotes.",
    JsonType.STRING: "Write a text in double quotes.",
    JsonType.OBJECT: 'Write an object, such as {"value": 0.06, "currency": "usd"}.',
    JsonType.ARRAY: "Write an array; nothing to list is [].",
}


def absence_hint(kind: str | None, name: str, wanted: JsonType | None, *, nullable: bool) -> str:
    """What to send for a required member that is absent."""
    if name == "object":
        return f'Write "object": "{kind}".'
    if name in _TIMES:
        return "The API always sends it, in seconds since 1970."
    if nullable:
        return "The API always sends it, if only as null."
    if wanted in {JsonType.INTEGER, JsonType.NUMBER}:
        return "The API always sends it, also where it is 0."
    return "The API always sends it, if only as []." if wanted is JsonType.ARRAY else "The API always sends it."


def _plain_number(text: str) -> str:
    """The JSON number that a text is meant for; empty if it is none."""
    plain = _CODES.sub("", text.strip()).strip().strip(_SIGNS).strip()
    if _SEPARATED.fullmatch(plain):
        plain = re.sub(r"[,_ ']", "", plain)
    plain = plain.removeprefix("+")
    if plain.startswith("."):
        plain = f"0{plain}"
    return plain if len(plain) <= _SHORT and is_number_text(plain) else ""


def _seconds(text: str) -> int | None:
    """The seconds of an ISO time, which is in UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


# -- shapes


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a tree is an object."""
    return type(value) is dict


def is_sequence(value: object) -> TypeGuard[list[Any]]:
    """Whether a tree is an array."""
    return type(value) is list


def looks_like(node: Mapping[str, Any]) -> Shape | None:
    """What an object is by its members, whatever it calls itself; None if they do not tell."""
    if type(node.get("data")) is list and ("has_more" in node or "next_page" in node):
        return Shape.PAGE
    results = type(node.get("results")) is list or type(node.get("result")) is list
    if results and ("start_time" in node or "end_time" in node) and "data" not in node:
        return Shape.BUCKET
    return None


def kinds_like(contract: Contract, node: Mapping[str, Any]) -> str:
    """The kinds whose members a result has, as a hint; empty if there are none or too many."""
    overlap = {
        kind: len((shape.members.keys() - {"object"}) & node.keys())
        for kind, shape in contract.kinds.items()
        if {*shape.needed()} - {"object"} <= node.keys()
    }
    best = max(overlap.values(), default=0)
    alike = [kind for kind, common in overlap.items() if common == best]
    if best == 0 or len(alike) > _MOST_KINDS:
        return ""
    names = " or ".join(contract.kinds[kind].name for kind in alike)
    tags = " or ".join(f'"{kind}"' for kind in alike)
    return f'Its members are those of {names}, which the API tags "object": {tags}.'


def misnamed(shape: RecordShape, missing: list[str], others: list[str]) -> dict[str, str]:
    """
    The absent members of a record that are there under names in another case, or without underscores.

    Empty if there are fewer than two: one alone is a slip, and told by itself.
    """
    if not 1 < len(missing) or len(others) > _MOST_OTHERS:
        return {}
    plain = {plain_name(name): name for name in reversed(others)}
    found = {name: plain[key] for name in missing if (key := plain_name(name)) in plain and name in shape.members}
    return found if len(found) > 1 else {}


def names_in_another_case(contract: Contract, node: Mapping[str, Any]) -> tuple[str, dict[str, str]] | None:
    """What an object is whose names are all in another case, and which name is which; None if it is nothing known."""
    if len(node) > _MOST_OTHERS:
        return None
    plain = {plain_name(name): name for name in reversed(list(node))}
    best: tuple[int, str, dict[str, str]] = (1, "", {})
    for shape in (contract.page, contract.bucket, *contract.kinds.values()):
        wanted = [name for name in shape.required if name != "object"]
        if all(plain_name(name) in plain for name in wanted):
            found = {name: plain[key] for name in shape.members if (key := plain_name(name)) in plain}
            tag = node.get(found.get("object", ""))
            fits = len(found) + (tag == shape.kind) * _MOST_OTHERS
            if fits > best[0]:
                best = (fits, shape.kind if shape.kind in {"page", "bucket"} else "result", found)
    return (best[1], best[2]) if best[2] else None


def plain_name(name: str) -> str:
    """`name` without what people get wrong: case, underscores and dashes."""
    return name.casefold().replace("_", "").replace("-", "")


@cache
def _twins(shape: RecordShape) -> Mapping[str, str]:
    return {plain_name(name): name for name in shape.members}


def twin_hint(shape: RecordShape, name: str, there: Container[str]) -> str:
    """What to say of an undeclared member that is a declared one but for case or underscores; empty if it is none."""
    twin = _twins(shape).get(plain_name(name)) if len(name) <= _SHORT else None
    if twin is None or twin not in there:
        return ""
    return (
        f"To JSON it is not `{twin}`, which is there as well; a decoder that ignores case may take one for the other."
    )


def is_known(contract: Contract, node: Mapping[str, Any]) -> bool:
    """Whether an object has anything of a page, a bucket or a result."""
    if "object" in node:
        return True
    shapes = (contract.page, contract.bucket, *contract.kinds.values())
    return any(name in shape.members for shape in shapes for name in node)


# -- what is no payload


def array_hint(items: list[Any]) -> str:
    """What an array is that stands where a payload must."""
    first = items[0] if items else None
    rule = "one payload is one page, one bucket or one result."
    if is_mapping(first):
        shape = looks_like(first) or by_tag(first)
        if shape is not None:
            inside = {
                Shape.BUCKET: "Send the page itself, not its `data`",
                Shape.RESULT: "Send the bucket itself, not its `results`",
            }
            return f"This is an array of {_NAMES[shape]}s. {inside.get(shape, 'Send each by itself')}; {rule}"
        inner = next(_payloads_in(first), None)
        if inner:
            return f"This is an array of other objects, and each has a {inner[1]} at {inner[0]}; send that. `check --unwrap` reads it."
    return f"Send the page itself{', not its `data`' if items else ''}; {rule}"


def text_hint(text: str) -> str:
    """What a JSON string is that stands where a payload must."""
    if text.lstrip()[:1] in ("{", "["):
        return "This is JSON text in a JSON string: it was encoded twice. Decode it once more."
    return WHAT_IS_ONE


def envelope(node: Mapping[str, Any]) -> tuple[str, str] | None:
    """
    What an object is that is no payload: what to say of it, and where the payload in it is.

    None if nobody knows, or if it may well be a payload.
    """
    if "object" in node:
        return _of_another_endpoint(node)
    error = node.get("error")
    if is_mapping(error) and "message" in error:
        said = error["message"]
        told = f": {quoted(said, _LONGEST)}" if type(said) is str else ""
        return f"this is an error answer of the API{told}", "The request failed, so there is no payload; ask again."
    log = node.get("log")
    if is_mapping(log) and type(log.get("entries")) is list:
        return (
            "this is a HAR recording",
            "The payloads are at /log/entries/*/response/content/text; `check --unwrap` reads them.",
        )
    for name in ("http_interactions", "interactions"):
        if type(node.get(name)) is list:
            return (
                "this is a VCR cassette",
                f"The payloads are at /{name}/*/response/body; `check --unwrap` reads them.",
            )
    inner = next(_payloads_in(node), None)
    if inner is not None:
        return (
            f"this is an object around a {inner[1]}",
            f"The payload is at {inner[0]}; send that. `check --unwrap` reads it.",
        )
    if "threshold_amount" in node:
        return "this is a spend limit or alert", f"{_OTHER} Its `threshold_amount` is in cents."
    said = next((text for text in _complaints(node) if type(text) is str), None)
    if said and _names().isdisjoint(node):
        return (
            f"this is an error answer: {quoted(said, _LONGEST)}",
            "The request failed, so there is no payload; ask again.",
        )
    return None


def _complaints(node: Mapping[str, Any]) -> Iterator[Any]:
    """Where proxies, gateways and frameworks say what went wrong."""
    yield node.get("error")
    errors = node.get("errors")
    first = errors[0] if is_sequence(errors) and errors else None
    yield first.get("message") if is_mapping(first) else first
    if not {"status", "statusCode", "code", "error"}.isdisjoint(node) or len(node) == 1:
        yield node.get("message")
    if len(node) == 1:
        yield node.get("detail")


@cache
def _names() -> frozenset[str]:
    """All names that a page, a bucket or a result has, but for the tag."""
    newest = contract(LATEST)
    shapes = (newest.page, newest.bucket, *newest.kinds.values())
    return frozenset(name for shape in shapes for name in (*shape.members, *shape.former)) - {"object"}


def _of_another_endpoint(node: Mapping[str, Any]) -> tuple[str, str] | None:
    """What an object is that calls itself something else, and has members, and none of a payload's."""
    tag = node["object"]
    if type(tag) is not str:
        return None
    what = f"this is an object of another endpoint, {quoted(tag, _LONGEST)}"
    if tag.startswith("organization.spend"):
        return what, f"{_OTHER}{' Its `threshold_amount` is in cents.' if 'threshold_amount' in node else ''}"
    if is_list_of_others(node):
        named = node["data"][0].get("object")
        what = f"this is a list of other objects{f', {quoted(named, _LONGEST)}' if type(named) is str else ''}"
    elif (
        by_tag(node) is not None
        or tag == "list"
        or tag.startswith(("organization.usage", "organization.costs"))
        or len(node) == 1
        or not _names().isdisjoint(node)
    ):
        return None
    return what, f"{_OTHER} {WHAT_IS_ONE}"


def is_list_of_others(node: Mapping[str, Any]) -> bool:
    """Whether an object is a list of what is neither a bucket nor a result, as other endpoints answer."""
    data = node.get("data")
    first = data[0] if node.get("object") == "list" and is_sequence(data) and data else None
    if not is_mapping(first) or not first:
        return False
    return by_tag(first) is None and looks_like(first) is None and _names().isdisjoint(first)


def holder_of(node: Mapping[str, Any], names: Iterable[str], shape: Shape) -> str:
    """The first of some members that is an array of buckets, or of results; empty if none is."""
    for name in names:
        items = node[name]
        first = items[0] if is_sequence(items) and items else None
        if is_mapping(first) and (by_tag(first) or looks_like(first)) is shape:
            return name
    return ""


def wraps_a_payload(node: Mapping[str, Any], name: str) -> bool:
    """Whether a member that is an array in payloads is a whole payload here."""
    inner = node.get(name)
    return is_mapping(inner) and (by_tag(inner) or looks_like(inner)) is not None


def by_tag(node: Mapping[str, Any]) -> Shape | None:
    """What an object calls itself; None if it says nothing that a payload says."""
    tag = node.get("object")
    if type(tag) is not str:
        return None
    by_tag = {"page": Shape.PAGE, "bucket": Shape.BUCKET}
    return by_tag.get(tag) or (Shape.RESULT if tag.startswith("organization.") and tag.endswith(".result") else None)


def _payloads_in(node: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Where payloads are among the members of an object and of the objects in it, and what each is."""
    for name, value in list(node.items())[:_MOST_ITEMS]:
        place = (*path, name)
        if is_mapping(value):
            shape = by_tag(value) or looks_like(value)
            if shape is not None:
                yield pointer(place), _NAMES[shape]
            elif len(path) == 0:
                yield from _payloads_in(value, place)
        elif type(value) is str and re.match(r'\s*\{\s*"object"\s*:\s*"(?:page|bucket|organization\.)', value):
            yield pointer(place), "payload in a string"
