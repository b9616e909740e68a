"""`redact`: what goes, what stays, and what is proved of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from documents import blocks
from hypothesis import given
from hypothesis import strategies as st
from timing import grows_at_most

import usagecompat
from usagecompat.corpus import packaged, read_cases
from usagecompat.exceptions import CannotRedact
from usagecompat.redaction import Redactor
from usagecompat.redaction.pseudonyms import is_pseudonym, pseudonym

KEY = b"a key for tests, not a secret"
CASES = read_cases(packaged())
UNSURE = {
    "text/comment",
    "text/comment-in-front",
    "text/comment-in-front-within",
    "text/full-width-digits",
    "text/html-page",
    "text/single-quotes",
    "text/single-quotes-within",
    "text/trailing-comment",
    "text/trailing-text",
    "text/utf-16",
    "text/utf-16-again",
}
"""Cases whose texts hold something outside of strings that cannot be told from a name."""


def redacted(**members: object) -> dict[str, object]:
    """A costs result with these members, redacted."""
    text = json.dumps({"object": "organization.costs.result", **members})
    answer: dict[str, object] = json.loads(usagecompat.redact(text, key=KEY))
    return answer


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_corpus(case: usagecompat.Case) -> None:
    """Every case of the corpus is redacted with a proof, or refused since its text cannot be read."""
    if case.id in UNSURE:
        with pytest.raises(CannotRedact):
            usagecompat.redact(case.payload, key=KEY)
    else:
        answer = usagecompat.redact(case.payload, key=KEY)
        assert usagecompat.check(answer).verdict is usagecompat.check(case.payload).verdict
        assert usagecompat.redact(answer, key=b"another key") == answer


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("line_item", "gpt-4o-mini-2024-07-18, cached input"),
        ("line_item", "evals | gpt-4.1-mini-2025-04-14, input"),
        ("line_item", "assistants api | file search"),
        ("line_item", "gpt-5, cache writes - 12hr"),
        ("line_item", "chat-latest , input"),
        ("line_item", "ft-gpt-4o-mini-2024-07-18, output"),
        ("line_item", "gpt-image-1 image, output"),
        ("line_item", "Web search tool calls"),
        ("model", "gpt-4o-2024-08-06"),
        ("model", "text-embedding-ada-002-v2"),
        ("model", "o3-deep-research"),
        ("service_tier", "default"),
        ("size", "1024x1024"),
        ("source", "image.generation"),
        ("quantity_unit", "1000_tokens"),
        ("quantity", "1500000"),
        ("start_time_iso", "2026-06-15T00:00:00+00:00"),
        ("next_page", ""),
    ],
)
def test_public_stays(name: str, text: str) -> None:
    """What the vendor publishes stays as it is."""
    assert redacted(**{name: text})[name] == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("project_id", "proj_orchard"),
        ("project_id", "12345678"),
        ("organization_name", "gpt-4o"),
        ("project_name", "input tokens"),
        ("user_email", "ada@orchard.example"),
        ("model", "orchard-gpt"),
        ("model", "gpt-4o-orchard"),
        ("line_item", "Orchard Limited"),
        ("next_page", "page_AAAAAGpZ30vJnSVZAAAAAGp4ewA="),
        ("quantity_unit", "orchards"),
        ("service_tier", "orchard"),
        ("start_time_iso", "orchard"),
        ("created", "2026-06-15"),
        ("label", "orchard"),
        ("currency", "orchards"),
        ("size", "orchard"),
    ],
)
def test_private_goes(name: str, text: str) -> None:
    """A string that is not known to be public becomes a pseudonym, whatever member it is in."""
    answer = redacted(**{name: text})[name]
    assert isinstance(answer, str)
    assert is_pseudonym(answer)
    assert "rchard" not in answer


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ft:gpt-4o-2024-08-06:orchard::abc123", r"ft:gpt-4o-2024-08-06:(\S+)::(\S+)"),
        (
            "ft:gpt-4o-mini-2024-07-18:orchard:pears:abc123, input",
            r"ft:gpt-4o-mini-2024-07-18:(\S+):(\S+):(\S+), input",
        ),
        ("evals | ft:gpt-4o:orchard::x, cached input", r"evals \| ft:gpt-4o:(\S+)::(\S+), cached input"),
        ("ft:gpt-4o:orchard, pears::x, output", r"ft:gpt-4o:(\S+), (\S+), output"),
        ("Orchard Limited, input", r"(\S+), input"),
    ],
)
@pytest.mark.parametrize("name", ["model", "line_item"])
def test_private_parts_go(text: str, form: str, name: str) -> None:
    """Of a fine-tuned model or a line item the private parts go, and the others stay."""
    answer = redacted(**{name: text})[name]
    assert isinstance(answer, str)
    found = re.fullmatch(form, answer)
    assert found
    assert all(map(is_pseudonym, found.groups()))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("proj_a", r"proj_redacted_\w{20}"),
        ("proj-a", r"proj-redacted-\w{20}"),
        ("user-a", r"user-redacted-\w{20}"),
        ("org-a", r"org-redacted-\w{20}"),
        ("key_a", r"key_redacted_\w{20}"),
        ("ada@orchard.example", r"redacted-\w{20}@x\.invalid"),
        ("x" * 41, r"redacted-[a-z2-7]{20}x{12}"),
        ("y" * 400, r"redacted-[a-z2-7]{20}x{292}"),
    ],
)
def test_form_of_pseudonyms(before: str, after: str) -> None:
    """A pseudonym keeps prefix and class of length, says what it is, and depends on the key."""
    assert re.fullmatch(after, pseudonym(before, KEY))
    assert pseudonym(before, KEY) != pseudonym(before, b"another")


def test_names_of_members() -> None:
    """A name of a member goes unless it is known, made of known words, or one edit away from a known one."""
    names = {
        "shares": 0,
        "orchard_cost": 0,
        "Orchard Limited": 0,
        "input_cache_write_7d_tokens": 1,
        "projct_id": 1,
        "Model": 1,
    }
    text = json.dumps({"object": "organization.costs.result", **names, "labels": {"orchard": 1, "total": 2}})
    answer = Redactor(KEY).redact(text)
    assert b"rchard" not in answer.data
    assert [name for name in (*names, "labels", "total") if json.dumps(name).encode() in answer.data] == [
        *(name for name, stays in names.items() if stays),
        "labels",
        "total",
    ]
    assert [one.pointer.split("_")[0] for one in answer.replaced if one.is_name] == ["/redacted"] * 3 + [
        "/labels/redacted"
    ]


def test_keep() -> None:
    """What is to be kept stays with everything in it, and nothing else does."""
    text = '{"project_id":"proj_a","tags":{"team pears":["b"]},"user_id":"user-c"}'
    answer = usagecompat.redact(text, key=KEY, keep=["project_id", "tags"]).decode()
    assert answer.startswith(text[: text.index('"user-c"')])
    assert "user-c" not in answer


@pytest.mark.parametrize(
    "text",
    [
        b'{"project_id": "proj_orchard',
        b'{"project_id": "proj_orchard\\',
        b'{"project_id": "proj_orchard\\u00',
        b'{"project_id": "proj_orchard\\x"}',
        b'{"project_id": "proj_\xe9orchard"}',
        b'{"project_id": "proj_\xc3orchard',
        b'{"project_id": "proj_orchard\xe9',
        b'{"project_id": "proj_\norchard"}',
        b'{"project_id": "proj_orchard\\ud83d"}',
        b'{"project_id": "orchard", "project_id": "orch\\u0061rd"}',
        b'{"project_id": "orchard",}',
        b'{"project_id" "orchard"}',
        b'{"project_id": "orchard"} {"project_id": "orchard"}',
        b'\xef\xbb\xbf{"project_id": "orchard"}',
        b'{"project_id": "orchard", "quantity": 007}',
        b'{"project_id": "orchard", "quantity": NaN}',
        b'{"project_id": "orchard"}]',
        b'"orchard"',
        b'["orchard", "orchard"]',
        b'{"object": "orchard"}',
        b'{"object": "organization.orchard"}',
        b'{"object": "organization.usage.orchard.result"}',
        b'{"*": {"orchard": "orchard"}}',
    ],
)
def test_broken_texts(text: bytes) -> None:
    """The strings of a broken text go, its faults and all other bytes stay."""
    answer = usagecompat.redact(text, key=KEY)
    assert b"orchard" not in answer
    old, new = usagecompat.check(text), usagecompat.check(answer)
    assert [finding.code for finding in old.findings] == [finding.code for finding in new.findings]
    assert usagecompat.redact(answer, key=KEY) == answer


def test_every_other_byte_stays() -> None:
    """White space, escapes, the spelling of numbers and the order of members stay."""
    text = b'\r\n{ "quantity" : 1.50e+3 ,\t"project\\u005fid":"a", "line_item":"gpt\\u002d4o", "quantity":-0}\n\n'
    answer = usagecompat.redact(text, key=KEY)
    assert answer.replace(pseudonym("a", KEY).encode(), b"a") == text


def test_same_string_same_pseudonym() -> None:
    """A string is the same pseudonym however it is escaped and in whatever file, and others are others."""
    texts = ['{"project_id":"n\\u0061me"}', '{"user_id":"name"}', '{"user_id":"Name"}']
    first, second, third = (next(iter(json.loads(usagecompat.redact(text, key=KEY)).values())) for text in texts)
    assert first == second != third


@pytest.mark.parametrize("text", ["{'a': 'b'}", "// a\n{}", "{orchard: 1}", "<p>a</p>", "\ud800", '{"a": ४}'])
def test_unsure(text: str) -> None:
    """A text that cannot be read far enough is refused with the reason, and nothing of it is quoted."""
    with pytest.raises(usagecompat.UsageCompatError, match="cannot be redacted") as caught:
        usagecompat.redact(text, key=KEY)
    assert "orchard" not in str(caught.value)


def test_bad_calls() -> None:
    """A key that is no bytes, an empty key and a payload that is no text are refused."""
    with pytest.raises(TypeError):
        usagecompat.redact({}, key=KEY)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        usagecompat.redact("{}", key="text")  # type: ignore[arg-type]
    with pytest.raises(usagecompat.UsageCompatError, match="empty"):
        usagecompat.redact("{}", key=b"")


SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=6).map(lambda text: f"Zq{text}")


@given(usagecompat.strategies.payloads(), SECRETS)
def test_generated(payload: object, secret: str) -> None:
    """A string in a generated payload goes, and each answer has its proof."""
    text = json.dumps({"note": secret, "payload": payload if isinstance(payload, (dict, list)) else None})
    assert json.dumps(secret)[1:-1] not in usagecompat.redact(text, key=KEY).decode()


@given(
    st.recursive(st.none() | st.integers() | SECRETS, lambda inner: st.dictionaries(SECRETS, inner) | st.lists(inner))
)
def test_trees(tree: object) -> None:
    """No string of any tree is left, be it a value or a name."""
    text = json.dumps({"deep": tree}, ensure_ascii=False)
    answer = usagecompat.redact(text, key=KEY).decode()
    strings: list[str] = []

    def collect(node: object) -> None:
        if isinstance(node, dict):
            strings.extend(node)
            any(map(collect, node.values()))
        elif isinstance(node, list):
            any(map(collect, node))
        elif isinstance(node, str):
            strings.append(node)

    collect(tree)
    assert [one for one in strings if one in answer] == []


def test_docs() -> None:
    """The example of the documents runs, and prints no name."""
    docs = Path(__file__).resolve().parents[2] / "docs" / "redaction.md"
    example = next(block for block in blocks(docs, "python") if "print(" in block)
    printed: list[str] = []
    exec(compile(example, "docs/redaction.md", "exec"), {"print": printed.append})  # noqa: S102 - our own example
    assert "proj_redacted_" in printed[0]
    assert "secret" not in printed[0]


def test_many_names() -> None:
    """Proving many undeclared names takes time by their number, not by its square."""

    def with_names(count: int) -> bytes:
        return json.dumps({"object": "bucket", "start_time": 1, **{f"n{at}": 1 for at in range(count)}}).encode()

    single, double = with_names(400), with_names(800)
    assert grows_at_most(3, lambda: usagecompat.redact(single), lambda: usagecompat.redact(double))
