"""
What a text is that is no JSON: told by how it begins, or by what stands where it breaks.

Nothing here decides whether a text is JSON; it only finds better words for one that is not.
"""

from __future__ import annotations

import re
from typing import Final

_HEAD: Final = 2_000
_LONGEST: Final = 80
_SINGLE: Final = re.compile(r"\\+")
_TWICE: Final = r"\\\\"
_MAGIC: Final = (
    (b"\x1f\x8b", "These are gzip bytes; name the file .gz, or unpack it first."),
    (b"\x28\xb5\x2f\xfd", "These are zstd bytes; name the file .zst, or unpack it first."),
    (b"BZh", "These are bzip2 bytes; unpack the file first."),
    (b"\xfd7zXZ", "These are xz bytes; unpack the file first."),
    (b"PK\x03\x04", "This is a zip archive or an Excel file; unpack it, or export JSON."),
    (b"PAR1", "This is a Parquet table; `usagecompat scan` reads tables."),
    (b"ARROW1", "This is an Arrow table; `usagecompat scan` reads tables."),
    (b"%PDF", "This is a PDF."),
    (b"SQLite format 3", "This is an SQLite database."),
    (b"\xff\xfe", "This begins like UTF-16; JSON is sent as UTF-8."),
    (b"\xfe\xff", "This begins like UTF-16; JSON is sent as UTF-8."),
)
_EXPORT: Final = re.compile(
    r"\"?(?:start_time|end_time|start_time_iso|end_time_iso|amount_value|organization_id|project_id|num_model_requests|date)\"?[,\t;]"
)
_LINE_OF_YAML: Final = re.compile(r"%YAML |(?:---[ \t]*\r?\n)?(?:- )?[A-Za-z_][\w .-]*:(?:[ \t][^\n]*|)\r?(?:\n|$)")
_HEADERS: Final = re.compile(
    r"(?:[<*>] )?HTTP/\d[\d.]* \d{3}|(?i:content-type|date|server|openai-organization)[ \t]*:[ \t]*\S"
)
_ASSIGNMENT: Final = re.compile(
    r"(?:const|let|var|export default|module\.exports)\b|[A-Za-z_$][\w$.]*[ \t]*=[ \t]*[{\[]"
)
_PYTHON: Final = re.compile(r"[\[({ \t\r\n]*'")
_PROGRAMS: Final = (
    (
        re.compile(r"[A-Za-z_$][\w$.]*\([\[{]\s*(?:\"|[\]}])"),
        "This is JSONP or source code; the payload is only what stands between the parentheses.",
    ),
    (
        re.compile(r"[\[({ \t\r\n]*(?:[A-Za-z_][\w.]*\((?:\w+=|[\[({'\"\d])|<[\w.]+ object at 0x)"),
        "This is how Python prints an object; write what it holds with `json.dumps`.",
    ),
    (re.compile(r"curl: \(\d+\)"), "This is what curl prints when a request fails; there was no answer."),
    (
        re.compile(r"Traceback \(most recent call last\)"),
        "This is a traceback of Python: the program that was to write the payload failed.",
    ),
    (
        re.compile(r'(?:[\w ()$"-]+([,\t;])(?! ))+[\w ()$"-]*\r?\n[^\n]*\1'),
        "This is a table (CSV or TSV), such as the dashboard exports; ask the API itself for JSON.",
    ),
)
"""What programs print, and what to say of it."""
_AT_CHARACTER: Final = {
    ",": "There is one comma too many, or a value is missing before it.",
    "-": "A digit must follow a minus sign at once.",
    "_": "A JSON number has no separators of thousands.",
    "$": "A JSON number has no currency sign; the currency is a member of its own.",
    ".": "A JSON number has a digit before its point.",
}
_LINE_OF_A_LOG: Final = re.compile(r"\s*\[?\d{4}-\d\d-\d\d[T \]]")
_WORDS: Final = {"t": "true", "f": "false", "n": "null"}
_BYTES: Final = re.compile(r"[bB](['\"])")
_CONFLICT: Final = re.compile(r"^(?:<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
_VALUE: Final = re.compile(r'[{\["]|-?\d|(?:true|false|null)\b')
_WHOLE: Final = re.compile(r":\s*(-?(?:0|[1-9][0-9]*)),$")
_SHORT_GROUP: Final = re.compile(r"-?[1-9][0-9]{0,2}")
_GROUPS: Final = re.compile(r"[0-9]{3}(?:,[0-9]{3})*(?:\.[0-9]+)?(?![,.]?\w)")
_FRACTION: Final = re.compile(r"[0-9]+(?![,.]?\w)")
_CURLY: Final = frozenset("\u201c\u201d\u201e\u201f\u2018\u2019\u00ab\u00bb")


def foreign_bytes(data: bytes) -> str:
    """What bytes are that are not UTF-8, as a hint; empty if nobody knows."""
    for magic, hint in _MAGIC:
        if data.startswith(magic):
            return hint
    if data[1:2] == b"\0" or data[:1] == b"\0":
        return "This looks like UTF-16 or UTF-32 without a mark; JSON is sent as UTF-8."
    return "Was it written in another encoding, such as Latin-1?" if data[:1] in b'{["' else ""


def foreign_text(text: str) -> str:  # noqa: PLR0911 - one for each sort
    """What a text is that does not begin as JSON does, as a hint; empty if nobody knows."""
    head = text.lstrip()[:_HEAD]
    start = head[:1]
    if not start:
        return ""
    if "\0" in head[:2]:
        return foreign_bytes(head[:4].encode())
    for magic, hint in _MAGIC:
        if head.startswith(magic.decode("latin-1")):
            return hint
    if _CONFLICT.match(head):
        return "This is a merge conflict; decide for one side, and take the marks out."
    for sort, hint in _PROGRAMS:
        if sort.match(head):
            return hint
    if start == "<" and not head.startswith("< HTTP"):
        what = (
            "an HTML page, such as a proxy or a log-in sends"
            if re.match(r"<(?:!doctype html|html|head|body|!--)", head, re.IGNORECASE)
            else "XML or HTML"
        )
        return f"This is {what}, not an answer of the API."
    if (literal := _BYTES.match(head)) is not None:
        return f"This is how Python prints bytes: the payload is what stands between the {literal[1]}; write the bytes themselves."
    if _PYTHON.match(head):
        return "This is how Python prints a dict or list; `json.dumps` writes JSON."
    if head.startswith(")]}'"):
        return "A guard against script inclusion comes first; the payload begins after its line."
    if re.match(r"(?:id|event|retry|data|):", head) and re.search(r"^data:", head, re.MULTILINE):
        return "This is an event stream (SSE); the payload is what follows `data:`."
    if _HEADERS.match(head):
        line = _line_behind_headers(text)
        return "These are the headers of an HTTP answer; " + (
            f"the payload begins in line {line}." if line else "the payload is missing."
        )
    if _EXPORT.match(head):
        return "This is a table (CSV or TSV), such as the dashboard exports; ask the API itself for JSON."
    if _ASSIGNMENT.match(head):
        return "This is source code; the payload is only what follows the `=`."
    if start in "#/":
        return "JSON has no comments."
    if head.startswith("```"):
        return "This is a block of Markdown; the payload stands between the fences."
    if start not in '{["' and _LINE_OF_YAML.match(head):
        return "This is YAML, or something like it; write it as JSON."
    if start in _CURLY:
        return 'Curly quotes are no JSON; an editor or a chat put them there. Write ".'
    return "This is plain text." if start not in '{["-0123456789tfn]}' else ""


def _line_behind_headers(text: str) -> int | None:
    """The line in which the body of an HTTP answer begins."""
    end = re.search(r"\r?\n[<>* ]*\r?\n[ \t\r\n]*", text)
    return text.count("\n", 0, end.end()) + 1 if end and end.end() < len(text) else None


def line_of_a_log(text: str) -> str:
    """What to say of a text that begins with a date; empty if it does not."""
    begins = _LINE_OF_A_LOG.match(text[:_HEAD])
    return "This begins with a date, as a line of a log does; the payload is only what follows." if begins else ""


def hint_at_break(text: str, at: int, expected: str, found: str) -> str:  # noqa: PLR0911 - one for each sort
    """What may have gone wrong where a text that begins as JSON stops being it."""
    if at < _HEAD and (said := line_of_a_log(text)):
        return said
    before = text[max(0, at - _HEAD) : at].rstrip()
    line = text[text.rfind("\n", 0, at) + 1 : at + _HEAD]
    if _CONFLICT.match(line):
        return "This is the mark of a merge conflict; decide for one side, and take the marks out."
    character = found[:1]
    if character in _CURLY:
        return 'Curly quotes are no JSON; an editor or a chat put them there. Write ".'
    if character == "'":
        return "JSON strings stand in double quotes; Python's `json.dumps` writes them."
    if character and character in "]}":
        if before.endswith(","):
            return "A comma must not stand before a closing bracket."
        return _closing(text, at, character)
    if character == "+" and found[1:]:
        return f"A JSON number has no plus sign; write {found[1:]}."
    if said := _number_with_commas(before, text[at : at + _HEAD]):
        return said
    if character == "\\":
        start = text.rfind('"', 0, at)
        end = text.find('"', at)
        inside = text[start + 1 : end] if 0 <= start < end <= start + _LONGEST else "C:\\users"
        return f'A backslash in a JSON string is written twice: "{_SINGLE.sub(_TWICE, inside)}".'
    if "comma" in expected and _VALUE.match(text, at):
        return "A comma is missing before it."
    if "member name" in expected and (character.isalpha() or character in "_$"):
        return f'Member names stand in double quotes: "{found}".'
    return _hint_at_character(character, expected)


def _number_with_commas(before: str, behind: str) -> str:
    """What to say of a number that is the value of a member and goes on behind a comma."""
    whole = _WHOLE.search(before)
    if whole is None:
        return ""
    if _SHORT_GROUP.fullmatch(whole[1]) and (groups := _GROUPS.match(behind)):
        return f"A JSON number has no separators of thousands; write {whole[1]}{groups[0].replace(',', '')}."
    fraction = _FRACTION.match(behind)
    return f"The fraction of a JSON number follows a point; write {whole[1]}.{fraction[0]}." if fraction else ""


def _hint_at_character(character: str, expected: str) -> str:
    """What may have gone wrong where a text that begins as JSON stops being it, by the first character that is odd."""
    if expected.startswith("an escape"):
        return f"Write {_escape(character)} in its place."
    if character and character in ";|" and "comma" in expected:
        return "Members and items are separated by commas."
    if "colon" in expected:
        return "Between a name and its value stands a colon."
    if character.isspace():
        return "White space in JSON is the space, the tab, and the ends of lines; this is another character."
    if character.isdigit() and not character.isascii():
        return "The digits of JSON are 0 to 9."
    if expected == "a value" and (word := _WORDS.get(character.lower())):
        return f"Did you mean {word}?"
    return _AT_CHARACTER.get(character, "")


def _escape(character: str) -> str:
    """How JSON writes a control character."""
    short = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return short.get(character, f"\\u{ord(character):04x}")


def _closing(text: str, at: int, character: str) -> str:
    """Why a closing bracket is not expected."""
    from usagecompat.jsontext.positions import TOKEN  # noqa: PLC0415 - only for what is broken

    is_open: list[str] = []
    for token in TOKEN.finditer(text, 0, at):
        first = text[token.start()]
        if first in "[{":
            is_open.append(first)
        elif first in "]}" and is_open:
            is_open.pop()
    if not is_open:
        return "Nothing is open that it could close."
    wanted = "]" if is_open[-1] == "[" else "}"
    if wanted != character:
        return f"The bracket that is open is {is_open[-1]}, which {wanted} closes."
    return "A value is missing before it."


def hint_behind(text: str, at: int) -> str:
    """What it may be that stands behind the value of a text."""
    rest = text[at : at + _HEAD]
    line = text[text.rfind("\n", 0, at) + 1 : at + _HEAD]
    if _CONFLICT.match(line):
        return "This is the mark of a merge conflict; decide for one side, and take the marks out."
    first = rest[:1]
    if first and first in "]}":
        return "There is one closing bracket more than there are opening ones."
    if first == "\0":
        return "NUL bytes follow the value, as when a buffer is written whole."
    if first == ",":
        return "A comma follows; was the value cut out of an array?"
    if first == ";":
        return "A semicolon ends a statement of a program, not a JSON text."
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments."
    if _VALUE.match(rest):
        return "Several payloads in one text, each on a line of its own, are NDJSON."
    return "Only white space may follow the value; a log or a shell may have written more."
