"""Which names are taken for misspellings of a member that is absent, and which are not."""

from __future__ import annotations

import json
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat import check
from usagecompat.checking.spelling import is_one_edit, meant
from usagecompat.contract.tree import contract

COSTS: dict[str, Any] = {"object": "organization.costs.result"}
COMPLETIONS: dict[str, Any] = {
    "object": "organization.usage.completions.result",
    "input_tokens": 1,
    "output_tokens": 1,
    "num_model_requests": 1,
}


def codes(tree: object, **options: Any) -> list[str]:  # noqa: ANN401 - any option of check
    """The codes of what is found."""
    return [finding.code for finding in check(json.dumps(tree), **options).findings]


@pytest.mark.parametrize("name", ["amonut", "amoun", "amountt", "amoumt", "Amount", "mount", "amount "])
def test_a_member_under_a_wrong_name(name: str) -> None:
    """A name that is one edit away from an absent member is a warning that names the member."""
    report = check(json.dumps({**COSTS, name: 1}))
    (finding,) = report.findings
    assert (finding.code, finding.severity, finding.pointer) == ("schema/misspelt-member", "warning", f"/{name}")
    assert "`amount`" in finding.message
    assert "`amount`" in finding.hint
    assert report.verdict == "acceptable"


@pytest.mark.parametrize(
    ("tree", "revision"),
    [
        ({**COSTS, "amonut": 1, "amount": {"value": 1}}, None),
        ({**COSTS, "aomnut": 1}, None),
        ({**COSTS, "project_name": "x"}, None),
        ({**COSTS, "organization_id": "x"}, None),
        ({**COSTS, "user_id": "x"}, "2026-08-21"),
        ({**COSTS, "quantity_unit": "x"}, "2026-05-13"),
        ({**COSTS, "images": 1}, None),
        ({**COMPLETIONS, "api_source": "x"}, "2026-08-21"),
        ({"object": "page", "data": [], "has_more": False, "next_page": None, "next": None}, None),
    ],
)
def test_names_that_are_no_misspelling(tree: object, revision: str | None) -> None:
    """A name beside the right one, one that is known, and one that another revision declares stay undeclared members."""
    assert "schema/misspelt-member" not in codes(tree, revision=revision)


def test_required_members_stay_missing_members() -> None:
    """The name of a required member that is misspelt is told by what is missing."""
    found = codes({**COMPLETIONS, "input_tokens": 1, "output_token": 1} | {"output_tokens": 1})
    assert found == ["schema/undeclared-member"]
    tree = {name: value for name, value in COMPLETIONS.items() if name != "output_tokens"}
    assert codes({**tree, "output_token": 1}) == ["schema/missing-member", "schema/undeclared-member"]


def test_no_declared_name_is_a_misspelling() -> None:
    """No member that any kind declares is taken for another one."""
    for revision in ("2024-12-04", "2026-10-21"):
        said = contract(revision)
        for shape in said.records.values():
            for name in contract("2026-10-21").flat.members:
                assert meant(said, shape, name) == ()


def test_each_object_by_itself() -> None:
    """Whether a name is a misspelling depends on the object that it stands in, on either route."""
    right, wrong = (
        {**COSTS, "amount": {"value": 1, "currency": "usd"}, "project_id": "a"},
        {**COSTS, "amonut": 1, "project_id": "b"},
    )
    twins = {**right, "amonut": 1}
    for _ in range(3):
        bucket = {
            "object": "bucket",
            "start_time": 1,
            "end_time": 2,
            "results": [twins, wrong, {**right, "project_id": "c"}],
        }
        assert codes(bucket) == ["schema/undeclared-member", "schema/misspelt-member"]
        assert codes(twins) == ["schema/undeclared-member"]


@given(name=st.text("abc", min_size=1, max_size=5), at=st.integers(0, 5), letter=st.sampled_from("abx"))
def test_one_edit(name: str, at: int, letter: str) -> None:
    """One character added, dropped or changed, or two neighbours swapped, is one edit, and never none."""
    at = min(at, len(name) - 1)
    for other in (
        name[:at] + letter + name[at:],
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
    ):
        assert is_one_edit(name, other) is (name != other)
        assert is_one_edit(other, name) is (name != other)


@pytest.mark.parametrize(("one", "other"), [("abc", "cab"), ("abc", "abcde"), ("abcd", "badc"), ("", "ab"), ("a", "a")])
def test_more_than_one_edit(one: str, other: str) -> None:
    """Two edits, and none at all, are not one."""
    assert not is_one_edit(one, other)
