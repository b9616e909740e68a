"""Pages to look at: one file, nothing that runs, nothing that is fetched, and everything behind each chart as a table."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from usagecompat.cli import main
from usagecompat.pages import Bar, Day, Stack, bars, calendar, marked, page, paragraph, stacks, table

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = """</style></title><script>window.owned=1</script><img src=//host/x onerror='x'>"&amp;\u202e\x1b"""
VOID = {"meta", "rect", "path", "circle"}


class Reader(HTMLParser):
    """Notes which elements a page has, and that each is closed."""

    def __init__(self, text: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more element."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The innermost element ends."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Words."""
        self.words.append(data)


def sound(text: str) -> Reader:
    """What a page holds, after a look whether it can do any harm."""
    reader = Reader(text)
    assert reader.open == []
    assert not reader.tags & {"script", "img", "iframe", "object", "link", "form", "a", "base", "embed"}
    assert not [name for name in reader.attributes if name.startswith("on") or name in {"src", "href", "style"}]
    (style,) = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
    assert not re.search(r"url\(|@import", style)
    assert "\u202e" not in text
    assert "\x1b" not in text
    return reader


def run(*arguments: str | Path) -> Result:
    """Call the command in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_parts() -> None:
    """Whatever words come in, they are words."""
    shown = page(
        HOSTILE,
        HOSTILE,
        [
            paragraph(HOSTILE),
            table(HOSTILE, [HOSTILE], [[HOSTILE]]),
            bars(HOSTILE, HOSTILE, [Bar(HOSTILE, -3, HOSTILE), Bar("b", 0), Bar("c", 10**400)]),
            stacks(HOSTILE, HOSTILE, [(HOSTILE, "valid")], [Stack(HOSTILE, [10**400]), Stack("b", [0])]),
            calendar(HOSTILE, {date(2026, 1, 1): Day(5), date(2026, 3, 1): Day(86_400, 60)}),
            marked(HOSTILE, [(0, 5), (3, 9), (12, 14)]),
        ],
    )
    reader = sound(shown)
    assert "".join(reader.words).count("<script>window.owned=1</script>") >= 10


def test_stacks() -> None:
    """Bars of a stack stand on each other without a gap, none above the edge, and each count there is can be seen."""
    counts = [[0, 0, 10**9], [1, 1, 10**9], [5 * 10**8, 0, 5 * 10**8], [0, 3, 0], [0, 0, 0]]
    parts = [("bad", "invalid"), ("fair", "acceptable"), ("good", "valid")]
    shown = stacks("x", "payloads", parts, [Stack(f"m{index}", one) for index, one in enumerate(counts)])
    rects = re.findall(r'<rect class="(\w+)" x="(\d+)" y="(\d+)" width="8" height="(\d+)"><title>(.*?)<', shown)
    for index, one in enumerate(counts):
        drawn = [rect for rect in rects if int(rect[1]) == index * 10 + 1]
        assert [(kind, title) for kind, _, _, _, title in drawn] == [
            (kind, f"m{index}: {count:,} payloads, {name}")
            for (name, kind), count in zip(parts, one, strict=True)
            if count
        ]
        foot = 1_000
        for _, _, top, tall, _ in drawn:
            assert int(tall) >= 4
            assert int(top) + int(tall) == foot
            foot = int(top)
        assert foot >= 0
    rows = re.findall(r"<tr><td>(m\d)</td>" + r'<td class="number">([\d,]+)</td>' * 3, shown)
    assert rows == [(f"m{index}", *(f"{count:,}" for count in reversed(one))) for index, one in enumerate(counts)]
    assert "at most 1,000,000,002 payloads, m1" in shown
    assert stacks("x", "payloads", parts, []) == ""


def test_calendar_behind() -> None:
    """Behind the calendar stands each day that is not covered once and whole."""
    shown = calendar(
        "x", {date(2025, 12, 31): Day(86_400), date(2026, 1, 2): Day(60), date(2026, 1, 3): Day(86_400, 5)}
    )
    rows = re.findall(r"<td>(\S+)</td><td class=\"number\">(\d+)</td><td class=\"number\">(\d+)</td>", shown)
    assert rows == [("2026-01-01", "0", "0"), ("2026-01-02", "60", "0"), ("2026-01-03", "86400", "5")]
    assert shown.count('class="gap"') == 1


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Lines with words that look like markup in every place where a payload can have some."""
    result = {
        "object": "organization.costs.result",
        "amount": {"value": "1.50", "currency": HOSTILE},
        "project_id": HOSTILE,
        HOSTILE: 1,
    }
    bucket = {"object": "bucket", "start_time": 1_790_812_800, "end_time": 1_790_899_200, "results": [result]}
    other = {
        **bucket,
        "results": [
            {**result, "amount": {"value": 1e300, "currency": "usd"}, "object": f"organization.usage.{'x' * 9}.result"}
        ],
    }
    path = tmp_path / "a.ndjson"
    path.write_text("\n".join([json.dumps(bucket), json.dumps(bucket), json.dumps(other), HOSTILE]), "utf-8")
    return path


def test_scan(archive: Path, tmp_path: Path) -> None:
    """The page of a scan holds what the scan says."""
    place = tmp_path / "scan.html"
    assert run("scan", archive, "--group", "project_id", "--restatements", "--also", f"html={place}").exit_code == 1
    words = "".join(sound(place.read_text("utf-8")).words)
    for part in ("4 payloads", "wire/amount-as-string", "2026-10-01", "Time covered", "Which revision fits", "3.00"):
        assert part in words
    told = json.loads(run("scan", archive, "--format", "json").stdout)["verdicts_by_month"]
    assert told.keys() == {"2026-10", "none"}
    assert "Verdicts by month" in words
    for verdict, count in told["2026-10"].items():
        assert (f"2026-10: {count:,} payloads, {verdict}" in words) == bool(count)
    assert "Without a month: 0 valid, 0 acceptable, 1 invalid" in words


def test_check(archive: Path, tmp_path: Path) -> None:
    """The page of a check counts all payloads, and shows those that fail, also if little is printed."""
    place = tmp_path / "check.html"
    assert run("check", archive, tmp_path / "no.json", "-q", "--also", f"html={place}").exit_code == 2
    words = "".join(sound(place.read_text("utf-8")).words)
    for part in ("4 payloads", "json/syntax-error", "No such file", "acceptable"):
        assert part in words


def test_run(archive: Path, tmp_path: Path) -> None:
    """The page of a run shows what was sent and what came back, with the differences marked."""
    place = tmp_path / "run.html"
    client = "python:usagecompat.clients.reference:codec"
    assert run("run", "--client", client, "--corpus", archive.parent, "--also", f"html={place}").exit_code in {0, 1}
    words = "".join(sound(place.read_text("utf-8")).words)
    assert "What to fix first" in words


@pytest.mark.parametrize("also", ["pdf=x", "html", "html=", "html=.", "html=no/such/x.html"])
@pytest.mark.parametrize("command", ["scan", "check"])
def test_misuse(archive: Path, command: str, also: str) -> None:
    """What cannot be written is told before the work."""
    result = run(command, archive, "--also", also)
    assert result.exit_code == 2
    assert "usagecompat: " in result.output
