"""Clients that only decode, or only encode: faithful ones are clean, and each fault is named by its code."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.clients.adapter_sdk import python_value, serve
from usagecompat.clients.badges import badge_of
from usagecompat.clients.case_results import OneWay, Outcome
from usagecompat.clients.chosen_members import compare_chosen, is_wrong
from usagecompat.clients.probes import Probing
from usagecompat.clients.protocol import ClientInfo, Features, Run, Violation, decode_command, decode_started
from usagecompat.clients.records_to_encode import record_of
from usagecompat.clients.runner import run
from usagecompat.clients.spec import client_spec
from usagecompat.contract.revisions import LATEST
from usagecompat.corpus.data import folder
from usagecompat.corpus.selection import cases
from usagecompat.fidelity.comparison import Level
from usagecompat.findings import Shape
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import Number
from usagecompat.jsontext.writer import write
from usagecompat.strategies.public import payloads

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.clients.results import ClientResult
    from usagecompat.clients.spec import ClientSpec

SCHEMAS: Final = folder("schemas")
EVERYDAY: Final = [case for case in cases() if case.topic in {"kinds", "numbers", "pages", "text", "objects"}]
FOURTH: Final = EVERYDAY[::4]
"""As many as a faulty client needs to be named; faithful ones have to pass all."""

SIDE: Final = """
import base64, json, sys
FAULT = sys.argv[1]
def say(message):
    print(json.dumps(message), flush=True)
"""
DECODER: Final = (
    SIDE
    + """
class Num(str):
    pass
def spelled(value):
    if isinstance(value, Num):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(name) + ":" + spelled(one) for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelled, value)) + "]"
    return json.dumps(value)
def chosen(value, name=""):
    if isinstance(value, dict):
        some = {key: chosen(one, key) for key, one in value.items() if key not in ("user_id", "models", "next_page")}
        if FAULT == "nulls-for-absent":
            some.setdefault("project_id", None)
        if FAULT == "zeros-for-absent" and "input_tokens" in value:
            some.setdefault("num_things", Num("0"))
        return some
    if isinstance(value, list):
        return [chosen(one) for one in (value[:-1] if FAULT == "drops-last" else value)]
    if isinstance(value, Num):
        if FAULT == "floats" and name == "value":
            return Num(json.dumps(float(value)))
        if FAULT == "off" and name == "input_tokens" and value.isdigit() and len(value) < 9:
            return Num(int(value) + 1)
        if FAULT == "wide" and value.lstrip("-").isdigit():
            return Num(value + ".0")
    return value
for line in sys.stdin:
    ((verb, said),) = json.loads(line).items()
    if verb == "start":
        features = {"decodes-only": True, "validates": FAULT == "validates", "shapes": ["page"] if "page" in FAULT else ["page", "bucket", "result"]}
        say({"started": {"version": 1, "client": {"name": "reader"}, "features": features}})
    elif verb == "stop":
        break
    else:
        payload = base64.b64decode(said["case"]["payload"])
        try:
            value = json.loads(payload.decode(), parse_int=Num, parse_float=Num, parse_constant=Num)
        except (ValueError, RecursionError) as error:
            say({"rejected": {"seq": said["seq"], "message": str(error)}})
            continue
        if FAULT == "refuses" and b"costs.result" in payload:
            say({"rejected": {"seq": said["seq"], "message": "no costs"}})
        elif FAULT == "nothing":
            say({"decoded": {"seq": said["seq"]}})
        elif FAULT == "encoded":
            say({"encoded": {"seq": said["seq"], "payload": ""}})
        elif FAULT == "no-json":
            say({"decoded": {"seq": said["seq"], "payload": base64.b64encode(b"{oops").decode()}})
        else:
            say({"decoded": {"seq": said["seq"], "payload": base64.b64encode(spelled(chosen(value)).encode()).decode()}})
"""
)
ENCODER: Final = (
    SIDE
    + """
def made(value):
    if isinstance(value, dict):
        if "$number" in value:
            return json.dumps(float(value["$number"])) if FAULT == "floats" else value["$number"]
        return "{" + ",".join(
            json.dumps(name[1:] if name.startswith("$") else name) + ":" + made(one)
            for name, one in value.items()
            if not (FAULT == "drops-null" and one is None)
        ) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(made, value)) + "]"
    return json.dumps(value)
for line in sys.stdin:
    ((verb, said),) = json.loads(line).items()
    if verb == "start":
        features = {"encodes-only": True, "shapes": ["page"] if "page" in FAULT else ["page", "bucket", "result"]}
        if FAULT == "both":
            features["decodes-only"] = True
        if FAULT == "http":
            features |= {"http": True, "validates": True, "paging": True}
        say({"started": {"version": 1, "client": {"name": "writer"}, "features": features}})
    elif verb == "stop":
        break
    else:
        assert "payload" not in said["case"]
        record = said["case"]["record"]
        if FAULT == "refuses" and "costs" in said["case"]["endpoint"]:
            say({"rejected": {"seq": said["seq"], "message": "no costs"}})
        elif FAULT == "no-json":
            say({"encoded": {"seq": said["seq"], "payload": base64.b64encode(b"{oops").decode()}})
        else:
            verb = "decoded" if FAULT == "decoded" else "encoded"
            say({verb: {"seq": said["seq"], "payload": base64.b64encode(made(record).encode()).decode()}})
"""
)


def client(tmp_path: Path, text: str, fault: str) -> ClientSpec:
    """A client that is this program, with this fault."""
    program = tmp_path / "client.py"
    program.write_text(text, encoding="utf-8")
    return client_spec(f"{sys.executable} -I -S {program} {fault}", timeout=30)


def probing_of(fault: str) -> Probing:
    """Cases are sent again to those who answer plainly; others answer otherwise, and no less alike each time."""
    return Probing.SOME if fault == "none" else Probing.NONE


def codes_of(result: ClientResult) -> set[str]:
    """The codes for which cases fail."""
    return {code for codes in result.failing.values() for code in codes}


# -- clients that only decode


@pytest.mark.parametrize("fault", ["none", "page-only", "nothing", "nulls-for-absent", "wide"])
def test_faithful_decoders(tmp_path: Path, fault: str) -> None:
    """A client that names only right values, or none, has no failing case and no level."""
    result = run(client(tmp_path, DECODER, fault), EVERYDAY, probing=probing_of(fault))
    assert not result.failing
    assert not result.faults
    assert result.one_way is OneWay.DECODES
    assert result.headline.level is None
    assert {case.level for case in result.cases} == {None}
    assert all(case.returned is None for case in result.cases) == (fault == "nothing")
    assert result.headline.judged == result.headline.of > 0


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("floats", {"client/precision-lost"}),
        ("off", {"client/value-changed"}),
        ("drops-last", {"client/item-lost"}),
        ("zeros-for-absent", {"client/member-invented"}),
        ("refuses", {"client/refused-valid"}),
        ("no-json", {"client/not-json"}),
        ("encoded", {"client/protocol-violation"}),
        ("validates", {"client/accepted-invalid"}),
    ],
)
def test_faulty_decoders(tmp_path: Path, fault: str, codes: set[str]) -> None:
    """What is refused, accepted or wrong is named by its code, and by no other."""
    result = run(client(tmp_path, DECODER, fault), FOURTH)
    assert codes_of(result) == codes
    assert result.headline.level is None
    assert all(cause.after is None for cause in result.causes)
    if fault == "floats":
        assert [cause.name for cause in result.to_fix] == ["through-binary64"]
    if fault == "validates":
        assert all(case.verdict == "invalid" for case in FOURTH if case.id in result.failing)


def test_decoders_digits_are_required_as_far_as_somebody_says(tmp_path: Path) -> None:
    """Values that are right to a binary64 are right where no more is required."""
    spec = client(tmp_path, DECODER, "floats")
    possible = [case for case in EVERYDAY if case.topic == "numbers" and case.tier != "extreme"]
    assert run(spec, possible).failing
    assert not [name for name in run(spec, possible, required=Level.VALUES).failing if "numbers/amount" in name]
    assert run(spec, possible, required=Level.BYTES).failing == run(spec, possible).failing


def test_member_of_other_clients_is_missing(tmp_path: Path) -> None:
    """A client that did not say that it only decodes has to give something back."""
    text = DECODER.replace('"decodes-only": True, ', "")
    result = run(client(tmp_path, text, "nothing"), [case for case in EVERYDAY if case.id == "kinds/costs-full"])
    (case,) = result.cases
    assert case.outcome is Outcome.PROTOCOL_VIOLATION
    assert case.message.startswith("expected a member 'payload' in `decoded`, of a client without `decodes-only`")


@pytest.mark.parametrize(
    ("sent", "said", "wrong"),
    [
        ('{"a": 1, "b": 2}', '{"b": 2.0}', []),
        ('{"a": 1}', "{}", []),
        ('{"a": null}', "{}", []),
        ('{"a": 1}', '{"a": 1, "b": null}', []),
        ('{"a": 1}', '{"a": 1, "b": 0}', ["client/member-invented"]),
        ('{"a": null}', '{"a": 0}', ["client/type-changed"]),
        ('{"a": 1}', '{"a": null}', ["client/type-changed"]),
        ('{"a": [1, 2, 3]}', '{"a": [1, 3]}', ["client/item-lost"]),
        ('{"a": [{"b": 1, "c": 5}, {"b": 2, "c": 6}]}', '{"a": [{"b": 2}, {"b": 1}]}', ["client/items-reordered"]),
        ('{"a": [{"b": 1, "c": 5}, {"b": 2, "c": 6}]}', '{"a": [{"b": 2}]}', ["client/item-lost"]),
        ('{"a": [{"b": 1, "c": 5}, {"b": 2, "c": 6}]}', '{"a": [{}, {}]}', []),
        ('{"a": [{}]}', '{"a": [{}, {"b": 1}]}', ["client/item-invented"]),
        ('{"a": 0.1308043834030752617187}', '{"a": 0.13080438340307526}', ["client/precision-lost"]),
        ('{"a": "\\ud83d\\ude00"}', '{"a": "\U0001f600"}', []),
        ('{"a": 1}', "[]", ["client/type-changed"]),
        ('{"a": 1}', "nope", ["client/not-json"]),
    ],
)
def test_members_of_its_own_choice(sent: str, said: str, wrong: list[str]) -> None:
    """What is left out is not judged, and what is named is judged by its value."""
    found = compare_chosen(sent.encode(), said.encode(), revision=LATEST, shape=Shape.RESULT)
    assert [one.code for one in found.differences if is_wrong(one.code, one.cap)] == wrong


@given(payloads(shape="page"), st.sets(st.sampled_from(["data", "has_more", "next_page", "object"])))
def test_any_choice_of_right_values_is_right(page: bytes, names: set[str]) -> None:
    """Whatever is left out of a page, what is left of it has no wrong value."""
    value = read(page).value
    assert isinstance(value, dict)
    some = {name: one for name, one in value.items() if name in names}
    found = compare_chosen(page, write(some), revision=LATEST, shape=Shape.PAGE)
    assert not [one for one in found.differences if is_wrong(one.code, one.cap)]


# -- clients that only encode


@pytest.mark.parametrize("fault", ["none", "page-only", "http"])
def test_faithful_encoders(tmp_path: Path, fault: str) -> None:
    """A client that writes what it is given has no failing case; it is asked for nothing that is invalid."""
    result = run(client(tmp_path, ENCODER, fault), EVERYDAY, probing=probing_of(fault))
    assert not result.failing
    assert not result.faults
    assert result.one_way is OneWay.ENCODES
    assert result.headline.level is not None
    assert result.headline.level.name == "LEXICAL"
    assert {case.case_id for case in result.cases} == {case.id for case in EVERYDAY if case.verdict != "invalid"}


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("floats", {"client/precision-lost", "client/integer-as-float", "client/not-json", "client/value-changed"}),
        ("drops-null", {"client/null-became-absent"}),
        ("refuses", {"client/refused-valid"}),
        ("no-json", {"client/not-json"}),
        ("decoded", {"client/protocol-violation"}),
    ],
)
def test_faulty_encoders(tmp_path: Path, fault: str, codes: set[str]) -> None:
    """What an encoder does wrong is named by its code."""
    found = codes_of(run(client(tmp_path, ENCODER, fault), FOURTH))
    assert found <= codes
    assert found
    if fault == "floats":
        assert {"client/precision-lost", "client/integer-as-float"} <= found


def test_neither(tmp_path: Path) -> None:
    """A client that says it does only one and only the other is told so, and asked nothing."""
    result = run(client(tmp_path, ENCODER, "both"), EVERYDAY[:3])
    (fault,) = result.faults
    assert fault.message == "expected `decodes-only` or `encodes-only` to be true in `started.features`, saw both"
    line = b'{"started":{"version":1,"client":{"name":"x"},"features":{"decodes-only":1}}}'
    said = decode_started(line)
    assert isinstance(said, Violation)
    assert str(said).startswith("expected true or false in `started.features.decodes-only`")


def test_records_are_exact() -> None:
    """A record says all that its payload says, as the schema of the protocol describes it, and nothing else looks so."""
    protocol = json.loads((SCHEMAS / "protocol.json").read_bytes())
    validator = Draft202012Validator({"$ref": "#/$defs/record", "$defs": protocol["$defs"]})
    for case in (case for case in cases() if case.verdict != "invalid" and len(case.payload) < 20_000):
        record = record_of(case.payload)
        validator.validate(record)
        assert python_value(record, number=Number) == read(case.payload).value, case.id
    odd = b'{"$number": "5", "a": {"$number": 1e400}, "$$": [-0, 12, 0.50]}'
    assert record_of(odd) == {
        "$$number": "5",
        "a": {"$$number": {"$number": "1e400"}},
        "$$$": [{"$number": "-0"}, {"$number": "12"}, {"$number": "0.50"}],
    }
    value = python_value(record_of(odd))
    assert value == {"$number": "5", "a": {"$number": Decimal("1e400")}, "$$": [0, 12, Decimal("0.50")]}
    assert python_value({"$number": "9" * 9_000}) == Decimal("9" * 9_000)
    with pytest.raises(ValueError, match="no JSON"):
        record_of(b"{")


# -- in Python


@pytest.mark.parametrize(
    ("arguments", "features", "answer"),
    [
        ({"decode": lambda _: None}, {"decodes-only": True}, {"decoded": {"seq": 1}}),
        ({"decode": lambda _: b"{}"}, {"decodes-only": True}, {"decoded": {"seq": 1, "payload": "e30="}}),
        (
            {"encode": lambda asked: json.dumps(python_value(asked.record)).encode()},
            {"encodes-only": True},
            {"encoded": {"seq": 1, "payload": b64encode(b'{"a": 5}').decode()}},
        ),
        (
            {"codec": lambda _: None},
            {},
            {"errored": {"seq": 1, "context": "the adapter returned None where bytes were expected"}},
        ),
    ],
)
def test_serve(
    arguments: dict[str, object],
    features: dict[str, bool],
    answer: object,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A client in Python says with one argument which half it does."""
    case = {"id": "x", "shape": "result", "revision": "2026-10-21", "endpoint": "costs"}
    what = {"record": {"a": {"$number": "5"}}} if "encode" in arguments else {"payload": "e30="}
    lines = tmp_path / "lines"
    lines.write_text(
        "\n".join(map(json.dumps, [{"start": {"version": 1}}, {"run": {"seq": 1, "case": case | what}}, {"stop": {}}]))
    )
    with lines.open("rb") as given_lines:
        serve(client=ClientInfo(name="mine"), lines=given_lines, **arguments)  # type: ignore[arg-type]
    started, answered = map(json.loads, capfd.readouterr().out.splitlines())
    told = started["started"]["features"]
    assert {name: told[name] for name in ("decodes-only", "encodes-only") if told[name]} == features
    assert answered == answer


@pytest.mark.parametrize("arguments", [{}, {"codec": bytes, "decode": bytes}, {"decode": bytes, "client": None}])
def test_serve_what(arguments: dict[str, object]) -> None:
    """There is a client, and exactly one thing that it does."""
    with pytest.raises(TypeError, match="serve takes a client, and one of codec, decode and encode"):
        serve(**({"client": ClientInfo(name="mine")} | arguments))  # type: ignore[arg-type]


def test_run_of_an_encoder_is_read() -> None:
    """Clients in Python read a record as it was sent."""
    said = decode_command(
        b'{"run":{"seq":1,"case":{"id":"x","shape":"page","revision":"2026-10-21","endpoint":"costs","record":{"a":[null]}}}}'
    )
    assert isinstance(said, Run)
    assert (said.payload, said.record) == (None, {"a": [None]})
    assert Features(encodes_only=True).to_dict()["encodes-only"] is True


# -- reports


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A command for each client."""
    folder_ = tmp_path_factory.mktemp("clients")
    (folder_ / "decoder.py").write_text(DECODER)
    (folder_ / "encoder.py").write_text(ENCODER)
    python = f"{sys.executable} -I -S {folder_}"
    return {
        "reads": f"reads={python}/decoder.py none",
        "wrong": f"wrong={python}/decoder.py floats",
        "writes": f"writes={python}/encoder.py none",
    }


SOME: Final = ("-k", "numbers/amount or kinds/costs", "--probes", "none")


def test_run_tells_that_a_client_only_decodes(programs: dict[str, str], tmp_path: Path) -> None:
    """Text, JSON, JUnit, badge and page say so, and none of them has a level of the client."""
    formats = {name: tmp_path / name for name in ("html", "json")}
    also = [word for name, path in formats.items() for word in ("--also", f"{name}={path}")]
    told = CliRunner().invoke(main, ["run", "--client", programs["wrong"], *SOME, *also])
    assert told.exit_code == 1
    assert "decodes only, so it has no level: " in told.stdout
    assert "badge: decodes only: partial" in told.stdout
    assert "decoded were answered with members, " in told.stdout
    assert "fixed alone" not in told.stdout
    assert not [line for line in told.stdout.splitlines() if line.lstrip().startswith(("EXACT", "LEXICAL", "BYTES"))]
    page = formats["html"].read_text("utf-8")
    assert "decodes only" in page
    assert "caps at" not in page
    assert "Cases that are to be decoded, by outcome" in page
    result = json.loads(formats["json"].read_bytes())
    Draft202012Validator(json.loads((SCHEMAS / "run.json").read_bytes())).validate(result)
    assert (result["one_way"], result["headline"]["level"]) == ("decodes-only", None)
    assert {case["level"] for case in result["cases"]} == {None}
    lines = ["run", "--client", programs["wrong"], *SOME, "--format"]
    suite = ET.fromstring(CliRunner().invoke(main, [*lines, "junit"]).stdout).find("testsuite")  # noqa: S314 - the kit's own
    assert suite is not None
    told_of = suite.find("properties/property")
    assert told_of is not None
    assert told_of.attrib == {"name": "client", "value": "decodes only"}
    assert json.loads(CliRunner().invoke(main, [*lines, "badge"]).stdout)["message"].startswith("decodes only: ")


def test_run_tells_that_a_client_only_encodes(programs: dict[str, str]) -> None:
    """The text says so before any level, and speaks of encoding."""
    told = CliRunner().invoke(main, ["run", "--client", programs["writes"], *SOME])
    assert told.exit_code == 0
    assert "encodes only: it was given what to encode" in told.stdout
    assert "must be encoded: " in told.stdout
    assert "decoded" not in told.stdout
    assert "badge: encodes only: partial" in told.stdout


def test_matrix_shows_them_apart(programs: dict[str, str], tmp_path: Path) -> None:
    """A matrix has a table for each sort, and reads them again from files."""
    file = tmp_path / "wrong.json"
    file.write_text(CliRunner().invoke(main, ["run", "--client", programs["wrong"], *SOME, "--format", "json"]).stdout)
    clients = ["--client", programs["reads"], "--client", programs["writes"], "--client", "all=oneshot:cat", str(file)]
    html, both = tmp_path / "matrix.html", ["-k", "numbers and 28", "--probes", "none"]
    told = CliRunner().invoke(main, ["matrix", *clients, *both, "--also", f"html={html}"])
    lines = told.stdout.splitlines()
    decoders = lines.index("Clients that only decode, and have no level:")
    encoders = next(number for number, line in enumerate(lines) if line.startswith("Clients that only encode"))
    heads = [number for number, line in enumerate(lines) if line.startswith("client ")]
    assert (heads[1], heads[2]) == (encoders + 1, decoders + 1)
    assert "BYTES" not in lines[decoders + 1]
    assert {line.split()[0] for line in lines[decoders + 2 : decoders + 4]} == {"reads", "wrong"}
    assert '"only":"decodes only"' in html.read_text("utf-8")
    matrix = json.loads(CliRunner().invoke(main, ["matrix", *clients, *both, "--format", "json"]).stdout)
    Draft202012Validator(json.loads((SCHEMAS / "matrix.json").read_bytes())).validate(matrix)
    by_name = {one["name"]: one for one in matrix["clients"]}
    assert {name: one["one_way"] for name, one in by_name.items()} == {
        "reads": "decodes-only",
        "wrong": "decodes-only",
        "writes": "encodes-only",
        "all": None,
    }
    for one in by_name.values():
        shares = one["shares"]
        parts = sum(shares["levels"].values()) + sum(
            shares[part] for part in ("decoded", "refused", "failed", "not_judged")
        )
        assert parts == shares["of"]


def test_expected_failures_and_baseline_of_a_decoder(programs: dict[str, str], tmp_path: Path) -> None:
    """Failures of a decoder can be listed, saved and compared over time as those of any client."""
    known, old = tmp_path / "known.txt", tmp_path / "old.json"
    run_ = ["run", "--client", programs["wrong"], *SOME]
    CliRunner().invoke(main, [*run_, "--expected", str(known), "--update-expected"])
    assert "client/precision-lost" in known.read_text("utf-8")
    assert CliRunner().invoke(main, [*run_, "--expected", str(known)]).exit_code == 0
    old.write_text(CliRunner().invoke(main, [*run_, "--format", "json"]).stdout)
    good = programs["reads"].replace("reads=", "wrong=", 1)
    told = CliRunner().invoke(main, ["run", "--client", good, *SOME, "--baseline", str(old)])
    assert told.exit_code == 0
    assert "Nothing got worse" in told.stdout
    old.write_text(CliRunner().invoke(main, ["run", "--client", good, *SOME, "--format", "json"]).stdout)
    told = CliRunner().invoke(main, [*run_, "--baseline", str(old)])
    assert told.exit_code == 1
    assert "got worse" in told.stdout


def test_history_of_a_decoder_has_no_levels(programs: dict[str, str], tmp_path: Path) -> None:
    """Over time a decoder has a table of failing cases, where other clients have a drawing of levels."""
    page, some = tmp_path / "matrix.html", ["-k", "numbers/amount", "--probes", "none"]
    for program in ("reads", "wrong"):
        client_ = programs[program].replace(f"{program}=", "mine=", 1)
        history = ["--history", str(tmp_path / "runs"), "--also", f"html={page}"]
        CliRunner().invoke(main, ["matrix", "--client", client_, *some, *history])
    text = page.read_text("utf-8")
    assert "mine decodes only: cases that fail" in text
    assert "mine: level by version" not in text


def test_saved_failures_of_a_decoder_and_an_encoder(programs: dict[str, str], tmp_path: Path) -> None:
    """What fails is saved with the messages that show it, and replayed."""
    writes = programs["writes"].replace(" none", " floats")
    for name, given_ in (("wrong", programs["wrong"]), ("writes", writes)):
        saved = tmp_path / name
        CliRunner().invoke(main, ["run", "--client", given_, *SOME, "--save-failures", str(saved)])
        for messages in saved.glob("cases/*/messages.ndjson"):
            _, asked, _ = map(json.loads, messages.read_text("utf-8").splitlines())
            assert ("record" in asked["run"]["case"]) == (name == "writes")
        replayed = CliRunner().invoke(main, ["replay", str(saved)])
        assert replayed.exit_code == 1, replayed.output


def test_fuzz_takes_them_alone(programs: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fuzz` finds what such a client gets wrong, and refuses to compare it with another."""
    monkeypatch.chdir(tmp_path)
    client_ = programs["wrong"].partition("=")[2]
    told = CliRunner().invoke(
        main, ["fuzz", "--client", client_, "--seconds", "60", "--seed", "1", "--stop-after", "1"]
    )
    assert "client/precision-lost" in told.stdout
    for one, other, half in ((client_, "oneshot:cat", "decodes"), ("oneshot:cat", client_, "decodes")):
        told = CliRunner().invoke(main, ["fuzz", "--client", one, "--against", other, "--seconds", "3"])
        assert told.exit_code == 2
        assert f"it only {half}, so nothing can be compared with --against" in told.stderr


def test_badges_promise_no_more_than_was_asked(tmp_path: Path) -> None:
    """A decoder that names values is green at best, one that names none yellow-green, and a wrong one is no better."""
    colours = {}
    for fault in ("none", "nothing", "off"):
        badge = badge_of(run(client(tmp_path, DECODER, fault), cases(), probing=probing_of(fault)))
        assert badge.message.startswith("decodes only: ")
        assert not {"NONE", "VALUES", "EXACT", "LEXICAL", "BYTES"} & set(badge.message.split())
        colours[fault] = badge.colour.word
    assert colours == {"none": "green", "nothing": "yellowgreen", "off": "red"}
