"""What is said of texts that are no JSON at all, and of places where JSON stops being it."""

from __future__ import annotations

import bz2
import gzip
import lzma

import hypothesis.strategies as st
import pytest
from hypothesis import given

from usagecompat import check
from usagecompat.jsontext.foreign import foreign_bytes, foreign_text, hint_at_break, hint_behind

FOREIGN = {
    "html": (b"<!DOCTYPE html>\n<html><head>", "an HTML page, such as a proxy"),
    "html-in-small-letters": (b"<html>", "an HTML page, such as a proxy"),
    "line-of-a-log": (b'2026-11-01 12:00:00 INFO {"object": "page"}', "a line of a log"),
    "line-of-a-log-in-brackets": (b'[2026-11-01T12:00:00Z] {"object": "page"}', "a line of a log"),
    "semicolon-within": (b'{"a": 1; "b": 2}', "separated by commas"),
    "html-behind-space": (b"\n  <html>", "HTML"),
    "xml": (b"<?xml version='1.0'?><a/>", "This is XML or HTML"),
    "gzip": (gzip.compress(b"{}"), "gzip"),
    "bzip2": (bz2.compress(b"{}"), "bzip2"),
    "xz": (lzma.compress(b"{}"), "xz"),
    "zstd": (b"\x28\xb5\x2f\xfd\x04\x00\x11", "zstd"),
    "zip": (b"PK\x03\x04\x14\x00", "zip"),
    "parquet": (b"PAR1\x15\x04", "Parquet"),
    "utf-16-little": ('{"a":1}'.encode("utf-16-le"), "UTF-16"),
    "utf-16-big": ('{"a":1}'.encode("utf-16-be"), "UTF-16"),
    "utf-16-with-mark": ('{"a":1}'.encode("utf-16"), "UTF-16"),
    "latin-1": ('{"a":"é"}'.encode("latin-1"), "Latin-1"),
    "csv": (b"start_time,end_time,start_time_iso\n1,2,x", "CSV"),
    "csv-in-quotes": (b'"start_time","end_time"\n1,2', "CSV"),
    "tsv": (b"start_time\tend_time\n1\t2", "CSV or TSV"),
    "yaml": (b"object: page\ndata: []\n", "YAML"),
    "yaml-document": (b"---\nobject: page\n", "YAML"),
    "yaml-list": (b"- object: bucket\n  start_time: 1\n", "YAML"),
    "python-dict": (b"{'object': 'page', 'has_more': False}", "Python prints a dict"),
    "python-list": (b"[{'object': 'page'}]", "Python prints a dict"),
    "python-bytes": (b'b\'{"object":"page"}\'', "Python prints bytes"),
    "headers": (b"HTTP/2 200\r\ncontent-type: application/json\r\n\r\n{}", "line 4"),
    "headers-without-status": (b"content-type: application/json\n\n{}", "line 3"),
    "headers-behind-a-line": (b"\nHTTP/2 200\r\ndate: x\r\n\r\n{}\n{}", "line 5"),
    "headers-alone": (b"HTTP/2 200\r\ndate: x\r\n", "the payload is missing."),
    "headers-and-no-body": (b"HTTP/2 200\r\ndate: x\r\n\r\n", "the payload is missing."),
    "any-header": (b"OpenAI-Organization: x\n\n{}", "the payload begins in line 3."),
    "verbose-headers": (b"< HTTP/1.1 200 OK\n< date: x\n<\n{}", "headers"),
    "events": (b'data: {"object":"page"}\n\n', "`data:`"),
    "named-events": (b'event: usage\ndata: {"object":"page"}\n\n', "`data:`"),
    "guard": (b")]}'\n{}", "A guard against script inclusion"),
    "curly-quotes-first": ("\u201cobject\u201d: 1".encode(), "Curly quotes"),
    "one-line-of-a-table": (b"start_time\tend_time", "CSV or TSV"),
    "curly-quotes": ("{“object”: “page”}".encode(), "Curly quotes"),
    "conflict": (b'{"a":1,\n<<<<<<< HEAD\n"b":2\n=======\n"b":3\n>>>>>>> x\n}', "merge conflict"),
    "conflict-at-the-start": (b"<<<<<<< HEAD\n{}\n=======\n{}", "merge conflict"),
    "conflict-behind": (b"{}\n=======\n{}", "merge conflict"),
    "javascript": (b"const page = {}", "source code"),
    "module": (b"module.exports = {}", "source code"),
    "markdown": (b"```json\n{}\n```", "Markdown"),
    "word": (b"ok", "plain text"),
    "declaration": (b"let page = 1", "source code"),
    "assignment": (b"usage = {}", "source code"),
    "comment-first": (b"# usage\n{}", "JSON has no comments."),
    "slashes-first": (b"// usage\n{}", "JSON has no comments."),
    "pdf": (b"%PDF-1.4", "PDF"),
    "sqlite": (b"SQLite format 3\0", "SQLite"),
    "arrow": (b"ARROW1\0\0", "Arrow"),
    "word-behind-much-space": (b" " * 3_000 + b"ok", "plain text"),
    "no-break-space-alone": ("\u00a0".encode(), "White space in JSON"),
    "yaml-of-a-version": (b"%YAML 1.2\n---\nobject: page\n", "YAML"),
    "letter": (b"X", "This is plain text."),
    "letter-of-yaml": (b"X: 1", "YAML"),
    "any-table": (b"Date,Model,Cost\n2026-01-01,gpt,1\n", "CSV or TSV"),
    "prose": (b"Hello, world\nand more, of it", "plain text"),
    "python-record": (b"UsageResult(object='x', input_tokens=1)", "Python prints an object"),
    "python-records": (b"[CostsResult(amount=1)]", "Python prints an object"),
    "python-instance": (b"<Page object at 0x7f>", "Python prints an object"),
    "jsonp": (b"callback({})", "parentheses"),
    "curl": (b"curl: (6) Could not resolve host: api.openai.com", "no answer"),
    "traceback": (b"Traceback (most recent call last):\n  File", "traceback"),
    "two-levels-of-json": (b'"{\\"object\\":\\"page\\"}"', "JSON text in a JSON string"),
    "byte-order-mark": (b"\xef\xbb\xbf{}", "without a byte order mark"),
    "empty": (b"", "Did what should write it fail?"),
}
BROKEN = {
    "wrong-bracket": (b"[}", "[, which ] closes"),
    "lone-bracket": (b"}", "Nothing is open"),
    "bracket-behind-a-string": (b'["bucket"}', "[, which ] closes"),
    "brace-left-open": (b'{"a":[1}', "[, which ] closes"),
    "trailing-comma": (b"[1,]", "comma must not stand before"),
    "trailing-comma-in-object": (b'{"a":1, }', "comma must not stand before"),
    "no-value": (b'{"a":}', "value is missing"),
    "no-comma": (b'{"a":1 "b":2}', "comma is missing"),
    "bare-name": (b"{object:1}", '"object"'),
    "plus": (b'{"a": +1000}', "write 1000."),
    "thousands": (b'{"a": 1,000}', "write 1000."),
    "millions": (b'{"a": 1,234,567.89, "b": 1}', "write 1234567.89."),
    "thousands-below-zero": (b'{"a": -1,000}', "write -1000."),
    "fraction-behind-a-comma": (b'{"a": 12,5}', "write 12.5."),
    "fraction-of-three-digits": (b'{"a": 0,125}', "write 0.125."),
    "fraction-behind-many-digits": (b'{"a": 2345,678}', "write 2345.678."),
    "python-string": (b"{\"a\": 'b'}", "Python's `json.dumps`"),
    "plus-and-a-digit": (b'{"a": +5}', "write 5."),
    "currency": (b'{"a": $0.06}', "no currency sign"),
    "no-digit": (b'{"a": .5}', "before its point"),
    "backslash": (b'{"a":"C:\\users"}', '"C:\\\\users"'),
    "backslash-among-others": (b'{"b":"x","a":"D:\\data","c":"y"}', '"D:\\\\data"'),
    "backslash-first": (b'"\\data"', '"\\\\data"'),
    "backslash-in-a-long-string": (b'{"a":"' + b"x" * 90 + b'\\data"}', '"C:\\\\users"'),
    "backslash-in-a-cut-string": (b'{"a":"D:\\data', '"C:\\\\users"'),
    "control-character": (b'{"a":"x\ty"}', "Write \\t in its place."),
    "backspace": (b'{"a":"x\by"}', "Write \\b in its place."),
    "form-feed": (b'{"a":"x\fy"}', "Write \\f in its place."),
    "line-feed": (b'{"a":"x\ny"}', "Write \\n in its place."),
    "carriage-return": (b'{"a":"x\ry"}', "Write \\r in its place."),
    "other-control-character": (b'{"a":"x\x01"}', "Write \\u0001 in its place."),
    "no-colon": (b'{"a" 1}', "a colon"),
    "equals": (b'{"a" = 1}', "a colon"),
    "two-commas": (b'{"a":1,,"b":2}', "one comma too many"),
    "minus-alone": (b'{"a": - 5}', "digit must follow a minus"),
    "underscore": (b"[1_000]", "no separators of thousands"),
    "no-break-space": ('{\u00a0"a":1}'.encode(), "White space in JSON"),
    "wide-digits": ('{"a":\uff11}'.encode(), "digits of JSON"),
    "cut-word": (b'{"a":tru}', "Did you mean true?"),
    "small-nan": (b'{"a":nan}', "neither NaN"),
    "too-deep": (b"[" * 200 + b"]" * 200, "run in a circle"),
    "closed-twice": (b'{"a":1}}', "one closing bracket more"),
    "nul": (b'{"a":1}\0\0', "NUL"),
    "block-comment": (b"{}/* x */", "no comments"),
    "hash": (b"{}# x", "no comments"),
    "conflict-in-a-later-line": (b'{\n"a":1,\n<<<<<<< HEAD\n}', "merge conflict"),
    "conflict-behind-lines": (b'{\n"a":1}\n=======\n', "merge conflict"),
    "letter-behind": (b"{}X", "a log or a shell"),
    "bar-within": (b"[1|2]", "separated by commas"),
    "comment": (b'{"a":1} // x', "no comments"),
    "log": (b'{"a":1} ok', "a log or a shell"),
    "semicolon": (b'{"a":1};', "semicolon"),
    "cut-out": (b'{"a":1},', "cut out of an array"),
    "another-value": (b'{"a":1}\n{"a":2}', "NDJSON"),
}


@pytest.mark.parametrize(("payload", "said"), [*FOREIGN.values(), *BROKEN.values()], ids=[*FOREIGN, *BROKEN])
def test_hints(payload: bytes, said: str) -> None:
    """The hint says what the text is, or what is wrong where it breaks, in a sentence."""
    finding = check(payload).findings[0]
    assert said in finding.hint
    assert finding.hint[0].isupper()
    assert finding.hint[-1] in '.?"'
    assert not finding.hint.isupper()


@pytest.mark.parametrize(
    "text", ['{"a":X}', "[X}", '{"a":1 X}', '{"a":é}', '{"a":+}', '{"a":1.234,567}', '{"a":1,23,456}', '{"a":1,234,5}']
)
def test_where_nobody_knows_there_is_no_hint(text: str) -> None:
    """Where nobody knows what was meant, the message says what was expected, and there is no hint."""
    (finding,) = check(text).findings
    assert (finding.code, finding.hint) == ("json/syntax-error", "")


def test_bytes_of_nobody_have_no_hint() -> None:
    """Where nobody knows what bytes are, nothing is said of their encoding."""
    (finding,) = check(b"\x80\x81").findings
    assert (finding.code, finding.hint) == ("json/invalid-utf-8", "")


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "another-value"])
def test_ndjson_is_named_only_where_another_value_follows(name: str) -> None:
    """Only where there is another value is NDJSON what somebody meant."""
    assert "NDJSON" not in "".join(finding.hint for finding in check(BROKEN[name][0]).findings)


@given(data=st.binary(max_size=60))
def test_nothing_is_too_odd(data: bytes) -> None:
    """Whatever bytes come, looking for words never fails."""
    text = data.decode("latin-1")
    assert isinstance(foreign_bytes(data) + foreign_text(text), str)
    for at in range(len(text)):
        assert isinstance(hint_at_break(text, at, "a value", text[at : at + 3]) + hint_behind(text, at), str)
