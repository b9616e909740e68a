"""How payloads with many names that mean nothing fit each revision: as if every name were looked at, and in less time."""

from __future__ import annotations

import copy
import itertools
import json
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import hypothesis.strategies as st
import pytest
from fitting import must_fit_as_checked
from hypothesis import given
from timing import grows_at_most

from usagecompat import REVISIONS, check
from usagecompat.checking import fits, schema_stage, weighing
from usagecompat.checking.fits import Extract, fits_of, in_brief
from usagecompat.checking.recognition import told_shape
from usagecompat.checking.spelling import is_foreign, meant
from usagecompat.checking.sums import SUM_RULES
from usagecompat.contract import LATEST, contract
from usagecompat.contract.drafts import draft_of
from usagecompat.corpus.data import folder
from usagecompat.findings import Profile, Shape
from usagecompat.jsontext import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usagecompat import Fit, Report, Revision
    from usagecompat.checking.sums import SumRule
    from usagecompat.findings import ShapeName

TAGS = list(contract(LATEST).kinds)
DECLARED = sorted({name for at in REVISIONS for shape in contract(at).records.values() for name in shape.members})
foreign_names = st.integers(0, 60).map("made_up_{}".format) | st.sampled_from(["x", "x" * 70, "x" * 71, "\ud800", ""])
near_names = st.sampled_from(DECLARED).flatmap(
    lambda name: st.integers(0, len(name)).map(lambda at: f"{name[:at]}{name[at + 1 :]}" or "y")
)
names = st.one_of(foreign_names, foreign_names, st.sampled_from(DECLARED), near_names)
values: st.SearchStrategy[Any] = st.sampled_from(
    [0, -1, 1.5, "1", None, True, "usd", {"value": "1", "currency": "usd"}, {"value": 1, "x": 2}, []]
)


@st.composite
def results(draw: st.DrawFn) -> dict[str, Any]:
    """A result of a known kind or of another, with many members, some of which are required ones."""
    tag = draw(st.sampled_from([*TAGS, "organization.usage.made_up.result"]))
    at = draw(st.sampled_from(REVISIONS))
    shape = contract(at).kinds.get(tag)
    needed = {name: 1 for name in shape.required if name != "object"} if shape and draw(st.booleans()) else {}
    return {**needed, **draw(st.dictionaries(names, values, max_size=30)), "object": tag}


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """A page, a bucket or a result with some members of any name."""
    some = st.dictionaries(names, values, max_size=8)
    if draw(st.booleans()):
        return draw(results())
    bucket = {**draw(some), "object": "bucket", "start_time": 1, "end_time": 2}
    bucket[draw(st.sampled_from(["results", "result"]))] = draw(st.lists(results(), max_size=4))
    if draw(st.booleans()):
        return bucket
    return {**draw(some), "object": "page", "data": [bucket], "has_more": False, "next_page": None}


def plainly(text: str, revision: Revision, profile: Profile) -> Mapping[str, Fit]:
    """The fits if each name is looked at, and each revision is asked."""
    document = read(text)
    with (
        patch.object(fits, "is_foreign", lambda *_: False),
        patch.object(fits, "alike", lambda revisions, *_: revisions),
    ):
        return fits_of(document, revision, told_shape(document, revision), profile, frozenset(), places=document)


@given(
    payload=payloads(), revision=st.sampled_from(REVISIONS), profile=st.sampled_from(Profile), most=st.integers(1, 40)
)
def test_names_that_mean_nothing_are_passed_by(
    payload: dict[str, Any], revision: Revision, profile: Profile, most: int
) -> None:
    """Whatever names there are, and wherever lists are cut, all fits are the same to the last word, and in brief as well."""
    text = json.dumps(payload)
    with (
        patch.object(weighing, "MOST_FINDINGS", most),
        patch.object(fits, "MOST_FINDINGS", most),
        patch.object(schema_stage, "_MOST_SUGGESTIONS", most),
    ):
        document = read(text)
        at = document, revision, told_shape(document, revision), profile, frozenset[str]()
        expected = plainly(text, revision, profile)
        assert fits_of(*at, places=document) == expected
        assert in_brief(fits_of(*at, places=document, in_words=False)) == in_brief(expected)


@pytest.mark.parametrize("kind", TAGS)
def test_each_member_and_each_misspelling_of_it_tells_revisions_apart(kind: str) -> None:
    """In brief, the fits of a result with one more member are those in words, rightly spelled or not."""
    shape = contract(LATEST).kinds[kind]
    needed = {"object": kind, **dict.fromkeys(set(shape.needed()) - {"object"}, 1)}
    for name in (*shape.members, *shape.former, *(one[:-1] for one in shape.members)):
        text = json.dumps({**needed, name: needed.get(name, 1), "made_up": 1})
        document = read(text)
        at = document, LATEST, told_shape(document, LATEST), Profile.SERVED, frozenset[str]()
        expected = in_brief(plainly(text, LATEST, Profile.SERVED))
        assert in_brief(fits_of(*at, places=document, in_words=False)) == expected


def test_more_names_than_are_compared() -> None:
    """A result with very many names that nearly mean something fits each revision as if every name were looked at."""
    near = {f"{name[:at]}{name[at + 1 :]}": 1 for name in DECLARED if len(name) > 9 for at in range(7)}
    assert len(near) > 120
    text = json.dumps({**json.loads(COMPLETIONS % ""), **near})
    document = read(text)
    at = document, LATEST, told_shape(document, LATEST), Profile.SERVED, frozenset[str]()
    expected = plainly(text, LATEST, Profile.SERVED)
    assert fits_of(*at, places=document) == expected
    assert in_brief(fits_of(*at, places=document, in_words=False)) == in_brief(expected)


def test_errors_leave_room_for_names_that_mean_nothing() -> None:
    """However few names are told, others than undeclared members do not count for them."""
    text = json.dumps({"object": "organization.usage.images.result", "made_up_1": 1, "made_up_2": 1})
    with patch.object(weighing, "MOST_FINDINGS", 2), patch.object(fits, "MOST_FINDINGS", 2):
        document = read(text)
        at = document, LATEST, told_shape(document, LATEST), Profile.SERVED, frozenset[str]()
        found = fits_of(*at, places=document, in_words=False)
        assert in_brief(found) == in_brief(plainly(text, LATEST, Profile.SERVED))
        assert {fit.undeclared for fit in found.values()} == {("/made_up_1", "/made_up_2")}


def test_suggestions_go_to_the_names_that_come_first() -> None:
    """A name that is passed by takes a suggestion all the same, so that messages do not depend on what is passed by."""
    first = {"object": "organization.costs.result", **{f"made_up_{index}": 1 for index in range(10)}}
    second = {"object": "organization.usage.images.result", "num_images": 1, "imagess": 1}
    bucket = {"object": "bucket", "start_time": 1, "end_time": 2, "results": [first, second]}
    text = json.dumps(bucket)
    with (
        patch.object(weighing, "MOST_FINDINGS", 2),
        patch.object(fits, "MOST_FINDINGS", 2),
        patch.object(schema_stage, "_MOST_SUGGESTIONS", 5),
    ):
        document = read(text)
        at = document, LATEST, told_shape(document, LATEST), Profile.SERVED, frozenset[str]()
        assert fits_of(*at, places=document) == plainly(text, LATEST, Profile.SERVED)


@given(name=near_names | names)
def test_foreign_names(name: str) -> None:
    """A name that means nothing is declared nowhere, and is no misspelling of anything."""
    for at in map(contract, REVISIONS if is_foreign(name, LATEST) else ()):
        for shape in at.records.values():
            assert name not in shape.members
            assert meant(at, shape, name) == ()


@pytest.mark.parametrize("name", ["made_up", "undeclared_member_7", "name_1_2", "x" * 100])
def test_most_names_mean_nothing(name: str) -> None:
    """Names that have nothing of a declared one mean nothing."""
    assert is_foreign(name, LATEST)


COST = '{"object":"organization.costs.result","amount":5'


def one_result(count: int) -> str:
    """An invalid result with so many undeclared names."""
    return COST + "".join(f',"undeclared_member_{index}":0' for index in range(count)) + "}"


def many_results(count: int) -> str:
    """A bucket of invalid results, each with names of its own."""
    wrong = (COST + "".join(f',"name_{of}_{index}":0' for index in range(15)) + "}" for of in range(count // 15))
    return '{"object":"bucket","start_time":1,"end_time":2,"results":[' + ",".join(wrong) + "]}"


@pytest.mark.parametrize("text", [one_result(9_000), many_results(18_000)], ids=["one-result", "many-results"])
@pytest.mark.parametrize("form", [str, lambda report: report.to_dict()], ids=["text", "dict"])
def test_reports_of_many_names_cost_a_few_checks(text: str, form: Any) -> None:  # noqa: ANN401 - a function
    """A check with its report takes a few times what the check takes, however many names mean nothing."""

    def reported() -> Report:
        report = check(text)
        form(report)
        return report

    assert grows_at_most(4, lambda: check(text), reported)


def must_both_count(one: str, two: str, revisions: tuple[Revision, ...]) -> None:
    """Each of two results of a bucket counts in how it fits these revisions, in either order."""
    for results in (f"{one},{two}", f"{two},{one}"):
        must_fit_as_checked(f'{{"object":"bucket","start_time":1,"end_time":2,"results":[{results}]}}', revisions)


@pytest.mark.parametrize("kind", TAGS)
@pytest.mark.parametrize("shape", ["flat", "result"])
def test_a_record_with_members_of_other_kinds_fits_as_it_is_checked(kind: str, shape: ShapeName) -> None:
    """What a flat record makes up is known at each revision as a check against it knows it, and so are undeclared members."""
    newest = contract(LATEST)
    needed = {name: 1 for name in newest.kinds[kind].required if name != "object"}
    others = {name: 1 for name in newest.flat.members if name != "object"}
    for members in ({**others, **needed}, *({**needed, name: 1} for name in (*others, "made_up"))):
        must_fit_as_checked(json.dumps({"object": kind, **members}), REVISIONS, shape=shape)


VALUES = ["5", "5.0", "-5", "-5.0", "5.5", "1e99999", '"5"', '"x"', "null", "true", "[]", "{}", r'"\ud800"']


@pytest.mark.parametrize(
    ("one", "other"), [*(("5", other) for other in VALUES), ("5.0", "-5.0"), ("-5", "-5.0"), ("-5.0", "-5.5")]
)
@pytest.mark.parametrize("member", ["usage_bytes", "project_id", "x"])
def test_a_result_that_differs_in_one_value_is_asked_about(member: str, one: str, other: str) -> None:
    """Of two results whose values are of other kinds each counts in how the whole fits each revision, in either order."""
    tag = '"organization.usage.vector_stores.result"'
    members = {"object": tag, "usage_bytes": "5", "project_id": '"a"', "x": "1"}
    first, second = (
        "{" + ",".join(f'"{name}":{value}' for name, value in {**members, member: given}.items()) + "}"
        for given in (one, other)
    )
    must_both_count(first, second, ("2024-12-04", "2025-02-10", LATEST))


AMOUNTS = [
    '{"value":1,"currency":"USD"}',
    '{"value":1,"currency":"dollars"}',
    '{"value":1,"currency":5}',
    '{"value":"1","currency":"usd"}',
    '{"value":"x","currency":"usd"}',
    '{"value":1,"currency":"usd","x":1}',
    '{"value":1}',
    "{}",
    "[]",
    "5",
    "null",
]


@pytest.mark.parametrize("other", AMOUNTS)
def test_a_cost_that_differs_in_its_amount_is_asked_about(other: str) -> None:
    """Of two costs with unlike amounts each counts in how the whole fits each revision, in either order."""
    one, two = (
        f'{{"object":"organization.costs.result","project_id":"{project}","amount":{amount}}}'
        for project, amount in (("a", '{"value":1,"currency":"usd"}'), ("b", other))
    )
    must_both_count(one, two, ("2024-12-05", "2025-02-10", LATEST))
    for amount in {AMOUNTS[0], AMOUNTS[3]} - {other}:
        must_both_count(one.replace('{"value":1,"currency":"usd"}', amount), two, (LATEST,))


def test_a_value_of_a_closed_set_and_another_are_both_asked_about() -> None:
    """Of two costs, of which one has a value that is none of a closed set, each counts at revisions that have the set."""
    one, two = (f'{PLAIN[:-1]},"api_source":"{given}"}}' for given in ("unlabeled", "x"))
    must_both_count(one, two, ("2026-10-02", "2026-10-06", LATEST))


@pytest.mark.parametrize("rule", SUM_RULES, ids=lambda rule: f"{rule.code}+{rule.on_top}+{rule.settled_by}")
def test_counts_that_add_up_otherwise_are_both_asked_about(rule: SumRule) -> None:
    """Of two results with the same counts, of which one does not add up, each counts at the revisions that say so."""
    parts = [name for name in rule.all_terms if name != rule.total]
    for absent in {None, rule.on_top or None, rule.parts[0], rule.total}:
        counts = {name: 2 for name in parts if name != absent}
        least = 2 * len([name for name in rule.parts if name != absent])
        totals = (None,) if absent == rule.total else (least, least + 2, 1)
        results = [json.loads(COMPLETIONS % "") | counts | {rule.total: total} for total in totals]
        results += [json.loads(COMPLETIONS % "") | counts]
        for one, two in itertools.pairwise(map(json.dumps, results)):
            must_both_count(one, two, ("2025-02-10", "2026-07-15", "2026-10-14", LATEST))


@pytest.mark.parametrize("number", [5, 0, -5, 10**39, 10**41, -(10**41)])
def test_facts_of_integers_do_not_depend_on_how_they_are_kept(number: int) -> None:
    """A tree whose integers are Python's has the facts of one whose integers are kept as spelled, and signs count."""
    members = {"object": "organization.usage.vector_stores.result", "usage_bytes": number}
    plain, spelled = (Extract(tree, Shape.RESULT).facts for tree in (members, read(json.dumps(members)).value))
    assert plain == spelled
    positive = Extract({**members, "usage_bytes": 1}, Shape.RESULT).facts
    assert (plain == positive) == (number >= 0)


EMPTY = '{"object":"bucket","start_time":%d,"end_time":%d,"results":[]}'
COSTS = '{"object":"organization.costs.result"}'
IMAGES = '{"object":"organization.usage.images.result","images":1,"num_model_requests":1}'


@pytest.mark.parametrize(
    "text",
    [
        '{"object":"page","data":[],"has_more":true,"next_page":null}',
        '{"object":"page","data":[],"has_more":false,"next_page":"x"}',
        '{"object":"bucket","start_time":2,"end_time":1,"results":[]}',
        '{"object":"bucket","start_time":1700000000000,"end_time":1700086400000,"results":[]}',
        f'{{"object":"page","data":[{EMPTY % (1, 4)},{EMPTY % (3, 6)}],"has_more":false,"next_page":null}}',
        f'{{"object":"page","data":[{EMPTY % (5, 6)},{EMPTY % (1, 2)}],"has_more":false,"next_page":null}}',
        f'{{"object":"bucket","start_time":1,"end_time":2,"results":[{COSTS},{IMAGES}]}}',
        f'{{"object":"bucket","start_time":1,"end_time":2,"results":[{COSTS},{COSTS}]}}',
    ],
    ids=["no-cursor", "cursor", "ends-first", "milliseconds", "overlapping", "unordered", "mixed", "duplicates"],
)
def test_what_stands_around_results_counts_at_each_revision(text: str) -> None:
    """Contradictions of cursors, times and groups count in how a payload fits, as in a check against each revision."""
    assert any(found.code.startswith("rule/") for found in check(text).findings)
    must_fit_as_checked(text, REVISIONS)


PLAIN = '{"object":"organization.costs.result","amount":{"value":1,"currency":"usd"}}'
LIKE_IT = [PLAIN, PLAIN[:-1] + ',"project_id":"a"}', PLAIN[:-1] + ',"project_id":"b"}']
FULL = '{"object":"bucket","start_time":%d,"end_time":%d,"%s":[%s]}'


def two_days(*last: str, name: str = "results") -> list[str]:
    """Two buckets, each with results of which some are alike; the second ends with these."""
    return [FULL % (1, 2, name, ",".join(LIKE_IT)), FULL % (2, 3, name, ",".join((*LIKE_IT, *last)))]


@pytest.mark.parametrize("around", ["%s", '{"object":"page","data":[%s],"has_more":false,"next_page":null}'])
@pytest.mark.parametrize("name", ["results", "result"])
@pytest.mark.parametrize(
    "last",
    [
        *(
            '"x"',
            "5",
            "null",
            "[]",
            "{}",
            "5,null",
            'null,"x"',
            '{"amount":5}',
            '{"object":5}',
            '{"object":"bucket"}',
            IMAGES,
        ),
        *(PLAIN.replace(*change) for change in (("1", '"x"'), ('"usd"', "5"), ('"usd"', '"USD"'), ("usd", "$"))),
        *(PLAIN.replace('"currency"', member) for member in ('"x":1,"currency"', '"has_more":1,"currency"', '"x"')),
    ],
)
def test_what_is_found_in_the_last_of_many_results_is_told_at_its_place(last: str, name: str, around: str) -> None:
    """Of results that are alike one is looked at, and a fault of another has the place that it has in the whole text."""
    days = two_days(last, last, name=name)
    must_fit_as_checked(around % (",".join(days) if "page" in around else days[1]), REVISIONS)


DAYS = two_days()
PAGE = '{"object":"page","data":%s,"has_more":false,"next_page":null%s}'


@pytest.mark.parametrize(
    "text",
    [
        *(PAGE % (given, "") for given in ("null", "5", '"x"', "{}", "[]", "true")),
        *(PAGE % (f"[{DAYS[0]},{given},{DAYS[1]},{given}]", "") for given in ("null", "5", '"x"', "[]", "{}", COSTS)),
        *(PAGE % (f"[{DAYS[0]},{DAYS[1][:-1]},{more}}}]", "") for more in ('"x":1', '"user_id":1', '"result":[5]', '"result":5')),
        PAGE % (f"[5,null,{DAYS[0]},5.0,{DAYS[1]},-5,null]", ',"x":1,"data_":[1]'),
        PAGE % (f'[{EMPTY % (1, 2)},{{"object":"bucket","start_time":2,"end_time":3,"results":null}}]', ""),
        PAGE % (f"[{EMPTY % (1, 2)},{EMPTY.replace('results', 'result') % (2, 3)}]", ""),
        *(PAGE % (f"[{EMPTY % (1, 2)},{EMPTY % (2, 3)},{last}]", "") for last in (FULL % (4, 5, "results", "5"), "5", "null", "5,null", "null,5")),
        *(PAGE % (f"[{DAYS[0]},{FULL.replace('%d', given, 1) % (3, 'results', PLAIN)}]", "") for given in ("null", "-1", '"2"', "2.5")),
        *(f'{{"object":"bucket","start_time":1,"end_time":2,"results":{given}}}' for given in ("null", "{}", "5", "[[]]")),
        '{"object":"page","has_more":false,"next_page":null}',
        '{"object":"bucket","start_time":1,"end_time":2}',
        *(f'{EMPTY[:-3] % (1, 2)}[{COSTS},{COSTS}],"result":{given}}}' for given in ("0", "[]", f"[{COSTS},{IMAGES}]")),
        PAGE % (f'[{EMPTY[:-1] % (1, 2)},"result":[{COSTS},{COSTS}]}}]', ""),
        '{"object":"bucket","start_time":1,"end_tme":2,"results":[{"object":"organization.usage.images.result","imags":1}]}',
        '{"object":"organization.usage.imagess.result","images":1,"Images":2}',
    ],
)  # fmt: skip
def test_what_is_found_in_odd_pages_and_buckets_is_told_at_its_place(text: str) -> None:
    """Whatever stands where buckets and results should, how it fits each revision is what a check against it says."""
    must_fit_as_checked(text, REVISIONS)


@pytest.mark.parametrize(
    "text",
    [
        EMPTY[:-1] % (1, 2) + ',"result":[]}',
        '{"object":"organization.usage.code_interpreter_sessions.result","sessions":1,"num_sessions":1}',
    ],
    ids=["results", "sessions"],
)
def test_both_names_of_a_member_that_was_renamed(text: str) -> None:
    """Where a member stands under its old name and its new one, each revision has one that only others know."""
    assert {fit.unknown for fit in check(text).revisions.values()} == {1}


COMING = json.loads((folder("fixtures") / "upstream" / "history.json").read_bytes())["revisions"][-1]
COMING["revision"] = "2027-01-05"
COMPLETIONS = (
    '{"object":"organization.usage.completions.result","input_tokens":1,"output_tokens":1,"num_model_requests":1%s}'
)
VIDEOS = '{"object":"organization.usage.videos.result","frames":1%s}'


@pytest.fixture
def draft() -> Revision:
    """A revision to come, with a kind of its own, and members in records of all levels."""
    entry = copy.deepcopy(COMING)
    records = entry["schemas"]
    for name in ("UsageResponse", "UsageTimeBucket", "UsageCompletionsResult"):
        records[name]["members"]["region"] = {"type": "string", "known_values": ["a", "b"], "closed": True}
    records["CostsResult"]["members"]["amount"]["members"]["rate"] = {"type": "number"}
    records["UsageVideosResult"] = {
        "required": ["object", "frames"],
        "members": {
            "object": {"type": "string", "const": "organization.usage.videos.result"},
            "frames": {"type": "integer"},
            "project_id": {"type": "string", "nullable": True},
        },
    }
    records["UsageTimeBucket"]["members"]["results"]["items"].append("UsageVideosResult")
    return draft_of(json.dumps(entry).encode())


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        (COMPLETIONS % ',"region":"a"', 1),
        (FULL % (1, 2, "results", COMPLETIONS % ',"region":"a"') + "\n", 1),
        (PAGE % (f'[{EMPTY[:-1] % (1, 2)},"region":"a"}}]', ',"region":"b"'), 2),
        (FULL % (1, 2, "results", PLAIN.replace('"currency"', '"rate":1,"currency"')), 1),
        (FULL % (1, 2, "results", VIDEOS % "" + "," + VIDEOS % ',"project_id":"a"'), 1),
        (COSTS[:-1] + ',"region":"a"}', 0),
    ],
    ids=["result", "bucket", "page", "amount", "kind", "elsewhere"],
)
def test_what_a_draft_alone_knows_is_unknown_at_all_others(draft: Revision, text: str, unknown: int) -> None:
    """What only the draft declares that a payload is checked at counts as unknown at each published revision."""
    fits = check(text, revision=draft).revisions
    assert [fits[at].unknown for at in (*REVISIONS, draft)] == [unknown] * len(REVISIONS) + [0]
    must_fit_as_checked(text, (*REVISIONS, draft), revision=draft)


def test_what_a_draft_has_no_more_is_unknown_at_it() -> None:
    """A kind that a draft has not counts as unknown at the draft, and its members where other revisions have them."""
    entry = copy.deepcopy(COMING)
    del entry["schemas"]["CostsResult"]
    entry["schemas"]["UsageTimeBucket"]["members"]["results"]["items"].remove("CostsResult")
    draft = draft_of(json.dumps(entry).encode())
    text = f'{PLAIN[:-1]},"user_id":"u"}}'
    for whole in (text, FULL % (1, 2, "results", text)):
        fitting = check(whole, revision=draft).revisions
        assert [fitting[at].unknown for at in REVISIONS] == [at < "2026-10-06" for at in REVISIONS]
        assert fitting[draft].unknown == 1
        must_fit_as_checked(whole, (*REVISIONS, draft), revision=draft)


@pytest.mark.parametrize("member", ["region", "images", "made_up"])
def test_what_a_flat_record_makes_up_is_judged_at_a_draft_as_well(member: str) -> None:
    """A flat record with a member that only another kind of the draft has fits the draft as it is checked against it."""
    entry = copy.deepcopy(COMING)
    entry["schemas"]["UsageCompletionsResult"]["members"]["region"] = {"type": "string"}
    draft = draft_of(json.dumps(entry).encode())
    text = f'{COSTS[:-1]},"{member}":1}}'
    must_fit_as_checked(text, (*REVISIONS, draft), revision=draft, shape="flat")
    must_fit_as_checked(text, (*REVISIONS, draft), revision=draft)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (COMPLETIONS % ',"region":"a"', COMPLETIONS % ',"region":"c"'),
        (VIDEOS % "", VIDEOS % ',"project_id":5'),
        (VIDEOS % "", VIDEOS % ""),
        (VIDEOS % "", VIDEOS % ',"project_id":null'),
    ],
)
def test_results_that_a_draft_alone_tells_apart_are_both_looked_at(draft: Revision, one: str, two: str) -> None:
    """Values that differ only for the draft that a payload is checked at count, in either order, and so do its groups."""
    for text in (FULL % (1, 2, "results", f"{one},{two}"), FULL % (1, 2, "results", f"{two},{one}")):
        assert check(text, revision=draft).findings
        must_fit_as_checked(text, (*REVISIONS, draft), revision=draft)


SEARCHES = '{"object":"organization.usage.file_searches.result","num_requests":1}'
MADE_UP = '{"object":"organization.usage.made_up.result","num_requests":1}'
OF_A_USER = '{"object":"organization.costs.result","user_id":"u","amount":{"value":1,"currency":"usd","has_more":1}}'
IN_A_BUCKET = '{"object":"bucket","start_time":1,"end_time":2,"results":[%s],"has_more":1}'
IN_A_PAGE = f'{{"object":"page","data":[{IN_A_BUCKET}],"has_more":false,"next_page":null,"results":1}}'


@pytest.mark.parametrize("around", ["%s", IN_A_BUCKET, IN_A_PAGE], ids=["result", "bucket", "page"])
@pytest.mark.parametrize(
    ("result", "since"),
    [
        (SEARCHES, "2026-05-21"),
        (
            SEARCHES.replace("file", "web").replace("}", ',"num_model_requests":1,"api_source":"unlabeled"}'),
            "2026-10-06",
        ),
        (OF_A_USER, "2026-10-06"),
        (MADE_UP, REVISIONS[0]),
        ('{"user_id":"u"}', REVISIONS[0]),
        ('{"object":[],"user_id":"u"}', REVISIONS[0]),
        (PLAIN.replace('"currency"', '"object":[],"currency"'), REVISIONS[0]),
        (PLAIN.replace('"currency"', '"object":"organization.costs.result","user_id":1,"currency"'), REVISIONS[0]),
    ],
    ids=[
        *("kind", "member-of-new-kind", "member", "kind-of-none", "no-kind", "odd-kind"),
        *("odd-kind-of-amount", "amount-that-looks-like-a-result"),
    ],
)
@pytest.mark.parametrize("revision", [REVISIONS[0], LATEST])
def test_unknown_is_what_another_revision_knows_at_that_place(
    around: str, result: str, since: str, revision: Revision
) -> None:
    """A kind counts as unknown where a later revision has it, a member where its own record has it later, and no other."""
    for at, fit in check(around % result, revision=revision).revisions.items():
        assert fit.unknown == (at < since)
