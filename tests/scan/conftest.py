"""Payloads and archives for the tests of the scan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Put = Callable[..., str]
HOUR = 3600
START = 1_790_812_800
"""2026-10-01T00:00:00Z."""


def bucket(number: int = 0, kind: str = "completions", width: int = HOUR, **members: object) -> dict[str, Any]:
    """A valid bucket, each with another time."""
    result: dict[str, Any] = {"object": f"organization.usage.{kind}.result", "num_model_requests": number}
    if kind == "completions":
        result |= {"input_tokens": 7, "output_tokens": 5, "model": "gpt-5.2"}
    if kind == "embeddings":
        result |= {"input_tokens": 7}
    if kind == "costs":
        result = {
            "object": "organization.costs.result",
            "amount": {"value": 12.5, "currency": "usd"},
            "line_item": None,
        }
    start = START + number * width
    return {"object": "bucket", "start_time": start, "end_time": start + width, "results": [{**result, **members}]}


def text(tree: object) -> bytes:
    """The compact text of a tree."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


def assorted(count: int) -> list[bytes]:
    """Lines of many sorts: spotless, in other spellings, with notes, warnings and errors, and such as are no JSON."""
    lines: list[bytes] = []
    for number in range(count):
        plain = bucket(number)
        costs = bucket(number, "costs")
        results = [*plain["results"], {**plain["results"][0], "model": None}]
        page = {"object": "page", "data": [plain, {**bucket(number + 1), "results": []}], "has_more": False}
        sorts = [
            text(plain),
            text(plain),
            text(bucket(number, "embeddings", model=None)),
            text(costs),
            text({**costs, "start_time_iso": "2026-10-01T00:00:00Z"}),
            text(bucket(number, "costs", amount={"value": "0.2911922500000000000000000000", "currency": "usd"})),
            text(bucket(number, "costs", amount={"value": 0.29119225123456789, "currency": "usd"}, project_name="x")),
            text({**plain, "results": results}),
            text({**plain, "results": [*results, results[0]]}),
            text({**page, "next_page": None}),
            text({**page, "next_page": "more"}),
            text(plain["results"][0]),
            json.dumps(plain).encode(),
            text(plain).replace(b"gpt-5.2", b"gpt-\\u0035.2"),
            text(bucket(number, input_cached_tokens=8)),
            text(bucket(number, api_source="unlabeled")),
            text(bucket(number, input_tokens=5.0)),
            text(bucket(number, rockets=[1])),
            text({**plain, "end_time": START}),
            text({**bucket(number, "rockets"), "num_model_requests": 1}),
            text(plain)[:-9],
            text(plain).replace(b'"model"', b'"model":null,"model"'),
            text(bucket(number, num_model_requests=-1)),
            b"not JSON",
            b"  ",
            b"",
            text(plain) + b"\r",
            text({**plain, "start_time": 10**30, "end_time": 10**31}),
        ]
        lines.append(sorts[number * 5 % len(sorts)] if number % 3 else text(bucket(number, user_id=f"user-{number}")))
    return lines


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes a file under the test's own folder, lines or bytes, and gives its name."""

    def write(name: str, content: bytes | Iterable[bytes]) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else b"".join(line + b"\n" for line in content))
        return str(path)

    return write
