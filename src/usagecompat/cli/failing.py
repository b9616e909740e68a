"""
Which findings count for nothing: an option that several commands have.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final

import click

from usagecompat.findings import CODES, CODES_OF_PAYLOADS

_SAID_OF: Final = {"client": "clients", "convert": "conversions", "server": "servers"}


def known_codes(_context: click.Context, _option: click.Parameter, codes: tuple[str, ...]) -> tuple[str, ...]:
    """
    The codes as given.

    Raises:
        BadParameter: One of them does not exist, or is never found in a payload.
    """
    for code in codes:
        if code not in CODES:
            close = get_close_matches(code, CODES, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else "codes look like 'json/duplicate-member';"
            raise click.BadParameter(f"there is no finding code {code!r}; {hint} `usagecompat explain` lists all.")
        if code not in CODES_OF_PAYLOADS:
            said_of = _SAID_OF[code.partition("/")[0]]
            raise click.BadParameter(f"{code!r} is said of {said_of} and never found in a payload.")
    return codes
