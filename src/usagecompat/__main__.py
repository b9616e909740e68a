"""
`python -m usagecompat` is the command `usagecompat`.
"""

from __future__ import annotations

from usagecompat.cli import main

main(prog_name="usagecompat")
