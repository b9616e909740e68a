"""
openai-python with a loop around it: for each query it fetches all pages, and answers with the buckets, one a line.

The package brings no loop for these endpoints. It tries again by itself what may pass, such as status 429.
"""

import base64
import json
import platform
import sys
from urllib.parse import parse_qs

import openai

WHOLE = {"start_time", "end_time", "limit"}
ONE = {"bucket_width", "page"}


def argument(name, values):
    """A parameter as the package's methods take it."""
    if name in WHOLE:
        return int(values[0])
    if name == "batch":
        return values[0] == "true"
    return values[0] if name in ONE else values


def buckets_of(fetch, query):
    """All buckets of a query."""
    asked = {name.removesuffix("[]"): values for name, values in parse_qs(query).items()}
    arguments = {name: argument(name, values) for name, values in asked.items()}
    known = set()
    while True:
        page = fetch(**arguments)
        yield from page.data
        if page.has_more is False or not (page.has_more or page.next_page):  # gateways leave has_more out
            return
        if not page.next_page or page.next_page in known:
            raise ValueError(f"there are more pages, and the cursor {page.next_page!r} does not lead to them")
        known.add(page.next_page)
        arguments["page"] = page.next_page


def answer(run):
    """The answer to one `run`."""
    case = run["case"]
    client = openai.OpenAI(admin_api_key=case["key"], base_url=case["base_url"], timeout=30, max_retries=3)
    fetch = getattr(client.admin.organization.usage, case["endpoint"].rpartition("/")[2], None)
    if fetch is None:
        message = f"openai-python {openai.__version__} has no endpoint {case['endpoint']}"
        return {"skipped": {"seq": run["seq"], "message": message}}
    try:
        lines = [bucket.to_json(indent=None) for bucket in buckets_of(fetch, case["query"])]
    except Exception as error:  # noqa: BLE001 - whatever the package raises is its way to say that something failed
        return {"rejected": {"seq": run["seq"], "message": f"{type(error).__name__}: {error}"}}
    return {"decoded": {"seq": run["seq"], "payload": base64.b64encode("\n".join(lines).encode()).decode()}}


def main():
    """Answer the kit until it says `stop`."""
    client = {
        "name": "openai-python in a loop",
        "language": "python",
        "language_version": platform.python_version(),
        "version": openai.__version__,
        "homepage": "https://github.com/openai/openai-python",
        "issues": "https://github.com/openai/openai-python/issues",
    }
    features = {"shapes": ["page"], "http": True, "paging": True}
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
