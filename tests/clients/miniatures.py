# ruff: noqa: ANN401, ARG001, ARG005, D103, SIM114, T201 - each of these programs is one line and says in its name what it does
"""
Fake clients, each with one fault: `python miniatures.py FAULT [VICTIM]`, where VICTIM is the case at which it shows.

Without its fault a miniature is faithful: it refuses what is not JSON, and gives back everything else byte for byte.
Each imports as little as it can, since tests start hundreds, and knows nothing of the kit but the protocol.
"""

from __future__ import annotations

import binascii
import json
import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, NoReturn

FAULT: Final = sys.argv[1] if len(sys.argv) > 1 else "faithful"
VICTIM: Final = sys.argv[2] if len(sys.argv) > 2 else ""
LONG: Final = 3600

seen = 0
refused_before = False


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    if FAULT != "never-flushes":
        sys.stdout.flush()


def decoded(seq: int, payload: bytes) -> None:
    say({"decoded": {"seq": seq, "payload": binascii.b2a_base64(payload, newline=False).decode()}})


def rejected(seq: int, message: str = "not JSON") -> None:
    say({"rejected": {"seq": seq, "message": message}})


def sleep_for_ever() -> NoReturn:
    while True:
        time.sleep(LONG)


def child(*, apart: bool = False) -> None:
    """Start a process that stays, with our pipes in its hands."""
    import subprocess  # noqa: PLC0415 - few of these programs need it

    program = f"import time, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep({LONG})"
    subprocess.Popen([sys.executable, "-I", "-S", "-c", program], start_new_session=apart)


def at_guard(number: int, seq: int, payload: bytes) -> None:
    """Do something to the process that started this one."""
    os.kill(os.getppid(), number)
    faithful(seq, payload)


def faithful(seq: int, payload: bytes) -> None:
    try:
        json.loads(payload.decode())
    except ValueError:
        rejected(seq)
    else:
        decoded(seq, payload)


def changed(payload: bytes, change: Callable[[Any], Any]) -> bytes:
    return json.dumps(change(json.loads(payload.decode()))).encode()


def without_nulls(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: without_nulls(value) for name, value in node.items() if value is not None}
    return [without_nulls(item) for item in node] if isinstance(node, list) else node


def without_last_member(node: Any) -> Any:
    return dict(list(node.items())[:-1]) if isinstance(node, dict) else node


def flood_stdout(seq: int, payload: bytes) -> None:
    while True:
        sys.stdout.write("x" * 65536)


def flood_lines(seq: int, payload: bytes) -> None:
    while True:
        sys.stdout.write("x\n" * 32768)


def flood_stderr(seq: int, payload: bytes) -> None:
    while True:
        sys.stderr.write("x" * 65536)
        time.sleep(0.002)  # more than anybody can keep, and less than a core can write


def much_stderr(seq: int, payload: bytes) -> None:
    sys.stderr.write("x" * 4_000_000)
    sys.stderr.flush()
    faithful(seq, payload)


def partial_then_end(seq: int, payload: bytes) -> None:
    sys.stdout.write('{"decoded": {"seq": ')
    sys.stdout.flush()
    os._exit(0)


def partial_then_hang(seq: int, payload: bytes) -> None:
    sys.stdout.write('{"decoded": {"seq": ')
    sys.stdout.flush()
    sleep_for_ever()


def twice(seq: int, payload: bytes) -> None:
    faithful(seq, payload)
    faithful(seq, payload)


def closes_stdout(seq: int, payload: bytes) -> None:
    os.close(1)
    sleep_for_ever()


def closes_stdin(seq: int, payload: bytes) -> None:
    os.close(0)
    faithful(seq, payload)
    sleep_for_ever()


def ends_after_answer(seq: int, payload: bytes) -> None:
    faithful(seq, payload)
    os._exit(0)


def leaves_children_and_dies(seq: int, payload: bytes) -> None:
    child()
    child(apart=True)
    os._exit(3)


def leaves_children(seq: int, payload: bytes) -> None:
    child()
    child(apart=True)
    faithful(seq, payload)


def ignores_signals(seq: int, payload: bytes) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    child(apart=True)
    sleep_for_ever()


AT_VICTIM: Final[dict[str, Callable[[int, bytes], None]]] = {
    "crash": lambda seq, payload: os._exit(3),
    "crash-with-words": lambda seq, payload: sys.exit("out of luck"),
    "segfault": lambda seq, payload: os.kill(os.getpid(), signal.SIGSEGV),
    "hang": lambda seq, payload: sleep_for_ever(),
    "ignore-signals": ignores_signals,
    "flood-stdout": flood_stdout,
    "flood-lines": flood_lines,
    "flood-stderr": flood_stderr,
    "much-stderr": much_stderr,
    "partial-then-end": partial_then_end,
    "partial-then-hang": partial_then_hang,
    "wrong-seq": lambda seq, payload: decoded(seq + 7, payload),
    "old-seq": lambda seq, payload: decoded(seq - 1, payload),
    "twice": twice,
    "garbage": lambda seq, payload: print("here you are", flush=True),
    "empty-line": lambda seq, payload: print(flush=True),
    "no-such-answer": lambda seq, payload: say({"done": {"seq": seq}}),
    "two-answers-in-one": lambda seq, payload: say(
        {"decoded": {"seq": seq, "payload": ""}, "rejected": {"seq": seq, "message": ""}}
    ),
    "no-payload": lambda seq, payload: say({"decoded": {"seq": seq}}),
    "not-base64": lambda seq, payload: say({"decoded": {"seq": seq, "payload": "{}"}}),
    "seq-as-string": lambda seq, payload: say({"decoded": {"seq": str(seq), "payload": ""}}),
    "more-members": lambda seq, payload: say({"decoded": {"seq": seq, "payload": "", "took": 3}}),
    "closes-stdout": closes_stdout,
    "closes-stdin": closes_stdin,
    "ends-after-answer": ends_after_answer,
    "children-and-death": leaves_children_and_dies,
    "children": leaves_children,
    "stops-guard": lambda seq, payload: at_guard(signal.SIGSTOP, seq, payload),
    "kills-guard": lambda seq, payload: at_guard(signal.SIGKILL, seq, payload),
    "stops-guard-and-hangs": lambda seq, payload: (os.kill(os.getppid(), signal.SIGSTOP), sleep_for_ever()),
    "long-words": lambda seq, payload: rejected(seq, "no \u001b[2J" * 200_000),
    "refuse": lambda seq, payload: rejected(seq, "I do not like it"),
    "skip": lambda seq, payload: say(
        {"skipped": {"seq": seq, "message": "later", "issue_url": "https://example.org/1"}}
    ),
    "fail": lambda seq, payload: say({"errored": {"seq": seq, "context": "the adapter has no class for it"}}),
    "drop-nulls": lambda seq, payload: decoded(seq, changed(payload, without_nulls)),
    "return-garbage": lambda seq, payload: decoded(seq, b"\xff\x00{"),
    "return-nothing": lambda seq, payload: decoded(seq, b""),
}
"""What happens at the victim, by the name of the fault."""


def run(seq: int, case_id: str, payload: bytes) -> None:
    """Answer one case, with the fault if it is its turn."""
    global seen, refused_before  # noqa: PLW0603 - leaking state is the point
    seen += 1
    if FAULT == "hang-always":
        sleep_for_ever()
    if FAULT == "crash-always":
        sys.exit(f"out of luck at {case_id}, {seq}")
    if FAULT == "garbage-always":
        print(f"here you are: {seq}", flush=True)
        return
    if case_id == VICTIM and FAULT in AT_VICTIM:
        AT_VICTIM[FAULT](seq, payload)
        return
    try:
        tree = json.loads(payload.decode())
    except ValueError:
        if FAULT == "accept-everything":
            decoded(seq, payload)
        else:
            refused_before = True
            rejected(seq)
        return
    if FAULT == "random" and isinstance(tree, dict):
        decoded(seq, json.dumps(tree | {"nonce": os.urandom(4).hex()}).encode())
    elif FAULT == "counting" and isinstance(tree, dict):
        decoded(seq, json.dumps(tree | {"seen": seen}).encode())
    elif FAULT == "turning" and isinstance(tree, dict):
        at = seen % len(tree)
        decoded(seq, json.dumps(dict([*tree.items()][at:] + [*tree.items()][:at])).encode())
    elif FAULT == "leak-after-refusal" and refused_before:
        decoded(seq, changed(payload, without_last_member))
    elif FAULT == "first-only" and seen > 1:
        decoded(seq, changed(payload, without_last_member))
    elif FAULT == "tired" and seen > 12:
        decoded(seq, changed(payload, without_last_member))
    else:
        decoded(seq, payload)
    refused_before = False


def start() -> None:
    """Introduce the client, with the fault if it is one of introductions."""
    if FAULT == "never-starts":
        sleep_for_ever()
    if FAULT == "dies-at-start":
        sys.exit("no such library")
    if FAULT == "garbage-at-start":
        print("Welcome!", flush=True)
    client = {"name": f"miniature-{FAULT}", "language": "python"}
    features = {"validates": True} if FAULT == "accept-everything" else {}
    if FAULT == "pages-only":
        features = {"shapes": ["page"]}
    say({"started": {"version": 2 if FAULT == "other-version" else 1, "client": client, "features": features}})


def main() -> None:
    """Speak the protocol, more or less."""
    if FAULT == "prompts":
        os.write(1, b"payload> ")
    for line in sys.stdin:
        if FAULT == "prompts":
            continue
        if FAULT == "echoes":
            print(line, flush=True)
            continue
        if FAULT == "ends-after-five" and seen == 5:
            sys.exit(0)
        ((verb, said),) = json.loads(line).items()
        if verb == "start":
            start()
        elif verb == "stop":
            if FAULT == "ignores-stop":
                sleep_for_ever()
            if FAULT == "last-words":
                decoded(seen, b"{}")
            sys.exit(7 if FAULT == "ends-badly" else 0)
        else:
            run(said["seq"], said["case"]["id"], binascii.a2b_base64(said["case"]["payload"]))


if __name__ == "__main__":
    main()
