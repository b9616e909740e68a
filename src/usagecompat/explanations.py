"""
What each finding code means to people: why it matters, who was hit by it, and how to fix it on either side.

The texts stand in `explanations.toml`; everything that shows them, from SARIF to the documents, reads them here.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.exceptions import NoSuchName
from usagecompat.findings import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MARKUP: Final = re.compile(r"([\\*_{}\[\]<>|])")
_FILE: Final = Path(__file__).with_name("explanations.toml")
_MOST_CASES: Final = 5
STAGES: Final[Mapping[str, str]] = {
    "json": "The text is not strict JSON.",
    "schema": "The document is not what the revision has.",
    "wire": "The API is known to serve this, although the published contract does not allow it.",
    "record": "Every type is right, and a value is not.",
    "rule": "Values contradict each other.",
    "client": "A client's answer is not what it was sent.",
    "convert": "A conversion to another revision left something behind.",
    "server": "A server's answers contradict each other, or what was asked.",
}
"""What the first part of a code means."""


@frozen(kw_only=True)
class Explanation:
    """All that is to be said about one code."""

    code: str
    means: str
    matters: str
    """What goes wrong because of it."""
    seen: str
    """Who was hit by it."""
    producer: str
    """What to do in the program that wrote the payload."""
    client: str
    """What to do in the program that reads it."""
    no_case: str = ""
    """Why no case of the corpus shows the code."""
    sent: str = ""
    """Of what is said of a client: a payload."""
    returned: str = ""
    """And an answer to it that shows this code and no other."""
    answer: str = ""
    """Of what is said of a client and no pair of texts can show: what happened."""

    def paragraphs(self) -> Iterator[tuple[str, str]]:
        """The texts with their headings."""
        yield "What it means", self.means
        yield "Why it matters", self.matters
        yield "Who was hit", self.seen
        yield "To fix what writes the payload", self.producer
        yield "To fix the client", self.client

    def text(self) -> str:
        """A paragraph for each text, for a terminal."""
        return "\n\n".join(f"{heading}:\n  {text}" for heading, text in self.paragraphs())

    def markdown(self) -> str:
        """A list with an entry for each text."""
        return "\n".join(f"* **{heading}**: {_inline(text)}" for heading, text in self.paragraphs())


@cache
def explanations() -> Mapping[str, Explanation]:
    """Every code's explanation, in the order of the catalogue."""
    texts = tomllib.loads(_FILE.read_text("utf-8"))
    return {code: Explanation(code=code, **texts[code]) for code in CODES if code in texts}


def explanation(code: str) -> Explanation:
    """
    The explanation of one code.

    Raises:
        NoSuchName: There is no such code.
        LookupError: Nobody has explained it yet.
    """
    if code not in CODES:
        raise NoSuchName("finding code", code, tuple(CODES))
    if code not in explanations():
        message = f"{code}: write its text into explanations.toml"
        raise LookupError(message)
    return explanations()[code]


def weight(code: str) -> str:
    """What a finding of this code weighs, in words."""
    served, published = CODES[code].served, CODES[code].published
    return str(served) if served is published else f"{served}; {published} by the published contract"


def cases_showing(code: str, cases: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """The ids of the cases that show a code, in the order of `cases`, which has the codes of each."""
    return tuple(name for name, codes in cases.items() if code in codes)


def document(cases: Mapping[str, frozenset[str]]) -> str:
    """
    The text of docs/findings.md.

    Args:
        cases: The codes that each case of the corpus shows, by its id, the oldest cases first: the examples of
            a code stay the same when cases are added.
    """
    return "".join(_document(cases))


def _document(cases: Mapping[str, frozenset[str]]) -> Iterator[str]:
    yield "# Findings\n\n"
    yield "<!-- Generated: usagecompat explain --write docs/findings.md -->\n\n"
    yield "Everything that a check, a comparison or a run of a client can find.\n"
    yield "A code is never renamed and never reused; `usagecompat explain CODE` prints the same in a terminal.\n\n"
    for stage, sentence in STAGES.items():
        codes = [code for code in CODES if code.startswith(f"{stage}/")]
        yield f"## {stage}\n\n{sentence}\n\n| code | weight | in short |\n|---|---|---|\n"
        for code in codes:
            anchor = code.replace("/", "")
            yield f"| [{code}](#{anchor}) | {weight(code)} | {_inline(CODES[code].title)} |\n"
        yield "\n"
        for code in codes:
            told = explanation(code)
            yield f"### {code}\n\n{told.markdown()}\n"
            yield f"* **Covered by**: {_examples(told, cases)}\n\n"


def _examples(told: Explanation, cases: Mapping[str, frozenset[str]]) -> str:
    if told.sent:
        return f"`{told.sent}` that came back as `{told.returned}`"
    if told.answer:
        return _inline(told.answer)
    if told.no_case:
        return f"no case, because {_inline(told.no_case)}"
    ids = cases_showing(told.code, cases)
    alone = [name for name in ids if len(cases[name]) == 1]  # what shows nothing else says it best
    first = (alone + [name for name in ids if name not in alone])[:_MOST_CASES]
    return ", ".join(f"[{name}](../fixtures/{name}.json)" for name in first)


def _inline(text: str) -> str:
    """`text` as Markdown that shows it as it is, but for what stands between back quotes, which is code there, too."""
    parts = text.split("`")
    parts[::2] = [_MARKUP.sub(r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)
