"""
How Sphinx builds the site: `nox -f .ci/noxfile.py -s site`.

Documents stay as they are on GitHub; `.ci/site_links.py` adapts their links, and `.ci/site_pages.py` writes the rest.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / ".ci"))

import site_links  # noqa: E402 - only now can it be found
import site_pages  # noqa: E402 - likewise

import usagecompat  # noqa: E402 - likewise

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "usagecompat"
author = "The usagecompat authors"
copyright = author  # noqa: A001 - Sphinx's own name for it
version = release = usagecompat.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
root_doc = "index"

myst_heading_anchors = 4
myst_enable_extensions = ["strikethrough"]
myst_url_schemes = {
    "http": None,
    "https": None,
    "mailto": None,
    "files0": {"url": "files/{{path}}", "classes": ["file"]},
    "files1": {"url": "../files/{{path}}", "classes": ["file"]},
    "static0": {"url": "_static/{{path}}"},
}

default_role = "literal"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
napoleon_use_rtype = False

highlight_language = "text"
html_theme = "furo"
html_title = f"usagecompat {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
copybutton_exclude = ".linenos, .gp, .go"

_ONLY_HERE = {
    "Reference": """\
* [Python](reference/python.rst): the public names.
* [Commands](reference/commands.md): every command with its options.
* [The contract](reference/contract.md): members by kind and revision, and requests.
* [What each revision changed](reference/contract-changes.md): and whom it breaks.
* [Formats](reference/formats.md): every JSON of the kit with its schema.
* [Schemas](reference/schemas.md): the contract as JSON Schema, in any language.
* [Fixtures](reference/fixtures.md): what a case is, and how to use it without Python.
* [Changelog](reference/changelog.md): what each version brought.
""",
    "Explanation": """\
* [Contributing](reference/contributing.md): set up, test, add things.
* [Tests](reference/tests.md): where a test goes.
* [Security](reference/security.md): what is promised about hostile input.
""",
    "Showcase": """\
* [Adapters](reference/adapters.md): the real clients that the kit can drive, and what each loses.
""",
}


def _read(_app: Sphinx, page: str, text: list[str]) -> None:
    """A document as it is read."""
    if page == "reference/python":
        return
    moved = site_links.on_the_site(text[0], page)
    text[0] = site_links.with_contents(moved, _ONLY_HERE) if page == root_doc else moved


def _finished(app: Sphinx, error: Exception | None) -> None:
    """Payloads and schemas stand beside the pages that link to them."""
    if error is None and app.builder.name == "html":
        for folder in site_links.FILES:
            shutil.copytree(HERE.parent / folder, Path(app.outdir) / "files" / folder, dirs_exist_ok=True)


def setup(app: Sphinx) -> None:
    """Write the pages that are made from the kit, and look after links."""
    site_pages.write_pages(HERE / "reference")
    app.connect("source-read", _read)
    app.connect("build-finished", _finished)
