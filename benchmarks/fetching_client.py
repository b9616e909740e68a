"""The least that a client of the HTTP way can do: it fetches each payload, parses it, and gives it back."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

from usagecompat.clients.adapter_sdk import serve
from usagecompat.clients.protocol import ClientInfo, Features, Run
from usagecompat.findings import Shape

_connections: dict[str, http.client.HTTPConnection] = {}


def fetch(run: Run) -> bytes:
    """The body that the kit serves for a case, parsed and written again if it is JSON."""
    url = urlsplit(run.base_url or "")
    connection = _connections.setdefault(url.netloc, http.client.HTTPConnection(url.netloc))
    connection.request("GET", f"{url.path}/organization/{run.endpoint}")
    body = connection.getresponse().read()
    return json.dumps(json.loads(body.decode())).encode()


if __name__ == "__main__":
    serve(fetch, ClientInfo(name="fetcher", language="python"), features=Features(http=True, shapes=(Shape.PAGE,)))
