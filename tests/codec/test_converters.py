"""Converters: strict, for each revision and profile, with the path to whatever they refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from cattrs import BaseValidationError, ClassValidationError, transform_error

from usagecompat import LATEST, REVISIONS, Profile, dumps
from usagecompat.codec.converters import (
    decoder,
    structure_boolean,
    structure_integer,
    structure_number,
    structure_string,
)
from usagecompat.contract.base import origin_of, to_tree
from usagecompat.contract.records import (
    CostsResult,
    CostsResultAmount,
    UnknownResult,
    UsageCodeInterpreterSessionsResult,
    UsageResponse,
    UsageResult,
    UsageTimeBucket,
    UsageVectorStoresResult,
)
from usagecompat.contract.tree import RECORDS, contract
from usagecompat.jsontext.values import Number
from usagecompat.jsontext.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

STORES = "organization.usage.vector_stores.result"
ALL: list[Any] = [
    None,
    True,
    False,
    "",
    "5",
    "true",
    "null",
    Number("5"),
    Number("5.0"),
    Number("5.7"),
    [],
    {},
    Number("NaN"),
    Number("1e99999"),
]


def store(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - any tree
    """The tree of a result, and what is given."""
    return {"object": STORES, "usage_bytes": Number("1"), **members}


@pytest.mark.parametrize(
    ("hook", "taken"),
    [
        (structure_integer, [Number("5"), Number("5.0")]),
        (structure_number, [Number("5"), Number("5.0"), Number("5.7")]),
        (structure_string, ["", "5", "true", "null"]),
        (structure_boolean, [True, False]),
    ],
)
def test_nothing_is_coerced(hook: Callable[[Any], object], taken: list[object]) -> None:
    """A value is taken if it is of the type that is wanted, and refused whatever it looks like."""
    for value in ALL:
        if any(value is other or (type(value) is type(other) and value == other) for other in taken):
            hook(value)
        else:
            with pytest.raises(TypeError, match="expected"):
                hook(value)


def test_values_are_exact() -> None:
    """Integers become int and numbers Decimal, with every digit; strings and booleans are what they are."""
    assert structure_integer(Number("12345678901234567890.0")) == 12345678901234567890
    assert type(structure_integer(Number("5e0"))) is int
    assert structure_number(Number("0.10")).as_tuple() == Decimal("0.10").as_tuple()
    assert structure_boolean(value=True) is True


@pytest.mark.parametrize("value", [5, 5.0, Decimal(5), 5.7])
def test_only_exact_trees(value: object) -> None:
    """A Python number is no part of an exact tree."""
    with pytest.raises(BaseValidationError):
        decoder(LATEST).structure(store(usage_bytes=value), UsageVectorStoresResult)


@pytest.mark.parametrize("leaf", [int, str, bool, Decimal])
def test_leaves(leaf: type) -> None:
    """The converter is strict for leaves that are asked for by themselves, too."""
    values = {int: Number("5"), str: "5", bool: True, Decimal: Number("0.50")}
    for wanted, value in values.items():
        if wanted is leaf or (wanted is int and leaf is Decimal):
            assert type(decoder(LATEST).structure(value, leaf)) is leaf
        else:
            with pytest.raises(TypeError):
                decoder(LATEST).structure(value, leaf)


@pytest.mark.parametrize(
    "name", [name for name in contract(LATEST).records if name not in ("UsageResponse", "UsageTimeBucket")]
)
def test_each_record(name: str) -> None:
    """Each record can be asked for by its class, and comes back as it went in."""
    shape = contract(LATEST).records[name]
    tree: dict[str, Any] = {n: Number("1.0") for n in shape.required} | ({"object": shape.kind} if shape.kind else {})
    record = decoder(LATEST).structure(tree, RECORDS[name])
    assert type(record) is RECORDS[name]
    assert to_tree(record) == tree
    assert write(to_tree(record)) == write(tree) == dumps(record)


def paths(tree: object, target: Any, revision: str = LATEST) -> list[str]:  # noqa: ANN401 - a union is no type
    """What the converter says of a tree that it refuses."""
    with pytest.raises(BaseValidationError) as refused:
        decoder(revision).structure(tree, target)
    return transform_error(refused.value)


def test_error_paths() -> None:
    """Each error says where it is, and all of them are told at once."""
    bucket = {
        "object": "bucket",
        "start_time": "1",
        "end_time": Number("2"),
        "results": [store(), store(usage_bytes="5", project_id=Number("1"))],
    }
    said = paths({"object": "page", "data": [bucket], "has_more": None}, UsageResponse)
    for path in (
        "$.data[0].start_time",
        "$.data[0].results[1].usage_bytes",
        "$.data[0].results[1].project_id",
        "$.has_more",
        "$.next_page",
    ):
        assert sum(line.endswith(f"@ {path}") for line in said) == 1, said
    assert len(said) == 5


def test_errors_in_amounts() -> None:
    """An error inside an amount has the whole path."""
    said = paths({"object": "organization.costs.result", "amount": {"value": "x"}}, UsageResult)
    assert [line.partition("@ ")[2] for line in said] == ["$.amount.value"]


@pytest.mark.parametrize(
    "tree", [None, [], "x", True, Number("1"), {}, {"object": None}, {"object": "costs"}, {"object": Number("1")}]
)
def test_what_is_no_result(tree: object) -> None:
    """What does not say a kind is no result."""
    with pytest.raises((BaseValidationError, TypeError)):
        decoder(LATEST).structure(tree, UsageResult)


def test_discriminators_are_checked() -> None:
    """A record of a named class is refused if its discriminator says otherwise."""
    for tree in (store(object="organization.costs.result"), store(object=None), {"usage_bytes": Number("1")}):
        assert paths(tree, UsageVectorStoresResult)


def test_revisions_differ() -> None:
    """A converter takes what its revision has, under the names that it has there."""
    sessions = {"object": "organization.usage.code_interpreter_sessions.result", "sessions": Number("3")}
    for revision in REVISIONS:
        if revision < "2025-02-10":
            record = decoder(revision).structure(sessions, UsageResult)
            assert isinstance(record, UsageCodeInterpreterSessionsResult)
            assert record.num_sessions == 3
        elif revision == "2025-02-10":
            record = decoder(revision).structure(sessions, UsageResult)
            assert record.undeclared == {"sessions": 3}
        else:
            assert paths(sessions, UsageResult, revision)


def test_kinds_come_with_their_revision() -> None:
    """A kind that the revision does not know is kept whole as served, and refused to the letter."""
    tree = {"object": "organization.usage.decisions.result", "input_tokens": "any"}
    assert isinstance(decoder("2026-10-06").structure(tree, UsageResult), UnknownResult)
    with pytest.raises(TypeError):
        decoder("2026-10-06", Profile.PUBLISHED).structure(tree, UsageResult)
    assert paths(tree, UsageResult, "2026-10-14")


def test_string_costs() -> None:
    """A cost may be a string that holds one JSON number from 2025-02-10 on, as served, and stays a string."""
    tree = {"value": "0E-6176"}
    for revision in REVISIONS:
        if revision >= "2025-02-10":
            assert decoder(revision).structure(tree, CostsResultAmount).value == "0E-6176"
        else:
            assert paths(tree, CostsResultAmount, revision)
        with pytest.raises(BaseValidationError):
            decoder(revision, Profile.PUBLISHED).structure(tree, CostsResultAmount)


def test_nulls_come_with_their_revision() -> None:
    """Group keys may be null from 2024-12-05 on, and before that as served."""
    tree = store(project_id=None)
    assert decoder("2024-12-04").structure(tree, UsageVectorStoresResult).project_id is None
    with pytest.raises(BaseValidationError):
        decoder("2024-12-04", Profile.PUBLISHED).structure(tree, UsageVectorStoresResult)
    assert decoder("2024-12-05", Profile.PUBLISHED).structure(tree, UsageVectorStoresResult).project_id is None


def test_results_under_either_name() -> None:
    """Before 2026-05-13 the results may stand under the newer name as served, and the older one wins."""
    bucket = {"object": "bucket", "start_time": Number("1"), "end_time": Number("2")}
    served = decoder("2025-02-10").structure({**bucket, "results": [store()]}, UsageTimeBucket)
    assert len(served.results) == 1
    both = decoder("2025-02-10").structure({**bucket, "results": [store()], "result": []}, UsageTimeBucket)
    assert both.results == ()
    with pytest.raises(BaseValidationError):
        decoder("2025-02-10", Profile.PUBLISHED).structure({**bucket, "results": []}, UsageTimeBucket)


def test_closed_sets() -> None:
    """A value outside a closed set is taken as served, and refused to the letter."""
    tree = {"object": "organization.costs.result", "api_source": "other"}
    assert decoder(LATEST).structure(tree, CostsResult).api_source == "other"
    with pytest.raises(BaseValidationError):
        decoder(LATEST, Profile.PUBLISHED).structure(tree, CostsResult)
    for value in (None, "agents_api"):
        assert (
            decoder(LATEST, Profile.PUBLISHED).structure({**tree, "api_source": value}, CostsResult).api_source == value
        )


def test_values_outside_closed_sets_have_a_path() -> None:
    """A value that is no hashable one is refused like any other."""
    for value in ([], {}, Number("1"), True):
        with pytest.raises(BaseValidationError):
            decoder(LATEST, Profile.PUBLISHED).structure(
                {"object": "organization.costs.result", "api_source": value}, CostsResult
            )


def test_trees_are_exact() -> None:
    """A tree of a record gives numbers as they are spelled, and leaves out what is absent."""
    record = CostsResultAmount(value=Decimal("1.50"))
    tree = to_tree(record)
    assert list(tree) == ["value"]
    assert repr(tree["value"]) == repr(Number("1.50"))


def test_converters_are_shared() -> None:
    """There is one converter for each revision and profile."""
    assert decoder(LATEST) is decoder(LATEST)
    assert decoder(LATEST) is not decoder(LATEST, Profile.PUBLISHED)


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        ({"object": "page", "data": {}, "has_more": False, "next_page": None}, "data"),
        ({"object": "page", "data": [7], "has_more": False, "next_page": None}, "data"),
    ],
)
def test_what_is_no_array_or_object(tree: object, where: str) -> None:
    """Something else in place of an array or a record is refused, with its path."""
    (path,) = paths(tree, UsageResponse)
    assert where in path


@pytest.mark.parametrize(
    ("tree", "target", "reason"),
    [
        (store(usage_bytes="5"), UsageVectorStoresResult, "expected an integer, found '5'"),
        (store(project_id=[1]), UsageVectorStoresResult, "expected a string, found [1]"),
        (store(object="other"), UsageVectorStoresResult, f"expected \"{STORES}\", found 'other'"),
        (
            {"object": "page", "data": {}, "has_more": False, "next_page": None},
            UsageResponse,
            "expected an array, found {}",
        ),
        (7, UsageVectorStoresResult, "expected a UsageVectorStoresResult object, found 7"),
        ({"value": "x"}, CostsResultAmount, "expected a number, found 'x'"),
        ("batch", UsageResult, "expected a result object, found 'batch'"),
        ({"object": None}, UsageResult, "expected a string that names the kind of the result, found None"),
        ({"object": "costs"}, UsageResult, f"expected a kind of {LATEST}, found 'costs'"),
        ("x", bool, "expected true or false, found 'x'"),
    ],
)
def test_reasons(tree: object, target: Any, reason: str) -> None:  # noqa: ANN401 - a union is no type
    """Each refusal says what was expected and what was found."""
    with pytest.raises((BaseValidationError, TypeError)) as refused:
        decoder(LATEST).structure(tree, target)
    inner: BaseException = refused.value
    while isinstance(inner, BaseExceptionGroup):
        (inner,) = inner.exceptions
    assert str(inner) == reason


def test_reasons_to_the_letter() -> None:
    """A value outside a closed set is refused with all that is in it."""
    tree = {"object": "organization.costs.result", "api_source": "new"}
    with pytest.raises(ClassValidationError) as refused:
        decoder(LATEST, Profile.PUBLISHED).structure(tree, CostsResult)
    known = contract(LATEST).kinds["organization.costs.result"].members["api_source"].values
    assert known is not None
    (inner,) = refused.value.exceptions
    assert str(inner) == f"expected one of {', '.join(known.known)}, found 'new'"


def test_missing_members_are_named() -> None:
    """A member that is missing is named, with the path where it belongs."""
    assert paths({"object": STORES}, UsageVectorStoresResult) == ["required field missing @ $.usage_bytes"]
    with pytest.raises(BaseValidationError) as refused:
        decoder(LATEST).structure({"object": STORES}, UsageVectorStoresResult)
    (missing,) = refused.value.exceptions
    assert str(missing) == "'usage_bytes'"


def test_long_integers_wait() -> None:
    """An integer with an exponent that makes it longer than its text is not written out until it is asked for."""
    longer, shorter = (
        decoder(LATEST).structure(store(usage_bytes=Number(text)), UsageVectorStoresResult)
        for text in ("1e99", f"{10**40}.0")
    )
    assert origin_of(longer).unread == {"usage_bytes": Number("1e99")}
    assert longer.usage_bytes == 10**99
    assert origin_of(shorter).unread == {}
    assert structure_integer(Number("1e99")) == 10**99
    assert type(structure_integer(Number("1e99"))) is int


def test_unknown_kinds_keep_their_revision() -> None:
    """A result of unknown kind knows its revision, and its discriminator is no undeclared member."""
    tree = {"object": "organization.usage.videos.result", "seconds": Number("1")}
    record = decoder("2025-02-10").structure(tree, UsageResult)
    assert origin_of(record).revision == "2025-02-10"
    assert record.undeclared == {"seconds": 1}
