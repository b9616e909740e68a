"""
`--compat-setup CMD`: what is done once before clients judge, such as a build; what it leaves running ends with the run.

With pytest-xdist the process that hands out the tests does it, before it starts any worker.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pytest
from attrs import define, field

from usagecompat.clients import SETUP_TIMEOUT, set_up
from usagecompat.exceptions import CannotStartClient, SetupFailed
from usagecompat.printing import printable

if TYPE_CHECKING:
    from usagecompat.plugin.configured import Options

NAME: Final = "usagecompat-setup"
"""What the plugin is registered as."""
_MOST_LINES: Final = 40


@define(eq=False)
class Setup:
    """What is to be done before, and where."""

    command: str
    seconds: float
    directory: str | None
    _running: ExitStack = field(factory=ExitStack, init=False)

    @classmethod
    def of(cls, options: Options) -> Setup | None:
        """
        What the command line or the table asks for; None if neither does.

        Raises:
            pytest.UsageError: There is a deadline alone, or an empty command.
        """
        command: str | None = options.get("compat_setup")
        if command is None:
            if options.config.option.compat_setup_timeout is not None:
                raise pytest.UsageError("--compat-setup-timeout needs --compat-setup CMD, whose deadline it is")
            return None
        if not command.strip() or "\0" in command:
            raise pytest.UsageError("--compat-setup takes a line of a shell, such as 'make adapter', and this is none")
        seconds: float | None = options.get("compat_setup_timeout")
        return cls(command, SETUP_TIMEOUT if seconds is None else seconds, options.directory_of_setup)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """
        Do it, unless nothing is run here or another process has done it.

        Raises:
            pytest.UsageError: It failed.
        """
        if session.config.option.collectonly or hasattr(session.config, "workerinput"):
            return
        try:
            self._running.enter_context(set_up(self.command, seconds=self.seconds, cwd=self.directory))
        except CannotStartClient as error:
            raise pytest.UsageError(f"--compat-setup: {error}") from None
        except SetupFailed as error:
            lines = [printable(line) for line in error.output.splitlines()[-_MOST_LINES:]]
            end = "".join(f"\n    {line}" for line in lines)
            wrote = f"\nThe end of what it wrote:{end}" if lines else ""
            raise pytest.UsageError(
                f"--compat-setup {error.reason}, so no client was asked (in: {error.command}){wrote}"
            ) from None

    def pytest_unconfigure(self) -> None:
        """End what it left running."""
        self._running.close()
