"""
The keys of `[tool.usagecompat]`: what each takes, and the options that it stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = "str | int | float | bool | tuple[str, ...]"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value) and "\0" not in value


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, cast("list[object]", value)))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_PLACE: Final = "the path of a file or a directory"
_FOR_OTHERS: Final = frozenset({"schema", "openapi"})
"""Commands that print the contract for others, where no profile is the usual one."""


@frozen
class Key:
    """One key of the table."""

    fits: Callable[[object], bool]
    what: str
    """What it takes, for who gave something else."""
    option: str
    """The option of the commands that it stands for."""
    pytest: str = ""
    """The option of pytest that it stands for."""
    is_place: bool = False
    """Whether a path is relative to the file."""
    unless: frozenset[str] = frozenset()
    """The commands whose option of that name is another one."""


KEYS: Final[Mapping[str, Key]] = {
    "clients": Key(_are_texts, 'a list of clients such as ["mine=node adapter.mjs"]', "--client", "compat_client"),
    "adapters": Key(_are_texts, 'a list of adapters such as ["python-json"]', "--adapter"),
    "corpus": Key(_is_text, _PLACE, "--corpus", is_place=True),
    "set": Key(_is_text, 'the name of a set such as "minimal"', "--set", "compat_set"),
    "expected": Key(_is_text, _PLACE, "--expected", is_place=True, unless=frozenset({"probe"})),
    "require": Key(_is_text, 'a level such as "open"', "--require"),
    "probes": Key(_is_text, 'one of "none", "some" and "all"', "--probes"),
    "timeout": Key(
        _is_number,
        "a number of seconds above zero",
        "--timeout",
        "compat_client_timeout",
        unless=frozenset({"probe", "replay"}),
    ),
    "setup": Key(_is_text, "a line of a shell such as 'make adapter'", "--setup", "compat_setup"),
    "setup-timeout": Key(_is_number, "a number of seconds above zero", "--setup-timeout", "compat_setup_timeout"),
    "jobs": Key(_is_count, "a whole number above zero", "--jobs"),
    "allow-skips": Key(_is_flag, "true or false", "--allow-skips"),
    "revision": Key(
        _is_text,
        "the date of a revision, or the path of a draft",
        "--revision",
        "compat_revision",
        unless=frozenset({"replay"}),
    ),
    "profile": Key(_is_text, 'one of "served" and "published"', "--profile", "compat_profile", unless=_FOR_OTHERS),
    "ignore": Key(_are_texts, 'a list of finding codes such as ["wire/amount-as-string"]', "--ignore", "compat_ignore"),
    "fail-on": Key(_is_text, 'one of "error", "warning" and "note"', "--fail-on", "compat_fail_on"),
}
"""Each key, and what it stands for."""
