"""
What fuzzing found, for people and for programs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from usagecompat.contract import REVISIONS
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from usagecompat.fuzz.results import Find, FuzzResult

_LONGEST: Final = 400
"""Characters of a payload that are displayed; files and JSON have all."""
_MOST_KNOWN: Final = 20


def _cut(payload: bytes) -> str:
    text = printable(payload.decode("utf-8", "backslashreplace"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(payload):,} bytes)"


def _head(result: FuzzResult) -> Iterator[str]:
    who = " ".join(filter(None, (result.client.name, result.client.version))) if result.client else ""
    yield f"client     {printable(result.name)}" + (f": {printable(who)}" if who else "")
    if result.against is not None:
        yield f"against    {printable(result.against)}"
    yield f"judged     at {result.revision}, required level {result.required.name}, seed {result.seed}"
    rate = f", {result.asked / result.seconds:,.0f} a second" if result.seconds else ""
    yield f"sent       {result.asked:,} payloads in {result.seconds:.1f} s{rate}"
    yield f"corpus     {result.corpus:,} of {result.of:,} payloads"


def _find(find: Find, *, has_cases: bool) -> Iterator[str]:
    state = "new" if find.is_new else "known"
    again = ", found before" if find.again else ""
    yield f"{state}{again}: {printable(find.kind.said)}"
    if find.known:
        yield f"    {printable(find.known)}"
    yield f"    {printable(find.message)}"
    less = f", made of {find.first_size:,}" if find.first_size != len(find.payload) else ""
    least = "" if find.whole else "; time was up before nothing smaller was left to try"
    yield f"    sent, {find.verdict}, {len(find.payload):,} bytes{less}{least}:"
    for number, one in enumerate(find.before, 1):
        yield f"      first {number}: {_cut(one)}"
    yield f"      {_cut(find.payload)}"
    if find.returned is not None and find.returned != find.payload:
        yield f"    came back: {_cut(find.returned)}"
    if find.command and find.is_new:
        yield f"    {'to make a case of it' if has_cases else 'to send it again, by the draft'}: {printable(find.command)}"


def _total(result: FuzzResult) -> str:
    new, known = len(result.new), len(result.known)
    kinds = "kind" if new == 1 else "kinds"
    return f"{new} new {kinds} of failure, {known} known"


def _text(result: FuzzResult) -> str:
    lines = [*_head(result), ""]
    for find in result.new:
        lines += [*_find(find, has_cases=result.revision in REVISIONS), ""]
    for find in result.known[:_MOST_KNOWN]:
        lines += [*_find(find, has_cases=result.revision in REVISIONS), ""]
    if len(result.known) > _MOST_KNOWN:
        lines += [f"and {len(result.known) - _MOST_KNOWN:,} more that are known; --format json has all", ""]
    lines += [f"the client cannot be asked: {printable(fault.message)}" for fault in result.faults]
    if result.gone:
        lines.append(f"{result.gone:,} payloads of earlier runs no longer fail.")
    if result.interrupted:
        lines.append("Interrupted; this is what was found by then.")
    if not result.judged and not result.faults:
        lines.append("No answer says anything of the client, which is exit status 1.")
    lines.append(_total(result))
    return "\n".join(lines) + "\n"


def _json(result: FuzzResult) -> str:
    return json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n"


FORMATS: Final[Mapping[str, Callable[[FuzzResult], str]]] = {"text": _text, "json": _json}
"""How a result is written, by the name of the format."""


def render_fuzz(result: FuzzResult, format_: str = "text") -> str:
    """A result in one of the formats."""
    return FORMATS[format_](result)
