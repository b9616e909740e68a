"""
Every adapter that fetches pages is installed where its tools are present, and put to every sequence.

The plain ones pass with every byte; the vendor's packages ask rightly, and do to amounts what they are known to do.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

from usagecompat.adapters.descriptions import adapters, paging_rows
from usagecompat.adapters.installation import install, paging_client_of, statuses
from usagecompat.clients.case_results import Outcome
from usagecompat.clients.paging import run_paging
from usagecompat.clients.results import ClientResult
from usagecompat.corpus import read_sequences
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = ("python-urllib", "javascript-fetch", "go-net-http")
VENDORS = {
    "openai-python-paging": {"client/type-changed", "client/precision-lost", "client/order-changed"},
    "openai-node-paging": {"client/precision-lost"},
}
"""The rows around the vendor's packages, and what they do to buckets."""

CURSOR = 'page_2+/=& "%25é'
AWKWARD = (
    (
        ' \r\n{"extra": {"data": [{"start_time": 0}], "next_page": "x"}, "d\\u0061ta" : [ {"start_time":1,"v":"]}[{\\""} ,'
        '\t{"start_time" : 2 , "data":[[],{}],"v":0E-6176}\n], "next_page" : "page_2+/=& \\"%25\\u00e9","has_more":true}'
    ),
    (
        '{"has_more":false,"data":[\n{ "v" : 1.50,"start_time":3, "w":"\\ud83d\\ude00é\u2028"}\n, {"start_time":4,"v":-0.0}],'
        '"next_page":null, "data2": [1, "data", [2]]}\n'
    ),
)
"""Two pages that JSON allows, with the cursor of the second."""
KEPT = (
    '{"start_time":1,"v":"]}[{\\""}',
    '{"start_time" : 2 , "data":[[],{}],"v":0E-6176}',
    '{ "v" : 1.50,"start_time":3, "w":"\\ud83d\\ude00é\u2028"}',
    '{"start_time":4,"v":-0.0}',
)

Ran = Callable[[str], ClientResult]


@pytest.fixture(scope="session")
def ran(built: Path) -> Ran:
    """What comes of a row over all sequences, once; where something is missing for it, it counts as not run."""
    into = built / "adapters"
    known: dict[str, ClientResult] = {}

    def put(row: str) -> ClientResult:
        adapter, _ = paging_rows()[row]
        if missing := statuses([adapter], into)[adapter.name].missing:
            pytest.skip(f"{row}: not run, {missing[0].what} is missing")
        if row not in known:
            install(adapter, into)
            known[row] = run_paging(paging_client_of(row, into=into, timeout=30), read_sequences(), jobs=2)
        return known[row]

    return put


def test_every_row_is_expected() -> None:
    """Each row that fetches pages has something to hold to here."""
    assert set(paging_rows()) == {*PLAIN, *VENDORS}


@pytest.mark.parametrize("row", PLAIN)
def test_plain(row: str, ran: Ran) -> None:
    """A client on a plain HTTP library passes every sequence, and what it prints is what was sent."""
    result = ran(row)
    assert not result.codes
    assert {case.outcome for case in result.cases} == {Outcome.DECODED, Outcome.REFUSED}
    assert {case.level for case in result.cases if case.outcome is Outcome.DECODED} == {Level.LEXICAL}


class _Awkward(BaseHTTPRequestHandler):
    """Serves pages that are spelled as nobody would."""

    def do_GET(self) -> None:
        """Answer with the first page, or with the second one to its cursor."""
        cursor = dict(parse_qsl(urlsplit(self.path).query)).get("page")
        body = {None: AWKWARD[0], CURSOR: AWKWARD[1]}[cursor].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("row", PLAIN)
def test_awkward_pages(row: str, ran: Ran, built: Path) -> None:
    """A client on a plain HTTP library prints each bucket as it came, whichever way its page is spelled."""
    ran(row)  # which installs it
    spec = paging_client_of(row, into=built / "adapters")
    with HTTPServer(("127.0.0.1", 0), _Awkward) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        told = {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1",
            "OPENAI_ADMIN_KEY": "key",
            "USAGECOMPAT_ENDPOINT": "costs",
            "USAGECOMPAT_QUERY": "start_time=0",
            "NO_PROXY": "127.0.0.1",
        }
        done = subprocess.run(
            spec.command, cwd=spec.cwd, env={**os.environ, **told}, capture_output=True, timeout=60, check=True
        )
        server.shutdown()
    assert done.stdout.decode() == f"[{','.join(KEPT)}]\n"


@pytest.mark.parametrize("row", VENDORS)
def test_vendor(row: str, ran: Ran) -> None:
    """A vendor's package in a loop asks rightly and hides no error; all that is said of it is said of its buckets."""
    result = ran(row)
    assert not [fault for case in result.cases for fault in case.faults]
    assert {difference.code for case in result.cases for difference in case.differences} == VENDORS[row]


def test_versions(ran: Ran) -> None:
    """A vendor's package says the version that its description names."""
    for row in VENDORS:
        client = ran(row).client
        assert client
        assert client.version == adapters()[paging_rows()[row][0].name].client.version


def test_endpoint_that_is_not_there(ran: Ran) -> None:
    """openai-node has no endpoint for decisions, and says so; it is blamed for nothing."""
    skipped = {case.case_id for case in ran("openai-node-paging").cases if case.outcome is Outcome.SKIPPED}
    assert skipped
    assert all("decisions" in name for name in skipped)
