"""
openai-python under test: `python client.py to_json|model_dump|model_validate_json`.

The first two fetch each payload as any user of the package does, from a base URL; the third is pydantic's strict way.
"""

import base64
import json
import platform
import sys
from functools import cache

import openai
from openai.types.admin import organization

ROW = sys.argv[1]
HTTP = ROW != "model_validate_json"


@cache
def usage_of(base_url):
    """What fetches from a base URL."""
    return openai.OpenAI(admin_api_key="replay", base_url=base_url, max_retries=0).admin.organization.usage


def way_of(case):
    """What makes text of a payload in the way of the row; None if the package has no such endpoint."""
    method = case["endpoint"].rpartition("/")[2]  # it is called as the endpoint is
    if not HTTP:
        model = getattr(organization, f"Usage{method.title().replace('_', '')}Response", None)
        return model and (lambda: model.model_validate_json(base64.b64decode(case["payload"])).to_json(indent=None))
    fetch = getattr(usage_of(case["base_url"]), method, None)
    if ROW == "to_json":
        return fetch and (lambda: fetch(start_time=0).to_json(indent=None))
    return fetch and (lambda: json.dumps(fetch(start_time=0).model_dump(), ensure_ascii=False))


def answer(run):
    """The answer to one `run`."""
    way = way_of(run["case"])
    if way is None:
        message = f"openai-python {openai.__version__} has no endpoint {run['case']['endpoint']}"
        return {"skipped": {"seq": run["seq"], "message": message}}
    try:
        encoded = way().encode()
    except Exception as error:  # noqa: BLE001 - whatever the package raises is its way to refuse
        return {"rejected": {"seq": run["seq"], "message": f"{type(error).__name__}: {error}"}}
    return {"decoded": {"seq": run["seq"], "payload": base64.b64encode(encoded).decode()}}


def main():
    """Answer the kit until it says `stop`."""
    client = {
        "name": f"openai-python {ROW}",
        "language": "python",
        "language_version": platform.python_version(),
        "version": openai.__version__,
        "homepage": "https://github.com/openai/openai-python",
        "issues": "https://github.com/openai/openai-python/issues",
    }
    features = {"shapes": ["page"], "http": HTTP, "validates": not HTTP}
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            said = {"started": {"version": 1, "client": client, "features": features}}
        elif "run" in command:
            said = answer(command["run"])
        else:
            break
        print(json.dumps(said), flush=True)


main()
