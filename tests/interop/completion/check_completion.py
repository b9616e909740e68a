"""
The Tab key in real shells: bash, zsh and fish, each set up by the lines that docs/install.md has for it.

A shell runs in a terminal of its own. A line is typed with a Tab, and then made an argument of `printf`, which prints
what the line has become.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from documents import blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).resolve().parent.parent.parent.parent
PATIENCE: Final = 60.0
"""Seconds for one answer on a busy machine; it takes less than one."""

SHELLS: Final = {"bash": ["bash", "-i"], "zsh": ["zsh", "-i"], "fish": ["fish", "-i"]}
PROMPT: Final = {"bash": "PS1='ready> '\n", "zsh": "PS1='ready> '\nunsetopt prompt_sp\nbindkey -e\n", "fish": ""}
TYPED: Final = [
    ("usagecompat expl", "usagecompat explain"),
    ("usagecompat explain wire/amou", "usagecompat explain wire/amount-as-string"),
    ("usagecompat check --ignore wire/amou", "usagecompat check --ignore wire/amount-as-string"),
    ("usagecompat check --revision 2024-12-16", "usagecompat check --revision 2024-12-16"),
    ("usagecompat schema --revision 2025-0", "usagecompat schema --revision 2025-0"),
    ("usagecompat run --allow", "usagecompat run --allow-skips"),
    ("usagecompat run --require val", "usagecompat run --require values"),
    ("usagecompat run --adapter python-j", "usagecompat run --adapter python-json"),
    ("usagecompat run --paging --adapter javascript-f", "usagecompat run --paging --adapter javascript-fetch"),
    ("usagecompat run -k deviations/amount-number-17", "usagecompat run -k deviations/amount-number-17-digits"),
    ("usagecompat adapters ins", "usagecompat adapters install"),
    ("usagecompat adapters install go-open", "usagecompat adapters install go-openai"),
    ("usagecompat check recor", "usagecompat check recorded.json"),
    ("usagecompat scan recor", "usagecompat scan recorded.json"),
    ("usagecompat nonsen", "usagecompat nonsen"),
    ("usagecompat explain no/such", "usagecompat explain no/such"),
]


class Terminal:
    """A shell in a terminal."""

    def __init__(self, command: list[str], home: Path, env: dict[str, str]) -> None:
        """Start it, at home."""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(home)
            os.execvpe(command[0], command, env)  # noqa: S606 - it is a shell that is started
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.screen = ""

    def until(self, wanted: str) -> str:
        """What is printed up to `wanted`, and that."""
        end = time.monotonic() + PATIENCE
        while wanted not in self.screen:
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                pytest.fail(f"no {wanted!r} in {self.screen!r}")
            try:
                self.screen += os.read(self.terminal, 65536).decode("utf-8", "replace")
            except OSError:
                pytest.fail(f"the shell ended; before, it printed {self.screen!r}")
        found, _, self.screen = self.screen.partition(wanted)
        return found + wanted

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.terminal, keys.encode())

    def end(self) -> None:
        """End the shell and all that it started."""
        os.killpg(self.process, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.process, 0)


@pytest.fixture(scope="module", params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    """A shell that completes, as the document says."""
    name: str = request.param
    tool(name)
    home = tmp_path_factory.mktemp(name)
    (home / "recorded.json").write_text("{}", "utf-8")
    env = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "TERM": "dumb" if name == "fish" else "xterm",
        "LANG": "C.UTF-8",
        "BASH_SILENCE_DEPRECATION_WARNING": "1",
    }
    (lines,) = (block for block in blocks(ROOT / "docs" / "install.md", "bash") if f"completion {name}" in block)
    subprocess.run([tool("bash"), "-euc", lines], env=env, cwd=home, check=True)
    rc = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}[name]
    with (home / rc).open("a", encoding="utf-8") as file:
        file.write(PROMPT[name] or "function fish_prompt; printf 'ready> '; end\nset -g fish_greeting\n")
    terminal = Terminal(SHELLS[name], home, env)
    terminal.until("ready> ")
    yield terminal
    terminal.end()


@pytest.mark.parametrize(("typed", "becomes"), TYPED, ids=[typed for typed, _ in TYPED])
def test_tab(shell: Terminal, typed: str, becomes: str) -> None:
    """A line with a Tab behind it becomes what it can only be, and stays where it can be several things or nothing."""
    shell.type(f"{typed}\t\x01printf '<%s>' \x05; echo th''at-is-all\n")  # beginning and end of the line
    told = shell.until("that-is-all")
    shell.until("ready> ")
    assert "".join(f"<{word}>" for word in becomes.split()) + "that-is-all" in told.replace("\r", "").replace("\n", "")
