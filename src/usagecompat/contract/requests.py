"""
The request half of the contract: each endpoint's parameters, and what they may hold.

The facts are those of the vendor's request types of November 2026, one line per endpoint.
A revision that does not declare a group key has neither the key among `group_by` nor the filter that selects by it.
A filter that is younger than its key is absent before.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from usagecompat.contract.endpoints import ENDPOINTS, ROOT
from usagecompat.contract.revisions import PUBLISHED
from usagecompat.contract.shapes import Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat.contract.shapes import Contract

WIDTHS: Final[Mapping[str, int]] = {"1m": 60, "1h": 3_600, "1d": 86_400}
"""The widths of buckets, in seconds."""

DEFAULT_WIDTH: Final = "1d"

LATEST_TIME: Final = 253_402_300_799
"""The last second of the year 9999; a greater time is most likely in milliseconds."""


@frozen
class Limit:
    """How many buckets a page holds."""

    default: int
    most: int


@frozen
class Filter:
    """A parameter that selects by a group key."""

    name: str
    key: str
    """The group key whose values it takes."""
    values: tuple[str, ...] = ()
    """The only values, if the contract lists them."""
    single: bool = False
    """Whether it takes one value, of a boolean, and not a list."""
    commas: bool = True
    """Whether a comma separates two values; the lines of a bill have commas in them."""


@frozen(kw_only=True)
class Endpoint:
    """One endpoint, and what may be asked of it."""

    name: str
    """The path below `ROOT`."""
    kind: str
    """The `object` of its results."""
    group_by: tuple[str, ...]
    filters: tuple[Filter, ...]
    limits: Mapping[str, Limit]
    """By width of bucket; there are no other widths."""
    others: Mapping[str, Parameter] = {}
    """What only a draft lets be asked, and nobody knows what it selects."""

    @property
    def path(self) -> str:
        """The whole path."""
        return f"{ROOT}{self.name}"


_PROJECTS: Final = Filter("project_ids", "project_id")
_USERS: Final = Filter("user_ids", "user_id")
_KEYS: Final = Filter("api_key_ids", "api_key_id")
_MODELS: Final = Filter("models", "model")
_BATCH: Final = Filter("batch", "batch", ("true", "false"), single=True)
_SIZES: Final = Filter("sizes", "size", ("256x256", "512x512", "1024x1024", "1792x1792", "1024x1792"))
_SOURCES: Final = Filter("sources", "source", ("image.generation", "image.edit", "image.variation"))
_STORES: Final = Filter("vector_store_ids", "vector_store_id")
_LEVELS: Final = Filter("context_levels", "context_level", ("low", "medium", "high"))
_LINES: Final = Filter("line_items", "line_item", commas=False)

_FILTERS: Final = (
    _PROJECTS, _USERS, _KEYS, _MODELS, _BATCH, _SIZES, _SOURCES, _STORES, _LEVELS
)  # fmt: skip
"""What endpoints of usage may be filtered by, if they have the key."""
_PLAIN: Final = frozenset({"start_time", "end_time", "bucket_width", "limit", "page", "group_by"})
"""What every endpoint may be asked."""

_CALLER: Final = ("project_id", "user_id", "api_key_id")
_CALLERS: Final = (_PROJECTS, _USERS, _KEYS)
_USAGE_LIMITS: Final[Mapping[str, Limit]] = {"1m": Limit(60, 1_440), "1h": Limit(24, 168), "1d": Limit(7, 31)}
_COSTS_LIMITS: Final[Mapping[str, Limit]] = {"1d": Limit(7, 180)}


_KINDS: Final = {name: kind for kind, name in ENDPOINTS.items()}


def _usage(name: str, group_by: tuple[str, ...], filters: tuple[Filter, ...]) -> Endpoint:
    path = f"usage/{name}"
    return Endpoint(name=path, kind=_KINDS[path], group_by=group_by, filters=filters, limits=_USAGE_LIMITS)


_OF_MODELS: Final = (*_CALLER, "model")
_OF_COMPLETIONS: Final = (*_OF_MODELS, "batch", "service_tier", "api_source")

ALL_ENDPOINTS: Final = (
    _usage("completions", _OF_COMPLETIONS, (*_CALLERS, _MODELS, _BATCH)),
    _usage("embeddings", _OF_MODELS, (*_CALLERS, _MODELS)),
    _usage("moderations", _OF_MODELS, (*_CALLERS, _MODELS)),
    _usage("images", (*_OF_MODELS, "size", "source"), (*_CALLERS, _MODELS, _SIZES, _SOURCES)),
    _usage("audio_speeches", _OF_MODELS, (*_CALLERS, _MODELS)),
    _usage("audio_transcriptions", _OF_MODELS, (*_CALLERS, _MODELS)),
    _usage("vector_stores", ("project_id",), (_PROJECTS,)),
    _usage("code_interpreter_sessions", ("project_id",), (_PROJECTS,)),
    _usage("file_search_calls", (*_CALLER, "vector_store_id"), (*_CALLERS, _STORES)),
    _usage("web_search_calls", (*_OF_MODELS, "context_level", "api_source"), (*_CALLERS, _MODELS, _LEVELS)),
    _usage("decisions", _OF_COMPLETIONS, (*_CALLERS, _MODELS, _BATCH)),
    Endpoint(
        name="costs",
        kind=_KINDS["costs"],
        group_by=("project_id", "user_id", "line_item", "api_key_id", "api_source"),
        filters=(_PROJECTS, _KEYS, _LINES),
        limits=_COSTS_LIMITS,
    ),
)  # fmt: skip
"""All endpoints, in the contract's order of kinds."""


_FILTERED_SINCE: Final[Mapping[tuple[str, str], str]] = {("costs", "line_items"): "2026-10-21"}
"""Filters that are not as old as what they select by: the first revision whose requests are known to have them."""


@lru_cache(maxsize=32)
def queries_of(said: Contract) -> Mapping[str, Mapping[str, Parameter]] | None:
    """Each endpoint's parameters by name; None for a draft that says nothing of them."""
    if said.revision not in PUBLISHED:
        return said.queries
    return {
        name: {
            "start_time": Parameter("integer", required=True),
            "end_time": Parameter("integer"),
            "bucket_width": Parameter("string", values=tuple(endpoint.limits), default=DEFAULT_WIDTH),
            **{
                one.name: Parameter("boolean") if one.single else Parameter("array", values=one.values)
                for one in endpoint.filters
            },
            "group_by": Parameter("array", values=endpoint.group_by),
            "limit": Parameter("integer", default=_COSTS_LIMITS["1d"].default if name == "costs" else None),
            "page": Parameter("string"),
        }
        for name, endpoint in endpoints_of(said).items()
    }


@lru_cache(maxsize=32)
def endpoints_of(said: Contract) -> Mapping[str, Endpoint]:
    """
    The endpoints of the contract's kinds by path below `ROOT`, each with the keys that the contract declares.

    One that only a draft has takes what endpoints of usage take, unless the draft says what may be asked.
    What the draft lets be asked and nobody knows, is among `others`.
    """
    known = {endpoint.kind: endpoint for endpoint in ALL_ENDPOINTS}
    found: dict[str, Endpoint] = {}
    for kind, name in said.endpoints.items():
        keys = [name for name, member in said.kinds[kind].members.items() if member.is_group_key]
        endpoint = known.get(kind) or _usage_of_draft(name, kind, keys)
        parameters = (said.queries or {}).get(name) or {}
        if parameters:
            endpoint = _as_drafted(endpoint, parameters)
        filters = tuple(item for item in endpoint.filters if item.key in keys and _is_known(name, item, said))
        known_names = {*_PLAIN, *(item.name for item in filters)}
        found[name] = evolve(
            endpoint,
            group_by=tuple(key for key in endpoint.group_by if key in keys),
            filters=filters,
            others={one: parameter for one, parameter in parameters.items() if one not in known_names},
        )
    return found


def _is_known(endpoint: str, item: Filter, said: Contract) -> bool:
    """Whether requests of a published revision have the filter; a draft says for itself what it has."""
    since = _FILTERED_SINCE.get((endpoint, item.name))
    return since is None or since <= said.revision or said.revision not in PUBLISHED


def _usage_of_draft(name: str, kind: str, keys: list[str]) -> Endpoint:
    return Endpoint(name=name, kind=kind, group_by=tuple(keys), filters=_FILTERS, limits=_USAGE_LIMITS)


def _as_drafted(endpoint: Endpoint, parameters: Mapping[str, Parameter]) -> Endpoint:
    """An endpoint that takes what a draft says, as far as its filters and widths are known; it always has days."""
    keys, width = (parameters.get(name) for name in ("group_by", "bucket_width"))
    widths = {DEFAULT_WIDTH, *(() if width is None else width.values or endpoint.limits)}
    filters = {item.name: item for item in (*_FILTERS, *endpoint.filters)}
    own = [item for item in endpoint.filters if item.name in parameters]
    more = [item for name, item in filters.items() if name in parameters and item not in own]
    return evolve(
        endpoint,
        group_by=() if keys is None else keys.values or endpoint.group_by,
        filters=tuple(
            item if item.single else evolve(item, values=parameters[item.name].values) for item in (*own, *more)
        ),
        limits={one: limit for one, limit in endpoint.limits.items() if one in widths},
    )
