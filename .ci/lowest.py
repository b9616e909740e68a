"""Print constraints that pin every dependency in a pyproject.toml to its lower bound."""

from __future__ import annotations

import re
import sys
import tomllib
from itertools import chain
from pathlib import Path

project = tomllib.loads(Path(sys.argv[1]).read_text("utf-8"))["project"]
for line in chain(project["dependencies"], *project["optional-dependencies"].values()):
    bound = re.fullmatch(r"(?P<name>[\w.-]+)(?:\[.*\])?\s*>=\s*(?P<version>[\w.]+)", line)
    if not bound:
        sys.exit(f"{line!r}: write it as name>=version, so that the lowest version is known")
    print(f"{bound['name']}=={bound['version']}")
