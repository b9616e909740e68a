"""Cases into a corpus: whole or not at all, and only where the check sees what a person says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from usagecompat.cli import main
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.corpus import authoring
from usagecompat.corpus import selection as corpus
from usagecompat.exceptions import WouldOverwrite

CASES = ("deviations/amount-string", "numbers/count-negative", "numbers/count-one")
PLUS = b'{"object":"organization.usage.embeddings.result","input_tokens":1e2,"num_model_requests":4}'
GOOD = b'{"object":"organization.usage.embeddings.result","input_tokens":5120,"num_model_requests":4}'
NEW = authoring.NewCase(
    id="numbers/count-with-another-exponent",
    payload=PLUS,
    description="A count is spelled with an exponent.",
    evidence="RFC 8259 section 6 lets a number have an exponent.",
    flags=(),
    revision=LATEST,
    fix=("1e2", "100"),
    every_revision=False,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A corpus of a few packaged cases, with nothing to fix, in which every flag is explained."""
    root = tmp_path / "corpus"
    flags: set[str] = set()
    for name in CASES:
        case = corpus.read_case(corpus.packaged() / f"{name}.case.json")
        flags |= set(case.flags)
        (root / case.topic).mkdir(parents=True, exist_ok=True)
        for path in (case.path, case.payload_path):
            shutil.copyfile(path, root / case.topic / path.name)
    notes: dict[str, Any] = json.loads((corpus.packaged() / "notes.json").read_text("utf-8"))
    (root / "notes.json").write_text(json.dumps({flag: notes[flag] for flag in sorted(flags)}), "utf-8")
    corpus.write_manifest(root)
    assert corpus.lint(root) == []
    return root


def content(root: Path) -> dict[str, bytes]:
    """Every file of a corpus, hidden ones included."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def run(*args: str | Path, stdin: str | bytes | None = None) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, ["fixtures", *map(str, args)], input=stdin, prog_name="usagecompat")


# -- drafts


def test_add(root: Path) -> None:
    """A good draft becomes a case: payload, what it must show, and a line of the manifest, with nothing to fix."""
    before = content(root)
    assert authoring.problems_of(NEW, root) == []
    assert content(root) == before
    written = authoring.add(NEW, root)
    assert [path.relative_to(root).as_posix() for path in written] == [
        f"{NEW.id}.json",
        f"{NEW.id}.case.json",
        "manifest.json",
    ]
    assert corpus.lint(root) == []
    (case,) = (case for case in corpus.cases(root=root) if case.id == NEW.id)
    assert case.payload == PLUS
    assert [(one.code, one.pointer) for one in case.findings] == [("record/integer-spelled-as-float", "/input_tokens")]
    assert set(content(root)) == {*before, f"{NEW.id}.json", f"{NEW.id}.case.json"}


def test_add_in_a_new_topic(root: Path) -> None:
    """A topic that is not there yet is made."""
    draft = evolve(NEW, id="spellings/count-with-exponent")
    assert authoring.problems_of(draft, root) == []
    authoring.add(draft, root)
    assert corpus.lint(root) == []


def test_every_revision(root: Path) -> None:
    """If it is asked for, what the check says at the other revisions is expected, in ranges around the own one."""
    old = evolve(NEW, payload=GOOD, fix=None, revision="2025-02-10", every_revision=True)
    said = json.loads(old.text())
    assert said["revisions"] == [
        {"from": REVISIONS[0], "to": "2025-01-17", "verdict": "valid"},
        {"from": "2026-05-13", "to": LATEST, "verdict": "valid"},
    ]
    assert authoring.problems_of(old, root) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "numbers/count-one"}, "is there already"),
        ({"id": "Numbers/Count"}, "is not a topic, a slash and a name"),
        ({"id": "count"}, "is not a topic, a slash and a name"),
        ({"id": "../count"}, "is not a topic, a slash and a name"),
        ({"id": "a/b/c"}, "is not a topic, a slash and a name"),
        ({"id": "a/\0"}, "is not a topic, a slash and a name"),
        ({"description": "no sentence"}, "does not match"),
        ({"description": "It is so. It is not."}, "more than one sentence"),
        ({"evidence": ""}, "$.evidence"),
        ({"flags": ("unheard-of",)}, "the flag 'unheard-of' is not explained"),
        ({"fix": ("1e3", "100")}, "occurs 0 times"),
        ({"fix": ("1e2", "-1")}, "with its fix the payload is invalid"),
        ({"fix": None}, "no fix proves that it has one fault"),
        ({"payload": GOOD}, "should not be valid under"),
    ],
    ids=str,
)
def test_problems(root: Path, change: dict[str, Any], words: str) -> None:
    """Whatever is wrong with a draft is said, and nothing is changed to find out."""
    before = content(root)
    problems = authoring.problems_of(evolve(NEW, **change), root)
    assert any(words in problem for problem in problems), problems
    assert content(root) == before


def test_bytes_that_are_no_text(root: Path) -> None:
    """A payload that is not UTF-8 is written as it is, and fixed by bytes."""
    draft = evolve(NEW, id="text/latin", payload=GOOD[:-1] + b',"model":"caf\xe9"}', fix=(b"\xe9", b"\xc3\xa9"))
    assert authoring.problems_of(draft, root) == []
    authoring.add(draft, root)
    assert corpus.lint(root) == []
    assert (root / "text/latin.json").read_bytes() == draft.payload


def test_corpus_that_is_not_in_order(root: Path) -> None:
    """A manifest that is wrong already is not made right by the way."""
    (root / "numbers/count-one.json").write_bytes(GOOD)
    assert any("does not match the cases" in problem for problem in authoring.problems_of(NEW, root))


def test_nothing_is_overwritten(root: Path) -> None:
    """Adding a case twice is refused the second time."""
    authoring.add(NEW, root)
    before = content(root)
    with pytest.raises(WouldOverwrite):
        authoring.add(evolve(NEW, description="Another one."), root)
    assert content(root) == before


@pytest.mark.parametrize("failing", range(6))
def test_never_half_written(root: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """If any step of writing fails, or is interrupted, the corpus is what it was, down to its folders."""
    steps = 0
    write, replace = Path.write_bytes, Path.replace
    draft = evolve(NEW, id="spellings/count")
    before = content(root)

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == failing + 1:
            raise KeyboardInterrupt if failing % 2 else OSError("disk full")

    def writing(path: Path, data: bytes) -> int:
        if path.name.endswith(".new"):
            step()
        return write(path, data)

    def replacing(path: Path, target: Path) -> Path:
        step()
        return replace(path, target)

    monkeypatch.setattr(Path, "write_bytes", writing)
    monkeypatch.setattr(Path, "replace", replacing)
    with pytest.raises((OSError, KeyboardInterrupt)):
        authoring.add(draft, root)
    assert steps == failing + 1
    assert content(root) == before
    assert not (root / "spellings").exists()


# -- new, on the command line

FLAGS = ("--verdict", "acceptable", "--description", NEW.description, "--evidence", NEW.evidence)


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    """A file with the payload."""
    path = tmp_path / "plus.json"
    path.write_bytes(PLUS)
    return path


def test_new_by_flags(root: Path, payload: Path) -> None:
    """With everything given, nothing is asked, and the report is shown."""
    result = run("new", root, NEW.id, "--payload", payload, *FLAGS, "--fix", "1e2", "100")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"acceptable: {NEW.id}: result at {LATEST}; 1 warning\n")
    assert result.stderr.count("written: ") == 3
    assert corpus.lint(root) == []


def test_new_from_standard_input(root: Path) -> None:
    """The payload may come from standard input."""
    result = run("new", root, NEW.id, "--payload", "-", *FLAGS, "--fix", "1e2", "100", stdin=PLUS)
    assert result.exit_code == 0, result.output
    assert (root / f"{NEW.id}.json").read_bytes() == PLUS


def test_new_by_questions(root: Path, payload: Path) -> None:
    """What is not given is asked for, and nothing else."""
    answers = [NEW.id, str(payload), "acceptable", NEW.description, NEW.evidence, "", "1e2", "100", ""]
    result = run("new", root, "--ask", stdin="\n".join(answers))
    assert result.exit_code == 0, result.output
    assert corpus.lint(root) == []
    assert f"Flags, with spaces between ({next(iter(corpus.read_notes(root)))}, " in result.stdout
    assert (root / f"{NEW.id}.case.json").read_text("utf-8") == NEW.text()


def test_new_needs_everything(root: Path, payload: Path) -> None:
    """Without questions, what is missing is named."""
    result = run("new", root, NEW.id, "--payload", payload, "--verdict", "valid")
    assert result.exit_code == 2
    assert "A case needs --description, --evidence; with --ask" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--verdict", "valid"], "you expect valid; the check reports acceptable"),
        (["--code", "record/negative-count"], "you expect record/negative-count; the check reports record/int"),
        (["--flag", "unheard-of"], "the flag 'unheard-of' is not explained"),
        (["--revision", "2024-12-04", "--description", "so"], "does not match"),
    ],
    ids=" ".join,
)
def test_new_refuses(root: Path, payload: Path, options: list[str], words: str) -> None:
    """Where the check and the person differ, or something else has to be fixed, nothing is written."""
    before = content(root)
    result = run("new", root, NEW.id, "--payload", payload, *FLAGS, "--fix", "1e2", "100", *options)
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stderr.endswith("nothing was written\n")
    assert content(root) == before


def test_new_misuse(root: Path, payload: Path) -> None:
    """A code that does not exist, and bytes that are none, are misuse."""
    common = ("new", root, NEW.id, "--payload", payload, *FLAGS)
    unknown = run(*common, "--fix", "1e2", "100", "--code", "record/negative-counts")
    assert unknown.exit_code == 2
    assert "did you mean 'record/negative-count'?" in unknown.stderr
    assert run(*common, "--fix-hex", "zz", "00").exit_code == 2
    right = run(*common, "--fix-hex", b"1e2".hex(), b"100".hex(), "--code", "record/integer-spelled-as-float")
    assert right.exit_code == 0, right.output


# -- update


def test_update_says_nothing_of_a_good_corpus(root: Path) -> None:
    """Where every case says what the check sees, there is no diff."""
    assert authoring.changes(root) == ()
    result = run("update", root)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"{root}: 0 of 3 cases differ from the check\n"


def said(root: Path, name: str, **others: object) -> str:
    """Let a case say something else; what it said before."""
    path = root / f"{name}.case.json"
    before = path.read_text("utf-8")
    path.write_text(authoring.sidecar_text({**json.loads(before), **others}), "utf-8")
    return before


def test_update_shows_and_writes(root: Path) -> None:
    """A wrong expectation is a diff, and is written only if that is asked for."""
    right = said(root, "numbers/count-one", verdict="invalid", findings=[{"code": "json/empty-text", "pointer": ""}])
    before = content(root)
    result = run("update", root)
    assert result.exit_code == 1
    assert '-  "verdict": "invalid",\n' in result.stdout
    assert '+  "verdict": "valid",\n' in result.stdout
    assert "1 of 3 cases differ" in result.stderr
    assert content(root) == before
    assert run("update", root, "--write").exit_code == 0
    assert (root / "numbers/count-one.case.json").read_text("utf-8") == right
    assert corpus.lint(root) == []


def test_update_of_other_revisions(root: Path) -> None:
    """A verdict at another revision is looked at, too, and one that nobody has judged stays unjudged."""
    case = corpus.read_case(root / "deviations/amount-string.case.json")
    first = [{"from": REVISIONS[0], "to": "2025-01-17", "verdict": "valid"}]
    said(root, case.id, revisions=first)
    (change,) = authoring.changes(root)
    assert change.members == ("revisions",)
    assert json.loads(change.after)["revisions"] == [{**first[0], "verdict": "invalid"}]


def test_update_of_some_cases(root: Path) -> None:
    """Only the cases that are named are looked at, and each must be there."""
    said(root, "numbers/count-one", verdict="invalid")
    assert run("update", root, "numbers/count-negative").exit_code == 0
    assert run("update", root, "numbers/count-one").exit_code == 1
    unknown = run("update", root, "numbers/count-on")
    assert unknown.exit_code == 2
    assert "did you mean 'numbers/count-one'?" in unknown.stderr


def test_update_keeps_what_only_people_know(root: Path) -> None:
    """Descriptions, evidence, flags and fixes are not touched."""
    before = json.loads(said(root, "deviations/amount-string", verdict="valid", findings=[], published="valid"))
    (change,) = authoring.changes(root)
    assert json.loads(change.after) == before


def test_packaged_corpus_needs_no_update() -> None:
    """Every case of the kit says what the check sees."""
    assert [change.case.id for change in authoring.changes(corpus.packaged())] == []
