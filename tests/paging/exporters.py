# ruff: noqa: ANN401, T201, S310, E402 - one small program for many faults
"""
Exporters, each with one fault: `python exporters.py [FAULT]`; without one it is right.

They know nothing of the kit but the variables, and keep every number as it is spelled.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time

sys.modules["ssl"] = None  # type: ignore[assignment]  # the kit's server speaks no TLS, which takes long to import

import urllib.error
import urllib.request
from urllib.parse import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"
TRIES = 3
TOO_MANY = 429


class Spelled(str):
    """A number as it is spelled."""

    __slots__ = ()


def dumps(value: Any) -> str:
    """JSON with every number as it was spelled."""
    if isinstance(value, Spelled):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {dumps(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumps, value)) + "]"
    return json.dumps(value)


def fetch(url: str, key: str) -> Any:
    """One page; a rate limit is waited for."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
    for attempt in range(TRIES):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read(), parse_float=Spelled, parse_int=Spelled)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != TOO_MANY or attempt == TRIES - 1 or FAULT in {"gives-up", "rewinds"}:
                raise
            time.sleep(float(error.headers["Retry-After"]))
    raise AssertionError


def changed(url: str, base: str, cursor: str) -> str:
    """The address of a later page, changed by the fault."""
    if FAULT == "cursor-alone":
        return f"{base}?page={quote(cursor, safe='')}"
    if FAULT == "no-limit":
        return re.sub(r"&limit=[0-9]+", "", url)
    if FAULT == "no-groups":
        return re.sub(r"&group_by[^&]*", "", url)
    if FAULT == "cursor-in-capitals":
        return url.replace(quote(cursor, safe=""), quote(cursor.upper(), safe=""))
    if FAULT == "two-cursors":
        return f"{url}&page=page_first"
    if FAULT == "other-name":
        return url.replace("&page=", "&after=")
    return url


def pages(base: str, query: str, key: str) -> Any:
    """All pages, one after the other."""
    followed: set[str] = set()
    cursor = None
    while True:
        url = f"{base}?{query}"
        if cursor and FAULT != "first-page-again":
            twice = quote(cursor, safe="") if FAULT == "escaped-twice" else cursor
            url = changed(f"{url}&page={quote(twice, safe='')}", base, cursor)
        try:
            page = fetch(url, key)
        except Exception:
            if FAULT == "hides-errors":
                return
            if FAULT == "rewinds" and cursor:
                cursor = None
                continue
            raise
        yield page
        cursor = page["next_page"]
        more = page.get("has_more", True)
        if FAULT == "asks-has-more":
            if not more:
                return
            continue
        if FAULT == "first-page" or not cursor or more is False:
            return
        if FAULT == "stops-at-empty" and not any(bucket["results"] for bucket in page["data"]):
            return
        if cursor in followed and FAULT not in {"circle", "first-page-again", "rewinds"}:
            if FAULT == "stops-in-circle":
                return
            sys.exit("the cursor leads in a circle")
        followed.add(cursor)


def in_parts(base: str, query: str, key: str) -> Any:
    """All pages of the window, two buckets of it at a time."""
    asked = dict(part.split("=") for part in query.split("&") if not part.startswith(("group_by", "models")))
    rest = "&".join(part for part in query.split("&") if not part.startswith(("start_time=", "end_time=", "limit=")))
    step = 2 * {"1m": 60, "1h": 3600}.get(asked.get("bucket_width", ""), 86400)
    start, end = int(asked["start_time"]), int(asked["end_time"])
    at = start - start % step
    while at < end:
        window = f"start_time={max(at, start)}&end_time={min(at + step, end)}"
        yield from pages(base, f"{window}&{rest}" if rest else window, key)
        at += step


def by_other_means() -> None:
    """What some clients do that never page, or hang, or write without end."""
    if FAULT == "no-request":
        print("[]")
    elif FAULT == "logs":
        print("fetching ...")
    elif FAULT == "hangs":
        time.sleep(3600)
    elif FAULT == "floods":
        while True:
            print("{}" * 10_000)
    elif FAULT == "kills-itself":
        os.kill(os.getpid(), 9)
    elif FAULT == "other-status":
        sys.exit(7)
    elif FAULT == "leaves-a-child":
        import subprocess  # noqa: PLC0415 - the others need none

        subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(3600)"])


def put(buckets: list[Any]) -> None:
    """Print what was fetched."""
    if FAULT == "prints-none":
        buckets = []
    if FAULT == "twice":
        buckets += buckets[:1]
    if FAULT == "backwards":
        buckets.reverse()
    if FAULT == "floats":
        buckets = json.loads(dumps(buckets))
    if FAULT == "invents":
        buckets.append({**buckets[0], "start_time": Spelled("1")}) if buckets else None
    if FAULT == "array":
        print(json.dumps(buckets) if FAULT == "floats" else dumps(buckets))
    elif FAULT == "truncated":
        print(dumps(buckets)[:-1])
    elif FAULT == "always-fails":
        sys.exit("some reason")
    elif FAULT == "text-before":
        print("3 pages")
        print(dumps(buckets))
    elif FAULT == "numbers":
        print("1 2 3")
    elif FAULT == "page":
        print("\n\n " + dumps({"object": "page", "data": buckets, "has_more": False, "next_page": None}))
    else:
        for bucket in buckets:
            print(dumps(bucket))


def main() -> None:
    """Fetch and print."""
    base = f"{os.environ['OPENAI_BASE_URL']}/organization/{os.environ['USAGECOMPAT_ENDPOINT']}"
    query, key = os.environ["USAGECOMPAT_QUERY"], os.environ["OPENAI_ADMIN_KEY"]
    if FAULT == "other-window":
        query = re.sub(r"&end_time=[0-9]+", "", query)
    if FAULT == "limit-of-one":
        query = re.sub(r"&limit=[0-9]+", "", query) + "&limit=1"
    buckets: list[Any] = []
    starts: set[str] = set()
    if FAULT == "no-key":
        key = "sk-another"
    if FAULT == "other-path":
        base += "/"
    for page in (in_parts if FAULT == "in-parts" else pages)(base, query, key):
        data = page["data"][:-1] if FAULT == "drops-last" else page["data"]
        for bucket in data:
            if FAULT == "drops-empty" and not bucket["results"]:
                continue
            if bucket["start_time"] not in starts or FAULT in {"keeps-overlaps", "rewinds"}:
                starts.add(bucket["start_time"])
                buckets.append(bucket)
    put(buckets)


by_other_means()
if FAULT not in {"no-request", "logs"}:
    main()
