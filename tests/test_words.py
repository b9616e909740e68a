"""The documents, help texts and explanations keep to the words of docs/glossary.md, and to short sentences."""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import click
import pytest

import usagecompat
from usagecompat.cli import main
from usagecompat.explanations import explanations
from usagecompat.mutants import all_mutants

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
GENERATED = {"corpus.md", "faults.md", "findings.md"}
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / ".github").glob("*.md")),
    *sorted(place for place in (ROOT / "docs").glob("*.md") if place.name not in GENERATED),
    *(ROOT / folder / "README.md" for folder in ("fixtures", "schemas", "tests")),
]
NOT = {
    "mend, put right": r"mend(s|ed|ing)?|puts? right",
    "say, tell": r"(is|are|was|were) (said|told)|tells? apart|told apart",
    "seen, sighting": r"sightings?|(is|are|was|were) seen",
    "the letter of the contract": r"(the|by|to) (the )?letter of",
    "in front of": r"in front of",
    "whoever, whatever comes": r"whoever|whatever",
    "comes to": r"(it|which|that|they|verdicts?|files?|lines?|blocks?) comes? to",
}
"""What the glossary has under "not", each as far as a machine can tell it from another meaning."""
FORBIDDEN = re.compile(r"\b(?:" + "|".join(NOT.values()) + r")\b", re.IGNORECASE)
MOST_WORDS = 26
MOST_WORDS_ON_AVERAGE = 14


def prose(document: Path) -> Iterator[str]:
    """The lines of a document without code, without addresses, and without the table of words to avoid."""
    text = document.read_text("utf-8").partition("\n## Plain words\n")[0]
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^    .*$", "", text, flags=re.MULTILINE)
    for line in text.splitlines():
        yield re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "CODE", line))


def sentences(document: Path) -> Iterator[str]:
    """The sentences of a document outside of tables and headings."""
    for line in prose(document):
        if line.strip() and not line.startswith(("|", "#")):
            yield from re.split(r"(?<=[.!?:;])\s+", line.strip("* "))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda place: place.relative_to(ROOT).as_posix())
def test_words_of_documents(document: Path) -> None:
    """No document has a word that the glossary replaces."""
    assert [line for line in prose(document) if FORBIDDEN.search(line)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda place: place.relative_to(ROOT).as_posix())
def test_sentences_are_short(document: Path) -> None:
    """No sentence of a document is long, and most are short."""
    found = [sentence for sentence in sentences(document) if sentence]
    assert [sentence for sentence in found if len(sentence.split()) > MOST_WORDS] == []
    assert mean(len(sentence.split()) for sentence in found) <= MOST_WORDS_ON_AVERAGE


def helps(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """Every help text of a command and of those below it, with where it is."""
    yield path, command.help or ""
    yield path, command.epilog or ""
    for option in command.params:
        if isinstance(option, click.Option):
            yield f"{path} {option.opts[0]}", option.help or ""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found
            yield from helps(found, f"{path} {name}")


def test_words_of_help() -> None:
    """No help text has a word that the glossary replaces."""
    assert [where for where, text in helps(main, "usagecompat") if FORBIDDEN.search(text)] == []


def test_words_of_explanations() -> None:
    """No explanation of a finding has a word that the glossary replaces."""
    texts = {code: told.text() for code, told in explanations().items()}
    assert [code for code, text in texts.items() if FORBIDDEN.search(text)] == []


def descriptions(schema: object) -> Iterator[str]:
    """Every description in a schema."""
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "description" and isinstance(value, str):
                yield re.sub(r"`[^`]*`", "CODE", value)
            else:
                yield from descriptions(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from descriptions(value)


def test_words_of_schemas() -> None:
    """No schema that can still be changed describes anything by a word that the glossary replaces."""
    folder = ROOT / "schemas"
    released = {*json.loads((folder / "LOCK.json").read_text("utf-8")), "LOCK.json", "latest.json"}
    mine = [place for place in folder.glob("*.json") if place.name not in released and not place.stem.endswith("-1")]
    assert len(mine) > 10
    found = [(place.name, text) for place in mine for text in descriptions(json.loads(place.read_text("utf-8")))]
    assert [where for where in found if FORBIDDEN.search(where[1])] == []


def test_words_of_faults() -> None:
    """No sentence about a faulty client has a word that the glossary replaces."""
    sentences_of_faults = [re.sub(r"`[^`]*`", "CODE", mutant.fault) for mutant in all_mutants()]
    assert [sentence for sentence in sentences_of_faults if FORBIDDEN.search(sentence)] == []


def test_the_glossary_has_these_words() -> None:
    """Each word that is looked for stands in the glossary, so that the two cannot part."""
    table = (ROOT / "docs" / "glossary.md").read_text("utf-8").partition("\n## Plain words\n")[2]
    for words in NOT:
        for word in words.split(", "):
            assert word in table


def test_words_of_findings() -> None:
    """No finding in a payload of the corpus has a word that the glossary replaces, in its message or its hint."""
    wrong: set[str] = set()
    for case in usagecompat.cases():
        for finding in usagecompat.check(case.payload).findings:
            text = re.sub(r'`[^`]*`|"[^"]*"', "…", f"{finding.message} {finding.hint}")
            wrong |= {text} if FORBIDDEN.search(text) else set()
    assert wrong == set()
