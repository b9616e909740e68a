"""The pages of the site that are written from the kit are whole, and links of documents lead to what the site has."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import usagecompat
from usagecompat.cli import main
from usagecompat.contract import REVISIONS, contract

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def script(name: str) -> ModuleType:
    """A script of `.ci`, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages() -> ModuleType:
    """The script that writes pages."""
    return script("site_pages")


@pytest.fixture(scope="module")
def links(pages: ModuleType) -> ModuleType:
    """The script that adapts links."""
    assert pages
    return script("site_links")


@pytest.fixture(scope="module")
def written(pages: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The written pages by name."""
    folder = tmp_path_factory.mktemp("site") / "reference"
    pages.write_pages(folder)
    return {place.name: place.read_text("utf-8") for place in folder.iterdir()}


def commands(group: object, path: str) -> Iterator[tuple[str, list[str]]]:
    """Every command by its path, with its options."""
    info = group if isinstance(group, dict) else {}
    options = [name for one in info["params"] if one["param_type_name"] == "option" for name in one["opts"]]
    yield path, options
    for name, inner in info.get("commands", {}).items():
        yield from commands(inner, f"{path} {name}")


def test_every_command_is_a_section(written: dict[str, str]) -> None:
    """Each command, and each of its options, stands on the page of commands."""
    text = written["commands.md"]
    with main.make_context("usagecompat", ["--version"], resilient_parsing=True) as context:
        known = dict(commands(main.to_info_dict(context), "usagecompat"))
    assert len(known) > 20
    for path, options in known.items():
        if path == "usagecompat":
            continue
        section = text.partition(f" {path}\n")[2].partition("\n#")[0]
        assert section, path
        assert [name for name in options if name not in section] == []


def test_every_member_is_in_the_contract(written: dict[str, str]) -> None:
    """Each member of each record at each revision stands in the table of its record."""
    text = written["contract.md"]
    for revision in REVISIONS:
        for name, shape in contract(revision).records.items():
            table = text.partition(f"### {name}\n")[2].partition("\n### ")[0]
            assert [member for member in shape.members if f"| `{member}` |" not in table] == []


def test_every_public_name_is_described(written: dict[str, str]) -> None:
    """Each public name has an entry on the page of Python."""
    names = [name for name in usagecompat.__all__ if name != "strategies"]
    assert [
        name for name in names if f":: usagecompat.{name}\n" not in written["python.rst"].replace("()\n", "\n")
    ] == []


def test_every_format_has_its_schema(written: dict[str, str]) -> None:
    """Each schema of our own formats has a section, and a link to its file."""
    own = [place.name for place in (ROOT / "schemas").glob("*.json") if "-" not in place.stem and place.stem.islower()]
    formats = [name for name in own if name not in {"latest.json", "package.json"}]
    assert len(formats) >= 10
    assert [name for name in formats if f"(../../schemas/{name})" not in written["formats.md"]] == []


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ("why", "[a](findings.md#b)", "[a](findings.md#b)"),
        ("why", "[a](../fixtures/README.md)", "[a](reference/fixtures.md)"),
        ("why", "[a](../fixtures/)", "[a](reference/fixtures.md)"),
        ("why", "[a](../fixtures/kinds/costs-full.json)", "[a](files0:fixtures/kinds/costs-full.json)"),
        ("why", "[a](../README.md#run-the-tests)", "[a](index.md)"),
        ("why", "[a](../src/usagecompat/cli/run.py)", "a"),
        ("why", "[a](https://example.org/x)", "[a](https://example.org/x)"),
        ("why", "[a](#here)", "[a](#here)"),
        ("why", "![a](matrix.png)", "![a](matrix.png)"),
        ("why", "```\n[a](../README.md)\n```", "```\n[a](../README.md)\n```"),
        ("reference/fixtures", "[a](../docs/findings.md)", "[a](../findings.md)"),
        ("reference/contributing", "[a](../docs/why.md)", "[a](../why.md)"),
        ("reference/contributing", "[a](../tests/README.md)", "[a](../reference/tests.md)"),
        ("reference/schemas", "[a](CHANGELOG.md)", "[a](../reference/contract-changes.md)"),
        ("reference/formats", "[a](../../schemas/run.json)", "[a](files1:schemas/run.json)"),
    ],
)
def test_links(links: ModuleType, page: str, text: str, expected: str) -> None:
    """A link leads to a page of the site, to a file beside it, or is words; code stays as it is."""
    assert links.on_the_site(text, page) == expected


def test_every_document_is_in_the_contents(links: ModuleType) -> None:
    """The start page lists every document, so that each is in the table of contents."""
    text = (ROOT / "docs" / "index.md").read_text("utf-8")
    documents = {place.stem for place in (ROOT / "docs").glob("*.md")} - {"index"}
    contents = links.with_contents(text, {})
    assert contents.count("{toctree}") == 5
    assert [name for name in documents if f"\n{name}\n" not in contents] == []
