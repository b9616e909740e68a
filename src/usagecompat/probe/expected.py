"""
Expected answers: what a server must say beside what follows from its own answers.

A fault that is the same everywhere, such as cents for dollars, contradicts nothing; only known figures show it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qsl

from attrs import frozen

from usagecompat.exceptions import UnreadableInput
from usagecompat.inputs import named_content
from usagecompat.jsontext import NO_VALUE, read, write
from usagecompat.probe.answers import OK, is_error
from usagecompat.probe.pages import difference, groups_of, read_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from usagecompat.contract import Endpoint
    from usagecompat.probe.course import Course
    from usagecompat.probe.pages import Page
    from usagecompat.probe.session import Exchange

_FORM: Final = 'expected {"endpoint": "costs", "query": "start_time=…", "data": [buckets]}, one or a list'


@frozen
class Expected:
    """A query with the page that must come."""

    endpoint: str
    query: tuple[tuple[str, str], ...]
    page: Page


def load_expected(path: Path, endpoints: Mapping[str, Endpoint]) -> tuple[Expected, ...]:
    """
    The expected answers of a file.

    Raises:
        UnreadableInput: The file is not there, or is none of expected answers.
    """
    document = read(named_content(path))
    if document.value is NO_VALUE or document.findings:
        raise UnreadableInput(str(path), f"it is not JSON; {_FORM}")
    items: Any = document.value if isinstance(document.value, list) else [document.value]
    return tuple(_expected(path, at, item, endpoints) for at, item in enumerate(items))


def _expected(path: Path, at: int, item: Any, endpoints: Mapping[str, Endpoint]) -> Expected:  # noqa: ANN401 - a tree
    where = f"the entry at /{at}"
    if not isinstance(item, dict):
        raise UnreadableInput(str(path), f"{where} is no object; {_FORM}")
    told = cast("dict[str, Any]", item)
    name: object = told.get("endpoint")
    query: object = told.get("query")
    if not isinstance(name, str) or name not in endpoints:
        raise UnreadableInput(str(path), f"{where} names no endpoint; use one of {', '.join(endpoints)}")
    if not isinstance(query, str):
        raise UnreadableInput(str(path), f"{where} has no query; {_FORM}")
    page = read_page(told, endpoints[name].kind, query)
    if page is None:
        raise UnreadableInput(str(path), f"{where} has no buckets in `data`; {_FORM}")
    return Expected(name, tuple(parse_qsl(query, keep_blank_values=True)), page)


def judge_expected(course: Course, expected: Iterable[Expected]) -> None:
    """Ask what is expected, and compare."""
    for one in expected:
        exchange = course.ask(*one.query)
        if exchange is None:
            return
        _compare(course, one, exchange)


def _compare(course: Course, one: Expected, exchange: Exchange) -> None:
    answer = exchange.answer
    document = read(answer.body)
    page = read_page(_tree(document.value), course.endpoint.kind, exchange.query)
    if answer.failure or answer.status != OK or page is None or is_error(document.value):
        said = answer.failure or f"status {answer.status}" if page is None else f"status {answer.status}"
        course.report("server/expected-differs", f"A page was expected, and there is none: {said}.", exchange.query)
        return
    found = {bucket.start: bucket for bucket in page.buckets}
    keys = course.endpoint.group_by
    for bucket in one.page.buckets:
        if bucket.start not in found:
            course.report(
                "server/expected-differs",
                f"The bucket of {bucket.start} was expected, and does not come.",
                exchange.query,
            )
            return
        here, there = groups_of(bucket, keys, course.shape), groups_of(found[bucket.start], keys, course.shape)
        for group in sorted({*here, *there}, key=str):
            if told := difference(here.get(group, {}), there.get(group, {})):
                words = ", ".join(str(value) for value in group if value is not None) or "all"
                course.report(
                    "server/expected-differs",
                    f"Expected against served, {words} on {bucket.start}: {told}.",
                    exchange.query,
                )
                return


def _tree(value: object) -> Any:  # noqa: ANN401 - a document's value is a tree or nothing
    return None if value is NO_VALUE else value


class Keeper:
    """Saves every answer in a directory, and in the end what another server can be expected to say."""

    def __init__(self, place: Path) -> None:
        """
        Make the directory.

        Raises:
            OSError: It cannot be made.
        """
        place.mkdir(parents=True, exist_ok=True)
        self._place = place
        self._index = place / "requests.ndjson"
        self._index.write_text("", "utf-8")
        self._expected: dict[tuple[str, str], bytes] = {}

    def keep(self, exchange: Exchange) -> None:
        """Save one answer; the session has taken the key out."""
        answer = exchange.answer
        name = f"{exchange.number:04}-{exchange.endpoint.replace('/', '-')}.json"
        (self._place / name).write_bytes(answer.body)
        told = {
            "number": exchange.number,
            "endpoint": exchange.endpoint,
            "query": exchange.query,
            "key": exchange.keyed,
            "status": answer.status,
            "failure": answer.failure,
            "body": name,
        }
        with self._index.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        if answer.status == OK and exchange.keyed:
            self._expected[exchange.endpoint, exchange.query] = answer.body

    def close(self, pages: Iterable[tuple[str, str]]) -> None:
        """Write `expected.json` from the answers to these queries."""
        entries = [
            f'{{"endpoint": {json.dumps(name)}, "query": {json.dumps(query)}, "data": {_data(self._expected[name, query])}}}'
            for name, query in pages
            if (name, query) in self._expected
        ]
        (self._place / "expected.json").write_text("[" + ",\n".join(entries) + "]\n", "utf-8", newline="\n")


def _data(body: bytes) -> str:
    """The buckets of a page that was read before, digit by digit."""
    value: Any = read(body).value
    return write(value["data"]).decode()
