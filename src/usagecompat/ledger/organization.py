"""
Who a made-up organization is: its projects, its users, its keys and its vector stores.

All of it follows from the seed. The names of people and projects are fixed, their ids are not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from attrs import frozen

from usagecompat.ledger._draws import Draws

_PROJECTS: Final = ("Search", "Support", "Research")
_USERS: Final = ("ada", "grace", "alan", "edsger")
_STORES: Final = 4


@frozen
class Caller:
    """On whose account something happens; a service account is no user, and what is done on the web site has no key."""

    project: str
    user: str | None
    key: str | None


@frozen(kw_only=True)
class Organization:
    """The organization of one seed."""

    id: str
    name: str
    projects: dict[str, str]
    """Names by id."""
    emails: dict[str, str]
    """Addresses of users by id."""
    callers: tuple[Caller, ...]
    stores: tuple[tuple[str, str], ...]
    """Each vector store's project and its own id."""


@lru_cache(maxsize=16)
def organization(seed: int) -> Organization:
    """The organization of this seed."""
    draws = Draws("organization", seed)
    projects = {f"proj_{draws.letters(24)}": name for name in _PROJECTS}
    emails = {f"user-{draws.letters(24)}": f"{name}@example.com" for name in _USERS}
    search, support, research = projects
    ada, grace, alan, edsger = emails
    owners = ((search, ada), (search, grace), (support, grace), (support, alan), (research, edsger), (research, None))
    keyed = tuple(Caller(project, user, f"key_{draws.letters(16)}") for project, user in owners)
    places = tuple(projects)
    return Organization(
        id=f"org-{draws.letters(24)}",
        name="Example Organization",
        projects=projects,
        emails=emails,
        callers=(*keyed, Caller(research, ada, None)),
        stores=tuple((places[at % len(places)], f"vs_{draws.letters(24)}") for at in range(_STORES)),
    )
