"""Pagers of users, put to queries and servers by `PagingMachine`."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from faulty_pagers import FAULTY
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from pagers import RIGHT, dumps

from usagecompat import Level
from usagecompat.exceptions import NoSuchName, NoSuchRevision
from usagecompat.ledger import NoSuchScenario
from usagecompat.testing import PagingMachine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pagers import Pager

LOOK = settings(
    max_examples=100,
    stateful_step_count=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
"""As a user has it, but for the search of the fewest steps."""
SHORT = settings(LOOK, max_examples=10)


def put(machine: type[PagingMachine], how: settings = LOOK) -> None:
    """Put a pager to all that its machine draws."""
    run_state_machine_as_test(machine, settings=how)


def machine_of(pager: Pager) -> type[PagingMachine]:
    """The machine for a pager of the helpers."""

    class Machine(PagingMachine):
        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> str:
            return dumps(pager.fetch(url, key, urlencode(params, doseq=True)))

    return Machine


def fetched(url: str, key: str, params: Mapping[str, Any]) -> list[Any]:
    """What a right pager ends up with, as Python has it, with exact numbers."""
    text = dumps(RIGHT.fetch(url, key, urlencode(params, doseq=True)))
    found: list[Any] = json.loads(text, parse_float=Decimal)
    return found


def test_a_right_pager() -> None:
    """A right pager passes, whatever is asked and whatever the server does."""
    put(machine_of(RIGHT), settings(LOOK, max_examples=40))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("first-page", "client/pages-unread"),
        ("no-has-more-is-the-end", "client/pages-unread"),
        ("ends-at-empty-page", "client/pages-unread"),
        ("cursor-not-escaped", "client/cursor-changed"),
        ("cursor-alone", "client/query-changed"),
        ("drops-group-by", "client/query-changed"),
        ("drops-filter", "client/query-changed"),
        ("drops-limit", "client/query-changed"),
        ("drops-last-bucket", "client/buckets-lost"),
        ("drops-empty-buckets", "client/buckets-lost"),
        ("swallows-errors", "client/error-hidden"),
        ("amounts-as-floats", "client/precision-lost"),
        ("key-once", "client/protocol-violation"),
    ],
)
def test_faulty_pagers(fault: str, code: str) -> None:
    """A faulty pager is found, and named; how soon depends on what this version of Hypothesis draws."""
    with pytest.raises(AssertionError) as caught:
        put(machine_of(FAULTY[fault].pager), settings(LOOK, max_examples=500))
    assert code in str(caught.value).splitlines()[1]
    assert f"See docs/findings.md#{code.replace('/', '')}" in str(caught.value)
    assert re.search(r"^      request 1: GET /v1/organization/\S+\?start_time=\d+", str(caught.value), re.MULTILINE)


class IgnoresHasMore(PagingMachine):
    """Goes on while the page is full, and looks neither at the cursor's end nor at `has_more`."""

    endpoints = ("usage/completions",)

    def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:
        """Ask until a page is not full."""
        found: list[Any] = []
        cursor = ""
        while True:
            asked = urlencode({**params, **({"page": cursor} if cursor else {})}, doseq=True)
            page = RIGHT.read(RIGHT.ask(f"{url}?{asked}", key))
            found += page.buckets  # numbers of usage are whole
            cursor = page.cursor or ""
            if len(page.buckets) < params.get("limit", 7):
                return found


def test_a_pager_that_ignores_has_more() -> None:
    """A pager that counts buckets in place of looking at `has_more` goes on from the last page, without an end."""
    with pytest.raises(AssertionError, match=r"client/(paging-endless|buckets-repeated|pages-unread)"):
        put(IgnoresHasMore)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_pager_that_never_stops() -> None:
    """A pager that asks again whatever it is answered is stopped when its time is up."""

    class Stubborn(PagingMachine):
        timeout = 0.5

        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:
            while True:
                RIGHT.ask(f"{url}?{urlencode(params, doseq=True)}", key)

    with pytest.raises(AssertionError, match=r"client/paging-endless: \d+ requests, and no end"):
        put(Stubborn, SHORT)
    gc.collect()  # the connection that the deadline left open, which is why warnings are ignored


def test_a_pager_that_remembers() -> None:
    """A pager that has something left of the time before is found, although it was right the first time."""
    kept: dict[str, list[Any]] = {}

    class Remembering(PagingMachine):
        endpoints = ("usage/completions",)
        scenarios = ()

        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:
            return kept.setdefault(f"{url}?{sorted(params)}", fetched(url, key, params))

    with pytest.raises(AssertionError, match="client/"):
        put(Remembering)


@pytest.mark.parametrize("endpoint", ["costs", "usage/images", "usage/vector_stores"])
def test_only_what_the_class_says(endpoint: str) -> None:
    """The endpoints, the scenarios, the revision and the organization are those of the class."""
    asked: set[str] = set()
    statuses: set[int] = set()

    class Said(PagingMachine):
        endpoints = (endpoint,)
        scenarios = ("error-on-page-2:429",)
        revision = "2026-08-21"
        seed = 3

        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:
            asked.add(url.partition("/organization/")[2])
            target = f"{url}?{urlencode(params, doseq=True)}"
            page = RIGHT.read(RIGHT.ask(target, key))
            if page.cursor:
                statuses.add(RIGHT_STATUS(f"{target}&{urlencode({'page': page.cursor})}", key))
            return fetched(url, key, params)

    put(Said, SHORT)
    assert asked == {endpoint}
    assert statuses <= {200, 429}
    assert statuses


def RIGHT_STATUS(url: str, key: str) -> int:  # noqa: N802 - beside RIGHT
    """The status of one answer; one that asks to wait asks for no time at all."""
    from pagers import get  # noqa: PLC0415 - used here alone

    answer = get(url, key)
    assert answer.retry_after in {None, "0"}
    return answer.status


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        iter,
        lambda buckets: (bucket for bucket in reversed(buckets)),
        lambda buckets: {"object": "page", "data": buckets, "has_more": False, "next_page": None},
        lambda buckets: json.dumps(buckets, default=str),
        lambda buckets: "\n".join(json.dumps(bucket, default=str) for bucket in buckets).encode(),
    ],
    ids=["list", "tuple", "iterator", "generator", "page", "text", "lines"],
)
def test_what_fetch_may_return(form: Any) -> None:  # noqa: ANN401 - any form
    """Buckets are taken in every form that is documented, and in any order."""

    class Machine(PagingMachine):
        endpoints = ("usage/completions",)

        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> object:
            return form(fetched(url, key, params))

    put(Machine, SHORT)


class Stranger:
    """An object that is no JSON."""


@pytest.mark.parametrize(
    ("returned", "why"),
    [
        (None, "and it returned None"),
        (5, "and it returned 5"),
        ([Stranger()], 'a Stranger at "/0" is not JSON'),
        (Stranger(), "and it returned <"),
    ],
)
def test_what_fetch_may_not_return(returned: object, why: str) -> None:
    """What holds no buckets is refused, with what is expected."""

    class Machine(PagingMachine):
        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> object:
            fetched(url, key, params)
            return returned

    with pytest.raises(TypeError) as caught:
        put(Machine, SHORT)
    assert str(caught.value).startswith("`fetch` returns buckets as JSON values or as JSON text")
    assert why in str(caught.value)


def test_fetch_that_has_to_be_awaited() -> None:
    """An asynchronous `fetch` is told how to be called."""

    class Machine(PagingMachine):
        async def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:  # type: ignore[override]
            return fetched(url, key, params)

    with pytest.raises(TypeError, match=re.escape("call it by `asyncio.run` within `fetch`")):
        put(Machine, SHORT)


def test_fetch_that_always_raises() -> None:
    """An exception on a query that has an answer is a refusal, and stands behind the failure as its cause."""

    class Machine(PagingMachine):
        scenarios = ()

        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:
            fetched(url, key, params)
            raise LookupError("no buckets here")

    with pytest.raises(AssertionError, match=r"client/refused-valid: .*LookupError: no buckets here") as caught:
        put(Machine, SHORT)
    assert isinstance(caught.value.__cause__, LookupError)


def test_fetch_that_asks_nothing() -> None:
    """Buckets out of nowhere are no answer."""

    class Machine(PagingMachine):
        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:  # noqa: ARG002 - it looks at nothing
            return []

    with pytest.raises(AssertionError, match="client/protocol-violation: expected a request for"):
        put(Machine, SHORT)


def test_iterator_that_fails() -> None:
    """An iterator that raises within has said that something failed, as a function does."""

    class Machine(PagingMachine):
        endpoints = ("usage/completions",)
        scenarios = ("error-on-page-2:500",)

        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> Iterator[Any]:
            yield from fetched(url, key, params)

    put(Machine, SHORT)


def test_floats_have_a_level() -> None:
    """A pager with floats passes at the level that floats can have, and not at the highest."""

    class Floats(PagingMachine):
        endpoints = ("costs",)
        level = Level.OPEN

        def fetch(self, url: str, key: str, params: Mapping[str, Any]) -> list[Any]:
            return [json.loads(json.dumps(bucket, default=float)) for bucket in fetched(url, key, params)]

    put(Floats, SHORT)
    with pytest.raises(AssertionError, match="client/precision-lost"):
        put(type("Exact", (Floats,), {"level": Level.EXACT}))


@pytest.mark.parametrize(
    ("attributes", "error", "why"),
    [
        ({"endpoints": ("cost",)}, NoSuchName, "there is no endpoint 'cost'; did you mean 'costs'?"),
        ({"endpoints": "costs"}, TypeError, "`endpoints` is a tuple of names, such as ('costs',)"),
        ({"scenarios": ("rate-limits",)}, NoSuchScenario, "did you mean 'rate-limit'?"),
        ({"scenarios": "pretty"}, TypeError, "`scenarios` is a tuple of names"),
        ({"scenarios": ("error-on-page-2:418",)}, NoSuchScenario, "has no variant '418'"),
        ({"level": "exact"}, TypeError, "`level` is a usagecompat.Level"),
        ({"timeout": -1}, ValueError, "`timeout` is a number of seconds above zero, and not -1"),
        ({"timeout": "3"}, TypeError, "`timeout` is a number of seconds above zero, and not '3'"),
        ({"revision": "2020-01-01"}, NoSuchRevision, "2020-01-01"),
        ({"endpoints": ("usage/decisions",), "revision": "2024-12-16"}, NoSuchName, "'usage/decisions'"),
    ],
)
def test_misuse(attributes: dict[str, Any], error: type[Exception], why: str) -> None:
    """A class that asks for what there is not is refused where it is written."""
    with pytest.raises(error, match=re.escape(why)):
        type("Machine", (PagingMachine,), attributes)


def test_no_fetch() -> None:
    """A class without `fetch` is told so."""
    machine = type("Nothing", (PagingMachine,), {})
    with pytest.raises(TypeError, match="Nothing has no `fetch`"):
        put(machine, SHORT)


def test_settings_of_users() -> None:
    """The class has settings of its own, and those who want can change one of them."""

    class Plain(PagingMachine):
        pass

    case = Plain.TestCase
    assert case.settings.stateful_step_count == 12
    assert case.settings.deadline is None
    assert case.settings.max_examples == settings().max_examples
    case.settings = settings(case.settings, max_examples=3)
    assert (Plain.TestCase.settings.max_examples, Plain.TestCase.settings.stateful_step_count) == (3, 12)
    assert PagingMachine.TestCase.settings.max_examples == settings().max_examples


def test_fewest_steps(pytester: pytest.Pytester) -> None:
    """The report of a failing machine has the steps that lead to it, and no more than needed."""
    pytester.makepyfile(
        """
        from urllib.parse import urlencode
        from urllib.request import Request, urlopen
        from hypothesis import settings
        from usagecompat.testing import PagingMachine

        class FirstPage(PagingMachine):
            def fetch(self, url, key, params):
                asked = Request(f"{url}?{urlencode(params, doseq=True)}", headers={"Authorization": f"Bearer {key}"})
                with urlopen(asked, timeout=30) as answer:
                    return answer.read()

        TestFirstPage = FirstPage.TestCase
        TestFirstPage.settings = settings(TestFirstPage.settings, max_examples=5, database=None)
        """
    )
    result = pytester.runpytest("-q", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: `fetch` does not do what a server asks of it*",
            "*client/pages-unread: the cursor 'page_*' was never followed; *",
            "*state = FirstPage()*",
            "*state.begin_with(*scenarios=())*",
            "*state.all_buckets_are_there()*",
        ]
    )


def test_the_server_ends_with_its_process() -> None:
    """A process that has put a pager to its queries ends, and leaves nothing open."""
    program = (
        "from usagecompat.testing import PagingMachine\n"
        "from hypothesis import settings\n"
        "class Machine(PagingMachine):\n"
        "    def fetch(self, url, key, params): raise OSError('no network')\n"
        "try:\n"
        "    Machine.TestCase('runTest').runTest()\n"
        "except AssertionError as error:\n"
        "    assert 'client/protocol-violation' in str(error)\n"
        "else:\n"
        "    raise SystemExit('nothing was asked, and nothing was wrong')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", program], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
