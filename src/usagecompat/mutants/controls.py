"""
What guards the measuring itself: clients whose outcome is known beforehand.

The faithful ones must survive every case; the hopeless ones must be killed, or nothing was measured.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from usagecompat.mutants.model import Mutant, Refusal, lossy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from usagecompat.mutants.model import Answer, PayloadView

_LEXICAL = "JSON gives white space and the spelling of escapes no meaning, and the kit's own level for it is LEXICAL."
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_HTML: Final = re.compile("[<>&]")


def faithful() -> Iterator[Mutant]:
    """Clients without a fault, one of which claims to validate."""
    yield Mutant(name="control/faithful", fault="None.", play=lambda view: view.faithful)
    yield Mutant(name="control/validating", fault="None.", play=lambda view: view.faithful, validates=True)
    yield Mutant(name="control/echo", fault="None: bytes are given back as they came.", play=lambda view: view.payload)
    yield Mutant(name="control/raw", fault="None: what is valid is given back as it came.", play=_raw, validates=True)


def equivalents() -> Iterator[Mutant]:
    """Clients that differ from the faithful one in nothing that a payload means."""
    yield Mutant(
        name="equivalent/escapes-non-ascii",
        fault="Everything that is not ASCII comes back escaped.",
        play=lambda view: _respelled(view, lambda text: _NOT_ASCII.sub(_escape, text)),
        equivalent=_LEXICAL,
    )
    yield Mutant(
        name="equivalent/escapes-slashes",
        fault="Slashes come back escaped.",
        play=lambda view: _respelled(view, lambda text: text.replace("/", "\\/")),
        equivalent=_LEXICAL,
    )
    yield Mutant(
        name="equivalent/escapes-html",
        fault="Angle brackets and ampersands come back as escapes.",
        play=lambda view: _respelled(view, lambda text: _HTML.sub(_escape, text)),
        who="encoding/json in Go",
        equivalent=_LEXICAL,
    )
    yield Mutant(
        name="equivalent/indented",
        fault="White space comes back between the tokens.",
        play=lambda view: _respelled(view, lambda text: f" {text}\n"),
        equivalent=_LEXICAL,
    )
    yield lossy(
        "equivalent/copied",
        lambda tree, _: dict(tree) if isinstance(tree, dict) else tree,
        fault="Every object is copied.",
        equivalent="A copy is written as what it was copied from.",
    )


def hopeless() -> Iterator[Mutant]:
    """Clients that no measuring may let pass."""
    yield Mutant(name="control/refuses-all", fault="Everything is refused.", play=lambda _: Refusal("no"))
    yield Mutant(
        name="control/accepts-all", fault="Everything is accepted.", play=lambda view: view.payload, validates=True
    )
    yield Mutant(name="control/empty-object", fault="Everything comes back as an empty object.", play=lambda _: b"{}")
    yield Mutant(name="control/no-answer", fault="Everything comes back as an empty text.", play=lambda _: b"")
    yield lossy(
        "control/null", lambda tree, _: None if tree is not None else tree, fault="Everything comes back as null."
    )


def _raw(view: PayloadView) -> Answer:
    return view.faithful if isinstance(view.faithful, Refusal) else view.payload


def _respelled(view: PayloadView, respell: Callable[[str], str]) -> Answer:
    """The faithful answer, written in another way; outside of strings JSON is ASCII without slashes and brackets."""
    answer = view.faithful
    return answer if isinstance(answer, Refusal) else respell(answer.decode()).encode()


def _escape(found: re.Match[str]) -> str:
    unit = found[0].encode("utf-16-be")
    return "".join(f"\\u{unit[i : i + 2].hex()}" for i in range(0, len(unit), 2))
