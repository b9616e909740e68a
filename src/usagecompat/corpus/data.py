"""
Where `schemas/` and `fixtures/` are.

A wheel carries them inside the package, under `_data/`.
An editable install and a source checkout have them at the top level of the checkout.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_PLACES: Final = (_PACKAGE / "_data", _PACKAGE.parent.parent)


@cache
def folder(name: Literal["schemas", "fixtures"]) -> Path:
    """
    The folder `name`, as this installation has it.

    Raises:
        FileNotFoundError: The installation is damaged: neither the package nor a checkout around it has the folder.
    """
    for place in _PLACES:
        if (found := place / name).is_dir():
            return found
    looked = " and ".join(str(place / name) for place in _PLACES)
    raise FileNotFoundError(f"usagecompat is installed without its {name}: looked for {looked}; install it again")


@cache
def version() -> str:
    """The version of the kit; in a checkout that is not installed, the one that would be."""
    import tomllib  # noqa: PLC0415 - both are dear, and few commands show a version
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version("usagecompat")
    except metadata.PackageNotFoundError:
        project: dict[str, str] = tomllib.loads((_PLACES[1] / "pyproject.toml").read_text("utf-8"))["project"]
        return project["version"]


def size_and_version() -> tuple[str, int]:
    """
    The version of the packaged corpus, which is that of its newest cases, and how many cases it has.

    Its manifest alone is read, as the short answer of `--version` must be fast.

    Raises:
        CorruptCase: The manifest does not say it.
    """
    import json  # noqa: PLC0415 - hardly any command needs it from here

    from usagecompat.exceptions import CorruptCase  # noqa: PLC0415 - likewise

    path = folder("fixtures") / "manifest.json"
    try:
        listed = json.loads(path.read_bytes())["cases"]
        newest = max((case["since"] for case in listed), key=lambda since: tuple(map(int, since.split("."))))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise CorruptCase(str(path), "it must list cases with `since`") from error
    return newest, len(listed)
