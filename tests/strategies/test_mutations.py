"""Named ways to change a payload: complete, each with its own name, and each with the outcome that it promises."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

import usagecompat
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.contract.tree import JsonType, contract
from usagecompat.corpus.derived import Derived, derive, judge
from usagecompat.corpus.selection import cases
from usagecompat.findings import CODES, CODES_OF_PAYLOADS, Severity, Verdict
from usagecompat.strategies.mutations import mutations
from usagecompat.strategies.samples import VALID, WHOLE, Mutation

if TYPE_CHECKING:
    from collections.abc import Iterable

NO_MUTATION = {
    "json/limit-size": "a text of 64 MiB says no more about a member than one case does",
    "json/already-parsed": "no text shows it",
    "record/phantom-member": "it is said of flat records, which are never a payload",
}


def key(mutation: Mutation) -> tuple[str, str, str, str]:
    """What is shown once, at the newest revision that says it."""
    return mutation.record, mutation.member, mutation.fault, mutation.code


@pytest.fixture(scope="module")
def derived() -> tuple[Derived, ...]:
    """Everything that can be derived from the corpus."""
    return derive(cases())


def named(derived: Iterable[Derived], name: str) -> Derived:
    """The derived case of this id."""
    return next(case for case in derived if case.id == name)


# -- mutations


@pytest.mark.parametrize("revision", REVISIONS)
def test_obligations_are_unique(revision: str) -> None:
    """No two changes at a revision have one id."""
    ids = [mutation.obligation for mutation in mutations(revision)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_member_is_covered(revision: str) -> None:
    """Every declared member, and every name that is only required, is at least present, absent, null and misspelt."""
    made = {(mutation.record, mutation.member, mutation.fault) for mutation in mutations(revision)}
    for shape in contract(revision).records.values():
        for name in shape.members:
            for fault in ("present", "absent", "null", "misspelt", "duplicated"):
                assert (shape.name, name, fault) in made
        for name in shape.required:
            assert (shape.name, name, "absent") in made
        assert (shape.name, WHOLE, "undeclared-member") in made


def test_every_type_is_given_the_others() -> None:
    """Every member is given a value of every JSON type that is not its own."""
    others = {
        JsonType.INTEGER: {"string", "fraction", "boolean", "array", "object"},
        JsonType.NUMBER: {"string", "boolean", "array", "object"},
        JsonType.STRING: {"number", "boolean", "array", "object"},
        JsonType.BOOLEAN: {"number", "string", "array", "object"},
        JsonType.OBJECT: {"number", "string", "boolean", "array"},
        JsonType.ARRAY: {"number", "string", "boolean", "object"},
    }
    wrong = {(m.record, m.member, m.fault) for m in mutations(LATEST) if m.code == "schema/wrong-type"}
    for shape in contract(LATEST).records.values():
        for member in shape.members.values():
            assert {(shape.name, member.name, fault) for fault in others[member.type]} <= wrong


def test_every_code_has_a_mutation() -> None:
    """Every code that a payload can show is caused by some change at some revision."""
    caused = {mutation.code for revision in REVISIONS for mutation in mutations(revision)}
    wanted = set(CODES_OF_PAYLOADS) - NO_MUTATION.keys()
    assert not (caused - {VALID}) ^ wanted, "strategies/rule_mutations.py and mutations.py name what causes each code"


# -- derived cases


def test_everything_is_derived(derived: tuple[Derived, ...]) -> None:
    """The corpus has a valid payload for everything that is to be shown, once for each outcome."""
    wanted = {key(mutation) for revision in REVISIONS for mutation in mutations(revision)}
    shown = [key(case.mutation) for case in derived]
    assert not set(shown) ^ wanted, "no case in fixtures/ can be changed into these"
    assert len(shown) == len(wanted)


@pytest.mark.parametrize("revision", REVISIONS)
def test_everything_is_derived_at(revision: str) -> None:
    """At each revision every obligation is met, and has its revision in its id."""
    derived = derive(cases(), revision)
    assert [case.id for case in derived] == [mutation.obligation for mutation in mutations(revision)]
    assert all(case.id.startswith(f"{revision}/") for case in derived)


@pytest.mark.parametrize("profile", ["served", "published"])
def test_outcomes(derived: tuple[Derived, ...], profile: str) -> None:
    """Every change causes what it must cause, and nothing else above a note, by the check, the schema and the codec."""
    wrong = [(case.id, mismatch) for case in derived for mismatch in judge(case, profile)]
    assert wrong == []


def test_outcomes_at_every_revision() -> None:
    """The same holds where a revision says what others say, too, for the changes that touch what may be null or absent."""
    for revision in REVISIONS[:-1]:
        chosen = [
            case for case in derive(cases(), revision) if case.mutation.fault in ("absent", "null", "former-name")
        ]
        assert [(case.id, mismatch) for case in chosen for mismatch in judge(case)] == []


def test_changes_share_nothing(derived: tuple[Derived, ...]) -> None:
    """What a change puts into a payload belongs to that payload alone, so that more can be changed in it."""
    for case in derived:
        first, second = changed(case), changed(case)
        assert not parts_of(first) & parts_of(second), case.id
        assert first == second


def changed(case: Derived) -> object:
    """The payload after the change, as a tree."""
    tree = copy.deepcopy(case.tree)
    node = tree
    for part in case.path:
        node = node[part]
    case.mutation.change(node)
    return tree


def parts_of(tree: object) -> set[int]:
    """The identities of all objects and arrays of a tree."""
    found, open_ = set[int](), [tree]
    while open_:
        match one := open_.pop():
            case dict():
                open_ += one.values()
            case list():
                open_ += one
            case _:
                continue
        found.add(id(one))
    return found


def test_one_thing_is_changed(derived: tuple[Derived, ...]) -> None:
    """A derived case comes from a valid payload, which it leaves as it is."""
    for case in derived:
        assert case.base.verdict is Verdict.VALID
        before = case.base.payload
        assert case.payload == case.payload
        assert case.base.payload_path.read_bytes() == before


def test_verdict(derived: tuple[Derived, ...]) -> None:
    """The verdict is what the code weighs in the profile."""
    amount = named(derived, f"{LATEST}/CostsResultAmount/value/number-text")
    assert (amount.code, amount.verdict(), amount.verdict("published")) == (
        "wire/amount-as-string",
        Verdict.ACCEPTABLE,
        Verdict.INVALID,
    )
    null = named(derived, f"{LATEST}/CostsResultAmount/value/null")
    assert (null.code, null.pointer, null.verdict()) == (
        "schema/unexpected-null",
        "/amount/value",
        Verdict.INVALID,
    )


def wrong(case: Derived, **changes: object) -> list[str]:
    """What the judge says if the change promised something else."""
    return [mismatch.expected for mismatch in judge(evolve(case, mutation=evolve(case.mutation, **changes)))]


def test_judge_sees_another_code(derived: tuple[Derived, ...]) -> None:
    """A change that causes another finding than it promises is told by the check and by the schema."""
    null = named(derived, f"{LATEST}/UsageEmbeddingsResult/input_tokens/null")
    assert wrong(null) == []
    assert wrong(null, code="schema/wrong-type")[0] == "schema/wrong-type at /input_tokens"
    assert f"schemas/served/{LATEST}.json accepts it" in wrong(null, code=VALID)


def test_judge_sees_another_place(derived: tuple[Derived, ...]) -> None:
    """A finding at another place than promised is told."""
    null = named(derived, f"{LATEST}/UsageEmbeddingsResult/input_tokens/null")
    assert wrong(null, at=("num_model_requests",))[0] == "schema/unexpected-null at /num_model_requests"


def test_judge_sees_more(derived: tuple[Derived, ...]) -> None:
    """A second thing that a change causes is told, even if the verdict stays."""
    absent = named(derived, f"{LATEST}/UsageEmbeddingsResult/input_tokens/absent")
    both = wrong(absent, change=lambda node: (node.pop("input_tokens"), node.pop("num_model_requests")))
    assert "nothing else above a note" in both


def test_judge_sees_nothing(derived: tuple[Derived, ...]) -> None:
    """A change that causes nothing, although it promises something, is told."""
    absent = named(derived, f"{LATEST}/UsageEmbeddingsResult/input_tokens/absent")
    assert wrong(absent, change=lambda node: node)[:2] == [
        "schema/missing-member at /input_tokens",
        "the verdict invalid",
    ]


def test_notes_are_promised_too(derived: tuple[Derived, ...]) -> None:
    """A change that must cause a note leaves the payload valid, and the note is there."""
    notes = [case for case in derived if case.code != VALID and CODES[case.code].served is Severity.NOTE]
    assert notes
    for case in notes:
        report = usagecompat.check(case.payload, revision=case.revision, shape=case.shape)
        assert report.verdict is Verdict.VALID
        assert (case.code, case.pointer) in [(finding.code, finding.pointer) for finding in report.findings]
