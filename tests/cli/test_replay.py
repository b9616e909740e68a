"""Failing cases that are saved, and run again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from usagecompat.cli import main
from usagecompat.clients import saving
from usagecompat.contract import LATEST
from usagecompat.corpus import folder

if TYPE_CHECKING:
    from click.testing import Result

LOSSY: Final = """
import base64, json, os, sys
PAGES, FAULT = "pages" in sys.argv, (sys.argv + [""])[1]
seen = 0
def again(payload):
    global seen
    seen += 1
    tree = json.loads(payload)
    if FAULT == "drop" and isinstance(tree, dict):
        tree.pop("amount", None)
    if FAULT == "leak" and seen > 1:
        tree["seen"] = 1
    if FAULT == "die":
        os._exit(3)
    text = json.dumps(tree, separators=(",", ":"))
    return (text.replace('"usd"', '"eur"') if FAULT == "eur" else text).encode()
for line in sys.stdin:
    message = json.loads(line)
    if "stop" in message:
        break
    if "start" in message:
        shapes = {"shapes": ["page"]} if PAGES else {}
        told = {"started": {"version": 1, "client": {"name": "lossy"}, "features": shapes}}
    else:
        payload = base64.b64encode(again(base64.b64decode(message["run"]["case"]["payload"]))).decode()
        told = {"decoded": {"seq": message["run"]["seq"], "payload": payload}}
    print(json.dumps(told), flush=True)
"""
FILTER: Final = """
import json, sys
tree = json.load(sys.stdin)
tree.pop("amount", None)
print(json.dumps(tree))
"""
FEW: Final = ["-k", "members/amount-zero or kinds/completions-minimal", "--quiet"]
SCHEMAS: Final = {
    name: Draft202012Validator(json.loads((folder("schemas") / f"{name}.json").read_text("utf-8")))
    for name in ("failures", "replay")
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with clients, in which we are."""
    (tmp_path / "client.py").write_text(LOSSY)
    (tmp_path / "filter.py").write_text(FILTER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*arguments: str) -> Result:
    """What comes of a command."""
    return CliRunner().invoke(main, [*arguments])


def client(*words: str) -> str:
    """The client with a fault."""
    return " ".join([sys.executable, "-I", "-S", "client.py", *words])  # it starts soon


def save(*words: str, to: str = "failures", more: tuple[str, ...] = ()) -> dict[str, Any]:
    """The index after a run of the client with a fault."""
    command("run", "--client", client(*words), *FEW, "--save-failures", to, *more)
    index: dict[str, Any] = json.loads(Path(to, "index.json").read_text("utf-8"))
    SCHEMAS["failures"].validate(index)
    return index


def replayed(*arguments: str, status: int) -> dict[str, Any]:
    """What a replay says as JSON."""
    result = command("replay", *arguments, "--json")
    assert result.exit_code == status, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    SCHEMAS["replay"].validate(told)
    return told


def test_sent_and_returned_byte_for_byte(place: Path) -> None:
    """Each failing case has a directory with the exact bytes that were sent and that came back."""
    (case,) = save("drop")["cases"]
    files = place / "failures" / case["directory"]
    sent = (files / "sent.json").read_bytes()
    original = (folder("fixtures") / "members" / "amount-zero.json").read_bytes()
    assert sent == original
    assert case["case"] == "members/amount-zero"
    tree = json.loads(original)
    tree.pop("amount")
    assert (files / "returned.json").read_bytes() == json.dumps(tree, separators=(",", ":")).encode()
    assert sorted(file.name for file in files.iterdir()) == case["files"]


def test_commands_do_it_again(place: Path) -> None:
    """The commands that are saved give the same failure: the kit's, and the client's own."""
    (case,) = save("drop")["cases"]
    kit, own = case["commands"]
    assert kit == "usagecompat replay failures --case=members/amount-zero"
    assert command(*kit.split()[1:]).exit_code == 1
    done = subprocess.run(["sh", "-c", own], cwd=place, capture_output=True, text=True, check=True)  # noqa: S607 - any shell
    assert '"decoded"' in done.stdout
    assert (place / "failures" / case["directory"] / "commands.txt").read_text() == f"{kit}\n{own}\n"


def test_what_still_fails_and_what_is_fixed() -> None:
    """Who fails again is told with its codes and status 1; a client without the fault has fixed it, with status 0."""
    save("drop")
    still = replayed("failures", status=1)
    assert still["counts"] == {"fails": 1, "unsure": 0, "fixed": 0, "not-judged": 0}
    assert still["cases"][0]["codes"] == still["cases"][0]["before"] == ["client/member-lost"]
    fixed = replayed("failures", "--client", client(), status=0)
    assert [one["status"] for one in fixed["cases"]] == ["fixed"]
    text = command("replay", "failures", "--client", client())
    assert "0 of 1 cases still fail at EXACT, 1 is fixed; 1 of " in text.stdout
    assert "Fixed:\n  members/amount-zero" in text.stdout


def test_client_that_ends() -> None:
    """Cases that a client could not be asked are in the first line, with or without --quiet, and are not called fixed."""
    save("drop")
    for words in ([], ["--quiet"]):
        text = command("replay", "failures", "--client", "false", *words)
        assert (text.exit_code, text.stdout.splitlines()[1].partition(";")[0]) == (
            1,
            "0 of 1 cases still fail at EXACT, 0 are fixed, 1 was not judged",
        )


def test_failing_otherwise() -> None:
    """A case that fails for another reason still fails, and the text has what it had failed for."""
    save("drop")
    result = command("replay", "failures", "--client", client("eur"))
    assert result.exit_code == 1
    assert "client/value-changed" in result.stdout
    assert "it had failed for client/member-lost" in result.stdout


def test_one_case() -> None:
    """`--case` takes an id or the name of a directory; a name that nobody saved is refused with the nearest."""
    index = save("eur")
    names = [one["case"] for one in index["cases"]]
    assert len(names) == 1
    key = index["cases"][0]["directory"].partition("/")[2]
    for name in (names[0], key):
        assert [one["case"] for one in replayed("failures", "--case", name, status=1)["cases"]] == names
    result = command("replay", "failures", "--case", "members/amount-zer")
    assert result.exit_code == 2
    assert "did you mean 'members/amount-zero'?" in result.stderr


def test_case_that_failed_for_those_before_it() -> None:
    """A leaked state may not show in few cases: such a case is not called fixed."""
    index = save("drop")
    index["cases"][0]["codes"] = ["client/state-leak"]
    Path("failures/index.json").write_text(json.dumps(index))
    told = replayed("failures", "--client", client(), status=0)
    assert told["counts"]["unsure"] == 1
    assert "run the whole corpus" in command("replay", "failures", "--client", client()).stdout


def test_client_that_dies() -> None:
    """A client that dies has returned nothing, which is saved as nothing, and still dies."""
    for one in save("die")["cases"]:
        assert "returned.json" not in one["files"]
        assert one["codes"] == ["client/crashed"]
    assert replayed("failures", status=1)["counts"]["fails"] == 2


def test_pages_around_payloads(place: Path) -> None:
    """A client of pages gets the payload in a page: that is saved beside it, and replay puts it there again."""
    (case,) = save("eur", "pages")["cases"]
    files = place / "failures" / case["directory"]
    wrapped = json.loads((files / "wrapped.json").read_bytes())
    assert wrapped["object"] == "page"
    assert b'"page"' not in (files / "sent.json").read_bytes()
    assert b'"page"' not in (files / "returned.json").read_bytes()
    assert replayed("failures", status=1)["counts"]["fails"] == 1


@pytest.mark.parametrize("options", [["--oneshot"], []])
def test_process_for_each_payload(place: Path, options: list[str]) -> None:
    """A one-shot client is started that way again, whether an option said so or its name."""
    said = f"{'' if options else 'oneshot:'}{sys.executable} filter.py"
    command("run", "--client", said, *options, *FEW, "--save-failures", "failures", "--refused-status", "7")
    told = replayed("failures", status=1)
    assert (told["way"], told["counts"]["fails"]) == ("oneshot", 1)
    own = json.loads(Path("failures/index.json").read_text())["cases"][0]["commands"][1]
    done = subprocess.run(["sh", "-c", own], cwd=place, capture_output=True, text=True, check=True)  # noqa: S607 - any shell
    assert "amount" not in json.loads(done.stdout)


def test_corpus_of_ones_own(place: Path) -> None:
    """Payloads of a plain tree are saved and run again without the tree."""
    tree = place / "recorded"
    tree.mkdir()
    (tree / "a b\n.json").write_text(
        '{"object":"organization.costs.result","amount":{"value":1.5,"currency":"usd"},"line_item":null,"project_id":null}'
    )
    result = command("run", "--client", client("drop"), "--corpus", "recorded", "--save-failures", "f")
    assert "1 failing case is in f" in result.stderr
    shutil.rmtree(tree)
    told = replayed("f", status=1)
    assert told["counts"]["fails"] == 1
    assert "\n.json" not in command("replay", "f").stdout
    (case,) = json.loads(Path("f/index.json").read_text())["cases"]
    assert case["directory"].rpartition("/")[2] in case["commands"][0], "a name that no line can have has another"


def test_nothing_failed() -> None:
    """A run without a failure saves that there is none, and there is nothing to replay."""
    assert save()["cases"] == []
    result = command("replay", "failures")
    assert (result.exit_code, "nothing to run again" in result.stderr) == (0, True)
    assert replayed("failures", status=0)["cases"] == []


def test_nothing_was_judged() -> None:
    """A run of a client that never introduced itself has no failing case, and that is not called fine."""
    command("run", "--client", f"{sys.executable} -c 'raise SystemExit(3)'", *FEW, "--save-failures", "failures")
    result = command("replay", "failures")
    assert result.exit_code == 1
    assert "2 were not judged, so run the whole corpus" in result.stderr


def test_next_run_replaces(place: Path) -> None:
    """Each run replaces what the run before saved, and nothing is left of that."""
    save("drop")
    before = {one.name for one in (place / "failures" / "cases").iterdir()}
    save("die")
    after = {one.name for one in (place / "failures" / "cases").iterdir()}
    assert len(after) == 2
    assert not before & after
    save()
    assert not [*(place / "failures" / "cases").iterdir()]
    assert sorted(one.name for one in (place / "failures").iterdir()) == ["README.txt", "cases", "index.json"]


def test_killed_half_way(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends while it saves leaves the index of the run before, which is still whole, or none."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(saving, "_put", killed)
        assert command("run", "--client", client("drop"), *FEW, "--save-failures", "failures").exit_code == 2
    result = command("replay", "failures")
    assert result.exit_code == 2
    assert "nothing was saved here to the end" in result.stderr
    before = save("drop")
    with monkeypatch.context() as patch:
        patch.setattr(saving, "_digest", killed)
        command("run", "--client", client("die"), *FEW, "--save-failures", "failures")
    assert json.loads((place / "failures" / "index.json").read_text()) == before
    assert replayed("failures", status=1)["counts"]["fails"] == 1
    save("die")


@pytest.mark.parametrize("there", [True, False])
def test_interrupted_before_it_saves(place: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool) -> None:
    """A run that is interrupted before it saves anything leaves the directory as it was, with what a run before saved."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    if there:
        (place / "failures").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("usagecompat.cli.run.ask", interrupted)
        assert command("run", "--client", client("drop"), *FEW, "--save-failures", "failures").exit_code == 2
        assert [one.name for one in place.glob("failures*")] == ["failures"] * there
        assert not [*place.glob("failures/*")]
    before = save("drop")
    with monkeypatch.context() as patch:
        patch.setattr("usagecompat.cli.run.ask", interrupted)
        command("run", "--client", client("drop"), *FEW, "--save-failures", "failures")
    assert json.loads((place / "failures" / "index.json").read_text()) == before


def test_replay_from_elsewhere(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client is started where the run was that saved its failures, or here if that directory is gone."""
    count = len(save("drop")["cases"])
    assert count
    (place / "elsewhere").mkdir()
    monkeypatch.chdir(place / "elsewhere")
    told = replayed("../failures", status=1)
    assert told["counts"]["fails"] == count
    index = place / "failures" / "index.json"
    index.write_text(index.read_text("utf-8").replace(json.dumps(str(place)), json.dumps(str(place / "gone"))), "utf-8")
    monkeypatch.chdir(place)
    assert replayed("failures", status=1)["counts"]["fails"] == count


def test_directory_of_somebody_else(place: Path) -> None:
    """What is no saved case stays as it is, and the client is not even started."""
    (place / "mine").mkdir()
    (place / "mine" / "index.json").write_text("{}")
    result = command("run", "--client", "./no-such-program", "--save-failures", "mine")
    assert result.exit_code == 2
    assert "mine: it is not empty and has no failing cases that usagecompat wrote" in result.stderr
    assert [one.name for one in (place / "mine").iterdir()] == ["index.json"]
    (place / "mine" / "README.txt").write_bytes(b"\xff")
    assert command("run", "--client", "./no-such-program", "--save-failures", "mine").exit_code == 2
    (place / "file").write_text("")
    assert command("run", "--client", "./no-such-program", "--save-failures", "file").exit_code == 2


def test_files_of_others_stay(place: Path) -> None:
    """What somebody put among the saved cases is not removed."""
    save("drop")
    for name in ("notes", "0" * 31):
        (place / "failures" / "cases" / name).mkdir()
    save("die")
    assert (place / "failures" / "cases" / "notes").is_dir()
    assert (place / "failures" / "cases" / ("0" * 31)).is_dir()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda index: index.pop("client"), "at $: 'client' is a required property"),
        (lambda index: index.update(format=2), "at $.format: 1 was expected"),
        (lambda index: index["cases"][0].update(directory="cases/../../secret"), "at $.cases[0].directory"),
        (lambda index: index["cases"].append(index["cases"][0]), "it names a case twice"),
        (lambda index: index["cases"][0].update(sha256="0" * 64), "it is not what was sent"),
        (lambda index: index["cases"][0].update(directory="cases/" + "0" * 32), "there is no such file"),
        (lambda index: index["client"].update(way="telepathy"), "does not know: telepathy"),
        (
            lambda index: index["cases"][0].update(revision="2020-01-01"),
            "Cases were judged by 2020-01-01: give the file",
        ),
        (lambda index: index["client"].update(given="a 'b"), "cannot be split into words"),
    ],
)
def test_index_that_is_none(change: Any, told: str) -> None:  # noqa: ANN401 - it changes JSON
    """An index that was not written so is refused with the place, and nothing is started."""
    index = save("drop")
    change(index)
    Path("failures/index.json").write_text(json.dumps(index))
    result = command("replay", "failures")
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert told in result.stderr


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_index_that_is_no_json(content: bytes) -> None:
    """A file that is no JSON is refused in one line."""
    save("drop")
    Path("failures/index.json").write_bytes(content)
    result = command("replay", "failures")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "it is not JSON" in result.stderr


def test_payload_that_was_changed(place: Path) -> None:
    """A payload that somebody edited is not what failed."""
    (case,) = save("drop")["cases"]
    (place / "failures" / case["directory"] / "sent.json").write_text("{}")
    result = command("replay", "failures")
    assert (result.exit_code, "it is not what was sent" in result.stderr) == (2, True)


def test_draft(place: Path) -> None:
    """Cases that were judged by a draft need its file, and are judged by it again."""
    history = json.loads((folder("fixtures") / "upstream" / "history.json").read_text("utf-8"))
    (newest,) = (one for one in history["revisions"] if one["revision"] == LATEST)
    (place / "draft.json").write_text(json.dumps(newest | {"revision": "2027-01-05", "source": "made up for a test"}))
    (case,) = save("drop", more=("--revision", "draft.json"))["cases"]
    assert case["revision"].startswith("2027-01-05-draft-")
    refused = command("replay", "failures")
    assert (refused.exit_code, "give the file of that draft as --revision FILE" in refused.stderr) == (2, True)
    assert replayed("failures", "--revision", "draft.json", status=1)["counts"]["fails"] == 1
    (place / "draft.json").write_text(json.dumps(newest | {"revision": "2027-01-06", "source": "made up for a test"}))
    assert "--revision draft.json is 2027-01-06" in command("replay", "failures", "--revision", "draft.json").stderr


def test_what_does_not_go_together() -> None:
    """Two clients are one too many, and a directory has to be there."""
    save("drop")
    two = command("replay", "failures", "--client", "x", "--adapter", "y")
    assert (two.exit_code, "either as --client CMD or as --adapter NAME" in two.stderr) == (2, True)
    assert command("replay", "nothing").exit_code == 2
    assert command("replay", "failures", "--client", "./no-such-program").exit_code == 2


def test_same_in_every_process() -> None:
    """A run in several processes saves what a run in one does."""
    one = save("eur", to="one")
    two = save("eur", to="two", more=("--jobs", "2"))
    assert [case["directory"] for case in one["cases"]] == [case["directory"] for case in two["cases"]]
    assert all(
        hashlib.sha256(Path("one", case["directory"], "sent.json").read_bytes()).hexdigest() == case["sha256"]
        for case in one["cases"]
    )


def test_setup(place: Path) -> None:
    """`--setup` is done once before the client is asked, as with `run`; one that fails leaves the cases alone."""
    save("drop")
    fixed = (place / "client.py").read_text().replace('FAULT == "drop"', "False")
    (place / "fixed.py").write_text(fixed)
    copy = f"{sys.executable} -c \"import shutil; shutil.copy('fixed.py', 'client.py')\""
    assert replayed("failures", "--setup", copy, status=0)["counts"]["fixed"] == 1
    failing = command("replay", "failures", "--setup", f"{sys.executable} -c 'raise SystemExit(3)'")
    assert (failing.exit_code, failing.stdout) == (2, "")
