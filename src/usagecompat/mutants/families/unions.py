"""
Faults in telling the kinds of results apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.contract import LATEST, REVISIONS, JsonType, RecordShape, contract, known_since
from usagecompat.jsontext import Number, Tree
from usagecompat.mutants.families.members import DEFAULTS, slug_of
from usagecompat.mutants.model import MAY_REFUSE, lossy, refuse, series
from usagecompat.mutants.support.rows import in_order_of
from usagecompat.mutants.support.walks import (
    GONE,
    declared_names,
    items,
    member,
    members,
    of_text,
    on_lists,
    on_results,
    on_undeclared,
    on_unknown,
    ordered,
    tag_of,
    undeclared_names,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.mutants.model import Change, Mutant, PayloadView
    from usagecompat.mutants.support.walks import Changed, Object

_FIRST: Final = "organization.usage.completions.result"
_LOOKALIKES: Final[Mapping[str, str]] = {
    "organization.usage.embeddings.result": "organization.usage.moderations.result",
    "organization.usage.moderations.result": "organization.usage.embeddings.result",
    "organization.usage.completions.result": "organization.usage.decisions.result",
    "organization.usage.decisions.result": "organization.usage.completions.result",
    "organization.usage.audio_speeches.result": "organization.usage.audio_transcriptions.result",
    "organization.usage.file_searches.result": "organization.usage.web_searches.result",
    "organization.usage.web_searches.result": "organization.usage.file_searches.result",
}


def mutants() -> Iterator[Mutant]:
    """One mutant for each kind and fault, and those that concern all kinds or unknown ones."""
    for record in contract(LATEST).kinds.values():
        yield from _of_kind(record)
    for tag, other in _LOOKALIKES.items():
        slug = tag.removeprefix("organization.usage.").removesuffix(".result").replace("_", "-")
        yield lossy(
            f"kind/{slug}-confused",
            _retagged(tag, other),
            fault=f"A record of {slug} comes back as its lookalike.",
            since=known_since(tag) or REVISIONS[0],
        )
    yield from _unknown()
    yield from _tag()
    yield from _flat()
    yield from _undeclared()


def _of_kind(record: RecordShape) -> Iterator[Mutant]:
    slug, kind = slug_of(record), record.kind or ""
    since = known_since(kind) or REVISIONS[0]

    def only(change: Callable[[Object], Changed]) -> Change:
        return on_results(lambda node: change(node) if tag_of(node) == kind else node)

    rows: dict[str, tuple[str, Change]] = {
        "dropped": ("A record of {} does not come back.", only(lambda _: GONE)),
        "refused": ("A record of {} is refused.", only(lambda _: refuse(slug))),
        "emptied": ("A record of {} comes back as an empty object.", only(lambda _: {})),
        "null": ("A record of {} comes back as null.", only(lambda _: None)),
        "others-dropped": (
            "Every record but those of {} does not come back.",
            on_results(lambda node: node if tag_of(node) == kind else GONE),
        ),
        "closed": ("A record of {} loses its undeclared members.", _closed(record.name)),
        "refuses-undeclared": (
            "A record of {} is refused for an undeclared member.",
            _closed(record.name, refusing=True),
        ),
        "as-completions": (
            "A record of {} comes back as completions.",
            _retagged(kind, _FIRST),
        ),
    }
    for name, (fault, change) in rows.items():
        if (name, kind) != ("as-completions", _FIRST):
            yield lossy(f"kind/{slug}-{name}", change, fault=fault.format(slug), since=since)


def _closed(name: str, *, refusing: bool = False) -> Change:
    def walk(tree: Tree, view: PayloadView) -> Tree:
        def result(node: Object) -> Object:
            shape = contract(view.revision).kinds.get(tag_of(node))
            if shape is None or shape.name != name:
                return node
            known = declared_names(shape)
            return members(node, lambda each, old: old if each in known else (refuse(each) if refusing else GONE))

        return on_results(result)(tree, view)

    return walk


def _tags(change: Callable[[str], str]) -> Change:
    return on_results(lambda node: member(node, "object", of_text(change)))


def _retagged(old: str, new: str) -> Change:
    return _tags(lambda tag: new if tag == old else tag)


def _unknown() -> Iterator[Mutant]:
    def unknown(name: str, change: Callable[[Object], Changed]) -> Mutant:
        return lossy(f"unknown-kind/{name}", on_unknown(change))

    yield unknown("refused", lambda _: refuse("an unknown kind"))
    yield unknown("dropped", lambda _: GONE)
    yield unknown("emptied", lambda _: {})
    yield unknown("null", lambda _: None)
    yield unknown("tag-only", lambda node: {"object": node.get("object")})
    yield unknown("tag-lost", lambda node: member(node, "object", lambda _: GONE))
    yield unknown("as-completions", lambda node: {**node, "object": _FIRST})
    yield unknown("as-costs", lambda node: {**node, "object": "organization.costs.result"})
    yield unknown("as-unknown", lambda node: {**node, "object": "unknown"})
    yield unknown("wrapped", lambda node: {"object": node.get("object"), "data": node})
    yield unknown("text", lambda node: str(node.get("object")))
    yield unknown("zeros", lambda node: {"input_tokens": Number("0"), "output_tokens": Number("0"), **node})
    yield unknown("known-members-only", _known_members)
    yield unknown(
        "objects-lost", lambda node: members(node, lambda _, old: GONE if isinstance(old, (dict, list)) else old)
    )
    yield unknown(
        "strings-lost",
        lambda node: members(node, lambda name, old: GONE if isinstance(old, str) and name != "object" else old),
    )
    yield unknown("numbers-lost", lambda node: members(node, lambda _, old: GONE if isinstance(old, Number) else old))
    yield unknown("flags-lost", lambda node: members(node, lambda _, old: GONE if isinstance(old, bool) else old))
    yield unknown("sorted", lambda node: ordered(node, sorted(node)))
    yield lossy("unknown-kind/last", _unknown_last)
    yield lossy("unknown-kind/ends-list", _unknown_ends)


def _known_members(node: Object) -> Object:
    known = contract(LATEST).flat.members
    return members(node, lambda name, old: old if name in known or name == "object" else GONE)


def _unknown_last(tree: Tree, view: PayloadView) -> Tree:
    kinds = contract(view.revision).kinds

    def order(nodes: list[Tree]) -> Tree:
        return in_order_of(nodes, lambda node: isinstance(node, dict) and tag_of(node) not in kinds)

    return on_lists(order)(tree, view)


def _unknown_ends(tree: Tree, view: PayloadView) -> Tree:
    kinds = contract(view.revision).kinds

    def cut(nodes: list[Tree]) -> Tree:
        for index, node in enumerate(nodes):
            if isinstance(node, dict) and tag_of(node) not in kinds and index + 1 < len(nodes):
                return nodes[: index + 1]
        return nodes

    return on_lists(cut)(tree, view)


def _tag() -> Iterator[Mutant]:
    """What becomes of the discriminator itself."""

    def schema_name(one: str) -> str:
        shape = contract(LATEST).kinds.get(one)
        return shape.name if shape else one

    changes: dict[str, tuple[str, Callable[[str], str]]] = {
        "upper": ("comes back in upper case", str.upper),
        "short": (
            "loses what is the same in all",
            lambda one: one.removeprefix("organization.").removesuffix(".result"),
        ),
        "without-organization": ("loses `organization.`", lambda one: one.removeprefix("organization.")),
        "without-result": ("loses `.result`", lambda one: one.removesuffix(".result")),
        "schema-name": ("comes back as a schema's name", schema_name),
        "endpoint-name": (
            "comes back as its endpoint is called",
            lambda one: one.replace("web_searches", "web_search_calls").replace("file_searches", "file_search_calls"),
        ),
        "dashes": ("has dashes for underscores", lambda one: one.replace("_", "-")),
        "completions": ("is always that of completions", lambda _: _FIRST),
        "unknown": ("is always the same word", lambda _: "unknown"),
    }
    yield from series(lossy, "tag/", changes, _tags, "The discriminator of a result {}.")
    yield lossy("tag/type", on_results(lambda n: {("type" if k == "object" else k): v for k, v in n.items()}))
    yield lossy("tag/lost", on_results(lambda n: member(n, "object", lambda _: GONE)))
    yield lossy(
        "tag/must-be-first",
        on_results(lambda n: n if next(iter(n), "object") == "object" else refuse("no discriminator in front")),
    )
    yield lossy("tag/one-kind-per-page", _first_kind)
    yield lossy("tag/other-kinds-dropped", on_lists(_only_first_kind))
    yield lossy(
        "tag/other-kinds-refused",
        on_lists(lambda nodes: nodes if len(_kinds(nodes)) < 2 else refuse("several kinds")),
        equivalent=MAY_REFUSE,
    )
    yield lossy("tag/guessed", on_results(_guessed))


def _kinds(nodes: list[Tree]) -> set[str]:
    return {tag_of(node) for node in nodes if isinstance(node, dict)}


def _first_kind(tree: Tree, view: PayloadView) -> Tree:
    found: list[str] = []

    def note(node: Object) -> Object:
        found.append(tag_of(node))
        return node

    on_results(note)(tree, view)
    return _tags(lambda _: found[0])(tree, view) if found else tree


def _only_first_kind(nodes: list[Tree]) -> Tree:
    first = next((tag_of(node) for node in nodes if isinstance(node, dict)), "")
    return items(nodes, lambda node: GONE if isinstance(node, dict) and tag_of(node) != first else node)


def _guessed(node: Object) -> Object:
    kinds = contract(LATEST).kinds
    if tag_of(node) not in kinds:
        return node
    best = max(
        kinds.values(),
        key=lambda shape: len(shape.members.keys() & node.keys()) - len(set(shape.required) - node.keys()),
    )
    return {**node, "object": best.kind} if best.kind != tag_of(node) else node


def _flat() -> Iterator[Mutant]:
    """One class for all kinds."""

    def zero(kind: JsonType) -> Tree:
        return DEFAULTS[kind][1]

    def filled(instead: Callable[[JsonType], Tree], *, required: bool = False) -> Change:
        def walk(tree: Tree, view: PayloadView) -> Tree:
            flat = contract(view.revision).flat

            def fill(node: Object) -> Object:
                names = flat.required if required else flat.members
                missing = {n: instead(flat.members[n].type) for n in names if n in flat.members and n not in node}
                return {**node, **missing} if missing and tag_of(node) in contract(view.revision).kinds else node

            return on_results(fill)(tree, view)

        return walk

    yield lossy("flat/zeros", filled(zero))
    yield lossy("flat/nulls", filled(lambda _: None))
    yield lossy("flat/required-zeros", filled(zero, required=True))
    yield lossy("flat/required", filled(lambda _: refuse("a member of another kind"), required=True))
    yield lossy("flat/common-only", on_results(_common))
    yield lossy(
        "flat/all-kinds-allowed",
        on_undeclared(lambda name, old: old if name in contract(LATEST).flat.members else GONE),
    )
    yield lossy(
        "flat/other-kinds-lost", on_undeclared(lambda name, old: GONE if name in contract(LATEST).flat.members else old)
    )


def _common(node: Object) -> Object:
    kinds = contract(LATEST).kinds
    if tag_of(node) not in kinds:
        return node
    return members(node, lambda name, old: old if sum(name in shape.members for shape in kinds.values()) > 1 else GONE)


def _undeclared() -> Iterator[Mutant]:
    """Objects that are closed."""
    ends: dict[str, tuple[str, Callable[[str, Tree], Changed]]] = {
        "dropped": ("Undeclared members of {} do not come back.", lambda _, __: GONE),
        "refused": ("An undeclared member of {} is refused.", lambda name, _: refuse(name)),
        "null": ("Undeclared members of {} come back as null.", lambda _, __: None),
    }
    for where, words in (
        ("", "any record"),
        ("page", "a page"),
        ("bucket", "a bucket"),
        ("result", "a result"),
        ("amount", "an amount"),
    ):
        for name, (fault, change) in ends.items():
            yield lossy(
                f"undeclared/{where or 'any'}-{name}", on_undeclared(change, where=where), fault=fault.format(words)
            )
    kinds: dict[str, tuple[str, Callable[[Tree], bool]]] = {
        "object": ("an object", lambda old: isinstance(old, dict)),
        "array": ("an array", lambda old: isinstance(old, list)),
        "string": ("a string", lambda old: isinstance(old, str)),
        "number": ("a number", lambda old: isinstance(old, Number)),
        "flag": ("true or false", lambda old: isinstance(old, bool)),
        "null": ("null", lambda old: old is None),
    }
    for name, (what, test) in kinds.items():
        which = f"An undeclared member that is {what}"
        yield lossy(f"undeclared/{name}-lost", on_undeclared(_lost(test)), fault=f"{which} does not come back.")
        yield lossy(f"undeclared/{name}-refused", on_undeclared(_refused(test)), fault=f"{which} is refused.")
    yield lossy("undeclared/last", _beside(lambda n, rest: ordered(n, sorted(n, key=rest.__contains__))))
    yield lossy("undeclared/gathered", _beside(_gathered))
    yield lossy("undeclared/all-but-first", _beside(_only_one))
    for known in (
        "organization_id",
        "organization_name",
        "project_name",
        "user_email",
        "start_time_iso",
        "end_time_iso",
    ):
        yield lossy(
            f"undeclared/{known.replace('_', '-')}-lost",
            on_undeclared(_without(known)),
            fault=f"`{known}` does not come back.",
        )


def _lost(test: Callable[[Tree], bool]) -> Callable[[str, Tree], Changed]:
    return lambda _, old: GONE if test(old) else old


def _refused(test: Callable[[Tree], bool]) -> Callable[[str, Tree], Changed]:
    return lambda name, old: refuse(name) if test(old) else old


def _without(name: str) -> Callable[[str, Tree], Changed]:
    return lambda each, old: GONE if each == name else old


def _beside(change: Callable[[Object, set[str]], Object]) -> Change:
    """A change of results that is told the names of all undeclared members."""

    def walk(tree: Tree, view: PayloadView) -> Tree:
        rest = undeclared_names(tree, view)
        return on_results(lambda node: change(node, rest))(tree, view) if rest else tree

    return walk


def _gathered(node: Object, rest: set[str]) -> Object:
    extra = {name: value for name, value in node.items() if name in rest}
    return {**{n: v for n, v in node.items() if n not in rest}, "additional_properties": extra} if extra else node


def _only_one(node: Object, rest: set[str]) -> Object:
    extra = [name for name in node if name in rest][1:]
    return {n: v for n, v in node.items() if n not in extra} if extra else node
