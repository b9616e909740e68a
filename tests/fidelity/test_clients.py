"""Clients that change a page in one way each."""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat.contract.revisions import REVISIONS
from usagecompat.contract.tree import contract
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import Number
from usagecompat.jsontext.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable

from fidelity_texts import COMPLETIONS, COSTS, Found, binary32, bucket, cost, dumps, page, result, seen


def as_client(change: Callable[[Any], Any], tree: Any) -> str:  # noqa: ANN401 - any JSON
    """The text of a client that changes every value so, from the inside out."""

    def walk(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            return change({name: walk(value) for name, value in node.items()})
        if isinstance(node, list):
            return change([walk(item) for item in node])
        return change(node)

    return write(walk(tree)).decode()


AMOUNT = "0.1308043834030752617187"


PAGE = (
    '{"object":"page","has_more":false,"next_page":null,"data":[{"object":"bucket","start_time":1735689600,'
    '"end_time":1735776000,"start_time_iso":"2025-01-01","results":[{"object":"organization.costs.result","amount":'
    f'{{"value":{AMOUNT},"currency":"usd"}},"line_item":"a<b","project_id":null,"organization_id":"org-1",'
    '"quantity":10000}]},{"object":"bucket","start_time":1735776000,"end_time":1735862400,"results":[]}]}'
)


AT = "/data/0/results/0"


def numbers_through(convert: Callable[[str], str]) -> Callable[[Any], Any]:
    """A client that reads numbers into another type and prints them."""
    return lambda node: Number(convert(node.lexeme)) if isinstance(node, Number) else node


CLIENTS: dict[str, tuple[Callable[[Any], Any], str, Found]] = {
    "nulls dropped": (
        lambda node: {n: v for n, v in node.items() if v is not None} if isinstance(node, dict) else node,
        "VALUES",
        [("null-became-absent", "/next_page"), ("null-became-absent", f"{AT}/project_id")],
    ),
    "nulls added": (
        lambda node: {**node, "user_id": None} if isinstance(node, dict) and "line_item" in node else node,
        "VALUES",
        [("absent-became-null", f"{AT}/user_id")],
    ),
    "foreign nulls added": (
        lambda node: {**node, "size": None} if isinstance(node, dict) and "line_item" in node else node,
        "PRESENCE",
        [("absent-became-null", f"{AT}/size")],
    ),
    "numbers as binary64": (
        numbers_through(lambda lexeme: lexeme if lexeme.isdigit() else repr(float(lexeme))),
        "OPEN",
        [("precision-lost", f"{AT}/amount/value")],
    ),
    "every number a double": (
        numbers_through(lambda lexeme: repr(float(lexeme))),
        "VALUES",
        [
            ("integer-as-float", "/data/0/start_time"),
            ("integer-as-float", "/data/0/end_time"),
            ("precision-lost", f"{AT}/amount/value"),
            ("number-respelled", f"{AT}/quantity"),
            ("integer-as-float", "/data/1/start_time"),
            ("integer-as-float", "/data/1/end_time"),
        ],
    ),
    "amounts as binary32": (numbers_through(binary32), "NONE", [("precision-lost", f"{AT}/amount/value")]),
    "15 digits": (
        numbers_through(lambda lexeme: f"{float(lexeme):.15g}"), "NONE", [("precision-lost", f"{AT}/amount/value")]
    ),
    "two decimals": (
        numbers_through(lambda lexeme: lexeme if lexeme.isdigit() else f"{float(lexeme):.2f}"),
        "NONE",
        [("value-changed", f"{AT}/amount/value")],
    ),
    "amount as a string": (
        lambda node: {**node, "value": AMOUNT} if isinstance(node, dict) and "value" in node else node,
        "NONE",
        [("type-changed", f"{AT}/amount/value")],
    ),
    "null object made empty": (
        lambda node: {**node, "project_id": {}} if isinstance(node, dict) and "line_item" in node else node,
        "NONE",
        [("type-changed", f"{AT}/project_id")],
    ),
    "unknown members dropped": (
        lambda node: {n: v for n, v in node.items() if n not in {"organization_id", "start_time_iso"}}
        if isinstance(node, dict)
        else node,
        "PRESENCE",
        [("member-lost", "/data/0/start_time_iso"), ("member-lost", f"{AT}/organization_id")],
    ),
    "members sorted": (
        lambda node: dict(sorted(node.items())) if isinstance(node, dict) else node,
        "EXACT",
        [("order-changed", ""), ("order-changed", "/data/0"), ("order-changed", AT), ("order-changed", f"{AT}/amount"), ("order-changed", "/data/1")],
    ),
    "strings in upper case": (
        lambda node: node.upper() if node == "usd" else node, "NONE", [("value-changed", f"{AT}/amount/currency")]
    ),
    "first bucket only": (
        lambda node: {**node, "data": node["data"][:1]} if isinstance(node, dict) and "data" in node else node,
        "NONE",
        [("item-lost", "/data/1")],
    ),
    "empty bucket dropped": (
        lambda node: [b for b in node if b.get("results") != []] if isinstance(node, list) else node,
        "NONE",
        [("item-lost", "/data/1")],
    ),
    "empty bucket filled": (
        lambda node: node or [{"object": COSTS}] if isinstance(node, list) else node,
        "NONE",
        [("item-invented", "/data/1/results/0")],
    ),
    "results under an old name": (
        lambda node: {"result" if n == "results" else n: v for n, v in node.items()}
        if isinstance(node, dict)
        else node,
        "NONE",
        [
            ("member-lost", "/data/0/results"),
            ("member-invented", "/data/0/result"),
            ("member-lost", "/data/1/results"),
            ("member-invented", "/data/1/result"),
        ],
    ),
    "records lost": (
        lambda node: [] if isinstance(node, list) and node and "line_item" in node[0] else node,
        "NONE",
        [("item-lost", AT)],
    ),
    "records emptied": (
        lambda node: {} if isinstance(node, dict) and "line_item" in node else node,
        "NONE",
        [("kind-lost", f"{AT}/object"), ("member-lost", f"{AT}/amount"), ("member-lost", f"{AT}/line_item"), ("null-became-absent", f"{AT}/project_id"), ("member-lost", f"{AT}/organization_id"), ("member-lost", f"{AT}/quantity")],
    ),
    "kinds confused": (
        lambda node: COMPLETIONS if node == COSTS else node, "NONE", [("kind-lost", f"{AT}/object")]
    ),
    "has_more lost": (
        lambda node: {n: v for n, v in node.items() if n != "has_more"} if isinstance(node, dict) else node,
        "NONE",
        [("member-lost", "/has_more")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
def test_clients(client: str) -> None:
    """What clients are known to do to a page is named exactly, difference by difference."""
    change, level, differences = CLIENTS[client]
    assert seen(PAGE, as_client(change, read(PAGE).value)) == (level, differences)


@pytest.mark.parametrize(
    ("change", "level", "differences"),
    [
        (lambda text: text.replace("a<b", "a\\u003cb"), "LEXICAL", [("string-respelled", f"{AT}/line_item")]),
        (lambda text: text.replace("a<b", "a&lt;b"), "NONE", [("value-changed", f"{AT}/line_item")]),
        (lambda text: json.dumps(json.loads(text, parse_float=Decimal), default=str), "NONE", [("whitespace-changed", ""), ("type-changed", f"{AT}/amount/value")]),
        (lambda text: json.dumps(json.loads(text)), "OPEN", [("whitespace-changed", ""), ("precision-lost", f"{AT}/amount/value")]),
        (lambda text: text.replace('"usd"', '"usd","value":1'), "NONE", [("member-invented", f"{AT}/amount/value"), ("value-changed", f"{AT}/amount/value")]),
        (lambda _: "null", "NONE", [("type-changed", "")]),
        (lambda _: "{}", "NONE", [("member-lost", "/object"), ("member-lost", "/has_more"), ("null-became-absent", "/next_page"), ("member-lost", "/data")]),
        (lambda _: "[]", "NONE", [("type-changed", "")]),
    ],
)  # fmt: skip
def test_text_clients(change: Callable[[str], str], level: str, differences: Found) -> None:
    """What clients do to the text is named exactly."""
    assert seen(PAGE, change(PAGE)) == (level, differences)


def test_flattened_with_zeros() -> None:
    """A client that writes all members of all kinds invents those it was not sent, and turns its nulls into values."""
    names = list(contract(REVISIONS[-1]).flat.members)
    sent = result(input_tokens=1, num_model_requests=1, project_id=None, x=1)
    returned = {name: sent.get(name) or "" for name in names}
    level, differences = seen(dumps(page(bucket(0, sent))), dumps(page(bucket(0, returned))))
    at = "/data/0/results/0"
    assert level == "NONE"
    assert differences == [
        ("type-changed", f"{at}/project_id"),
        ("member-lost", f"{at}/x"),
        *(("member-invented", f"{at}/{name}") for name in names if name not in sent),
    ]


def test_generated_class() -> None:
    """The class that the project began with: nulls dropped or turned, digits lost, `results` unknown."""
    sent = page(bucket(0, result(input_tokens=1, model=None, batch=None), cost(None)))
    sent["data"][0]["results"][1]["amount"] = None
    returned = page(bucket(0, result(input_tokens=1, batch=False), result(COSTS, amount={})))
    del returned["next_page"]
    at = "/data/0/results"
    assert seen(dumps(sent), dumps(returned)) == (
        "NONE",
        [
            ("null-became-absent", f"{at}/0/model"),
            ("type-changed", f"{at}/0/batch"),
            ("type-changed", f"{at}/1/amount"),
            ("null-became-absent", "/next_page"),
        ],
    )


def test_normalised() -> None:
    """A client that normalises text changes values, in group keys too, and loses no result by it."""
    sent = page(bucket(0, *(result(input_tokens=n, model=f"mode\u0300l-{n}") for n in (1, 2))))
    returned = unicodedata.normalize("NFC", dumps(sent))
    assert seen(dumps(sent), returned) == ("NONE", [("value-changed", f"/data/0/results/{n}/model") for n in (0, 1)])
