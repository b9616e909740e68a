"""Payloads that are drawn: the same for a seed, mostly valid, and at the limits at which programs fail."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from usagecompat import check
from usagecompat.contract import LATEST, REVISIONS, contract
from usagecompat.findings import Shape
from usagecompat.fuzz import values
from usagecompat.fuzz.drawing import draw
from usagecompat.fuzz.keeping import name_of, slug
from usagecompat.fuzz.kinds import Kind, place_of, words_of
from usagecompat.fuzz.mutating import Mutator


@pytest.mark.parametrize("revision", REVISIONS)
def test_mostly_valid(revision: str) -> None:
    """Most payloads are valid, so that a refusal is a failure; a few are not, so that crashes show."""
    mutator, rng = Mutator(revision), Random(1)  # noqa: S311 - payloads, not keys
    verdicts = Counter(check(mutator.make(rng), revision=revision).verdict for _ in range(150))  # type: ignore[arg-type]
    assert verdicts["valid"] > 60
    assert verdicts["invalid"] > 0


def test_same_seed() -> None:
    """The same seed gives the same payloads, of Hypothesis and of mutation."""
    made = [[Mutator(LATEST).make(Random(seed)) for seed in range(20)] for _ in range(2)]  # noqa: S311 - payloads, not keys
    assert made[0] == made[1]
    drawn: list[list[tuple[bytes, int]]] = [[], []]
    for one in drawn:

        def take(payload: bytes, seed: int, one: list[tuple[bytes, int]] = one) -> bool:
            one.append((payload, seed))
            return len(one) < 12

        draw(LATEST, 7, take)
    assert drawn[0] == drawn[1]


def test_limits() -> None:
    """Numbers and texts stand at the limits of common types, and names at those of common libraries."""
    rng = Random(3)  # noqa: S311 - payloads, not keys
    numbers = {values.natural(rng) for _ in range(4_000)}
    assert numbers >= {2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 10**15, 0}
    digits = {len(values.decimal(rng).lexeme.lstrip("-0.").replace(".", "")) for _ in range(4_000)}
    assert digits >= {*range(1, 35)}
    lengths = {len(values.text(rng)) for _ in range(4_000)}
    assert lengths >= {0, 1, 255, 256, 257, 1023, 1024}
    names = {values.name(rng) for _ in range(2_000)}
    assert names >= {"a.b", "__proto__", "", "$ref"}


@pytest.mark.parametrize(
    ("pointer", "shape", "place"),
    [
        ("/input_tokens", Shape.RESULT, "/data/*/results/*/input_tokens"),
        ("/input_tokens", Shape.FLAT, "/data/*/results/*/input_tokens"),
        ("/results/7/input_tokens", Shape.BUCKET, "/data/*/results/*/input_tokens"),
        ("/data/31/results/7/amount/value", Shape.PAGE, "/data/*/results/*/amount/value"),
        ("/data/31", Shape.PAGE, "/data/*"),
        ("/amount/x", Shape.RESULT, "/data/*/results/*/amount/*"),
        ("/a.b", Shape.PAGE, "/*"),
        ("/a.b/0/c/d/e", Shape.PAGE, "/*/*"),
        ("", Shape.PAGE, ""),
        ("", None, ""),
    ],
)
def test_places(pointer: str, shape: Shape | None, place: str) -> None:
    """The same member is one place, whatever was sent; what nobody declares has no name."""
    assert place_of(pointer, shape, contract(LATEST)) == place


def test_words() -> None:
    """What varies from payload to payload is no word: numbers, quotations, what stands in parentheses."""
    one = words_of("line 7\nValueError: no 'abc' at column 12 (char 11)")
    assert one == words_of("line 9\nValueError: no 'x y z' at column 3 (char 2)")
    assert one == "ValueError no at column"
    assert words_of("") == ""


def test_names_of_kinds() -> None:
    """Every kind has a name that the linter takes, and no other kind has it."""
    kinds = [Kind("client/value-changed", "/data/*/results/*/input_tokens"), Kind("client/crashed", "", "the end")]
    kinds += [Kind("client/crashed", "", "another end"), Kind("client/member-lost", f"/{'*/' * 90}")]
    names = [name_of(kind) for kind in kinds]
    assert len({*names}) == len(kinds)
    assert all(name == slug(name) and len(name) < 80 for name in names)
