"""The linter finds each kind of problem that a corpus can have, and nothing in a good one."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from usagecompat.corpus import selection as corpus
from usagecompat.exceptions import UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CASES = ("deviations/amount-string", "numbers/count-negative", "numbers/count-one", "text/trailing-brace")
Damage: TypeAlias = "Callable[[Path], object]"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A corpus of a few packaged cases, with nothing to fix."""
    notes: dict[str, Any] = json.loads((corpus.packaged() / "notes.json").read_text("utf-8"))
    flags: set[str] = set()
    for name in CASES:
        case = corpus.read_case(corpus.packaged() / f"{name}.case.json")
        flags |= set(case.flags)
        (tmp_path / case.topic).mkdir(exist_ok=True)
        for path in (case.path, case.payload_path):
            shutil.copyfile(path, tmp_path / case.topic / path.name)
    chosen = {flag: note for flag, note in notes.items() if flag in flags}
    (tmp_path / "notes.json").write_text(json.dumps(chosen, indent=2), "utf-8")
    corpus.write_manifest(tmp_path)
    assert corpus.lint(tmp_path) == []
    return tmp_path


def said(name: str, **others: object) -> Damage:
    """Makes a case say something else, in the usual order and format; None leaves a member out."""

    def damage(root: Path) -> None:
        path = root / f"{name}.case.json"
        tree: dict[str, Any] = {**json.loads(path.read_text("utf-8")), **others}
        order = [
            *(
                "id",
                "description",
                "evidence",
                "shape",
                "revision",
                "verdict",
                "published",
                "tier",
                "demand",
                "findings",
            )
        ]
        order += ["revisions", "flags", "fix", "since", *others]
        kept = {
            each: tree[each]
            for each in dict.fromkeys(order)
            if tree.get(each, ...) not in (None, ...) or each == "shape"
        }
        path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")

    return damage


def edited(name: str, old: str, new: str) -> Damage:
    """Puts another text in the place of one that occurs once."""

    def damage(root: Path) -> None:
        text = (root / name).read_text("utf-8")
        assert text.count(old) == 1
        (root / name).write_text(text.replace(old, new), "utf-8")

    return damage


def written(name: str, text: str) -> Damage:
    """Writes a file."""

    def damage(root: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")

    return damage


def removed(name: str) -> Damage:
    """Removes a file."""
    return lambda root: (root / name).unlink()


def moved(name: str, to: str) -> Damage:
    """Moves a case with its payload."""

    def damage(root: Path) -> None:
        (root / to).parent.mkdir(exist_ok=True)
        for suffix in (".json", ".case.json"):
            (root / f"{name}{suffix}").rename(root / f"{to}{suffix}")

    return damage


def copied(name: str, to: str) -> Damage:
    """Copies a case with its payload, id and all."""

    def damage(root: Path) -> None:
        for suffix in (".json", ".case.json"):
            shutil.copyfile(root / f"{name}{suffix}", root / f"{to}{suffix}")

    return damage


COST, NEGATIVE, ONE, BRACE = CASES
KINDS: dict[str, tuple[Damage, str]] = {
    "payload without sidecar": (removed(f"{NEGATIVE}.case.json"), "it has no case file"),
    "sidecar without payload": (removed(f"{NEGATIVE}.json"), "its payload count-negative.json is missing"),
    "other file": (written("numbers/README.txt", ""), "is neither a payload nor what one must show"),
    "payload outside of a topic": (written("stray.json", "{}"), "stands outside of any topic"),
    "topic style": (written("Numbers_2/x.json", "{}"), "lower-case words joined by hyphens"),
    "sidecar is no JSON": (written(f"{NEGATIVE}.case.json", "{"), "is no JSON"),
    "member missing": (said(NEGATIVE, evidence=None), "'evidence' is a required property"),
    "member unknown": (said(NEGATIVE, ticket="17"), "'ticket' was unexpected"),
    "id style": (said(NEGATIVE, id="numbers/Count_Negative"), "does not match"),
    "id and path": (said(NEGATIVE, id="numbers/other"), "must be its path, 'numbers/count-negative'"),
    "id taken": (copied(NEGATIVE, "numbers/zzz"), "is taken by numbers/count-negative.case.json"),
    "moved": (moved(NEGATIVE, "rules/count-negative"), "must be its path, 'rules/count-negative'"),
    "format": (edited(f"{NEGATIVE}.case.json", '  "id"', ' "id"'), "two spaces of indent"),
    "flag without note": (said(NEGATIVE, flags=["zebra"]), "the flag 'zebra' is not explained in notes.json"),
    "note without case": (
        edited("notes.json", '"string-amount": {', '"string-thing": {'),
        "no case has the flag 'string-thing'",
    ),
    "notes broken": (written("notes.json", '{"served": {}}'), "`title` is missing"),
    "flags unordered": (said(BRACE, flags=["text-fault", "served"]), "the flags are not in alphabetical order"),
    "code unknown": (
        said(NEGATIVE, findings=[{"code": "record/none", "pointer": ""}]),
        "there is no finding code 'record/none'",
    ),
    "not listed": (edited("manifest.json", f'"{NEGATIVE}"', '"numbers/gone"'), "the manifest does not list it"),
    "listed and gone": (
        edited("manifest.json", f'"{NEGATIVE}"', '"numbers/gone"'),
        "lists 'numbers/gone', which is no case",
    ),
    "no manifest": (removed("manifest.json"), "the manifest does not list it"),
    "manifest broken": (written("manifest.json", "{}"), "`cases` must be a list"),
    "manifest stale": (
        edited("manifest.json", '"verdict": "acceptable"', '"verdict": "valid"'),
        "does not match the cases",
    ),
    "other bytes": (edited(f"{ONE}.json", "{", "{ "), "has other bytes than the manifest has"),
    "fix occurs twice": (said(NEGATIVE, fix={"replace": '"', "with": ""}), "times, not once"),
    "fix does not fix": (
        said(NEGATIVE, fix={"replace": "-1,", "with": "-2,"}),
        "with its fix the payload is invalid and not valid",
    ),
    "no fix": (said(NEGATIVE, fix=None), "no fix proves that it has one fault"),
    "fix of a valid payload": (said(ONE, fix={"replace": "1", "with": "2"}), "should not be valid under"),
    "range backwards": (
        said(NEGATIVE, revisions=[{"from": "2025-02-10", "to": "2024-12-04", "verdict": "invalid"}]),
        "ends before it begins",
    ),
    "ranges overlap": (
        said(
            NEGATIVE,
            revisions=[
                {"from": "2024-12-04", "to": "2025-02-10", "verdict": "invalid"},
                {"from": "2025-02-10", "to": "2026-05-13", "verdict": "invalid"},
            ],
        ),
        "overlaps or precedes",
    ),
    "range covers the own revision": (
        said(NEGATIVE, revisions=[{"from": "2024-12-04", "to": "2026-10-21", "verdict": "invalid"}]),
        "which `verdict` is for",
    ),
    "range is not a revision": (
        said(NEGATIVE, revisions=[{"from": "2024-12-03", "to": "2025-02-10", "verdict": "invalid"}]),
        "`revisions[0].from` must be the date of a revision",
    ),
    "range is not so": (
        said(NEGATIVE, revisions=[{"from": "2024-12-04", "to": "2025-02-10", "verdict": "valid"}]),
        "expected valid from 2024-12-04 to 2025-02-10 in the profile served; seen invalid",
    ),
    "description in lower case": (said(NEGATIVE, description="counts are negative."), "does not begin with a capital"),
    "description without full stop": (said(NEGATIVE, description="Counts are negative"), "does not match"),
    "description is two": (said(NEGATIVE, description="It is so. It is not."), "more than one sentence"),
    "evidence with a line break": (said(NEGATIVE, evidence="It\nis so."), "the evidence is no sentence"),
    "since is no version": (said(NEGATIVE, since="soon"), "does not match"),
    "since is to come": (said(NEGATIVE, since="99.0.0"), "its `since` is 99.0.0"),
    "verdict against findings": (
        said(NEGATIVE, verdict="acceptable"),
        "its findings give the verdict invalid, and the verdict is acceptable",
    ),
    "published against findings": (said(COST, published="acceptable"), "the published verdict is acceptable"),
    "count of an error": (
        said(NEGATIVE, findings=[{"code": "record/negative-count", "pointer": "/num_model_requests", "count": 2}]),
        "errors are reported one by one",
    ),
    "finding missing": (
        said(ONE, verdict="acceptable", findings=[{"code": "rule/mixed-kinds", "pointer": ""}]),
        "record: rule/mixed-kinds at the root: expected rule/mixed-kinds at the root; seen no such finding",
    ),
    "finding unexpected": (
        said(COST, verdict="valid", findings=[], fix=None, published=None),
        "record: wire/amount-as-string at /amount/value: expected no finding at all",
    ),
    "text fault unexpected": (
        said(BRACE, shape="result", verdict="valid", findings=[], fix=None),
        "json: json/trailing-text at the root: expected no finding at all",
    ),
    "shape is another": (said(ONE, shape="page"), "expected a page; seen a result"),
    "schema disagrees": (said(COST, shape="bucket"), "schema: schema/missing-member at the root"),
    "refused by loads": (
        said(COST, findings=[], verdict="valid", published=None, fix=None),
        "schema: schema/wrong-type at /amount/value",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_lint_finds(kind: str, small: Path) -> None:
    """A corpus with one thing wrong is told so, in words that say what."""
    damage, message = KINDS[kind]
    damage(small)
    problems = list(map(str, corpus.lint(small)))
    assert any(message in problem for problem in problems), problems


def test_order_of_findings(small: Path) -> None:
    """Findings of a case stand in document order."""
    payload = b'{"object":"organization.usage.embeddings.result","input_tokens":-1,"num_model_requests":-1}'
    (small / "numbers/count-negative.json").write_bytes(payload)
    both = [
        {"code": "record/negative-count", "severity": "error", "pointer": f"/{name}"}
        for name in ("num_model_requests", "input_tokens")
    ]
    fix = {"replace": '-1,"num_model_requests":-1', "with": '1,"num_model_requests":1'}
    said("numbers/count-negative", findings=both, fix=fix, revisions=None)(small)
    assert any("expected the order" in str(problem) for problem in corpus.lint(small))
    said("numbers/count-negative", findings=both[::-1], fix=fix, revisions=None)(small)
    corpus.write_manifest(small)
    assert corpus.lint(small) == []


def test_problem_names_its_file(small: Path) -> None:
    """A problem begins with the file that has to be fixed."""
    (small / f"{NEGATIVE}.case.json").unlink()
    first, *_ = corpus.lint(small)
    assert str(first).startswith(f"{small / 'manifest.json'}: ") or first.path.is_relative_to(small)


def test_no_corpus(tmp_path: Path) -> None:
    """Only a directory can be a corpus."""
    with pytest.raises(UnreadableInput, match="a corpus is a directory"):
        corpus.lint(tmp_path / "nowhere")
