"""Reading a corpus: cases, what they expect, sets and the manifest, copies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import usagecompat
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.corpus import selection as corpus
from usagecompat.exceptions import CorruptCase, NoSuchName, UnreadableInput, WouldOverwrite
from usagecompat.findings import CODES, Profile, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COST = b'{"object":"organization.costs.result","amount":{"value":%s,"currency":"usd"}}'
CASE: dict[str, Any] = {
    "id": "costs/amount-as-string",
    "description": "A cost is a string.",
    "evidence": "Seen in live answers.",
    "shape": "result",
    "revision": LATEST,
    "verdict": "acceptable",
    "published": "invalid",
    "findings": [{"code": "wire/amount-as-string", "pointer": "/amount/value"}],
    "revisions": [
        {"from": "2024-12-04", "to": "2025-01-17", "verdict": "invalid"},
        {"from": "2025-02-10", "to": "2026-05-21", "verdict": "acceptable"},
    ],
    "flags": ["served"],
    "fix": {"replace": '"12.50"', "with": "12.50"},
    "since": "0.1.0",
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a case below `tmp_path`, with some members other than usual, or left out if they are None."""

    def write(payload: bytes = COST % b'"12.50"', **others: object) -> Path:
        said = {name: value for name, value in {**CASE, **others}.items() if value is not None}
        sidecar = tmp_path / f"{said.get('id', CASE['id'])}.case.json"
        sidecar.parent.mkdir(exist_ok=True)
        sidecar.write_text(json.dumps(said, indent=2) + "\n", "utf-8")
        sidecar.with_name(sidecar.name.replace(".case", "")).write_bytes(payload)
        return sidecar

    return write


def test_case_says_what_its_file_says(write: Callable[..., Path], tmp_path: Path) -> None:
    """A case has everything that its file says, and its payload byte for byte."""
    sidecar = write()
    (case,) = usagecompat.cases(root=tmp_path)
    assert (case.id, case.topic, case.shape, case.revision, case.since) == (
        "costs/amount-as-string",
        "costs",
        "result",
        LATEST,
        "0.1.0",
    )
    assert (case.verdict, case.published) == ("acceptable", "invalid")
    assert case.findings == (corpus.Expected("wire/amount-as-string", "/amount/value", 1),)
    assert case.flags == ("served",)
    assert case.payload == COST % b'"12.50"'
    assert (case.path, case.payload_path) == (sidecar, tmp_path / "costs/amount-as-string.json")
    assert case.root == tmp_path
    assert case.fix is not None
    assert case.fix.applied_to(case.payload) == COST % b"12.50"


def test_fix_needs_one_place() -> None:
    """An edit is not applied where its text occurs twice or never."""
    fix = corpus.Fix(b"a", b"b")
    assert [fix.applied_to(payload) for payload in (b"xax", b"aa", b"x")] == [b"xbx", None, None]


def test_fix_in_hexadecimal(write: Callable[..., Path]) -> None:
    """An edit of bytes that are no text is given in hexadecimal."""
    assert corpus.read_case(write(fix={"replace_hex": "ff", "with_hex": ""})).fix == corpus.Fix(b"\xff", b"")


def test_expected_at_other_revisions(write: Callable[..., Path]) -> None:
    """A verdict holds in its range, both ends included, and where there is none nobody has judged."""
    case = corpus.read_case(write())
    told = {revision: case.expected(revision) for revision in REVISIONS}
    assert told["2024-12-04"] == told["2025-01-17"] == "invalid"
    assert told["2025-02-10"] == told["2026-05-21"] == told[LATEST] == "acceptable"
    assert told["2026-07-15"] is told["2026-10-14"] is None


def test_expected_by_the_letter(write: Callable[..., Path]) -> None:
    """The letter's verdict is told at the own revision, and elsewhere only where it follows from the served one."""
    case = corpus.read_case(write())
    told = {revision: case.expected(revision, "published") for revision in REVISIONS}
    assert (told[LATEST], told["2025-01-17"], told["2026-05-13"]) == ("invalid", "invalid", None)


def test_letter_follows_from_served() -> None:
    """No finding weighs less by the letter, and no note more, which is why `expected` may conclude so."""
    order = list(reversed(Severity))
    for code in CODES.values():
        served, published = code.severity(Profile.SERVED), code.severity(Profile.PUBLISHED)
        assert order.index(published) >= order.index(served)
        assert served is not Severity.NOTE or published is Severity.NOTE


@pytest.mark.parametrize("case", usagecompat.cases(verdict="acceptable")[:3])
def test_cases_are_parameters(case: corpus.Case, request: pytest.FixtureRequest) -> None:
    """A test with a case for parameter is named after it, without any `ids`."""
    assert request.node.name.endswith(f"[{case.id}]")
    assert str(case) == case.id


def test_cases_are_sorted_and_complete() -> None:
    """All cases of the packaged corpus come, sorted by id, each once."""
    ids = [case.id for case in usagecompat.cases()]
    assert ids == sorted(set(ids))
    assert len(ids) == len(list(corpus.packaged().rglob("*.case.json"))) >= 120


def test_cases_of_a_shape_or_verdict() -> None:
    """Shape and verdict select, and together select both."""
    every = usagecompat.cases()
    pages = usagecompat.cases(shape="page")
    assert pages == tuple(case for case in every if case.shape == "page")
    both = usagecompat.cases(shape="page", verdict="invalid")
    assert both == tuple(case for case in pages if case.verdict is Verdict.INVALID)
    assert both


@pytest.mark.parametrize("wrong", [{"set": "tiny"}, {"shape": "book"}, {"verdict": "good"}])
def test_unknown_names(wrong: dict[str, str]) -> None:
    """A set, shape or verdict that does not exist is refused by name."""
    with pytest.raises(NoSuchName, match=repr(next(iter(wrong.values())))):
        usagecompat.cases(**wrong)


def test_sets_are_in_the_manifest(write: Callable[..., Path], tmp_path: Path) -> None:
    """A smaller set is the list that the manifest has, and it stays when the manifest is written anew."""
    write()
    write(id="costs/other")
    assert corpus.write_manifest(tmp_path)
    manifest = tmp_path / "manifest.json"
    text = manifest.read_text("utf-8")
    first = text.index('["full"]')
    manifest.write_text(text[:first] + '["full", "core"]' + text[first + 8 :], "utf-8")
    assert not corpus.write_manifest(tmp_path)
    write(id="costs/third")
    assert corpus.write_manifest(tmp_path)
    assert [case.id for case in usagecompat.cases("core", root=tmp_path)] == ["costs/amount-as-string"]
    assert len(usagecompat.cases("full", root=tmp_path)) == 3
    with pytest.raises(NoSuchName, match="core, full"):
        usagecompat.cases("smoke", root=tmp_path)


def test_manifest_tells_each_case(write: Callable[..., Path], tmp_path: Path) -> None:
    """The manifest has one line for each case: id, hash of the payload, topic, verdict, sets and version."""
    write()
    corpus.write_manifest(tmp_path)
    (entry,) = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["cases"]
    assert entry == {
        "id": "costs/amount-as-string",
        "demand": "must-decode",
        "findings": [{"code": "wire/amount-as-string", "severity": "warning"}],
        "sha256": "549ef25a05c65f3d227d7a3d8b3787030822810b43a112b3791dff665be7c1f3",
        "topic": "costs",
        "verdict": "acceptable",
        "tier": "everyday",
        "sets": ["full"],
        "since": "0.1.0",
    }


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ({"verdict": None}, "`verdict` is missing; it must be one of valid, acceptable, invalid"),
        ({"verdict": "fine"}, '`verdict` must be one of valid, acceptable, invalid, not "fine"'),
        ({"published": "fine"}, "`published` must be one of"),
        ({"shape": None}, "`shape` is missing"),
        ({"revision": "2020-01-01"}, "`revision` must be the date of a revision"),
        ({"description": ""}, "`description` must be a string"),
        ({"findings": {}}, "`findings` must be a list"),
        ({"findings": ["json/empty-text"]}, "`findings` must be a list of objects"),
        ({"findings": [{"code": "json/none", "pointer": ""}]}, "there is no finding code 'json/none'"),
        ({"findings": [{"code": "json/empty-text"}]}, "`findings[0].pointer` is missing"),
        (
            {"findings": [{"code": "json/empty-text", "pointer": "", "count": "2"}]},
            "`findings[0].count` must be an integer",
        ),
        (
            {"revisions": [{"from": "2024-12-04", "to": "now", "verdict": "valid"}]},
            "`revisions[0].to` must be the date",
        ),
        ({"flags": "served"}, "`flags` must be a list of strings"),
        ({"flags": [1]}, "`flags` must be a list of strings, not [1]"),
        ({"fix": {"replace": "a"}}, "`fix` must be `replace` and `with`"),
        ({"fix": {"replace_hex": "xx", "with_hex": ""}}, "`fix` must be bytes in hexadecimal"),
        ({"fix": "none"}, "`fix` must be an object"),
    ],
)
def test_corrupt_case(write: Callable[..., Path], others: dict[str, object], reason: str) -> None:
    """A file that does not say what a case must say is refused, with its path and the reason."""
    path = write(**others)
    with pytest.raises(CorruptCase) as caught:
        corpus.read_case(path)
    assert caught.value.path == str(path)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"id": "a", "id": "b"}', "line 1, column 13: "),
        (b'{"id": ', "line 1, column 8: "),
        (b"[]", "holds no object"),
    ],
)
def test_case_that_is_no_json(write: Callable[..., Path], text: bytes, reason: str) -> None:
    """A file of a case is read as strictly as a payload, and the place of a fault is told."""
    path = write()
    path.write_bytes(text)
    with pytest.raises(CorruptCase, match=reason):
        corpus.read_case(path)


def test_missing_payload(write: Callable[..., Path]) -> None:
    """A case whose payload is missing is read, and says so when the payload is wanted."""
    path = write()
    case = corpus.read_case(path)
    case.payload_path.unlink()
    with pytest.raises(CorruptCase, match=r"amount-as-string\.json cannot be read"):
        _ = case.payload


def test_missing_corpus(tmp_path: Path) -> None:
    """A directory that is not there is refused by name, and an empty one has no cases."""
    assert usagecompat.cases(root=tmp_path) == ()
    with pytest.raises(UnreadableInput, match="nowhere"):
        usagecompat.cases(root=tmp_path / "nowhere")
    assert usagecompat.cases(root=str(tmp_path)) == ()


def test_name_that_was_meant() -> None:
    """A name that is nearly right is asked for as it is written, and not as the kit has it inside."""
    with pytest.raises(NoSuchName, match=r"there is no shape 'pgae'; did you mean 'page'\? use one of page, "):
        usagecompat.cases(shape="pgae")  # type: ignore[arg-type]


def test_copy_has_every_file(tmp_path: Path) -> None:
    """A copy of the packaged corpus is the same, byte for byte, with manifest and notes, and is a corpus itself."""
    place = tmp_path / "mine"
    count = corpus.copy_corpus(place)
    source = corpus.packaged()
    names = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    assert sorted(path.relative_to(place) for path in place.rglob("*") if path.is_file()) == names
    assert count == len(names)
    assert all((place / name).read_bytes() == (source / name).read_bytes() for name in names)
    assert usagecompat.cases(root=place) == usagecompat.cases()


def test_copy_overwrites_nothing(tmp_path: Path) -> None:
    """A copy goes to an empty or a new directory, and anything else is left as it is."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.json").write_text("mine")
    (tmp_path / "file").touch()
    for place in (tmp_path / "full", tmp_path / "file"):
        with pytest.raises(WouldOverwrite, match="nothing is overwritten"):
            corpus.copy_corpus(place)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.json"]
    (tmp_path / "empty").mkdir()
    assert corpus.copy_corpus(tmp_path / "empty") > 240
