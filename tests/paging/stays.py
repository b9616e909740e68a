# ruff: noqa: S310 - the kit's own server
"""
Clients that stay and speak the line protocol, each with one fault: `python stays.py [FAULT]`.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
import urllib.request
from http.client import HTTPException
from urllib.parse import quote

FAULT = sys.argv[1] if len(sys.argv) > 1 else "none"


def pages(case: dict[str, str]) -> list[object]:
    """All buckets of a query; numbers are those of Python."""
    buckets: list[object] = []
    cursor = None
    while True:
        url = f"{case['base_url']}/organization/{case['endpoint']}?{case['query']}"
        url += f"&page={quote(cursor, safe='')}" if cursor else ""
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {case['key']}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            page = json.load(answer)
        buckets += page["data"]
        cursor = page["next_page"]
        if not cursor or FAULT == "first-page":
            return buckets


def answer(message: dict[str, dict[str, object]]) -> dict[str, object]:
    """What is said to a message."""
    if "start" in message:
        features = {} if FAULT == "no-feature" else {"paging": True}
        return {"started": {"version": 1, "client": {"name": "stays", "version": "7"}, "features": features}}
    seq, case = message["run"]["seq"], message["run"]["case"]
    if FAULT == "ends" or (FAULT == "ends-at-cut" and str(case["id"]).endswith("-cut")):
        os._exit(3)
    if FAULT == "hangs":
        time.sleep(3600)
    if FAULT == "skips":
        return {"skipped": {"seq": seq, "message": "not here"}}
    try:
        buckets = pages(case)  # type: ignore[arg-type]
    except (OSError, HTTPException) as error:
        return {"rejected": {"seq": seq, "message": str(error)}}
    return {"decoded": {"seq": seq, "payload": base64.b64encode(json.dumps(buckets).encode()).decode()}}


for line in sys.stdin:
    said = json.loads(line)
    if "stop" in said:
        break
    sys.stdout.write(json.dumps(answer(said)) + "\n")
    sys.stdout.flush()
