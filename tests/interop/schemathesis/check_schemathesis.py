"""
Schemathesis takes the OpenAPI document, and finds nothing wrong with the server: no false alarm, in any of its phases.

It runs in an environment of its own. The figures of each run are printed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

from usagecompat.contract.openapi import as_json, openapi_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

WANTED = "schemathesis==4.32.5"
KEY = "sk-admin-mock"
RELATIONS = {"end_time", "limit", "page", "group_by", "api_key_ids"}
"""The parameters whose relation to others no OpenAPI document can state."""

CONFIGURATION = """
# A window that ends before it starts, a limit for another width, and a cursor of no query fit their schemas and are
# refused all the same: OpenAPI has no words for a relation between parameters.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400"]
"""
BEGUN = "\n[parameters]\nstart_time = 1790812800\n"
"""Lets every window begin where there is something to tell."""


@pytest.fixture(scope="session")
def program(built: Path) -> Path:
    """Schemathesis in an environment of its own; where it cannot be installed, what needs it is not run."""
    place = built / WANTED.replace("==", "-")
    found = place / "bin" / "schemathesis"
    if not found.exists():
        venv.create(place, with_pip=True, clear=True)
        install = [place / "bin" / "python", "-m", "pip", "install", "--quiet", WANTED]
        if subprocess.run(install, check=False).returncode:
            pytest.skip(f"{WANTED} cannot be installed: not run")
    return found


@frozen
class Outcome:
    """What a run of Schemathesis came to."""

    status: int
    report: dict[str, Any]
    printed: str
    log: Sequence[str]
    """The status and the target of each request, as the server logged them."""

    @property
    def cases(self) -> int:
        """How many cases were made."""
        count: int = self.report["test_cases"]["generated"]
        return count

    @property
    def followed(self) -> int:
        """How many pages were fetched with a cursor."""
        return sum(line.startswith("200 ") and "page=page_" in line for line in self.log)

    def figures(self, title: str) -> str:
        """The figures in a line."""
        counted = self.report["test_cases"]
        phases = ", ".join(f"{name} {phase['status']}" for name, phase in self.report["phases"].items())
        links = re.search(r"API Links:\s+(.+)", self.printed)
        return (
            f"\n{title}: {self.cases} cases, {counted['unique_failures']} failures; {phases}; "
            f"links: {links[1] if links else 'none'}; {self.followed} pages fetched with a cursor"
        )


def tell(found: Outcome, title: str, more: str = "") -> None:
    """Print the figures of a run."""
    print(found.figures(title), more)  # noqa: T201 - they are to be seen


@contextmanager
def serving(log: Path, *options: str) -> Iterator[str]:
    """The URL of `usagecompat serve`, whose log goes to a file."""
    command = [sys.executable, "-m", "usagecompat", "serve", "--log", *options]
    with log.open("w") as err, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[1]
        finally:
            process.terminate()


def outcome_of(
    program: Path, place: Path, document: dict[str, Any], *options: str, scenarios: Sequence[str] = ()
) -> Outcome:
    """A run of Schemathesis with this document against a server under these scenarios."""
    # A value that is given replaces wrong ones too, and those would then be told to be accepted.
    begun = BEGUN if "positive" in options else ""
    (place / "schemathesis.toml").write_text(CONFIGURATION + begun, "utf-8")
    (place / "openapi.json").write_text(as_json(document), "utf-8")
    with serving(place / "log.txt", *(word for name in scenarios for word in ("--scenario", name))) as url:
        run = subprocess.run(
            [program, "run", "openapi.json", "-u", url, "-H", f"Authorization: Bearer {KEY}", "--seed", "1",
             "--no-color", "--report", "json", "--report-json-path", "report.json", *options],
            cwd=place,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=1_200,
        )  # fmt: skip
    report = json.loads((place / "report.json").read_text("utf-8"))
    return Outcome(run.returncode, report, run.stdout, (place / "log.txt").read_text("utf-8").splitlines())


def test_no_false_alarm(program: Path, tmp_path: Path) -> None:
    """With all checks and all phases it makes at least 100 cases, follows links, and finds nothing."""
    found = outcome_of(program, tmp_path, openapi_document(), "--max-examples", "10")
    tell(found, "published document, plain server")
    assert found.status == 0, found.printed[-5_000:]
    assert found.cases >= 100
    phases = {name: phase["status"] for name, phase in found.report["phases"].items()}
    assert phases == dict.fromkeys(("examples", "coverage", "fuzzing", "stateful"), "success")


def test_what_fits_its_schema_and_is_refused(program: Path, tmp_path: Path) -> None:
    """Of the requests that fit their schemas, those that are refused break a relation between parameters."""
    options = ("--max-examples", "10", "--mode", "positive", "--phases", "examples,coverage,fuzzing")
    found = outcome_of(program, tmp_path, openapi_document(), *options, "--report-ndjson-path", "events.ndjson", "--report", "ndjson,json")  # fmt: skip
    refused = [
        line for line in (tmp_path / "events.ndjson").read_text("utf-8").splitlines() if "invalid_request_error" in line
    ]
    params = {param for line in refused for param in re.findall(r'\\"param\\":\\"([a-z_\[\]]+)\\"', line)}
    tell(found, "positive cases", f"refused for {', '.join(sorted(params)) or 'nothing'}")
    assert found.status == 0, found.printed[-5_000:]
    assert params <= RELATIONS


def test_cursors_are_followed(program: Path, tmp_path: Path) -> None:
    """Without the filters, whose values it makes up anew for each page, the link leads from page to page."""
    document = openapi_document()
    kept = {"start_time", "page"}
    for path in document["paths"].values():
        operation = path["get"]
        operation["parameters"] = [one for one in operation["parameters"] if one["name"] in kept]
        link = operation["responses"]["200"]["links"]["NextPage"]
        link["parameters"] = {name: said for name, said in link["parameters"].items() if name in kept}
    found = outcome_of(program, tmp_path, document, "--phases", "stateful", "--max-examples", "40")
    tell(found, "from page to page")
    assert found.status == 0, found.printed[-5_000:]
    assert found.followed > 0


def test_the_served_profile(program: Path, tmp_path: Path) -> None:
    """The served document takes what the API is known to serve, and the published one names what it does not allow."""
    scenarios = ("string-amounts", "decimal128-zero", "undeclared", "unknown-kind", "null-keys", "short-first-bucket")
    served = outcome_of(
        program, tmp_path, openapi_document(profile="served"), "--max-examples", "5", scenarios=scenarios
    )
    tell(served, "served document, server as the API is")
    assert served.status == 0, served.printed[-5_000:]
    checks = ("--checks", "response_schema_conformance", "--phases", "examples", "--mode", "positive")
    published = outcome_of(program, tmp_path, openapi_document(), *checks, scenarios=scenarios)
    tell(published, "published document, server as the API is")
    assert published.status == 1


def test_the_way_of_the_vendor_cries_wolf(program: Path, tmp_path: Path) -> None:
    """With a discriminator that has no mapping, every page with a result is called wrong."""
    checks = ("--checks", "response_schema_conformance", "--mode", "positive", "--max-examples", "3")
    found = outcome_of(program, tmp_path, openapi_document(like_vendor=True), *checks)
    tell(found, "like the vendor, plain server")
    assert found.status == 1
    assert found.report["test_cases"]["unique_failures"] == len(openapi_document()["paths"])
    assert "Unknown discriminator value" in found.printed
