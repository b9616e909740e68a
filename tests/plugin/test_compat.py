"""`--compat`: which files are taken, what they are called, and how that goes with pytest's own options."""

from __future__ import annotations

import gzip
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from zstd_of import zstd

from usagecompat.cli import main
from usagecompat.corpus import selection as corpus

if TYPE_CHECKING:
    from pathlib import Path

NODES = [
    "fixtures/deviations/amount-string.case.json::json",
    "fixtures/deviations/amount-string.case.json::schema",
    "fixtures/deviations/amount-string.case.json::record",
    "fixtures/deviations/amount-string.case.json::roundtrip",
    "fixtures/numbers/count-negative.case.json::json",
    "fixtures/numbers/count-negative.case.json::schema",
    "fixtures/numbers/count-negative.case.json::record",
    "fixtures/numbers/count-negative.case.json::roundtrip",
    "fixtures/numbers/count-one.case.json::json",
    "fixtures/numbers/count-one.case.json::schema",
    "fixtures/numbers/count-one.case.json::record",
    "fixtures/numbers/count-one.case.json::roundtrip",
    "fixtures/text/trailing-brace.case.json::json",
    "fixtures/text/trailing-brace.case.json::record",
    "fixtures/text/trailing-brace.case.json::roundtrip",
]


def collected(result: pytest.RunResult) -> list[str]:
    """The node ids that a run with `--collect-only -q` lists."""
    return [line for line in result.outlines if "::" in line]


@pytest.mark.usefixtures("small")
def test_node_ids(pytester: pytest.Pytester) -> None:
    """A case has one item for each judge, under ids that are an interface; a text that cannot be read has no schema item."""
    result = pytester.runpytest("--compat", "fixtures/", "--collect-only", "-q", "-p", "no:randomly")
    assert collected(result) == NODES


@pytest.mark.usefixtures("small")
def test_corpus_passes(pytester: pytest.Pytester) -> None:
    """Every item of a good corpus passes, and the summary says how many of how many were run."""
    result = pytester.runpytest("--compat", "fixtures/")
    result.assert_outcomes(passed=15)
    result.stdout.fnmatch_lines(
        [
            "usagecompat: *; fixtures at the revision of each case, profile served",
            "4 of 4 cases run, by their files 1 valid, 1 acceptable, 2 invalid",
            "15 of 15 items passed",
        ]
    )


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("place", "count"),
    [
        ("fixtures/numbers", 8),
        ("fixtures/numbers/count-one.case.json", 4),
        ("fixtures/numbers/count-one.json", 4),
        ("fixtures/numbers/count-one.case.json::schema", 1),
        ("fixtures/numbers/count-one.json::schema", 1),
    ],
)
def test_part_of_a_corpus(pytester: pytest.Pytester, place: str, count: int) -> None:
    """A directory, a case, its payload, or one item of it can be named."""
    pytester.runpytest(f"--compat={place}").assert_outcomes(passed=count)


@pytest.mark.usefixtures("small", "plain")
def test_several_places(pytester: pytest.Pytester) -> None:
    """The option may be given several times, for corpora and for plain trees."""
    result = pytester.runpytest("--compat=fixtures/text", "--compat=fixtures/numbers", "--compat=recorded")
    result.assert_outcomes(passed=3 + 8 + 8)


def test_packaged_corpus(pytester: pytest.Pytester) -> None:
    """Without a path it is the corpus that comes with the kit."""
    result = pytester.runpytest("--compat", "-k", "count-one.case.json")
    result.assert_outcomes(
        passed=4, deselected=len(collected(pytester.runpytest("--compat", "--collect-only", "-q"))) - 4
    )
    result.stdout.fnmatch_lines([f"1 of {len(list(corpus.packaged().rglob('*.case.json')))} cases run*"])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("settings", ["", "testpaths = .\n", "testpaths = test_mine.py\n"])
def test_beside_the_tests(pytester: pytest.Pytester, settings: str) -> None:
    """A corpus is run beside whatever pytest would run without it: paths that are given, `testpaths`, or all there is."""
    pytester.makepyfile(test_mine="def test_mine(): pass")
    pytester.makeini(f"[pytest]\n{settings}")
    pytester.runpytest("--compat=fixtures", "test_mine.py").assert_outcomes(passed=16)
    pytester.runpytest("test_mine.py", "--compat", "fixtures").assert_outcomes(passed=16)
    pytester.runpytest("--compat=fixtures").assert_outcomes(passed=16)
    pytester.makeini(f"[pytest]\n{settings}addopts = --compat=fixtures\n")
    pytester.runpytest().assert_outcomes(passed=16)
    pytester.runpytest("-n", "1").assert_outcomes(passed=16)


@pytest.mark.usefixtures("small")
def test_failing_tests_are_not_dropped(pytester: pytest.Pytester) -> None:
    """A corpus that passes does not hide that the tests beside it do not."""
    pytester.makepyfile(test_mine="def test_mine(): raise AssertionError")
    assert pytester.runpytest("--compat=fixtures").ret is pytest.ExitCode.TESTS_FAILED


@pytest.mark.usefixtures("small")
def test_item_alone(pytester: pytest.Pytester) -> None:
    """One item of a corpus, which the commands of a failure name, is run without the tests."""
    pytester.makepyfile(test_mine="def test_mine(): pass")
    pytester.runpytest("--compat=fixtures/numbers/count-one.case.json::schema").assert_outcomes(passed=1)


@pytest.mark.parametrize("place", [".hidden", "build", ".venv/lib", "kit/data"])
def test_places_that_pytest_leaves_out(pytester: pytest.Pytester, small: Path, place: str) -> None:
    """A corpus is run wherever it is, and what pytest leaves out beside it stays left out."""
    for folder in (pytester.path / place).parents[:2], [pytester.path / place]:
        for each in folder:
            if each != pytester.path and pytester.path in each.parents:
                each.mkdir(exist_ok=True)
                (each / "__init__.py").write_text("raise RuntimeError('this is imported')", "utf-8")
                (each / "test_theirs.py").write_text("raise RuntimeError('this is collected')", "utf-8")
    pytester.path.joinpath(".venv").mkdir(exist_ok=True)
    pytester.path.joinpath(".venv/pyvenv.cfg").touch()
    small.rename(pytester.path / place / "build")
    pytester.makepyfile(test_mine="def test_mine(): pass")
    pytester.makeini("[pytest]\nnorecursedirs = .* build kit")
    pytester.runpytest(f"--compat={place}/build").assert_outcomes(passed=16)


def test_packaged_corpus_beside_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The corpus that comes with the kit is run where the kit is installed below the tests."""
    from usagecompat.corpus import packaged  # noqa: PLC0415

    monkeypatch.chdir(packaged().parent)
    result = pytester.runpytest("--compat", "--collect-only", "-q", "-c", str(pytester.makeini("[pytest]")))
    assert any("fixtures/numbers/count-one.case.json::json" in line for line in result.outlines)


@pytest.mark.usefixtures("small", "plain")
def test_ignored_by_name(pytester: pytest.Pytester) -> None:
    """What the user tells pytest to ignore in a corpus is left out, and the summary counts it."""
    result = pytester.runpytest("--compat=recorded", "--ignore=recorded/2026")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["1 of 2 payloads run*"])


@pytest.mark.usefixtures("small", "plain")
def test_setting(pytester: pytest.Pytester) -> None:
    """`compat_paths` is to corpora what `testpaths` is to tests: paths that are given take its place, and that is said."""
    pytester.makepyfile(test_mine="def test_mine(): pass")
    pytester.makeini("[pytest]\ncompat_paths = fixtures recorded\n")
    pytester.runpytest().assert_outcomes(passed=1 + 15 + 8)
    pytester.runpytest("-n", "1").assert_outcomes(passed=1 + 15 + 8)
    pytester.runpytest("--compat=fixtures").assert_outcomes(passed=1 + 15 + 8)
    alone = pytester.runpytest("test_mine.py")
    alone.assert_outcomes(passed=1)
    alone.stdout.fnmatch_lines(["*not run, as paths are given: fixtures, recorded (compat_paths)"])
    pytester.runpytest("test_mine.py", "--compat=fixtures").assert_outcomes(passed=16)
    pytester.runpytest("fixtures/numbers").assert_outcomes(passed=8)
    pytester.runpytest("-o", "compat_paths=recorded", "-n", "1").assert_outcomes(passed=1 + 8)


def test_setting_that_names_nothing(pytester: pytest.Pytester) -> None:
    """A setting that names no corpus is refused, by its own name."""
    pytester.makeini("[pytest]\ncompat_paths = nowhere\n")
    result = pytester.runpytest()
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: compat_paths *nowhere: there is no such file or directory*"])


@pytest.mark.parametrize(
    "option",
    ["--compat-set=core", "--compat-set=full", "--compat-profile=served", "--compat-revision=2026-10-21",
     "--compat-corpus=0.1.0", "--compat-client=true", "--compat-client-timeout=10", "--compat-setup=true", "--compat-setup-timeout=3", "--compat-baseline=old.json"],
)  # fmt: skip
def test_options_without_a_corpus(pytester: pytest.Pytester, option: str) -> None:
    """An option that says how a corpus is run is an error where none is, and the message says what is missing."""
    pytester.makepyfile(test_mine="def test_mine(): pass")
    result = pytester.runpytest(option)
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {option.partition('=')[0]} does nothing without --compat*compat_paths*"])


@pytest.mark.usefixtures("small")
def test_node_id_selects(pytester: pytest.Pytester) -> None:
    """A node id, or a path, in a corpus selects from it."""
    pytester.runpytest("--compat=fixtures", NODES[0], NODES[5]).assert_outcomes(passed=2)
    pytester.runpytest("--compat=fixtures", "fixtures/text").assert_outcomes(passed=3)


@pytest.mark.usefixtures("small")
def test_only_under_the_option(pytester: pytest.Pytester) -> None:
    """Without the option nothing of a corpus is collected, and elsewhere nothing is with it."""
    (pytester.path / "other.json").write_text("{", "utf-8")
    assert pytester.runpytest(".").ret is pytest.ExitCode.NO_TESTS_COLLECTED
    pytester.runpytest(".", "--compat=fixtures/text").assert_outcomes(passed=3)


@pytest.mark.usefixtures("small")
def test_payloads_in_a_corpus_are_no_plain_payloads(pytester: pytest.Pytester, small: Path) -> None:
    """In a tree with cases, files without an expectation are left alone, and the summary names them."""
    (small / "upstream").mkdir()
    (small / "upstream/other.json").write_text("{", "utf-8")
    result = pytester.runpytest("--compat=fixtures")
    result.assert_outcomes(passed=15)
    assert "no case" not in result.stdout.str()
    for name in ("text/lost.json", "numbers/lost.ndjson.gz"):
        (small / name).write_text("{", "utf-8")
    result = pytester.runpytest("--compat=fixtures", "-n", "1")
    result.assert_outcomes(passed=15)
    result.stdout.fnmatch_lines(["2 payloads have no case *: fixtures/numbers/lost.ndjson.gz, fixtures/text/lost.json"])
    told = CliRunner().invoke(main, ["check", str(small), "-q"])
    assert f"2 payloads have no case among others that do, and nobody has looked at: {small}/numbers" in told.stderr
    command = ["run", "--client", "python:operator:invert", "--corpus", str(small)]
    assert "2 payloads have no case among others that do" in CliRunner().invoke(main, command).stderr


@pytest.mark.usefixtures("plain")
def test_plain_tree(pytester: pytest.Pytester) -> None:
    """In a tree without cases every `*.json` is a payload that must not be invalid."""
    result = pytester.runpytest("--compat", "recorded")
    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines(["2 of 2 payloads run, in all 1 valid, 1 acceptable, 0 invalid"])
    listed = pytester.runpytest("--compat", "recorded", "--collect-only", "-q", "-k", "costs", "-p", "no:randomly")
    assert collected(listed) == [
        f"recorded/2026/costs.json::{item}" for item in ("json", "schema", "record", "roundtrip")
    ]


def test_invalid_plain_payloads(pytester: pytest.Pytester, plain: Path) -> None:
    """An invalid payload fails what finds it so, and what nothing can be said about is skipped, not passed."""
    (plain / "one.json").write_text('{"object":"bucket","start_time":1,"end_time":2,"results":[3]}', "utf-8")
    (plain / "2026/costs.json").write_text('{"object":"bucket",', "utf-8")
    result = pytester.runpytest("--compat", "recorded", "-v", "-p", "no:randomly")
    result.assert_outcomes(passed=1, failed=3, skipped=4)
    result.stdout.fnmatch_lines(
        [
            "recorded/2026/costs.json::json FAILED*",
            "recorded/2026/costs.json::schema SKIPPED*",
            "recorded/2026/costs.json::record SKIPPED*",
            "recorded/2026/costs.json::roundtrip SKIPPED*",
            "recorded/one.json::json PASSED*",
            "recorded/one.json::schema FAILED*",
            "recorded/one.json::record FAILED*",
            "recorded/one.json::roundtrip SKIPPED*",
            "1 of 8 items passed, 3 failed, 4 skipped",
        ]
    )


def test_everything_that_check_reads(pytester: pytest.Pytester, plain: Path) -> None:
    """A plain tree holds what `usagecompat check` finds in it: lines, compressed files, hidden files left out."""
    line = (plain / "2026/costs.json").read_bytes().replace(b"\n", b"") + b"\n"
    (plain / "day.ndjson").write_bytes(line + b"\n" + line)
    (plain / "more.jsonl.gz").write_bytes(gzip.compress(line * 3))
    (plain / "one.json.zst").write_bytes(zstd.compress((plain / "one.json").read_bytes()))
    (plain / ".hidden.json").write_text("{", "utf-8")
    result = pytester.runpytest("--compat=recorded", "-p", "no:randomly")
    result.assert_outcomes(passed=5 * 4)
    result.stdout.fnmatch_lines(["5 of 5 files run, with 8 payloads, in all 2 valid, 6 acceptable, 0 invalid"])
    assert "8 payloads: 2 valid, 6 acceptable, 0 invalid" in CliRunner().invoke(main, ["check", str(plain)]).stderr
    assert "recorded/day.ndjson::json" in collected(pytester.runpytest("--compat=recorded", "--collect-only", "-q"))


def test_line_that_is_invalid(pytester: pytest.Pytester, plain: Path) -> None:
    """What is wrong with a line is told at its place in the file, and the other lines are judged all the same."""
    line = (plain / "one.json").read_bytes().replace(b"\n", b"") + b"\n"
    (plain / "day.ndjson").write_bytes(line + b"\n" + b'{"object":"page"\n' + b'{"object":"page"}\n' + line)
    result = pytester.runpytest("--compat=recorded/day.ndjson", "-p", "no:randomly")
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "  json/truncated-text at the root, line 3, column *",
            "  schema/missing-member at /data, line 4, column 1",
            "  schema/missing-member at /data, line 4, column 1",
            "1 of 1 files run, with 4 payloads, in all 2 valid, 0 acceptable, 2 invalid",
        ]
    )


@pytest.mark.parametrize("workers", [(), ("-n", "1")])
def test_unreadable_files(pytester: pytest.Pytester, plain: Path, workers: tuple[str, ...]) -> None:
    """A file that cannot be read is one failed item, which says why, and the others are run."""
    (plain / "broken.json.gz").write_bytes(b"no gzip")
    (plain / "blank.ndjson").write_bytes(b"\n\n")
    (plain / "2026/dangling.json").symlink_to("nowhere.json")
    result = pytester.runpytest("--compat=recorded", "-p", "no:randomly", "-rf", *workers)
    result.assert_outcomes(passed=8, failed=3, skipped=9)
    result.stdout.fnmatch_lines(
        [
            "*2026/dangling::json*",
            "the payload as a whole: no payload: No such file or directory",
            "*blank.ndjson::json*",
            "the payload as a whole: no payload: all lines are blank",
            "*broken.json.gz::json*",
            "the payload as a whole: no payload: the compressed data is damaged*",
            "5 of 5 payloads run, in all 1 valid, 1 acceptable, 0 invalid, 3 unreadable",
        ]
    )


def test_links_to_directories_are_not_followed(pytester: pytest.Pytester, plain: Path) -> None:
    """A link in a plain tree that leads out of it, or around in it, leads nowhere."""
    (pytester.path / "out").mkdir()
    (pytester.path / "out/other.json").write_text("{", "utf-8")
    (plain / "out").symlink_to("../out")
    (plain / "2026/around").symlink_to("..")
    pytester.runpytest("--compat=recorded").assert_outcomes(passed=8)


def test_ignored_codes_and_severities(pytester: pytest.Pytester, plain: Path) -> None:
    """Payloads without a case can be held to warnings or notes, and codes can be left out."""
    pytester.runpytest("--compat=recorded", "--compat-fail-on=error").assert_outcomes(passed=8)
    failing = pytester.runpytest("--compat=recorded", "--compat-fail-on=warning")
    failing.assert_outcomes(passed=7, failed=1)
    failing.stdout.fnmatch_lines(
        ["    expected: no warning", "    usagecompat check recorded/2026/costs.json * --fail-on warning"]
    )
    code = "--compat-ignore=wire/amount-as-string"
    pytester.runpytest("--compat=recorded", "--compat-fail-on=warning", code).assert_outcomes(passed=8)
    (plain / "one.json").write_text('{"object":"organization.usage.vector_stores.result","usage_bytes":"1"}', "utf-8")
    result = pytester.runpytest("--compat=recorded", "--compat-ignore=schema/wrong-type", "-rs", "-k", "one")
    result.assert_outcomes(passed=2, skipped=2)
    result.stdout.fnmatch_lines(["*a schema cannot leave schema/wrong-type out, as is asked"])


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("--compat-ignore=schema/wrong", "there is no finding code 'schema/wrong'; did you mean *"),
        ("--compat-fail-on=all", "there is no severity 'all'; use one of error, warning, note"),
    ],
)
@pytest.mark.usefixtures("plain", "small")
def test_judgements_that_cannot_be(pytester: pytest.Pytester, option: str, why: str) -> None:
    """A code or severity that does not exist is refused, and so is either where there are only cases."""
    result = pytester.runpytest("--compat=recorded", option)
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {why}"])
    result = pytester.runpytest("--compat=fixtures", "--compat-ignore=schema/wrong-type")
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --compat-ignore: here are only cases*"])


@pytest.mark.parametrize("place", ["nowhere", "test_mine.py", "empty"])
def test_place_without_a_case(pytester: pytest.Pytester, place: str) -> None:
    """A path that holds no case is refused, and it is said how to write the option where a test file follows."""
    pytester.makepyfile(test_mine="def test_mine(): pass")
    (pytester.path / "empty").mkdir()
    result = pytester.runpytest("--compat", place)
    assert result.ret is pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *{place}*"])
    if place != "nowhere":
        result.stderr.fnmatch_lines(["*write --compat=PATH*"])


def test_corrupt_case(pytester: pytest.Pytester, small: Path) -> None:
    """A case that says nothing of use is an error of collection, with its reason and no traceback."""
    (small / "numbers/count-one.case.json").write_text('{"id": "numbers/count-one"}', "utf-8")
    result = pytester.runpytest("--compat", "fixtures")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*count-one.case.json: `verdict` is missing*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_missing_payload(pytester: pytest.Pytester, small: Path) -> None:
    """A case without its payload fails with one clear sentence."""
    (small / "numbers/count-one.json").unlink()
    result = pytester.runpytest("--compat", "fixtures")
    result.assert_outcomes(passed=11, failed=4)
    result.stdout.fnmatch_lines(["*its payload count-one.json cannot be read*"])


@pytest.mark.usefixtures("small")
def test_keyword(pytester: pytest.Pytester) -> None:
    """`-k` selects by case and by item."""
    pytester.runpytest("--compat=fixtures", "-k", "count and roundtrip").assert_outcomes(passed=2, deselected=13)


@pytest.mark.usefixtures("small")
def test_flags_are_markers(pytester: pytest.Pytester) -> None:
    """`-m` selects by flag, and each flag is a registered marker with its title."""
    pytester.runpytest("--compat=fixtures", "-m", "string-amount").assert_outcomes(passed=4, deselected=11)
    result = pytester.runpytest("--compat=fixtures", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.text-fault: A fault of the text itself"])


def test_strict_configuration(pytester: pytest.Pytester, small: Path) -> None:
    """Strict mode has nothing to object to, even where a flag is not explained."""
    (small / "notes.json").unlink()
    pytester.makepyprojecttoml('[tool.pytest]\nstrict = true\nfilterwarnings = ["error"]\n')
    pytester.runpytest("--compat=fixtures").assert_outcomes(passed=15)


def test_last_failed(pytester: pytest.Pytester, small: Path) -> None:
    """`--lf` runs what failed, until it passes."""
    payload = small / "numbers/count-one.json"
    text = payload.read_bytes()
    payload.write_bytes(text.replace(b":1,", b":1.5,"))
    pytester.runpytest("--compat=fixtures").assert_outcomes(passed=12, failed=3)
    payload.write_bytes(text)
    pytester.runpytest("--compat=fixtures", "--lf").assert_outcomes(passed=3)
    pytester.runpytest("--compat=fixtures", "--lf").assert_outcomes(passed=15)


def test_in_parallel(pytester: pytest.Pytester, small: Path) -> None:
    """Workers of pytest-xdist run each item once, and one summary counts them all."""
    pytest.importorskip("xdist", exc_type=ImportError)
    payload = small / "numbers/count-one.json"
    payload.write_bytes(payload.read_bytes().replace(b":1,", b":1.5,"))
    result = pytester.runpytest("--compat=fixtures", "-n", "2")
    result.assert_outcomes(passed=12, failed=3)
    result.stdout.fnmatch_lines(["4 of 4 cases run*", "12 of 15 items passed, 3 failed"])


def test_junit(pytester: pytest.Pytester, small: Path) -> None:
    """A JUnit report has the items, and the code and the pointer of each failure as properties."""
    payload = small / "numbers/count-one.json"
    payload.write_bytes(payload.read_bytes().replace(b":1,", b":1.5,"))
    pytester.runpytest("--compat=fixtures", "--junitxml=report.xml")
    tests = {
        f"{test.get('classname')} {test.get('name')}": test
        for test in ET.parse(pytester.path / "report.xml").iter("testcase")  # noqa: S314 - pytest wrote it
    }
    assert len(tests) == 15
    failed = tests["fixtures.numbers.count-one.case.json record"]
    assert failed.find("failure") is not None
    assert [(each.get("name"), each.get("value")) for each in failed.iter("property")] == [
        ("code", "schema/wrong-type"),
        ("pointer", "/num_sessions"),
    ]


@pytest.mark.usefixtures("small")
def test_without_autoload(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin works where plugins are not loaded by themselves and it is named."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    result = pytester.runpytest_subprocess("-p", "usagecompat.pytest_plugin", "--compat", "fixtures")
    result.assert_outcomes(passed=15)


@pytest.mark.usefixtures("small")
def test_from_another_directory(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is one from where pytest is started, wherever the root of the project is."""
    pytester.makeini("[pytest]\n")
    monkeypatch.chdir(pytester.mkdir("below"))
    pytester.runpytest("--compat=../fixtures/numbers").assert_outcomes(passed=8)
    assert collected(pytester.runpytest("--compat=../fixtures", "--collect-only", "-q", "-p", "no:randomly")) == NODES


def test_directory_that_is_a_package(pytester: pytest.Pytester, small: Path) -> None:
    """Python files beside cases are not imported for them."""
    for folder in (small, small / "numbers"):
        (folder / "__init__.py").write_text("raise RuntimeError", "utf-8")
    pytester.runpytest("--compat=fixtures").assert_outcomes(passed=15)


@pytest.mark.usefixtures("small")
def test_no_spaces_and_no_indexes_in_node_ids(pytester: pytest.Pytester) -> None:
    """No node id of the packaged corpus needs quotes, and none depends on its place in a list."""
    result = pytester.runpytest("--compat", "--collect-only", "-q")
    ids = [line.rpartition("fixtures/")[2] for line in collected(result)]
    assert len(ids) > 480
    assert [each for each in ids if not re.fullmatch(r"[a-z0-9-]+/[a-z0-9-]+\.case\.json::[a-z]+", each)] == []
