"""Models that datamodel-code-generator makes, under test: `python client.py`."""

import base64
import json
import platform
import sys

sys.path[:0] = ["site", "."]

from usage_types import UsageResponse  # noqa: E402


def answer(run):
    """The answer to one `run`."""
    try:
        page = UsageResponse.model_validate_json(base64.b64decode(run["case"]["payload"]))
        encoded = page.model_dump_json(by_alias=True, exclude_unset=True).encode()
    except Exception as error:  # noqa: BLE001 - whatever the models raise is their way to refuse
        return {"rejected": {"seq": run["seq"], "message": f"{type(error).__name__}: {error}"[:1000]}}
    return {"decoded": {"seq": run["seq"], "payload": base64.b64encode(encoded).decode()}}


def main():
    """Answer the kit until it says `stop`."""
    client = {
        "name": "datamodel-code-generator",
        "language": "python",
        "language_version": platform.python_version(),
        "version": "0.89.0",
        "homepage": "https://github.com/koxudaxi/datamodel-code-generator",
    }
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            said = {"started": {"version": 1, "client": client, "features": {"shapes": ["page"]}}}
        elif "run" in command:
            said = answer(command["run"])
        else:
            break
        print(json.dumps(said), flush=True)


main()
