"""
openai-python with a loop around it: it fetches all pages of a query, and prints the buckets, one a line.

The package brings no loop for these endpoints. It tries again by itself what may pass, such as status 429.
"""

import os
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


def buckets_of(endpoint, query):
    """All buckets of a query."""
    client = openai.OpenAI(admin_api_key=os.environ["OPENAI_ADMIN_KEY"], timeout=3, max_retries=3)
    fetch = getattr(client.admin.organization.usage, endpoint.rpartition("/")[2])  # it is called as the endpoint is
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


def main():
    """Print all there is, or say why that cannot be."""
    try:
        buckets = list(buckets_of(os.environ["USAGECOMPAT_ENDPOINT"], os.environ["USAGECOMPAT_QUERY"]))
    except Exception as error:  # noqa: BLE001 - whatever the package raises is its way to refuse
        sys.exit(f"{type(error).__name__}: {error}")
    for bucket in buckets:
        print(bucket.to_json(indent=None))


main()
