"""The fixture `usage_server`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from documents import blocks

if TYPE_CHECKING:
    import pytest

SERVE = Path(__file__).resolve().parents[2] / "docs" / "serve.md"


def test_as_documented(pytester: pytest.Pytester) -> None:
    """The function and its tests that the document shows pass."""
    for block in blocks(SERVE, "python"):
        if block.startswith("# "):  # and the name of its file
            pytester.path.joinpath(block.splitlines()[0].removeprefix("# ")).write_text(block, "utf-8")
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=8)


def test_several_servers(pytester: pytest.Pytester) -> None:
    """A test may start several servers, each with its own options and its own requests."""
    pytester.makepyfile(
        """
        from urllib.request import Request, urlopen

        def test_two(usage_server):
            one = usage_server(seed=1, scenario=["string-amounts", "pretty"], key="sk-1", revision="2026-08-21")
            two = usage_server(now=1790899200)
            query = "costs?start_time=1790812800"
            assert len(one.buckets(query)) == 21
            assert len(two.buckets(query)) == 1
            assert isinstance(one.buckets(query)[0]["results"][0]["amount"]["value"], str)
            assert (one.key, two.key) == ("sk-1", "sk-admin-mock")
            target = f"{one.url}/organization/{query}"
            urlopen(Request(target, headers={"Authorization": "Bearer sk-1"})).close()
            [asked] = one.requests
            assert (asked.method, asked.path, asked.query, asked.status) == (
                "GET", "/v1/organization/costs", "start_time=1790812800", 200
            )
            assert two.requests == []
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_servers_end_with_the_test(pytester: pytest.Pytester) -> None:
    """After the test nobody listens any more."""
    pytester.makepyfile(
        """
        import socket
        from urllib.parse import urlsplit
        import pytest

        ports = []

        def test_first(usage_server):
            ports.append(urlsplit(usage_server().url).port)

        def test_second():
            with pytest.raises(OSError):
                socket.create_connection(("127.0.0.1", ports[0]), timeout=30)
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=2)


def test_misuse(pytester: pytest.Pytester) -> None:
    """A scenario that there is not fails the test with the names of those that there are."""
    pytester.makepyfile(
        """
        def test_it(usage_server):
            usage_server(scenario="strings")
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *NoSuchScenario: there is no scenario 'strings'; did you mean 'string-amounts'? there are string-amounts, *"
        ]
    )
