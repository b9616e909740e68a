"""
A client in Python in one call: `serve` speaks the protocol over standard input and output.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

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
    from typing import IO

    from usagecompat.clients.protocol import ClientInfo


def serve(
    codec: Callable[[Run], bytes],
    client: ClientInfo,
    *,
    features: Features = Features(),  # noqa: B008 - frozen
    refusals: tuple[type[Exception], ...] = (Exception,),
    lines: IO[bytes] | None = None,
) -> None:
    """
    Answer the kit until it says `stop` or goes away.

    What else writes to standard output, such as a `print` somewhere in the client, goes to standard error.

    Args:
        codec: Decodes the payload of a `run`, and encodes again what came of it.
        client: Who is under test.
        features: What the client can.
        refusals: The exceptions that are the client's way to refuse; any other is a fault of the adapter.
        lines: Where the kit speaks; None for standard input.
    """
    output = os.dup(1)
    os.dup2(2, 1)
    for line in lines or sys.stdin.buffer:
        command = decode_command(line)
        match command:
            case Run():
                try:
                    answer = encode(Decoded(command.seq, codec(command)))
                except refusals as error:
                    answer = encode(Rejected(command.seq, f"{type(error).__name__}: {error}"))
                except Exception as error:  # noqa: BLE001 - told to the kit
                    answer = encode(Errored(command.seq, f"{type(error).__name__}: {error}"))
            case Start():
                answer = encode(Started(client, features))
            case Stop():
                return
            case Violation():
                sys.exit(f"the kit breaks the protocol: {command}")
        while answer:
            answer = answer[os.write(output, answer) :]
