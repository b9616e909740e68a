"""Adapters for real clients: what they say of themselves, how they are listed and installed, and how one is run."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from usagecompat.adapters import installation
from usagecompat.adapters.descriptions import (
    DESCRIPTION,
    HERE,
    Adapter,
    Need,
    adapter_of,
    adapters,
    paging_row_of,
    paging_rows,
    row_of,
    rows,
)
from usagecompat.adapters.installation import (
    PLACE,
    client_of,
    install,
    is_installed,
    paging_client_of,
    place,
    remove,
    statuses,
)
from usagecompat.cli import main
from usagecompat.clients import Way
from usagecompat.contract.revisions import REVISIONS
from usagecompat.corpus import data as _data
from usagecompat.corpus import version
from usagecompat.exceptions import CannotInstall, NoSuchName, NotInstalled

REFERENCE = "python-json"
"""An adapter that needs nothing but Python, and downloads nothing."""


def run(*args: str | Path) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args], prog_name="usagecompat")


@cache
def schema() -> Draft202012Validator:
    """What describes descriptions."""
    return Draft202012Validator(json.loads((_data.folder("schemas") / "adapter.json").read_bytes()))


def adapter(**changes: object) -> Adapter:
    """The adapter that needs nothing, changed."""
    return evolve(adapters()[REFERENCE], **changes)


# -- descriptions


def test_schema_of_descriptions() -> None:
    """The schema of descriptions is a schema."""
    Draft202012Validator.check_schema(schema().schema)


@pytest.mark.parametrize("name", adapters())
def test_description(name: str) -> None:
    """Every description is as its schema says, and bears the name of its folder."""
    said = json.loads((HERE / name / DESCRIPTION).read_bytes())
    schema().validate(said)
    assert said["name"] == name
    assert all(row.revision in (None, *REVISIONS) for row in adapters()[name].rows)


@pytest.mark.parametrize("name", adapters())
def test_readme(name: str) -> None:
    """Every adapter has a README with the command that installs it, its version and its rows."""
    text = (HERE / name / "README.md").read_text("utf-8")
    described = adapters()[name]
    assert f"usagecompat adapters install {name}\n" in text
    assert described.client.version in text
    assert all(f"`{row.name}`" in text for row in (*described.rows, *described.paging))


@pytest.mark.parametrize("name", adapters())
def test_version_is_pinned(name: str) -> None:
    """The version that a description names is the one that the client's own tools are told to fetch."""
    described = adapters()[name]
    files = [path for path in described.files if path.name not in {DESCRIPTION, "README.md"}]
    pinned = any(described.client.version in path.read_text("utf-8") for path in files)
    assert pinned, f"{described.client.version} stands in no file of {name} but its description"


def test_every_folder_is_described() -> None:
    """A folder with a program is an adapter."""
    assert set(adapters()) == {path.name for path in HERE.iterdir() if "-" in path.name}


def test_names_are_unique() -> None:
    """No two rows have one name, and no row has the name of another adapter."""
    names = [row.name for each in adapters().values() for row in (*each.rows, *each.paging)]
    assert len(names) == len(set(names))
    assert all(adapter_of(name).name == name for name in set(names) & set(adapters()))
    assert {*rows(), *paging_rows()} == set(names)


def test_files_are_small() -> None:
    """No generated client comes with an adapter; a lock is as long as what it locks."""
    locks = {"Cargo.lock", "go.sum", "package-lock.json", "requirements.txt", "lib.sha256"}
    own = [path for each in adapters().values() for path in each.files if path.name not in locks]
    assert all(len(path.read_bytes().splitlines()) < 200 for path in own)


def test_one_name_for_both() -> None:
    """An adapter with one row goes by its own name, one with several does not, and a row leads to its adapter."""
    assert row_of("node-openai")[1].name == "openai-node"
    assert adapter_of("openai-go-rawjson").name == "go-openai"
    with pytest.raises(NoSuchName, match="no row of an adapter"):
        row_of("go-openai")
    with pytest.raises(NoSuchName):
        adapter_of("go-opena")


def test_rows_that_page() -> None:
    """A row that fetches pages is found as such alone, and its adapter by either name."""
    assert paging_row_of("openai-python-paging")[0] is adapter_of("openai-python-paging") is adapters()["python-openai"]
    assert paging_row_of("node-openai")[1].name == "openai-node-paging"
    assert paging_row_of("go-net-http")[1].run == ("./adapter",)
    with pytest.raises(NoSuchName, match="fetches pages, with --paging"):
        row_of("go-net-http")
    with pytest.raises(NoSuchName, match="that fetches pages: 'openai-node'; did you mean 'openai-node-paging'"):
        paging_row_of("openai-node")


def test_fingerprint(tmp_path: Path) -> None:
    """An installation is made anew when a file changes, and not when the README does."""
    (tmp_path / "client.py").write_text("1", "utf-8")
    before = adapter(folder=tmp_path).fingerprint
    (tmp_path / "README.md").write_text("more", "utf-8")
    assert adapter(folder=tmp_path).fingerprint == before
    (tmp_path / "client.py").write_text("2", "utf-8")
    assert adapter(folder=tmp_path).fingerprint != before


# -- installation


def test_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Adapters are installed in the user's cache, unless the environment says otherwise."""
    monkeypatch.delenv(PLACE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert place() == tmp_path / "usagecompat" / "adapters"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert place() == Path.home() / ".cache" / "usagecompat" / "adapters"
    monkeypatch.setenv(PLACE, "elsewhere")
    assert place() == Path("elsewhere")


def test_install(tmp_path: Path) -> None:
    """Installing copies the files of an adapter, runs its commands there, and is done once."""
    described = adapter(install=(("{python}", "-c", "open('made', 'a').write('x')"),))
    assert not is_installed(described, tmp_path)
    for _ in range(2):
        folder = install(described, tmp_path)
    assert folder == tmp_path / version() / REFERENCE
    assert (folder / "made").read_text() == "x"
    assert {path.name for path in described.files} < {path.name for path in folder.iterdir()}
    assert is_installed(described, tmp_path)


def test_install_anew(tmp_path: Path) -> None:
    """An installation that was made from other files is replaced."""
    folder = install(adapter(), tmp_path)
    (folder / "installed.json").write_text("{}", "utf-8")
    (folder / "stale").touch()
    install(adapter(), tmp_path)
    assert not (folder / "stale").exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("{python}", "-c", "import sys; sys.exit('no such package')"), "status 1: no such package"),
        (("no-such-program-here", "x"), "no-such-program-here x: No such file"),
    ],
)
def test_install_fails(command: tuple[str, ...], words: str, tmp_path: Path) -> None:
    """A command that fails is told with what it printed, and leaves nothing that counts as installed."""
    described = adapter(install=(command,))
    with pytest.raises(CannotInstall, match=words):
        install(described, tmp_path)
    assert not is_installed(described, tmp_path)


def test_each_version_has_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two versions of the kit do not replace what the other has installed, and either can be removed alone."""
    mine = install(adapter(), tmp_path)
    monkeypatch.setattr(installation, "version", lambda: "0.0.9")
    assert not is_installed(adapter(), tmp_path)
    other = install(adapter(), tmp_path)
    assert is_installed(adapter(), tmp_path)
    monkeypatch.undo()
    assert is_installed(adapter(), tmp_path)
    removed = json.loads(run("adapters", "remove", REFERENCE, "--into", tmp_path, "--json").output)
    assert removed == {"name": REFERENCE, "removed": [str(mine)]}
    assert not mine.exists()
    assert other.exists()
    told = run("adapters", "remove", REFERENCE, "--into", tmp_path)
    assert (told.exit_code, told.output) == (0, f"{REFERENCE}: was not installed\n")
    told = run("adapters", "remove", REFERENCE, "--into", tmp_path, "--every-version")
    assert told.output == f"{REFERENCE}: removed from {other}\n"
    assert not other.exists()


def test_only_installations_are_removed(tmp_path: Path) -> None:
    """A folder that nobody installed, and a link to one, stay; the layout of older versions is known."""
    older = tmp_path / REFERENCE
    older.mkdir()
    (older / "installed.json").write_text("{}", "utf-8")
    (tmp_path / "mine" / REFERENCE).mkdir(parents=True)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / REFERENCE).symlink_to(older)
    assert remove(adapter(), tmp_path) == ()
    assert remove(adapter(), tmp_path, every_version=True) == (older,)
    assert (tmp_path / "mine" / REFERENCE).is_dir()


def test_something_is_missing(tmp_path: Path) -> None:
    """What an adapter needs and is not there is told before anything is done."""
    needs = (
        Need(what="Python", test=("{python}", "-c", ""), get="x"),
        Need(what="a 2", test=("{python}", "-c", "raise SystemExit(2)"), get="take two"),
        Need(what="a program", test=("no-such-program-here",), get="write it"),
    )
    described = adapter(needs=needs)
    status = statuses([described], tmp_path)[REFERENCE]
    assert [need.what for need in status.missing] == ["a 2", "a program"]
    assert not status.can_run
    with pytest.raises(CannotInstall, match="a 2 is missing: take two; a program is missing: write it"):
        install(described, tmp_path)
    assert not (tmp_path / version() / REFERENCE).exists()


def test_client_of(tmp_path: Path) -> None:
    """An installed row is a client for the runner, in its own folder and environment; one that is not is told so."""
    with pytest.raises(NotInstalled, match="usagecompat adapters install python-json"):
        client_of(REFERENCE, into=tmp_path)
    install(adapter(), tmp_path)
    spec = client_of(REFERENCE, into=tmp_path, timeout=3)
    assert spec.command == (sys.executable, "client.py")
    assert (spec.name, spec.cwd, spec.timeout) == (REFERENCE, str(tmp_path / version() / REFERENCE), 3)


def test_paging_client_of(tmp_path: Path) -> None:
    """An installed row that fetches pages is a client that is started for each sequence, unless it says that it stays."""
    with pytest.raises(NotInstalled, match="usagecompat adapters install python-urllib"):
        paging_client_of("python-urllib", into=tmp_path)
    install(adapters()["python-urllib"], tmp_path)
    spec = paging_client_of("python-urllib", into=tmp_path, timeout=3)
    assert spec.command == (sys.executable, "client.py")
    assert (spec.way, spec.name, spec.cwd, spec.timeout) == (
        Way.HTTP,
        "python-urllib",
        str(tmp_path / version() / "python-urllib"),
        3,
    )
    install(evolve(adapters()["python-openai"], install=(), needs=()), tmp_path)
    assert paging_client_of("openai-python-paging", into=tmp_path).way is Way.STDIO


# -- the command line


def test_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The list says of each adapter whether it can run here, what is missing, and its rows."""
    monkeypatch.setattr(installation, "_succeeds", lambda test: test[0] != "cargo")
    install(adapter(), tmp_path)
    result = run("adapters", "list", "--into", tmp_path)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "python-json: installed; Python's own json module, for reference" in lines
    assert "go-openai: not installed; the vendor's Go module" in lines
    where = next(number for number, line in enumerate(lines) if line.startswith("rust-async-openai: cannot run here; "))
    assert lines[where + 1] == "    missing: Cargo 1.85 or later; get it from https://rustup.rs"
    assert all(any(line.startswith(f"    {name} ") for line in lines) for name in (*rows(), *paging_rows()))
    able = sum(all(need.test[0] != "cargo" for need in each.needs) for each in adapters().values())
    assert lines[-1] == f"{able} of {len(adapters())} adapters can run here; 1 are installed"


def test_list_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The list can be had as JSON."""
    monkeypatch.setattr(installation, "_succeeds", lambda test: test[0] != "cargo")
    said = json.loads(run("adapters", "list", "--into", tmp_path, "--format", "json").output)
    told = {each["name"]: each for each in said}
    assert set(told) == set(adapters())
    assert told["rust-async-openai"]["missing"] == [
        {"what": "Cargo 1.85 or later", "get": "get it from https://rustup.rs"}
    ]
    assert not told["rust-async-openai"]["can_run"]
    assert told["go-openai"]["rows"] == ["openai-go-marshal", "openai-go-rawjson"]
    assert (told["go-net-http"]["rows"], told["go-net-http"]["paging"]) == ([], ["go-net-http"])


def test_install_and_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was installed can be run by the name of its row; what was not is told with the command that does it."""
    monkeypatch.setenv(PLACE, str(tmp_path))
    told = run("run", "--adapter", REFERENCE)
    assert told.exit_code == 2
    assert "usagecompat adapters install python-json" in told.output
    assert f"installed in {tmp_path / version() / REFERENCE}" in run("adapters", "install", REFERENCE).output
    ran = run("run", "--adapter", REFERENCE, "-k", "kinds/costs-full", "--format", "json", "--probes", "none")
    assert ran.exit_code == 0, ran.output
    said = json.loads(ran.output)
    assert (said["name"], said["client"]["name"], said["revision"]) == (REFERENCE, "Python json", None)


def test_run_with_pages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With --paging the name of an adapter is that of a program that fetches pages; without, the difference is told."""
    monkeypatch.setenv(PLACE, str(tmp_path))
    run("adapters", "install", "python-urllib")
    ran = run("run", "--paging", "--adapter", "python-urllib", "-k", "one-page", "--format", "json")
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.output)["name"] == "python-urllib"
    told = run("run", "--adapter", "python-urllib")
    assert (told.exit_code, "fetches pages, with --paging" in told.output) == (2, True)
    told = run("run", "--paging", "--adapter", "python-json")
    assert (told.exit_code, "that fetches pages" in told.output) == (2, True)


def test_generated_clients_have_a_revision(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A client that was generated from a revision is judged by it, unless another is asked for."""
    monkeypatch.setenv(PLACE, str(tmp_path))
    (row,) = adapter().rows
    described = adapter(rows=(evolve(row, revision="2024-12-16"),))
    for module in ("adapters", "adapters.installation"):
        monkeypatch.setattr(f"usagecompat.{module}.row_of", lambda _: (described, described.rows[0]))
    install(described)
    common = ("run", "--adapter", "x", "-k", "kinds/images-full", "--format", "json", "--probes", "none")
    assert json.loads(run(*common).output)["revision"] == "2024-12-16"
    assert json.loads(run(*common, "--revision", "2025-01-17").output)["revision"] == "2025-01-17"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "either as --client CMD or as --adapter NAME"),
        (["--client", "x", "--adapter", REFERENCE], "either as --client CMD or as --adapter NAME"),
        (["--adapter", REFERENCE, "--oneshot"], "an adapter declares these itself"),
        (["--adapter", "python-jsn"], "python-json"),
    ],
)
def test_misuse(args: list[str], words: str) -> None:
    """A client is named in one way, and an adapter says itself how it is driven."""
    result = run("run", *args)
    assert result.exit_code == 2
    assert words in result.output
