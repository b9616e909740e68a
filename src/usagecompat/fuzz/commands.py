"""
The command that makes a case of what was found.

A case that is not valid needs the one edit that makes it so, which is looked for here: the smallest that there is among a few.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from usagecompat.checking import check
from usagecompat.contract import REVISIONS, contract
from usagecompat.findings import Shape, Verdict
from usagecompat.fuzz.keeping import name_of
from usagecompat.fuzz.spelled import smallest_of, walk, written
from usagecompat.jsontext import NO_VALUE, Members, Node, Spelling, parse, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from usagecompat.contract import Revision
    from usagecompat.fuzz.kinds import Kind

NEW_CORPUS: Final = "cases"
"""The directory that a case goes to if nobody names a corpus."""
_MOST_EDITS: Final = 400


def command_for(  # noqa: PLR0913, PLR0917 - what is known of a find
    kind: Kind, payload: bytes, path: Path | None, corpus: Path | None, revision: Revision, again: Sequence[str] = ()
) -> str:
    """
    What a shell runs to make a case of a payload; of a draft, which has no cases, to put the payload to the client again.

    It is empty if there is no file of it, or nobody said how a client is asked by that draft.

    Args:
        kind: What the payload shows.
        payload: The payload.
        path: The file that holds it.
        corpus: The directory of the corpus; None for one that is made.
        revision: By which it is judged.
        again: The words that put a corpus to the client by a draft, without the corpus.
    """
    if path is None or (revision not in REVISIONS and not again):
        return ""
    if revision not in REVISIONS:
        return shlex.join([*again, "--corpus", str(path)])
    verdict = check(payload, revision=revision).verdict
    where = kind.place or "the payload as a whole"
    words = ["usagecompat", "fixtures", "new", str(corpus or NEW_CORPUS), f"fuzz/{name_of(kind)}"]
    words += ["--payload", str(path), "--verdict", str(verdict), "--revision", revision]
    words += ["--description", f"A client fails it with {kind.code} at {where}."]
    words += ["--evidence", "Found by `usagecompat fuzz`.", "--no-ask"]
    if verdict is not Verdict.VALID:
        words += _fix(payload, revision)
    made = "" if corpus else f"mkdir -p {NEW_CORPUS} && "
    return made + shlex.join(words)


def _fix(payload: bytes, revision: Revision) -> list[str]:
    """The option that says which edit makes a payload valid."""
    for number, (old, new) in enumerate(_replacements(payload, revision)):
        if number >= _MOST_EDITS:
            break
        if payload.count(old) == 1 and check(payload.replace(old, new), revision=revision).verdict is Verdict.VALID:
            return _said(old, new)
    shape = check(payload, revision=revision).shape or Shape.RESULT
    return _said(payload, written(smallest_of(shape, contract(revision))).encode())


def _said(old: bytes, new: bytes) -> list[str]:
    try:
        texts = [old.decode(), new.decode()]
    except UnicodeDecodeError:
        texts = []
    if texts and all(text.isprintable() for text in texts):
        return ["--fix", *texts]
    return ["--fix-hex", old.hex(), new.hex()]


def _replacements(payload: bytes, revision: str) -> Iterator[tuple[bytes, bytes]]:
    """Edits that could put a payload right, as pairs of texts: a member goes, or gets another value."""
    document = read(payload)
    if document.text is None or document.value is NO_VALUE:
        return
    at = contract(revision)
    for _, node in walk(parse(document.text)):
        if not isinstance(node, Members):
            continue
        for name, value in node:
            old = f'"{name}":{written(value)}'
            member = next((shape.members[name] for shape in at.records.values() if name in shape.members), None)
            others: list[Node] = [Spelling("0"), Spelling("1"), "example", "usd", None, True, False, [], Members(())]
            if member is not None and member.const is None and member.values is not None:
                others.insert(0, member.values.known[0])
            for other in others:
                yield old.encode(), f'"{name}":{written(other)}'.encode()
            yield f",{old}".encode(), b""
            yield f"{old},".encode(), b""
