"""
Where a client is that already runs: `tcp:HOST:PORT`, or `unix:PATH`.
"""

from __future__ import annotations

import os
import re
import socket
from typing import Final

from attrs import evolve, frozen

from usagecompat.exceptions import NoSuchClient

TCP: Final = "tcp:"
UNIX: Final = "unix:"
_TCP: Final = re.compile(r"(?:\[(?P<v6>[0-9A-Za-z:.%_-]+)\]|(?P<host>[^\s:/\[\]]+)):(?P<port>[0-9]{1,5})")
_MOST_PORT: Final = 65535
_UNSAID: Final = re.compile(r"[^A-Za-z0-9.]+")


@frozen
class Address:
    """A place to connect to."""

    host: str
    """The name or the number of a machine; empty for a socket in the file system."""
    port: int = 0
    path: str = ""
    """The path of a socket in the file system."""

    def __str__(self) -> str:
        """The address as it is given on a command line."""
        if self.path:
            return UNIX + self.path
        return f"{TCP}{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def name(self) -> str:
        """A short name without anything that a pattern reads otherwise."""
        told = os.path.basename(self.path) if self.path else f"{self.host}-{self.port}"  # noqa: PTH119 - any text
        return _UNSAID.sub("-", told).strip("-.") or "socket"

    def below(self, directory: str | None) -> Address:
        """The same, with a path that is relative to a directory; None is the working directory."""
        return evolve(self, path=os.path.join(directory, self.path)) if self.path and directory else self  # noqa: PTH118 - any text

    def connect(self, seconds: float) -> socket.socket:
        """
        A connection to the client that listens there.

        Raises:
            OSError: Nobody does, or nobody answers in time.
        """
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout=seconds)
        made = socket.socket(socket.AF_UNIX)
        try:
            made.settimeout(seconds)
            made.connect(self.path)
        except BaseException:
            made.close()
            raise
        return made

    def listen(self) -> socket.socket:
        """
        A socket that listens there.

        Raises:
            OSError: Somebody else does, or it may not be used.
        """
        if not self.path:
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            return socket.create_server((self.host, self.port), family=family)
        made = socket.socket(socket.AF_UNIX)
        try:
            if _is_abandoned(self.path):
                os.unlink(self.path)  # noqa: PTH108 - any text
            made.bind(self.path)
            made.listen()
        except BaseException:
            made.close()
            raise
        return made


def _is_abandoned(path: str) -> bool:
    """Whether there is a socket to which nobody listens any more, as a server leaves that was killed."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
    return False


def is_address(given: str) -> bool:
    """Whether what is given as a client is meant as an address."""
    return given.startswith((TCP, UNIX))


def address_of(given: str, *, any_port: bool = False) -> Address:
    """
    The address that is given; with `any_port` the port may be 0, and any free one is taken to listen at.

    Raises:
        NoSuchClient: It is none.
    """
    if given.startswith(UNIX):
        path = given.removeprefix(UNIX)
        if not path or "\0" in path:
            raise NoSuchClient(given, "a socket is given as unix:PATH, such as unix:/tmp/client.sock")
        if not hasattr(socket, "AF_UNIX"):
            raise NoSuchClient(given, "this system has no sockets in the file system; use tcp:HOST:PORT")
        return Address("", path=path)
    said = _TCP.fullmatch(given.removeprefix(TCP))
    if not said:
        rest = given.removeprefix(TCP)
        hint = "; an IPv6 address stands in brackets" if rest.count(":") > 1 and "[" not in rest else ""
        raise NoSuchClient(given, f"an address is given as tcp:HOST:PORT, such as tcp:localhost:9000{hint}")
    port = int(said["port"])
    if port > _MOST_PORT or not (port or any_port):
        raise NoSuchClient(given, f"a port is a number from 1 to {_MOST_PORT}")
    return Address(said["v6"] or said["host"], port)
