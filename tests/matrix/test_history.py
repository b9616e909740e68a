"""One file a run: what a folder of them holds, what the page draws of it, and what is left of a run that is killed."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.cli.output import write_file, write_new
from usagecompat.clients import About, ClientInfo, ClientResult, CorpusAbout, Expectation, Outcome, badge_of
from usagecompat.clients.case_results import CaseResult
from usagecompat.corpus import Tier, folder
from usagecompat.exceptions import UnreadableInput
from usagecompat.fidelity import Difference, Level
from usagecompat.matrix import FORMATS, Matrix, standing_of, times_in

if TYPE_CHECKING:
    from click.testing import Result

    from usagecompat.matrix import Standing

SAVED = Path(__file__).parent / "saved"
MINIATURES = Path(__file__).parent.parent / "clients" / "miniatures.py"
SCHEMA = json.loads((folder("schemas") / "matrix.json").read_text("utf-8"))
HOSTILE = "</section><script>alert(1)</script>"
OPTIONS = {"require": "EXACT", "revision": None, "way": "stdio", "timeout": 10.0}
GOOD = "mine=oneshot:cat"


def result(version: str, made: str, *levels: Level, name: str = "mine", kit: str = "1.0") -> ClientResult:
    """What came of a version of a client, with a case for each level."""
    told = {"code": "client/precision-lost", "pointer": "", "sent": "1", "returned": "2", "message": HOSTILE}
    lost = {level: (Difference(**told, cap=level),) for level in Level}
    cases = (
        CaseResult(
            case_id=f"t/{number}",
            duty=Expectation.MUST_DECODE,
            served=True,
            tier=Tier.EVERYDAY,
            outcome=Outcome.DECODED,
            level=level,
            differences=() if level is Level.BYTES else lost[level],
        )
        for number, level in enumerate(levels)
    )
    corpus = CorpusAbout(version=None, digest="0" * 64, cases=len(levels), of=len(levels))
    return ClientResult(
        name=name,
        command=name,
        way="stdio",
        client=ClientInfo(name=name, version=version),
        features=None,
        revision=None,
        required=Level.EXACT,
        cases=tuple(cases),
        about=About(usagecompat=kit, made=made, platform="", corpus=corpus, options=OPTIONS),
    )


def trend_of(*times: Standing) -> str:
    """The part of the page that shows many times."""
    text = FORMATS["html"](Matrix(clients=(), history=times))
    found = re.search(r'<section id="trend">.*?</section>', text, re.DOTALL)
    return found[0] if found else ""


def matrix(*words: str) -> Result:
    """Run the command on a few cases."""
    return CliRunner().invoke(main, ["matrix", *words, "-k", "kinds/costs", "--probes", "none"])


FIRST = result("1.0", "2026-01-01T00:00:00Z", Level.BYTES, Level.EXACT)
SECOND = result("1.1", "2026-02-01T00:00:00Z", Level.BYTES, Level.VALUES)
THIRD = result("1.2", "2026-03-01T00:00:00Z", Level.BYTES, Level.EXACT, kit="2.0")


def test_trend() -> None:
    """The page has the level of each version as a chart and as a table, each step, and each case that changed."""
    text = trend_of(*map(standing_of, (SECOND, FIRST, THIRD)))
    heights = [int(y) for y in re.findall(r'class="dot0" cx="\d+" cy="(\d+)"', text)]
    assert heights[0] == heights[2] < heights[1]
    assert text.count('class="other"') == 1
    assert "where the kit, the corpus or the required level is another one than before" in text
    assert "1.0 of 2026-01-01T00:00:00Z to 1.1 of 2026-02-01T00:00:00Z: got worse, 1 of 2 cases changed" in text
    assert "1.1 of 2026-02-01T00:00:00Z to 1.2 of 2026-03-01T00:00:00Z: nothing got worse, 1 of 2 cases changed" in text
    assert "1.0 of 2026-01-01T00:00:00Z to 1.2 of 2026-03-01T00:00:00Z: nothing got worse, 0 of 2 cases changed" in text
    assert "1 of 2 cases changed at some time" in text
    assert re.search(r'<th scope="row">t/1</th><td class="l4"[^>]*>E</td><td class="l1 fails"[^>]*>V</td>', text)
    assert "t/0" not in text


def test_trend_of_hostile_names() -> None:
    """Nothing that a client says of itself is markup."""
    times = [standing_of(result(HOSTILE, made, Level.BYTES, name=HOSTILE)) for made in ("2026-01-01", HOSTILE)]
    text = trend_of(*times)
    assert "<script" not in text


def test_trend_of_strangers() -> None:
    """Times that share no case are said not to be comparable, and a history of one time is drawn."""
    other = standing_of(result("2", "2026-04-01T00:00:00Z", Level.BYTES))
    other = evolve(other, answers={"u/0": other.answers["t/0"]})
    assert "not comparable: this baseline shares no case" in trend_of(standing_of(FIRST), other)
    assert "No case of mine changed." in trend_of(standing_of(FIRST))
    assert not trend_of()


def test_keeps_one_file_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run adds one file, named by its date and the version; what is there already is not added again."""
    runs, page = tmp_path / "deep" / "runs", tmp_path / "page.html"
    words = ["--client", GOOD, "--history", str(runs)]
    for day, second in enumerate((1_700_000_000, 1_700_086_400), 1):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(second))
        done = matrix(*words, "--also", f"html={page}")
        assert (done.exit_code, len([*runs.iterdir()])) == (0, day), done.output
    names = sorted(path.name for path in runs.iterdir())
    assert names == ["2023-11-14T221320Z-mine.json", "2023-11-15T221320Z-mine.json"]
    for path in runs.iterdir():
        Draft202012Validator(SCHEMA).validate(json.loads(path.read_bytes()))
    assert page.read_text("utf-8").count('class="dot0"') == 2
    again = matrix(*words)
    assert (again.exit_code, len([*runs.iterdir()]), "already" in again.stderr) == (0, 2, True)


def test_run_keeps_its_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run --history` keeps files as `matrix` does, draws all times on its page, and takes sequences of pages, too."""
    runs, page, plain = tmp_path / "runs", tmp_path / "page.html", tmp_path / "plain.html"
    words = ["run", "-k", "kinds/costs", "--probes", "none", "--client", GOOD]
    for number, second in enumerate((1_700_000_000, 1_700_086_400), 1):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(second))
        version = ["--client-version", f"1.{number}"]
        done = CliRunner().invoke(main, [*words, *version, "--history", str(runs), "--also", f"html={page}"])
        assert (done.exit_code, "This run is kept as" in done.stderr) == (0, True), done.output
        assert "BYTES: the bytes are the same" in done.stdout
    names = sorted(path.name for path in runs.iterdir())
    assert names == ["2023-11-14T221320Z-mine-1.1.json", "2023-11-15T221320Z-mine-1.2.json"]
    for path in runs.iterdir():
        Draft202012Validator(SCHEMA).validate(json.loads(path.read_bytes()))
    assert page.read_text("utf-8").count('class="dot0"') == 2
    compared = CliRunner().invoke(main, [*words, "--baseline", str(runs / names[0]), "--history", str(runs)])
    assert (compared.exit_code, len(times_in(runs))) == (0, 3), compared.output
    CliRunner().invoke(main, [*words, "--also", f"html={plain}"])
    assert 'id="trend"' not in plain.read_text("utf-8")
    (runs / "other.json").write_text("{}")
    refused = CliRunner().invoke(main, [*words, "--history", str(runs)])
    assert (refused.exit_code, "move this file away" in refused.stderr) == (2, True), refused.output


def test_keeps_several_clients(tmp_path: Path) -> None:
    """A run of several clients is one file, and each client has its own trend; saved results are kept likewise."""
    runs, page, saved = tmp_path / "runs", tmp_path / "page.html", tmp_path / "saved.json"
    saved.write_text(json.dumps(FIRST.to_dict()))
    words = ["--client", GOOD, "--client", "other=oneshot:cat", str(saved.with_name("saved.json"))]
    words[-1] = f"old={words[-1]}"
    done = matrix(*words, "--history", str(runs), "--also", f"html={page}")
    (path,) = runs.iterdir()
    assert re.fullmatch(r"[0-9-]{10}T[0-9]{6}Z-usagecompat-.*\.json", path.name), done.output
    assert [one.name for one in times_in(runs)] == ["old", "mine", "other"]
    assert page.read_text("utf-8").count("level by version</figcaption>") == 3


def test_versions_of_clients_that_cannot_tell(tmp_path: Path) -> None:
    """`--client-version` stands for what a client cannot tell; one that can is not contradicted."""
    saved = tmp_path / "saved.json"
    words = ["run", "-k", "kinds/costs", "--client-version", "1.2.3"]
    done = CliRunner().invoke(main, [*words, "--client", "mine=oneshot:cat", "--also", f"json={saved}"])
    assert (done.exit_code, "mine 1.2.3" in done.stdout) == (0, True), done.output
    CliRunner().invoke(main, ["matrix", str(saved), "--history", str(tmp_path / "runs")])
    assert [path.name.partition("Z-")[2] for path in (tmp_path / "runs").iterdir()] == ["mine-1.2.3.json"]
    for client in (["--client", "node adapter.mjs"], ["--adapter", "python-json"]):
        refused = CliRunner().invoke(main, [*words, *client])
        assert (refused.exit_code, "itself" in refused.stderr) == (2, True)


def test_two_versions_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs of the same second are two, unless all of them is the same."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    said = shlex.join(
        [sys.executable, "-I", "-S", "-c", "import sys, json; json.dump(json.load(sys.stdin), sys.stdout)"]
    )
    for client in (GOOD, f"mine=oneshot:{said}", GOOD):
        matrix("--client", client, "--history", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2023-11-14T221320Z-mine-2.json",
        "2023-11-14T221320Z-mine.json",
    ]


def test_two_points_on_the_command_line(tmp_path: Path) -> None:
    """Any two files of a history are compared by `--baseline`."""
    for one in (FIRST, SECOND):
        (tmp_path / f"{one.client and one.client.version}.json").write_text(FORMATS["json"](Matrix(clients=(one,))))
    words = ["matrix", str(tmp_path / "1.1.json"), "--baseline", str(tmp_path / "1.0.json")]
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, "1 new failures" in done.stdout) == (1, True), done.output


def test_reads_earlier_files(tmp_path: Path) -> None:
    """Files of earlier versions of the kit may be put into a history, results as well as matrices."""
    for path in SAVED.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "notes.txt").write_text("no run")
    assert len(times_in(tmp_path)) == len([*SAVED.iterdir()])
    assert trend_of(*times_in(tmp_path)).count('class="dot0"') == len([*SAVED.iterdir()])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("clients", 0, "cells", "t/0", "outcome"), "asleep"),
        (("clients", 0, "cells", "t/0", "level"), "HIGH"),
        (("clients", 0, "cells", "t/0", "caps"), {"client/crashed": "HIGH"}),
        (("clients", 0, "about", "corpus"), None),
        (("clients", 0, "tiers"), {"rare": {"level": None}}),
        (("clients", 0, "failing"), []),
        (("clients",), {}),
        (("clients",), []),
        (("made",), 5),
        (("made",), "2026-99-99"),
        (("made",), "yesterday"),
        (("clients", 0, "about", "made"), "2026-02-30T00:00:00Z"),
        (("clients", 0, "about", "made"), "2026-01-01T24:61:00Z"),
        (("schema",), 2),
        (("schema",), "urn:usagecompat:schema:matrix:3"),
    ],
)
def test_refuses_damaged_matrices(tmp_path: Path, place: tuple[str | int, ...], value: object) -> None:
    """A matrix in which something is not as its schema says is refused with the file, and no damage gets further."""
    found = json.loads(FORMATS["json"](Matrix(clients=(FIRST,))))
    *path, last = place
    inner = found
    for step in path:
        inner = inner[step]
    inner[last] = value
    (tmp_path / "run.json").write_text(json.dumps(found))
    with pytest.raises(UnreadableInput, match=r"run\.json: "):
        times_in(tmp_path)


def test_refuses_days_that_no_calendar_has(tmp_path: Path) -> None:
    """A result that was made on a day that there is not is refused, and the reason says what stands there."""
    found = result("1.0", "2026-99-99T00:00:00Z", Level.BYTES)
    text = json.dumps(found.to_dict() | {"badge": badge_of(found).to_dict(), "expected": None})
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UnreadableInput, match=r"'2026-99-99T00:00:00Z', and must be a day such as 2026-11-29"):
        times_in(tmp_path)


@pytest.mark.parametrize("text", ["", "{", '{"object": "page"}'])
def test_refuses_other_files(tmp_path: Path, text: str) -> None:
    """A file that is no run is named before any client is asked, and nothing is kept."""
    (tmp_path / "other.json").write_text(text)
    done = matrix("--client", "mine=never-started", "--history", str(tmp_path))
    assert (done.exit_code, "other.json" in done.stderr, "move this file away" in done.stderr) == (2, True, True)
    assert [path.name for path in tmp_path.iterdir()] == ["other.json"]
    with pytest.raises(UnreadableInput):
        times_in(tmp_path)


def test_refuses_a_file_as_folder(tmp_path: Path) -> None:
    """A history is a folder."""
    (tmp_path / "file").touch()
    done = matrix("--client", GOOD, "--history", str(tmp_path / "file"))
    assert done.exit_code == 2


# ---- Files are whole, or not there ---------------------------------------------------------------------------------


def test_interrupted_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the kit while it writes leaves the file that was there, and none where there was none."""
    there = tmp_path / "there.json"
    there.write_text("before")

    def end(path: Path, content: bytes) -> int:
        with path.open("wb") as file:
            file.write(content[:1])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", end)
    for write in (lambda: write_file(there, "after"), lambda: write_new(tmp_path, "new", ".json", "new")):
        with pytest.raises(KeyboardInterrupt):
            write()
    assert there.read_text() == "before"
    assert not [*tmp_path.glob("new*")]


def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk a failure is told, and the file that was there stays as it is."""
    place = tmp_path / "place"
    place.write_text("before")

    def fill(_path: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(OSError, match="No space left"):
        write_file(place, "after")
    assert place.read_text() == "before"
    monkeypatch.undo()
    missing = tmp_path / "missing" / "place"
    with pytest.raises(FileNotFoundError) as caught:
        write_file(missing, "")
    assert caught.value.filename == str(missing)


def test_folder_that_takes_nothing_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing new can be written, a file that may be written is written in place; the folder is named."""
    place = tmp_path / "place"
    place.write_text("before")
    write = Path.write_bytes

    def refuse(path: Path, content: bytes) -> int:
        if path != place:
            raise PermissionError(errno.EACCES, "Permission denied")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    write_file(place, "after")
    assert place.read_text() == "after"
    with pytest.raises(PermissionError) as caught:
        write_new(tmp_path, "run", ".json", "")
    assert caught.value.filename == str(tmp_path)


def test_written_again(tmp_path: Path) -> None:
    """A file keeps its mode, a link goes on to lead to its file, and a pipe is written as it is."""
    place, link = tmp_path / "place", tmp_path / "link"
    place.write_text("before")
    place.chmod(0o640)
    link.symlink_to(place)
    write_file(link, "after")
    assert (place.read_text(), place.stat().st_mode & 0o777, link.is_symlink()) == ("after", 0o640, True)
    write_file(Path(os.devnull), "nowhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "place"]
    assert [write_new(tmp_path, "run", ".json", "").name for _ in range(3)] == ["run.json", "run-2.json", "run-3.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_run(tmp_path: Path) -> None:
    """A run that is killed half-way leaves no file, and a history that can be read."""
    runs, saved = tmp_path / "runs", tmp_path / "saved.json"
    matrix("--client", GOOD, "--history", str(runs))
    hangs = shlex.join([sys.executable, "-I", "-S", str(MINIATURES), "hang", "kinds/costs-nulls"])
    words = ["--client", hangs, "-k", "kinds/costs", "--timeout", "60"]
    for command, more in (
        ("run", ["--also", f"json={saved}", "--history", str(runs)]),
        ("matrix", ["--history", str(runs)]),
    ):
        running = subprocess.Popen(
            [sys.executable, "-m", "usagecompat", command, *words, *more],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(2)
        running.send_signal(signal.SIGKILL)
        running.wait(60)
    assert not saved.exists()
    assert len(times_in(runs)) == 1
