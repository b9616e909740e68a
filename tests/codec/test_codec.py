"""`loads` and `dumps`: nothing is lost, nothing is made up, and nothing takes long."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from usagecompat import ABSENT, Incompatible, check, dumps, loads
from usagecompat.contract.records import (
    CostsResult,
    CostsResultAmount,
    UnknownResult,
    UsageResponse,
    UsageTimeBucket,
    UsageVectorStoresResult,
)
from usagecompat.exceptions import NoSuchName, NoSuchRevision

if TYPE_CHECKING:
    from pathlib import Path

STORES = "organization.usage.vector_stores.result"


def store(usage_bytes: str = "1", more: str = "") -> bytes:
    """The text of a result with a count, spelled as it is given."""
    return f'{{"object":"{STORES}","usage_bytes":{usage_bytes}{more}}}'.encode()


def cost(value: str) -> bytes:
    """The text of a cost with an amount, spelled as it is given."""
    return f'{{"object":"organization.costs.result","amount":{{"value":{value},"currency":"usd"}}}}'.encode()


def amount(record: object) -> Any:  # noqa: ANN401 - a number, a string, absent
    """The value of a cost's amount."""
    assert isinstance(record, CostsResult)
    assert isinstance(record.amount, CostsResultAmount)
    return record.amount.value


@pytest.mark.parametrize(
    "lexeme",
    [
        "0",
        "-0",
        "-0.0",
        "0.060",
        "1e-7",
        "1E+2",
        "12.50",
        "0.1e0010",
        "-3.25",
        "1e10000",
        "-1E-10000",
        "123456789" * 20,
    ],
)
def test_spelling_of_numbers(lexeme: str) -> None:
    """A number keeps its spelling, and its value is exact."""
    record = loads(cost(lexeme))
    assert amount(record) == Decimal(lexeme)
    assert amount(record).as_tuple() == Decimal(lexeme).as_tuple()
    assert dumps(record) == cost(lexeme)


@pytest.mark.parametrize("lexeme", ["0", "-0", "5.0", "5e0", "50e-1", "9007199254740993", "1e400", "1E10000"])
def test_spelling_of_integers(lexeme: str) -> None:
    """An integer keeps its spelling, and its value is exact, however large."""
    record = loads(store(lexeme))
    assert isinstance(record, UsageVectorStoresResult)
    assert type(record.usage_bytes) is int
    assert record.usage_bytes == int(Decimal(lexeme))
    assert dumps(record) == store(lexeme)


@pytest.mark.parametrize("digits", [4_300, 4_301, 10_000])
def test_many_digits(digits: int) -> None:
    """A number of up to 10,000 digits is read, changed and written, whatever Python's own limit is."""
    lexeme = "7" * digits
    record = loads(store(lexeme))
    assert isinstance(record, UsageVectorStoresResult)
    assert record.usage_bytes % 10 == 7
    assert dumps(record) == store(lexeme)
    assert dumps(evolve(record, usage_bytes=record.usage_bytes + 1)) == store(lexeme[:-1] + "8")
    assert loads(store(lexeme)) == record
    assert amount(loads(cost(f"0.{lexeme[1:]}"))) == Decimal(f"0.{lexeme[1:]}")


def test_too_many_digits() -> None:
    """A number beyond the limits is refused, without being computed."""
    for lexeme, code in (
        ("1" * 10_001, "json/limit-digits"),
        ("1e10001", "json/limit-exponent"),
        ("1e" + "9" * 9_999, "json/limit-exponent"),
    ):
        with pytest.raises(Incompatible) as refused:
            loads(store(lexeme))
        assert [finding.code for finding in refused.value.report.findings] == [code]


def test_hash_of_wide_numbers() -> None:
    """Records with numbers of very wide exponents have a hash."""
    assert hash(loads(cost("1e10000"))) == hash(loads(cost("10e9999")))


@pytest.mark.parametrize(
    "text",
    [
        b'{"value":"12.50"}',
        b'{"value":"0E-6176"}',
        b'{"value":"1e999999999"}',
        b'{"currency":"usd","value":1}',
        b"{}",
    ],
)
def test_strings_stay_strings(text: bytes) -> None:
    """An amount that is a string stays that string."""
    whole = b'{"object":"organization.costs.result","amount":' + text + b"}"
    assert dumps(loads(whole)) == whole


def test_order_of_members() -> None:
    """Members are written in the order in which they came, undeclared ones in between."""
    text = b'{"z":1,"usage_bytes":2,"a":{"y":1,"b":2.0},"object":"' + STORES.encode() + b'","project_id":null}'
    assert dumps(loads(text)) == text


def test_old_names() -> None:
    """Members are written under the names under which they came."""
    text = b'{"object":"bucket","start_time":1,"end_time":2,"result":[]}'
    record = loads(text, revision="2024-12-04")
    assert isinstance(record, UsageTimeBucket)
    assert record.results == ()
    assert dumps(record) == text
    served = text.replace(b"result", b"results")
    assert loads(served, revision="2024-12-04") == record == loads(served)
    assert dumps(loads(served, revision="2024-12-04")) == served


def test_both_names() -> None:
    """Where a bucket has both names, the declared one counts and the other one is kept."""
    text = b'{"object":"bucket","start_time":1,"end_time":2,"results":5,"result":[]}'
    record = loads(text, revision="2024-12-04")
    assert isinstance(record, UsageTimeBucket)
    assert (record.results, list(record.undeclared)) == ((), ["results"])
    assert dumps(record) == text


@pytest.mark.parametrize(
    "name", ["results", "origin", "_origin", "__class__", "self", "", "a\x00b", "\U0001f4b0", "undeclared"]
)
def test_names_of_undeclared_members(name: str) -> None:
    """An undeclared member may be called whatever it likes."""
    text = store(more=f",{json.dumps(name, ensure_ascii=False)}:{{}}")
    record = loads(text)
    assert list(record.undeclared) == [name]
    assert json.loads(dumps(record)) == json.loads(text)


def test_names_that_mean_something_later() -> None:
    """An undeclared member that a later revision declares is kept as it is, and can be replaced by a declared one."""
    text = b'{"object":"organization.costs.result","user_id":{"not":"a string"}}'
    record = loads(text, revision="2026-05-13")
    assert isinstance(record, CostsResult)
    assert record.user_id is ABSENT
    assert dumps(record) == text
    assert dumps(evolve(record, user_id="u")) == b'{"object":"organization.costs.result","user_id":"u"}'


def test_white_space_and_escapes() -> None:
    """White space goes, and strings are written as what they mean."""
    text = b' {"object" :\t"organization.usage.vector_stores.result",\n"usage_bytes":1,"project_id":"\\u0041\\/\\u00e9"}\r\n'
    assert dumps(loads(text)) == store(more=',"project_id":"A/é"')


@pytest.mark.parametrize(
    ("payload", "shape", "cls"),
    [
        (b'{"object":"page","data":[],"has_more":false,"next_page":null}', None, UsageResponse),
        (b'{"object":"bucket","start_time":1,"end_time":2,"results":[]}', None, UsageTimeBucket),
        (store(), None, UsageVectorStoresResult),
        (store(), "result", UsageVectorStoresResult),
        (b'{"object":"organization.usage.videos.result"}', None, UnknownResult),
    ],
)
def test_shapes(payload: bytes, shape: str | None, cls: type) -> None:
    """A payload becomes the record that it is."""
    assert type(loads(payload, shape=shape)) is cls


def test_inputs() -> None:
    """`loads` takes text in every form, and what somebody else parsed."""
    parsed = {"object": STORES, "usage_bytes": 1}
    for data in (store(), bytearray(store()), memoryview(store()), store().decode(), parsed):
        assert loads(data) == UsageVectorStoresResult(usage_bytes=1)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "json/empty-text"),
        (b"{", "json/truncated-text"),
        (store(more=',"usage_bytes":1'), "json/duplicate-member"),
        (store(more=',"project_id":"\\ud800"'), "json/lone-surrogate"),
        (store(more=',"x":NaN'), "json/non-finite-number"),
        (store('"1"'), "schema/wrong-type"),
        (store("null"), "schema/unexpected-null"),
        (store("1.5"), "schema/wrong-type"),
        (b"[]", "schema/wrong-type"),
        (b"{}", "schema/missing-member"),
        (b'{"object":"organization.usage.vector_stores"}', "schema/wrong-object"),
    ],
)
def test_refused(payload: bytes, code: str) -> None:
    """What breaks the grammar or the contract is refused with a report that says why."""
    with pytest.raises(Incompatible) as refused:
        loads(payload)
    assert refused.value.report.findings[0].code == code
    assert code in str(refused.value)


@pytest.mark.parametrize(
    "payload",
    [
        store("-1"),
        store("5.0"),
        b'{"object":"bucket","start_time":2,"end_time":1,"results":[]}',
        b'{"object":"page","data":[],"has_more":true,"next_page":null}',
        b'{"object":"organization.costs.result","api_source":"new","quantity_unit":"new"}',
    ],
)
def test_values_are_not_judged(payload: bytes) -> None:
    """What only contradicts itself is read: it is what the API said."""
    assert dumps(loads(payload)) == payload


def test_profiles() -> None:
    """To the letter, what the API serves against it is refused."""
    text = cost('"12.50"')
    assert amount(loads(text)) == "12.50"
    with pytest.raises(Incompatible):
        loads(text, profile="published")
    with pytest.raises(Incompatible):
        loads(b'{"object":"organization.usage.videos.result"}', profile="published")
    with pytest.raises(Incompatible):
        loads(b'{"object":"organization.costs.result","api_source":"new"}', profile="published")


def test_misuse() -> None:
    """Names that do not exist, and values that JSON does not have, are misuse."""
    with pytest.raises(NoSuchRevision):
        loads(store(), revision="2023-01-01")
    with pytest.raises(NoSuchName, match="there is no shape 'flags'"):
        loads(store(), shape="flags")
    with pytest.raises(NoSuchName, match="there is no profile 'strict'"):
        loads(store(), profile="strict")
    with pytest.raises(TypeError):
        loads({"object": STORES, "usage_bytes": b"1"})
    with pytest.raises(TypeError):
        loads(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1.5, b"1", [], {}, object(), 1j, {1}])
def test_what_no_record_holds(value: object) -> None:
    """A value that no record can have is refused, and the message names the member."""
    with pytest.raises(TypeError, match="usage_bytes"):
        UsageVectorStoresResult(usage_bytes=value)  # type: ignore[arg-type]
    record = UsageVectorStoresResult(usage_bytes=1)
    object.__setattr__(record, "usage_bytes", value)
    with pytest.raises(TypeError, match="usage_bytes"):
        dumps(record)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "sNaN", "1e10001", "1e-20001"])
def test_decimals_without_value(value: str) -> None:
    """A decimal that is not finite, or beyond what can be read again, is not written."""
    with pytest.raises(ValueError, match="`value`"):
        dumps(CostsResult(amount=CostsResultAmount(value=Decimal(value))))


def test_integers_beyond_the_limits() -> None:
    """An integer of more than 10,000 digits is not written, since it could not be read again."""
    longest = UsageVectorStoresResult(usage_bytes=10**9_999)
    assert loads(dumps(longest)) == longest
    with pytest.raises(ValueError, match="`usage_bytes`"):
        dumps(UsageVectorStoresResult(usage_bytes=10**10_000))


def test_broken_strings() -> None:
    """Half of a surrogate pair is not written, since it could not be read again."""
    with pytest.raises(ValueError, match="`project_id`"):
        dumps(UsageVectorStoresResult(usage_bytes=1, project_id="\ud800"))


def test_only_records_are_written() -> None:
    """What is no record is misuse."""
    for value in (None, {}, [], "text", 5, UsageVectorStoresResult):
        with pytest.raises(TypeError, match=r"expected a record of usagecompat\.contract\.records, found"):
            dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("frames", [40, 60, 100, 200])
def test_deep_call_stack(frames: int) -> None:
    """Deep payloads are read and written from a call stack that is nearly full."""
    text = store(more=f',"deep":{"[" * 120}{"]" * 120}')

    def room() -> int:
        try:
            return 1 + room()
        except RecursionError:
            return 0

    def descend(steps: int) -> bytes:
        return descend(steps - 1) if steps else dumps(loads(text))

    assert descend(room() - frames) == text


def test_equality_of_deep_records() -> None:
    """Records with undeclared members as deep as the limit allows can be compared."""
    text = store(more=f',"deep":{"[" * 127}{"]" * 127}')
    assert loads(text) == loads(text)
    assert sys.getrecursionlimit() >= 1_000


def test_many_members() -> None:
    """A record with very many undeclared members is read, compared and written in one pass."""
    text = store(more="".join(f',"n{n}":{n}' for n in range(20_000)))
    record = loads(text)
    assert dumps(record) == text
    assert record == loads(text)


def test_mixed_page() -> None:
    """A page of known and unknown kinds comes back byte for byte."""
    text = (
        b'{"data":[{"results":[{"object":"organization.costs.result","amount":{"value":"1.0","currency":"usd"}},'
        b'{"n":1.50,"object":"organization.usage.videos.result"}],"start_time":1,"end_time":2.0,"object":"bucket"}],'
        b'"next_page":"page_2","has_more":true,"object":"page"}'
    )
    assert dumps(loads(text)) == text


def test_a_path_is_read(tmp_path: Path) -> None:
    """The record of a file is that of its bytes."""
    file = tmp_path / "a.json"
    file.write_bytes(b'{"object":"organization.usage.vector_stores.result","usage_bytes":1}')
    assert loads(file) == loads(file.read_bytes())


@pytest.mark.parametrize(("shape", "profile"), [("bucket", "served"), ("result", "published")])
def test_a_refusal_has_the_report_that_was_asked_for(shape: str, profile: str) -> None:
    """The report of what `loads` refuses is that of `check` with the same shape and profile."""
    text = store("-0.5")
    with pytest.raises(Incompatible) as refused:
        loads(text, shape=shape, profile=profile)  # type: ignore[call-overload]
    assert refused.value.report.to_dict() == check(text, shape=shape, profile=profile).to_dict()
