"""
The pages of the site that are written from the kit itself: Python, commands, contract, formats, and READMEs as they are.

`docs/conf.py` writes them into `docs/reference/`, which git ignores, before Sphinx reads anything.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import usagecompat
from usagecompat.cli import main
from usagecompat.contract import (
    ALL_ENDPOINTS,
    KINDS,
    PUBLISHED,
    RECORDS,
    REVISIONS,
    contract,
    declared_since,
    declared_until,
    known_since,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from usagecompat.contract import Member, RecordShape

ROOT = Path(__file__).resolve().parent.parent
README_PAGES = {
    "fixtures/README.md": "fixtures",
    "schemas/README.md": "schemas",
    "schemas/CHANGELOG.md": "contract-changes",
    "CHANGELOG.md": "changelog",
    ".github/CONTRIBUTING.md": "contributing",
    ".github/SECURITY.md": "security",
    "tests/README.md": "tests",
}
"""Documents beside `docs/`, each with the page of `reference/` that it becomes."""

_ALSO_PUBLIC = {
    "usagecompat.strategies": ("payloads", "broken_payloads", "pages", "buckets", "results"),
    "usagecompat.testing": ("assert_round_trips", "parametrize", "PagingMachine"),
    "usagecompat.clients.adapter_sdk": ("serve",),
}
_DATED = re.compile(r"\d{4}-\d\d-\d\d")


def write_pages(folder: Path) -> None:
    """Write every page into a folder, and touch none that is right already."""
    folder.mkdir(exist_ok=True)
    texts = {f"{name}.md": "".join(page()) for name, page in PAGES.items()}
    texts |= {f"{page}.md": (ROOT / place).read_text("utf-8") for place, page in README_PAGES.items()}
    texts["python.rst"] = "".join(_python())
    for place in folder.iterdir():
        if place.name not in texts:
            place.unlink()
    for name, text in texts.items():
        place = folder / name
        if not place.is_file() or place.read_text("utf-8") != text:
            place.write_text(text, "utf-8")


# -- Python: the public names, with their docstrings


def _python() -> Iterator[str]:
    yield "Python\n======\n\nThe public names of ``usagecompat``. All else may change without notice.\n\n"
    sections: dict[str, list[str]] = {"Functions": [], "Classes": [], "Records": [], "Constants": []}
    for name in usagecompat.__all__:
        value = getattr(usagecompat, name)
        if name in _CONSTANTS:
            sections["Constants"].append(name)
        elif name in RECORDS:
            sections["Records"].append(name)
        elif isinstance(value, type):
            sections["Classes"].append(name)
        elif callable(value):
            sections["Functions"].append(name)
    for title, names in sections.items():
        yield f"{title}\n{'-' * len(title)}\n\n"
        if title == "Records":
            yield "Their members are on the page of :doc:`the contract <contract>`, as attributes of the newest names.\n\n"
        for name in names:
            value = getattr(usagecompat, name)
            if title == "Functions":
                yield f".. autofunction:: usagecompat.{name}\n\n"
            elif title == "Records":
                yield f".. autoclass:: usagecompat.{name}()\n   :no-members:\n\n"
            elif title == "Classes":
                yield f".. autoclass:: usagecompat.{name}\n   :members:\n   :undoc-members:\n\n"
            else:
                yield f".. py:data:: usagecompat.{name}\n\n   {_CONSTANTS[name]}\n\n"
                if isinstance(value, str):
                    yield f"   Here it is ``{value!r}``.\n\n"
    for module, names in _ALSO_PUBLIC.items():
        yield f"{module}\n{'-' * len(module)}\n\n"
        for name in names:
            if name[0].isupper():
                yield f".. autoclass:: {module}.{name}()\n   :members: fetch\n\n"
            else:
                yield f".. autofunction:: {module}.{name}\n\n"


_CONSTANTS = {
    "ABSENT": "The value of a member that is absent, which is not null: ``None`` is null.",
    "CODES": "The catalogue of finding codes: each with its title, and its severity under either profile.",
    "LATEST": "The newest revision of the contract.",
    "REVISIONS": "Every revision of the contract, oldest first.",
    "Revision": "The name of a revision: its date, or a draft that ``load_revision`` has read.",
    "UsageResult": "The type of a result of any kind that the newest revision has: the union of their records.",
}


# -- commands: from the command line itself


def _commands() -> Iterator[str]:
    yield "# Commands\n\nWritten from the command line itself: `usagecompat COMMAND --help` prints the same.\n\n"
    yield "## Exit status\n\n"
    yield "Every command ends with 0 if all is well, 1 if something failed, and 2 for misuse or unreadable input.\n\n"
    yield from _command(main, ["usagecompat"], None)


def _command(command: click.Command, path: list[str], parent: click.Context | None) -> Iterator[str]:
    context = click.Context(command, info_name=path[-1], parent=parent, **command.context_settings)
    if len(path) > 1:
        yield f"{'#' * min(len(path), 4)} {' '.join(path)}\n\n"
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"```text\n{' '.join(path)} {usage}\n```\n\n"
        yield from _paragraphs(command.help or "")
        yield from _options(command, context)
        yield from _paragraphs(command.epilog or "")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found  # noqa: S101 - the group has listed it
            yield from _command(found, [*path, name], context)


def _paragraphs(text: str) -> Iterator[str]:
    """A help text as Markdown: what click must not wrap is a block of code."""
    for paragraph in text.strip().split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines()]
        if lines and lines[0] == "\b":
            examples = [line.removeprefix("Example: ") for line in lines[1:]]
            yield "```bash\n" + "\n".join(examples) + "\n```\n\n"
        elif any(lines):
            yield _escaped(" ".join(lines)) + "\n\n"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    options = [option for option in command.get_params(context) if isinstance(option, click.Option)]
    rows = [row for option in options if (row := option.get_help_record(context))]
    if rows:
        yield "| option | does |\n|---|---|\n"
        yield from (f"| {_code(name)} | {_cell(_escaped(text))} |\n" for name, text in rows)
        yield "\n"


# -- the contract by kind and revision


def _contract() -> Iterator[str]:
    newest = contract(usagecompat.LATEST)
    yield "# The contract\n\nWritten from the records of the kit, at every published revision.\n"
    yield "[What each revision changed](contract-changes.md) has the differences in words, with whom each breaks.\n\n"
    yield "## Revisions\n\n| revision | kinds | members of all kinds | published in |\n|---|---:|---:|---|\n"
    for revision in REVISIONS:
        tree = contract(revision)
        members = sum(len(shape.members) for shape in tree.kinds.values())
        source = _cell(_escaped(str(PUBLISHED[revision])))
        yield f"| {_date(revision)} | {len(tree.kinds)} | {members} | {source} |\n"
    yield "\n## Kinds\n\n"
    yield "| kind | endpoint, below `/v1/organization/` | since | members |\n|---|---|---|---:|\n"
    for kind, shape in newest.kinds.items():
        link = f"[{shape.name}](#{shape.name.lower()})"
        yield f"| {link} | `{newest.endpoints[kind]}` | {_date(known_since(kind))} | {len(shape.members)} |\n"
    yield "\n## Records\n\n"
    yield "A member with an end is one that newer revisions have no more, or under another name.\n\n"
    for shape in (newest.page, newest.bucket, *newest.kinds.values(), newest.amount):
        yield from _record(shape)
    yield from _requests()


def _record(shape: RecordShape) -> Iterator[str]:
    yield f"### {shape.name}\n\n{shape.doc}\n\n"
    if shape.kind:
        yield f"Its `object` is `{shape.kind}`.\n\n"
    yield "| member | type | required | null | since | until | meaning |\n|---|---|---|---|---|---|---|\n"
    for name, (member, required, until) in _members(shape).items():
        words = [_code(name), _type(member), required, "yes" if member.nullable else "no"]
        words += [_date(declared_since(shape.name, name)), _date(until), _cell(_escaped(member.doc))]
        yield f"| {' | '.join(words)} |\n"
    yield "\n"


def _members(shape: RecordShape) -> dict[str, tuple[Member, str, str | None]]:
    """The members of a record at any revision by name, those of the newest first."""
    found: dict[str, tuple[Member, str, str | None]] = {}
    for revision in reversed(REVISIONS):
        known = contract(revision).records.get(shape.name)
        for name, member in known.members.items() if known else ():
            gone = revision != usagecompat.LATEST
            until = declared_until(shape.name, name) if gone else None
            found.setdefault(name, (member, "yes" if member.required else "no", until))
    return found


def _type(member: Member) -> str:
    if member.const is not None:
        return _code(f'"{member.const}"')
    if member.of:
        return f"{member.type} of {' or '.join(member.of) if len(member.of) <= 3 else 'any kind'}"  # noqa: PLR2004 - a cell is narrow
    return str(member.type)


def _requests() -> Iterator[str]:
    yield "## Requests\n\nEvery endpoint takes `start_time` (required), `end_time`, `bucket_width`, `limit`, `group_by` "
    yield "and `page`.\n\n| endpoint | group keys | filters | widths: default and greatest limit |\n|---|---|---|---|\n"
    for endpoint in ALL_ENDPOINTS:
        keys = ", ".join(map(_code, endpoint.group_by))
        filters = ", ".join(_code(one.name) for one in endpoint.filters)
        limits = ", ".join(f"`{width}`: {limit.default}, {limit.most:,}" for width, limit in endpoint.limits.items())
        yield f"| `{endpoint.name}` | {keys} | {filters} | {limits} |\n"


# -- formats: the published schemas of what the kit reads and writes


def _formats() -> Iterator[str]:
    yield "# Formats\n\nEvery JSON that the kit reads or writes has a published JSON Schema in `schemas/`.\n"
    yield "The schemas of the contract itself are on [their own page](schemas.md).\n\n"
    for place in sorted((ROOT / "schemas").glob("*.json")):
        text: dict[str, Any] = json.loads(place.read_text("utf-8"))
        if "$schema" not in text or _DATED.match(place.stem) or place.stem == "latest":
            continue
        yield f"## {place.stem}\n\n{_escaped(text['description'])}\n\n"
        yield f"Schema: [schemas/{place.name}](../../schemas/{place.name})\n\n"
        yield from _members_of(text)
        for name, part in text.get("$defs", {}).items():
            if "properties" in part:
                yield f"### {place.stem}: {name}\n\n"
                yield f"{_escaped(part['description'])}\n\n" if "description" in part else ""
                yield from _members_of(part)


def _members_of(schema: dict[str, Any]) -> Iterator[str]:
    """The table of the members of an object."""
    found = {name: about if isinstance(about, dict) else {} for name, about in schema.get("properties", {}).items()}
    if found:
        yield "| member | type | required | meaning |\n|---|---|---|---|\n"
        required = schema.get("required", ())
        for name, about in found.items():
            meaning = _cell(_escaped(about.get("description", "")))
            yield f"| {_code(name)} | {_kind(about)} | {'yes' if name in required else 'no'} | {meaning} |\n"
        yield "\n"


def _kind(about: dict[str, Any]) -> str:
    if "const" in about:
        return _code(json.dumps(about["const"]))
    if "$ref" in about:
        return _escaped(str(about["$ref"]).rpartition("/")[2])
    said = about.get("type", "")
    return " or ".join(said) if isinstance(said, list) else str(said)


# -- adapters: the real clients that the kit can drive


def _adapters() -> Iterator[str]:
    folder = ROOT / "src" / "usagecompat" / "adapters"
    yield from _shifted((folder / "README.md").read_text("utf-8"), 0, "Adapters")
    yield "\n## The adapters\n\n"
    for place in sorted(folder.glob("*/README.md")):
        yield from _shifted(place.read_text("utf-8"), 2, place.parent.name)
        yield "\n"


def _shifted(text: str, levels: int, title: str) -> Iterator[str]:
    """A document with its headings some levels lower, and another title."""
    code = first = False
    for line in text.splitlines():
        code ^= line.startswith("```")
        if not code and line.startswith("#"):
            hashes, _, words = line.partition(" ")
            line = f"{'#' * levels}{hashes} {words if first else title}"  # noqa: PLW2901 - the line as it is written
            first = True
        yield line + "\n"


# -- words in Markdown


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _date(revision: str | None) -> str:
    """A date that no line breaks."""
    return f'<span class="date">{revision}</span>' if revision else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _escaped(text: str) -> str:
    """Words that Markdown leaves alone; what stands between back quotes is code already."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([*_<>\[\]$])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


PAGES: dict[str, Callable[[], Iterable[str]]] = {
    "commands": _commands,
    "contract": _contract,
    "formats": _formats,
    "adapters": _adapters,
}
"""The pages that are written here, by name."""

assert len(KINDS) == len(ALL_ENDPOINTS)  # noqa: S101 - a kind without an endpoint would be left out of a table
