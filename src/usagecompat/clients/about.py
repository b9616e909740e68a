"""
What a result is of: the kit, the corpus, the options that change what comes out, the day and the platform.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping  # noqa: TC003 - annotations are read at run time
from hashlib import sha256

from attrs import Factory, frozen

from usagecompat.clients.plain import fields_of


@frozen(kw_only=True)
class CorpusAbout:
    """Which corpus was put to a client."""

    version: str | None
    """The version of the corpus that comes with the kit; None for any other corpus."""
    digest: str
    """What `digest_of_all` makes of all that there is in it."""
    cases: int
    """How many cases were meant."""
    of: int
    """How many there are in it."""


@frozen(kw_only=True)
class About:
    """What a result is of, beside the client."""

    usagecompat: str
    """The version of the kit."""
    made: str
    """When it was made, in UTC, such as `2026-11-29T12:49:01Z`."""
    platform: str
    """The system, and the Python that ran the kit."""
    corpus: CorpusAbout
    options: Mapping[str, object] = Factory(dict[str, object])
    """What was asked for, by the name of the option, where it can change what comes out."""

    def to_dict(self) -> dict[str, object]:
        """What it is of as `schemas/run.json` describes it."""
        return fields_of(self)


def this_platform() -> str:
    """The system and the Python that run the kit, without the name of the machine."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}".strip()
    return f"{system}, {platform.python_implementation()} {platform.python_version()}"


def digest_of_all(digests: Mapping[str, str]) -> str:
    """The SHA-256 of a line for each case, sorted: its id, a space, and the SHA-256 of its payload."""
    lines = "".join(f"{name} {digests[name]}\n" for name in sorted(digests))
    return sha256(lines.encode(errors="surrogatepass")).hexdigest()
