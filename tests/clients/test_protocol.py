"""What the kit and clients say: every message as the published schema has it, and every violation in words."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from usagecompat.clients import protocol
from usagecompat.clients.protocol import (
    ClientInfo,
    Decoded,
    Errored,
    Features,
    Rejected,
    Run,
    Skipped,
    Start,
    Started,
    Stop,
    Violation,
)
from usagecompat.contract.drafts import draft_of
from usagecompat.contract.revisions import Draft
from usagecompat.corpus.data import folder
from usagecompat.findings import SERVED_SHAPES, Shape

SCHEMA = json.loads((folder("schemas") / "protocol.json").read_text("utf-8"))
ALL_NAMES = [name for name in SCHEMA["$defs"] if "properties" in SCHEMA["$defs"][name]]


def against(part: str, message: object) -> None:
    """Fail if the schema does not allow a message."""
    Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]}).validate(message)


text = st.text()
seqs = st.integers(min_value=0, max_value=2**53)
shapes = st.sampled_from(SERVED_SHAPES)
endpoints = st.sampled_from(["costs", "usage/completions", "usage/audio_speeches"])
runs = st.builds(
    Run,
    seq=seqs,
    case_id=text,
    payload=st.binary(),
    shape=shapes,
    revision=st.just("2026-10-21"),
    endpoint=endpoints,
    base_url=st.none(),
) | st.builds(
    Run,
    seq=seqs,
    case_id=text,
    payload=st.none(),
    shape=shapes,
    revision=st.just("2024-12-16"),
    endpoint=endpoints,
    base_url=st.just("http://127.0.0.1:8080/v1"),
)
commands = st.just(Start(protocol.VERSION)) | runs | st.just(Stop())
introductions = st.builds(
    Started,
    st.builds(ClientInfo, name=text, language=text, version=text, homepage=text, issues=text),
    st.builds(
        Features,
        validates=st.booleans(),
        http=st.booleans(),
        shapes=st.sets(shapes, min_size=1).map(
            lambda chosen: tuple(shape for shape in SERVED_SHAPES if shape in chosen)
        ),
    ),
)
answers = (
    st.builds(Decoded, seqs, st.binary())
    | st.builds(Rejected, seqs, text)
    | st.builds(Skipped, seqs, text, text)
    | st.builds(Errored, seqs, text)
)


@given(commands)
def test_commands(command: protocol.Command) -> None:
    """What the kit says is one line, is what the schema says, and is understood as it was meant."""
    line = protocol.encode(command)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    against("command", json.loads(line))
    assert protocol.decode_command(line) == command


@given(introductions)
def test_introductions(started: Started) -> None:
    """A client's introduction is what the schema says, and is understood as it was meant."""
    line = protocol.encode(started)
    against("introduction", json.loads(line))
    assert protocol.decode_started(line) == started


@given(answers)
def test_answers(answer: protocol.Answer) -> None:
    """A client's answer is one line, is what the schema says, and is understood as it was meant."""
    line = protocol.encode(answer)
    assert line.count(b"\n") == 1
    against("answer", json.loads(line))
    assert protocol.decode_answer(line) == answer


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.recursive(st.none() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_garbage(line: bytes) -> None:
    """Whatever a client writes is a violation in words of a bearable length, and never an exception."""
    for decode in (protocol.decode_answer, protocol.decode_started, protocol.decode_command):
        said = decode(line)
        assert isinstance(said, Violation)
        assert len(str(said)) < 1_000
        assert str(said).isascii()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "e30=", "page", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["seq", "payload", "message", "version", "client", "name", "x"]), inner, max_size=3
        )
    ),
)


@given(st.sampled_from(ALL_NAMES), json_values)
def test_agrees_with_the_schema(name: str, value: object) -> None:
    """Code and schema take the same messages for messages."""
    message = {name: value}
    line = json.dumps(message).encode()
    part, decode = {
        "start": ("command", protocol.decode_command),
        "run": ("command", protocol.decode_command),
        "stop": ("command", protocol.decode_command),
        "started": ("introduction", protocol.decode_started),
    }.get(name, ("answer", protocol.decode_answer))
    allowed = Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]}).is_valid(message)
    understood = not isinstance(decode(line), Violation)  # type: ignore[operator]
    assert understood == allowed or _has_whole_float(value) or name in {"started", "start"}


def _has_whole_float(value: object) -> bool:
    """Whether 1.0 is in there, which the schema takes for an integer, and the protocol does not."""
    if isinstance(value, float):
        return value.is_integer()
    inner: list[Any] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return any(map(_has_whole_float, inner))


@pytest.mark.parametrize("name", ALL_NAMES)
def test_examples(name: str) -> None:
    """Every message has an example, which is one, and a description in words."""
    part = SCHEMA["$defs"][name]
    assert part["examples"]
    assert part["description"].endswith(".")
    for example in part["examples"]:
        against(name, example)


def test_schema() -> None:
    """The schema is one, and says the version that the code has."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:usagecompat:schema:protocol"
    assert SCHEMA["title"].endswith(f"version {protocol.VERSION}")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"", "expected one JSON object whose only member is decoded, encoded, rejected, skipped or errored, saw ''"),
        (b'{"encoded":{"seq":1}}', "expected a member 'payload' in `encoded`, saw none"),
        (b'{"decoded":{"seq":"1","payload":""}}', "expected an integer in `decoded.seq`"),
        (b'{"decoded":{"seq":true,"payload":""}}', "expected an integer in `decoded.seq`"),
        (b'{"decoded":{"seq":1,"payload":"{}"}}', "expected base64 in `decoded.payload`"),
        (b'{"decoded":{"seq":1,"payload":"e30"}}', "expected base64 in `decoded.payload`"),
        (b'{"rejected":{"seq":1,"message":null}}', "expected a string in `rejected.message`"),
        (b'{"rejected":{"seq":1,"mesage":""}}', "expected a member 'message' in `rejected`"),
    ],
)
def test_violations_in_words(line: bytes, told: str) -> None:
    """A violation says what was expected, where, and what was seen."""
    said = protocol.decode_answer(line)
    assert isinstance(said, Violation)
    assert str(said).startswith(told)


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (r"e30\ne30=", "which has line breaks or spaces in it"),
        ("e30", "which has 3 characters; `=` has to fill it up to a multiple of 4"),
        ("-_8=", "which is of the URL-safe alphabet"),
        ("{}", "which is JSON itself and has to be encoded"),
        ("e3\u00e40", "which has other characters than base64 has"),
    ],
)
def test_base64_faults_in_words(payload: str, told: str) -> None:
    """What is wrong with a payload that is no base64 is told: line breaks, padding, alphabet."""
    said = protocol.decode_answer(f'{{"decoded":{{"seq":1,"payload":"{payload}"}}}}'.encode())
    assert isinstance(said, Violation)
    assert told in str(said)


def test_members_of_later_versions_are_ignored() -> None:
    """What this version does not know is ignored inside a message, and never beside one."""
    started = b'{"started":{"version":1,"client":{"name":"x","mood":"fine"},"features":{"colour":1},"took":3}}'
    assert protocol.decode_started(started) == Started(ClientInfo(name="x"))
    assert protocol.decode_answer(b'{"decoded":{"seq":1,"payload":"","took":3}}') == Decoded(1, b"")
    assert isinstance(protocol.decode_answer(b'{"decoded":{"seq":1,"payload":""},"took":3}'), Violation)


@pytest.mark.parametrize(("context", "said"), [("why", "why"), (None, "null"), ({"at": [1]}, '{"at": [1]}')])
def test_context_is_any_json(context: object, said: str) -> None:
    """An adapter may say in any JSON what went wrong with it."""
    answer = protocol.decode_answer(json.dumps({"errored": {"seq": 1, "context": context}}).encode())
    assert isinstance(answer, Errored)
    assert answer.said == said


def test_other_version() -> None:
    """A client of another version is not taken for one of this."""
    said = protocol.decode_started(b'{"started":{"version":2,"client":{"name":"x"}}}')
    assert said == Violation("version 1 of the protocol", "version 2")


def test_broken_text_travels() -> None:
    """Bytes that are no text arrive as they are."""
    payload = b'\xff\xfe{"a": "\xed\xa0\x80"}\x00'
    line = protocol.encode(Decoded(1, payload))
    assert base64.b64decode(json.loads(line)["decoded"]["payload"]) == payload
    assert protocol.decode_answer(line) == Decoded(1, payload)


def test_no_client_is_sent_flat_records() -> None:
    """A client that says it takes flat records is told what there is to take."""
    line = b'{"started":{"protocol":1,"client":{"name":"x"},"features":{"shapes":["flat"]}}}'
    assert "expected one of page, bucket, result in `started.features`" in str(protocol.decode_started(line))


def test_draft_as_revision() -> None:
    """A payload that is judged by a draft is sent with the draft's name."""
    name = "2027-01-05-draft-0a1b2c3d"
    draft = Draft(name, "made up for a test", (draft_of, b""))
    sent = Run(seq=1, case_id="a/b", payload=b"{}", shape=Shape.RESULT, revision=draft, endpoint="costs")
    message = json.loads(protocol.encode(sent))
    against("run", message)
    assert message["run"]["case"]["revision"] == name
