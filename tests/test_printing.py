"""What comes from outside is printed fit for every terminal, and is never a command to the runner of a workflow."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner

import usagecompat as usagecompat_package
from usagecompat.cli import main
from usagecompat.cli.commands import COMMANDS
from usagecompat.corpus.data import folder
from usagecompat.printing import printable

if TYPE_CHECKING:
    from click.testing import Result

NASTY: Final = (
    "\x1b]0;owned\x07\x1b[2J",
    "a\n::error::owned",
    "::error::owned",
    "##[error]owned",
    "  ::set-output name=x::owned",
    "\u202eowned",
    "\x9b2Jowned",
    "a\r::warning::owned",
    "a\u2028::error::owned",
    b"\xff\x1b[1m".decode(errors="surrogateescape"),
)
RESULT: Final = {"object": "organization.usage.completions.result", "input_tokens": 1, "output_tokens": 1}
CLIENT: Final = """
import base64, json, sys
BAD = "\\x1b[2J\\n::error::owned\\u202e"
for line in sys.stdin:
    said = json.loads(line)
    if "start" in said:
        print(json.dumps({"started": {"version": 1, "client": {"name": BAD, "version": BAD, "language": BAD}}}), flush=True)
    elif "stop" in said:
        sys.exit()
    else:
        sys.stderr.write(BAD)
        seq, size = said["run"]["seq"], len(said["run"]["case"]["payload"])
        turn = seq if size % 9 == 0 else size  # only some differ: each that does starts the client four times
        if turn % 3 == 0:
            print(json.dumps({"rejected": {"seq": seq, "message": BAD}}), flush=True)
        elif turn % 3 == 1:
            print(json.dumps({"skipped": {"seq": seq, "message": BAD, "issue_url": BAD}}), flush=True)
        else:
            tree = json.dumps({BAD: BAD}).encode()
            print(json.dumps({"decoded": {"seq": seq, "payload": base64.b64encode(tree).decode()}}), flush=True)
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Payloads with names that nobody should print, and what nobody should print in them."""
    place = tmp_path / "tree"
    place.mkdir()
    for number, name in enumerate(NASTY):
        payload = {
            **RESULT,
            "num_model_requests": number,
            "nul\0": "\0",
            name.encode(errors="replace").decode(): 1,
            "model": name,
        }
        if number % 2:
            del payload["input_tokens"]
        text = json.dumps(payload) if number % 3 else '{"\x1b[2J'
        (place / f"{name}.json").write_text(text, "utf-8")
        (place / f"{name}.ndjson").write_text(f"{json.dumps(payload)}\n::error::owned\x1b\n", "utf-8")
    (tmp_path / "client.py").write_text(CLIENT, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return place


def clean(result: Result, *, told: str = "") -> None:
    """Nothing is printed that a terminal obeys, and no line is a command but those that the kit means."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    for name, output in (("out", result.stdout), ("err", result.stderr)):
        odd = sorted({character for character in output if not character.isprintable() and character != "\n"})
        assert not odd, (told, name, odd, next(line for line in output.split("\n") if odd[0] in line)[:300])
        for line in output.split("\n"):
            start = line.strip()
            assert not start.startswith("##["), (told, line)
            meant = re.match(r"::(error|warning|notice) (file|title)=|::(group|endgroup)::", start)
            assert meant or not start.startswith("::"), (told, line)
            assert not start.startswith(("::error::owned", "::warning::owned", "::set-output")), (told, line)


def usagecompat(*arguments: str) -> Result:
    """One run of the command."""
    return CliRunner().invoke(main, [*arguments])


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif", "junit"])
def test_check(tree: Path, format_: str) -> None:
    """`check` in every format, of names and payloads, and of what is not there."""
    clean(usagecompat("check", "--format", format_, str(tree)), told=format_)
    for name in NASTY:
        clean(usagecompat("check", "--format", format_, f"{tree}/nothing{name}", name), told=format_)


@pytest.mark.parametrize("format_", ["text", "json"])
def test_scan(tree: Path, format_: str) -> None:
    """`scan`, and the list of its places."""
    clean(usagecompat("scan", "--format", format_, str(tree), "--totals", "--restatements", "--list", NASTY[0]))
    clean(usagecompat("scan", "--format", format_, str(tree), f"{tree}/{NASTY[0]}"))


def test_compare(tree: Path) -> None:
    """`compare`, of two of them."""
    one, other = sorted(map(str, tree.glob("*.json")))[:2]
    clean(usagecompat("compare", one, other))
    clean(usagecompat("compare", "--format", "json", one, other))


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "junit", "badge", "html"])
def test_run(tree: Path, format_: str) -> None:
    """`run` in every format, of a client whose every word is bad."""
    client = shlex.join([sys.executable, "-I", "-S", "client.py"])
    clean(usagecompat("run", "--client", client, "--corpus", str(tree), "--format", format_), told=format_)
    clean(usagecompat("run", "--client", client, "--name", NASTY[0], "-k", NASTY[2], "--format", format_), told=format_)


@pytest.mark.parametrize("format_", ["text", "markdown", "json", "junit", "github", "html"])
def test_matrix(tree: Path, format_: str) -> None:
    """`matrix` in every format, of a client whose every word is bad, of one that is none, and of results."""
    client = shlex.join([sys.executable, "-I", "-S", "client.py"])
    clients = ["--client", f"{NASTY[0]}={client}", "--client", f"{NASTY[2]}=./{NASTY[5]}"]
    clean(usagecompat("matrix", *clients, "--corpus", str(tree), "--format", format_), told=format_)
    told = usagecompat("run", "--client", client, "--corpus", str(tree), "--format", "json").stdout
    (tree.parent / f"{NASTY[0]}.json").write_text(told, "utf-8")
    clean(usagecompat("matrix", f"{NASTY[0]}.json", "--corpus", str(tree), "--format", format_), told=format_)


@pytest.mark.parametrize("format_", ["text", "json"])
def test_replay(tree: Path, format_: str) -> None:
    """`replay` of what a client whose every word is bad got wrong, from a directory that nobody should print."""
    client = shlex.join([sys.executable, "-I", "-S", "client.py"])
    for name in (NASTY[0], NASTY[1]):
        run = usagecompat(
            "run", "--client", client, "--corpus", str(tree), "--save-failures", name, "--format", format_
        )
        clean(run, told=name)
        assert list(Path(name, "cases").iterdir())
        clean(usagecompat("replay", name, "--format", format_), told=name)
        clean(usagecompat("replay", name, "--case", NASTY[2], "--format", format_), told=name)
        for commands in Path(name, "cases").glob("*/commands.txt"):
            assert commands.read_text("utf-8").replace("\n", "").isprintable()
    clean(usagecompat("replay", str(tree), "--format", format_))


@pytest.mark.parametrize("format_", ["text", "json"])
def test_fuzz(tree: Path, format_: str) -> None:
    """`fuzz`, of a client whose every word is bad, beside payloads whose names are."""
    client = shlex.join([sys.executable, "-I", "-S", "client.py"])
    words = ["--client", f"{NASTY[2]}={client}", "--corpus", str(tree), "--seconds", "2", "--format", format_]
    clean(usagecompat("fuzz", *words), told=format_)


def test_configuration(tree: Path) -> None:
    """A file whose keys, values and clients are bad, which every command reads."""
    for number, name in enumerate(NASTY[:-1]):
        text = json.dumps(name)
        for key, value in (
            (text, "1"),
            ("require", text),
            ("expected", text),
            ("clients", f"[{text}]"),
            (f"x{name}", ""),
        ):
            Path("pyproject.toml").write_text(f"[tool.usagecompat]\n{key} = {value}\n", "utf-8")
            clean(usagecompat("run", "--corpus", str(tree), "-k", str(number)), told=f"{key} {name!r}")
            clean(usagecompat("check", str(tree)), told=f"{key} {name!r}")


def test_completion() -> None:
    """`completion`, of a shell that there is not."""
    for name in ("bash", *NASTY):
        clean(usagecompat("completion", name), told=name)


def test_redact(tree: Path) -> None:
    """`redact`, of names that nobody should print, and of texts that nobody can read."""
    clean(usagecompat("redact", str(tree), "--out", NASTY[0], "--key-file", NASTY[3], "--keep", NASTY[5]))
    clean(usagecompat("redact", str(tree), "--out", NASTY[0]), told="again")


@pytest.mark.parametrize("to", ["2024-12-16", "2026-10-21", "flat"])
def test_convert(tree: Path, to: str) -> None:
    """`convert`: what is lost, and why something is refused; the payloads are what they are."""
    for path in sorted(tree.iterdir()):
        clean(usagecompat("convert", str(path), "--to", to, "--strict", "--out", "out"), told=str(path))


def openapi() -> dict[str, Any]:
    """An OpenAPI document in which everything that can have a name has a bad one."""
    document: dict[str, Any] = json.loads(usagecompat("openapi", "--like-vendor", "--format", "json").stdout)
    document["info"]["version"] = document["info"]["title"] = NASTY[0]
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema["properties"] |= {name: {"type": "string", "enum": [name], "description": name} for name in NASTY}
    document["components"]["schemas"] |= {name: {"type": "object"} for name in NASTY}
    document["paths"] |= {f"/{name}": {"get": {}} for name in NASTY}
    return document


def test_revisions(tree: Path) -> None:
    """`revisions import` and `diff` of a hostile document, and every use of the draft."""
    source = tree.parent / f"{NASTY[0]}.json"
    source.write_text(json.dumps(openapi()), "utf-8")
    printed = usagecompat("revisions", "import", str(source))
    clean(printed)
    draft = tree.parent / f"draft{NASTY[5]}.json"
    imported = usagecompat("revisions", "import", str(source), "--output", str(draft), "--patch")
    clean(imported)
    if draft.exists():
        assert json.loads(printed.stdout) == json.loads(draft.read_text("utf-8"))
        for format_ in ("text", "json", "markdown"):
            clean(usagecompat("revisions", "diff", "2026-10-21", str(draft), "--format", format_), told=format_)
        for words in (["openapi"], ["openapi", "--format", "json"], ["schema"], ["schema", "page"]):
            clean(usagecompat(*words, "--revision", str(draft)), told=str(words))
        clean(usagecompat("check", str(tree), "--revision", str(draft)))
    for broken in ({"openapi": NASTY[0]}, {"openapi": "3.1.0", "paths": {name: name for name in NASTY}}, [NASTY[0]]):
        source.write_text(json.dumps(broken), "utf-8")
        clean(usagecompat("revisions", "import", str(source)))
        clean(usagecompat("check", "x", "--revision", str(source)))


class Hostile(BaseHTTPRequestHandler):
    """A server whose every word is bad."""

    def do_GET(self) -> None:
        """A page with bad words, or what is none."""
        bad = "\x1b[2J\n::error::owned\u202e"
        tree = {"object": bad, "data": [{bad: bad}], "has_more": True, "next_page": bad}
        text = json.dumps(tree) if "costs" in self.path else json.dumps({"error": {"message": bad}})
        self.send_response(200 if "costs" in self.path or "images" in self.path else 400)
        self.send_header("content-type", "\x1b[2J")
        self.end_headers()
        self.wfile.write(text.encode() if "images" not in self.path else bad.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@pytest.mark.parametrize("format_", ["text", "json", "junit", "github", "html"])
def test_probe(tree: Path, monkeypatch: pytest.MonkeyPatch, format_: str) -> None:
    """`probe` in every format, of a server whose every word is bad, and of names that make no sense."""
    pytest.importorskip("httpx")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "x")
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            for endpoint in ("costs", "images", "completions"):
                words = ["--endpoint", endpoint, "--start", "2026-10-01", "--end", "2026-10-02", "--rate", "1000"]
                asked = usagecompat("probe", url, *words, "--budget", "12", "--format", format_)
                clean(asked, told=endpoint)
                assert asked.exit_code in {1, 2}
        finally:
            server.shutdown()
            thread.join()
    for name in NASTY:
        clean(usagecompat("probe", f"http://127.0.0.1:9/{name}", "--endpoint", name, "--save", str(tree / name)))


def test_serve(tree: Path) -> None:
    """`serve --log`, of requests with bad names."""
    command = [sys.executable, "-m", "usagecompat", "serve", "--log"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tree) as serving:
        assert serving.stdout
        assert serving.stderr
        port = int(serving.stdout.readline().split(b":")[-1].split(b"/")[0])
        for target in (b"/v1/\x1b[2J", b"/::error::owned", b"/\xe2\x80\xaeowned", b"/v1/organization/costs?a=\x9b2J"):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET " + target + b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                while client.recv(4096):
                    pass
        serving.terminate()
        told = serving.stderr.read().decode()
    assert told.replace("\n", "").isprintable()
    assert not re.search("^::", told, re.MULTILINE)


def test_adapters_and_explain(tree: Path) -> None:
    """`adapters` and `explain`, with places that nobody should print."""
    for number, name in enumerate(NASTY):
        clean(usagecompat("adapters", "new", "python", str(tree / f"new{number}{name}")), told=name)
        clean(usagecompat("adapters", "install", name, "--into", name), told=name)
        clean(usagecompat("explain", "--check", name), told=name)
        clean(usagecompat("fixtures", "copy", str(tree)), told=name)
        clean(usagecompat("schema", "--check", name), told=name)


def test_every_command_is_here() -> None:
    """No command is left out of this file."""
    text = Path(__file__).read_text("utf-8")
    assert not [name for name in COMMANDS if f'"{name}"' not in text]


def test_one_place_prints() -> None:
    """Nothing in the package writes to a terminal but the one module for it, and what the interpreter itself must."""
    source = Path(usagecompat_package.__file__).parent
    writers: set[str] = set()
    for path in source.rglob("*.py"):
        if "-" in path.parent.name:
            continue  # programs of adapters, whose standard output is a protocol
        text = path.read_text("utf-8")
        if not re.search(r"\b(s?echo|print|print_exc|write)\b", text):
            continue  # none of the calls below, and parsing takes long
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "click.echo", "click.secho", "print", "traceback.print_exc",
                "sys.stdout.write", "sys.stderr.write", "sys.stdout.buffer.write",
            }:  # fmt: skip
                writers.add(str(path.relative_to(source)))
    assert writers == {
        "clients/adapter_sdk.py",  # runs in a client's own process, and says where that listens
        "cli/commands.py",  # how click shows a failure, which is one escaped line
        "cli/output.py",
        "contract/openapi.py",  # a program of its own, for the generators of adapters
        "ledger/server.py",  # a fault of the kit, while it serves
    }


def test_fixtures(tree: Path) -> None:
    """`fixtures` of a corpus with names that nobody should print."""
    like = json.loads((folder("fixtures") / "numbers/count-one.case.json").read_text("utf-8"))
    for number, name in enumerate(NASTY):
        topic = tree / "numbers"
        topic.mkdir(exist_ok=True)
        case = {**like, "id": f"numbers/{name}" if number % 2 else name}
        case |= {"description": name, "evidence": name} if number % 3 else {"flags": [name]}
        path = topic / f"{name}.case.json"
        path.write_text(json.dumps(case), "utf-8")
        (topic / f"{name}.json").write_bytes((folder("fixtures") / "numbers/count-one.json").read_bytes())
        for command in ("list", "lint", "coverage", "manifest", "mutants"):
            clean(usagecompat("fixtures", command, str(tree)), told=f"{command} {name!r}")
        path.unlink()


@pytest.mark.parametrize("command", COMMANDS)
def test_arguments(command: str) -> None:
    """What is given on the command line and makes no sense."""
    for name in NASTY:
        clean(usagecompat(command, name), told=command)
        clean(usagecompat(command, f"--{name}"), told=command)
        clean(usagecompat(name), told=command)


def test_pytest(pytester: pytest.Pytester, tree: Path) -> None:
    """A run of pytest under `--compat`, its node ids and failures."""
    del pytester
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", f"--compat={tree}", "-rA", "-v", "--color=no"]
    result = subprocess.run(command, capture_output=True, check=False)
    output = (result.stdout + result.stderr).decode(errors="backslashreplace")
    assert "owned" in output
    assert not {character for character in output if not character.isprintable()} - {"\n"}
    for line in output.split("\n"):
        assert not line.strip().startswith(("::error::owned", "##[", "::set-output")), line


def test_printable() -> None:
    """What is printable stays, and what a terminal or a runner obeys is escaped."""
    assert printable("déjà vu, 東京") == "déjà vu, 東京"
    assert printable("\x1b[2J\u202e") == "\\x1b[2J\\u202e"
    assert printable("::error::x") == "\\x3a:error::x"
    assert printable("  ##[error]x") == "  \\x23#[error]x"
    assert printable("a::b") == "a::b"
    assert os.linesep
