"""Each difference between two values, its code and its cap."""

from __future__ import annotations

import pytest
from fidelity_texts import CAPS, COSTS, ROWS, found, seen

from usagecompat import Level, compare

CARRIERS = {
    "declared": (f'{{"object":"{COSTS}","a":0%s}}', "line_item", False),
    "undeclared": (f'{{"object":"{COSTS}","a":0%s}}', "line_item_x", True),
    "unknown kind": ('{"object":"organization.usage.videos.result","a":0%s}', "line_item", True),
    "no kind": ('{"a":0%s}', "line_item", True),
    "under an undeclared member": (f'{{"object":"{COSTS}","a":{{"b":0%s}}}}', "line_item", True),
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("row", ROWS)
def test_table(row: str, carrier: str) -> None:
    """Each change of a value is named for what it is, where it is, and weighs as the table says for where it is."""
    sent, returned, expected = ROWS[row]
    template, name, is_open = CARRIERS[carrier]
    fidelity = compare(template % f',"{name}":{sent}', template % f',"{name}":{returned}')
    base = "/a/" if "under" in carrier else "/"
    assert found(fidelity) == [(code.removesuffix(" in binary64"), f"{base}{name}{rest}") for code, rest in expected]
    caps = [CAPS[code][is_open] for code, _ in expected]
    assert [one.cap.name for one in fidelity.differences] == caps
    assert fidelity.level == min(Level[cap] for cap in caps)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    ("sent", "returned", "code"),
    [
        (',"@":5', "", "member-lost"),
        (',"@":null', "", "null-became-absent"),
        ("", ',"@":null', "absent-became-null"),
        ("", ',"@":0', "member-invented"),
        ("", ',"@":""', "member-invented"),
        ("", ',"@":{"b":null}', "member-invented"),
        (',"@":{}', "", "member-lost"),
        (',"@":""', "", "member-lost"),
    ],
)
def test_presence(sent: str, returned: str, code: str, carrier: str) -> None:
    """A member that is there on one side only is lost or invented, and a null is told from a value."""
    template, name, is_open = CARRIERS[carrier]
    fidelity = compare(template % sent.replace("@", name), template % returned.replace("@", name))
    pointer = f"/a/{name}" if "under" in carrier else f"/{name}"
    assert found(fidelity) == [(code, pointer)]
    assert fidelity.level.name == CAPS[code][is_open]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    "value",
    ["5", "5.0", "-0", "1e400", '"\\u0061"', "null", '{"b":1,"b":2}', "[3,1,1]", '{"\\ud800":1}', "1e10001", "{}"],
)
def test_near_misses(value: str, carrier: str) -> None:
    """What comes back as it was is no difference, however odd it is, and white space beside it is the only one."""
    template, name, _ = CARRIERS[carrier]
    text = template % f',"{name}":{value}'
    assert seen(text, text) == ("BYTES", [])
    assert seen(text, f"{text}\n") == ("LEXICAL", [("whitespace-changed", "")])
