"""
A digest that is not that of what is fetched makes an installation fail, with the words of the tool that noticed.

One adapter for each tool is installed from a lock in which digests are changed. What is not here counts as not run.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from usagecompat.adapters.descriptions import Adapter, adapters
from usagecompat.adapters.installation import install, is_installed, statuses
from usagecompat.adapters.locks import not_locked
from usagecompat.exceptions import CannotInstall

if TYPE_CHECKING:
    from pathlib import Path

TAMPERED = {
    "pip": ("python-openai", "requirements.txt", r"(--hash=sha256:)\w", "DO NOT MATCH THE HASHES"),
    "npm": ("node-openai", "package-lock.json", r"(sha512-)\w", "EINTEGRITY"),
    "go": ("go-openai", "go.sum", r"(v3 v3\.52\.0 h1:)\w", "checksum mismatch"),
    "cargo": ("rust-serde-json", "Cargo.lock", r'(checksum = ")\w', "checksum for `.*` changed"),
    "maven": ("java-jackson", "lib.sha256", r"(?m)(^)\w", "lib.sha256: the digests do not match: lib/jackson"),
}
"""For each tool an adapter, its lock, what stands before a digest, and what is said."""


def tampered(name: str, file: str, pattern: str, folder: Path) -> Adapter:
    """A copy of an adapter with other digests in its lock."""
    there = shutil.copytree(adapters()[name].folder, folder / name)
    text = (there / file).read_text("utf-8")
    changed = re.sub(pattern, lambda found: found.group(1) + ("0" if found.group()[-1] != "0" else "1"), text)
    assert changed != text
    (there / file).write_text(changed, "utf-8")
    return evolve(adapters()[name], folder=there)


@pytest.mark.parametrize("tool", TAMPERED)
def test_tampered_digest(tool: str, tmp_path: Path) -> None:
    """An installation with digests that do not match fails, says so, and leaves nothing that counts as installed."""
    name, file, pattern, words = TAMPERED[tool]
    adapter = tampered(name, file, pattern, tmp_path)
    if missing := statuses([adapter])[name].missing:
        pytest.skip(f"{tool}: not run, {missing[0].what} is missing")
    assert not_locked(adapter) == ()
    with pytest.raises(CannotInstall, match=words):
        install(adapter, tmp_path / "into")
    assert not is_installed(adapter, tmp_path / "into")
