"""
What a payload covers of what has to be covered: told by its exact tree and by what is expected of it, never by its name.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from attrs import frozen

from usagecompat.checking import LAST_TIME, group_of, is_currency_code, meant, sum_rules
from usagecompat.contract import REVISIONS, Contract, Member, RecordShape, contract, declared_since, known_since
from usagecompat.corpus.coverage.member_states import states_of, type_of, whole_of
from usagecompat.corpus.coverage.obligations import (
    ANY_REVISION,
    AS_SERVED,
    AS_WRITTEN,
    NEAR_VALUES,
    NOTHING,
    Key,
    Obligation,
    also_covered,
    member_of,
    obligations,
)
from usagecompat.findings import CODES, Path, Severity, Shape, Verdict, pointer_parts
from usagecompat.jsontext import NO_VALUE, Document

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

Object: TypeAlias = dict[str, Any]
_Place: TypeAlias = tuple[str, ...]


def _place(path: Path) -> _Place:
    return tuple(map(str, path))


def _pattern(place: _Place) -> _Place:
    return tuple("*" if part.isdecimal() else part for part in place)


@frozen
class ExpectedFindings:
    """What must be found in a payload at a revision."""

    verdict: Verdict
    found: tuple[tuple[str, Severity, _Place], ...]
    """Code, weight, and where; of what is grouped, the pattern of where."""
    complete: bool
    """Whether notes are told, too; otherwise only the verdict is known, and nothing can be said of what is not valid."""

    @classmethod
    def of(cls, verdict: Verdict, found: Iterable[tuple[str, str]], *, complete: bool = True) -> ExpectedFindings:
        """What a list of codes and pointers says."""
        told: list[tuple[str, Severity, _Place]] = []
        for code, pointer in found:
            weight = CODES[code].served
            place = pointer_parts(pointer)
            told.append((code, weight, place if weight is Severity.ERROR else _pattern(place)))
        return cls(verdict, tuple(told), complete)

    @property
    def speaks(self) -> bool:
        """Whether it says of every place what must be found there."""
        return self.complete or self.verdict is Verdict.VALID

    def shows(self, code: str, path: Path) -> bool:
        """Whether this finding must stand at this place; of no finding, whether none above a note must stand there."""
        if code == NOTHING and not self.found:
            return self.speaks
        if code != NOTHING and all(one != code for one, _, _ in self.found):
            return False
        place = _place(path)
        pattern = _pattern(place)
        if code != NOTHING:
            return any(one == code and at in (place, pattern) for one, _, at in self.found)
        for _, weight, at in self.found:
            if weight is Severity.ERROR and place[: len(at)] == at:
                return False
            if weight is Severity.WARNING and at == pattern:
                return False
        return self.speaks


@frozen
class Evidence:
    """One payload at one revision, and what must be found in it there."""

    tree: object
    doubled: frozenset[_Place]
    said: Contract
    expected: ExpectedFindings
    known: Container[Key] = ()
    """What was covered before, with all that comes with it, and is not looked at again where a member covers it."""

    def covers(self, shape: Shape | None) -> Iterator[Key]:
        """Everything that it covers; among it may be what nobody asked for."""
        for key in self._covered(shape):
            yield key
            for other in also_covered().get(key, ()):
                yield other
                if obligations()[other].code == NOTHING and other[3] == AS_WRITTEN and self._served(other[2]):
                    yield _near(other[2])

    def _covered(self, shape: Shape | None) -> Iterator[Key]:
        revision, expected = self.said.revision, self.expected
        tree: object = self.tree
        if type(tree) is not dict:
            if expected.verdict is Verdict.INVALID:  # there is nothing else in it that could be found
                yield "shape", revision, "none", type_of(tree)
            return
        node = cast("Object", tree)
        if shape is None:
            return
        valid = expected.verdict is not Verdict.INVALID
        yield "shape", revision, shape, "valid" if valid else "invalid"
        if "object" not in node and expected.shows("schema/missing-member", ("object",)):
            yield "shape", revision, shape, "without-object"
        if shape is Shape.PAGE:
            yield from self._page(node)
        elif shape is Shape.BUCKET:
            yield from self._bucket(node, ())
        else:
            yield from self._result(node, ())

    def _served(self, code: str) -> bool:
        return obligations()["deviation", self.said.revision, code, AS_SERVED].code != NOTHING

    # -- records

    def _page(self, page: Object) -> Iterator[Key]:
        yield from self._record(page, self.said.page, ())
        data = page.get("data")
        if data == [] and self.expected.shows(NOTHING, ("data",)):
            yield "shape", self.said.revision, "page", "empty"
        buckets = list(_objects(data))
        for index, bucket in buckets:
            yield from self._bucket(bucket, ("data", index))
        yield from self._page_rules(page, buckets)
        yield from self._unknown_beside(
            [one for index, bucket in buckets for one in self._results_of(bucket, ("data", index))]
        )

    def _results_of(self, bucket: Object, path: Path) -> list[tuple[Path, Object]]:
        names = ("results", "result") if "results" in self.said.bucket.members else ("result", "results")
        name = names[0] if names[0] in bucket else names[1]
        return [((*path, name, index), item) for index, item in _objects(bucket.get(name))]

    def _bucket(self, bucket: Object, path: Path) -> Iterator[Key]:
        yield from self._record(bucket, self.said.bucket, path)
        results = self._results_of(bucket, path)
        if not path and not results and self.expected.shows(NOTHING, path):
            yield "shape", self.said.revision, "bucket", "empty"
        for place, result in results:
            yield from self._result(result, place)
        yield from self._bucket_rules(bucket, results, path)
        if not path:
            yield from self._unknown_beside(results)

    def _unknown_beside(self, results: list[tuple[Path, Object]]) -> Iterator[Key]:
        revision, kinds = self.said.revision, self.said.kinds
        tags = [(path, tag) for path, result in results if type(tag := result.get("object")) is str]
        if any(
            tag not in kinds and self.expected.shows("schema/unknown-kind", (*path, "object")) for path, tag in tags
        ):
            for path, tag in tags:
                if tag in kinds and self.expected.shows(NOTHING, path):
                    yield "record", revision, kinds[tag].name, "unknown-kind-beside-it"

    def _result(self, result: Object, path: Path) -> Iterator[Key]:
        tag = result.get("object")
        kind = self.said.kinds.get(tag) if type(tag) is str else None
        if kind is not None:
            yield from self._record(result, kind, path)
            yield from self._sums(result, kind, path)
            if known_since(cast("str", tag)) == self.said.revision and self.expected.shows(NOTHING, path):
                yield _near("schema/unknown-kind")
            if "amount" in kind.members and type(result.get("amount")) is dict:
                yield from self._amount(result["amount"], (*path, "amount"))
            return
        for near in self.said.kinds.values():  # what it would be, were it not for its discriminator
            names = result.keys() - {"object"}
            if names <= near.members.keys() | set(near.required) and names >= {*near.needed()} - {"object"}:
                yield from self._member(result, near.members["object"], near, path)

    def _amount(self, amount: Object, path: Path) -> Iterator[Key]:
        yield from self._record(amount, self.said.amount, path)
        currency, value = amount.get("currency"), amount.get("value")
        if "currency" not in amount or (currency is not None and value is not None):
            told = "neither" if value is None else "value alone" if currency is None else "value and currency"
            yield from self._rule("rule/amount-without-currency", told, (*path, "currency"))
        if type(currency) is str:
            code = "three letters" if is_currency_code(currency) else "other text"
            yield from self._rule("rule/currency-not-iso-4217", code, (*path, "currency"))
            upper = currency != currency.lower()
            yield from self._rule(
                "rule/currency-not-lower-case", "upper case" if upper else "lower case", (*path, "currency")
            )

    def _record(self, node: Object, record: RecordShape, path: Path) -> Iterator[Key]:
        for member in record.members.values():
            yield from self._member(node, member, record, path)
        for name in record.required:
            if name not in record.members:
                what = "present" if name in node else "absent"
                yield from self._told("member", member_of(record, name), what, path)
        known = record.members.keys() | record.former.keys() | record.newer.keys() | set(record.required)
        clean = self.expected.shows(NOTHING, path)
        own = {name for name, member in record.members.items() if member.required}
        names = set(node)
        if clean and names == own | (names & set(record.required)):
            yield "record", self.said.revision, record.name, "minimal"
        if clean and names >= record.members.keys():
            yield "record", self.said.revision, record.name, "full"
        for name in names - known:
            if self.expected.shows("schema/undeclared-member", (*path, name)):
                if meant(self.said, record, name):
                    yield _near("schema/misspelt-member")
                yield "record", self.said.revision, record.name, "undeclared-member"
        for former, member in record.former.items():
            if former in node and member.name in node and self.expected.shows(NOTHING, (*path, former)):
                yield _near("schema/renamed-member")

    def _told(self, topic: str, subject: str, what: str, path: Path) -> Iterator[Key]:
        """What has to be covered is covered, if what is expected is what the contract demands."""
        key = (topic, self.said.revision, subject, what)
        wanted = None if key in self.known else obligations().get(key)
        if wanted is not None and self.expected.shows(wanted.code, (*path, *wanted.at)):
            yield key
            yield from _near_of(wanted)

    # -- members

    def _member(self, node: Object, member: Member, record: RecordShape, path: Path) -> Iterator[Key]:
        subject, name = member_of(record, member.name), member.name
        if name not in node:
            what = "absent"
            if member.former_name and member.former_name in node:
                what = "former-name"
            elif member.newer_name and member.newer_name in node:
                what = "newer-name"
            yield from self._told("member", subject, what, path)
            return
        value = node[name]
        if _place((*path, name)) in self.doubled:
            yield from self._told("member", subject, "twice", path)
            return
        for what in states_of(value, member, self.said):
            told = list(self._told("member", subject, what, path))
            yield from told
            if told and member.values and what.startswith("listed: "):
                yield _near("schema/unknown-value" if member.values.closed else "schema/unlisted-value")
            if told and what == "present" and declared_since(record.name, name) == self.said.revision > REVISIONS[0]:
                yield _near("schema/undeclared-member")

    # -- rules

    def _rule(self, code: str, what: str, path: Path, *, of: str = "") -> Iterator[Key]:
        """What a rule comes to, of the rules that are a matter of each record `of` that record."""
        key = ("rule", self.said.revision, f"{code} of {of}" if of else code, what)
        wanted = obligations().get(key)
        if wanted is None:
            return
        told = self.expected.shows(code, path)
        if told if wanted.code else self.expected.speaks and not told:
            yield key
            if not wanted.code:
                yield _near(code)

    def _sums(self, result: Object, kind: RecordShape, path: Path) -> Iterator[Key]:
        for rule in sum_rules(self.said.revision, kind.kind or ""):
            counts = {name: whole_of(result[name]) for name in rule.all_terms if result.get(name) is not None}
            total = counts.get(rule.total)
            parts = [part for name in rule.parts if (part := counts.get(name)) is not None]
            if total is None or len(parts) < len(rule.parts):
                continue
            more = sum(parts) - total
            what = {0: "equal", 1: "one-too-many", -1: "one-too-few"}.get(more)
            on_top = counts.get(rule.on_top)
            if on_top:
                what = {0: "inside", -on_top: "on top"}.get(more, what)
                if rule.settled_by in counts and what in {"inside", "on top"}:
                    what = f"settled, {what}"
            yield from self._rule(rule.code, what or "", path, of=kind.name)

    def _page_rules(self, page: Object, buckets: list[tuple[int, Object]]) -> Iterator[Key]:
        cursor, more = page.get("next_page"), page.get("has_more")
        held = type(cursor) is str and bool(cursor)
        nothing = cursor is None or cursor == ""
        if more is True and (held or nothing):
            what = "more and a cursor" if held else "more, no cursor"
            yield from self._rule("rule/has-more-without-cursor", what, ("next_page",))
        if more is False and (held or nothing):
            what = "a cursor, no more" if held else "no cursor, no more"
            yield from self._rule("rule/cursor-without-has-more", what, ("next_page",))
        for (_, first), (index, second) in pairwise(buckets):
            start, end = whole_of(first.get("start_time")), whole_of(first.get("end_time"))
            begin, path = whole_of(second.get("start_time")), ("data", index)
            if start is None or end is None or begin is None:
                continue
            if begin == end:
                yield from self._rule("rule/overlapping-buckets", "touching", path)
            if begin == end - 1 and begin >= start:
                yield from self._rule("rule/overlapping-buckets", "by one second", path)
            if begin == start:
                yield from self._rule("rule/overlapping-buckets", "the same start", path)
                yield from self._rule("rule/unordered-buckets", "the same start", path)
            if begin == start - 1:
                yield from self._rule("rule/unordered-buckets", "one second earlier", path)

    def _bucket_rules(self, bucket: Object, results: list[tuple[Path, Object]], path: Path) -> Iterator[Key]:
        start, end = whole_of(bucket.get("start_time")), whole_of(bucket.get("end_time"))
        if start is not None and end is not None:
            what = {1: "one second", 0: "no time at all", -1: "minus one second"}.get(end - start)
            yield from self._rule("rule/end-before-start", what or "", path)
        for name, time in (("start_time", start), ("end_time", end)):
            told = {0: "1970", -1: "before 1970", LAST_TIME: "the year 2200", LAST_TIME + 1: "beyond it"}
            if time in told:
                yield from self._rule("rule/time-not-in-seconds", told[time], (*path, name))
        tags = [tag for _, result in results if type(tag := result.get("object")) is str]
        if len(tags) > 1:
            yield from self._rule("rule/mixed-kinds", "two kinds" if len(set(tags)) > 1 else "one kind twice", path)
        seen: set[tuple[object, ...]] = set()
        for place, result in results:
            group = group_of(result, self.said.revision)
            if group is None:
                continue
            if group in seen:
                yield from self._rule("rule/duplicate-group", "one group twice", place)
            elif any(other[0] == group[0] for other in seen):
                yield from self._rule("rule/duplicate-group", "two groups", place)
            seen.add(group)


def _objects(value: object) -> Iterator[tuple[int, Object]]:
    for index, item in enumerate(cast("list[object]", value) if type(value) is list else ()):
        if type(item) is dict:
            yield index, cast("Object", item)


def evidence_of(
    document: Document, revision: str, expected: ExpectedFindings, known: Container[Key] = ()
) -> Evidence | None:
    """What a payload has at a revision for obligations; None if it is no document."""
    if document.value is NO_VALUE:
        return None
    doubled = frozenset(_place(seen.path) for seen in document.findings if seen.code == "json/duplicate-member")
    return Evidence(document.value, doubled, contract(revision), expected, known)


# -- near misses


def _near(code: str) -> Key:
    return "code", ANY_REVISION, code, f"near: {NEAR_VALUES.get(code, 'what it is told from')}"


def _near_of(obligation: Obligation) -> Iterator[Key]:
    """The findings that are not there, and nearly are, where an obligation is met."""
    if obligation.what == "number-text" and obligation.code.startswith("wire/"):
        yield _near("schema/wrong-type")
    elif obligation.what == "unknown-kind":
        yield _near("schema/wrong-object")
    elif obligation.what == "int32-max":
        yield _near("record/lossy-number")
    elif obligation.code == NOTHING:
        if near := _NEAR.get(obligation.what):
            yield _near(near)
        elif obligation.what == "exponent":
            yield _near("record/integer-spelled-as-float")


_NEAR: Final[Mapping[str, str]] = {
    "null": "schema/unexpected-null",
    "absent": "schema/missing-member",
    "minus-zero": "record/negative-count",
}
