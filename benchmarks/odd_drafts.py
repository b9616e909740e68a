"""
Made-up drafts for the differential test, and texts for each: revisions that nobody publishes, one change after the other.

Each draft comes from two numbers, so that one that shows a difference can be made again; its source lists its changes.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from odd_texts import Odd, Pairs, Text, Word, add_up, change, damaged, odd_value, spelled, written
from usagecompat.contract.drafts import AMOUNT, BUCKET, PAGE, draft_of
from usagecompat.contract.shapes import JsonType
from usagecompat.contract.tree import contract
from usagecompat.corpus.data import folder
from usagecompat.exceptions import CorruptDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.contract.revisions import Draft
    from usagecompat.contract.shapes import Contract, Member, RecordShape

Tree: TypeAlias = dict[str, Any]

_NAMES: Final = (
    "self", "revision", "cls", "class", "o", "f", "add", "UNSET", "None", "type", "match", "t0", "n0", "member_1", "_origin",
    "__proto__", "__class__", "x-odd.name", "a b", 'q"q', "b\\b", "it's", "é", "\ufb01x", "{x}", "%s", "1st", "n" * 70,
    "[print(1)][0:0]", "undeclared_0", "undeclared_3", "organization_id", "start_time_iso", "sessions", "num_images", "images",
    "amount", "value", "currency", "data", "result", "results", "has_more", "start_time", "end_time", "object", "index", "count",
    "input_tokens", "output_tokens", "input_cached_tokens", "input_cache_write_tokens", "quantity", "project_id", "batch",
    "model", "more", "others",
)  # fmt: skip
"""What members may be called that are added or renamed: names of the kit's own programs, of other members, and odd ones."""
_TERMS: Final = (
    *("input_tokens", "output_tokens", "input_cached_tokens", "input_cache_write_tokens", "input_uncached_tokens"),
    *("input_text_tokens", "input_audio_tokens", "input_cached_text_tokens", "output_text_tokens"),
)
_OFTEN: Final = frozenset({"UsageCompletionsResult", "CostsResult"})
"""Records that most changes and most texts are about."""
_RECORDS: Final = ("UsageMadeUpResult", "self", "made-up.1", "_", "Record", "object", "1st", "class", "a/b~c", "é")
_KINDS: Final = ("organization.usage.made_up.result", "organization.usage.x.result", "organization.more.result")
_WORDS: Final = ("tokens", "agents_api", "usd", "a", "b", "it's", 'quo"te', "back\\slash", "é", "1")
_ROWS: Final[tuple[Tree, ...]] = (
    {"type": "integer"},
    {"type": "integer"},
    {"type": "integer", "nullable": True},
    {"type": "number"},
    {"type": "number", "nullable": True},
    {"type": "string"},
    {"type": "string", "nullable": True},
    {"type": "boolean"},
    {"type": "boolean", "nullable": True},
    {"type": "string", "known_values": ["a", "tokens"], "closed": True},
    {"type": "string", "const": "only"},
)
_IN_A_ROW: Final = 4
"""So many texts have the same members, as the lines of an archive have."""
_WORDS_FOR_NUMBERS: Final = ("0", "5", "30.0", "0.123456789", "1e-7", "12.50", "99999999", "-1", "0.1234567891")


def draft_text(seed: int, number: int) -> bytes:
    """A draft as a file holds it; it need not be one that is taken."""
    random = Random(f"{seed}/{number}")
    entry: Tree = copy.deepcopy(random.choice((*_history(), *_history()[-1:] * 12)))
    if random.random() < 0.7:
        entry["revision"] = random.choice(("2027-03-01", "2026-11-02", "2025-01-01"))
    said = [f"{seed}/{number}: as {entry['revision']}"]
    for _ in range(random.choice((1, 1, 2, 3, 4, 6))):
        changing = random.choice(_CHANGES)
        said.append(f"{changing.__name__.strip('_').replace('_', ' ')} {changing(random, entry)}")
    entry["source"] = "; ".join(said)
    return json.dumps(entry).encode()


def odd_draft(seed: int, number: int) -> Draft | None:
    """A draft that is known from now on; None if what was made up is none."""
    try:
        return draft_of(draft_text(seed, number))
    except CorruptDraft:
        return None


def texts_of(draft: Draft, seed: int, number: int, count: int) -> Iterator[Text]:
    """`count` texts for a draft: most have what it declares, in rows of the same members."""
    random, said = Random(f"{seed}/{number} texts"), contract(draft)
    habits = _Habits(random, said)
    for index in range(count):
        if index % _IN_A_ROW == 0:
            habits = _Habits(random, said)
        tree = habits.payload()
        for _ in range(random.choice((0, 0, 0, 0, 0, 0, 1, 2))):
            change(random, tree)
        payload = spelled(tree) if random.random() < 0.7 else written(random, tree)
        if random.random() < 0.05:
            payload = damaged(random, payload)
        yield Text(payload, draft, "served" if random.random() < 0.9 else "published", None)


@cache
def _history() -> tuple[Tree, ...]:
    return tuple(json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())["revisions"])


# -- changes, each of which says what it did


def _results(entry: Tree) -> list[str]:
    return [name for name in entry["schemas"] if name not in {PAGE, BUCKET}]


def _record(random: Random, entry: Tree) -> tuple[str, Tree]:
    """A record that is to be changed: the results most often; the first amount stands for all."""
    schemas, names = entry["schemas"], _results(entry)
    often = [name for name in names if name in _OFTEN]
    name = random.choice(
        (PAGE, BUCKET, AMOUNT, *(random.choice(often or names) for _ in range(4)), random.choice(names))
    )
    if name != AMOUNT:
        return name, schemas[name]
    amounts = _amounts(entry)
    return (name, amounts[0]) if amounts else (PAGE, schemas[PAGE])


def _amounts(entry: Tree) -> list[Tree]:
    rows = [row for record in entry["schemas"].values() for row in record["members"].values()]
    return [row for row in rows if row["type"] == "object"]


def _amount(entry: Tree) -> Tree:
    """One more amount, like those that there are."""
    amounts = _amounts(entry) or [{"type": "object", "members": {"value": {"type": "number"}}}]
    return copy.deepcopy(amounts[0])


def _settle(entry: Tree) -> None:
    """Make all amounts alike, which they have to be."""
    amounts = _amounts(entry)
    for other in amounts[1:]:
        other["members"] = copy.deepcopy(amounts[0]["members"])


def _row(random: Random, entry: Tree, name: str) -> Tree:
    """What a new member is."""
    what = random.random()
    if what < 0.1 and name != AMOUNT:
        return _amount(entry)
    if what < 0.2 and name in {PAGE, BUCKET}:
        return {"type": "array", "items": BUCKET if name == PAGE else random.sample(_results(entry), 1)}
    return copy.deepcopy(random.choice(_ROWS))


def _added(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    member, row = random.choice(_NAMES), _row(random, entry, name)
    members = [*record["members"].items()]
    members.insert(random.choice((0, 1, len(members), len(members))), (member, row))
    record["members"] = dict(members)
    if random.random() < 0.3:
        _ask(record, member)
    _settle(entry)
    return f"{member!r} {row['type']} to {name}"


def _removed(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    member = random.choice([*record["members"]] or [""])
    if random.random() < 0.7:
        _ask(record, member, no=True)
    record["members"].pop(member, None)
    _settle(entry)
    return f"{member!r} of {name}"


def _retyped(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    member = random.choice([*record["members"]] or ["more"])
    record["members"][member] = row = _row(random, entry, name)
    _settle(entry)
    return f"{member!r} of {name} to {row['type']}"


def _mistyped(random: Random, entry: Tree) -> str:
    """What the checks look at becomes something else: a term of a sum, a group key, an amount."""
    names = [name for name in _results(entry) if name in _OFTEN] or _results(entry)
    name = random.choice(names)
    member = random.choice(("amount", "project_id", "model", "quantity", *(_TERMS * 2)))
    row = random.choice(({"type": "number"}, {"type": "string"}, {"type": "number", "nullable": True}, None))
    entry["schemas"][name]["members"][member] = row = copy.deepcopy(row or _amount(entry))
    _settle(entry)
    return f"{member!r} of {name} to {row['type']}"


def _renamed(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    member, other = random.choice([*record["members"]] or [""]), random.choice(_NAMES)
    record["members"] = {other if one == member else one: row for one, row in record["members"].items()}
    required = record.get("required", [])
    record["required"] = [*dict.fromkeys(other if one == member else one for one in required)]
    if random.random() < 0.3 and other in record["members"] and name != AMOUNT:
        record["members"][other]["former_name"] = member
    _settle(entry)
    return f"{member!r} of {name} to {other!r}"


def _nulled(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    member = random.choice([*record["members"]] or ["more"])
    row = record["members"].setdefault(member, {"type": "integer"})
    if member != "object":  # which no draft lets be null
        row["nullable"] = not row.get("nullable", False)
    _settle(entry)
    return f"{member!r} of {name}"


def _required(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    member = random.choice([*record["members"]] or ["more"]) if random.random() < 0.9 else random.choice(_NAMES)
    _ask(record, member, no=member in record.get("required", []))
    return f"{member!r} of {name} or not"


def _ask(record: Tree, member: str, *, no: bool = False) -> None:
    """Let a record require a member, or not."""
    required = [one for one in record.get("required", []) if one != member]
    record["required"] = required if no else [*required, member]


def _listed(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    rows = {one: row for one, row in record["members"].items() if row["type"] == "string" and "const" not in row}
    member = random.choice([*rows] or ["more"])
    row = record["members"].setdefault(member, {"type": "string"})
    row["known_values"] = random.sample(_WORDS, random.choice((1, 2, 4)))
    row["closed"] = random.random() < 0.6
    _settle(entry)
    return f"values of {member!r} of {name}"


def _turned(random: Random, entry: Tree) -> str:
    name, record = _record(random, entry)
    members = [*record["members"].items()]
    record["members"] = dict(random.sample(members, len(members)))
    _settle(entry)
    return name


def _given_the_kind(random: Random, entry: Tree) -> str:
    name, kind = random.choice(_RECORDS), random.choice(_KINDS)
    if random.random() < 0.5:
        record = copy.deepcopy(entry["schemas"][random.choice(_results(entry))])
    else:
        record = {
            "required": ["object"],
            "members": {"spans": {"type": "integer"}, random.choice(_NAMES): {"type": "number"}},
        }
    record["members"]["object"] = {"type": "string", "const": kind}
    entry["schemas"][name] = record
    _holding(entry)["items"].append(name)
    return f"{kind} as {name!r}"


def _rid_of_the_kind(random: Random, entry: Tree) -> str:
    name = random.choice(_results(entry))
    if len(_results(entry)) > 1:
        del entry["schemas"][name]
        for row in entry["schemas"][BUCKET]["members"].values():
            if row["type"] == "array":
                row["items"] = [one for one in row["items"] if one != name] or _results(entry)[:1]
        entry.get("meanings", {}).pop(name, None)
    return name


def _holding(entry: Tree) -> Tree:
    """The row of the array in which a bucket has its results."""
    members = entry["schemas"][BUCKET]["members"]
    arrays = [row for row in members.values() if row["type"] == "array"]
    if not arrays:
        members["results"] = {"type": "array", "items": []}
    return arrays[0] if arrays else members["results"]


def _meaning(random: Random, entry: Tree) -> str:
    name = "UsageCompletionsResult" if "UsageCompletionsResult" in entry["schemas"] else random.choice(_results(entry))
    members = entry["schemas"][name]["members"]
    counts = [one for one, row in members.items() if row["type"] == "integer"] or ["more"]
    facts = {"since": entry["revision"], "doc": "Made up.", "source": "nowhere"}
    for fact in ("leaves_out", "unless"):
        if random.random() < 0.7:
            facts[fact] = random.choice(counts) if random.random() < 0.9 else random.choice(_NAMES)
    member = "input_cache_write_tokens" if random.random() < 0.7 else random.choice(counts)
    entry.setdefault("meanings", {}).setdefault(name, {})[member] = facts
    return f"{member!r}: {facts.get('leaves_out')!r} unless {facts.get('unless')!r}"


def _asked(random: Random, entry: Tree) -> str:
    name = random.choice(_results(entry))
    members = entry["schemas"][name]["members"]
    keys = random.sample([*members], min(3, len(members)))
    kind = members.get("object", {}).get("const", "organization.usage.none.result")
    asked = {"group_by": {"type": "array", "values": keys}, random.choice(_NAMES): {"type": "string", "values": ["a"]}}
    entry.setdefault("endpoints", {})[random.choice(("usage/made_up", "costs", "usage/completions"))] = {
        "kind": kind,
        "parameters": asked,
    }
    return f"{name} by {keys}"


_CHANGES: Final[tuple[Callable[[Random, Tree], str], ...]] = (
    *(
        _added,
        _added,
        _added,
        _added,
        _removed,
        _retyped,
        _mistyped,
        _mistyped,
        _renamed,
        _renamed,
        _nulled,
        _required,
        _required,
    ),
    *(_listed, _turned, _given_the_kind, _rid_of_the_kind, _meaning, _meaning, _asked),
)


# -- payloads


class _Habits:
    """Payloads that have the same members in the same order, of one kind most often."""

    def __init__(self, random: Random, said: Contract) -> None:
        """Choose the kind, and of each record the members."""
        self._random, self._said = random, said
        self._kinds = [*said.kinds.values()]
        often = [kind for kind in self._kinds if kind.name in _OFTEN]
        self._kind = random.choice((random.choice(self._kinds), *often))
        self._names: Mapping[str, list[str]] = {
            shape.name: self._chosen(shape) for shape in (said.page, said.bucket, said.amount, *self._kinds)
        }
        self._adds_up = random.random() < 0.8
        self._shape = random.choice((said.page, said.bucket, said.bucket, said.bucket, self._kind))

    def _chosen(self, shape: RecordShape) -> list[str]:
        random, share = self._random, self._random.choice((0.3, 0.7, 1.0))
        names = [*dict.fromkeys((*shape.members, *shape.required))]
        names = [name for name in names if name in shape.required or random.random() < share]
        if random.random() < 0.2:
            names.insert(random.choice((1, len(names))), random.choice(_NAMES))
        if random.random() < 0.1 and names:
            names.remove(random.choice(names))
        if random.random() < 0.3:
            names = random.sample(names, len(names))
        elif "object" in names and random.random() < 0.7:
            names.remove("object")
            names.insert(0, "object")
        return [*dict.fromkeys(names)]

    def payload(self) -> Odd:
        """The next of them."""
        return self._object(self._shape)

    def _object(self, shape: RecordShape) -> Odd:
        members = [(name, self._value(shape.members.get(name))) for name in self._names[shape.name]]
        if self._adds_up and shape.kind is not None:
            add_up(members)
        if shape is self._said.bucket:
            self._make_times_fit(members)
        return Pairs(members)

    def _make_times_fit(self, members: list[tuple[str, Odd]]) -> None:
        """Give a bucket a beginning and an end, if it has them."""
        start = 1_700_000_000 + 86_400 * self._random.randrange(60)
        times = {"start_time": Word(start), "end_time": Word(start + 86_400)}
        for index, (name, value) in enumerate(members):
            if type(value) is Word and value.isdigit():
                members[index] = (name, times.get(name, value))

    def _value(self, member: Member | None) -> Odd:
        random = self._random
        if member is None or random.random() < 0.01:
            return odd_value(random) if random.random() < 0.2 else Word(random.randrange(9))
        if member.nullable and random.random() < 0.3:
            return Word("null")
        if member.const is not None:
            return member.const
        if member.type is JsonType.OBJECT:
            return self._object(self._said.amount)
        if member.type is JsonType.ARRAY:
            return self._items(member)
        if member.type is JsonType.INTEGER:
            return Word(random.choice((0, 1, 1, 5, 5, 1000, random.randrange(10**6), 3 * 10**9)))
        if member.type is JsonType.NUMBER:
            number = random.choice(_WORDS_FOR_NUMBERS)
            return number if random.random() < 0.05 else Word(number)
        if member.type is JsonType.BOOLEAN:
            return Word(random.choice(("true", "false")))
        known = member.values.known if member.values else ()
        return random.choice((*known, *known, *known, "usd", "a", "org-1"))

    def _items(self, member: Member) -> Odd:
        random = self._random
        if member.of == (BUCKET,):
            return [self._object(self._said.bucket) for _ in range(random.choice((0, 1, 1, 2)))]
        kinds = [self._kind if random.random() < 0.95 else random.choice(self._kinds)] * random.choice(
            (0, 1, 1, 1, 2, 3)
        )
        return [self._object(kind) for kind in kinds]
