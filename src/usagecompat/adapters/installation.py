"""
Where adapters are installed, what is missing for it, and how an installed one is driven.

An adapter is installed into a folder of its own, outside the package: its files are copied there, and then its
commands run there, which fetch or generate the client. Nothing is fetched whose digest no lock has.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen
from platformdirs import user_cache_path

from usagecompat.adapters.descriptions import Need, paging_row_of, row_of
from usagecompat.adapters.locks import not_locked
from usagecompat.clients import TIMEOUT, ClientSpec, Way
from usagecompat.corpus import version
from usagecompat.exceptions import CannotInstall, NotInstalled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from usagecompat.adapters.descriptions import Adapter, PagingRow, Row

PLACE: Final = "USAGECOMPAT_ADAPTERS"
"""The environment variable that names where adapters are installed, if not in the cache."""
_MARK: Final = "installed.json"
_TESTING: Final = 30.0
"""How many seconds a test for something needed may take."""
_MOST_OUTPUT: Final = 2000
_LOCKED: Final = {"GOTOOLCHAIN": "local"}
"""What keeps tools from fetching what no lock has: Go would get another Go."""


_POSIX: Final = Need(
    what="a POSIX system", test=(), get="adapters are processes of clients, which Windows has in WSL alone"
)


@frozen(kw_only=True)
class Status:
    """What stands between an adapter and a run."""

    installed: bool
    missing: tuple[Need, ...]
    """What would have to be there before it can be installed."""

    @property
    def can_run(self) -> bool:
        """Whether a run needs nothing more, or nothing but an installation."""
        return not self.missing


def place() -> Path:
    """Where adapters are installed unless told otherwise."""
    if named := os.environ.get(PLACE):
        return Path(named)
    return user_cache_path("usagecompat", appauthor=False) / "adapters"


def folder_of(adapter: Adapter, into: Path | None = None) -> Path:
    """Where an adapter is installed: each version of the kit has its own, so that two can be used side by side."""
    return (into or place()) / version() / adapter.name


def statuses(listed: Iterable[Adapter], into: Path | None = None) -> Mapping[str, Status]:
    """What stands between each of these adapters and a run, by name; what they need is looked for, each thing once."""
    adapters = list(listed)
    tests = sorted({need.test for adapter in adapters for need in adapter.needs})
    nowhere = (_POSIX,) if sys.platform == "win32" else ()
    with ThreadPoolExecutor(max_workers=4) as pool:
        there = dict(zip(tests, pool.map(_succeeds, tests), strict=True))
    return {
        adapter.name: Status(
            installed=is_installed(adapter, into),
            missing=(*nowhere, *(need for need in adapter.needs if not there[need.test])),
        )
        for adapter in adapters
    }


def is_installed(adapter: Adapter, into: Path | None = None) -> bool:
    """Whether the adapter, as it is now, was installed for this Python."""
    try:
        held = json.loads((folder_of(adapter, into) / _MARK).read_bytes())
    except (OSError, ValueError):
        return False
    return bool(held == _mark(adapter))


def install(adapter: Adapter, into: Path | None = None) -> Path:
    """
    Install the adapter, unless it is installed already; the folder where it is.

    Args:
        adapter: Which.
        into: The folder for all adapters, in which each has its own; None for the usual one.

    Raises:
        CannotInstall: It would fetch something without a digest, something that it needs is missing, or one of its
            commands fails.
    """
    folder = folder_of(adapter, into)
    if is_installed(adapter, into):
        return folder
    if unlocked := not_locked(adapter):
        raise CannotInstall(adapter.name, f"it would fetch what no digest is known of: {'; '.join(unlocked)}")
    missing = statuses([adapter], into)[adapter.name].missing
    if missing:
        raise CannotInstall(adapter.name, "; ".join(f"{need.what} is missing: {need.get}" for need in missing))
    shutil.rmtree(folder, ignore_errors=True)
    list(adapter.copy_to(folder))
    for command in adapter.install:
        _do(adapter, command, folder)
    (folder / _MARK).write_text(json.dumps(_mark(adapter)), "utf-8")
    return folder


def remove(adapter: Adapter, into: Path | None = None, *, every_version: bool = False) -> tuple[Path, ...]:
    """
    Remove what was installed of an adapter; the folders that are gone.

    Args:
        adapter: Which.
        into: The folder for all adapters; None for the usual one.
        every_version: Also what other versions of the kit installed.

    Raises:
        CannotInstall: A folder cannot be removed.
    """
    root = into or place()
    folders = [folder_of(adapter, into)]
    if every_version:
        folders += [root / adapter.name, *root.glob(f"*/{adapter.name}")]
    gone = [folder for folder in dict.fromkeys(folders) if (folder / _MARK).is_file() and not folder.is_symlink()]
    for folder in gone:
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise CannotInstall(
                adapter.name, f"{error.filename or folder}: {error.strerror}; it is left there"
            ) from error
    return tuple(gone)


def client_of(name: str, *, into: Path | None = None, timeout: float = TIMEOUT) -> ClientSpec:
    """
    The client that an installed adapter drives, as the runner takes it.

    Raises:
        NoSuchName: There is no adapter and no row of this name.
        NotInstalled: It has to be installed first.
    """
    return _spec(*row_of(name), Way.STDIO, into, timeout)


def paging_client_of(name: str, *, into: Path | None = None, timeout: float = TIMEOUT) -> ClientSpec:
    """
    The program of an installed adapter that fetches all pages.

    Raises:
        NoSuchName: There is no adapter and no row of this name that does so.
        NotInstalled: It has to be installed first.
    """
    adapter, row = paging_row_of(name)
    return _spec(adapter, row, Way.STDIO if row.stays else Way.HTTP, into, timeout)


def _spec(adapter: Adapter, row: Row | PagingRow, way: Way, into: Path | None, timeout: float) -> ClientSpec:
    if not is_installed(adapter, into):
        raise NotInstalled(adapter.name)
    return ClientSpec(
        name=row.name,
        command=_filled(row.run),
        way=way,
        version=adapter.client.version,
        language=adapter.language,
        language_version=platform.python_version() if adapter.language == "python" else "",
        env=adapter.env,
        cwd=str(folder_of(adapter, into).absolute()),
        timeout=timeout,
    )


def _mark(adapter: Adapter) -> dict[str, str]:
    """What an installation was made from."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"fingerprint": adapter.fingerprint, "usagecompat": version(), "python": python}


def _filled(command: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.replace("{python}", sys.executable) for word in command)


def _succeeds(test: tuple[str, ...]) -> bool:
    command = _filled(test)
    try:
        run = subprocess.run(  # noqa: S603 - our own description names it
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TESTING, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def _do(adapter: Adapter, command: tuple[str, ...], folder: Path) -> None:
    said = " ".join(command)
    try:
        run = subprocess.run(  # noqa: S603 - our own description names it
            _filled(command),
            cwd=folder,
            env={**os.environ, **_LOCKED},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise CannotInstall(adapter.name, f"{said}: {error.strerror}") from error
    if run.returncode:
        printed = (run.stdout + run.stderr).decode("utf-8", "replace").strip()
        raise CannotInstall(adapter.name, f"{said} ended with status {run.returncode}: {printed[-_MOST_OUTPUT:]}")
