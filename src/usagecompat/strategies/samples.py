"""
What mutations are made of: sample records, values of other types, and the shape of a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from attrs import field, frozen

from usagecompat.checking import SUM_RULES
from usagecompat.contract import Contract, JsonType, Member, RecordShape
from usagecompat.findings import Path
from usagecompat.jsontext import Number, lexeme_of, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.jsontext import Tree


Object: TypeAlias = dict[str, Any]
"""An object of an exact JSON tree."""
Place: TypeAlias = tuple[Path, Object, RecordShape]
"""Where in a payload a record stands, the record, and what it is."""

WHOLE: Final = "-"
"""Stands for the member where a change concerns a record as a whole."""
VALID: Final = ""
"""Stands for the code where nothing above a note must be found."""
TWIN: Final = "\0"
"""Before a name: the member is written under the name itself, as a second one."""


@frozen(kw_only=True, eq=False)
class Mutation:
    """One way to change one record."""

    revision: str
    record: str
    member: str
    """The wire name at the revision, or `WHOLE`."""
    fault: str
    code: str = VALID
    at: Path | None = ()
    """Where the finding stands, seen from the record; None for the payload as a whole."""
    change: Callable[[Object], object] = field(repr=False)
    """Makes the change in a record that obeys the revision, and lets its other members agree with it."""
    text: Callable[[bytes], bytes] | None = field(default=None, repr=False)
    """Makes the change in the text instead; the record is then the whole payload."""

    @property
    def obligation(self) -> str:
        """What has to be covered: an interface, which no other change has."""
        return f"{self.revision}/{self.record}/{self.member}/{self.fault}"


Make: TypeAlias = "Callable[..., Mutation]"
"""Makes a mutation of a record that is known already."""


def records_in(tree: Any, said: Contract, path: Path = ()) -> Iterator[Place]:  # noqa: ANN401 - any JSON
    """All records of a payload, from the outside in, as far as the revision knows their kinds."""
    if type(tree) is not dict:
        return
    node = cast("Object", tree)
    tag = node.get("object")
    shapes = (said.page, said.bucket, *said.kinds.values())
    shape = next((shape for shape in shapes if shape.kind == tag), None)
    if shape is None:
        return
    yield path, node, shape
    for name, member in shape.members.items():
        inner: Tree = node.get(name)
        if member.type is JsonType.ARRAY:
            for index, item in enumerate(inner if type(inner) is list else ()):
                yield from records_in(item, said, (*path, name, index))
        elif member.type is JsonType.OBJECT and type(inner) is dict:
            yield (*path, name), inner, said.amount


def rename(node: Object, name: str, other: str) -> None:
    """Let a member stand under another name, in the same place."""
    members = {other if key == name else key: value for key, value in node.items()}
    node.clear()
    node.update(members)


def encode(tree: Object) -> bytes:
    """The text of a tree, in which a member whose name begins with `TWIN` stands under the name itself."""
    return write(tree).replace(b'"\\u0000', b'"')


def number(value: int) -> Number:
    """The integer in its plain spelling."""
    return Number(lexeme_of(value))


def sample(member: Member, said: Contract) -> Any:  # noqa: ANN401 - any JSON
    """A value that nobody can object to."""
    if member.const is not None:
        return member.const
    if member.type is JsonType.OBJECT:
        return sample_record(said.amount, said, optional=True)
    if member.type is JsonType.STRING:
        known = {"currency": "usd", "next_page": "page_example"}.get(member.name, "example")
        return member.values.known[0] if member.values else known
    plain = {JsonType.INTEGER: Number("7"), JsonType.NUMBER: Number("0.25"), JsonType.BOOLEAN: True}
    return plain.get(member.type, [])


def sample_record(shape: RecordShape, said: Contract, *, optional: bool = False) -> Object:
    """A record that obeys the revision and has only what it must have, or everything."""
    names = shape.members if optional else [name for name in shape.required if name in shape.members]
    node = {name: sample(shape.members[name], said) for name in names}
    node |= {name: Number("1") for name in shape.required if name not in shape.members}
    return node


WRONG: Final[Mapping[JsonType, Mapping[str, Any]]] = {
    JsonType.INTEGER: {"string": "7", "fraction": Number("5.5"), "boolean": True, "array": [], "object": {}},
    JsonType.NUMBER: {"string": "1,5", "boolean": False, "array": [], "object": {}},
    JsonType.STRING: {"number": Number("5"), "boolean": True, "array": [], "object": {}},
    JsonType.BOOLEAN: {"number": Number("0"), "string": "true", "array": [], "object": {}},
    JsonType.OBJECT: {"number": Number("1.5"), "string": "1.5", "boolean": True, "array": []},
    JsonType.ARRAY: {"number": Number("0"), "string": "", "boolean": False, "object": {}},
}


def wrong_types(member: Member) -> Mapping[str, Any]:
    """Values of every other JSON type than the member's, by the name of that type."""
    return WRONG[member.type]


def clear_sums(node: Object, shape: RecordShape, keep: tuple[str, ...]) -> None:
    """Drop the optional counts of all sums, but for some."""
    for rule in SUM_RULES:
        for name in rule.all_terms:
            if name in shape.members and name not in shape.required and name not in keep:
                node.pop(name, None)


def pages_are_usual(said: Contract) -> bool:
    """Whether pages and buckets have the members that faults of pages are made of, which a draft need not have."""
    wanted = {"data": JsonType.ARRAY, "has_more": JsonType.BOOLEAN, "next_page": JsonType.STRING}
    times = {"start_time": JsonType.INTEGER, "end_time": JsonType.INTEGER}
    return all(declares(said.page, *one) for one in wanted.items()) and all(
        declares(said.bucket, *one) for one in times.items()
    )


def declares(shape: RecordShape, name: str, json_type: JsonType) -> bool:
    """Whether a record has such a member, which a draft may leave out or make something else."""
    return name in shape.members and shape.members[name].type is json_type
