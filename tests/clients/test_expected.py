"""A client's failures against the list of those that are expected."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from click.testing import CliRunner

from usagecompat.cli import main
from usagecompat.clients.case_results import CaseResult, Expectation, Fault, Outcome
from usagecompat.clients.expected import UNEXPLAINED, compare_with_list, updated
from usagecompat.clients.results import ClientResult
from usagecompat.corpus.expected import read_expected_failures
from usagecompat.fidelity.comparison import Level


def result(cases: dict[str, tuple[str, ...]], *, not_run: tuple[str, ...] = ()) -> ClientResult:
    """A client `mine` that fails at these cases for these codes."""
    return ClientResult(
        name="mine",
        command="mine",
        way="stdio",
        client=None,
        features=None,
        revision=None,
        required=Level.EXACT,
        cases=tuple(
            CaseResult(
                case_id=name,
                duty=Expectation.MUST_DECODE,
                served=False,
                outcome=Outcome.NOT_RUN if name in not_run else Outcome.REFUSED,
                faults=tuple(Fault(f"client/{code}", "") for code in codes),
            )
            for name, codes in cases.items()
        ),
    )


def listed(folder: Path, *lines: str) -> Path:
    """A list with these lines."""
    path = folder / "expected.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_failing_as_listed(tmp_path: Path) -> None:
    """What fails as listed is expected, by id, by glob and for any code."""
    entries = read_expected_failures(
        listed(
            tmp_path,
            "a/one::client[mine]  client/crashed  # it does",
            "b/*  client/timed-out  # slow",
            "c/one::client[mine]  # whatever",
        )
    )
    found = compare_with_list(
        result({"a/one": ("crashed",), "a/two": (), "b/one": ("timed-out",), "c/one": ("state-leak", "crashed")}),
        entries,
    )
    assert found.ok
    assert set(found.expected) == {"a/one", "b/one", "c/one"}
    assert not found.unused


def test_failing_otherwise(tmp_path: Path) -> None:
    """What fails for another code, or is listed for another client only, is unexpected."""
    entries = read_expected_failures(
        listed(tmp_path, "a/one  client/crashed  # it does", "a/two::client[other]  client/crashed  # not mine")
    )
    found = compare_with_list(result({"a/one": ("crashed", "timed-out"), "a/two": ("crashed",)}), entries)
    assert not found.ok
    assert found.unexpected == {"a/one": {"client/timed-out"}, "a/two": {"client/crashed"}}
    assert found.expected == {}


def test_passing(tmp_path: Path) -> None:
    """A line is wrong if one case that it names does not fail so, and a case that was not run says nothing."""
    path = listed(tmp_path, "a/*  client/crashed  # once", "b/one  # once", "c/one::client[mine]  # gone")
    found = compare_with_list(
        result({"a/one": ("crashed",), "a/two": ("timed-out",), "b/one": ()}, not_run=("b/one",)),
        read_expected_failures(path),
    )
    assert {entry.glob: cases for entry, cases in found.passing.items()} == {"a/*": ("a/two",)}
    assert [entry.glob for entry in found.unused] == ["c/one::client[mine]"]
    assert not found.ok


def test_some(tmp_path: Path) -> None:
    """With `some` a line speaks of what fails under its glob; it is wrong once nothing there fails so."""
    path = listed(tmp_path, "a/*  some  client/crashed  # at times", "b/*  some  # at times", "c/one  all  # always")
    cases = {"a/one": ("crashed",), "a/two": (), "b/one": ("timed-out",), "b/two": (), "c/one": ("crashed",)}
    found = compare_with_list(result(cases), read_expected_failures(path))
    assert found.ok
    assert set(found.expected) == {"a/one", "b/one", "c/one"}
    assert updated(path, result(cases)) == path.read_text("utf-8")
    otherwise = compare_with_list(result(cases | {"a/two": ("timed-out",)}), read_expected_failures(path))
    assert otherwise.unexpected == {"a/two": {"client/timed-out"}}
    fixed = compare_with_list(result(cases | {"a/one": ()}), read_expected_failures(path))
    assert {entry.glob: cases for entry, cases in fixed.passing.items()} == {"a/*": ("a/one", "a/two")}
    assert not fixed.ok


def test_example_in_the_guide(tmp_path: Path) -> None:
    """The list that the guide for clients displays is right for a client with the faults that it names."""
    guide = Path(__file__).parents[2].joinpath("docs/clients.md").read_text("utf-8")
    lines = guide.partition("# known.txt")[2].partition("```")[0].splitlines()[1:]
    known = listed(tmp_path, *lines)
    entries = read_expected_failures(known)
    assert [entry.some for entry in entries] == [True, False]
    client = tmp_path / "floats.py"
    client.write_text(
        "import json, sys\n"
        "def without_nulls(value):\n"
        "    if isinstance(value, dict):\n"
        "        return {name: without_nulls(each) for name, each in value.items() if each is not None}\n"
        "    return [without_nulls(each) for each in value] if isinstance(value, list) else value\n"
        "print(json.dumps(without_nulls(json.load(sys.stdin))))\n"
    )
    command = f"mine=oneshot:{sys.executable} {client}"
    selection = "numbers/amount or kinds/costs-nulls"
    run = CliRunner().invoke(
        main, ["run", "--client", command, "-k", selection, "--expected", str(known), "--format", "json"]
    )
    told = json.loads(run.stdout)["expected"]
    assert "kinds/costs-nulls" in told["expected"]
    assert [case for case in told["expected"] if case.startswith("numbers/amount-")]
    assert told["passing"] == []


def test_update(tmp_path: Path) -> None:
    """An updated list is right, keeps the reasons of what is still so, and leaves alone what it knows nothing of."""
    path = listed(
        tmp_path,
        "# what is known",
        "a/*  client/crashed  # all of them, https://example.org/1",
        "b/*  client/crashed  # only some now",
        "c/one::client[mine]  client/crashed  # fixed",
        "d/*::client[other]  client/crashed  # not mine",
        "e/one  client/crashed  # not run",
    )
    now = result({
        "a/one": ("crashed",),
        "a/two": ("crashed", "state-leak"),
        "b/one": ("crashed",),
        "b/two": (),
        "c/one": (),
    })  # fmt: skip
    path.write_text(updated(path, now), encoding="utf-8")
    assert path.read_text("utf-8").splitlines() == [
        "# what is known",
        "a/*  client/crashed  # all of them, https://example.org/1",
        "d/*::client[other]  client/crashed  # not mine",
        "e/one  client/crashed  # not run",
        f"a/two::client[mine]  client/state-leak  # {UNEXPLAINED}",
        "b/one::client[mine]  client/crashed  # only some now",
    ]
    assert compare_with_list(now, read_expected_failures(path)).ok
    assert updated(path, now) == path.read_text("utf-8")


def test_update_from_nothing(tmp_path: Path) -> None:
    """Where there is no list as yet, one is written that is right."""
    path = tmp_path / "new.txt"
    now = result({"a/one": ("crashed",), "a/two": ()})
    path.write_text(updated(path, now), encoding="utf-8")
    assert path.read_text("utf-8") == f"a/one::client[mine]  client/crashed  # {UNEXPLAINED}\n"
    assert compare_with_list(now, read_expected_failures(path)).ok


def test_only_what_was_run_is_touched(tmp_path: Path) -> None:
    """A run of a few cases drops no line on others, and no reason; a glob that may be right elsewhere says `some`."""
    path = listed(
        tmp_path,
        "# mine",
        "a/*::client[mine]  client/crashed  # the parser dies, https://example.org/1",
        "b/two::client[mine]  client/crashed  # not run today",
        "c/*::client[mine]  some  client/crashed  # some do",
        "d/gone::client[mine]  client/crashed  # there is no such case",
        "e/*  all  # everything of that topic",
    )
    known = {"a/one", "a/two", "b/two", "c/one", "c/two", "e/one", "e/two"}
    ran = result({"a/one": (), "c/one": (), "e/one": (), "f/one": ("crashed",)})
    assert updated(path, ran, known=known).splitlines() == [
        "# mine",
        "a/*::client[mine]  some  client/crashed  # the parser dies, https://example.org/1",
        "b/two::client[mine]  client/crashed  # not run today",
        "c/*::client[mine]  some  client/crashed  # some do",
        "e/*  some  # everything of that topic",
        f"f/one::client[mine]  client/crashed  # {UNEXPLAINED}",
    ]


def test_lines_on_cases_that_were_not_selected(tmp_path: Path) -> None:
    """A line on a case of the corpus that was not run is not called unknown."""
    entries = read_expected_failures(listed(tmp_path, "b/two::client[mine]  # w", "b/tow::client[mine]  # misspelt"))
    found = compare_with_list(result({"a/one": ()}), entries, known={"a/one", "b/two"})
    assert [entry.glob for entry in found.unused] == ["b/tow::client[mine]"]
    assert found.ok


def test_flaky(tmp_path: Path) -> None:
    """A flaky line is right whether its cases fail so or pass, and covers no other code."""
    path = listed(tmp_path, "a/*::client[mine]  flaky  client/timed-out  # a slow disk")
    entries = read_expected_failures(path)
    assert compare_with_list(result({"a/one": ()}), entries).ok
    assert compare_with_list(result({"a/one": ("timed-out",)}), entries).ok
    assert compare_with_list(result({"a/one": ("crashed",)}), entries).unexpected == {"a/one": {"client/crashed"}}
    assert updated(path, result({"a/one": ()})) == path.read_text("utf-8")


def test_update_shows_what_changes(tmp_path: Path) -> None:
    """The command shows each line that it drops, changes or adds."""
    miniatures = Path(__file__).with_name("miniatures.py")
    path = listed(tmp_path, "kinds/costs-full::client[mine]  client/crashed  # it did", "kinds/gone::client[mine]  # x")
    client = f"mine={sys.executable} -I -S {miniatures} drop-nulls kinds/costs-nulls"
    arguments = ["run", "--client", client, "-k", "kinds/costs", "--probes", "none", "--expected", str(path)]
    shown = CliRunner().invoke(main, [*arguments, "--update-expected"]).stderr.splitlines()
    assert "-kinds/costs-full::client[mine]  client/crashed  # it did" in shown
    assert "-kinds/gone::client[mine]  # x" in shown
    assert f"+kinds/costs-nulls::client[mine]  client/null-became-absent  # {UNEXPLAINED}" in shown
