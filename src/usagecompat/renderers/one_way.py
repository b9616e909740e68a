"""
What is said of clients that only decode, or only encode: the words, and the numbers in place of levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from usagecompat.clients import COMPARED, Expectation, OneWay, Outcome
from usagecompat.corpus import Tier
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usagecompat.clients import CaseResult, ClientResult

DUTIES: Final[Mapping[Expectation, str]] = {
    Expectation.MUST_DECODE: "must be decoded",
    Expectation.MAY_REFUSE: "may be refused",
    Expectation.MUST_REFUSE: "must be refused",
    Expectation.MUST_NOT_CRASH: "must not crash it",
}
_RARE: Final = "and of what is rare but possible: "


def duty_words(result: ClientResult, duty: Expectation) -> str:
    """What has to be done with a case."""
    return DUTIES[duty].replace("decoded", "encoded") if result.one_way is OneWay.ENCODES else DUTIES[duty]


def outcome_words(result: ClientResult, outcome: Outcome) -> str:
    """What was done with a case."""
    return "encoded" if outcome is Outcome.DECODED and result.one_way is OneWay.ENCODES else str(outcome)


def decoder_headline(result: ClientResult) -> Iterator[str]:
    """What stands for a client that only decodes: how many cases are as they must be."""
    yield f"decodes only, so it has no level: {right_in(result, Tier.EVERYDAY)} everyday cases are as they must be"
    if any(case.tier is Tier.POSSIBLE for case in result.cases):
        yield f"    {_RARE}{right_in(result, Tier.POSSIBLE)} cases"
    if result.required > Level.EXACT:
        yield (
            f"    {result.required.name} asks for no more than EXACT here: spellings and order are the adapter's, "
            "not the client's"
        )


def right_in(result: ClientResult, tier: Tier) -> str:
    """How many cases of a tier are as they must be, of how many."""
    cases = [case for case in result.cases if case.tier is tier]
    right = sum(case.judged and not case.failing(result.required) for case in cases)
    return f"{right} of {len(cases)}"


def with_members(result: ClientResult, duty: Expectation) -> Iterator[str]:
    """How many decoded payloads were answered with members, and how many of those are wrong."""
    decoded = [case for case in result.cases if case.duty is duty and case.outcome is Outcome.DECODED]
    told = [case for case in decoded if case.returned is not None]
    wrong = sum(bool(case.differences) for case in told)
    if decoded:
        yield (
            f"{len(told):11} of {len(decoded)} decoded were answered with members, {wrong} of them with wrong values"
            if told
            else f"{0:11} of {len(decoded)} decoded were answered with members, so no value was judged"
        )


def outcomes_of_decoder(result: ClientResult) -> Mapping[str, list[CaseResult]]:
    """The cases that are to be decoded, by what came of them."""
    found: dict[str, list[CaseResult]] = {"decoded": [], "wrong values": [], "refused": [], "no answer": []}
    for case in result.cases:
        if case.duty not in COMPARED or not case.judged:
            continue
        if case.outcome is Outcome.DECODED:
            found["wrong values" if case.failing(result.required) else "decoded"].append(case)
        else:
            found["refused" if case.outcome is Outcome.REFUSED else "no answer"].append(case)
    return found
