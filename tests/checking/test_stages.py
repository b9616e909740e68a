"""`check`: what it takes, what its report says, and how misuse is told."""

from __future__ import annotations

import functools
import gc
import gzip
import json
import pickle
import re
import threading
from collections import OrderedDict
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from usagecompat import LATEST, REVISIONS, Incompatible, Profile, Severity, Shape, Verdict, check
from usagecompat.exceptions import NoSuchName, NoSuchRevision, UsageCompatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from usagecompat import Finding

STORES = "organization.usage.vector_stores.result"
VALID = b'{"object":"organization.usage.vector_stores.result","usage_bytes":1}'
STRING_COST = b'{"object":"organization.costs.result","amount":{"value":"12.50","currency":"usd"}}'
WRONG = b'{"object":"organization.usage.vector_stores.result","usage_bytes":"1"}'


def page(count: int, result: str, **members: object) -> str:
    """A last page with one bucket of `count` results."""
    results = ",".join([result] * count)
    rest = "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in members.items())
    bucket = f'{{"object":"bucket","start_time":1,"end_time":2,"results":[{results}]}}'
    return f'{{"object":"page","data":[{bucket}],"has_more":false,"next_page":null{rest}}}'


def codes(payload: Any, **options: Any) -> list[str]:  # noqa: ANN401 - any payload, any option
    """The codes that a check finds."""
    return [finding.code for finding in check(payload, **options).findings]


# -- verdicts


@pytest.mark.parametrize(
    ("payload", "served", "published"),
    [
        (VALID, "valid", "valid"),
        (STRING_COST, "acceptable", "invalid"),
        (WRONG, "invalid", "invalid"),
        (b"", "invalid", "invalid"),
    ],
)
def test_verdicts(payload: bytes, served: str, published: str) -> None:
    """What the API serves against the letter is acceptable as served, and invalid to the letter."""
    assert check(payload).verdict == served
    assert check(payload, profile="published").verdict == published
    assert check(payload).ok is (served != "invalid")


def test_notes_leave_a_payload_valid() -> None:
    """A payload with nothing above a note is valid."""
    report = check(VALID[:-1] + b',"extra":1}')
    assert [finding.severity for finding in report.findings] == [Severity.NOTE]
    assert report.verdict is Verdict.VALID


def test_defaults() -> None:
    """A payload is judged as served, at the newest revision, as the shape it says it is."""
    report = check(VALID)
    assert (report.revision, report.profile, report.shape) == (LATEST, Profile.SERVED, Shape.RESULT)
    assert report.truncated == 0


def test_assert_ok() -> None:
    """`assert_ok` passes what is not invalid, and raises the report of what is."""
    check(STRING_COST).assert_ok()
    report = check(WRONG)
    with pytest.raises(Incompatible) as raised:
        report.assert_ok()
    assert raised.value.report is report
    assert "schema/wrong-type" in str(raised.value)
    assert "/usage_bytes" in str(raised.value)


UNDECLARED = b'{"object":"organization.costs.result","x":1}'


@pytest.mark.parametrize(
    ("payload", "failing"),
    [
        (b'{"object":"organization.costs.result"}', set[str]()),
        (UNDECLARED, {"note"}),
        (STRING_COST, {"note", "warning"}),
        (WRONG, {"note", "warning", "error"}),
    ],
)
def test_assert_ok_from_a_severity_on(payload: bytes, failing: set[str]) -> None:
    """`fail_on` says from which severity on a finding fails, in `fails` and `assert_ok` alike."""
    for fail_on in ("error", "warning", "note"):
        report = check(payload)
        assert report.fails(fail_on) is (fail_on in failing)
        if fail_on in failing:
            with pytest.raises(Incompatible):
                report.assert_ok(fail_on=fail_on)
        else:
            report.assert_ok(fail_on=fail_on)


def test_assert_ok_knows_its_severities() -> None:
    """A severity that does not exist is an error that names those that do."""
    with pytest.raises(NoSuchName, match=r"severity.*warning"):
        check(UNDECLARED).assert_ok(fail_on="notes")


def test_assert_ok_is_no_frame_of_a_failing_test(pytester: pytest.Pytester) -> None:
    """A test that fails by `assert_ok` shows its own line and the report, and no line of the kit."""
    pytester.makepyfile(f"import usagecompat\ndef test_it():\n    usagecompat.check({WRONG!r}).assert_ok()")
    shown = pytester.runpytest_inprocess("-q").stdout.str()
    assert "schema/wrong-type" in shown
    assert "raise Incompatible" not in shown


def test_equal_reports() -> None:
    """Reports are equal, and hashed alike, if they say the same, and one that was pickled is the same report."""
    report = check(WRONG)
    assert report == check(WRONG)
    assert hash(report) == hash(check(WRONG))
    assert report != check(VALID)
    assert report != check(WRONG, revision=REVISIONS[0])
    again = pickle.loads(pickle.dumps(report))  # noqa: S301 - our own
    assert again == report
    assert (str(again), again.to_dict()) == (str(report), report.to_dict())


def test_text_of_a_report() -> None:
    """A report that is printed is the text that the command prints."""
    assert str(check(WRONG)).startswith(f"invalid: result at {LATEST}; 1 error\n1:")


# -- options


@pytest.mark.parametrize(
    "form",
    [str, lambda code: [code], lambda code: {code}, lambda code: iter([code])],
    ids=["code", "list", "set", "iterator"],
)
def test_ignore(form: Callable[[str], Any]) -> None:
    """Ignored codes count for nothing; one code may be named without a list."""
    report = check(WRONG, ignore=form("schema/wrong-type"))
    assert report.findings == ()
    assert report.verdict is Verdict.VALID


def test_ignore_holds_for_all_revisions() -> None:
    """Ignored codes count for nothing at the other revisions either."""
    report = check(WRONG, ignore=("schema/wrong-type",))
    assert {fit.verdict for fit in report.revisions.values()} == {Verdict.VALID}


def test_ignoring_broken_text() -> None:
    """Where the only fault of a text is ignored, there is no document and nothing else is said."""
    report = check(b"{", ignore=("json/truncated-text",))
    assert (report.findings, report.shape, report.best_revision) == ((), None, None)


@pytest.mark.parametrize("shape", Shape)
def test_shape_is_told(shape: Shape) -> None:
    """A shape that is asked for is taken, whatever the payload says it is."""
    assert check(VALID, shape=shape).shape is shape
    assert check(VALID, shape=str(shape)).ok is (shape in {Shape.RESULT, Shape.FLAT})


SHAPES = {
    '{"object":"page"}': "page",
    '{"object":"list"}': "page",
    '{"object":"bucket"}': "bucket",
    '{"object":"organization.costs.result"}': "result",
    '{"object":"organization.anything"}': "result",
    '{"data":[]}': "page",
    '{"data":[],"results":[]}': "page",
    '{"results":[]}': "bucket",
    '{"result":[]}': "bucket",
    '{"object":"other","results":[]}': "bucket",
    '{"object":5,"data":1}': "page",
    '{"object":"bucket","data":[]}': "bucket",
    '{"object":"other","data":{"object":"page"}}': "page",
    '{"data":{"object":"page"}}': None,
    '{"data":{"data":[],"has_more":false}}': None,
    '{"data":{"results":[],"end_time":1}}': None,
    '{"results":{"object":"bucket"}}': None,
    '{"object":"list","x":1}': "page",
    '{"object":"organization.usage.x","y":1}': "result",
    '{"object":"organization.costs","y":1}': "result",
    '{"object":"organization.costs.result","results":[]}': "result",
    "{}": "result",
    '{"object":"costs"}': "result",
    "[]": None,
    '"page"': None,
    "": None,
}


@pytest.mark.parametrize(("text", "shape"), SHAPES.items(), ids=lambda value: str(value).replace(" ", ""))
def test_shape_is_seen(text: str, shape: str | None) -> None:
    """The shape is told by `object`, else by the members that only one shape has."""
    assert check(text).shape == shape


@pytest.mark.parametrize(
    ("options", "error", "word"),
    [
        ({"revision": "2025-02-11"}, NoSuchRevision, "2025-02-11"),
        ({"revision": "latest"}, NoSuchRevision, LATEST),
        ({"shape": "buckets"}, NoSuchName, "no shape 'buckets'; did you mean 'bucket'"),
        ({"profile": "strict"}, NoSuchName, "no profile 'strict'; use one of served, published"),
        ({"profile": "SERVED"}, NoSuchName, "no profile 'SERVED'; did you mean 'served'"),
        ({"ignore": ["schema/wrong-types"]}, NoSuchName, "no finding code .*did you mean 'schema/wrong-type'"),
    ],
)
def test_misuse(options: dict[str, Any], error: type[UsageCompatError], word: str) -> None:
    """A name that does not exist raises at once, and the message says which there are."""
    with pytest.raises(error, match=word):
        check(VALID, **options)
    with pytest.raises(ValueError, match=word):
        check(b"not even JSON", **options)


# -- revisions


def test_revisions() -> None:
    """The report says for each revision how the payload fits, and what rules it out."""
    report = check(b'{"object":"organization.usage.code_interpreter_sessions.result","num_sessions":1,"x":1}')
    assert tuple(report.revisions) == REVISIONS
    old, mistaken, new = (report.revisions[r] for r in ("2025-01-17", "2025-02-10", "2026-05-13"))
    assert old.verdict is Verdict.INVALID
    assert [(f.code, f.pointer) for f in old.ruled_out_by] == [("schema/missing-member", "/sessions")]
    assert old.undeclared == ("/num_sessions", "/x")
    assert (mistaken.verdict, mistaken.ruled_out_by, mistaken.undeclared) == (Verdict.ACCEPTABLE, (), ("/x",))
    assert (new.verdict, new.ruled_out_by, new.undeclared) == (Verdict.VALID, (), ("/x",))
    assert report.best_revision == "2026-05-13"
    numbers = [(fit.errors, fit.warnings, fit.unknown) for fit in (old, mistaken, new)]
    assert numbers == [(1, 0, 1), (0, 1, 0), (0, 0, 0)]
    assert report.to_dict()["revisions"][list(REVISIONS).index("2025-01-17")] == {  # type: ignore[index]
        "revision": "2025-01-17",
        "verdict": "invalid",
        "undeclared": ["/num_sessions", "/x"],
        "ruled_out_by": [{"code": "schema/missing-member", "pointer": "/sessions"}],
    }


def test_revisions_follow_the_profile() -> None:
    """How a payload fits other revisions is judged under the profile of the report."""
    letter = check(STRING_COST, profile="published")
    assert {fit.verdict for fit in letter.revisions.values()} == {Verdict.INVALID}
    assert check(STRING_COST).revisions["2025-02-10"].verdict is Verdict.ACCEPTABLE


@pytest.mark.parametrize(
    "payload",
    [
        b'{"object":"bucket","start_time":1,\n"end_time":2,"result":[]}',
        b'{"object":"organization.costs.result",\n"project_id":null,"line_item":null}',
        b'{"object":"bucket","start_time":1,"end_time":2,\n"results":[{"object":"organization.costs.result"}]}',
    ],
    ids=["renamed", "nulls", "absent"],
)
def test_what_rules_a_revision_out_reads_as_a_check_against_it(payload: bytes) -> None:
    """Findings that rule a revision out have the words and places of a check against it, also at a second look."""

    def words(findings: Iterable[Finding]) -> list[tuple[object, ...]]:
        return [
            (found, found.message, found.hint, found.line, found.column, found.excerpt)
            for found in findings
            if found.severity is Severity.ERROR
        ]

    for report in (check(payload, profile="published"), check(payload, profile="published")):
        for at, fit in report.revisions.items():
            exact = check(payload, revision=at, profile="published")
            assert words(fit.ruled_out_by) == words(exact.findings)


@pytest.mark.parametrize(
    ("payload", "best"),
    [
        (b'{"object":"organization.usage.vector_stores.result","usage_bytes":1}', "2024-12-04"),
        (b'{"object":"organization.usage.vector_stores.result","usage_bytes":1,"project_id":null}', "2024-12-05"),
        (b'{"object":"organization.usage.file_searches.result","num_requests":1}', "2026-05-21"),
        (b'{"object":"organization.costs.result","user_id":"u"}', "2026-10-06"),
        (b'{"object":"organization.costs.result","sessions":1}', "2024-12-04"),
        (b'{"object":"bucket","start_time":1,"end_time":2,"result":[]}', "2024-12-04"),
        (b'{"object":"bucket","start_time":1,"end_time":2,"results":[]}', "2026-05-13"),
        (b"5", "2024-12-04"),
        (b"{", None),
        (b"\xff", None),
    ],
)
def test_best_revision(payload: bytes, best: str | None) -> None:
    """The best revision has the best verdict, then the fewest warnings and undeclared members, then is the earliest."""
    assert check(payload).best_revision == best


NEWEST = (
    b'{"object":"organization.usage.completions.result","input_tokens":1,"output_tokens":1,"num_model_requests":1,%s}'
)
BUCKET = b'{"object":"bucket","start_time":1,"end_time":2,"results":[%s]}'
DECISION = (
    b'{"object":"organization.usage.decisions.result","input_tokens":1,"output_tokens":1,"num_model_requests":%s}'
)


@pytest.mark.parametrize(
    ("payload", "best"),
    [
        (NEWEST % b'"input_cache_write_30m_tokens":"5"', "2026-10-21"),
        (NEWEST % b'"api_source":7', "2026-10-06"),
        (NEWEST % b'"api_source":"unlabeled","input_cached_tokens":2', "2026-10-06"),
        (NEWEST % b'"input_cached_tokens":"5"', "2024-12-04"),
        (BUCKET % (DECISION % b"null"), "2026-10-14"),
        (BUCKET % b'{"object":"organization.costs.result","amount":{"value":"1"}}', "2026-05-13"),
    ],
)
def test_a_revision_does_not_win_by_not_knowing(payload: bytes, best: str) -> None:
    """A revision that knows a member or kind fits better than one that cannot find fault with it; then warnings count."""
    assert check(payload).best_revision == best


def test_a_revision_is_asked_about_one_of_each() -> None:
    """How a payload fits is told from one result of each sort, and its places are those of the whole payload."""
    good = b'{"object":"organization.usage.vector_stores.result","usage_bytes":1,"project_id":"%d"}'
    bad = b'{"object":"organization.usage.vector_stores.result","usage_bytes":null,"project_id":"x"}'
    empty = b'{"object":"bucket","start_time":%d,"end_time":%d,"results":[]}'
    full = b'{"object":"bucket","start_time":9,"end_time":10,"results":[%s]}'
    buckets = b",".join(
        [*(empty % (n, n + 1) for n in range(5)), full % b",".join([*(good % n for n in range(7)), bad, bad])]
    )
    report = check(b'{"object":"page","data":[%s],"has_more":false,"next_page":null}' % buckets)
    fit = report.revisions["2026-05-21"]
    assert [(f.code, f.pointer) for f in fit.ruled_out_by] == [
        ("schema/unexpected-null", "/data/5/results/7/usage_bytes")
    ]
    assert [f.column for f in fit.ruled_out_by] == [f.column for f in report.findings][:1]


def test_revisions_without_a_document() -> None:
    """A text that cannot be read fits no revision, and each says why."""
    report = check(b"{")
    assert {fit.verdict for fit in report.revisions.values()} == {Verdict.INVALID}
    assert all([f.code for f in fit.ruled_out_by] == ["json/truncated-text"] for fit in report.revisions.values())


def test_the_revision_is_not_part_of_the_shape() -> None:
    """The shape that was asked for holds at all revisions."""
    report = check(VALID, shape="bucket")
    assert {fit.verdict for fit in report.revisions.values()} == {Verdict.INVALID}


# -- caps


def test_thousand_errors() -> None:
    """A report lists a thousand errors and counts the rest."""
    at_most, more = (check(page(n, '{"object":"organization.costs.result","amount":5}')) for n in (1_000, 1_234))
    for report, truncated in ((at_most, 0), (more, 234)):
        errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
        assert len(errors) == 1_000
        assert report.truncated == truncated
        assert report.verdict is Verdict.INVALID
    assert [finding.pointer for finding in more.findings if finding.severity is Severity.ERROR][-1].startswith(
        "/data/0/results/999"
    )


def test_the_verdict_is_decided_before_the_cap() -> None:
    """What is not listed counts for the verdict all the same, and errors leave room for warnings."""
    wrong = '{"object":"organization.usage.vector_stores.result","usage_bytes":"1"}'
    report = check(page(1_500, wrong, extra=1))
    assert report.verdict is Verdict.INVALID
    assert {"schema/undeclared-member", "rule/duplicate-group"} <= {finding.code for finding in report.findings}


def test_many_undeclared_members() -> None:
    """Notes are capped as errors are."""
    names = ",".join(f'"x{n}":0' for n in range(1_100))
    report = check(f'{{"object":"{STORES}","usage_bytes":1,{names}}}')
    assert (len(report.findings), report.truncated) == (1_000, 100)
    assert report.verdict is Verdict.VALID


def test_groups_count_beyond_the_cap() -> None:
    """A group that is listed goes on counting, however many places it has."""
    cost = '{"object":"organization.costs.result","amount":{"value":"1","currency":"usd"}}'
    report = check(page(2_500, cost))
    assert [(f.code, f.count) for f in report.findings] == [
        ("wire/amount-as-string", 2_500),
        ("rule/duplicate-group", 2_499),
    ]
    assert report.truncated == 0


# -- input that is not bytes


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, bytes.decode])
def test_text(kind: Any) -> None:  # noqa: ANN401 - a constructor
    """Bytes, byte arrays, memory views and strings are text."""
    assert check(kind(STRING_COST)).findings == check(STRING_COST).findings


@pytest.mark.parametrize("mapping", [dict, OrderedDict, MappingProxyType])
def test_mappings(mapping: Any) -> None:  # noqa: ANN401 - a constructor
    """A mapping is judged by its values, and the report says that text faults cannot show."""
    report = check(mapping({"object": STORES, "usage_bytes": 1}))
    assert [(f.code, f.severity, f.line, f.column) for f in report.findings] == [
        ("json/already-parsed", "note", None, None)
    ]
    assert report.verdict is Verdict.VALID


def test_top_level_array() -> None:
    """A list is a top-level array, which is no payload."""
    assert codes([{"object": "page"}]) == ["json/already-parsed", "schema/wrong-type"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, []),
        (5.0, ["record/integer-spelled-as-float"]),
        (Decimal("5.0"), ["record/integer-spelled-as-float"]),
        (Decimal(5), []),
        (5.5, ["schema/wrong-type"]),
        (1e22, ["record/integer-spelled-as-float"]),
        (float("nan"), ["json/non-finite-number"]),
        (float("-inf"), ["json/non-finite-number"]),
        (Decimal("NaN"), ["json/non-finite-number"]),
        (True, ["schema/wrong-type"]),
        ("5", ["schema/wrong-type"]),
        (None, ["schema/unexpected-null"]),
        pytest.param(10**10_000, ["json/limit-digits"], id="10001-digits"),
        ((), ["schema/wrong-type"]),
        (-1, ["record/negative-count"]),
        (-0.0, ["record/integer-spelled-as-float"]),
    ],
)
def test_python_values(value: object, expected: list[str]) -> None:
    """A Python number counts as it prints, and nothing is coerced."""
    found = codes({"object": STORES, "usage_bytes": value})
    assert [code for code in found if code not in ("json/already-parsed", "record/lossy-number")] == expected


@pytest.mark.parametrize("value", [b"5", {1}, object(), 1j, {1: 2}, {None: 1}, range(3), type])
def test_values_that_json_does_not_have(value: object) -> None:
    """A Python value that JSON has no word for is misuse, and the message says where it is."""
    with pytest.raises(TypeError, match="extra"):
        check({"object": STORES, "extra": value})


@pytest.mark.parametrize("payload", [None, 5, 5.5, True, {1}, object(), iter(())])
def test_payloads_that_are_none(payload: Any) -> None:  # noqa: ANN401 - any value
    """What is neither text nor a mapping nor a list is misuse."""
    with pytest.raises(TypeError):
        check(payload)


def test_cycles() -> None:
    """A value that contains itself is misuse; one that stands in two places is not."""
    cycle: dict[str, Any] = {"object": STORES}
    cycle["extra"] = [cycle]
    with pytest.raises(TypeError, match="contains itself"):
        check(cycle)
    shared: list[int] = [1]
    assert check({"object": STORES, "usage_bytes": 1, "a": shared, "b": shared}).ok


def test_deep_values() -> None:
    """Python values that nest too deep are a finding, as deep text is."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert codes({"object": STORES, "extra": deep}) == ["json/already-parsed", "json/limit-depth"]
    while deep:
        deep = deep[0]


# -- files


def test_a_path_is_read(tmp_path: Path) -> None:
    """A payload may be the path of a file, read as the commands read it; the report is that of its bytes."""
    whole, packed, line = tmp_path / "a.json", tmp_path / "a.json.gz", tmp_path / "a.ndjson"
    whole.write_bytes(WRONG)
    packed.write_bytes(gzip.compress(WRONG))
    line.write_bytes(WRONG + b"\n\n")
    assert [check(path) for path in (whole, packed, line)] == [check(WRONG)] * 3


@pytest.mark.parametrize("name", ["nothing.json", "two.ndjson", "no.json.gz", "blank.ndjson", "", "-"])
def test_paths_of_no_payload(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is not that of one payload is misuse, and the message names it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.ndjson").write_bytes(VALID + b"\n" + VALID)
    (tmp_path / "no.json.gz").write_bytes(VALID)
    (tmp_path / "blank.ndjson").write_bytes(b"\n \n")
    with pytest.raises(UsageCompatError, match=re.escape(name or ".")):
        check(Path(name))


# -- robustness


def test_size_is_no_matter() -> None:
    """An object with very many members is judged in one pass."""
    names = ",".join(f'"n{n}":{n}' for n in range(50_000))
    report = check(f'{{"object":"{STORES}","usage_bytes":1,{names}}}')
    assert report.verdict is Verdict.VALID
    assert report.truncated == 49_000
    assert report.findings[-1].line == 1


def test_many_results() -> None:
    """A page with very many results of many groups is judged in one pass."""
    results = ",".join(f'{{"object":"{STORES}","usage_bytes":{n},"project_id":"p{n}"}}' for n in range(20_000))
    report = check(f'{{"object":"bucket","start_time":1,"end_time":2,"results":[{results}]}}')
    assert report.findings == ()


@pytest.mark.parametrize("depth", [126, 127, 128, 1_000, 1_000_000])
def test_depth(depth: int) -> None:
    """Text nests up to 128 levels; one more is a finding, never a RecursionError."""
    text = f'{{"object":"{STORES}","usage_bytes":1,"extra":{"[" * depth}{"]" * depth}}}'
    assert codes(text) == (["schema/undeclared-member"] if depth <= 127 else ["json/limit-depth"])


@pytest.mark.parametrize("frames", [40, 60, 100, 200])
def test_deep_call_stack(frames: int) -> None:
    """A caller who is close to the recursion limit gets the same answer as everybody else."""
    text = f'{{"object":"{STORES}","usage_bytes":"x","extra":{"[" * 120}{"]" * 120}}}'

    def room() -> int:
        try:
            return 1 + room()
        except RecursionError:
            return 0

    def descend(steps: int) -> list[str]:
        return descend(steps - 1) if steps else codes(text)

    assert descend(room() - frames) == ["schema/wrong-type", "schema/undeclared-member"]


def test_nothing_is_kept_of_payloads() -> None:
    """What was read from payloads does not stay in memory: no cache without a bound grows with them."""

    def kept() -> int:
        caches = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]  # noqa: SLF001 - the test looks inside on purpose
        ours = [each for each in caches if each.__module__.startswith("usagecompat")]
        return sum(each.cache_info().currsize for each in ours if each.cache_parameters()["maxsize"] is None)

    def payload(name: str) -> str:
        unknown = {"object": f"organization.usage.{name}.result", name: name}
        cost = {
            "object": "organization.costs.result",
            name: name,
            "api_source": name,
            "amount": {name: name, "value": name},
        }
        return json.dumps({"object": "bucket", "start_time": 1, "end_time": 2, name: 1, "results": [unknown, cost]})

    for name in ("warm", "up"):
        assert check(payload(name)).revisions
    before = kept()
    for number in range(50):
        assert check(payload(f"n{number}")).revisions
    assert kept() == before


def test_threads() -> None:
    """Checks in several threads do not disturb each other."""
    answers: list[list[str]] = []

    def run() -> None:
        for revision in REVISIONS:
            answers.append(codes(STRING_COST, revision=revision))  # noqa: PERF401 - as they come

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 * len(REVISIONS)
    assert {tuple(answer) for answer in answers} == {
        ("wire/amount-as-string",),
        ("schema/wrong-type",),
        ("wire/costs-without-sessions", "schema/wrong-type"),
    }


# -- the report


def test_report_as_json() -> None:
    """A report is plain data, complete with places and revisions."""
    report = json.loads(
        json.dumps(
            check(b'{"object":"organization.costs.result",\n "amount":{"value":"1","currency":"usd"}}').to_dict()
        )
    )
    assert report["verdict"] == "acceptable"
    assert (report["shape"], report["revision"], report["profile"], report["truncated"]) == (
        "result",
        LATEST,
        "served",
        0,
    )
    assert report["best_revision"] == "2025-02-10"
    finding = report["findings"][0]
    assert (finding["code"], finding["severity"], finding["pointer"]) == (
        "wire/amount-as-string",
        "warning",
        "/amount/value",
    )
    assert (finding["line"], finding["column"], finding["count"]) == (2, 12, 1)
    assert len(report["revisions"]) == len(REVISIONS)


def test_places() -> None:
    """A finding knows the line and column of its value; what is absent stands where its object does."""
    report = check('{"object": "bucket",\n  "start_time": 1,\n  "results": [\n    {"object": "é", "x": 1}]}')
    assert [(f.code, f.line, f.column) for f in report.findings] == [
        ("schema/missing-member", 1, 1),
        ("schema/wrong-object", 4, 6),
    ]
