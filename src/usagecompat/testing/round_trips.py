"""
A codec in this process, put to the corpus: `assert_round_trips`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, cast

from usagecompat.clients import TIMEOUT, ClientSpec, Way, run, select
from usagecompat.contract import resolve_revision
from usagecompat.corpus import FULL, Case
from usagecompat.corpus import cases as cases_of
from usagecompat.fidelity import Level
from usagecompat.renderers import render_failures
from usagecompat.testing.codecs import function_of, name_of
from usagecompat.testing.levels import must_be_level, must_be_seconds

if TYPE_CHECKING:
    from usagecompat.clients import ClientResult
    from usagecompat.contract import Revision
    from usagecompat.testing.codecs import Codec

MAX_CASES: Final = 20
"""So many failing cases are listed unless somebody asks for more."""


def assert_round_trips(  # noqa: PLR0913 - one for each option of `usagecompat run`
    codec: Codec,
    *,
    level: Level = Level.EXACT,
    set: str = "full",  # noqa: A002 - the name is that of `usagecompat.cases`
    cases: str | Case | Iterable[Case] | None = None,
    revision: Revision | None = None,
    validates: bool = False,
    timeout: float = TIMEOUT,
    max_cases: int = MAX_CASES,
) -> None:
    """
    Put the cases of a corpus to a codec in this process, as `usagecompat run` does, and fail if one does not come back.

    Each payload is decoded and encoded again, more than once and in several orders, so that a codec that remembers a
    payload is found. An exception is a refusal: the codec may refuse what is invalid, and nothing that is valid.

    Args:
        codec: A function from bytes to bytes, a pair `(loads, dumps)`, or an object or module with the methods loads
            and dumps, or decode and encode. What decodes gets bytes; what encodes may give text.
        level: What must come back of each payload that is decoded.
        set: Only this set of the corpus, such as "smoke".
        cases: Instead of a set: one case, or several, as `usagecompat.cases` and `parametrize` give them; or which ones
            of the set, in words, such as "costs and not page".
        revision: By which all are judged; None for each case's own.
        validates: The codec claims to refuse what is invalid.
        timeout: How many seconds it has for one case, where a deadline can be set: in the main thread, not on Windows.
        max_cases: How many failing cases the message lists.

    Raises:
        AssertionError: A case fails; the message has the causes, what to do, and the cases.
        TypeError: The codec, the level, a case or a number is none.
        ValueError: There are no such cases, or a number is below what can be meant.
        NoSuchName: There is no such set.
        NoSuchRevision: There is no such revision.
        NoSuchSelection: `cases` is a text and no expression.
    """
    __tracebackhide__ = True
    must_be_level(level)
    must_be_seconds(timeout)
    _must_be_whole(max_cases)
    spec = ClientSpec(
        name=name_of(codec),
        command=(str(getattr(codec, "__module__", None) or "codec"), name_of(codec)),
        way=Way.PYTHON,
        validates=validates,
        timeout=timeout,
        function=function_of(codec),
    )
    at = None if revision is None else resolve_revision(revision)
    result = run(spec, _chosen(cases, set), revision=at, required=level)
    if result.failing or result.faults or result.missing:
        raise AssertionError("\n".join(_message(result, max_cases)))


def _must_be_whole(max_cases: object) -> None:
    """
    Refuse what counts nothing.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below zero.
    """
    told = f"`max_cases` is a whole number of cases, and not {max_cases!r}"
    if isinstance(max_cases, bool) or not isinstance(max_cases, int):
        raise TypeError(told)
    if max_cases < 0:
        raise ValueError(told)


def _chosen(cases: object, set_: str) -> tuple[Case, ...]:
    """
    The cases that are meant.

    Raises:
        TypeError: One of them is no case.
        ValueError: None is meant, or they are given in two ways.
    """
    if cases is None or isinstance(cases, str):
        there = cases_of(set_)
        chosen = there if cases is None else select(there, cases)
        if not chosen:
            raise ValueError(f"no case of {len(there)} is meant by {cases!r}")
        return chosen
    if set_ != FULL:
        raise ValueError("give either cases or a set of them; a text in `cases` chooses of a set")
    given: tuple[object, ...] = (cases,)
    if isinstance(cases, Iterable) and not isinstance(cases, Case):
        given = tuple(cast("Iterable[object]", cases))
    if not given:
        raise ValueError("there are no cases in `cases`, and so nothing would be tested")
    for one in given:
        if not isinstance(one, Case):
            raise TypeError(f"`cases` is what usagecompat.cases() gives, or a text that chooses; it holds {one!r:.80}")
    return cast("tuple[Case, ...]", given)


def _message(result: ClientResult, max_cases: int) -> list[str]:
    """What is wrong, the causes first."""
    total, missing = len(result.cases), len(result.missing)
    what = f"{len(result.failing)} of {total} cases fail" + (f", {missing} were not judged" if missing else "")
    if total == 1 and not missing:
        what = f"{result.cases[0].case_id} fails"
    head = f"{result.name} does not keep what the API sent at level {result.required.name}: {what}"
    return [head, *render_failures(result, max_cases=max_cases, more="max_cases={0} lists all")]
