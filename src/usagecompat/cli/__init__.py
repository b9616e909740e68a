"""
The command line: parsing of arguments, exit statuses and wiring, one file per group of commands.
"""

from __future__ import annotations

from usagecompat.cli.commands import main

__all__ = ["main"]
