"""
A paging client on Python's own urllib: it fetches all pages of a query, and prints the buckets as one array.

What it is to fetch stands in the environment. The text of each bucket is printed as it came, so no digit is lost.
"""

import json
import os
import re
import sys
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

ATTEMPTS = 4
PASSING = {429, 500, 502, 503, 504}
"""The statuses after which it is worth to try again."""
PATIENCE = 30.0
"""How many seconds a server may be silent, and may ask to be left alone."""
SPACE = re.compile(r"[ \t\r\n]*")


class Refused(Exception):
    """Something went wrong that says that this is not all there is."""


def no_number(word):
    """Refuse a word that Python reads and JSON does not have."""
    raise ValueError(f"{word} is no JSON")


DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=no_number)
"""Numbers are not looked at, and so can be of any length."""


def behind_space(text, at):
    """The place of the next token."""
    return SPACE.match(text, at).end()


def inside(text):
    """The name and the text of each member of an object, or None and the text of each item of an array."""
    parts, at = [], behind_space(text, 1)
    while text[at] not in "]}":
        name = None
        if text[0] == "{":
            name, at = DECODER.raw_decode(text, at)
            at = behind_space(text, behind_space(text, at) + 1)
        _, end = DECODER.raw_decode(text, at)
        parts.append((name, text[at:end]))
        at = behind_space(text, end)
        if text[at] == ",":
            at = behind_space(text, at + 1)
    return parts


def page_of(body):
    """The buckets of a page, each as its text by its start, and the cursor of the next one; None if this is the last."""
    text = body.decode().strip(" \t\r\n")
    page = DECODER.decode(text)
    if not isinstance(page, dict) or not isinstance(page.get("data"), list):
        raise Refused(f"this is no page: {text[:200]}")
    if not all(isinstance(bucket, dict) and "start_time" in bucket for bucket in page["data"]):
        raise Refused(f"a bucket does not say when it starts: {text[:200]}")
    texts = [bucket for _, bucket in inside(dict(inside(text))["data"])]
    buckets = {str(bucket["start_time"]): as_it_came for bucket, as_it_came in zip(page["data"], texts, strict=True)}
    more, cursor = page.get("has_more"), page.get("next_page") or None
    if more not in (True, False, None) or not isinstance(cursor, str | None):
        raise Refused("has_more is no boolean, or next_page is no text")
    if more and cursor is None:
        raise Refused("there are more pages, and no cursor leads to them")
    return buckets, None if more is False else cursor


def answer_to(url, key):
    """The body that comes from there; what may pass is tried again."""
    request = Request(url, headers={"Authorization": f"Bearer {key}"})  # noqa: S310 - who starts this says where
    attempt = 0
    while True:
        attempt += 1
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
                return answer.read()
        except HTTPError as error:
            with error:
                wait = seconds(error.headers.get("Retry-After"), attempt)
                if attempt == ATTEMPTS or wait > PATIENCE or error.code not in PASSING:
                    raise Refused(f"status {error.code}: {error.read(200).decode('utf-8', 'replace')}") from error
            time.sleep(wait)


def seconds(asked, attempt):
    """How long to wait: as long as the server asks for, and otherwise a little longer each time."""
    return int(asked) if asked and asked.isdecimal() else 0.2 * 2**attempt


def fetch(base, key, endpoint, query):
    """All buckets of a query, each as its text; where pages overlap, a bucket is there once."""
    first = f"{base}/organization/{endpoint}?{query}"
    buckets, cursor, known = {}, None, set()
    while True:
        url = first if cursor is None else f"{first}&page={quote(cursor, safe='')}"
        more, cursor = page_of(answer_to(url, key))
        buckets |= more
        if cursor is None:
            return list(buckets.values())
        if cursor in known:
            raise Refused(f"the cursor {cursor} has come before, so the pages would not end")
        known.add(cursor)


def main():
    """Print all there is, or say why that cannot be."""
    asked = [os.environ[f"USAGECOMPAT_{name}"] for name in ("ENDPOINT", "QUERY")]
    try:
        buckets = fetch(os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_ADMIN_KEY"], *asked)
    except (Refused, OSError, HTTPException, ValueError, RecursionError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.stdout.buffer.write(f"[{','.join(buckets)}]\n".encode())


main()
