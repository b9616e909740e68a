"""`usagecompat run`: what is printed of a client, the exit status, and the parts that it is made of."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from compiled import compiled
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.clients.case_results import Expectation, Outcome
from usagecompat.clients.envelopes import endpoint_of, envelope_for
from usagecompat.clients.grading import tasks
from usagecompat.clients.probes import Probing
from usagecompat.clients.protocol import Features
from usagecompat.clients.reference import codec
from usagecompat.clients.runner import run
from usagecompat.clients.selection import select
from usagecompat.clients.spec import Way, client_spec
from usagecompat.contract.endpoints import ENDPOINTS
from usagecompat.contract.revisions import LATEST
from usagecompat.corpus import Demand
from usagecompat.corpus.data import folder
from usagecompat.corpus.selection import cases
from usagecompat.corpus.tiers import Tier
from usagecompat.exceptions import NoSuchSelection
from usagecompat.fidelity.comparison import Level
from usagecompat.findings import SERVED_SHAPES, Shape, Verdict

if TYPE_CHECKING:
    from click.testing import Result

MINIATURES = Path(__file__).with_name("miniatures.py")
SCHEMA = json.loads((folder("schemas") / "run.json").read_text("utf-8"))
COSTS = "kinds/costs-nulls"
CHOSEN = "kinds/costs or text/trailing"
ALONE = f"{COSTS} and not within"
"""Only this case, and not the page that has it within."""


def command(*arguments: str, fault: str = "faithful", victim: str = COSTS, probes: str = "none") -> Result:
    """What the command says of a fake client, on a few cases; each process more that probes it would take longest."""
    client = shlex.join([sys.executable, "-I", "-S", compiled(MINIATURES), fault, victim])
    chosen = arguments if "-k" in arguments else ("-k", CHOSEN, *arguments)
    return CliRunner().invoke(main, ["run", "--client", client, "--name", "mine", "--probes", probes, *chosen])


def told(result: Result) -> dict[str, Any]:
    """The JSON that was printed, which is as its schema says."""
    document: dict[str, Any] = json.loads(result.stdout)
    Draft202012Validator(SCHEMA).validate(document)
    return document


def test_faithful() -> None:
    """A client that keeps everything leads to exit status 0, and the text says of how many cases that is true."""
    result = command(probes="some")
    assert result.exit_code == 0, result.output
    assert "mine: miniature-faithful, python; stdio:" in result.stdout
    due = len(select(cases(), f"({CHOSEN}) and not invalid"))
    assert due >= 3
    assert f"{due} of {due} decoded come back at BYTES" in result.stdout


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (
            "drop-nulls",
            1,
            ["client/null-became-absent", "1 of", "cases fail", COSTS, "null was sent and did not come back"],
        ),
        ("crash", 1, ["client/crashed", "exit status 3"]),
        ("fail", 1, ["errored, so not judged", "no class for it"]),
        ("skip", 1, ["skipped, so not judged", "later"]),
        ("ends-badly", 1, ["The client as a whole", "exit status 7"]),
        ("dies-at-start", 1, ["no such library", "was judged", "not-run"]),
    ],
)
def test_faulty(fault: str, status: int, words: list[str]) -> None:
    """What a client does wrong, or was not asked, is told, and decides the exit status."""
    result = command(fault=fault)
    assert result.exit_code == status, result.output
    for word in words:
        assert word in result.stdout


@pytest.mark.parametrize(
    "fault", ["faithful", "drop-nulls", "crash", "skip", "dies-at-start", "random", "accept-everything"]
)
def test_json(fault: str) -> None:
    """The JSON is as its schema says, whatever the client does, and its numbers add up."""
    document = told(command("--format", "json", fault=fault, probes="some"))
    for count in document["counts"].values():
        assert sum(count["outcomes"].values()) == count["total"]
    assert sum(count["total"] for count in document["counts"].values()) == len(document["cases"])
    assert document["headline"]["judged"] <= document["headline"]["of"]


def test_skipping_is_told() -> None:
    """A case that must be decoded and was skipped is named and ends with status 1, unless that is allowed."""
    result = command(fault="skip")
    assert f"1 case skipped or not run, which is exit status 1: {COSTS}." in result.stderr
    assert "--allow-skips" in result.stderr
    assert command("--allow-skips", fault="skip").exit_code == 0
    alone = command("-k", ALONE, "--allow-skips", fault="skip")
    assert alone.exit_code == 1
    assert "None of 1 cases was judged" in alone.stderr


def test_level() -> None:
    """What is required decides what fails."""
    assert command("--require", "presence", fault="drop-nulls").exit_code == 1
    assert command("--require", "values", fault="drop-nulls").exit_code == 0


def test_expected(tmp_path: Path) -> None:
    """A list that was written makes the run green, and red again when the client is fixed."""
    path = str(tmp_path / "known.txt")
    assert command("--expected", path, fault="drop-nulls").exit_code == 2
    assert command("--expected", path, "--update-expected", fault="drop-nulls").exit_code == 0
    assert f"{COSTS}::client[mine]  client/null-became-absent" in Path(path).read_text("utf-8")
    green = command("--expected", path, fault="drop-nulls")
    assert green.exit_code == 0
    assert "1 of" in green.stdout
    assert "fail as expected" in green.stdout
    assert told(command("--expected", path, "--format", "json", fault="drop-nulls"))["expected"]["expected"]
    fixed = command("--expected", path)
    assert fixed.exit_code == 1
    assert "no longer so" in fixed.stdout


def test_own_payloads(tmp_path: Path) -> None:
    """A directory of payloads is a corpus whose payloads were all seen live."""
    (tmp_path / "mine.json").write_bytes(
        b'{"object": "organization.costs.result", "amount": {"value": 1, "currency": "usd"}}'
    )
    (tmp_path / "broken.json").write_bytes(b"{")
    document = told(command("--corpus", str(tmp_path), "-k", "not nothing", "--format", "json"))
    assert document["headline"] == {"level": "BYTES", "judged": 1, "of": 1, "below": 0}
    assert document["badge"]["color"] == "lightgrey"
    assert [case["outcome"] for case in document["cases"]] == ["refused", "decoded"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--client", "true", "--oneshot", "--http"], "not both"),
        (["--client", "true", "--update-expected"], "needs --expected"),
        (["--client", ""], "is no client"),
        (["--client", "usagecompat-no-such-program"], "cannot be started"),
        (["--client", "true", "-k", "no-such-case-at-all"], "No case of"),
        (["--client", "true", "-k", "a and"], "a word is missing"),
        (["--client", "true", "--set", "nonsense"], "nonsense"),
    ],
)
def test_misuse(arguments: list[str], told: str) -> None:
    """Misuse is told in one line, with exit status 2."""
    result = CliRunner().invoke(main, ["run", *arguments])
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_reference_codec() -> None:
    """The kit's own codec holds at LEXICAL or better on every case that is not invalid, in a process and in this one."""
    in_process = "python:usagecompat.clients.reference:codec"
    for given, probing in (
        (f"{sys.executable} -m usagecompat.clients.reference", Probing.NONE),
        (in_process, Probing.SOME),
    ):
        chosen = [case for case in cases() if given != in_process or case.revision == LATEST]
        result = run(client_spec(given), chosen, probing=probing)
        assert result.failing == {}
        assert result.faults == ()
        levels = {case.level for case in result.cases if case.duty in {Expectation.MUST_DECODE, Expectation.MAY_REFUSE}}
        assert levels <= {Level.LEXICAL, Level.BYTES}
        assert result.headline.judged == result.headline.of


def test_duties() -> None:
    """Valid payloads must be decoded, and so must what the API is known to serve; other acceptable ones may be refused."""
    features, strict = Features(), Features(validates=True)
    for case, task in zip(cases(), tasks(cases()), strict=True):
        served = all(found.code.startswith(("wire/", "schema/unknown-kind")) for found in case.findings)
        match case.verdict:
            case _ if case.tier is Tier.EXTREME and case.verdict is not Verdict.INVALID:
                assert task.duty(features) is Expectation.MAY_REFUSE
            case Verdict.VALID:
                assert task.duty(features) is Expectation.MUST_DECODE
            case Verdict.INVALID:
                assert task.duty(features) is Expectation.MUST_NOT_CRASH
                assert task.duty(strict) is Expectation.MUST_REFUSE
            case _ if served:
                assert task.duty(features) is Expectation.MUST_DECODE
    assert {task.duty(features) for task in tasks(cases())} == set(Expectation) - {Expectation.MUST_REFUSE}


def test_at_another_revision() -> None:
    """All cases can be judged by one revision, which changes what must be decoded."""
    own, old = tasks(cases(verdict="valid")), tasks(cases(verdict="valid"), revision="2024-12-04")
    assert {task.revision for task in old} == {"2024-12-04"}
    assert sum(task.must for task in old) < sum(task.must for task in own)


@pytest.mark.parametrize("shapes", [(Shape.PAGE,), (Shape.BUCKET,), (Shape.PAGE, Shape.RESULT), SERVED_SHAPES])
def test_wrapping(shapes: tuple[Shape, ...]) -> None:
    """What is put around a payload is taken off again, bytes and all, and makes of it what the client can decode."""
    for task in tasks(cases(verdict="valid")):
        around = envelope_for(task.shape, task.revision, shapes)
        if around.shape not in shapes:
            assert task.shape is Shape.PAGE
            continue
        if around.hides(task.payload):
            assert task.request(Features(shapes=shapes)) is None
            assert "depth" in task.case_id
            continue
        whole = around.wrap(task.payload)
        unwrapped = around.unwrap(whole)
        assert unwrapped is not None
        assert unwrapped.strip(b" \t\r\n") == task.payload.strip(b" \t\r\n")
        (again,) = tasks([task_as_case(whole, task.case_id)], revision=task.revision)
        assert again.shape is around.shape
        assert again.verdict is not Verdict.INVALID


class task_as_case:  # noqa: N801 - a stand-in
    """A payload of a plain tree without a file."""

    def __init__(self, payload: bytes, name: str) -> None:
        """Stand for this payload."""
        self.payload, self.id = payload, name


def test_unwrapping_what_is_gone() -> None:
    """Where the payload has gone from the answer, there is nothing to cut out."""
    around = envelope_for(Shape.RESULT, LATEST, (Shape.PAGE,))
    for answer in (b"", b"{}", b'{"data":[]}', b'{"data":[{"results":{}}]}', b'{"data":{"0":1}}', b"[]", b"\xff"):
        assert around.unwrap(answer) is None
    assert around.unwrap(b'{"data": [ {"results": [ {"a": 1.50} , 2]}]}') == b'{"a": 1.50}'


def test_endpoints() -> None:
    """The endpoint follows from the first result of a known kind, also where that is spelled oddly."""
    for kind, endpoint in ENDPOINTS.items():
        result = json.dumps({"object": kind}).encode()
        for payload in (
            result,
            b'{"object":"bucket","results":[{"object":"organization.usage.new.result"},' + result + b"]}",
        ):
            assert endpoint_of(payload) == endpoint
        assert endpoint_of(result.replace(b"organization", b"\\u006frganization")) == endpoint
    assert endpoint_of(b"") == endpoint_of(b'{"object":"page"}') == "usage/completions"


def test_selection() -> None:
    """Words choose by id, flag and verdict, and can be combined as pytest has it."""
    subjects = cases()
    for expression, meant in {
        "kinds": lambda case: "kinds" in case.id,
        "KINDS and costs": lambda case: "kinds" in case.id and "costs" in case.id,
        "kinds and not (costs or full)": lambda case: (
            "kinds" in case.id and not ("costs" in case.id or "full" in case.id)
        ),
        "kinds and valid": lambda case: "kinds" in case.id and case.verdict is Verdict.VALID,
        "served or kinds": lambda case: "kinds" in case.id or "served" in case.id or "served" in case.flags,
        "not kinds and kinds": lambda _: False,
    }.items():
        assert select(subjects, expression) == tuple(filter(meant, subjects))


@pytest.mark.parametrize("expression", ["", "and", "a b", "(a", "a)", "not", "a or", "()"])
def test_no_selection(expression: str) -> None:
    """What is no expression is refused."""
    with pytest.raises(NoSuchSelection):
        select(cases(), expression)


def test_ways_by_prefix() -> None:
    """A way and a name may stand in front of a command."""
    assert client_spec("oneshot:jq .").way is Way.ONESHOT
    assert client_spec("mine=http:node x.mjs").name == "mine"
    assert client_spec("mine=http:node x.mjs").command == ("node", "x.mjs")
    assert client_spec("node some/where/adapter.mjs").name == "adapter.mjs"
    assert client_spec("oneshot:jq -ce .").name == "jq"
    assert client_spec("oneshot:/usr/bin/jq .data").name == "jq"
    assert client_spec("./my-client --strict").name == "my-client"
    assert client_spec("cargo run").name == "cargo"
    assert client_spec(f"sh {'x' * 5_000}").name == "sh"


def test_merging() -> None:
    """Results of parts come to the result of the whole."""
    spec = client_spec("python:usagecompat.clients.reference:codec")
    chosen = cases()[:40]
    whole = run(spec, chosen, probing=Probing.NONE)
    parts = run(spec, chosen[:15], probing=Probing.NONE) + run(spec, chosen[15:], probing=Probing.NONE)
    assert parts == evolve(whole, causes=())
    assert parts.counts == whole.counts
    assert {case.outcome for case in whole.cases} <= {Outcome.DECODED, Outcome.REFUSED}


def test_refused_status(tmp_path: Path) -> None:
    """The exit statuses that mean refused can be named; any other is a crash, and what is no list of them is misuse."""
    client = tmp_path / "client.py"
    client.write_text("import sys\nsys.exit(5)\n", "utf-8")
    arguments = [
        "run",
        "--client",
        f"oneshot:{sys.executable} {client}",
        "-k",
        "text/trailing-brace",
        "--format",
        "json",
    ]

    def outcome(*more: str) -> str:
        cases = json.loads(CliRunner().invoke(main, [*arguments, *more]).stdout)["cases"]
        (met,) = {str(case["outcome"]) for case in cases}
        return met

    assert outcome() == "crashed"
    assert outcome("--refused-status", "2,4,5") == "refused"
    assert outcome("--refused-status", "2") == "crashed"
    for given in ("", "0", "256", "2,", "two", "-1", "9999"):
        refused = CliRunner().invoke(main, [*arguments, f"--refused-status={given}"])
        assert (refused.exit_code, "no list of exit statuses" in refused.stderr) == (2, True)
    refused = CliRunner().invoke(main, ["run", "--client", "node x.mjs", "--refused-status", "2"])
    assert "started for each payload" in refused.stderr


def test_reference_without_a_revision() -> None:
    """The kit's own codec decodes whatever must be decoded, also if nobody tells it the revision of a payload."""
    for case in cases():
        if case.demand is Demand.MUST_DECODE:
            assert codec(case.payload), case.id
