"""Python's own json module under test, with its defaults: what no client that is built on it can do better."""

import base64
import json
import platform
import sys


def decode_and_encode(payload):
    """The payload as json writes it again."""
    return json.dumps(json.loads(payload), separators=(",", ":"), ensure_ascii=False).encode()


def answer(run):
    """The answer to one `run`."""
    try:
        encoded = decode_and_encode(base64.b64decode(run["case"]["payload"]))
    except (ValueError, RecursionError) as error:
        return {"rejected": {"seq": run["seq"], "message": f"{type(error).__name__}: {error}"}}
    return {"decoded": {"seq": run["seq"], "payload": base64.b64encode(encoded).decode()}}


def main():
    """Answer the kit until it says `stop`."""
    client = {"name": "Python json", "language": "python", "version": platform.python_version()}
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            said = {"started": {"version": 1, "client": client}}
        elif "run" in command:
            said = answer(command["run"])
        else:
            break
        print(json.dumps(said), flush=True)


main()
