"""Each fault is traced back to its true cause, which stands in front of what else a client does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from mutant_runs import put, result_of

from usagecompat import strategies
from usagecompat.cli import main
from usagecompat.clients import probes
from usagecompat.clients._changes import explained  # noqa: PLC2701 - what the test is about
from usagecompat.clients._traits import traits  # noqa: PLC2701 - what the test is about
from usagecompat.clients.case_results import CaseResult, Expectation, Fault, Outcome
from usagecompat.clients.cause_names import NAMINGS, naming
from usagecompat.clients.causes import causes_and_fixes, causes_of
from usagecompat.contract.revisions import LATEST
from usagecompat.corpus.tiers import Tier
from usagecompat.fidelity.comparison import Difference, Level, compare
from usagecompat.jsontext import Number
from usagecompat.mutants.catalogue import all_mutants
from usagecompat.renderers import render_run

if TYPE_CHECKING:
    from usagecompat.clients.lifts import Fix
    from usagecompat.clients.results import Cause

DOCS = Path(__file__).resolve().parents[2] / "docs"

TRUE_CAUSES = {
    "width/count-int32-wraps": "wraps-at-2^31",
    "width/count-uint32-wraps": "wraps-at-2^32",
    "width/count-int64-wraps": "wraps-at-2^63",
    "width/count-int32-saturates": "stops-at-2^31",
    "width/count-int32-zero": "zero-for-what-does-not-fit",
    "number/count-with-fraction": "integer-as-float",
    "number/count-null": "number-as-null",
    "number/count-text": "number-as-text",
    "number/count-one-more": "off-by-one",
    "amount/number-single": "through-binary32",
    "amount/number-double": "through-binary64",
    "amount/number-2-decimals-always": "rounded-to-2-places",
    "amount/text-6-decimals": "rounded-to-6-places",
    "amount/number-15-digits": "rounded-to-15-digits",
    "amount/number-cents": "cents",
    "amount/number-absolute": "sign-lost",
    "amount/text-to-number": "text-as-number",
    "amount/text-dropped": "amounts-as-text-dropped",
    "time/milliseconds": "milliseconds",
    "string/ascii-question": "question-marks",
    "string/read-as-latin-1": "mojibake",
    "string/without-accents": "without-accents",
    "string/lower": "case-folded",
    "string/trimmed": "trimmed",
    "string/nfd": "normalised",
    "string/html-escaped": "escaped",
    "cursor/percent-decoded": "unescaped",
    "string/16-characters": "texts-truncated-at-16",
    "name/camel": "renamed-to-camelCase",
    "reported/nulls-dropped": "nulls-dropped",
    "reported/absent-as-null": "nulls-for-absent",
    "reported/null-key-as-text": "null-replaced",
    "reported/undeclared-dropped": "undeclared-dropped",
    "reported/all-kinds-members-as-zeros": "flattened",
    "reported/one-class-for-all": "flattened",
    "reported/unknown-as-first-variant": "one-kind-for-all:organization.usage.completions.result",
    "page/seven-buckets": "list-truncated-at-7",
    "results/ten": "list-truncated-at-10",
    "results/last-lost": "last-item-lost",
    "results/distinct": "deduplicated",
    "results/reversed": "reversed",
    "page/sorted": "sorted",
    "page/empty-lost": "empty-buckets-dropped",
    "page/first-only": "has-more-changed",
    "results/doubled": "items-doubled",
    "group/kind-summed": "merged",
    "reported/cents-for-dollars": "cents",
    "reported/string-amount-fails-page": "refuses-amounts-as-text",
    "reported/unknown-member-refused": "refuses-undeclared-members",
    "reported/32-bit-integers": "refuses-integers-beyond-2^31",
    "reported/null-cursor-refused": "refuses-null-in-next_page",
    "reported/schema-name-as-discriminator": "refused",
    "reported/lenient-counts": "accepts-invalid",
    "order/members-sorted": "members-reordered",
}


def causes(name: str) -> tuple[Cause, ...]:
    """The causes of what a mutant does wrong."""
    return causes_of(result_of(name), [task for task, _ in put()])


@pytest.mark.parametrize("name", TRUE_CAUSES)
def test_true_cause(name: str) -> None:
    """The first thing to fix is what the client was made to do wrong, and it costs the most cases."""
    first = causes(name)[0]
    assert first.name == TRUE_CAUSES[name], causes(name)[:3]
    assert first.cases
    assert first.title
    assert first.fix


OTHERWISE_NAMED = {
    "missing-results-accepted": "accepts-invalid",
    "null-object-as-empty": "accepts-invalid",
    "discriminator-invented": "accepts-invalid",
    "false-word-as-flag": "accepts-invalid",
    "first-duplicate": "accepts-invalid",
    "schema-name-as-discriminator": "refused",
    "last-variant-only": "refused",
}
"""Faults of which only that much can be told from outside."""
HARMLESS = {
    "members-sorted": "members-reordered",
    "infinite-amount-null": "number-as-null",
    "negative-zero-unsigned": "minus-zero",
    "state-left-behind": None,  # shows only in a process, as in test_miniatures.py
}
"""Faults that fail no case at EXACT, and what names them then."""
REPORTED = [mutant.name.partition("/")[2] for mutant in all_mutants() if mutant.family == "reported"]


@pytest.mark.parametrize("fault", REPORTED)
def test_faults_of_public_clients(fault: str) -> None:
    """Of each fault that a public client has had, what to fix first is that fault as docs/faults.md has it."""
    found, fixes = causes_and_fixes(result_of(f"reported/{fault}"), [task for task, _ in put()])
    if fault in HARMLESS:
        assert not fixes
        assert HARMLESS[fault] in {None, *(cause.name for cause in found)}
    elif fault in OTHERWISE_NAMED:
        assert fixes[0].causes == (OTHERWISE_NAMED[fault],)
    else:
        assert fault in fixes[0].known
    assert {name for fix in fixes for name in fix.causes} == {cause.name for cause in found if cause.cap < Level.EXACT}


def test_enough_reported_faults() -> None:
    """At least 30 faults of public clients are named by what docs/faults.md calls them."""
    assert len({*REPORTED} - OTHERWISE_NAMED.keys() - HARMLESS.keys()) >= 30


def fixes(*codes: tuple[str, str, int, str], required: Level = Level.EXACT) -> tuple[Fix, ...]:
    """What to fix in a client with these failures: a case with a minus before its id is not live."""
    cases: dict[str, list[Difference]] = {}
    for case_id, code, cap, pointer in codes:
        difference = Difference(code=code, pointer=pointer, sent="1", returned="2", message="other", cap=Level(cap))
        cases.setdefault(case_id, []).append(difference)
    results = tuple(
        CaseResult(
            case_id=case_id,
            duty=Expectation.MUST_DECODE,
            served=not case_id.startswith("-"),
            outcome=Outcome.DECODED,
            level=min(one.cap for one in found),
            differences=tuple(found),
        )
        for case_id, found in sorted(cases.items())
    )
    return causes_and_fixes(evolve(result_of("control/echo"), cases=results, required=required), ())[1]


NULLS = ("client/null-became-absent", Level.VALUES, "/a")
FLOAT = ("client/integer-as-float", Level.OPEN, "/b")
LOST = ("client/member-lost", Level.NONE, "/amount")


def test_most_live_cases_first() -> None:
    """What lifts more live cases comes before what lifts more cases in all, and before what lowers the level more."""
    found = fixes(
        *[(f"-{n}", *LOST) for n in range(5)],
        *[(f"live/{n}", *NULLS) for n in range(2)],
        ("live/lost", *LOST),
    )
    assert [fix.causes for fix in found] == [("nulls-dropped",), ("member-lost-amount",)]
    assert (found[0].cases, found[0].live, found[0].lift.live, found[0].lift.to) == (2, 2, 2, Level.EXACT)
    assert (found[1].cases, found[1].live, found[1].lift.cases) == (6, 1, 6)


def test_lift_is_of_one_fix_alone() -> None:
    """A case with two causes is lifted by the one that is below the other, and no further than to the other."""
    lost, nulls = fixes(("live/1", *LOST), ("live/1", *NULLS), ("live/2", *LOST))
    assert lost.causes == ("member-lost-amount",)
    assert (lost.lift.cases, lost.lift.to) == (2, Level.VALUES)
    assert (nulls.cases, nulls.lift.cases, nulls.lift.to) == (1, 0, None)


def test_required_level_says_what_to_fix() -> None:
    """What the required level does not look at is nothing to fix."""
    assert [fix.causes for fix in fixes(("a", *FLOAT), ("a", *NULLS), required=Level.PRESENCE)] == [("nulls-dropped",)]
    assert fixes(("a", *FLOAT), required=Level.OPEN) == ()


def test_refused_cases_are_answered() -> None:
    """Of a case that gave no answer no level is promised."""
    (fix,) = causes_and_fixes(result_of("reported/string-amount-refused"), [task for task, _ in put()])[1]
    assert (fix.lift.cases, fix.lift.to) == (fix.cases, None)


def test_end_of_a_run() -> None:
    """A run ends with at most five lines on what lifts the client most: cases, live ones, to which level, what to do."""
    tasks = [task for task, _ in put()]
    result = result_of("amount/number-double")
    found, first = causes_and_fixes(result, tasks)
    result = evolve(result, causes=found, fix_first=first)
    *_, empty, head, line = render_run(result)
    assert (empty, head) == ("", "What lifts the client most:")
    fix = first[0]
    others = fix.cases - fix.lift.live
    assert line == (
        f"  1. amounts go through a binary64 (amount.value): {fix.cases} cases, {fix.live} of them live; "
        f"alone this lifts {fix.lift.live} live and {others} other cases to EXACT. "
        "Decode numbers into an exact type: integers of 64 bits, decimals, or their spelling. "
        "See docs/faults.md on all-numbers-double, quantity-float."
    )
    many = evolve(result, fix_first=first * 7)
    lines = list(render_run(many))
    assert lines[-5] == "What lifts the client most, the first 4 of 7:"
    assert list(render_run(many, quiet=True))[-5:] == lines[-5:]


def test_smallest_case_stands_for_an_unknown_cause() -> None:
    """Where nobody knows what a client does, the smallest failing case stands for all of them."""
    tasks = [task for task, _ in put()]
    found, first = causes_and_fixes(result_of("reported/last-variant-only"), tasks)
    assert first[0].vague
    sizes = {task.case_id: len(task.payload) for task in tasks}
    assert sizes[first[0].smallest] == first[0].size == min(sizes[one] for one in found[0].cases)
    result = evolve(result_of("reported/last-variant-only"), causes=found, fix_first=first)
    assert f"The smallest is {first[0].smallest} ({first[0].size} bytes)." in list(render_run(result))[-1]


def test_enough_faults() -> None:
    """At least 41 faults of data have a cause of their own name."""
    assert len(TRUE_CAUSES) >= 41


def test_faithful_client_has_no_cause() -> None:
    """Who loses nothing has nothing to fix; what differs is harmless."""
    assert all(cause.cap >= Level.EXACT for cause in causes("control/faithful"))
    assert causes("control/echo") == ()


def test_level_that_fixing_gives() -> None:
    """The headline after one fix is that of the client without the fault, and stays where two faults are."""
    one = next(cause for cause in causes("width/count-int32-wraps") if cause.name == "wraps-at-2^31")
    assert one.after is Level.LEXICAL
    assert one.everyday
    two = causes("page/first-only")
    assert {cause.name for cause in two[:2]} == {"has-more-changed", "cursor-as-null"}
    assert two[0].after is Level.NONE


def test_renaming_is_one_cause() -> None:
    """A member under another name is one thing, not one lost and one invented."""
    first, *others = [cause for cause in causes("name/camel") if cause.cap < Level.EXACT]
    assert first.name == "renamed-to-camelCase"
    # Two names that become one lose a member, which is no renaming.
    assert sum(len(cause.cases) for cause in others) * 10 < len(first.cases)


def test_faults_without_answers() -> None:
    """Crashes, leaks and the like are causes as well."""
    for code, message, name in (
        ("client/crashed", "exit status 3", "crashes"),
        ("client/timed-out", "no answer", "deadlines"),
        ("client/protocol-violation", "not base64", "protocol"),
        ("client/state-leak", "what came is the answer to a/b, the payload before", "previous-answer"),
        ("client/state-leak", "sent alone and after a/b", "state-leak"),
        ("client/nondeterministic", "in two ways", "nondeterministic"),
    ):
        case = CaseResult(
            case_id="a/c",
            duty=Expectation.MUST_DECODE,
            served=True,
            outcome=Outcome.CRASHED,
            faults=(Fault(code, message),),
        )
        (cause,) = causes_of(evolve(result_of("control/echo"), cases=(case,)), ())
        assert (cause.name, cause.cap) == (name, Level.NONE)
        assert cause.after is None, "what a client would have answered is not known"


PROBED = {told for told in vars(probes).values() if isinstance(told, str) and told.startswith("client/")}


@pytest.mark.parametrize("code", sorted(PROBED))
def test_what_a_probe_finds_has_a_cause(code: str) -> None:
    """Each code of a probe has a cause with words of its own."""
    case = CaseResult(
        case_id="a/c",
        duty=Expectation.MUST_DECODE,
        served=True,
        outcome=Outcome.DECODED,
        faults=(Fault(code, "otherwise"),),
    )
    (cause,) = causes_of(evolve(result_of("control/echo"), cases=(case,)), ())
    assert cause.name != "others", "clients/causes.py has no cause for it"


def test_without_what_was_sent() -> None:
    """A result whose payloads are gone is explained by what it says itself."""
    found = causes_of(result_of("width/count-int32-wraps"), ())
    assert found[0].name == "wraps-at-2^31"


@pytest.mark.parametrize(("sent", "returned"), [("1e39", "1e350"), ("1e310", "1e350"), ("1e307", "1e350")])
def test_what_no_binary_holds(sent: str, returned: str) -> None:
    """Numbers that a binary model does not hold are not called alike for that."""
    found = set(explained(Number(sent), Number(returned)))
    assert found & {"through-binary32", "through-binary64", "cents"} == set()


@pytest.mark.parametrize(
    ("sent", "returned", "name"),
    [
        (Number("1.005"), Number("1.00"), "rounded-to-2-places"),
        (Number("0.123456789"), Number("0.12345679"), "through-binary32"),
        (Number("12"), Number("-12"), "sign-lost"),
        ("1.5E+2", "1.5", "leading-digits"),
        (Number("12.5"), Number("12"), "leading-digits"),
        (Number("4294967297"), Number("1"), "wraps-at-2^31"),
        (Number("2147483649"), Number("1"), "wraps-at-2^31"),
        (Number("1793491200"), Number("1793491200000"), "milliseconds"),
        ("Größe", "Gr??e", "question-marks"),
        ("Größe", "GrÃ¶Ã\x9fe", "mojibake"),
        ("a&b", "a&amp;b", "escaped"),
        ("", None, "empty-as-null"),
        (["x"], "x", "array-unwrapped"),
        (None, "", "null-replaced"),
        ("0.2911922500000000000000000000", "0.29119225", "number-respelled"),
    ],
)
def test_explanations_of_one_pair(sent: object, returned: object, name: str) -> None:
    """A change that is known is among the explanations of a pair of values."""
    assert name in set(explained(sent, returned))  # type: ignore[arg-type]


def test_rounding_is_no_reading_of_leading_digits() -> None:
    """A number that ends within the digits that were sent was rounded."""
    found = [*explained(Number("0.028371940561820314"), Number("0.0283719405618203"))]
    assert "leading-digits" not in found
    assert "rounded-to-15-digits" in found


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9) | st.decimals().map(lambda one: Number(str(one))),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(JSON, JSON)
def test_any_pair_is_explained(sent: object, returned: object) -> None:
    """No pair of values raises, and every explanation has a title and something to do."""
    for name in explained(sent, returned):  # type: ignore[arg-type]
        assert naming(name).title
        assert naming(name) != NAMINGS["others"], name


@given(strategies.payloads() | st.binary(max_size=100))
def test_any_payload_has_traits(payload: bytes) -> None:
    """No payload raises, and every trait can be a cause."""
    for name in traits(payload, LATEST):
        assert name.startswith("refuses-")
        assert naming(name).title.startswith("payloads are refused that have ")


@given(strategies.payloads(), strategies.payloads())
def test_any_answer_has_causes(sent: bytes, returned: bytes) -> None:
    """Whatever comes back, each difference has one cause, and the cases of causes are those that differ."""
    task = put()[0][0]
    found = compare(sent, returned)
    case = CaseResult(
        case_id="a/b",
        duty=Expectation.MUST_DECODE,
        served=True,
        outcome=Outcome.DECODED,
        level=found.level,
        differences=found.differences,
        returned=returned,
    )
    result = evolve(result_of("control/echo"), cases=(case,))
    causes = causes_of(result, [type(task)(**{**_fields(task), "case_id": "a/b", "payload": sent})])
    assert bool(causes) == bool(found.differences)
    assert min((cause.cap for cause in causes), default=Level.BYTES) is found.level


def _fields(task: object) -> dict[str, object]:
    return {name: getattr(task, name) for name in ("shape", "revision", "verdict", "must", "served", "tier")}


@pytest.mark.parametrize("code", ["client/member-lost", "client/kind-lost", "client/member-invented"])
def test_difference_of_the_whole(code: str) -> None:
    """What differs around a wrapped record is at no member of it, and has a cause all the same."""
    task = put()[0][0]
    around = Difference(code=code, pointer="", sent='"page"', returned=None, message="lost", cap=Level.NONE)
    case = CaseResult(
        case_id=task.case_id,
        duty=Expectation.MUST_DECODE,
        served=True,
        outcome=Outcome.DECODED,
        level=Level.NONE,
        differences=(around, evolve(around, code="client/member-invented", pointer="/data")),
        returned=b"{}",
    )
    assert causes_of(evolve(result_of("control/echo"), cases=(case,)), [task])


def test_known_faults_are_in_the_table() -> None:
    """Every fault that a cause points to is in docs/faults.md, which names clients that had it."""
    known = {name for said in NAMINGS.values() for name in said.known}
    reported = {mutant.name.partition("/")[2] for mutant in all_mutants() if mutant.family == "reported"}
    assert known <= reported
    text = (DOCS / "faults.md").read_text("utf-8")
    assert all(f"**{name}**" in text for name in known)


def test_names_are_documented() -> None:
    """docs/clients.md lists every cause with what it is called."""
    text = (DOCS / "clients.md").read_text("utf-8")
    for name, said in NAMINGS.items():
        assert f"| `{name}` | {said.title.replace('{}', '…')} |" in text, name


def test_text_of_a_run() -> None:
    """The causes stand in at most ten lines, failing cases below them by cause, and harmless things last."""
    result = result_of("page/first-only")
    lines = list(render_run(evolve(result, causes=causes("page/first-only")), max_cases=3))
    at = lines.index("What went wrong, in the order in which to fix it:")
    assert lines[at + 1].startswith("  1. `has_more` changes (has_more): ")
    assert "fixed alone, this gives NONE" in lines[at + 1]
    assert "docs/findings.md#client" in lines[at + 1]
    assert "docs/faults.md on first-page-only" in lines[at + 1]
    failing = len(result.failing)
    assert f"  {failing - 3} of {failing} failing cases are not listed; --max-cases {failing} lists all" in lines
    assert lines[-1].startswith("No failure at EXACT: ")
    quiet = list(render_run(evolve(result, causes=causes("page/first-only")), quiet=True))
    assert len(quiet) < 12
    assert not any(line.startswith(f"{failing} of") for line in quiet)


def test_many_causes_are_ten_lines() -> None:
    """However much is wrong, ten lines say what to do first."""
    many = causes("page/first-only")[0]
    result = evolve(result_of("page/first-only"), causes=tuple(evolve(many, name=f"c{n}") for n in range(30)))
    lines = list(render_run(result, max_cases=0))
    at = lines.index("What went wrong, in the order in which to fix it:")
    assert lines[at + 10] == "     and 21 more; --format json has all"
    assert lines[at + 11] == ""


def test_run_says_causes(tmp_path: Path) -> None:
    """The command tells causes, as text and as JSON."""
    (tmp_path / "lossy.py").write_text(
        "import json\ndef client(payload):\n    tree = json.loads(payload)\n    tree.pop('amount', None)\n"
        "    return json.dumps(tree, separators=(',', ':')).encode()\n"
    )
    client = CliRunner()
    arguments = ["run", "--client", "python:lossy:client", "-k", "members/amount-zero", "--probes", "none"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.syspath_prepend(str(tmp_path))
        text = client.invoke(main, arguments)
        told = json.loads(client.invoke(main, [*arguments, "--format", "json"]).stdout)
    assert "`amount` does not come back (amount)" in text.stdout
    assert told["causes"][0]["name"] == "member-lost-amount"
    assert told["fix_first"][0]["causes"] == ["member-lost-amount"]
    assert text.stdout.splitlines()[-2] == "What lifts the client most:"
    assert set(told["causes"][0]["cases"]) <= {case["case"] for case in told["cases"]}
    assert any(case["tier"] == Tier.EVERYDAY for case in told["cases"])
