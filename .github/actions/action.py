"""
What the actions `check` and `run` do: inputs become options, and reports become outputs, annotations and a summary.

    python action.py check
    python action.py run

Inputs come through variables of the environment, such as `INPUT_FAIL_ON`, and no shell ever reads them.
"""

from __future__ import annotations

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final, NoReturn

KIT: Final = Path(sys.executable).with_name("usagecompat.exe" if os.name == "nt" else "usagecompat")
TOTALS: Final = re.compile(r"^[\d,]+ payloads?: .*?(; (?P<unread>[\d,]+) could not be read)?$", re.MULTILINE)
"""The last line that `usagecompat check` says, unless it was misused."""
UTF8: Final = {**os.environ, "PYTHONIOENCODING": "utf-8"}

# Which inputs are options that take a text, may be given once for each line, or are switched on.
CHECK_TEXTS: Final = ("revision", "shape", "profile", "fail-on")
CHECK_LINES: Final = ("ignore",)
CHECK_FLAGS: Final = ("unwrap", "ndjson")
WORSE: Final = ("new_failures", "worse", "no_longer_judged")
"""The lists of cases in `schemas/changes.json` that fail a run with a baseline."""
DISPLAYED: Final = 10
"""How many errors of a step GitHub displays."""
RUN_TEXTS: Final = (
    "client",
    "adapter",
    "name",
    "refused-status",
    "corpus",
    "set",
    "jobs",
    "timeout",
    "revision",
    "require",
    "probes",
    "expected",
    "save-failures",
    "setup",
    "setup-timeout",
    "client-version",
)
RUN_FLAGS: Final = ("oneshot", "http", "paging", "validates", "allow-skips")


def main() -> int:
    """Do what the one argument says; the exit status of the kit."""
    return {"check": check, "run": run}[sys.argv[1]]()


def check() -> int:
    """Check payloads."""
    options = [*texts(*CHECK_TEXTS), *lists(*CHECK_LINES), *flags(*CHECK_FLAGS)]
    names = ["--", *files()]
    places = reports("sarif", "junit", "html", "json")
    also = ["--also", f"html={places['html']}"] if "html" in places else []
    kept = places.get("json") or scratch("reports.ndjson")
    status, said = kit("check", *options, "--format", "json", *also, *names, into=kept)
    totals = TOTALS.search(said)
    if totals is None:
        return misused(status, said)
    verdicts = Counter(json.loads(line)["verdict"] for line in kept.read_text("utf-8").splitlines())
    outputs(
        payloads=verdicts.total(),
        **{name: verdicts[name] for name in ("valid", "acceptable", "invalid")},
        unread=(totals["unread"] or "0").replace(",", ""),
    )
    for form in places.keys() & {"sarif", "junit"}:
        kit("check", *options, "--format", form, *names, into=places[form], quiet=True)
    outputs(**places)
    kit("check", *options, "--format", "github", *names, quiet=True)
    return status


def run() -> int:
    """Run a client, and compare with the run before if a baseline is given."""
    if adapter := given("adapter"):
        status, said = kit("adapters", "install", "--", adapter)
        if status:
            return misused(status, said)
    options = [*texts(*RUN_TEXTS), *flags(*RUN_FLAGS), *(["-k", said] if (said := given("select")) else [])]
    places = reports("json", "junit", "html", "badge-file")
    kept, changes = scratch("result.json"), scratch("changes.json")  # the input `json` may be the baseline
    compared = texts("baseline")
    words = ["run", *options, *compared, "--format", "json", "--payloads"]
    status, said = kit(*words, *(["--also", f"json={kept}"] if compared else []), into=changes if compared else kept)
    if not kept.exists() or not kept.stat().st_size:  # no client was started
        return misused(status, said)
    result: dict[str, Any] = json.loads(kept.read_text("utf-8"))
    outcomes = Counter(case["outcome"] for case in result["cases"])
    outputs(
        level=result["headline"]["level"] or "",
        cases=len(result["cases"]),
        failing=len(result["failing"]),
        worse=annotate_worse(json.loads(changes.read_text("utf-8"))) if compared else "",
        **{name: outcomes[name] for name in ("decoded", "refused", "skipped", "not-run")},
        crashed=sum(outcomes[name] for name in ("crashed", "timed-out", "protocol-violation", "errored")),
        badge=result["badge"]["message"],
        colour=result["badge"]["color"],
    )
    beside = [*(word for name in ("corpus", "set", "expected") for word in texts(name)), *flags("allow-skips")]
    also = [word for form in ("html", "junit") if form in places for word in ("--also", f"{form}={places[form]}")]
    if compared:
        told = scratch("changes.md")
        kit("matrix", *beside, *compared, "--format", "markdown", *also, "--", str(kept), into=told, quiet=True)
        summarize(told.read_text("utf-8"))
    else:
        kit("matrix", *beside, "--format", "github", *also, "--", str(kept), quiet=True)
    if badge := places.get("badge-file"):
        kit("matrix", "--format", "badge", "--", str(kept), into=badge, quiet=True)
    if place := places.get("json"):
        shutil.copyfile(kept, place)
    outputs(**places)
    return status


def annotate_worse(changes: dict[str, Any]) -> int:
    """Annotate what got worse since the baseline, as much as GitHub displays; how much it is."""
    skips = given("allow-skips").lower() == "true"
    found: list[str] = []
    for client in changes["clients"]:
        found += [f"the client as a whole: {code}" for code in client["new_faults"]]
        for change in (change for kind in WORSE for change in client[kind]):
            now, before = change["now"], change["before"]
            if skips and now["outcome"] == "skipped":
                continue
            became = ", was ".join(answer["level"] or answer["outcome"] for answer in (now, before))
            causes = [", ".join(now["codes"]), now.get("example")]
            found.append(": ".join(filter(None, [change["case"], became, *causes])))
    least = len(found) if len(found) <= DISPLAYED else DISPLAYED - 1
    for message in found[:least]:
        annotate(f"got worse: {message}")
    if found[least:]:
        annotate(f"and {len(found) - least} more got worse; the summary of the run has them.")
    return len(found)


def given(name: str) -> str:
    """An input, without white space around it."""
    return os.environ.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()


def texts(*names: str) -> list[str]:
    """Inputs that are options with a value; what is empty is not given."""
    return [f"--{name}={one_line(name, given(name))}" for name in names if given(name)]


def lists(*names: str) -> list[str]:
    """Inputs of which each line is the value of an option."""
    return [f"--{name}={line.strip()}" for name in names for line in given(name).splitlines() if line.strip()]


def flags(*names: str) -> list[str]:
    """Inputs that switch something on."""
    for name in names:
        if given(name).lower() not in {"", "true", "false"}:
            refuse(f"The input {name} takes true or false, not {given(name)!r}.")
    return [f"--{name}" for name in names if given(name).lower() == "true"]


def files() -> list[str]:
    """The files and directories that are named; a pattern stands for all that match it."""
    lines = [line.strip() for line in given("files").splitlines() if line.strip()]
    found: list[str] = []
    for line in lines:
        if line == "-":
            refuse("The input files takes files, directories and patterns; there is no standard input in an action.")
        is_pattern = glob.has_magic(line) and not Path(line).exists()
        matching = sorted(glob.glob(line, recursive=True)) if is_pattern else [line]  # noqa: PTH207 - any pattern
        if not matching:
            refuse(f"No file matches {line!r}, which the input files has.")
        found += matching
    if not found:
        refuse("The input files is empty; name files, directories or patterns, one in a line.")
    return found


def reports(*forms: str) -> dict[str, Path]:
    """Where reports go, of those that are wanted."""
    places = {form: Path(one_line(form, given(form))) for form in forms if given(form)}
    for place in places.values():
        place.parent.mkdir(parents=True, exist_ok=True)
    return places


def one_line(name: str, said: str) -> str:
    """An input that must be one line, or outputs could be forged with it."""
    if len(said.splitlines()) > 1:
        refuse(f"The input {name} takes one line, not {len(said.splitlines())}.")
    return said


def scratch(name: str) -> Path:
    """A file that nobody asked for."""
    return Path(tempfile.mkdtemp(prefix="usagecompat-", dir=os.environ.get("RUNNER_TEMP"))) / name


def kit(*words: str, into: Path | None = None, quiet: bool = False) -> tuple[int, str]:
    """Run the kit, with what it prints in a file or in the log; its exit status, and what it says beside."""
    sys.stdout.flush()
    with into.open("wb") if into else os.fdopen(os.dup(1), "wb") as out:
        done = subprocess.run([KIT, *words], stdout=out, stderr=subprocess.PIPE, env=UTF8, check=False)
    said = done.stderr.decode("utf-8", "replace").replace("\r\n", "\n")
    if not quiet:
        print(said, end="", file=sys.stderr, flush=True)
    return done.returncode, said


def misused(status: int, said: str) -> int:
    """Make an annotation of what the kit says of a misuse; the exit status."""
    lines = said.strip().splitlines() or [f"the kit ended with exit status {status}"]
    annotate(lines[-1].removeprefix("usagecompat: "))
    return status


def outputs(**values: object) -> None:
    """Set outputs; None is not set."""
    said = {name: " ".join(str(value).splitlines()) for name, value in values.items() if value is not None}
    lines = "".join(f"{name}={value}\n" for name, value in said.items())
    if place := os.environ.get("GITHUB_OUTPUT"):
        with Path(place).open("a", encoding="utf-8", newline="\n") as file:
            file.write(lines)


def summarize(text: str) -> None:
    """Add to the summary of the run."""
    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(place).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)


def annotate(message: str) -> None:
    """Make a message an annotation."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::error title=usagecompat::{escaped}", flush=True)


def refuse(message: str) -> NoReturn:
    """End, as an input is no good."""
    annotate(message)
    sys.exit(2)


if __name__ == "__main__":
    sys.exit(main())
