"""
The base of records: what one keeps of its text, how one that is made by hand is checked, and how it becomes a tree again.

What a record's class says of its members stands in its annotations, which are read here for all revisions at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003 - the annotations are read at run time
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    ClassVar,
    Final,
    Literal,
    NoReturn,
    ParamSpec,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from attrs import NOTHING, evolve, field, fields, frozen

from usagecompat.contract.markers import ABSENT, Absent, RenamedAt, RequiredSince, Since
from usagecompat.contract.revisions import LATEST, PUBLISHED, Revision, resolve_revision
from usagecompat.jsontext import Number, has_surrogate, lexeme_of, plain

if TYPE_CHECKING:
    from usagecompat.jsontext import Plain, Tree

_LONGEST: Final = 80
_MOST_WORDS: Final = 2


@frozen
class Origin:
    """
    What a record keeps of the text it came from.

    Two origins are equal if their undeclared members are: order and spelling say nothing about the value.
    """

    undeclared: Mapping[str, Tree] = field(factory=dict[str, "Tree"])
    """Members that the revision does not declare, as exact JSON trees."""
    order: tuple[str, ...] = field(default=(), eq=False)
    """The wire names of all members in the order they came."""
    spellings: Mapping[str, str] = field(factory=dict[str, str], eq=False)
    """How each number was spelled, by wire name."""
    unread: Mapping[str, Number] = field(factory=dict[str, "Number"], eq=False)
    """Integers with exponents that nobody should write out unless asked, by attribute."""
    revision: str = field(default=LATEST, eq=False)
    """The revision that the record is one of."""

    __hash__ = None  # type: ignore[assignment]


def _origin_of_revision(given: Origin | Revision | None) -> Origin:
    """
    What a record that is made by hand keeps, or, of one that is made of another, what that one kept.

    Raises:
        NoSuchRevision: There is no such revision.
    """
    return given if isinstance(given, Origin) else Origin(revision=resolve_revision(given))


@frozen(kw_only=True)
class Record:
    """
    The base of all records: immutable, equal by the exact values of declared and undeclared members.

    Records are made by `usagecompat.loads`, or by hand with the newest wire names as keywords.
    One made by hand is checked at once: the type of each member, and what `revision` (the newest if none is given)
    requires and declares. It is written under the names of that revision.

    Raises:
        TypeError: A member is missing, is not declared by the revision, or has a value of another type.
        ValueError: A value is none that could be read again: a number that is not finite or beyond the limits, half of
            a surrogate pair.
        NoSuchRevision: `revision` was never published.
    """

    SINCE: ClassVar[str] = ""
    """The first revision that has the record, if not the first of all."""
    ALSO_REQUIRED: ClassVar[Mapping[str, str]] = {}
    """Names that the contract requires beside the declared members, each with the last revision that does."""
    WIRE_NAMES: ClassVar[Mapping[str, str]] = {}
    """The wire names of a draft's members that are none of Python, by attribute."""
    IS_OF_A_DRAFT: ClassVar[bool] = False
    """Whether the class was made for a draft, whose members have no annotations."""

    _origin: Origin = field(default=None, converter=_origin_of_revision, repr=False, hash=False, alias="revision")

    def __attrs_post_init__(self) -> None:
        _check(self)

    def __init_subclass__(cls) -> None:
        cls.__repr__ = Record.__repr__  # type: ignore[method-assign]  # else attrs writes one without `undeclared`

    def __repr__(self) -> str:
        """What would make the record, and what came with it that cannot be given by hand."""
        members = [f"{one.name}={_displayed(getattr(self, one.name))}" for one in fields(type(self)) if one.repr]
        if self._origin.undeclared:
            members.append(f"undeclared={_displayed(self.undeclared)}")
        return f"{type(self).__name__}({', '.join(members)})"

    if not TYPE_CHECKING:  # for whom any name would be an attribute

        def __getattr__(self, name: str) -> object:
            """An integer that was left as it is spelled, now that its value is asked for."""
            number = object.__getattribute__(self, "_origin").unread.get(name) if name != "_origin" else None
            if number is None:
                raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)
            object.__setattr__(self, name, number.integer)
            return object.__getattribute__(self, name)

    @property
    def undeclared(self) -> dict[str, Plain]:
        """
        Members of the payload that the revision does not declare, in the order they came; a new dictionary each time.

        Their numbers are exact: an `int` where only digits were sent, else a `Decimal` with the digits as they came.
        """
        return {name: plain(tree) for name, tree in self._origin.undeclared.items()}

    def to_dict(self) -> dict[str, Plain]:
        """
        The record as dictionaries, lists and exact numbers, in the order and under the names in which `dumps` writes it.

        Numbers are an `int` where only digits are written, else a `Decimal`; undeclared members are there too.
        """
        return cast("dict[str, Plain]", plain(to_tree(self)))


R = TypeVar("R", bound=Record)
_P = ParamSpec("_P")
_T = TypeVar("_T")


def _remembered(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """The function with its answers kept, of a class of records, which type checkers do not believe to be hashable."""
    return cast("Callable[_P, _T]", cache(function))


def _displayed(value: object) -> str:
    try:
        return repr(value)
    except ValueError:  # Python refuses to write integers of more than 4,300 digits
        return "<a number too long to be written here>"


def record_of(cls: type[R], members: Mapping[str, object], origin: Origin) -> R:
    """
    A record of these members, by attribute, of which all is known to be right.

    A `Number` is an integer whose value is computed when it is asked for.

    Raises:
        TypeError: A member is missing without which there is no such record.
    """
    unread = {name: value for name, value in members.items() if type(value) is Number}
    if unread or origin.unread:
        origin = evolve(origin, unread=unread)
    record = cls.__new__(cls)
    get = members.get
    for name, default, put in _slots(cls):
        value = get(name, default)
        if value is NOTHING:
            raise TypeError(f"{cls.__name__}: `{name}` is missing")
        if name not in unread:
            put(record, value)
    object.__setattr__(record, "_origin", origin)
    return record


@_remembered
def _slots(cls: type[Record]) -> tuple[tuple[str, object, Callable[[Record, object], None]], ...]:
    """The members of a class: the name, the value where a text has none, and how it is put into a record."""
    return tuple(
        (one.name, NOTHING if one.default is NOTHING else ABSENT, getattr(cls, one.name).__set__)
        for one in fields(cls)
        if one.name != "_origin"
    )


def member_of(record: Record, name: str) -> object:
    """A member's value; a `Number` as long as nobody has asked for the value of an integer with a large exponent."""
    number = origin_of(record).unread.get(name)
    if number is None:
        return getattr(record, name)
    try:
        return object.__getattribute__(record, name)
    except AttributeError:
        return number


def origin_of(record: Record) -> Origin:
    """What a record keeps of the text that it came from."""
    return record._origin  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the one door to it


# -- names


@frozen
class Names:
    """The names of one class of records."""

    members: tuple[str, ...]
    """Its attributes that are members of the contract, in its order."""
    required: tuple[str, ...]
    """Those without which there is no such record at any revision."""
    wire: Mapping[str, str]
    """The attribute behind each wire name that any revision, or the draft that has the record, uses."""


@_remembered
def names_of(cls: type[Record]) -> Names:
    """The names of a class of records."""
    members = tuple(one.name for one in fields(cls) if one.name != "_origin")
    former = {note.former: name for name, note in _renamed(cls).items() if name in members}
    return Names(
        members,
        tuple(one.name for one in fields(cls) if one.default is NOTHING),
        {**former, **{cls.WIRE_NAMES.get(name, name): name for name in members}},
    )


@_remembered
def annotations_of(cls: type[Record]) -> Mapping[str, object]:
    """The annotation of each attribute; the modules of records have them as values, which need no evaluation."""
    return {one.name: one.type for one in fields(cls)}


@_remembered
def _notes(cls: type[Record]) -> Mapping[str, tuple[object, ...]]:
    """The type of each member and what else is annotated, by attribute."""
    return {name: get_args(hint) for name, hint in annotations_of(cls).items() if get_origin(hint) is Annotated}


def _renamed(cls: type[Record]) -> Mapping[str, RenamedAt]:
    return {name: note for name, notes in _notes(cls).items() for note in notes if isinstance(note, RenamedAt)}


@_remembered
def _written(cls: type[Record], revision: str) -> Mapping[str, str]:
    """The names under which a revision writes members, where they are not the attributes'."""
    old = {name: note.former for name, note in _renamed(cls).items() if revision < note.revision}
    return {**(old if revision in PUBLISHED else {}), **cls.WIRE_NAMES}


# -- to trees


def to_tree(record: Record) -> dict[str, Tree]:
    """
    The exact JSON tree of a record: as it came where it came from text, else in the contract's order.

    Raises:
        TypeError: A value is not one that a record can have, such as a `float`.
        ValueError: A value is none that could be read again: a number that is not finite or beyond the limits, half of
            a surrogate pair.
    """
    origin = origin_of(record)
    facts = names_of(type(record))
    names = facts.wire
    tree: dict[str, Tree] = {}
    pending = dict.fromkeys(facts.members)
    for name in origin.order:
        if name in origin.undeclared:
            tree[name] = origin.undeclared[name]
        elif name in names and names[name] in pending:
            _write_member(tree, name, member_of(record, names[name]), origin)
            del pending[names[name]]
    written = _written(type(record), origin.revision)
    for name in pending:
        _write_member(tree, written.get(name, name), member_of(record, name), origin)
    for name, node in origin.undeclared.items():
        tree.setdefault(name, node)
    return tree


def _write_member(tree: dict[str, Tree], name: str, value: object, origin: Origin) -> None:
    if value is not ABSENT:
        tree[name] = _node(value, origin.spellings.get(name), name)


def _node(value: object, spelling: str | None, name: str) -> Tree:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if has_surrogate(value):
            raise ValueError(f"`{name}` holds half of a surrogate pair, which JSON has no character for")
        return value
    if isinstance(value, Number):
        return value
    if isinstance(value, (int, Decimal)):
        spelled = Number(spelling) if spelling is not None else None
        if spelled is not None and _is(spelled, value):
            return spelled
        number = Number(lexeme_of(value))
        if not number.within_limits:
            raise ValueError(
                f"`{name}` holds a number that is not finite, or beyond the limits of what can be read again"
            )
        return number
    if isinstance(value, Record):
        return to_tree(value)
    if isinstance(value, tuple):
        return [_node(item, None, name) for item in cast("tuple[object, ...]", value)]
    raise TypeError(
        f"`{name}` holds {value!r:.80}, which no record can have; numbers are int or Decimal, arrays tuples"
    )


def _is(spelled: Number, value: int | Decimal) -> bool:
    if isinstance(value, int):
        return spelled.is_integer and spelled.integer == value
    return spelled.decimal == value


# -- the check of what is made by hand


@frozen(kw_only=True)
class _Rule:
    """What may stand in one member."""

    name: str
    types: tuple[object, ...]
    """The types of its values: classes, the only value of a discriminator, and for arrays those of the items."""
    words: str
    is_array: bool
    null: bool
    absent: bool
    since: str
    """The first revision that declares it; empty for all."""
    required_since: str
    former: RenamedAt | None


@_remembered
def _rules(cls: type[Record]) -> tuple[_Rule, ...]:
    notes = _notes(cls)
    return tuple(_rule(name, *notes[name]) for name in names_of(cls).members if name in notes)


def _rule(name: str, annotated: object, *notes: object) -> _Rule:
    parts = get_args(annotated) if get_origin(annotated) in (Union, UnionType) else (annotated,)
    core = [part for part in parts if part not in (NoneType, Absent)]
    facts = {type(note): note for note in notes}
    since, required, renamed = (facts.get(kind) for kind in (Since, RequiredSince, RenamedAt))
    is_array = get_origin(core[0]) is tuple
    if is_array:
        item = get_args(core[0])[0]
        core = [*(get_args(item) or (item,))]
    return _Rule(
        name=name,
        types=tuple(get_args(one)[0] if get_origin(one) is Literal else one for one in core),
        words=("a tuple of " if is_array else "")
        + " or ".join(_words(one, many=is_array) for one in core[:_MOST_WORDS]),
        is_array=is_array,
        null=NoneType in parts,
        absent=Absent in parts,
        since=since.revision if isinstance(since, Since) else "",
        required_since=required.revision if isinstance(required, RequiredSince) else "",
        former=renamed if isinstance(renamed, RenamedAt) else None,
    )


def _words(one: object, *, many: bool) -> str:
    if get_origin(one) is Literal:
        return f'"{get_args(one)[0]}"'
    name = getattr(one, "__name__", str(one))
    if many:
        return f"{name}s"
    return f"an {name}" if one is int else f"a {name}"


def _check(record: Record) -> None:
    """
    Hold a record that was made by hand, or of another one, against what its class says.

    A draft says in its own file what it declares, and only `loads` holds records to that.

    Raises:
        TypeError: As `Record` says.
        ValueError: Likewise.
    """
    cls, origin = type(record), origin_of(record)
    revision, came_as_text = origin.revision, bool(origin.order)
    if cls.IS_OF_A_DRAFT or revision not in PUBLISHED:
        return
    if revision < cls.SINCE:
        raise TypeError(f"{cls.__name__}: there are such records since {cls.SINCE}, and none at {revision}")
    for rule in _rules(cls):
        value = member_of(record, rule.name)
        if type(value) is Number:
            continue
        if value is ABSENT:
            _check_absence(cls, rule, revision)
        elif revision < rule.since and not came_as_text:  # what was read may get what came later
            raise TypeError(f"{cls.__name__}: `{rule.name}` is declared since {rule.since}, and not at {revision}")
        elif value is not None or not rule.null:
            _check_value(cls, rule, value)


def _check_absence(cls: type[Record], rule: _Rule, revision: str) -> None:
    former = rule.former.former if rule.former and revision < rule.former.revision else None
    is_required = revision <= cls.ALSO_REQUIRED.get(former or rule.name, "")
    if not rule.absent or is_required or (rule.required_since and revision >= rule.required_since):
        instead = '; revision="..." names another' if rule.absent else ""
        raise TypeError(f"{cls.__name__}: `{rule.name}` is missing, which {revision} requires{instead}")


def _check_value(cls: type[Record], rule: _Rule, value: object) -> None:
    if not rule.is_array:
        if not _is_one_of(value, rule.types):
            _refuse(cls, f"`{rule.name}`", rule.words, value)
        try:
            _node(value, None, rule.name)
        except ValueError as error:
            raise ValueError(f"{cls.__name__}: {error}") from None
        return
    if not isinstance(value, tuple):
        _refuse(cls, f"`{rule.name}`", rule.words, value)
    for index, item in enumerate(cast("tuple[object, ...]", value)):
        if not _is_one_of(item, rule.types):
            _refuse(cls, f"`{rule.name}[{index}]`", rule.words.removeprefix("a tuple of "), item)


def _is_one_of(value: object, types: tuple[object, ...]) -> bool:
    for one in types:
        if one is int or one is Decimal:
            if isinstance(value, (int, one)) and not isinstance(value, bool):
                return True
        elif isinstance(value, one) if isinstance(one, type) else value == one:
            return True
    return False


def _refuse(cls: type[Record], place: str, wanted: str, value: object) -> NoReturn:
    said = "null" if value is None else f"the {type(value).__name__} {_displayed(value)[:_LONGEST]}"
    raise TypeError(f"{cls.__name__}: {place} must be {wanted}, and is {said}")
