# ruff: noqa: D103 - a program of few imports, of which tests start many
"""
A client that does one odd thing beside the protocol: `python odd_client.py MODE`, or `python:odd_client:mode`.

It gives back every payload as it came, but for what the mode says.
"""

from __future__ import annotations

import binascii
import json
import os
import random
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, NoReturn

NULL: Final = b'"user_id":null'
MORE: Final = b'"has_more":true'
before = b"{}"


def end() -> NoReturn:
    message = "the end"
    raise SystemExit(message)


def faithful(payload: bytes) -> bytes:
    return payload


def crash(payload: bytes) -> bytes:
    return end() if NULL in payload else payload


def crash_twice(payload: bytes) -> bytes:
    return end() if NULL in payload or MORE in payload else payload


def hang(payload: bytes) -> bytes:
    if NULL in payload:
        time.sleep(3600)
    return payload


def refuse(payload: bytes) -> bytes:
    if NULL in payload:
        message = f"no number {len(payload)} today, {payload!r}"
        raise ValueError(message)
    return payload


def refuse_twice(payload: bytes) -> bytes:
    if NULL in payload or MORE in payload:
        message = "never"
        raise ValueError(message)
    return payload


def changed(payload: bytes) -> bytes:
    return payload.replace(b'"organization', b'"Organization')


def leak(payload: bytes) -> bytes:
    global before
    last, before = before, payload
    return changed(payload) if MORE in last else payload


def at_random(payload: bytes) -> bytes:
    return changed(payload) if random.random() < 0.02 else payload  # noqa: S311 - no key


def lower(payload: bytes) -> bytes:
    return payload.replace(b'"Q7XZ', b'"q7XZ')  # which nobody draws


def skip(payload: bytes) -> bytes:
    return payload


def once(payload: bytes) -> bytes:
    return end() if MORE in payload else payload


def main() -> None:
    mode = sys.argv[1]
    if mode == "once":  # it never starts again
        if os.path.exists(sys.argv[2]):  # noqa: PTH110 - a program of few imports
            sys.exit(4)
        with open(sys.argv[2], "w", encoding="utf-8"):  # noqa: PTH123 - likewise
            pass
    if mode == "silent":
        sys.exit(5)
    for line in sys.stdin:
        message = json.loads(line)
        if "stop" in message:
            return
        if "start" in message:
            answer = {"started": {"version": 1, "client": {"name": "odd", "language": "python"}}}
        else:
            seq = message["run"]["seq"]
            payload = binascii.a2b_base64(message["run"]["case"]["payload"])
            try:
                again = binascii.b2a_base64(globals()[mode](payload), newline=False).decode()
                answer = {"decoded": {"seq": seq, "payload": again}}
            except ValueError as error:
                answer = {"rejected": {"seq": seq, "message": str(error)}}
            if mode == "skip":
                answer = {"skipped": {"seq": seq, "message": "not today"}}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
