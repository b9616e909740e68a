"""Codecs of users, put to the corpus by `assert_round_trips`."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import usagecompat
from usagecompat import Level
from usagecompat.clients.reference import codec as right
from usagecompat.exceptions import NoSuchName, NoSuchRevision, NoSuchSelection
from usagecompat.testing import assert_round_trips


def changed(value: Any, change: Any) -> Any:  # noqa: ANN401 - a tree of JSON
    """A tree with each object changed."""
    if isinstance(value, dict):
        return change({name: changed(item, change) for name, item in value.items()})
    return [changed(item, change) for item in value] if isinstance(value, list) else value


def drops_nulls(payload: bytes) -> bytes:
    """Leave out the members that are null."""
    tree = changed(
        json.loads(payload), lambda members: {name: value for name, value in members.items() if value is not None}
    )
    return json.dumps(tree).encode()


def float_amounts(payload: bytes) -> bytes:
    """Make a float of each amount."""

    def floated(members: dict[str, Any]) -> dict[str, Any]:
        amount = members.get("amount")
        if isinstance(amount, dict) and isinstance(amount.get("value"), str):
            amount["value"] = float(amount["value"])
        return members

    return json.dumps(changed(json.loads(payload), floated)).encode()


def drops_undeclared(payload: bytes) -> bytes:
    """Keep no member of a page but the four that are declared."""
    tree = json.loads(payload)
    if tree["object"] == "page":
        tree = {name: tree[name] for name in ("object", "data", "has_more", "next_page") if name in tree}
    return json.dumps(tree).encode()


class Remembering:
    """A codec that gives the payload before if two in a row are alike in length."""

    def __init__(self) -> None:
        """Remember nothing."""
        self.before = b""

    def __call__(self, payload: bytes) -> bytes:
        """Decode and encode again, or forget to."""
        answer = self.before if len(self.before) == len(payload) else payload
        self.before = payload
        return answer


class TwoMethods:
    """An object that decodes and encodes."""

    def decode(self, payload: bytes) -> bytes:
        """Decode by keeping."""
        return payload

    def encode(self, value: bytes) -> str:
        """Encode as text."""
        return value.decode()


@pytest.mark.parametrize(
    "codec",
    [
        right,
        lambda payload: payload,
        lambda payload: bytearray(payload) + b"",
        (bytes, bytes),
        SimpleNamespace(loads=bytes, dumps=bytes),
        SimpleNamespace(decode=bytes, encode=bytes),
    ],
    ids=["reference", "echo", "bytearray", "pair", "loads-dumps", "decode-encode"],
)
def test_right_codecs(codec: Any) -> None:  # noqa: ANN401 - any form
    """A codec that keeps everything passes the whole corpus, in every form that a codec may have."""
    assert_round_trips(codec)


@pytest.mark.parametrize("codec", [json, msgspec.json, (json.loads, json.dumps)], ids=["json", "msgspec", "pair"])
def test_libraries(codec: Any) -> None:  # noqa: ANN401 - any form
    """A library of JSON is a codec as it is, and loses digits of numbers alone."""
    assert_round_trips(codec, set="smoke", level=Level.OPEN)
    with pytest.raises(AssertionError, match="numbers go through a binary64"):
        assert_round_trips(codec)


def test_text_of_an_encoder() -> None:
    """What an encoder gives as text is sent as UTF-8."""
    text = usagecompat.cases("smoke", verdict="valid")
    assert_round_trips(TwoMethods(), cases=text)


@pytest.mark.parametrize(
    ("codec", "cause", "code"),
    [
        (drops_nulls, "nulls do not come back", "client/null-became-absent"),
        (float_amounts, "amounts that are strings come back as numbers", "client/type-changed"),
        (drops_undeclared, "undeclared members do not come back", "client/member-lost"),
        (Remembering(), "answers depend on earlier payloads", "client/state-leak"),
    ],
    ids=["drops-nulls", "float-amounts", "drops-undeclared", "remembers"],
)
def test_faulty_codecs(codec: Any, cause: str, code: str) -> None:  # noqa: ANN401 - any form
    """A faulty codec fails, with its name, how many cases fail, why, what to do, and which cases show it."""
    with pytest.raises(AssertionError) as caught:
        assert_round_trips(codec)
    told = str(caught.value)
    name = getattr(codec, "__name__", "Remembering")
    assert re.match(rf"{name} does not keep what the API sent at level EXACT: \d+ of \d+ cases fail\n", told)
    assert "in the order in which to fix it:\n  1. " in told
    assert "See docs/findings.md#client" in told
    assert cause in told
    assert code in told
    assert re.search(r"^  [a-z]+/[a-z0-9-]+: decoded", told, re.MULTILINE)


def test_list_of_cases_is_short() -> None:
    """As many failing cases are listed as somebody asks for, and how to get them all is told in the words of Python."""
    with pytest.raises(AssertionError) as caught:
        assert_round_trips(drops_nulls, max_cases=2)
    told = str(caught.value)
    assert len(re.findall(r"^  [a-z]+/[a-z0-9-]+: decoded", told, re.MULTILINE)) == 2
    assert re.search(r"failing cases are not listed; max_cases=\d+ lists all$", told)


def test_level() -> None:
    """What is below the level that is asked for is a failure, and the rest is none."""
    assert_round_trips(drops_nulls, level=Level.VALUES, cases="completions")
    with pytest.raises(AssertionError, match="at level PRESENCE"):
        assert_round_trips(drops_nulls, level=Level.PRESENCE, cases="completions")


def test_which_cases() -> None:
    """Cases are chosen by a set, in words, one by one, or as a list, and only these are put to the codec."""
    asked: list[bytes] = []

    def listening(payload: bytes) -> bytes:
        asked.append(payload)
        return payload

    smoke = usagecompat.cases("smoke")
    assert_round_trips(listening, set="smoke")
    assert {case.payload for case in smoke} == set(asked)
    for cases, wanted in ((smoke[3], smoke[3:4]), (iter(smoke[:5]), smoke[:5])):
        asked.clear()
        assert_round_trips(listening, cases=cases)
        assert set(asked) == {case.payload for case in wanted}
    asked.clear()
    assert_round_trips(listening, set="smoke", cases="costs and not page")
    assert set(asked) == {case.payload for case in smoke if "costs" in case.id and "page" not in case.id}


def test_one_case() -> None:
    """The message on one case begins with its id."""
    case = next(case for case in usagecompat.cases() if case.id == "kinds/costs-nulls-within")
    with pytest.raises(AssertionError, match="at level EXACT: kinds/costs-nulls-within fails\n"):
        assert_round_trips(drops_nulls, cases=case)


def test_revision() -> None:
    """All cases are judged by the revision that is named."""
    strict: list[str] = []

    def refusing(payload: bytes) -> bytes:
        report = usagecompat.check(payload, revision="2024-12-16")
        if report.verdict == "invalid":
            strict.append("")
            raise ValueError("invalid")
        return payload

    assert_round_trips(refusing, revision="2024-12-16", validates=True, set="smoke")
    assert strict


def test_validates() -> None:
    """A codec that claims to validate, and does not, accepts what is invalid."""
    with pytest.raises(AssertionError, match="client/accepted-invalid"):
        assert_round_trips(lambda payload: payload, validates=True, set="smoke")


def test_codec_that_raises() -> None:
    """An exception is told in its own words; one on every payload is a refusal of all that must be decoded."""

    def raising(payload: bytes) -> bytes:
        raise LookupError(f"no {len(payload)} bytes for me")

    with pytest.raises(AssertionError, match=r"client/refused-valid: .* was refused: LookupError: no \d+ bytes for me"):
        assert_round_trips(raising, set="smoke")


def test_codec_that_returns_text() -> None:
    """A function that returns text is told to encode it."""
    with pytest.raises(AssertionError, match=re.escape("expected bytes, saw str; text becomes bytes with .encode()")):
        assert_round_trips(lambda payload: payload.decode(errors="replace"), set="smoke")  # type: ignore[arg-type,return-value]


def test_codec_that_gives_up() -> None:
    """What asks to end the process ends nothing: it is a crash."""
    with pytest.raises(AssertionError, match="the function raised SystemExit"):
        assert_round_trips(lambda _: sys.exit(3), set="smoke")


def test_codec_that_hangs() -> None:
    """A codec that takes too long for a case misses its deadline, and is given up after a few."""

    def hanging(_: bytes) -> bytes:
        while True:
            time.sleep(1)

    with pytest.raises(AssertionError, match="10 of 168 cases fail, 158 were not judged") as caught:
        assert_round_trips(hanging, set="smoke", timeout=0.01)
    assert "client/timed-out" in str(caught.value)


async def later(payload: bytes) -> bytes:
    """A function that has to be awaited."""
    return payload


@pytest.mark.parametrize(
    ("codec", "why"),
    [
        (5, "something of type int is none of these"),
        (None, "something of type NoneType is none of these"),
        ("json", "something of type str is none of these: it has encode and no decode"),
        (SimpleNamespace(loads=bytes), "it has loads and no dumps"),
        (SimpleNamespace(loads=bytes, dumps=3), "it has loads and no dumps"),
        ((json.loads,), "this tuple holds (function)"),
        ((json.loads, "dumps"), "this tuple holds (function, str)"),
        (dict, "the class dict is none of these"),
        (later, "this one is asynchronous: give `lambda payload: asyncio.run(codec(payload))`"),
    ],
)
def test_no_codec(codec: Any, why: str) -> None:  # noqa: ANN401 - any form
    """What is no codec is refused with what one is, and what is wrong with this one."""
    with pytest.raises(TypeError) as caught:
        assert_round_trips(codec)
    assert str(caught.value).startswith(
        "a codec is a function from bytes to bytes, a pair (loads, dumps), or an object"
    )
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("options", "error", "why"),
    [
        ({"set": "smok"}, NoSuchName, "there is no set 'smok'; did you mean 'smoke'?"),
        ({"level": "exact"}, TypeError, "`level` is a usagecompat.Level, such as Level.EXACT, and not 'exact'"),
        ({"level": 4}, TypeError, "and not 4"),
        ({"revision": "2020-01-01"}, NoSuchRevision, "2020-01-01"),
        ({"cases": []}, ValueError, "nothing would be tested"),
        ({"cases": "costs and"}, NoSuchSelection, "a word is missing"),
        ({"cases": "nobody-has-this"}, ValueError, "is meant by 'nobody-has-this'"),
        ({"cases": 5}, TypeError, "it holds 5"),
        ({"cases": [b"{}"]}, TypeError, "it holds b'{}'"),
        ({"timeout": -1}, ValueError, "`timeout` is a number of seconds above zero, and not -1"),
        ({"timeout": float("nan")}, ValueError, "`timeout` is a number of seconds above zero, and not nan"),
        ({"timeout": float("inf")}, ValueError, "`timeout` is a number of seconds above zero, and not inf"),
        ({"timeout": "1"}, TypeError, "`timeout` is a number of seconds above zero, and not '1'"),
        ({"timeout": True}, TypeError, "`timeout` is a number of seconds above zero, and not True"),
        ({"max_cases": -1}, ValueError, "`max_cases` is a whole number of cases, and not -1"),
        ({"max_cases": 1.5}, TypeError, "`max_cases` is a whole number of cases, and not 1.5"),
        ({"cases": usagecompat.cases("smoke")[:1], "set": "smoke"}, ValueError, "either cases or a set of them"),
    ],
)
def test_misuse(options: dict[str, Any], error: type[Exception], why: str) -> None:
    """An argument that cannot be meant is refused before anything is asked."""
    with pytest.raises(error, match=re.escape(why)):
        assert_round_trips(lambda payload: payload, **options)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no such alarms on Windows")
def test_alarms_of_others() -> None:
    """An alarm that somebody else has set, such as a test's deadline, still goes off, and not earlier."""
    rung: list[float] = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(time.monotonic()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 600)
        assert_round_trips(lambda payload: payload, set="smoke", timeout=60)
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left < 600
        assert_round_trips(lambda payload: payload, set="smoke", timeout=6000)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] < left
        assert not rung
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert_round_trips(lambda payload: payload, cases=usagecompat.cases("smoke")[0], timeout=60)
        while not rung:
            time.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_import_is_lean() -> None:
    """Who imports the module, or asks for a round trip, has imported neither pytest nor Hypothesis."""
    program = (
        "import sys, usagecompat.testing as testing\n"
        "testing.assert_round_trips(lambda payload: payload, set='smoke')\n"
        "assert sorted(dir(testing)) and not {'pytest', 'hypothesis'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
