"""What reports look like, compared with texts that were written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
from attrs import frozen
from jsonschema import Draft202012Validator

import usagecompat
from usagecompat.checking.report import Report
from usagecompat.checking.report_text import render
from usagecompat.checking.weighing import Fit
from usagecompat.contract.revisions import LATEST, REVISIONS
from usagecompat.findings import Finding, Profile, Severity, Shape, Verdict
from usagecompat.inputs import Source
from usagecompat.jsontext.reader import read
from usagecompat.printing import printable
from usagecompat.renderers import IN_COLOUR, RENDERERS, Checked

ROOT = Path(__file__).resolve().parent.parent.parent
HOSTILE = "\x1b\u202e\u2066\u200b\r\n\x00\x7f\x9b\u2028\ud800"


@frozen
class At:
    """Every finding stands here."""

    line: int
    column: int

    def line_and_column(self, path: object, offset: object) -> tuple[int, int]:
        """Here."""
        del path, offset
        return self.line, self.column


ERROR = Finding(
    "schema/missing-member",
    Severity.ERROR,
    "/data/0/end_time",
    "UsageTimeBucket has no `end_time`",
    "Send it.",
    places=At(3, 5),
)
WARNING = Finding(
    "wire/amount-as-string",
    Severity.WARNING,
    "/data/0/results/0/amount/value",
    'found "1"',
    count=2_000,
    places=At(9, 17),
)
NOTE = Finding("json/already-parsed", Severity.NOTE, "", "the input is a dict", "Pass the bytes.")


def report_of(
    *findings: Finding, revision: str = REVISIONS[-1], others: dict[str, Report] | None = None, truncated: int = 0
) -> Report:
    """A report of these findings, and for other revisions the reports given."""
    severities = {finding.severity for finding in findings}
    verdict = Verdict.VALID
    if Severity.WARNING in severities:
        verdict = Verdict.ACCEPTABLE
    if Severity.ERROR in severities:
        verdict = Verdict.INVALID
    report = Report(
        verdict=verdict,
        findings=findings,
        truncated=truncated,
        shape=Shape.PAGE,
        revision=revision,
        profile=Profile.SERVED,
        fit=lambda: {
            name: Fit(
                revision=name,
                verdict=(judged := (others or {}).get(name, report)).verdict,
                undeclared=(),
                ruled_out_by=tuple(f for f in judged.findings if f.severity is Severity.ERROR),
            )
            for name in REVISIONS
        },
    )
    return report


CHECKED = [
    Checked(Source("good.json"), report_of(), fails=False),
    Checked(Source("export.ndjson", 41), report_of(ERROR, WARNING, truncated=1_234), fails=True),
    Checked(Source("note.json"), report_of(NOTE), fails=False),
]


def test_text() -> None:
    """Text has a line per payload, then each finding with its place in the file, its message and its hint."""
    assert "".join(RENDERERS["text"](CHECKED)) == (
        f"valid: good.json: page at {LATEST}; no findings\n"
        f"invalid: export.ndjson:41: page at {LATEST}; 1 error, 1 warning\n"
        "export.ndjson:43:5: error schema/missing-member /data/0/end_time\n"
        "    UsageTimeBucket has no `end_time`\n"
        "    Send it.\n"
        "export.ndjson:49:17: warning wire/amount-as-string /data/0/results/0/amount/value (2,000 places, this is the first)\n"
        '    found "1"\n'
        "    1,234 more findings are not listed\n"
        f"valid: note.json: page at {LATEST}; 1 note\n"
        "note.json: note json/already-parsed\n"
        "    the input is a dict\n"
        "    Pass the bytes.\n"
    )


def test_text_of_one() -> None:
    """A report without a source says where in the payload a finding is, and ends without a line break."""
    assert render(report_of(ERROR)) == (
        f"invalid: page at {LATEST}; 1 error\n"
        "3:5: error schema/missing-member /data/0/end_time\n"
        "    UsageTimeBucket has no `end_time`\n"
        "    Send it."
    )


def test_text_in_colour() -> None:
    """Colours stand around verdicts and severities, and change nothing else."""
    coloured = "".join(IN_COLOUR["text"](CHECKED))
    assert coloured.startswith("\x1b[32mvalid\x1b[0m: good.json: page")
    assert "\n\x1b[31m\x1b[1minvalid\x1b[0m: export.ndjson:41:" in coloured
    assert "export.ndjson:49:17: \x1b[33mwarning\x1b[0m wire/amount-as-string" in coloured
    plain = coloured
    for code in ("0", "1", "31", "32", "33", "36"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == "".join(RENDERERS["text"](CHECKED))


def test_text_names_letter_and_lack_of_shape() -> None:
    """The letter and a payload without a shape are said."""
    report = usagecompat.check(b"[", profile="published")
    assert render(report, source="x").startswith(
        f"invalid: x: no page, bucket or result at {LATEST}, by its letter; 1 error\n"
    )


def test_the_source_line_has_a_mark() -> None:
    """The line of the payload stands below the place, cut to width, with a mark under it; nothing in it is raw."""
    text = '{"object": "organization.costs.result",\n\t"amount": "\x7f' + "x" * 200 + '", "quantity": "5"}'
    lines = render(usagecompat.check(text)).split("\n")
    marks = [index for index, line in enumerate(lines) if line.strip(" |") == "^"]
    assert len(marks) == 2
    for index, name in zip(marks, ('"amount"', '"quantity"'), strict=True):
        above = lines[index - 1]
        assert above.isprintable()
        assert above[lines[index].index("^") :].startswith(name)
        assert len(above) < 100


def test_no_source_line_without_text() -> None:
    """What was parsed already has no line to be shown."""
    assert "^" not in render(usagecompat.check({"object": "organization.costs.result", "amount": 5}))


def test_better_fit_by_verdict() -> None:
    """Where another revision gives a better verdict, it is named together with what stands against this one."""
    better = report_of(WARNING, revision="2025-02-10")
    codes = ["schema/wrong-type", "schema/wrong-object", "schema/wrong-type", "json/lone-surrogate"]
    others = [Finding(code, Severity.ERROR, "/x", "m") for code in codes]
    report = report_of(ERROR, *others, WARNING, others={"2025-02-10": better})
    assert render(report).partition("\n")[0] == (
        f"invalid: page at {LATEST}; 5 errors, 1 warning; fits 2025-02-10 better, where it is acceptable: "
        "here it has schema/missing-member, schema/wrong-type, schema/wrong-object and 1 more"
    )


def test_no_better_fit() -> None:
    """A revision at which the payload is invalid as well is not named."""
    assert "fits" not in render(report_of(ERROR))


@pytest.mark.parametrize("finding", [NOTE, WARNING])
def test_only_invalid_payloads_are_judged_again(finding: Finding) -> None:
    """How a payload fits other revisions costs more than its check, so nobody asks unless it is invalid."""
    report = report_of(finding)
    render(report)
    assert not {"_fits", "_brief"} & vars(report).keys()


@pytest.mark.parametrize("character", HOSTILE)
def test_hostile_text_is_escaped(character: str) -> None:
    """Nothing that a payload or a file name holds moves the cursor, changes colours or turns the direction of text."""
    hostile = f"a{character}b"
    finding = Finding("schema/wrong-type", Severity.ERROR, f"/{hostile}", hostile, hostile)
    text = render(report_of(finding), source=hostile)
    assert len(text.split("\n")) == 4
    assert "".join(text.split("\n")).isprintable()
    assert printable(hostile) != hostile


def test_readable_text_is_not_escaped() -> None:
    """Letters of any language stay as they are."""
    assert printable('Größe "東京" \\n ✓') == 'Größe "東京" \\n ✓'


def test_json() -> None:
    """JSON has a line per payload: where it stood, then its report."""
    lines = list(RENDERERS["json"](CHECKED))
    assert all(line.endswith("}\n") and line.count("\n") == 1 for line in lines)
    for line, one in zip(lines, CHECKED, strict=True):
        assert json.loads(line) == {"source": one.source.name, "line": one.source.line, **one.report.to_dict()}


def test_json_is_strict() -> None:
    """Whatever names and values a payload has, the JSON about it is ASCII and has no faults of its own."""
    report = usagecompat.check(
        b'{"object": "\\udc00", "a": {"\\ud800\\u001b": 1}, "\xe6\x9d\xb1": 1, "a": NaN, "a": 1e99999}'
    )
    (line,) = RENDERERS["json"]([Checked(Source("x"), report, fails=True)])
    assert line.isascii()
    assert not [finding for finding in usagecompat.check(line).findings if finding.code.startswith("json/")]


def test_renderers_stream() -> None:
    """Every renderer gives the text of a payload before it asks for the next one, but for JUnit, which counts first."""
    for name, renderer in (*RENDERERS.items(), *IN_COLOUR.items()):
        taken: list[int] = []
        pieces = renderer(taken.append(number) or one for number, one in enumerate(CHECKED[1:]))
        next(pieces)
        assert taken == {"sarif": [], "junit": [0, 1]}.get(name, [0])


def report_validator() -> Draft202012Validator:
    """A validator of reports, itself valid."""
    schema = json.loads((ROOT / "schemas" / "report.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_schema_takes_every_report() -> None:
    """`schemas/report.json` takes the reports of the whole corpus, with and without a source."""
    validator = jsonschema_rs.Draft202012Validator(report_validator().schema)
    payloads = [path for path in sorted((ROOT / "fixtures").rglob("*.json")) if not path.name.endswith(".case.json")]
    assert payloads
    for path in payloads:
        report = usagecompat.check(path.read_bytes())
        (line,) = RENDERERS["json"]([Checked(Source(path.name), report, fails=False)])
        validator.validate(json.loads(line))
        assert not read(line).findings
    validator.validate(usagecompat.check({"object": "bucket"}).to_dict())


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "ok"},
        {"line": 1},
        {"source": "x", "line": 0},
        {"shape": "pages"},
        {"extra": 1},
        {"findings": [{"code": "schema/x"}]},
        {"revision": "latest"},
        {"revisions": []},
        {"truncated": -1},
    ],
    ids=str,
)
def test_schema_refuses_what_is_no_report(change: dict[str, object]) -> None:
    """`schemas/report.json` refuses a report in which anything is wrong."""
    report = {**usagecompat.check(b"{}").to_dict(), **change}
    assert not report_validator().is_valid(report)


def test_schema_describes_everything() -> None:
    """Every member of a report has a description, and no object is open."""

    def look(node: object) -> None:
        if isinstance(node, list):
            for item in node:
                look(item)
        if not isinstance(node, dict):
            return
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
        for member in node.get("properties", {}).values():
            target = definitions[member["$ref"].rpartition("/")[2]] if "$ref" in member else member
            assert {"description"} & {*member, *target}, f"{member} in schemas/report.json has no description"
        for value in node.values():
            look(value)

    schema = report_validator().schema
    definitions = schema["$defs"]
    look(schema)
