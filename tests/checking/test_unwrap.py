"""Payloads that are found inside saved exchanges."""

from __future__ import annotations

import base64
import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat import check
from usagecompat.checking.unwrap import unwrapped

PAGE: dict[str, Any] = {"object": "page", "data": [], "has_more": False, "next_page": None}
TEXT = json.dumps(PAGE)
ENCODED = base64.b64encode(TEXT.encode()).decode()


def har(**content: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A recording of one exchange with this content of the answer."""
    request = {"postData": {"text": TEXT}}
    return {"log": {"entries": [{"request": request, "response": {"status": 200, "content": content}}]}}


SAVED = {
    "har": (har(text=TEXT), ["/log/entries/0/response/content/text"]),
    "har-in-base64": (har(text=ENCODED, encoding="base64"), ["/log/entries/0/response/content/text"]),
    "vcr-of-ruby": (
        {"http_interactions": [{"response": {"body": {"encoding": "UTF-8", "string": TEXT}}}]},
        ["/http_interactions/0/response/body/string"],
    ),
    "vcr-of-python": (
        {"interactions": [{"request": {"body": TEXT}, "response": {"body": {"string": TEXT}}}]},
        ["/interactions/0/response/body/string"],
    ),
    "body": ({"status": 200, "body": PAGE}, ["/body"]),
    "body-as-text": ({"status": 200, "body": TEXT}, ["/body"]),
    "events": ([{"payload": PAGE}, {"payload": PAGE}], ["/0/payload", "/1/payload"]),
    "error": ({"status": 400, "body": '{"error": {"message": "no"}}'}, ["/body"]),
    "payload-itself": (PAGE, []),
    "nothing": ({"a": [1, "x"]}, []),
}


@pytest.mark.parametrize(("saved", "places"), SAVED.values(), ids=SAVED)
def test_places(saved: object, places: list[str]) -> None:
    """Each answer is found where it stands, and nothing that was sent."""
    found = unwrapped(json.dumps(saved).encode())
    assert [place for place, _ in found] == places
    if places and "error" not in str(saved):
        assert all(check(data).verdict == "valid" for _, data in found)


def test_numbers_keep_their_spelling() -> None:
    """A payload that is an object keeps each digit."""
    ((_, data),) = unwrapped(
        b'{"body":{"object":"organization.costs.result","amount":{"value":1.50,"currency":"usd"}}}'
    )
    assert b"1.50" in data


def test_cassette_in_yaml() -> None:
    """A cassette in YAML has its texts taken out."""
    text = f"interactions:\n- response:\n    body:\n      string: '{TEXT}'\n    status: {{code: 200}}\nversion: 1\n"
    assert unwrapped(text.encode()) == [("/interactions/0/response/body/string", TEXT.encode())]


def test_what_is_no_body() -> None:
    """Text that is no base64, text that is no JSON and values nested beyond any recording hold no payload."""
    deep: Any = PAGE
    for _ in range(60):
        deep = {"a": deep}
    for saved in (har(text="abcde", encoding="base64"), har(text="a page"), har(text=5), deep):
        assert unwrapped(json.dumps(saved).encode()) == []


def test_a_recording_beyond_the_limit_is_not_read() -> None:
    """What is larger than a payload may be is not searched."""
    assert unwrapped(json.dumps({"body": PAGE}).encode() + b" " * (64 << 20)) == []


@pytest.mark.parametrize(
    "text",
    [
        "interactions: [\n",
        "interactions: &a [*a]\n",
        "interactions:\n- &x lol\n- [*x, *x, *x]\n",
        "interactions: \t%\n",
        "body: " + "[" * 5_000,
    ],
)
def test_hostile_yaml(text: str) -> None:
    """YAML that is broken, refers to itself or nests without end is no cassette, and ends nothing."""
    assert unwrapped(text.encode()) == []


@given(data=st.binary(max_size=200))
def test_whatever_comes(data: bytes) -> None:
    """No bytes end the search."""
    assert isinstance(unwrapped(data), list)
