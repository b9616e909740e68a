from .case_checks import CASE_JUDGES, PAYLOAD_JUDGES, CaseJudge, Mismatch, NotJudged, PayloadJudge, Terms, has_document
from .case_files import Case, Lines, Payload, find_files, in_plain_tree, read_case, read_cases, read_notes, release
from .data import folder, version
from .derived import SET, Derived, derive, judge
from .expected import ExpectedFailure, read_expected_failures
from .manifest import FULL, NAME, Entry, digest_of, ids_in_set, manifest_of, read_manifest
from .selection import cases, packaged
from .tiers import SERVED, Demand, Tier, demand_of, must_decode, tier_of

__all__ = [
    "CASE_JUDGES",
    "FULL",
    "NAME",
    "PAYLOAD_JUDGES",
    "SERVED",
    "SET",
    "Case",
    "CaseJudge",
    "Demand",
    "Derived",
    "Entry",
    "ExpectedFailure",
    "Lines",
    "Mismatch",
    "NotJudged",
    "Payload",
    "PayloadJudge",
    "Terms",
    "Tier",
    "cases",
    "demand_of",
    "derive",
    "digest_of",
    "find_files",
    "folder",
    "has_document",
    "ids_in_set",
    "in_plain_tree",
    "judge",
    "manifest_of",
    "must_decode",
    "packaged",
    "read_case",
    "read_cases",
    "read_expected_failures",
    "read_manifest",
    "read_notes",
    "release",
    "tier_of",
    "version",
]
