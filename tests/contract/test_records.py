"""Records: what makes one, when two are equal, and what is said of each member."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, cast, get_args, get_origin, get_type_hints

import pytest
from attrs import NOTHING, evolve, fields
from attrs.exceptions import FrozenInstanceError
from member_docs import expected, written

import usagecompat
from usagecompat import ABSENT, LATEST, REVISIONS, check, dumps, loads
from usagecompat.contract.markers import Absent, Marker
from usagecompat.contract.records import (
    CostsResult,
    CostsResultAmount,
    UnknownResult,
    UsageCodeInterpreterSessionsResult,
    UsageCompletionsResult,
    UsageDecisionsResult,
    UsageEmbeddingsResult,
    UsageResponse,
    UsageResult,
    UsageTimeBucket,
    UsageTimeBucketResultInner,
    UsageVectorStoresResult,
)
from usagecompat.contract.tree import RECORDS, contract, shape_of
from usagecompat.exceptions import NoSuchRevision

if TYPE_CHECKING:
    from collections.abc import Callable

DECLARED = [(cls, one.name) for cls in RECORDS.values() for one in fields(cls) if one.name != "_origin"]
WRITTEN = written()
every_record = pytest.mark.parametrize("cls", RECORDS.values(), ids=RECORDS)


@pytest.mark.parametrize(
    ("cls", "name"), DECLARED, ids=lambda value: value if isinstance(value, str) else value.__name__
)
def test_each_member_is_described(cls: type, name: str) -> None:
    """Each member is one annotated line: a type, one marker, and a sentence that says what it means."""
    hint = get_type_hints(cls, include_extras=True)[name]
    assert get_origin(hint) is Annotated
    markers = [note for note in get_args(hint) if isinstance(note, Marker)]
    assert len(markers) == 1
    assert markers[0].doc.endswith(".")
    assert markers[0].doc[0].isupper()


@pytest.mark.parametrize(
    ("cls", "name"), DECLARED, ids=lambda value: value if isinstance(value, str) else value.__name__
)
def test_editors_show_each_member(cls: type, name: str) -> None:
    """Under each member stands what it means and since when, which is what editors show of it."""
    assert WRITTEN[cls.__name__, name] == expected(cls, name) != ""


@every_record
def test_each_record_is_described(cls: type) -> None:
    """Each record says in a sentence what it is."""
    assert (cls.__doc__ or "").strip().partition("\n")[0].endswith(".")


@pytest.mark.parametrize("name", contract(LATEST).records)
def test_constructors_require_what_every_revision_requires(name: str) -> None:
    """A constructor asks for what all revisions require but for the discriminator, and for nothing else."""
    cls = RECORDS[name]
    shapes = [contract(revision).records[name] for revision in REVISIONS if name in contract(revision).records]
    always = set.intersection(*({m.attribute for m in shape.members.values() if m.required} for shape in shapes))
    assert {field.name for field in fields(cls) if field.default is NOTHING} == always - {"object"}


@every_record
def test_what_may_be_left_out_is_absent(cls: type) -> None:
    """A member may be left out exactly if its type says so, and then it is absent, not null."""
    hints = get_type_hints(cls)
    for field in fields(cls):
        if field.name in ("_origin", "object"):
            continue
        assert (field.default is ABSENT) is (Absent in get_args(hints[field.name])), field.name
        assert field.default in (ABSENT, NOTHING)


def test_the_flat_record_has_every_member() -> None:
    """The flat record has the members of all kinds under their newest names, and requires none of them."""
    flat = [field.name for field in fields(UsageTimeBucketResultInner) if field.name != "_origin"]
    assert flat == list(contract(LATEST).flat.members), "contract/flat_record.py is not in the order of the kinds"
    assert UsageTimeBucketResultInner() == UsageTimeBucketResultInner()


def test_constructors_take_keywords_only() -> None:
    """A record is made with names, so that no two counts can be exchanged by mistake."""
    with pytest.raises(TypeError):
        UsageVectorStoresResult(5)  # type: ignore[misc]
    assert UsageVectorStoresResult(usage_bytes=5).object == "organization.usage.vector_stores.result"


def test_missing_member() -> None:
    """A constructor refuses to make a record without what every revision requires."""
    with pytest.raises(TypeError, match="usage_bytes"):
        UsageVectorStoresResult()  # type: ignore[call-arg]


def test_presence_follows_the_revision() -> None:
    """A record made by hand has what its revision requires, the newest if none is named, and nothing newer."""
    with pytest.raises(TypeError, match=f"`num_sessions` is missing, which {LATEST} requires"):
        UsageCodeInterpreterSessionsResult()
    assert UsageCodeInterpreterSessionsResult(revision="2025-02-10").num_sessions is ABSENT
    with pytest.raises(TypeError, match="`num_sessions` is missing, which 2024-12-05 requires"):
        UsageCodeInterpreterSessionsResult(revision="2024-12-05")
    assert CostsResult().amount is ABSENT
    assert CostsResult(revision="2024-12-04").amount is ABSENT
    with pytest.raises(TypeError, match="`service_tier` is declared since 2026-05-13, and not at 2025-02-10"):
        UsageCompletionsResult(
            input_tokens=1, output_tokens=1, num_model_requests=1, service_tier="x", revision="2025-02-10"
        )
    with pytest.raises(TypeError, match="since 2026-10-14, and none at 2026-05-13"):
        UsageDecisionsResult(input_tokens=1, output_tokens=1, num_model_requests=1, revision="2026-05-13")
    with pytest.raises(NoSuchRevision):
        CostsResult(revision="2024-01-01")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: UsageVectorStoresResult(usage_bytes="5"), "UsageVectorStoresResult: `usage_bytes` must be an int, and is the str '5'"),
        (lambda: UsageVectorStoresResult(usage_bytes=True), "`usage_bytes` must be an int, and is the bool True"),
        (lambda: UsageVectorStoresResult(usage_bytes=None), "`usage_bytes` must be an int, and is null"),
        (lambda: UsageVectorStoresResult(usage_bytes=ABSENT), f"`usage_bytes` is missing, which {LATEST} requires"),
        (lambda: UsageVectorStoresResult(usage_bytes=5.0), "`usage_bytes` must be an int, and is the float 5.0"),
        (lambda: CostsResultAmount(value=0.1), "CostsResultAmount: `value` must be a Decimal or a str, and is the float 0.1"),
        (lambda: CostsResultAmount(currency=None), "`currency` must be a str, and is null"),
        (lambda: CostsResult(amount=Decimal(1)), "`amount` must be a CostsResultAmount, and is the Decimal"),
        (lambda: CostsResult(object="organization.usage.costs.result"), '`object` must be "organization.costs.result", and is'),
        (lambda: UsageTimeBucket(start_time=1, end_time=2, results=[]), "`results` must be a tuple of .*, and is the list"),
        (lambda: UsageTimeBucket(start_time=1, end_time=2, results=(CostsResult(), 5)), r"`results\[1\]` must be .*, and is the int 5"),
        (lambda: UsageResponse(data=(CostsResult(),), has_more=False, next_page=None), r"`data\[0\]` must be UsageTimeBuckets"),
        (lambda: UsageResponse(data=(), has_more="no", next_page=None), "`has_more` must be a bool, and is the str 'no'"),
        (lambda: UsageTimeBucketResultInner(images="1"), "`images` must be an int"),
        (lambda: UnknownResult(object=5), "`object` must be a str"),
        (lambda: evolve(loads(b'{"object":"organization.costs.result","x":1}'), line_item=5), "`line_item` must be a str"),
    ],
)  # fmt: skip
def test_types_are_checked_when_made(make: Callable[[], object], told: str) -> None:
    """A record with a value of another type is refused when it is made, in one line that names the member."""
    with pytest.raises(TypeError, match=told) as refused:
        make()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: CostsResultAmount(value=Decimal("NaN")),
        lambda: CostsResultAmount(value=Decimal("1e99999")),
        lambda: UsageVectorStoresResult(usage_bytes=1, project_id="\ud800"),
    ],
    ids=["not-finite", "too-large", "surrogate"],
)
def test_values_that_could_not_be_read_again(make: Callable[[], object]) -> None:
    """A value that no payload can have is refused when a record is made of it."""
    with pytest.raises(ValueError, match=r"CostsResultAmount: `value`|UsageVectorStoresResult: `project_id`"):
        make()


def test_what_was_read_may_be_changed() -> None:
    """What is read by an old revision, or shows what only the API serves, can be changed in one member."""
    page = loads(
        b'{"object":"page","data":[{"object":"bucket","start_time":1,"end_time":2,"results":[]}],"has_more":false,"next_page":null}',
        revision="2024-12-04",
    )
    assert isinstance(page, UsageResponse)
    assert evolve(page, has_more=True).data == page.data
    assert evolve(page.data[0], end_time=3).results == ()


def test_names_follow_the_revision() -> None:
    """A record made by hand for an old revision is written under the names of that revision, and read by it."""
    sessions = UsageCodeInterpreterSessionsResult(num_sessions=3, revision="2024-12-05")
    bucket = UsageTimeBucket(start_time=1, end_time=2, results=(sessions,), revision="2024-12-05")
    text = dumps(bucket)
    assert text == (
        b'{"object":"bucket","start_time":1,"end_time":2,"result":'
        b'[{"object":"organization.usage.code_interpreter_sessions.result","sessions":3}]}'
    )
    assert loads(text, revision="2024-12-05") == bucket
    assert check(text, revision="2024-12-05", profile="published").verdict == "valid"


def test_as_dictionaries() -> None:
    """`to_dict` gives what `dumps` writes, as plain values."""
    text = b'{"z":1.50,"object":"organization.costs.result","amount":{"value":"0.10","currency":"usd"},"quantity":3}'
    record = loads(text)
    assert record.to_dict() == {
        "z": Decimal("1.50"),
        "object": "organization.costs.result",
        "amount": {"value": "0.10", "currency": "usd"},
        "quantity": 3,
    }
    assert list(record.to_dict()) == ["z", "object", "amount", "quantity"]
    assert type(record.to_dict()["quantity"]) is int
    json.dumps(loads(b'{"object":"organization.usage.vector_stores.result","usage_bytes":5}').to_dict())


def test_exact_amounts() -> None:
    """An amount has its number whichever way it was sent, and says why where it has none."""
    sent = [b'{"value":0.10}', b'{"value":"0.20"}', b'{"value":"1e-7"}', b'{"value":5}']
    assert sum(amount(text).decimal for text in sent) == Decimal("5.3000001")
    assert amount(sent[0]).decimal.as_tuple() == Decimal("0.10").as_tuple()
    assert CostsResultAmount(value=Decimal("0.5")).decimal == Decimal("0.5")
    for value in ("", "n/a", "1,234.56", "0x1", "NaN", " 1", "1e99999"):
        with pytest.raises(ValueError, match="value"):
            CostsResultAmount(value=value).decimal  # noqa: B018
    with pytest.raises(ValueError, match="the amount has no `value`"):
        CostsResultAmount().decimal  # noqa: B018


def test_records_are_immutable() -> None:
    """No member can be set on a record."""
    record = UsageVectorStoresResult(usage_bytes=5)
    with pytest.raises(FrozenInstanceError):
        record.usage_bytes = 6  # type: ignore[misc]


def test_absent_is_not_null() -> None:
    """Absent, null and empty are three things."""
    absent, null, empty = (UsageVectorStoresResult(usage_bytes=1, project_id=p) for p in (ABSENT, None, ""))
    assert absent != null
    assert null != empty
    assert empty != absent
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"
    assert dumps(absent) == b'{"object":"organization.usage.vector_stores.result","usage_bytes":1}'
    assert dumps(null) == b'{"object":"organization.usage.vector_stores.result","usage_bytes":1,"project_id":null}'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b'{"value":2.50,"currency":"usd"}', b'{"currency":"usd","value":2.5}'),
        (b'{"value":-0}', b'{"value":0.00}'),
        (b'{"value":1e3}', b'{"value":1000}'),
        (b'{"more":[1.0,{"a":1,"b":2}]}', b'{"more":[1,{"b":2.0,"a":1}]}'),
    ],
)
def test_equal_values(first: bytes, second: bytes) -> None:
    """Records are equal by exact values: order, spelling and white space say nothing."""
    one, other = amount(first), amount(second)
    assert one == other
    assert hash(one) == hash(other)
    assert dumps(one) != dumps(other)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b'{"value":0.1}', b'{"value":0.1000000000000000055511151231257827021181583404541015625}'),
        (b'{"value":12.50}', b'{"value":"12.50"}'),
        (b'{"value":"12.50"}', b'{"value":"12.5"}'),
        (b'{"more":null}', b"{}"),
        (b'{"more":1}', b'{"more":true}'),
        (b'{"more":1}', b'{"more":"1"}'),
        (b'{"more":[1,2]}', b'{"more":[2,1]}'),
        (b'{"more":9007199254740993}', b'{"more":9007199254740992}'),
    ],
)
def test_different_values(first: bytes, second: bytes) -> None:
    """Records differ if one value differs, be it an undeclared one, by so little that a float would not show it."""
    assert amount(first) != amount(second)


def amount(text: bytes) -> CostsResultAmount:
    """The amount of a cost that was read from text."""
    record = loads(b'{"object":"organization.costs.result","amount":' + text + b"}")
    assert isinstance(record, CostsResult)
    assert isinstance(record.amount, CostsResultAmount)
    return record.amount


def test_kinds_are_not_equal() -> None:
    """Records of two kinds are not equal, whatever they hold."""
    members = {"input_tokens": 1, "num_model_requests": 1}
    assert UsageEmbeddingsResult(**members) != UsageCompletionsResult(**members, output_tokens=0)


def test_undeclared_members() -> None:
    """Members that the revision does not declare stay with the record, each number of them exact."""
    record = loads(b'{"object":"organization.usage.vector_stores.result","usage_bytes":1,"extra":{"n":1.50}}')
    assert record.undeclared == {"extra": {"n": Decimal("1.50")}}
    assert UsageVectorStoresResult(usage_bytes=1).undeclared == {}


@pytest.mark.parametrize("kind", ["vector_stores", "videos"], ids=["known", "unknown"])
def test_undeclared_numbers_are_python_numbers(kind: str) -> None:
    """What is not declared can be computed with, compared, and given to other programs, as what it is."""
    numbers = b"[5,-7,0,123456789012345678901234567890,1.50,5.0,-0,1E+2,1e-400]"
    record = loads(
        b'{"object":"organization.usage.%s.result","usage_bytes":1,"n":%s}' % (kind.encode(), numbers),
    )
    values = cast("list[int | Decimal]", record.undeclared["n"])
    assert [type(value) for value in values] == [int] * 4 + [Decimal] * 5
    assert [str(value) for value in values][:6] == ["5", "-7", "0", "123456789012345678901234567890", "1.50", "5.0"]
    assert values[0] + 1 == 6
    assert int(values[5]) == 5
    assert values[-1] == Decimal("1e-400")
    assert json.dumps(values[:4]) == "[5, -7, 0, 123456789012345678901234567890]"


def test_undeclared_members_cannot_be_changed() -> None:
    """What is done to the undeclared members that a record gave does nothing to the record."""
    text = b'{"object":"organization.usage.vector_stores.result","usage_bytes":1,"extra":[1.50]}'
    record = loads(text)
    cast("list[object]", record.undeclared["extra"]).append(None)
    record.undeclared.clear()
    assert dumps(record) == text


def test_evolve_keeps_the_rest() -> None:
    """A record that is changed in one member keeps the order, spelling and undeclared members of all others."""
    text = b'{"extra":1e2,"usage_bytes":5.0,"object":"organization.usage.vector_stores.result","project_id":"p"}'
    record = loads(text)
    assert dumps(evolve(record, project_id="q")) == text.replace(b'"p"', b'"q"')
    assert dumps(evolve(record, usage_bytes=6)) == text.replace(b"5.0", b"6")
    assert dumps(evolve(record, usage_bytes=5)) == text
    assert dumps(evolve(record, project_id=ABSENT)) == text.replace(b',"project_id":"p"', b"")


def test_evolve_adds_in_the_end() -> None:
    """A member that a record did not have is written behind those that it came with."""
    record = loads(b'{"usage_bytes":5,"object":"organization.usage.vector_stores.result"}')
    text = dumps(evolve(record, project_id=None))
    assert text == b'{"usage_bytes":5,"object":"organization.usage.vector_stores.result","project_id":null}'


@pytest.mark.parametrize("lexeme", ["10.0E10000", "0.1E-10000"])
def test_evolve_at_the_limits_of_exponents(lexeme: str) -> None:
    """A number that could be read never keeps its record from being changed elsewhere, or copied."""
    amount = f'{{"value":{lexeme},"currency":"usd"}}'
    record = loads(f'{{"object":"organization.costs.result","amount":{amount}}}', shape="result")
    assert isinstance(record, CostsResult)
    assert isinstance(record.amount, CostsResultAmount)
    assert evolve(record.amount) == record.amount
    changed = evolve(record, amount=evolve(record.amount, currency="eur"))
    assert loads(dumps(changed), shape="result") == changed


def test_evolve_under_an_old_name() -> None:
    """A member that came under the name of an earlier revision is written under it."""
    record = loads(
        b'{"object":"organization.usage.code_interpreter_sessions.result","sessions":1}', revision="2024-12-05"
    )
    assert isinstance(record, UsageCodeInterpreterSessionsResult)
    assert record.num_sessions == 1
    changed = dumps(evolve(record, num_sessions=2))
    assert changed == b'{"object":"organization.usage.code_interpreter_sessions.result","sessions":2}'


def test_by_hand() -> None:
    """A record made by hand is written in the contract's order under the newest names."""
    cost = CostsResult(quantity=Decimal("1.50"), amount=CostsResultAmount(currency="usd", value=Decimal("0.10")))
    page = UsageResponse(
        next_page=None, has_more=False, data=(UsageTimeBucket(results=(cost,), end_time=2, start_time=1),)
    )
    assert dumps(page) == (
        b'{"object":"page","data":[{"object":"bucket","start_time":1,"end_time":2,"results":['
        b'{"object":"organization.costs.result","amount":{"value":0.10,"currency":"usd"},"quantity":1.50}'
        b']}],"has_more":false,"next_page":null}'
    )
    assert loads(dumps(page)) == page


def test_unknown_results() -> None:
    """A result of unknown kind keeps everything, and is equal to one that holds the same."""
    text = b'{"b":[1.0],"object":"organization.usage.videos.result","a":{}}'
    record = loads(text)
    assert isinstance(record, UnknownResult)
    assert list(record.undeclared) == ["b", "a"]
    assert dumps(record) == text
    assert record == loads(text)


def test_repr() -> None:
    """A record prints as what would make it."""
    assert repr(CostsResultAmount(value=Decimal("1.50"))) == "CostsResultAmount(value=Decimal('1.50'), currency=ABSENT)"


def test_repr_shows_undeclared_members() -> None:
    """Two records that differ in an undeclared member only are told apart where they are printed."""
    assert repr(amount(b'{"more":[1,2.50]}')) == (
        "CostsResultAmount(value=ABSENT, currency=ABSENT, undeclared={'more': [1, Decimal('2.50')]})"
    )
    page = loads(b'{"object":"bucket","start_time":1,"end_time":2,"results":[],"start_time_iso":"x"}')
    assert "undeclared={'start_time_iso': 'x'}" in repr(page)


def test_repr_never_raises() -> None:
    """A number that Python does not write keeps nobody from seeing the record."""
    record = loads(
        b'{"object":"organization.usage.vector_stores.result","usage_bytes":1%s,"n":1%s}' % ((b"0" * 5000,) * 2)
    )
    assert repr(record).count("too long") == 2


def test_shapes_know_their_classes() -> None:
    """Every record class can be found by its name."""
    assert all(shape_of(name, LATEST).cls is cls for name, cls in RECORDS.items())


def test_records_are_public() -> None:
    """Every record, and the union of results, is there under its name in the package itself."""
    for name, cls in RECORDS.items():
        assert getattr(usagecompat, name) is cls
        assert name in usagecompat.__all__
    assert usagecompat.UsageResult is UsageResult
