"""
A client in Python in one call: `serve` speaks the protocol over standard input and output, or over a socket.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from attrs import frozen

from usagecompat.clients.addresses import Address, address_of
from usagecompat.clients.protocol import (
    Decoded,
    Errored,
    Features,
    Rejected,
    Run,
    Start,
    Started,
    Stop,
    Violation,
    decode_command,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket
    from typing import IO

    from usagecompat.clients.protocol import ClientInfo


def serve(  # noqa: PLR0913 - one for each thing that a client may choose
    codec: Callable[[Run], bytes],
    client: ClientInfo,
    *,
    features: Features = Features(),  # noqa: B008 - frozen
    refusals: tuple[type[Exception], ...] = (Exception,),
    lines: IO[bytes] | None = None,
    address: str | None = None,
) -> None:
    """
    Answer the kit until it says `stop` or goes away; with `address`, one connection after the other until interrupted.

    What else writes to standard output, such as a `print` somewhere in the client, goes to standard error.

    Args:
        codec: Decodes the payload of a `run`, and encodes again what came of it.
        client: Who is under test.
        features: What the client can.
        refusals: The exceptions that are the client's way to refuse; any other is a fault of the adapter.
        lines: Where the kit speaks; None for standard input.
        address: Where to listen, as `--client` takes it: `tcp:HOST:PORT`, in which port 0 is any free one, or
            `unix:PATH`. Standard error tells the address once it can be reached.

    Raises:
        NoSuchClient: The address is none.
        OSError: It cannot be listened to.
    """
    answering = _Answering(codec, client, features, refusals)
    if address is not None:
        _listen(answering, address_of(address, any_port=True))
        return
    output = os.dup(1)
    os.dup2(2, 1)
    try:
        for line in lines or sys.stdin.buffer:
            answer = answering.to(line)
            if answer is None:
                return
            while answer:
                answer = answer[os.write(output, answer) :]
    except _KitIsWrong as wrong:
        sys.exit(str(wrong))


class _KitIsWrong(Exception):
    """A line came that is none of the kit's."""


@frozen
class _Answering:
    """A client, and what it says to each line."""

    codec: Callable[[Run], bytes]
    client: ClientInfo
    features: Features
    refusals: tuple[type[Exception], ...]

    def to(self, line: bytes) -> bytes | None:
        """
        The answer to a line; None at the end.

        Raises:
            _KitIsWrong: It is none of the kit's.
        """
        command = decode_command(line)
        match command:
            case Run():
                try:
                    return encode(Decoded(command.seq, self.codec(command)))
                except self.refusals as error:
                    return encode(Rejected(command.seq, f"{type(error).__name__}: {error}"))
                except Exception as error:  # noqa: BLE001 - told to the kit
                    return encode(Errored(command.seq, f"{type(error).__name__}: {error}"))
            case Start():
                return encode(Started(self.client, self.features))
            case Stop():
                return None
            case Violation():
                message = f"the kit breaks the protocol: {command}"
                raise _KitIsWrong(message)


def _listen(answering: _Answering, address: Address) -> None:
    """Take one connection after the other, as a debugger lets only one be looked at."""
    with address.listen() as listening:
        if not address.path:
            address = Address(address.host, listening.getsockname()[1])
        _say(f"listening at {address}")
        try:
            while True:
                connection, _ = listening.accept()
                with connection, suppress(ConnectionError), connection.makefile("rb") as lines:
                    _converse(answering, lines, connection)
        except KeyboardInterrupt:
            return
        finally:
            if address.path:
                with suppress(FileNotFoundError):
                    os.unlink(address.path)  # noqa: PTH108 - any text


def _converse(answering: _Answering, lines: IO[bytes], connection: socket) -> None:
    """Answer over one connection until its end; whoever is no kit loses it."""
    try:
        for line in lines:
            answer = answering.to(line)
            if answer is None:
                return
            connection.sendall(answer)
    except _KitIsWrong as wrong:
        _say(str(wrong))


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
