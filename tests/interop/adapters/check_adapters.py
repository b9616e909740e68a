"""
Every adapter is installed and run where its tools are present, and its client does what it is known to do.

A fact stands here with a payload of its own, as it would come over the wire; what cannot run here counts as not run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat import Level, compare
from usagecompat.adapters.descriptions import Policy, Row, adapters, rows
from usagecompat.adapters.installation import client_of, install, statuses
from usagecompat.clients.case_results import Outcome
from usagecompat.clients.envelopes import endpoint_of
from usagecompat.clients.probes import Probing
from usagecompat.clients.runner import run
from usagecompat.clients.session import ClientSession, Reply, Request
from usagecompat.clients.transports import open_session
from usagecompat.contract.revisions import LATEST
from usagecompat.corpus.selection import cases
from usagecompat.corpus.tiers import Tier
from usagecompat.findings import Shape
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import NO_VALUE

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.clients.results import ClientResult

Client = Callable[[str], ClientSession]
Ask = Callable[[str, str], Reply]

FEW = (
    "kinds/*-full",
    "kinds/*-nulls",
    "kinds/unknown*",
    "deviations/amount-string*",
    "text/trailing*",
    "numbers/count-*",
)
PERL_24, PERL_26 = "openapi-generator-perl-2024-12-16", "openapi-generator-perl-2026-10-21"
PYTHON_24, PYTHON_26 = "openapi-generator-python-2024-12-16", "openapi-generator-python-2026-10-21"
TYPESCRIPT_24, TYPESCRIPT_26 = "openapi-generator-typescript-2024-12-16", "openapi-generator-typescript-2026-10-21"
TO_JSON, MODEL_DUMP = "openai-python-to-json", "openai-python-model-dump"
VALIDATE = "openai-python-model-validate-json"
MARSHAL, RAW_JSON = "openai-go-marshal", "openai-go-rawjson"

ROW = '"object":"organization.usage.completions.result","input_tokens":7,"output_tokens":3,"num_model_requests":1'
COST = '"object":"organization.costs.result"'
LONG = "0.1308043834030752617187"


def page(*results: str, under: str = "results", cursor: str = "null") -> str:
    """A page with these results, each given by its members."""
    inside = ",".join(f"{{{members}}}" for members in results)
    bucket = f'{{"object":"bucket","start_time":1730419200,"end_time":1730505600,"{under}":[{inside}]}}'
    return f'{{"object":"page","data":[{bucket}],"has_more":false,"next_page":{cursor}}}'


def page_for(row: str, *results: str) -> str:
    """A page as the row's contract spells it."""
    old = (rows()[row][1].revision or LATEST) < "2026-05-13"
    return page(*results, under="result" if old else "results", cursor='""' if old else "null")


def cost(value: str) -> str:
    """A cost of this amount."""
    return f'{COST},"amount":{{"value":{value},"currency":"usd"}}'


# -- what they run on


@pytest.fixture(scope="session")
def installed(built: Path) -> Callable[[str], Path]:
    """Installs the adapter of a row, once; where something is missing for it, it counts as not run."""
    into = built / "adapters"
    told = statuses(adapters().values(), into)
    failed: dict[str, Exception] = {}

    def ensure(row: str) -> Path:
        adapter, _ = rows()[row]
        if missing := told[adapter.name].missing:
            pytest.skip(f"{row}: not run, {missing[0].what} is missing")
        if adapter.name in failed:
            raise failed[adapter.name]
        try:
            install(adapter, into)
        except Exception as error:
            failed[adapter.name] = error
            raise
        return into

    return ensure


@pytest.fixture(scope="session")
def client(installed: Callable[[str], Path]) -> Iterator[Client]:
    """Starts the client of a row; it is ended when all is done."""
    started: dict[str, ClientSession] = {}
    with ExitStack() as stack:

        def start(row: str) -> ClientSession:
            if row not in started:
                started[row] = stack.enter_context(open_session(client_of(row, into=installed(row))))
            return started[row]

        yield start


@pytest.fixture(scope="session")
def ask(client: Client) -> Ask:
    """Puts a payload to a row's client; what may have leaked from another is gone before."""

    def put(row: str, payload: str) -> Reply:
        found = client(row)
        if row in (PERL_24, PERL_26):
            found.renew()
        text = payload.encode()
        request = Request(case_id="x", payload=text, shape=Shape.PAGE, revision=LATEST, endpoint=endpoint_of(text))
        return found.ask(request)

    return put


@pytest.fixture(scope="session")
def result(ask: Ask) -> Callable[[str, str], Mapping[str, Any]]:
    """The first result of the page that comes back for one with this result."""

    def put(row: str, members: str) -> Mapping[str, Any]:
        reply = ask(row, page_for(row, members))
        assert reply.outcome is Outcome.DECODED, reply
        bucket = json.loads(reply.payload)["data"][0]
        first: Mapping[str, Any] = bucket["results" if "results" in bucket else "result"][0]
        return first

    return put


Result = Callable[[str, str], Mapping[str, Any]]


@pytest.fixture(scope="session")
def few(installed: Callable[[str], Path]) -> Callable[[str], ClientResult]:
    """What comes of a row for a few cases."""
    known: dict[str, ClientResult] = {}

    def put(row: str) -> ClientResult:
        if row not in known:
            spec = client_of(row, into=installed(row))
            chosen = [case for case in cases() if any(fnmatch(case.id, glob) for glob in FEW)]
            known[row] = run(spec, chosen, revision=rows()[row][1].revision, probing=Probing.NONE)
        return known[row]

    return put


# -- what to fix first in them

FIRST = {
    "go-encoding-json-float64": "through-binary64",
    MARSHAL: "null-replaced",
    "quicktype-go": "nulls-for-absent",
    "java-jackson-default": "through-binary64",
    "openai-java": "through-binary64",
    "quicktype-java": "nulls-for-absent",
    "javascript-json": "through-binary64",
    "openai-node": "through-binary64",
    "perl-json-pp": "rounded-to-15-digits",
    PERL_24: "member-lost-results",
    PERL_26: "nulls-dropped",
    "datamodel-codegen-pydantic": "through-binary64",
    "python-json": "through-binary64",
    TO_JSON: "text-as-number",
    MODEL_DUMP: "nulls-for-absent",
    VALIDATE: "text-as-number",
    PYTHON_24: "refuses-absent-result",
    PYTHON_26: "nulls-for-absent",
    "async-openai": "refuses-amounts-as-text",
    "quicktype-rust": "nulls-dropped",
    "json-schema-to-typescript": "through-binary64",
    TYPESCRIPT_24: "refuses-absent-result",
    TYPESCRIPT_26: "undeclared-dropped",
}
"""What each client is known to do that costs the most; who loses nothing is left out."""


@pytest.mark.parametrize("row", rows())
def test_what_to_fix_first(row: str, installed: Callable[[str], Path]) -> None:
    """What lifts a client most is what it is known to do, and who loses nothing has nothing to fix."""
    spec = client_of(row, into=installed(row))
    chosen = [case for case in cases() if case.tier is Tier.EVERYDAY]
    told = run(spec, chosen, revision=rows()[row][1].revision, probing=Probing.NONE)
    first = [fix.causes[0] for fix in told.fix_first[:1]]
    assert first == ([FIRST[row]] if row in FIRST else []), "`FIRST` has what each row is known to do"


# -- what they say of themselves


@pytest.mark.parametrize("row", rows())
def test_introduction(row: str, client: Client) -> None:
    """A client introduces itself with the version and the features of its description."""
    adapter, described = rows()[row]
    said = client(row).introduce()
    assert said.client.version if not adapter.client.version else said.client.version == adapter.client.version
    assert said.client.language == adapter.language
    assert (said.features.validates, said.features.http) == (described.features.validates, described.features.http)


@pytest.mark.parametrize("row", rows())
def test_answers(row: str, few: Callable[[str], ClientResult]) -> None:
    """A client answers a few cases without an accident, and no adapter fails at its own work."""
    outcomes = {case.outcome for case in few(row).cases}
    assert outcomes <= {Outcome.DECODED, Outcome.REFUSED, Outcome.SKIPPED}
    assert not few(row).faults


def expected_policy(row: Row, reply: Reply, kept: bool) -> bool:  # noqa: FBT001 - a fact
    """Whether a reply is what a description says."""
    policy = row.features.unknown_members
    if policy is Policy.REFUSED:
        return reply.outcome is Outcome.REFUSED
    return reply.outcome is Outcome.DECODED and kept == (policy is Policy.KEPT)


@pytest.mark.parametrize("row", [name for name, (_, row) in rows().items() if row.features.encodes])
def test_unknown_members(row: str, ask: Ask) -> None:
    """What a description says of unknown members is so."""
    reply = ask(row, page_for(row, f'{ROW},"brand_new":"kept?"'))
    assert expected_policy(rows()[row][1], reply, b"kept?" in reply.payload)


@pytest.mark.parametrize("row", [name for name, (_, row) in rows().items() if row.features.encodes])
def test_integers(row: str, result: Result) -> None:
    """What a description says of large integers is so."""
    integers = rows()[row][1].features.integers
    beyond = result(row, ROW.replace(":7", ":9007199254740993"))["input_tokens"]
    assert (beyond == 9007199254740993) == (integers != "binary64")


@pytest.mark.parametrize("row", [name for name, (_, row) in rows().items() if row.features.encodes])
def test_decimals(row: str, ask: Ask) -> None:
    """What a description says of long decimals is so."""
    reply = ask(row, page_for(row, cost(LONG)))
    assert reply.outcome is Outcome.DECODED
    decimals = rows()[row][1].features.decimals
    written = {"exact": LONG, "binary64": "0.13080438340307526", "15-digits": "0.130804383403075"}[decimals]
    assert f'"value":{written}' in reply.payload.decode().replace(" ", "")


# -- the vendor's clients


def test_string_amount_becomes_a_number(result: Result) -> None:
    """openai-python makes a number of a string amount, and loses digits that the string had."""
    assert result(TO_JSON, cost(f'"{LONG}"'))["amount"]["value"] == 0.13080438340307526
    assert result(TO_JSON, cost('"12.50"'))["amount"]["value"] == 12.5


def test_amount_beyond_double(result: Result) -> None:
    """openai-python and openai-node write an amount beyond the range of a binary64 as null."""
    assert result(TO_JSON, cost("1e400"))["amount"]["value"] is None
    assert result("openai-node", cost("1e400"))["amount"]["value"] is None


def test_model_dump_invents_nulls(result: Result) -> None:
    """model_dump() writes null for what was absent, and to_json() does not."""
    assert result(MODEL_DUMP, ROW)["batch"] is None
    assert "batch" not in result(TO_JSON, ROW)


def test_model_validate_json_refuses(ask: Ask) -> None:
    """model_validate_json() refuses a kind that it does not know, and to_json() keeps it."""
    unknown = page('"object":"organization.usage.telepathy.result","thoughts":1')
    assert ask(VALIDATE, unknown).outcome is Outcome.REFUSED
    assert b"telepathy" in ask(TO_JSON, unknown).payload


def test_node_is_what_javascript_is(ask: Ask) -> None:
    """openai-node gives back what JavaScript's own JSON does."""
    payload = page(f'{ROW},"x":[1e3,-0.0,2.50,9007199254740993]', cost('"12.50"'))
    assert ask("openai-node", payload).payload == ask("javascript-json", payload).payload


def test_marshal_writes_every_member(result: Result) -> None:
    """openai-go Marshal writes the 35 members of all kinds for one record, with zeros for what was not there."""
    told = result(MARSHAL, f'{ROW},"project_id":null')
    assert len(told) == 35
    assert (told["images"], told["project_id"], told["batch"]) == (0, "", False)


def test_marshal_changes(result: Result) -> None:
    """openai-go Marshal makes a number of a string amount and takes the first of two members."""
    assert result(MARSHAL, cost('"12.50"'))["amount"]["value"] == 12.5
    assert result(MARSHAL, f'{ROW},"input_tokens":8')["input_tokens"] == 7


def test_raw_json_is_the_text(ask: Ask) -> None:
    """openai-go RawJSON() is what was sent, byte for byte."""
    payload = page(f'{ROW}, "x": [1e3, -0.0,  2.50], "input_tokens": 8', cost('"12.50"'))
    assert ask(RAW_JSON, payload).payload == payload.encode()


def test_java_keeps_string_amounts(result: Result) -> None:
    """openai-java keeps a string amount, and a null apart from what is absent."""
    told = result("openai-java", f'{cost(chr(34) + "12.50" + chr(34))},"project_id":null')
    assert told["amount"]["value"] == "12.50"
    assert told["project_id"] is None
    assert "line_item" not in told


def test_async_openai(ask: Ask) -> None:
    """async-openai refuses a page with one string amount, and names the values of what it decodes."""
    assert ask("async-openai", page(cost('"12.50"'))).outcome is Outcome.REFUSED
    told = ask("async-openai", page(cost("12.5")))
    assert told.outcome is Outcome.DECODED
    assert json.loads(told.payload)["data"][0]["results"][0]["amount"]["value"] == 12.5


# -- the generated ones


@pytest.mark.parametrize("row", [PERL_24, PERL_26])
def test_perl_nulls(row: str, result: Result) -> None:
    """The generated Perl client drops nulls, makes `batch: null` false, and `amount: null` an empty object."""
    told = result(row, f'{ROW},"project_id":null,"batch":null')
    assert "project_id" not in told
    assert told["batch"] is False
    assert result(row, f'{COST},"amount":null')["amount"] == {}


def test_perl_drops_the_last_cursor(ask: Ask) -> None:
    """The generated Perl client drops `next_page` from the last page."""
    assert "next_page" not in json.loads(ask(PERL_26, page(ROW)).payload)


def test_perl_finds_nothing_on_a_modern_page(ask: Ask) -> None:
    """The Perl class of 2024-12-16 reads a modern page without an error, and finds no results."""
    told = ask(PERL_24, page(ROW))
    assert told.outcome is Outcome.DECODED
    assert json.loads(told.payload)["data"][0]["result"] == []


def test_perl_unit(result: Result) -> None:
    """The Perl class of the newest revision makes an empty object of every unit."""
    assert result(PERL_26, f'{COST},"quantity_unit":"tokens"')["quantity_unit"] == {}


def test_perl_has_the_class(installed: Callable[[str], Path]) -> None:
    """What is generated from 2024-12-16 has the class with the 21 members of all kinds, in one."""
    place = installed(PERL_24) / "perl-openapi-generator/2024-12-16/lib/WWW/OpenAPIClient/Object"
    text = (place / "UsageTimeBucketResultInner.pm").read_text("utf-8")
    members = text.partition("__PACKAGE__->attribute_map( {")[2].partition("}")[0]
    assert members.count("=>") == 21


@pytest.mark.parametrize("row", [PERL_24, PERL_26])
def test_perl_state_leak(row: str, installed: Callable[[str], Path]) -> None:
    """After a decode that died, the generated Perl client loses members of a good page, and the runner says so."""
    spec = client_of(row, into=installed(row))
    chosen = [case for case in cases() if fnmatch(case.id, "members/amount-*") or fnmatch(case.id, "kinds/c*-full")]
    told = run(spec, chosen, revision=rows()[row][1].revision)
    assert "client/state-leak" in told.codes


def test_python_generated(ask: Ask, result: Result) -> None:
    """The generated Python client adds nulls, refuses string amounts, and from 2024-12-16 every modern page."""
    assert result(PYTHON_26, ROW)["batch"] is None
    assert ask(PYTHON_26, page(cost('"12.50"'))).outcome is Outcome.REFUSED
    assert ask(PYTHON_24, page(ROW)).outcome is Outcome.REFUSED


def test_typescript_generated(ask: Ask, result: Result) -> None:
    """The generated TypeScript client of 2024-12-16 writes `{}` for what it does not know; the newest one keeps it."""
    unknown = '"object":"organization.usage.telepathy.result","thoughts":1'
    assert result(TYPESCRIPT_24, unknown) == {}
    assert result(TYPESCRIPT_26, unknown)["thoughts"] == 1
    assert ask(TYPESCRIPT_24, page(ROW)).outcome is Outcome.REFUSED


# -- types made from the schemas

MADE = {
    "datamodel-codegen-pydantic": "OPEN",
    "json-schema-to-typescript": "OPEN",
    "quicktype-go": "VALUES",
    "quicktype-java": "VALUES",
    "quicktype-rust": "VALUES",
}


@pytest.mark.parametrize(("row", "level"), MADE.items())
def test_types_of_schemas(row: str, level: str, installed: Callable[[str], Path]) -> None:
    """Types made from `schemas/types` keep every declared member of every kind, at the level that their README names."""
    spec = client_of(row, into=installed(row))
    chosen = [case for case in cases() if fnmatch(case.id, "kinds/*-full") or fnmatch(case.id, "kinds/*-nulls")]
    told = run(spec, chosen, revision=rows()[row][1].revision, probing=Probing.NONE)
    assert {case.outcome for case in told.cases} == {Outcome.DECODED}
    assert min(case.level for case in told.cases if case.level is not None) >= Level[level]


# -- plain JSON


@pytest.mark.parametrize(
    ("row", "level"),
    [
        ("python-json", "OPEN"),
        ("javascript-json", "OPEN"),
        ("go-encoding-json-float64", "OPEN"),
        ("go-encoding-json-number", "EXACT"),
        ("java-jackson-default", "OPEN"),
        ("java-jackson-decimal", "EXACT"),
        ("perl-json-pp", "NONE"),
    ],
)
def test_plain_json(row: str, level: str, ask: Ask) -> None:
    """A plain JSON library keeps everything but digits, and those if it is told to; Perl's own keeps 15 of them."""
    payload = page(f'{ROW},"brand_new":null', cost(LONG)).encode()
    reply = ask(row, payload.decode())
    assert read(reply.payload).value is not NO_VALUE
    assert compare(payload, reply.payload).level.name in (level, *(["LEXICAL", "BYTES"] if level == "EXACT" else []))
