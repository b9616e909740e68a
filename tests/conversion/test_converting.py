"""Conversion: what comes out is right at the other revision, the way back is the same text, and every loss is told."""

from __future__ import annotations

import json
import re
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from made_up_revisions import made_up

from usagecompat import (
    REVISIONS,
    UsageCompatError,
    Verdict,
    check,
    compare,
    convert,
    dumps,
    flatten,
    loads,
    narrow,
    strategies,
)
from usagecompat.cli.commands import main
from usagecompat.conversion.splicing import Edits, spots
from usagecompat.exceptions import CannotConvert

if TYPE_CHECKING:
    from pathlib import Path

    from usagecompat.findings import Finding

relaxed = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
PAIRS = list(permutations(REVISIONS, 2))
NUMBER = re.compile(r"-?[0-9][-+.eE0-9]*")
MISSING = ("client/member-lost", "client/item-lost", "client/null-became-absent", "client/type-changed")
COUNTS = (
    "input_tokens",
    "input_uncached_tokens",
    "input_cached_tokens",
    "input_cache_write_tokens",
    "input_cache_write_12h_tokens",
    "input_cache_write_30m_tokens",
)


def converted(payload: bytes, *path: str, strict: bool = False) -> tuple[bytes, list[Finding]]:
    """A payload after conversions from each revision to the next, with all that was lost; skipped where one is refused."""
    losses: list[Finding] = []
    for source, target in pairwise(path):
        try:
            found = convert(payload, target, from_=source, strict=strict)
        except CannotConvert:
            assume(False)  # noqa: FBT003 - Hypothesis wants it so
            raise
        payload, losses = found.payload, [*losses, *found.losses]
    return payload, losses


def spaced(payload: bytes, data: st.DataObject) -> bytes:
    """The payload with white space as somebody else would write it."""
    indent = data.draw(st.sampled_from([None, 1]))
    if indent is None:
        return payload
    return re.sub(rb'("(?:\\.|[^"\\])*")|[{\[,:]', lambda token: token[0] + b"\n " * (token[1] is None), payload)


@relaxed
@given(pair=st.sampled_from(PAIRS), data=st.data(), strict=st.booleans())
def test_what_comes_out_is_right(pair: tuple[str, str], data: st.DataObject, strict: bool) -> None:  # noqa: FBT001 - drawn
    """What comes out is not invalid at the other revision, and every number in it was there."""
    source, target = pair
    payload = spaced(dumps(data.draw(strategies.pages(revision=source))), data)
    out, losses = converted(payload, source, target, strict=strict)
    assert check(out, revision=target).verdict is not Verdict.INVALID
    assert all(loss.code.startswith("convert/") for loss in losses)
    if not any(loss.code == "convert/sum-recomputed" for loss in losses) and b"cache_write" not in payload:
        rest = NUMBER.findall(payload.decode())
        for number in NUMBER.findall(out.decode()):
            rest.remove(number)


@relaxed
@given(pair=st.sampled_from(PAIRS), data=st.data())
def test_there_and_back(pair: tuple[str, str], data: st.DataObject) -> None:
    """There and back again is the same text where nothing was told lost."""
    source, target = pair
    payload = spaced(dumps(data.draw(strategies.pages(revision=source))), data)
    there, losses = converted(payload, source, target)
    if losses:
        return
    back, more = converted(there, target, source)
    if not more:
        assert back == payload


@relaxed
@given(revision=st.one_of(st.sampled_from(REVISIONS), made_up()), data=st.data())
def test_identity(revision: str, data: st.DataObject) -> None:
    """A payload of the revision that it is to be of stays the same bytes."""
    payload = spaced(dumps(data.draw(strategies.pages(revision=revision))), data)
    found = convert(payload, revision, from_=revision)
    assert (found.payload, found.losses) == (payload, ())


@relaxed
@given(pair=st.sampled_from(PAIRS), data=st.data(), strict=st.booleans())
def test_losses_are_what_is_missing(pair: tuple[str, str], data: st.DataObject, strict: bool) -> None:  # noqa: FBT001 - drawn
    """What is told lost is what a comparison finds missing, but for names that changed and counts that mean something else."""
    source, target = pair
    payload = dumps(data.draw(strategies.pages(revision=source)))
    out, losses = converted(payload, source, target, strict=strict)
    same_names = out
    for former, newer in (("result", "results"), ("sessions", "num_sessions")):
        for one, other in ((former, newer), (newer, former)):
            here, there = (text.count(f'"{one}":'.encode()) for text in (payload, out))
            assume(there in (0, here))  # else some of its name is not that of the member
            if there < here:
                same_names = same_names.replace(f'"{other}":'.encode(), f'"{one}":'.encode())
    found = compare(payload, same_names, revision=max(pair))
    missing = {one.pointer for one in found.differences if one.code in MISSING}
    told = {one.pointer for one in losses if one.code not in ("convert/name-lost", "convert/sum-recomputed")}
    if not found.truncated and not any(one.code == "client/items-reordered" for one in found.differences):
        assert told == missing


@relaxed
@given(older=made_up(), newer=st.one_of(made_up(), st.sampled_from(REVISIONS)), data=st.data())
def test_drafts(older: str, newer: str, data: st.DataObject) -> None:
    """Drafts are converted as published revisions are: what comes out is right, or it is refused."""
    payload = dumps(data.draw(strategies.pages(revision=older)))
    out, _ = converted(payload, older, newer)
    assert check(out, revision=newer).verdict is not Verdict.INVALID


def completions(**counts: int) -> bytes:
    """A completions record with these counts."""
    said = {"object": "organization.usage.completions.result", "output_tokens": 0, "num_model_requests": 0, **counts}
    return json.dumps({"input_tokens": 0, **said}).encode()


A, B, C = "2026-08-21", "2026-10-06", "2026-10-21"
WRITE, LONG, SHORT = "input_cache_write_tokens", "input_cache_write_12h_tokens", "input_cache_write_30m_tokens"


def write_of(payload: bytes) -> Any:  # noqa: ANN401 - of a payload
    """The cache writes of a record."""
    return json.loads(payload)[WRITE]


def parts(total: int, writes: int, **more: int) -> bytes:
    """A record with all that a sum needs: nothing uncached or cached."""
    return completions(
        **{"input_tokens": total, "input_uncached_tokens": 0, "input_cached_tokens": 0, WRITE: writes}, **more
    )


@pytest.mark.parametrize(
    ("payload", "source", "target", "expected"),
    [
        (parts(10, 10, **{LONG: 4}), A, B, 6),
        (parts(10, 6, **{LONG: 4}), B, A, 10),
        (parts(10, 10, **{LONG: 4, SHORT: 6}), C, B, 6),
        (parts(10, 6, **{LONG: 4, SHORT: 6}), B, C, 10),
        (parts(10, 10, **{LONG: 4, SHORT: 6}), C, A, 10),
        (parts(10, 10), A, B, 10),
        (parts(10, 10), B, A, 10),
        (parts(10, 10), A, C, 10),
        (parts(10, 6, **{LONG: 4}), B, C, 6),
        (parts(10, 6, **{LONG: 4}), C, B, 6),
        (parts(10, 6, **{LONG: 4}), C, A, 10),
        (parts(10, 10, **{LONG: 4}), C, B, 6),
        (parts(10, 10, **{LONG: 4}), C, A, 10),
        (parts(2**70, 2**70, **{LONG: 1}), A, B, 2**70 - 1),
        (completions(**{WRITE: 10, LONG: 4}), B, A, 14),
        (completions(**{WRITE: 10, LONG: 0}), A, B, 10),
        (completions(**{WRITE: 0}), A, B, 0),
        (completions(**{WRITE: 10}), A, C, 10),
        (completions(**{WRITE: 10}), C, B, 10),
        (completions(**{WRITE: 10, SHORT: 10}), C, B, 10),
    ],
)
def test_meanings(payload: bytes, source: str, target: str, expected: int) -> None:
    """A count whose meaning changed is recomputed exactly."""
    found = convert(payload, target, from_=source)
    assert write_of(found.payload) == expected
    before, after = (check(text, revision=at).findings for text, at in ((payload, source), (found.payload, target)))
    assert not [one for one in (*before, *after) if one.code == "rule/input-split-mismatch"]


@pytest.mark.parametrize(
    ("payload", "source", "target"),
    [
        (completions(**{WRITE: 10}), A, B),
        (completions(**{WRITE: 10}), B, A),
        (completions(**{WRITE: 3, LONG: 4}), A, B),
        (completions(**{WRITE: 10, LONG: 4}), B, C),
        (completions(**{WRITE: 10, LONG: 4}), C, A),
        (parts(99, 10, **{LONG: 4}), C, B),
    ],
)
def test_meanings_that_nobody_can_tell(payload: bytes, source: str, target: str) -> None:
    """A count that would have to be guessed is refused with the reason."""
    with pytest.raises(CannotConvert, match="the result of that is not known") as refused:
        convert(payload, target, from_=source)
    assert refused.value.pointer == f"/{WRITE}"


@relaxed
@given(
    counts=st.dictionaries(st.sampled_from(COUNTS), st.integers(0, 6), min_size=3),
    revisions=st.permutations((A, B, C)),
)
def test_meanings_there_and_back(counts: dict[str, int], revisions: list[str]) -> None:
    """Records with any counts come back the same, or something was told or refused; no sum that was right goes wrong."""
    source, target, _ = revisions
    payload = completions(**counts)
    there, losses = converted(payload, source, target)
    right = [
        all(one.code != "rule/input-split-mismatch" for one in check(text, revision=at).findings)
        for text, at in ((payload, source), (there, target))
    ]
    assert right[1] or not right[0]
    if not losses:
        back = convert(there, source, from_=target)
        assert back.payload == payload or back.losses


def bucket(text: str, name: str = "results") -> bytes:
    """A bucket with one result."""
    return f'{{"object": "bucket",\n "start_time": 1, "end_time": 2, "{name}": [{text}]}}'.encode()


COST = '{"object":"organization.costs.result","amount":{"value":%s,"currency":"usd"}}'


@pytest.mark.parametrize(
    ("payload", "source", "target", "out", "codes"),
    [
        (bucket("", "result"), "2024-12-16", "2026-05-13", bucket(""), []),
        (bucket(""), "2026-05-13", "2024-12-16", bucket("", "result"), []),
        (bucket(""), "2024-12-16", "2026-05-13", bucket(""), ["convert/name-lost"]),
        (
            b'{"object":"organization.usage.code_interpreter_sessions.result","sessions":5.0}',
            "2024-12-16",
            "2026-05-13",
            b'{"object":"organization.usage.code_interpreter_sessions.result","num_sessions":5.0}',
            [],
        ),
        (
            bucket(COST % '"0.2911922500000000000000000000"'),
            C,
            "2025-01-17",
            bucket(COST % "0.2911922500000000000000000000", "result"),
            ["convert/text-became-number"],
        ),
        (
            bucket('{"object":"organization.usage.web_searches.result","num_model_requests":1,"num_requests":1}'),
            C,
            "2026-05-13",
            bucket('{"object":"organization.usage.web_searches.result","num_model_requests":1,"num_requests":1}'),
            [],
        ),
    ],
)
def test_single_changes(payload: bytes, source: str, target: str, out: bytes, codes: list[str]) -> None:
    """Names, strings and kinds become what the other revision has; the rest of the text stays as it is."""
    found = convert(payload, target, from_=source)
    assert found.payload == out
    assert [loss.code for loss in found.losses] == codes


def test_strict() -> None:
    """Members and kinds that the revision does not know are left out if asked for, each told with its place."""
    payload = bucket(
        '{"object":"organization.usage.completions.result","service_tier":"a", "input_tokens":1,'
        ' "output_tokens":1,"num_model_requests":1 , "more" : [1, {"a": 2}]},'
        ' {"object":"organization.usage.web_searches.result","num_model_requests":1,"num_requests":1}'
    )
    found = convert(payload, "2025-02-10", from_=C, strict=True)
    assert found.payload == bucket(
        '{"object":"organization.usage.completions.result", "input_tokens":1, "output_tokens":1,"num_model_requests":1}',
        "result",
    )
    assert [(loss.code, loss.pointer) for loss in found.losses] == [
        ("convert/member-dropped", "/results/0/service_tier"),
        ("convert/member-dropped", "/results/0/more"),
        ("convert/result-dropped", "/results/1"),
    ]


@pytest.mark.parametrize(
    ("payload", "source", "target", "reason"),
    [
        (b"[", C, A, "it is invalid"),
        (b'{"object":"page"}', C, A, "it is invalid"),
        (
            b'{"object":"organization.usage.code_interpreter_sessions.result"}',
            "2025-02-10",
            C,
            "nothing is made up",
        ),
        (
            b'{"object":"organization.usage.embeddings.result","input_tokens":1,"num_model_requests":1,"model":5}',
            None,
            A,
            "it is invalid",
        ),
        (
            (
                b'{"object":"organization.usage.completions.result","input_tokens":1,"output_tokens":1,'
                b'"num_model_requests":1,"service_tier":5}'
            ),
            "2024-12-16",
            C,
            "expected a string",
        ),
        (bucket("").replace(b"}", b', "result": []}'), C, "2024-12-16", "there is one already"),
    ],
)
def test_refusals(payload: bytes, source: str | None, target: str, reason: str) -> None:
    """What cannot be said at the other revision is refused with the reason."""
    with pytest.raises(CannotConvert, match=reason):
        convert(payload, target, from_=source)
    with pytest.raises(UsageCompatError):
        convert(payload, "2026-01-01")


@given(
    value=st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=3)),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=2), inner, max_size=4)),
    ),
    indent=st.sampled_from([None, 1]),
    data=st.data(),
)
def test_splicing(value: Any, indent: int | None, data: st.DataObject) -> None:  # noqa: ANN401 - any JSON
    """Taking parts out of a text leaves JSON without just these parts."""
    text = json.dumps(value, indent=indent)
    root, edits = spots(text), Edits(text)
    expected = json.loads(text)
    holder = root.members if root.members is not None else root.items
    for index in reversed(range(len(holder or ()))):
        if data.draw(st.booleans()):
            edits.remove(root, index)
            if root.members is not None:
                del expected[root.members[index].name]
            else:
                del expected[index]
    assert json.loads(edits.result()) == expected
    assert text[root.start : root.end] == text


@relaxed
@given(pair=st.tuples(st.sampled_from(REVISIONS), st.sampled_from(REVISIONS)), data=st.data())
def test_flat_records(pair: tuple[str, str], data: st.DataObject) -> None:
    """The flat record of a revision has that revision's members only, and leads back to the result as it has it."""
    source, target = pair
    result = data.draw(strategies.results(revision=source))
    try:
        flat = flatten(result, revision=target)
    except CannotConvert:
        assume(False)  # noqa: FBT003 - Hypothesis wants it so
        raise
    text, _ = converted(dumps(result), source, target)
    assert dumps(flat) == text
    assert narrow(flat, revision=target).result == loads(text, revision=target)


def test_the_flat_record_of_the_perl_class() -> None:
    """At 2024-12-16 a record has `sessions`, and a count that its kind must have is asked for when narrowing."""
    result: Any = loads(b'{"object":"organization.usage.code_interpreter_sessions.result","num_sessions":5}')
    flat = flatten(result, revision="2024-12-16")
    assert dumps(flat) == b'{"object":"organization.usage.code_interpreter_sessions.result","sessions":5}'
    lacking = narrow(type(flat)(object="organization.usage.code_interpreter_sessions.result"), revision="2024-12-16")
    assert [finding.code for finding in lacking.findings] == ["schema/missing-member"]


def test_command(tmp_path: Path) -> None:
    """JSON stays JSON, NDJSON stays NDJSON, losses and refusals are told, and one refusal does not stop the rest."""
    run = CliRunner().invoke
    page, lines, out = tmp_path / "page.json", tmp_path / "lines.ndjson", tmp_path / "out.json"
    page.write_bytes(bucket(COST % '"1.50"') + b"\n")
    lines.write_bytes(bucket("").replace(b"\n", b"") + b"\n[]\n" + bucket("").replace(b"\n", b"") + b"\n")
    done = run(main, ["convert", str(page), "--to", "2024-12-16", "--out", str(out)])
    assert done.exit_code == 0
    assert out.read_bytes() == bucket(COST % "1.50", "result") + b"\n"
    assert "convert/text-became-number /results/0/amount/value" in done.stderr
    many = run(main, ["convert", str(lines), "--from", "2026-05-13", "--to", "2024-12-16"])
    assert many.exit_code == 1
    assert many.stdout_bytes == (bucket("", "result").replace(b"\n", b"") + b"\n") * 2
    assert "lines.ndjson:2: the payload cannot be converted" in many.stderr
    flat = run(main, ["convert", str(page), "--to", "flat"])
    assert flat.stdout == COST % "1.50" + "\n"
    for wrong in ([], ["--to", "soon"], ["--to", "2024-12-16", "--out", str(tmp_path / "a" / "b")]):
        refused = run(main, ["convert", str(page), *wrong])
        assert refused.exit_code == 2
        assert "Traceback" not in refused.output
