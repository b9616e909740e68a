"""`usagecompat scan`: what is printed, and the exit status."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING

import fsspec
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from usagecompat.checking import fast_route
from usagecompat.cli import main
from usagecompat.contract import LATEST
from usagecompat.corpus.data import folder
from usagecompat.scan import executors
from usagecompat.scan.summary import Summary, total

from .conftest import START, assorted, bucket, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Put


def scan(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["scan", *arguments])


def test_status(put: Put, tmp_path: Path) -> None:
    """0 if nothing is invalid, 1 if something is, 2 if something could not be read, whatever else there is."""
    good, bad = put("good.ndjson", [text(bucket(0)), text(bucket(1, "rockets"))]), put("bad.json", b"{}")
    assert scan(good).exit_code == 0
    assert scan(good, bad).exit_code == 1
    assert scan(good, str(tmp_path / "no.json")).exit_code == 2
    assert scan(bad, str(tmp_path / "no.json")).exit_code == 2
    assert scan().exit_code == 2
    assert scan(good, "--jobs", "0").exit_code == 2


def test_text(put: Put) -> None:
    """For people: counts and shares, the first places, deviations by month, and gaps in time."""
    day = 86_400
    amount = {"value": "1.50", "currency": "usd"}
    name = put(
        "a.ndjson",
        [
            *[text(bucket(number, "costs", day, amount=amount)) for number in (0, 1, 4, 4)],
            text({**bucket(5, "costs", day), "end_time": START + 5 * day + 3600}),
            text({**bucket(6, "costs", day), "start_time": 0}),
            b"broken",
        ],
    )
    told = scan(name).stdout
    for line in (
        "7 payloads, 1,049 bytes: 2 valid, 4 acceptable, 1 invalid",
        "             6  100.0%  organization.costs.result",
        "             6   85.7%  bucket",
        "             4  warning  wire/amount-as-string",
        f'                {name}:7: expected a value, found "broken"',
        f'                {name}:1 /results/0/amount/value: the published contract has a number, found the string "1.50"',
        "verdicts by month of start_time\n  2026-10  1 valid, 4 acceptable, 0 invalid\n  none  1 valid, 0 acceptable, 1 invalid\n",
        "  2026-10  wire/amount-as-string 4",
        "  organization.costs.result: 2026-10-01 to 2026-10-06T01:00:00Z, 4 days, 3 of them whole",
        f"judged by revision {LATEST}, served",
        "    1 day in part: 2026-10-06 1 hour",
        "    1 gap, 2 days: 2026-10-03 to 2026-10-05",
        "    1 stretch covered more than once, 1 day: 2026-10-05 to 2026-10-06",
        "    1 bucket lies before 2020 or after 2039",
    ):
        assert line in told


def test_months_are_told_where_they_differ(put: Put) -> None:
    """With one month, or one verdict, the first line says all there is; in JSON the months are always there."""
    for lines, months in (
        ([bucket(0), bucket(1)], {"2026-10": {"valid": 2, "acceptable": 0, "invalid": 0}}),
        ([bucket(0), bucket(1, model=5)], {"2026-10": {"valid": 1, "acceptable": 0, "invalid": 1}}),
        (
            [bucket(0), bucket(1), bucket(31 * 24)],
            {
                "2026-10": {"valid": 2, "acceptable": 0, "invalid": 0},
                "2026-11": {"valid": 1, "acceptable": 0, "invalid": 0},
            },
        ),
    ):
        name = put("a.ndjson", map(text, lines))
        assert "verdicts by month" not in scan(name).stdout
        assert json.loads(scan(name, "--format", "json").stdout)["verdicts_by_month"] == months


def test_text_of_what_could_not_be_read(put: Put, tmp_path: Path) -> None:
    """The first line says so, errors come first, and what a finding of files means can be looked up."""
    lines = [text(bucket(number, model=None, new=1)) for number in range(3_000)]
    name = put("a.ndjson.gz", gzip.compress(b"\n".join([b"{", *lines]))[:-100])
    told = scan(name, str(tmp_path / "no.json"), str(tmp_path / "nor.json"), str(tmp_path / "none-*.json")).stdout
    first, second, *rest = told.splitlines()
    assert first.endswith("1 invalid; 4 could not be read, or not to the end")
    assert second == f"judged by revision {LATEST}, served"
    assert "time covered (UTC) by payloads that are not invalid, as far as they were read" in rest
    assert "or nothing of that name" in told
    assert " <0.1%  none" in told
    assert ">99.9%  bucket" in told
    weights = [
        line.split()[1] for line in rest if line[2:3] == " " and "/" in line.split()[-1] and len(line.split()) == 3
    ]
    assert weights == ["error"] * 3 + ["note"]
    for code in ("archive/damaged", "archive/unreadable"):
        explained = CliRunner().invoke(main, ["explain", code])
        assert (explained.exit_code, explained.stdout.startswith(f"{code}: ")) == (0, True)
        assert json.loads(CliRunner().invoke(main, ["explain", code, "--format", "json"]).stdout)["code"] == code


@pytest.mark.parametrize("with_state", [False, True])
def test_interrupted(put: Put, tmp_path: Path, with_state: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - drawn
    """What an interruption leaves, and how to go on from there, is said in one line."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(executors, "scan_partition", interrupted)
    state = tmp_path / "a.state"
    ended = scan(put("a.ndjson", assorted(10)), *(["--state", str(state)] if with_state else []))
    assert ended.exit_code == 2
    assert ended.stderr.startswith("usagecompat: interrupted; ")
    assert (str(state) if with_state else "--state FILE") in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_json(put: Put) -> None:
    """For programs: one object in the published form, which can be added up."""
    name = put("a.ndjson", assorted(100))
    told = json.loads(scan(name, "--format", "json", "--profile", "published").stdout)
    Draft202012Validator(json.loads((folder("schemas") / "scan.json").read_text("utf-8"))).validate(told)
    assert (told["profile"], told["revision"]) == ("published", LATEST)
    severities = {one["code"]: one["severity"] for one in told["findings"]}
    assert severities["wire/amount-as-string"] == "error"
    one = Summary.from_dict(told)
    assert (one + one).payloads == 2 * one.payloads


def test_every_unreadable_file_is_named(put: Put, tmp_path: Path) -> None:
    """Of what is said of files, the summary names each file; of what is said of payloads, the first three places."""
    put("a.ndjson", [text({**bucket(number), "more": 1}) for number in range(9)])
    for number in range(8):
        (tmp_path / f"broken-{number}.json.gz").write_bytes(b"no gzip")
    told = json.loads(scan(str(tmp_path), "--format", "json").stdout)
    Draft202012Validator(json.loads((folder("schemas") / "scan.json").read_text("utf-8"))).validate(told)
    first = {one["code"]: one["first"] for one in told["findings"]}
    assert [place["source"][-16:] for place in first["archive/damaged"]] == [f"broken-{n}.json.gz" for n in range(8)]
    assert len(first["schema/undeclared-member"]) == 3
    shown = scan(str(tmp_path), "--jobs", "2").stdout
    assert all(f"broken-{number}.json.gz" in shown for number in range(8))


@pytest.fixture
def _route_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test says of the route is forgotten behind it."""
    yield
    monkeypatch.undo()
    fast_route.cache_clear()


@pytest.mark.parametrize("route", ["fast", "exact"])
@pytest.mark.usefixtures("_route_as_before")
def test_undeclared_members_by_name(put: Put, route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Undeclared members are counted by name, so that a misspelling is seen among many that are known."""
    if route == "exact":
        monkeypatch.setenv("USAGECOMPAT_ROUTE", "exact")
        fast_route.cache_clear()
    lines = [text({**bucket(number, "costs"), "start_time_iso": "x"}) for number in range(500)]
    lines += [text(bucket(number, "costs", amount={"vlaue": 1, "currency": "usd"}, odd=[])) for number in range(20)]
    told = json.loads(scan(put("a.ndjson", lines), "--format", "json").stdout)
    assert told["undeclared"] == {"start_time_iso": 500, "odd": 20}
    assert {one["code"]: one["count"] for one in told["findings"]}["schema/misspelt-member"] == 20
    shown = scan(put("a.ndjson", lines)).stdout.partition("undeclared members by name\n")[2].split()
    assert shown[:4] == ["500", "start_time_iso", "20", "odd"]


def test_many_undeclared_names() -> None:
    """However many names there are, a summary keeps a thousand, and counts the others together, however it is cut."""
    summaries = [Summary(undeclared={f"n{number:04}": 1, "x": 2}) for number in range(1_500)]
    whole = total(summaries)
    assert len(whole.undeclared) == 1_001
    assert sum(whole.undeclared.values()) == 1_500 * 3
    assert total(summaries[:700]) + total(summaries[700:]) == whole


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_list_of_places(put: Put, tmp_path: Path, jobs: str) -> None:
    """Every place is a line of the list, whatever the summary counts of it, and the summary is what it is without."""
    (tmp_path / "in").mkdir()
    name = put("in/a.ndjson", assorted(300))
    (tmp_path / "in/b.json.gz").write_bytes(b"no gzip")
    listed = tmp_path / "places.ndjson"
    arguments = [str(tmp_path / "in"), str(tmp_path / "nowhere.json"), "--format", "json"]
    with_list = scan(*arguments, "--list", str(listed), "--jobs", jobs)
    assert json.loads(with_list.stdout) == json.loads(scan(*arguments).stdout)
    places = [json.loads(line) for line in listed.read_text("utf-8").splitlines()]
    validator = Draft202012Validator(json.loads((folder("schemas") / "scan-place.json").read_text("utf-8")))
    assert [place for place in places if not validator.is_valid(place)] == []
    counts = {one["code"]: one["count"] for one in json.loads(with_list.stdout)["findings"]}
    assert Counter(place["code"] for place in places) == counts
    assert {place["source"] for place in places} == {
        name,
        str(tmp_path / "in/b.json.gz"),
        str(tmp_path / "nowhere.json"),
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "places.ndjson"]


def test_list_goes_on_with_the_state(put: Put, tmp_path: Path) -> None:
    """A scan that goes on from a state adds to the list; one that begins writes it anew."""
    name, listed = put("a.ndjson", assorted(50)), tmp_path / "places.ndjson"
    arguments = [name, "--list", str(listed), "--state", str(tmp_path / "state")]
    scan(*arguments)
    once = listed.read_bytes()
    assert once
    scan(*arguments)
    assert listed.read_bytes() == once
    scan(name, "--list", str(listed))
    # The order is that in which they come, which depends on the layouts that this process has learned.
    assert sorted(listed.read_bytes().splitlines()) == sorted(once.splitlines())


def test_list_and_scheduler(put: Put, tmp_path: Path) -> None:
    """Workers elsewhere cannot write the list, which is said before anything is done."""
    refused = scan(put("a.ndjson", []), "--list", str(tmp_path / "x"), "--scheduler", "tcp://nowhere:1")
    assert refused.exit_code == 2
    assert "--list is written on this machine" in refused.stderr


def test_approximate_times_are_called_so(put: Put) -> None:
    """With more than 10,000 different intervals it is said that times are rounded."""
    lines = [
        text({**bucket(), "start_time": START + number, "end_time": START + number + 7}) for number in range(10_001)
    ]
    assert "about, to the minute: 2026-10-01 to 2026-10-01T02:47:00Z" in scan(put("a.ndjson", lines)).stdout


def test_state(put: Put, tmp_path: Path) -> None:
    """`--state` goes on, and a state of other options is refused in one line."""
    name, state = put("a.ndjson", assorted(50)), str(tmp_path / "s")
    first = scan(name, "--state", state)
    assert scan(name, "--state", state).stdout == first.stdout
    other = scan(name, "--state", state, "--profile", "published")
    assert other.exit_code == 2
    assert other.stderr.startswith(f"usagecompat: {state}: this is the state of a scan with other options")
    assert other.stderr.count("\n") == 1


@pytest.mark.parametrize("options", [["--jobs", "2"], ["--column", "x"], ["--ndjson"]])
def test_options(put: Put, options: list[str]) -> None:
    """Options that do not concern a file of lines change nothing."""
    name = put("a.ndjson", assorted(50))
    assert scan(name, *options).stdout == scan(name).stdout
    assert scan(name, *options).stderr == ""


@pytest.mark.parametrize("store", ["", "memory://archive", "*"])
def test_payloads_without_a_case_are_named(put: Put, tmp_path: Path, store: str) -> None:
    """In a directory of cases a payload without one is not scanned, and is named, wherever the directory is."""
    put("d/a.json", text(bucket()))
    put("d/a.case.json", b"{}")
    put("d/lost.json", text(bucket()))
    put("d/more/lost.ndjson", [text(bucket())])
    name = str(tmp_path / "d")
    if store.startswith("memory"):
        memory = fsspec.filesystem("memory")
        memory.put(name, "/archive", recursive=True)
        name = "memory://archive/d" if memory.exists("/archive/d") else store
    told = scan(name if store != "*" else f"{tmp_path}/*")
    assert told.exit_code == 0
    assert "1 payload, " in told.stdout
    assert "2 payloads have no case among others that do, and nobody has looked at: " in told.stderr
    assert "lost.json, " in told.stderr
    assert "more/lost.ndjson\n" in told.stderr
