"""Relations that hold for every pair of texts."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from fidelity_texts import escaped, found, texts, validator
from hypothesis import example, given

import usagecompat
from usagecompat import Level, compare, strategies
from usagecompat.contract.revisions import REVISIONS
from usagecompat.jsontext.reader import read
from usagecompat.jsontext.values import Number
from usagecompat.jsontext.writer import write


@given(st.binary())
@example(b"")
@example(b"\xff")
def test_the_same_bytes(data: bytes) -> None:
    """Whatever it is, it is the same as itself."""
    assert compare(data, data) == usagecompat.Fidelity(level=Level.BYTES)


@given(st.binary() | texts.map(str.encode), st.binary() | texts.map(str.encode))
def test_never_raises(sent: bytes, returned: bytes) -> None:
    """Any two byte strings compare; no difference is the same as the same bytes, and the caps make up the level."""
    fidelity = compare(sent, returned)
    assert (fidelity.level is Level.BYTES) == (sent == returned) == (not fidelity.differences)
    assert fidelity.level == min((one.cap for one in fidelity.differences), default=Level.BYTES)
    validator().validate(fidelity.to_dict())


@given(texts)
def test_reading_and_writing(text: str) -> None:
    """What the exact reader and writer do to a text is not more than white space and escapes."""
    tree = read(text).value
    assert tree is not None
    assert compare(text, write(tree)).level >= Level.LEXICAL  # type: ignore[arg-type]


@given(texts, texts)
def test_losses_mirror_inventions(one: str, other: str) -> None:
    """What is lost one way is invented the other way, and what is neither is the same both ways."""
    mirror = {
        "member-lost": "member-invented",
        "null-became-absent": "absent-became-null",
        "item-lost": "item-invented",
    }
    mirror |= {there: here for here, there in mirror.items()}
    free = {"kind-lost", "precision-lost", "value-changed", "items-reordered", "order-changed", "whitespace-changed"}
    there, back = found(compare(one, other)), found(compare(other, one))
    if "kind-lost" not in dict(there) and "kind-lost" not in dict(back):
        told = sorted(mirror.get(code, code) for code, _ in there if code not in free)
        assert told == sorted(code for code, _ in back if code not in free)


Spot = tuple[Any, Any, str]


def spots(tree: Any, pointer: str = "") -> list[Spot]:  # noqa: ANN401 - any JSON
    """Every place in a tree: the container, the name or index, the pointer."""
    found: list[Spot] = []
    if isinstance(tree, (dict, list)):
        for part, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
            here = f"{pointer}/{str(part).replace('~', '~0').replace('/', '~1')}"
            found += [(tree, part, here), *spots(value, here)]
    return found


@given(strategies.payloads(), st.data())
def test_one_thing_dropped(payload: bytes, data: st.DataObject) -> None:
    """Dropping one member or one item anywhere is exactly one difference, and it stands there."""
    sent = write(read(payload).value)  # type: ignore[arg-type]
    tree: Any = read(sent).value
    container, part, pointer = data.draw(st.sampled_from(spots(tree)))
    was = container.pop(part)
    (difference,) = compare(sent, write(tree)).differences
    if isinstance(container, list):
        assert difference.code == "client/item-lost"
        left = [write(item) for item in container[part:]]
        assert difference.pointer == escaped(pointer) or write(was) in left
        return
    assert difference.pointer == escaped(pointer)
    expected = "client/member-lost" if was is not None else "client/null-became-absent"
    assert difference.code in (expected, "client/kind-lost")


@given(strategies.payloads(), st.data())
def test_one_number_changed(payload: bytes, data: st.DataObject) -> None:
    """Changing one number anywhere is exactly one difference, and it stands there."""
    sent = write(read(payload).value)  # type: ignore[arg-type]
    tree: Any = read(sent).value
    numbers = [spot for spot in spots(tree) if isinstance(spot[0][spot[1]], Number)]
    if not numbers:
        return
    container, part, pointer = data.draw(st.sampled_from(numbers))
    container[part] = Number("1" + container[part].lexeme.lstrip("-"))
    (difference,) = compare(sent, write(tree)).differences
    assert difference.pointer == escaped(pointer)
    assert difference.code in ("client/value-changed", "client/precision-lost", "client/number-respelled")


@given(strategies.payloads(), st.randoms(use_true_random=False))
def test_members_shuffled(payload: bytes, random: Any) -> None:  # noqa: ANN401 - Hypothesis' own
    """Members in another order are no more than that, once for each object."""
    tree: Any = read(payload).value
    sent = write(tree)

    def shuffled(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, list):
            return [shuffled(item) for item in node]
        if not isinstance(node, dict):
            return node
        names = list(node)
        random.shuffle(names)
        return {name: shuffled(node[name]) for name in names}

    fidelity = compare(sent, write(shuffled(tree)))
    assert {one.code for one in fidelity.differences} <= {"client/order-changed"}
    pointers = [one.pointer for one in fidelity.differences]
    assert len(pointers) == len(set(pointers))


@pytest.mark.parametrize("revision", REVISIONS)
@given(data=st.data())
def test_the_kits_own_codec(revision: str, data: st.DataObject) -> None:
    """`loads` and `dumps` stand at `LEXICAL` or better on every payload that is not invalid."""
    payload = data.draw(strategies.payloads(revision=revision, profile="served"))
    record = usagecompat.loads(payload, revision=revision)
    assert compare(payload, usagecompat.dumps(record), revision=revision).level >= Level.LEXICAL


@pytest.mark.parametrize("case", usagecompat.cases(), ids=lambda case: case.id)
def test_the_kits_own_codec_on_the_corpus(case: usagecompat.Case) -> None:
    """The kit's own codec stands at `LEXICAL` or better on every case that is not invalid."""
    if case.verdict is usagecompat.Verdict.INVALID:
        assert compare(case.payload, case.payload).level is Level.BYTES
        return
    record = usagecompat.loads(case.payload, revision=case.revision, shape=case.shape)
    fidelity = compare(case.payload, usagecompat.dumps(record), revision=case.revision, shape=case.shape)
    assert fidelity.level >= Level.LEXICAL, fidelity.differences
