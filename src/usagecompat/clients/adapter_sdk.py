"""
A client in Python in one call: `serve` speaks the protocol over standard input and output, or over a socket.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from attrs import frozen
from msgspec import UNSET
from msgspec.structs import replace

from usagecompat.clients.addresses import Address, address_of
from usagecompat.clients.protocol import (
    Decoded,
    Encoded,
    Errored,
    Features,
    Rejected,
    Run,
    Start,
    Started,
    Stop,
    Violation,
    decode_command,
)
from usagecompat.clients.protocol import encode as encode_message
from usagecompat.clients.records_to_encode import python_value

__all__ = ["python_value", "serve"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket
    from typing import IO

    from usagecompat.clients.protocol import ClientInfo


def serve(  # noqa: PLR0913 - one for each thing that a client may choose
    codec: Callable[[Run], bytes] | None = None,
    client: ClientInfo | None = None,
    *,
    decode: Callable[[Run], bytes | None] | None = None,
    encode: Callable[[Run], bytes] | None = None,
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
        decode: Instead of `codec`, for a client that only decodes: decodes the payload, and returns JSON with members
            of its choice, or None.
        encode: Instead of `codec`, for a client that only encodes: encodes the `record` of a `run`, of which
            `python_value` makes values of Python.
        features: What the client can.
        refusals: The exceptions that are the client's way to refuse; any other is a fault of the adapter.
        lines: Where the kit speaks; None for standard input.
        address: Where to listen, as `--client` takes it: `tcp:HOST:PORT`, in which port 0 is any free one, or
            `unix:PATH`. Standard error tells the address once it can be reached.

    Raises:
        NoSuchClient: The address is none.
        OSError: It cannot be listened to.
        TypeError: There is no client, or not exactly one of `codec`, `decode` and `encode`.
    """
    given: list[Callable[[Run], bytes | None]] = [one for one in (codec, decode, encode) if one is not None]
    if client is None or len(given) != 1:
        message = "serve takes a client, and one of codec, decode and encode"
        raise TypeError(message)
    if decode or encode:
        features = replace(features, decodes_only=decode is not None, encodes_only=encode is not None)
    answering = _Answering(given[0], client, features, refusals)
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

    work: Callable[[Run], bytes | None]
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
                    return encode_message(self._done(command.seq, self.work(command)))
                except self.refusals as error:
                    return encode_message(Rejected(command.seq, f"{type(error).__name__}: {error}"))
                except Exception as error:  # noqa: BLE001 - told to the kit
                    return encode_message(Errored(command.seq, f"{type(error).__name__}: {error}"))
            case Start():
                return encode_message(Started(self.client, self.features))
            case Stop():
                return None
            case Violation():
                message = f"the kit breaks the protocol: {command}"
                raise _KitIsWrong(message)

    def _done(self, seq: int, made: bytes | None) -> Decoded | Encoded | Errored:
        if self.features.encodes_only and made is not None:
            return Encoded(seq, made)
        if made is None and not self.features.decodes_only:
            return Errored(seq, "the adapter returned None where bytes were expected")
        return Decoded(seq, UNSET if made is None else made)


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
