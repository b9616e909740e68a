"""
How each ecosystem spells the name and the version of a package.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from usagecompat.exceptions import CannotPack

if TYPE_CHECKING:
    from re import Pattern

_VERSION: Final = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(a|b|rc)(\d+))?(?:\.dev(\d+))?", re.ASCII)
_SEMANTIC: Final = re.compile(
    r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-(?!0\d+(?:\.|$))[0-9A-Za-z-]+(?:\.(?!0\d+(?:\.|$))[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_STAGES: Final = {"a": "alpha", "b": "beta", "rc": "rc"}


@frozen
class Naming:
    """What may be the name of a package."""

    usual: str
    """That of the kit's own corpus."""
    pattern: Pattern[str]
    example: str

    def checked(self, name: str) -> str:
        """
        The name.

        Raises:
            CannotPack: It is none.
        """
        if not self.pattern.fullmatch(name):
            raise CannotPack(f"{name!r} is no name of such a package; give one such as {self.example}")
        return name


NPM: Final = Naming(
    "usagecompat-corpus",
    re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]{0,99}/)?[a-z0-9~-][a-z0-9._~-]{0,99}", re.ASCII),
    "@acme/usage-corpus",
)
GO: Final = Naming(
    "usagecompat.invalid/corpus",  # RFC 2606: nobody can own this host
    re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9_-](?:[A-Za-z0-9._~-]*[A-Za-z0-9_~-])?)+", re.ASCII),
    "go.acme.example/usage-corpus",
)
CARGO: Final = Naming("usagecompat-corpus", re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII), "acme-usage-corpus")
MAVEN: Final = Naming(
    "usagecompat:corpus",
    re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*:[a-z][a-z0-9_-]*", re.ASCII),
    "com.acme:usage-corpus",
)
ARCHIVE: Final = Naming("usagecompat-corpus", re.compile(r"\w[\w.-]{0,99}", re.ASCII), "acme-usage-corpus")


def semantic(version: str) -> str:
    """
    A version of Python's, or a semantic one, as npm, Go, Cargo and Maven all take it: `0.2.0rc1` becomes `0.2.0-rc.1`.

    Raises:
        CannotPack: They know no such version.
    """
    if _SEMANTIC.fullmatch(version):
        return version
    found = _VERSION.fullmatch(version)
    if found is None:
        raise CannotPack(f"npm, Go, Cargo and Maven have no version {version!r}; give one such as 1.2.0 or 1.2.0-rc.1")
    major, minor, patch, stage, number, dev = found.groups()
    release = ".".join(str(int(part or 0)) for part in (major, minor, patch))
    later = [f"{_STAGES[stage]}.{int(number)}"] if stage else []
    later += [f"dev.{int(dev)}"] if dev is not None else []
    return "-".join([release, *([".".join(later)] if later else [])])


def module_path(name: str, version: str) -> str:
    """A path of a Go module; from the second major version on that stands in it."""
    major = version.partition(".")[0]
    return name if major in {"0", "1"} or name.endswith(f"/v{major}") else f"{name}/v{major}"


def escaped_path(path: str) -> str:
    """A path of a Go module as proxies have it, for file systems where case does not count."""
    return re.sub("[A-Z]", lambda found: f"!{found.group().lower()}", path)
