"""
What `[tool.usagecompat]` gives to pytest: options that count where the command line says nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from usagecompat.configuration import KEYS, TABLE, Configuration, find
from usagecompat.exceptions import BadConfiguration
from usagecompat.fidelity import Level

if TYPE_CHECKING:
    import pytest

    from usagecompat.configuration import Value

_KEYS: Final = {key.pytest: name for name, key in KEYS.items() if key.pytest}
_EXPECTED: Final = "expected"
_REQUIRE: Final = "require"


@define
class Options:
    """The options of a run, and what a file says beside them; what was taken is remembered."""

    config: pytest.Config
    found: Configuration | None
    taken: dict[str, Value] = field(factory=dict[str, "Value"], init=False)

    @classmethod
    def of(cls, config: pytest.Config) -> Options:
        """
        The options of a run.

        Raises:
            BadConfiguration: The file says what it cannot.
        """
        return cls(config, None if config.option.compat_no_config else find(config.rootpath))

    def get(self, name: str) -> Any:  # noqa: ANN401 - as pytest has it
        """An option, such as `compat_revision`: of the command line, or else of the file; None if neither has it."""
        given = getattr(self.config.option, name)
        return self._of_file(_KEYS[name]) if given is None else given

    @property
    def expected(self) -> list[Path]:
        """The lists of failures that are expected: those of pytest's settings, or else that of the file."""
        paths: list[Path] = self.config.getini("compat_expected_failures")
        if paths:
            return paths
        named = self._of_file(_EXPECTED)
        return [] if named is None else [Path(str(named))]

    @property
    def clients(self) -> list[str]:
        """The clients that judge; one that is given by its name in the file is that of the file."""
        given: list[str] | None = self.config.option.compat_client
        if given is None:
            named = self._of_file(_KEYS["compat_client"])
            return [*named] if isinstance(named, tuple) else []
        return [(self.found.client_named(one) if self.found else None) or one for one in given]

    def directory_of(self, client: str) -> str | None:
        """Where a client is started: those of the file where the file is."""
        return self.found.directory if self.found and client in self.found.texts(_KEYS["compat_client"]) else None

    @property
    def directory_of_setup(self) -> str | None:
        """Where `--compat-setup` is run: that of the file where the file is."""
        return self.found.directory if self.found and self.config.option.compat_setup is None else None

    @property
    def required(self) -> Level:
        """
        The level that clients have to keep to.

        Raises:
            BadConfiguration: It is none.
        """
        said = self._of_file(_REQUIRE)
        if said is None or self.found is None:
            return Level.EXACT
        if str(said).upper() not in Level.__members__:
            reason = f"{said!r} is not one of {', '.join(level.lower() for level in Level.__members__)}"
            raise BadConfiguration(str(self.found.path), _REQUIRE, reason)
        return Level[str(said).upper()]

    def header(self) -> list[str]:
        """A line on what was taken from a file; none if nothing was."""
        if not self.taken or self.found is None:
            return []
        return [f"usagecompat: {self.found.path} [{TABLE}] gives {', '.join(self.taken)}"]

    def _of_file(self, key: str) -> Value | None:
        value = self.found.values.get(key) if self.found else None
        if value is not None:
            self.taken[key] = value
        return value
