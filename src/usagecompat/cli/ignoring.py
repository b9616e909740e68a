"""
`--ignore CODE` of `check` and `scan`: which findings count for nothing.
"""

from __future__ import annotations

from typing import Final

import click

from usagecompat.findings import CODES, CODES_OF_PAYLOADS
from usagecompat.suggestions import closest

_SAID_OF: Final = {"client": "clients", "convert": "conversions", "server": "servers"}


def known_codes(_context: click.Context, _option: click.Parameter, codes: tuple[str, ...]) -> tuple[str, ...]:
    """
    The codes as given.

    Raises:
        BadParameter: One of them does not exist, or is never found in a payload.
    """
    for code in codes:
        if code not in CODES:
            close = closest(code, CODES_OF_PAYLOADS) or closest(code, CODES)
            hint = f"did you mean {close!r}?" if close else "codes look like 'json/duplicate-member';"
            raise click.BadParameter(f"there is no finding code {code!r}; {hint} `usagecompat explain` lists all.")
        if code not in CODES_OF_PAYLOADS:
            said_of = _SAID_OF[code.partition("/")[0]]
            raise click.BadParameter(f"{code!r} is about {said_of} and never found in a payload.")
    return codes
