"""A Python client made by OpenAPI Generator under test: `python client.py REVISION`."""

import base64
import json
import platform
import sys

REVISION = sys.argv[1]
sys.path.insert(0, REVISION)  # where it was generated

from openapi_client.models.usage_response import UsageResponse  # noqa: E402


def answer(run):
    """The answer to one `run`."""
    try:
        page = UsageResponse.from_json(base64.b64decode(run["case"]["payload"]).decode())
        encoded = page.to_json().encode()
    except Exception as error:  # noqa: BLE001 - whatever the client raises is its way to refuse
        return {"rejected": {"seq": run["seq"], "message": f"{type(error).__name__}: {error}"}}
    return {"decoded": {"seq": run["seq"], "payload": base64.b64encode(encoded).decode()}}


def main():
    """Answer the kit until it says `stop`."""
    client = {
        "name": f"OpenAPI Generator python {REVISION}",
        "language": "python",
        "language_version": platform.python_version(),
        "version": "7.26.0",
        "homepage": "https://openapi-generator.tech",
        "issues": "https://github.com/OpenAPITools/openapi-generator/issues",
    }
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            said = {"started": {"version": 1, "client": client, "features": {"shapes": ["page"], "validates": True}}}
        elif "run" in command:
            said = answer(command["run"])
        else:
            break
        print(json.dumps(said), flush=True)


main()
