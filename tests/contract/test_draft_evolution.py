"""What a draft changed, in answers and in queries: each rule by itself, and whom it breaks."""

from __future__ import annotations

import copy
import json
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat import LATEST, REVISIONS
from usagecompat.contract.drafts import draft_of
from usagecompat.contract.effects import Effect, Role
from usagecompat.contract.evolution import Change, Rule, changes
from usagecompat.contract.query_evolution import query_changes
from usagecompat.contract.tree import contract, shape_of
from usagecompat.corpus.data import folder
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from usagecompat.contract.revisions import Draft

Node = dict[str, Any]
HISTORY: list[Node] = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())["revisions"]
(NEWEST,) = (entry for entry in HISTORY if entry["revision"] == LATEST)
RECORD = "UsageCompletionsResult"
KIND = "organization.usage.completions.result"
CALLERS = (Role.OLD_CALLER, Role.NEW_CALLER)
OPPOSITES = {
    one: other
    for pair in (
        (Rule.KIND_ADDED, Rule.KIND_REMOVED),
        (Rule.MEMBER_ADDED, Rule.MEMBER_REMOVED),
        (Rule.NULL_ALLOWED, Rule.NULL_REFUSED),
        (Rule.REQUIRED, Rule.NO_LONGER_REQUIRED),
        (Rule.VALUES_ADDED, Rule.VALUES_REMOVED),
        (Rule.VALUES_CLOSED, Rule.VALUES_OPENED),
        (Rule.SERVED_AS_TEXT, Rule.NOT_SERVED_AS_TEXT),
        (Rule.ENDPOINT_ADDED, Rule.ENDPOINT_REMOVED),
        (Rule.PARAMETER_ADDED, Rule.PARAMETER_REMOVED),
        (Rule.PARAMETER_REQUIRED, Rule.PARAMETER_NO_LONGER_REQUIRED),
        (Rule.PARAMETER_VALUES_ADDED, Rule.PARAMETER_VALUES_REMOVED),
    )
    for one, other in (pair, pair[::-1])
}


def drafted(change: Callable[[Node], object] | None = None) -> Draft:
    """A draft that says what the newest revision says, but for one change."""
    said = copy.deepcopy(NEWEST) | {"revision": "2027-01-05"}
    if change is not None:
        change(said)
    return draft_of(json.dumps(said).encode())


def with_member(row: Node | None, *, required: bool = False) -> Callable[[Node], None]:
    """A change: completions have a member `tier` that is declared so, or not declared if there is no row."""

    def change(said: Node) -> None:
        record = said["schemas"][RECORD]
        if row is not None:
            record["members"]["tier"] = row
        record["required"] += ["tier"] * required

    return change


def broken(change: Change) -> set[Role]:
    """Whom a change breaks as the API serves."""
    return {role for (profile, role), effect in change.effects.items() if (profile, effect) == SERVED_BREAK}


SERVED_BREAK = (Profile.SERVED, Effect.BREAKING)
TEXT: Node = {"type": "string"}
OF_MEMBERS: dict[str, tuple[Node | None, bool, Node | None, bool, Rule, str]] = {
    "another type": (TEXT, True, {"type": "integer"}, True, Rule.TYPE_CHANGED, "is integer"),
    "another constant": (
        {**TEXT, "const": "a"}, True, {**TEXT, "const": "b"}, True, Rule.TYPE_CHANGED, "is `b`",
    ),
    "null": (TEXT, True, {**TEXT, "nullable": True}, True, Rule.NULL_ALLOWED, "may be null"),
    "a requirement": (TEXT, False, TEXT, True, Rule.REQUIRED, "is required"),
    "a requirement of what is not declared": (
        None, False, None, True, Rule.REQUIRED, "is required without being declared",
    ),
    "a format": (TEXT, True, {**TEXT, "format": "uuid"}, True, Rule.FORMAT_CHANGED, "is annotated as `uuid`"),
    "no format": ({**TEXT, "format": "uuid"}, True, TEXT, True, Rule.FORMAT_CHANGED, "has no annotation"),
    "more values": (
        {**TEXT, "known_values": ["a"]}, True, {**TEXT, "known_values": ["a", "b"]}, True, Rule.VALUES_ADDED, "may be `b`",
    ),
    "a closed list": (
        {**TEXT, "known_values": ["a"]}, True, {**TEXT, "known_values": ["a"], "closed": True}, True,
        Rule.VALUES_CLOSED, "is one of `a` and nothing else",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OF_MEMBERS)
def test_what_changed_of_a_member(what: str) -> None:
    """Each change of a member is one rule with a text, and its opposite on the way back."""
    before, was_needed, after, is_needed, rule, text = OF_MEMBERS[what]
    old = drafted(with_member(before, required=was_needed))
    new = drafted(with_member(after, required=is_needed))
    (change,) = changes(old, new)
    assert (change.rule, change.place) == (rule, f"{RECORD}/tier")
    assert change.text.startswith(text)
    (back,) = changes(new, old)
    assert (back.rule, back.place) == (OPPOSITES.get(rule, rule), f"{RECORD}/tier")
    assert (change.before, change.after) == (back.after, back.before)


@pytest.mark.parametrize(
    ("what", "forth", "back"),
    [
        ("another type", {Role.OLD_READER, Role.NEW_READER}, {Role.OLD_READER, Role.NEW_READER}),
        ("null", {Role.OLD_READER}, {Role.NEW_READER}),
        ("a requirement", {Role.NEW_READER}, {Role.OLD_READER}),
        ("a format", set(), set()),
        ("more values", set(), set()),
    ],
)
def test_whom_a_change_of_a_member_breaks(what: str, forth: set[Role], back: set[Role]) -> None:
    """A reader is broken by what its own revision refuses, and the way back breaks the other one."""
    before, was_needed, after, is_needed, _, _ = OF_MEMBERS[what]
    old = drafted(with_member(before, required=was_needed))
    new = drafted(with_member(after, required=is_needed))
    readers = {Role.OLD_READER, Role.NEW_READER}
    assert [broken(change) & readers for change in changes(old, new)] == [forth]
    assert [broken(change) & readers for change in changes(new, old)] == [back]


def test_a_closed_list_with_other_values() -> None:
    """A list that closes and loses a value says both, each by itself."""
    old = drafted(with_member({**TEXT, "known_values": ["a", "b"]}))
    new = drafted(with_member({**TEXT, "known_values": ["b", "c"], "closed": True}))
    closed, removed = changes(old, new)
    assert (closed.rule, closed.text) == (Rule.VALUES_CLOSED, "is one of `a`, `b`, `c` and nothing else")
    assert (removed.rule, removed.text) == (Rule.VALUES_REMOVED, "is no longer listed as `a`")


def test_a_new_name_in_a_draft() -> None:
    """A member whose draft says its former name is renamed, not removed and added."""
    old = drafted(with_member(TEXT, required=True))

    def other(said: Node) -> None:
        said["schemas"][RECORD]["members"]["level"] = {**TEXT, "former_name": "tier"}
        said["schemas"][RECORD]["required"].append("tier")

    (change,) = changes(old, drafted(other))
    assert (change.rule, change.names) == (Rule.RENAMED, ("tier", "level"))
    assert change.text == "is now called `level`; `tier` stays required without being declared; may be absent"


def test_what_a_member_counts() -> None:
    """A draft can say that a count means something else, which breaks whoever adds up."""
    meaning = {"since": "2027-01-05", "doc": "Counts the images, too.", "source": "made up for a test"}
    told = drafted(lambda said: said.update(meanings={RECORD: {"input_tokens": meaning}}))
    (change,) = changes(drafted(), told)
    assert (change.rule, change.place, change.after) == (
        Rule.MEANING_CHANGED,
        f"{RECORD}/input_tokens",
        "Counts the images, too.",
    )
    assert change.text.endswith("counts the images, too")
    assert Role.ADDER in broken(change)


@pytest.mark.parametrize(("older", "newer"), list(pairwise(REVISIONS)))
def test_the_way_back(older: str, newer: str) -> None:
    """Whatever a revision changed is the opposite change for whoever goes back."""
    forth = Counter(
        (OPPOSITES.get(one.rule, one.rule), one.record, frozenset(one.names)) for one in changes(older, newer)
    )
    back = Counter((one.rule, one.record, frozenset(one.names)) for one in changes(newer, older))
    # What is served against the letter beside a former name is told only where the name is the later one.
    assert not forth - back
    assert {rule for rule, *_ in back - forth} <= {Rule.SERVED_OTHERWISE}


def test_shapes_of_a_draft() -> None:
    """The shape of a record at a draft is the one that the draft's tree has."""
    draft = drafted(with_member(TEXT))
    shape = shape_of(RECORD, draft)
    assert list(shape.members) == list(contract(draft).records[RECORD].members)
    assert "tier" in shape.members


def test_what_is_served_against_the_letter_at_another_time() -> None:
    """Where the letter stays and only what is served against it ends, that is told of each member."""
    (entry,) = (entry for entry in HISTORY if entry["revision"] == "2025-02-10")
    later = draft_of(json.dumps(entry | {"revision": "2026-04-01"}).encode())
    found = {one.place: one for one in changes("2025-02-10", later)}
    assert {place: one.before for place, one in found.items() if one.rule is Rule.SERVED_OTHERWISE} == {
        "UsageTimeBucket/result": "wire/results-for-result",
        "UsageResponse/next_page": "wire/null-next-page",
        "UsageCodeInterpreterSessionsResult/sessions": "wire/code-interpreter-without-sessions",
    }


# -- queries


def asking(**parameters: Node) -> Draft:
    """A draft whose only endpoint takes these parameters."""
    endpoints = {"usage/completions": {"kind": KIND, "parameters": parameters}}
    return drafted(lambda said: said.update(endpoints=endpoints))


LISTED: Node = {"type": "string", "values": ["a", "b"]}
OF_QUERIES: dict[str, tuple[Node | None, Node | None, Rule, str, set[Role]]] = {
    "added": (None, TEXT, Rule.PARAMETER_ADDED, "is new: string", {Role.NEW_CALLER}),
    "added and required": (
        None, {**TEXT, "required": True}, Rule.PARAMETER_ADDED, "is new: string, required", {*CALLERS},
    ),
    "removed": (TEXT, None, Rule.PARAMETER_REMOVED, "is no longer a parameter", {Role.OLD_CALLER}),
    "removed and required": (
        {**TEXT, "required": True}, None, Rule.PARAMETER_REMOVED, "is no longer a parameter", {*CALLERS},
    ),
    "another type": (TEXT, {"type": "array"}, Rule.PARAMETER_TYPE_CHANGED, "is array", {*CALLERS}),
    "required": (TEXT, {**TEXT, "required": True}, Rule.PARAMETER_REQUIRED, "is required", {Role.OLD_CALLER}),
    "no longer required": (
        {**TEXT, "required": True}, TEXT, Rule.PARAMETER_NO_LONGER_REQUIRED, "may be left out", {Role.NEW_CALLER},
    ),
    "more values": (
        LISTED, {**TEXT, "values": ["a", "b", "c"]}, Rule.PARAMETER_VALUES_ADDED, "may be c", {Role.NEW_CALLER},
    ),
    "fewer values": (
        LISTED, {**TEXT, "values": ["b"]}, Rule.PARAMETER_VALUES_REMOVED, "is no longer a", {Role.OLD_CALLER},
    ),
    "any value": (LISTED, TEXT, Rule.PARAMETER_VALUES_ADDED, "may be anything", {Role.NEW_CALLER}),
    "a list of values": (
        TEXT, LISTED, Rule.PARAMETER_VALUES_REMOVED, "is one of a, b and nothing else", {Role.OLD_CALLER},
    ),
    "another default": (
        {**TEXT, "default": "a"}, {**TEXT, "default": "b"}, Rule.PARAMETER_DEFAULT_CHANGED,
        "is b if not given, no longer a", {*CALLERS},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", OF_QUERIES)
def test_what_changed_of_a_parameter(what: str) -> None:
    """Each change of a parameter is one rule with a text, and breaks exactly the callers that it is said to."""
    before, after, rule, text, breaks = OF_QUERIES[what]
    old, new = (asking(**({} if row is None else {"speed": row})) for row in (before, after))
    (change,) = query_changes(old, new)
    assert (change.rule, change.place, change.text) == (rule, "usage/completions?speed", text)
    assert broken(change) == breaks
    assert change.is_breaking == (Role.OLD_CALLER in breaks)
    assert change.is_of_query
    (back,) = query_changes(new, old)
    assert back.rule == OPPOSITES.get(rule, rule)
    assert broken(back) == {CALLERS[1 - CALLERS.index(role)] for role in breaks}


def test_values_that_come_and_go() -> None:
    """Values that are added and values that are gone are two changes."""
    added, removed = query_changes(asking(speed=LISTED), asking(speed={**TEXT, "values": ["b", "c"]}))
    assert (added.rule, added.after) == (Rule.PARAMETER_VALUES_ADDED, "c")
    assert (removed.rule, removed.before) == (Rule.PARAMETER_VALUES_REMOVED, "a")


def test_a_default_that_nobody_had_said() -> None:
    """A default that only one of two drafts says is no change: the other says nothing of it."""
    assert query_changes(asking(speed=TEXT), asking(speed={**TEXT, "default": "a"})) == ()


def test_endpoints_that_come_and_go() -> None:
    """An endpoint that is new breaks new callers of the old API, and one that is gone the old callers."""
    old = asking(speed=TEXT)
    costs = {"kind": "organization.costs.result", "parameters": {}}
    new = drafted(lambda said: said.update(endpoints={"costs": costs}))
    found = {change.rule: change for change in query_changes(old, new)}
    assert found.keys() == {Rule.ENDPOINT_ADDED, Rule.ENDPOINT_REMOVED}
    assert (found[Rule.ENDPOINT_ADDED].place, broken(found[Rule.ENDPOINT_ADDED])) == ("costs", {Role.NEW_CALLER})
    gone = found[Rule.ENDPOINT_REMOVED]
    assert (gone.place, gone.text, broken(gone)) == (
        "usage/completions",
        "is no endpoint any more",
        {Role.OLD_CALLER},
    )


def test_a_draft_that_says_nothing_of_queries() -> None:
    """Two revisions of which one does not say what may be asked differ in nothing that may be asked."""
    assert query_changes(drafted(), asking(speed=TEXT)) == query_changes(asking(speed=TEXT), drafted()) == ()
