"""What the line protocol says to clients that page, and what it says to all others stays."""

from __future__ import annotations

import json

import jsonschema

from usagecompat.clients.protocol import Features, Run, decode_command, decode_started, encode
from usagecompat.corpus.data import folder
from usagecompat.findings import Shape

SCHEMA = jsonschema.Draft202012Validator(json.loads((folder("schemas") / "protocol.json").read_text("utf-8")))


def test_a_run_with_an_errand() -> None:
    """A `run` with a query says where to go and with which key, as the schema describes it, and is read back."""
    run = Run(
        seq=3,
        case_id="sequences/costs-late",
        payload=None,
        shape=Shape.PAGE,
        revision="2026-10-21",
        endpoint="costs",
        base_url="http://127.0.0.1:4000/v1",
        query="start_time=1&group_by[]=line_item",
        key="sk-admin-mock",
    )
    line = encode(run)
    SCHEMA.validate(json.loads(line))
    assert decode_command(line) == run


def test_a_run_with_a_payload_is_as_before() -> None:
    """A `run` with a payload has no member that clients did not get before."""
    run = Run(seq=1, case_id="a/b", payload=b"{}", shape=Shape.PAGE, revision="2026-10-21", endpoint="costs")
    told = json.loads(encode(run))
    assert set(told["run"]["case"]) == {"id", "shape", "revision", "endpoint", "payload"}


def test_the_feature_is_said_by_the_client() -> None:
    """A client that says nothing of paging does not page."""
    for features, pages in ((b"", False), (b',"features":{"paging":true}', True)):
        line = b'{"started":{"version":1,"client":{"name":"x"}' + features + b"}}"
        SCHEMA.validate(json.loads(line))
        said = decode_started(line)
        assert getattr(said, "features", Features()).paging is pages
