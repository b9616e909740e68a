"""
Which client is tested, and in which way it is driven.
"""

from __future__ import annotations

import os
import re
import shlex
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from attrs import Factory, field, frozen

from usagecompat.clients.addresses import address_of, is_address
from usagecompat.exceptions import NoSuchClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PYTHON: Final = "python:"
_SCRIPT: Final = re.compile(r"[\w-][\w.-]*\.[a-z]\w{0,5}", re.IGNORECASE)
_NAMED: Final = re.compile(r"([A-Za-z0-9][\w.@+-]*)=")
TIMEOUT: Final = 10.0
START_TIMEOUT: Final = 60.0


class Way(StrEnum):
    """How a client is driven."""

    STDIO = "stdio"
    """One long-lived process that speaks the protocol."""
    ONESHOT = "oneshot"
    """One process for each payload: in on standard input, out on standard output."""
    HTTP = "http"
    """One process for each payload, which fetches it from the kit and prints what it decoded."""
    PYTHON = "python"
    """A function, bytes to bytes, in this process."""
    SOCKET = "socket"
    """A process that already runs and speaks the protocol over a socket."""


@frozen(kw_only=True)
class ClientSpec:
    """A client under test."""

    name: str
    """What results are listed under."""
    command: tuple[str, ...]
    """The program and its arguments; of a function, `package.module` and its name there; of a socket, its address."""
    way: Way = Way.STDIO
    validates: bool = False
    """It claims to refuse what the contract does not allow; a client that speaks the protocol says so itself."""
    refused: frozenset[int] = frozenset({1})
    """The exit statuses with which a process for each payload says that it refused one; 0 says that it decoded it."""
    version: str = ""
    """The version of a client that cannot tell it itself."""
    language: str = ""
    language_version: str = ""
    timeout: float = TIMEOUT
    """How many seconds a client has for one case."""
    start_timeout: float = Factory(
        lambda self: START_TIMEOUT if self.timeout == TIMEOUT else self.timeout,
        takes_self=True,
    )
    """How many seconds it has to introduce itself: as many as for a case, but more unless somebody says how many."""
    env: Mapping[str, str] = Factory(dict[str, str])
    """What is added to the environment."""
    cwd: str | None = None
    function: Callable[[bytes], object] | None = field(default=None, eq=False, repr=False)
    """The function itself, if somebody has it in hand; it goes to no other process."""
    patience: float = 0.0
    """How many seconds it is tried again to reach a client that is to run already, while nobody listens."""

    @property
    def said(self) -> str:
        """The client as it is given on a command line."""
        if self.way is Way.PYTHON:
            return PYTHON + ":".join(self.command)
        if self.way is Way.SOCKET:
            return self.command[0]
        return shlex.join(self.command)


def client_spec(  # noqa: PLR0913 - one for each option
    given: str,
    *,
    way: Way = Way.STDIO,
    name: str | None = None,
    validates: bool = False,
    timeout: float = TIMEOUT,
    cwd: str | None = None,
    version: str = "",
) -> ClientSpec:
    """
    The client that a command line names: a command, `python:package.module:function`, `tcp:HOST:PORT` or `unix:PATH`.

    Before it may stand `NAME=`, and before a command the way, as in `mine=oneshot:jq .`.

    Raises:
        NoSuchClient: `given` is none of these.
    """
    named = _NAMED.match(given)
    if named:
        name, given = name or named[1], given[named.end() :]
    for other in (Way.ONESHOT, Way.HTTP):
        if way is Way.STDIO and given.startswith(f"{other.value}:"):
            way, given = other, given.removeprefix(f"{other.value}:")
    if given.startswith(PYTHON):
        if way is not Way.STDIO:
            raise NoSuchClient(given, f"a function is not driven the {way} way")
        module, _, function = given.removeprefix(PYTHON).partition(":")
        if not all(part.isidentifier() for part in (*module.split("."), *function.split("."))):
            raise NoSuchClient(given, "a function is given as python:package.module:function")
        command: tuple[str, ...] = (module, function)
        way = Way.PYTHON
    elif is_address(given):
        if way is not Way.STDIO:
            raise NoSuchClient(given, f"a client that already runs is not driven the {way} way")
        command = (str(address_of(given)),)
        way = Way.SOCKET
    else:
        try:
            command = tuple(shlex.split(given))
        except ValueError as error:
            raise NoSuchClient(given, f"the command cannot be split into words: {error}") from None
        if not command:
            raise NoSuchClient(
                given, "it is empty; give a command, python:package.module:function, tcp:HOST:PORT or unix:PATH"
            )
    if version and way in {Way.STDIO, Way.SOCKET}:
        raise NoSuchClient(given, "a client that speaks the protocol tells its version itself, in `started`")
    return ClientSpec(
        name=name or _name(command, way),
        command=command,
        way=way,
        validates=validates,
        version=version,
        timeout=timeout,
        cwd=cwd,
    )


def _name(command: tuple[str, ...], way: Way) -> str:
    """A short name without spaces: the script that an interpreter is given, or else the program."""
    if way is Way.PYTHON:
        return ":".join(command)
    if way is Way.SOCKET:
        return address_of(command[0]).name
    words = [word for word in command[1:] if not word.startswith("-")]
    scripts = [word for word in words if _SCRIPT.fullmatch(_last(word)) or os.path.isfile(word)]  # noqa: PTH113 - any text
    return _last((*scripts, command[0])[0]).replace(" ", "-") or command[0]


def _last(path: str) -> str:
    """The last part of a path."""
    return path.rstrip("/").rpartition("/")[2]
