"""
When a result is made, or is said to be made by SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click


def moment() -> str:
    """The second, in UTC, such as `2026-11-29T12:49:01Z`."""
    return _now().strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """The day, in UTC."""
    return _now().date().isoformat()


def _now() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(
            f"SOURCE_DATE_EPOCH must be a number of seconds since 1970, not {epoch!r:.80}."
        ) from None
