"""
Queries: what a client asks for, read from a query string, or the reason why it is refused.

Everything that can be wrong names the parameter, as the API's own error answers do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from attrs import frozen

from usagecompat.contract import DEFAULT_WIDTH, LATEST_TIME, WIDTHS, is_number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from usagecompat.contract import Endpoint, Filter, Parameter

_MOST_FIELDS: Final = 1_000
_MOST_QUOTED: Final = 60
_is_whole: Final = re.compile(r"[0-9]{1,15}", re.ASCII).fullmatch
_IS_ONE: Final[Mapping[str, Callable[[str], object]]] = {
    "integer": re.compile(r"-?[0-9]{1,400}", re.ASCII).fullmatch,
    "number": is_number_text,
    "boolean": re.compile("true|false").fullmatch,
}
"""Whether a text is a value of a type."""
_LISTED: Final = 12
"""Of so many values or fewer all are named."""

COSTS_BY_KEY_SINCE: Final = 1_764_979_200
"""2025-12-06: costs are known by API key from that day on, and an earlier window is refused."""


@frozen
class Refusal(Exception):
    """Why a query is refused with status 400."""

    message: str
    param: str | None
    code: str | None = None


@frozen(kw_only=True)
class Query:
    """A query that the contract allows, with every default in place."""

    endpoint: Endpoint
    start: int
    end: int | None
    """None if the report goes on until now."""
    width: str
    limit: int
    group_by: tuple[str, ...]
    """In the contract's order."""
    chosen: tuple[tuple[str, tuple[str, ...]], ...]
    """The values that each filtered group key may have, both in order."""
    page: str | None
    """The cursor as it was sent."""
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What was asked of which nobody knows what it selects, in order; it selects nothing here."""

    @property
    def seconds(self) -> int:
        """The width of a bucket in seconds."""
        return WIDTHS[self.width]

    @property
    def first(self) -> int:
        """Where the first bucket of the grid starts."""
        return self.start - self.start % self.seconds

    @property
    def identity(self) -> str:
        """Everything that a cursor is bound to: the query without its cursor."""
        parts = (self.endpoint.name, self.start, self.end, self.width, self.limit, self.group_by, self.chosen)
        return repr((*parts, *self.others))


def read_query(endpoint: Endpoint, text: str) -> Query:
    """
    The query that a query string is.

    Raises:
        Refusal: The endpoint does not take such a query.
    """
    fields = _fields(endpoint, text)
    width = _width(endpoint, fields)
    start = _time(fields, "start_time")
    if start is None:
        raise Refusal("Missing required parameter: 'start_time'.", "start_time", "missing_required_parameter")
    end = _time(fields, "end_time")
    if end is not None and end <= start:
        message = f"Invalid 'end_time': {end} is not after 'start_time', which is {start}."
        raise Refusal(message, "end_time", "invalid_value")
    group_by = _group_by(endpoint, fields)
    chosen = {item.key: _chosen(item, fields) for item in endpoint.filters if item.name in fields}
    by_key = "api_key_id" in group_by or "api_key_id" in chosen
    if endpoint.name == "costs" and by_key and start < COSTS_BY_KEY_SINCE:
        message = f"Costs are known by API key from {COSTS_BY_KEY_SINCE} on: 'start_time' must not be before."
        raise Refusal(message, "group_by" if "api_key_id" in group_by else "api_key_ids", "invalid_value")
    others = {name: _other(name, one, fields) for name, one in endpoint.others.items()}
    page = _single(fields, "page")
    if page is not None and not page:
        raise Refusal("Invalid 'page': expected a cursor, but got an empty string.", "page", "invalid_value")
    return Query(
        endpoint=endpoint,
        start=start,
        end=end,
        width=width,
        limit=_limit(endpoint, width, fields),
        group_by=group_by,
        chosen=tuple(sorted(chosen.items())),
        others=tuple(sorted((name, values) for name, values in others.items() if values)),
        page=page,
    )


def lists(endpoint: Endpoint) -> frozenset[str]:
    """The parameters that take several values, and are spelled with `[]` by some clients."""
    others = (name for name, one in endpoint.others.items() if one.type == "array")
    return frozenset({"group_by", *(item.name for item in endpoint.filters if not item.single), *others})


def parameters(endpoint: Endpoint) -> frozenset[str]:
    """All parameters by name."""
    plain = {"start_time", "end_time", "bucket_width", "limit", "page"}
    return lists(endpoint) | plain | {item.name for item in endpoint.filters} | endpoint.others.keys()


def _fields(endpoint: Endpoint, text: str) -> Mapping[str, list[str]]:
    """The values of each parameter, in the order they came, under its name without brackets."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Refusal("The query string is not UTF-8.", None, "invalid_value") from error
    except ValueError as error:
        raise Refusal(f"The query string has more than {_MOST_FIELDS:,} parameters.", None, "invalid_value") from error
    several, known = lists(endpoint), parameters(endpoint)
    fields: dict[str, list[str]] = {}
    for spelled, value in pairs:
        bare = spelled.removesuffix("[]")
        name = bare if bare in several else spelled
        if name not in known:
            raise Refusal(f"Unknown parameter: '{_quoted(spelled)}'.", spelled[:_MOST_QUOTED], "unknown_parameter")
        fields.setdefault(name, []).append(value)
    return fields


def _single(fields: Mapping[str, list[str]], name: str) -> str | None:
    values = fields.get(name)
    if values is None:
        return None
    if len(values) > 1:
        raise Refusal(f"Invalid '{name}': expected one value, but got {len(values)}.", name, "invalid_value")
    return values[0]


def _time(fields: Mapping[str, list[str]], name: str) -> int | None:
    text = _single(fields, name)
    if text is None:
        return None
    if not _is_whole(text):
        message = f"Invalid type for '{name}': expected an integer of seconds since 1970-01-01 UTC, but got '{_quoted(text)}'."
        raise Refusal(message, name, "invalid_type")
    if int(text) > LATEST_TIME:
        message = f"Invalid '{name}': expected seconds since 1970-01-01 UTC, but {text} is after the year 9999."
        raise Refusal(message, name, "invalid_value")
    return int(text)


def _width(endpoint: Endpoint, fields: Mapping[str, list[str]]) -> str:
    text = _single(fields, "bucket_width")
    if text is None:
        return DEFAULT_WIDTH
    if text not in endpoint.limits:
        raise Refusal(_not_among("bucket_width", text, tuple(endpoint.limits)), "bucket_width", "invalid_value")
    return text


def _limit(endpoint: Endpoint, width: str, fields: Mapping[str, list[str]]) -> int:
    allowed = endpoint.limits[width]
    text = _single(fields, "limit")
    if text is None:
        return allowed.default
    if not _is_whole(text):
        raise Refusal(
            f"Invalid type for 'limit': expected an integer, but got '{_quoted(text)}'.", "limit", "invalid_type"
        )
    if not 1 <= int(text) <= allowed.most:
        message = f"Invalid 'limit': expected 1 to {allowed.most} for bucket_width={width}, but got {_quoted(text)}."
        code = "integer_below_min_value" if int(text) < 1 else "integer_above_max_value"
        raise Refusal(message, "limit", code)
    return int(text)


def _group_by(endpoint: Endpoint, fields: Mapping[str, list[str]]) -> tuple[str, ...]:
    asked = [name for value in fields.get("group_by", ()) for name in value.split(",")]
    for name in asked:
        if name not in endpoint.group_by:
            raise Refusal(_not_among("group_by", name, endpoint.group_by), "group_by", "invalid_value")
    return tuple(key for key in endpoint.group_by if key in asked)


def _chosen(item: Filter, fields: Mapping[str, list[str]]) -> tuple[str, ...]:
    if item.single:
        values = [_single(fields, item.name) or ""]
    elif item.commas:
        values = [part for value in fields[item.name] for part in value.split(",")]
    else:
        values = fields[item.name]
    for value in values:
        if item.values and value not in item.values:
            raise Refusal(_not_among(item.name, value, item.values), item.name, "invalid_value")
        if not value:
            raise Refusal(
                f"Invalid '{item.name}': expected a value, but got an empty string.", item.name, "invalid_value"
            )
    return tuple(sorted(set(values)))


def _other(name: str, said: Parameter, fields: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The values of a parameter that only a draft has, each of the type that it says."""
    if name not in fields:
        if said.required:
            raise Refusal(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
        return ()
    if said.type == "array":
        values = [part for value in fields[name] for part in value.split(",")]
    else:
        values = [_single(fields, name) or ""]
    for value in values:
        if said.values and value not in said.values:
            raise Refusal(_not_among(name, value, said.values), name, "invalid_value")
        if (is_one := _IS_ONE.get(said.type)) and not is_one(value):
            message = f"Invalid type for '{name}': expected {said.type}, but got '{_quoted(value)}'."
            raise Refusal(message, name, "invalid_type")
    return tuple(values)


def _not_among(name: str, value: str, allowed: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{one}'" for one in allowed[:_LISTED]) or "none at this revision"
    return f"Invalid value for '{name}': '{_quoted(value)}'. Supported values are: {listed}."


def _quoted(text: str) -> str:
    return text if len(text) <= _MOST_QUOTED else f"{text[:_MOST_QUOTED]}…"
