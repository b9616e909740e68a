"""
`usagecompat fixtures pack`: corpus and schemas as packages of other languages.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from usagecompat.cli.formats import formats
from usagecompat.cli.output import say, say_json
from usagecompat.packing import ECOSYSTEMS, read_contents, write
from usagecompat.packing import pack as made


@click.command("pack", short_help="Make packages for npm, Go, Cargo and Maven, and an archive.")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path), metavar="OUT")
@click.option(
    "--for",
    "ecosystems",
    type=click.Choice(ECOSYSTEMS),
    multiple=True,
    help="Only this kind of package; all of them otherwise. Repeatable.",
)
@click.option(
    "--corpus",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="A corpus of your own in place of the kit's; give --name and --package-version, too.",
)
@click.option(
    "--name", metavar="NAME", help="What the package is called, with one --for: @acme/corpus, acme.example/corpus …"
)
@click.option("--package-version", metavar="VERSION", help="The version of a corpus of your own, such as 1.2.0.")
@formats()
def pack(  # noqa: PLR0913 - one for each option
    *,
    out: Path,
    ecosystems: tuple[str, ...],
    corpus: Path | None,
    name: str | None,
    package_version: str | None,
    format_: str,
) -> None:
    """
    Make packages of the corpus and the schemas in OUT: data, and a loader of a few lines in the language.

    npm, go, cargo and maven have the form that their own tools take; archive is a tarball for everybody else. All have
    the version of the corpus and one digest of the data. The same corpus gives the same bytes. A jar needs a JDK here.

    OUT must not be there yet, or be empty.

    \b
    Example: usagecompat fixtures pack dist/
    Example: usagecompat fixtures pack dist/ --for npm --for go
    Example: usagecompat fixtures pack dist/ --for npm --corpus cases/ --name @acme/cases --package-version 1.0.0
    """  # noqa: D301 - click's own mark
    chosen = tuple(dict.fromkeys(ecosystems)) or ECOSYSTEMS
    if name is not None and len(chosen) > 1:
        raise click.UsageError("--name is for one kind of package, as each has names of its own; give one --for.")
    if corpus is not None and (name is None or package_version is None):
        raise click.UsageError("A corpus of your own needs --name and --package-version.")
    if corpus is None and package_version is not None:
        raise click.UsageError("--package-version is for --corpus; the kit's own corpus has the version of the kit.")
    contents = read_contents(corpus, package_version)
    packages = [made(ecosystem, contents, name=name) for ecosystem in chosen]
    write(packages, out)
    for one in packages:
        use = one.use.replace("{out}", shlex.quote(str(out.absolute())))
        if format_ == "json":
            told = {
                "for": one.ecosystem,
                "name": one.name,
                "version": one.version,
                "digest": one.digest,
                "files": [str(out / file) for file in sorted(one.files)],
                "use": use,
            }
            say_json(told)
            continue
        say(f"{one.ecosystem}: {one.name} {one.version}", f"    {use}")
    if format_ != "json":
        say(f"digest of the data: {contents.digest}")
