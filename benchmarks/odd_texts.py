"""
Texts for the differential test: payloads of the corpus and made-up ones, changed and spelled in odd ways.

Everything comes from one seed, so that a text that shows a difference can be made again.
"""

from __future__ import annotations

from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import frozen

from usagecompat.contract.revisions import KNOWN_UNDECLARED, LATEST, REVISIONS
from usagecompat.contract.tree import contract
from usagecompat.corpus.data import folder
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import NO_VALUE, Number

if TYPE_CHECKING:
    from collections.abc import Iterator

Odd: TypeAlias = "Pairs | list[Odd] | Word | str"
"""A tree whose objects may have a name twice and whose words are spelled as they are."""


class Pairs(list["tuple[str, Odd]"]):
    """The members of an object."""


class Word(str):
    """A number, `true`, `false` or `null`, as it is spelled, or anything else that stands without quotes."""

    __slots__ = ()


class Escaped(str):
    """A string of which each character is written as an escape."""

    __slots__ = ()


@frozen
class Text:
    """One text and how it is to be checked."""

    payload: bytes
    revision: str
    profile: str
    shape: str | None


_AT_ENDS: Final = 2
"""So many items at either end of an array are changed."""
_LONG: Final = 20_000
"""So many bytes are too many for the payload of a case to be changed."""
_STYLES: Final = ((",", ":", ""), (", ", ": ", ""), (",\n", ": ", "\n"), (" , ", " :\t", " "), (",\r\n", ":", "\r\n "))
_NUMBERS: Final = (
    "0", "-0", "7", "-7", "2147483647", "2147483648", "-2147483649", "9007199254740993", "18446744073709551616", "5.0",
    "5e0", "1E2", "0.5", "-0.0", "0.1234567", "16777217.0", "0.06", "12.50", "1e400", "1e-400", "0E-6176", "1" * 30,
    "0.30000000000000000000001", "9" * 4400, "1e10001", "1" * 10_001, "1.5e-7", "123456.789", "0.000001",
)  # fmt: skip
_WORDS: Final = ("null", "true", "false", "NaN", "-Infinity", "01", "+1", "1.", ".5", "nul", "'x'")
_STRINGS: Final = (
    "", "usd", "USD", "12.50", "0E-6176", "NaN", " 1", "01", "1e5", "é", "\U0001f600", "a b", "tab\there", 'quo"te',
    "back\\slash", "\x7f", "bucket", "page", "list", "agents_api", "image.edit", "tokens", "fathoms",
    "organization.usage.completions.result", "organization.costs.result", "organization.usage.robots.result", "x" * 200,
)  # fmt: skip
_NAMES: Final = (
    *KNOWN_UNDECLARED, "result", "results", "sessions", "num_images", "next", "input_token", "__proto__", "é", "a b", "",
    'quo"te', "images", "api_source", "user_id", "amount", "object", "n" * 70,
)  # fmt: skip
_BYTES: Final = (
    b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\x00", b"\n", b" ", b",", b"}", b"]", b"{", b"[", b'"', b"\\", b"1", b"-",
    b"\\ud800", b"\\udc00\\ud800", b"e", b".", b"//", b"[" * 200,
)  # fmt: skip


def texts(seed: int, count: int) -> Iterator[Text]:
    """`count` texts: most are changed a little, some not at all, and some are no JSON any more."""
    random = Random(seed)
    corpus = _corpus()
    revision, profile = LATEST, "served"
    for number in range(count):
        if number % 50 == 0:  # payloads of one sort come in rows, as they do in life
            revision = random.choice((*REVISIONS, *(LATEST,) * len(REVISIONS)))
            profile = random.choice(("served", "served", "served", "published"))
        tree = _changed_copy(random.choice(corpus)) if random.random() < 0.25 else _payload(random)
        for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
            change(random, tree)
        payload = written(random, tree)
        for _ in range(random.choice((0, 0, 0, 0, 0, 0, 1, 2))):
            payload = damaged(random, payload)
        shape = random.choice(("page", "bucket", "result")) if random.random() < 0.06 else None
        yield Text(payload, revision, profile, shape)


def corpus_texts() -> Iterator[Text]:
    """Each payload of the corpus as it stands, at every third revision and at the newest, under both profiles."""
    for path in sorted(folder("fixtures").glob("*/*.json")):
        if not path.name.endswith(".case.json"):
            payload = path.read_bytes()
            for revision in REVISIONS[::3]:
                yield Text(payload, revision, "served", None)
            yield Text(payload, LATEST, "published", None)


def mutated_corpus(step: int = 1, first: int = 0) -> Iterator[Text]:
    """
    Each payload of the corpus with each single value left out, doubled, moved, renamed or replaced, or a share.

    Of an array of more than four items only the first two and the last two are changed, and what is in them: the others
    are of the same sort, and the texts of a long payload would grow with the square of its length.
    """
    random, turn = Random(0), count()
    for tree in _corpus():
        for path in _paths(tree):
            for change in ("drop", "double", "double escaped", "move", "rename", "replace", "replace"):
                if next(turn) % step != first:
                    continue
                changed = _changed_copy(tree)
                node = changed
                for index in path[:-1]:
                    node = node[index][1] if isinstance(node, Pairs) else node[index]  # type: ignore[index,assignment]
                if isinstance(node, list):
                    _change_at(random, node, path[-1], change)
                    yield Text(spelled(changed), LATEST, "served", None)


def _name(random: Random) -> str:
    """A name that may come again, or one that was never there before."""
    return f"name_{random.randrange(1_000_000)}" if random.random() < 0.15 else random.choice(_NAMES)


def _paths(tree: Odd, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """The places of all values, but for those in the middle of an array."""
    if not isinstance(tree, list):
        return
    for index, item in enumerate(tree):
        if not isinstance(tree, Pairs) and _AT_ENDS <= index < len(tree) - _AT_ENDS:
            continue
        yield (*path, index)
        yield from _paths(item[1] if isinstance(tree, Pairs) else item, (*path, index))  # type: ignore[arg-type]


def _change_at(random: Random, node: Any, index: int, change: str) -> None:
    named = isinstance(node, Pairs)
    if change == "drop":
        del node[index]
    elif change.startswith("double"):
        name = node[index][0] if named else ""
        node.insert(index, (Escaped(name) if "escaped" in change else name, node[index][1]) if named else node[index])
    elif change == "move":
        node.append(node.pop(index))
    elif change == "rename" and named:
        node[index] = (_name(random), node[index][1])
    else:
        node[index] = (node[index][0], odd_value(random)) if named else odd_value(random)


@cache
def _corpus() -> tuple[Odd, ...]:
    """The trees of the corpus, those of no more than a few kilobytes; who changes one takes a copy."""
    paths = (path for path in sorted(folder("fixtures").glob("*/*.json")) if not path.name.endswith(".case.json"))
    values = (read(payload).value for payload in map(Path.read_bytes, paths) if len(payload) < _LONG)
    return tuple(_odd(value) for value in values if value is not NO_VALUE)


def _odd(tree: object) -> Odd:
    if isinstance(tree, dict):
        return Pairs((name, _odd(value)) for name, value in tree.items())
    if isinstance(tree, list):
        return [_odd(value) for value in tree]
    if isinstance(tree, Number):
        return Word(tree.lexeme)
    return tree if isinstance(tree, str) else Word({None: "null", True: "true", False: "false"}[tree])  # type: ignore[index]


def _changed_copy(tree: Odd) -> Odd:
    if isinstance(tree, Pairs):
        return Pairs((name, _changed_copy(value)) for name, value in tree)
    return [_changed_copy(value) for value in tree] if isinstance(tree, list) else tree


# -- payloads


def _payload(random: Random) -> Odd:
    kind = random.choice(
        (*contract(LATEST).kinds, "organization.usage.completions.result", "organization.costs.result")
    )
    habits = Random(random.randrange(6))
    shape = random.random()
    if shape < 0.2:
        return _result(random, habits, kind)
    if shape < 0.6:
        return _bucket(random, habits, kind, 0)
    buckets: Odd = [_bucket(random, habits, kind, index) for index in range(random.randrange(4))]
    more = random.random() < 0.5
    cursor: Odd = "page_x" if more else Word("null")
    if random.random() < 0.05:
        cursor = random.choice(("", Word("null"), "page_x"))
    return Pairs(
        (("object", "page"), ("data", buckets), ("has_more", Word("true" if more else "false")), ("next_page", cursor))
    )


def _bucket(random: Random, habits: Random, kind: str, index: int) -> Odd:
    results: list[Odd] = []
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        other = random.random() < 0.03
        results.append(_result(random, habits, random.choice(tuple(contract(LATEST).kinds)) if other else kind))
    start = 1_700_000_000 + 86_400 * index
    members: list[tuple[str, Odd]] = [
        ("object", "bucket"),
        ("start_time", Word(start)),
        ("end_time", Word(start + 86_400)),
    ]
    members.insert(3 if habits.random() < 0.7 else 1, ("results", results))
    if habits.random() < 0.3:
        members.append(("start_time_iso", "2026-10-01T00:00:00"))
    return Pairs(members)


def _result(random: Random, habits: Random, kind: str) -> Odd:
    state = habits.getstate()
    members: list[tuple[str, Odd]] = [("object", kind)]
    has_splits, sparse = habits.random() < 0.5, habits.random() < 0.5
    for name, member in contract(LATEST).kinds[kind].members.items():
        if name == "object" or not (member.required or habits.random() < 0.6 or (has_splits and "tokens" in name)):
            continue
        if sparse and not member.required and random.random() < 0.3:
            continue
        members.append((name, _value(random, name, str(member.type), nullable=member.nullable)))
    if habits.random() < 0.3:
        members[1:] = habits.sample(members[1:], len(members) - 1)
    if habits.random() < 0.2:
        members += [("organization_id", "org-1"), ("organization_name", "Example")]
    if random.random() < 0.8:
        add_up(members)
    habits.setstate(state)
    return Pairs(members)


def _value(random: Random, name: str, json_type: str, *, nullable: bool) -> Odd:
    if nullable and random.random() < 0.4:
        return Word("null")
    if name == "api_source":
        return "unlabeled"
    if name == "quantity_unit":
        return "tokens"
    if name == "source":
        return "image.generation"
    if json_type == "object":
        value = random.choice((Word("0.06"), Word("12.5"), "12.50", Word(repr(random.uniform(0, 99)))))
        return Pairs((("value", value), ("currency", "usd")))
    if json_type == "integer":
        return Word(random.choice((0, 1, 5, 1000, random.randrange(10**6), random.randrange(10**9) * 4)))
    if json_type == "number":
        return Word(random.choice((0, 5, "30.0", "0.123456789", random.randrange(10**8))))
    return Word(random.choice(("true", "false"))) if json_type == "boolean" else f"{name}_{random.randrange(9)}"


def add_up(members: list[tuple[str, Odd]]) -> None:
    """Make the counters fit each other, as far as they are there and small."""
    values = {
        name: int(value) for name, value in members if isinstance(value, Word) and value.isdigit() and len(value) < 30
    }

    def total(name: str, *parts: str) -> None:
        if name in values and all(part in values for part in parts):
            values[name] = sum(values[part] for part in parts)

    for group, whole in (
        ("input_", "input_uncached_tokens"),
        ("input_cached_", "input_cached_tokens"),
        ("output_", "output_tokens"),
    ):
        total(whole, *(f"{group}{medium}_tokens" for medium in ("text", "audio", "image")))
    total("input_cache_write_tokens", "input_cache_write_30m_tokens", "input_cache_write_12h_tokens")
    total("input_tokens", "input_cached_tokens")
    total("input_tokens", "input_uncached_tokens", "input_cached_tokens", "input_cache_write_tokens")
    members[:] = [(name, Word(values[name]) if name in values else value) for name, value in members]


# -- changes


def change(random: Random, tree: Odd) -> None:
    """Change one object or array somewhere in the tree."""
    node = tree
    while True:
        inner = [
            value for value in (dict(node).values() if isinstance(node, Pairs) else node) if isinstance(value, list)
        ]
        if not inner or random.random() < 0.25:
            break
        node = random.choice(inner)
    if not isinstance(node, list):
        return
    how = random.randrange(9)
    place = random.randrange(len(node) + 1)
    if how == 0 and node:
        del node[place - 1]
    elif how == 1:
        random.shuffle(node)
    elif how == 2 and node:
        node.insert(place, node[place - 1])
    elif isinstance(node, Pairs):
        if how in (3, 4) or not node:
            node.insert(place, (_name(random), odd_value(random)))
        elif how == 5:
            node[place - 1] = (_name(random), node[place - 1][1])
        else:
            node[place - 1] = (node[place - 1][0], odd_value(random))
    elif how == 3:
        node.insert(place, odd_value(random))


def odd_value(random: Random) -> Odd:
    """A value of any type, or what is none."""
    how = random.random()
    if how < 0.4:
        return Word(random.choice(_NUMBERS))
    if how < 0.5:
        return Word(random.choice(_WORDS))
    if how < 0.9:
        return random.choice(_STRINGS)
    return random.choice((Pairs(), [], Pairs((("a", Word("1")), ("a", Word("1")))), [Word("1.0"), [Pairs()]]))


# -- spelling


def written(random: Random, tree: Odd) -> bytes:
    """The text of a tree in a style of its own, with or without needless escapes."""
    style = random.choice((*_STYLES[:1] * 4, *_STYLES))
    text = spelled(tree, style, random, random.choice((0.0, 0.0, 0.0, 0.02, 0.2)))
    return text + random.choice((b"", b"", b"", b"\n", b" "))


def spelled(
    tree: Odd, style: tuple[str, str, str] = _STYLES[0], random: Random | None = None, escaping: float = 0.0
) -> bytes:
    """The text of a tree, with a share of its characters escaped."""
    comma, colon, edge = style
    dice = random or Random(0)

    def string(text: str) -> str:
        if random is None and type(text) is str and text.isprintable() and '"' not in text and "\\" not in text:
            return f'"{text}"'
        share = 1.0 if isinstance(text, Escaped) else escaping
        return '"' + "".join(_character(dice, c, share) for c in text) + '"'

    def write(node: Odd) -> str:
        if isinstance(node, Pairs):
            members = comma.join(string(name) + colon + write(value) for name, value in node)
            return "{" + edge + members + edge + "}"
        if isinstance(node, list):
            return "[" + edge + comma.join(map(write, node)) + edge + "]"
        return str(node) if isinstance(node, Word) else string(node)

    return write(tree).encode("utf-8", "surrogatepass")


def _character(random: Random, character: str, escaping: float) -> str:
    if character in '"\\':
        return "\\" + character
    if character < " " or random.random() < escaping:
        units = character.encode("utf-16-be", "surrogatepass")
        escape = "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
        return random.choice((escape, escape.upper().replace("U", "u"), "\\/" if character == "/" else escape))
    return character


def damaged(random: Random, payload: bytes) -> bytes:
    """The text with one place broken, or cut."""
    place = random.randrange(len(payload) + 1)
    how = random.randrange(5)
    if how == 0:
        return payload[:place]
    if how == 1:
        return payload[:place] + payload[place + 1 :]
    if how == 2:
        return payload[:place] + payload[place : place + 9] + payload[place:]
    return payload[:place] + random.choice(_BYTES) + payload[place + (how == 3) :]
