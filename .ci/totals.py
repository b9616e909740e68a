"""Print what the JUnit files in a folder come to: a line for each run, and each test once in the last line."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"
SEVERITY = [PASSED, SKIPPED, FAILED]


def outcome(case: ET.Element) -> str:
    """What one run says of one test; an error of a fixture counts as a failure."""
    tags = {child.tag for child in case}
    return FAILED if tags & {"failure", "error"} else SKIPPED if "skipped" in tags else PASSED


def line(outcomes: list[str]) -> str:
    """The totals of `outcomes` in the plain form."""
    text = f"{outcomes.count(PASSED)} passed, {outcomes.count(FAILED)} failed"
    return f"{text}, {outcomes.count(SKIPPED)} skipped" if SKIPPED in outcomes else text


worst: dict[tuple[str, str], str] = {}
for file in sorted(Path(sys.argv[1]).glob("*.xml")):
    here: dict[tuple[str, str], str] = {}
    for case in ET.parse(file).iter("testcase"):
        test = case.get("classname", ""), case.get("name", "")
        here[test] = max(here.get(test, PASSED), outcome(case), key=SEVERITY.index)
    print(f"{file.stem}: {line(list(here.values()))}")
    for test, seen in here.items():
        worst[test] = max(worst.get(test, PASSED), seen, key=SEVERITY.index)
print(line(list(worst.values())))
sys.exit(FAILED in worst.values() or not worst)
