"""The module that reads and writes zstd: Python's own from 3.14 on, else its backport."""

from __future__ import annotations

import sys
from importlib import import_module

NAME = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
zstd = import_module(NAME)
