"""
What each revision changed about queries, and which callers a change breaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from usagecompat.contract.effects import Effect, Role
from usagecompat.contract.evolution import Change, Rule
from usagecompat.contract.requests import queries_of
from usagecompat.contract.tree import contract
from usagecompat.findings import Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from usagecompat.contract.shapes import Parameter


def query_changes(older: str, newer: str) -> tuple[Change, ...]:
    """All that differs in what may be asked; nothing if one of the two does not say what may be."""
    old, new = queries_of(contract(older)), queries_of(contract(newer))
    if old is None or new is None:
        return ()
    found: list[Change] = []
    for endpoint in dict.fromkeys([*new, *old]):
        if endpoint not in old:
            text, kind = "is a new endpoint", Rule.ENDPOINT_ADDED
            found.append(_change(kind, endpoint, (), text, None, endpoint, breaks=(Role.NEW_CALLER,)))
        elif endpoint not in new:
            text, kind = "is no endpoint any more", Rule.ENDPOINT_REMOVED
            found.append(_change(kind, endpoint, (), text, endpoint, None, breaks=(Role.OLD_CALLER,)))
        else:
            before, after = old[endpoint], new[endpoint]
            for name in dict.fromkeys([*after, *before]):
                if name not in before:
                    found.append(_added(endpoint, name, after[name]))
                elif name not in after:
                    found.append(_removed(endpoint, name, before[name]))
                else:
                    found += _parameter(endpoint, name, before[name], after[name])
    return tuple(found)


def _added(endpoint: str, name: str, after: Parameter) -> Change:
    breaks = (Role.NEW_CALLER, *((Role.OLD_CALLER,) if after.required else ()))
    return _change(Rule.PARAMETER_ADDED, endpoint, (name,), f"is new: {after}", None, str(after), breaks=breaks)


def _removed(endpoint: str, name: str, before: Parameter) -> Change:
    text = "is no longer a parameter"
    breaks = (Role.OLD_CALLER, *((Role.NEW_CALLER,) if before.required else ()))
    return _change(Rule.PARAMETER_REMOVED, endpoint, (name,), text, str(before), None, breaks=breaks)


def _parameter(endpoint: str, name: str, before: Parameter, after: Parameter) -> Iterator[Change]:
    names, was, is_now = (name,), str(before), str(after)
    both = (Role.OLD_CALLER, Role.NEW_CALLER)
    if before.type != after.type:
        text = f"is {after.type}"
        yield _change(Rule.PARAMETER_TYPE_CHANGED, endpoint, names, text, was, is_now, breaks=both)
    if after.required and not before.required:
        yield _change(Rule.PARAMETER_REQUIRED, endpoint, names, "is required", was, is_now, breaks=(Role.OLD_CALLER,))
    if before.required and not after.required:
        text = "may be left out"
        rule = Rule.PARAMETER_NO_LONGER_REQUIRED
        yield _change(rule, endpoint, names, text, was, is_now, breaks=(Role.NEW_CALLER,))
    if before.values != after.values:
        yield from _values(endpoint, name, before, after)
    if None not in (before.default, after.default) and before.default != after.default:
        text = f"is {after.default} if not given, no longer {before.default}"
        yield _change(Rule.PARAMETER_DEFAULT_CHANGED, endpoint, names, text, was, is_now, breaks=both)


def _values(endpoint: str, name: str, before: Parameter, after: Parameter) -> Iterator[Change]:
    """Other values; a list that is gone lets any through."""
    added = [value for value in after.values if value not in before.values] if before.values else []
    removed = [value for value in before.values if value not in after.values] if after.values else []
    if before.values and not after.values:
        text, rule = "may be anything", Rule.PARAMETER_VALUES_ADDED
        yield _change(rule, endpoint, (name,), text, str(before), str(after), breaks=(Role.NEW_CALLER,))
    if after.values and not before.values:
        text, rule = f"is one of {', '.join(after.values)} and nothing else", Rule.PARAMETER_VALUES_REMOVED
        yield _change(rule, endpoint, (name,), text, str(before), str(after), breaks=(Role.OLD_CALLER,))
    if added:
        text, rule = f"may be {', '.join(added)}", Rule.PARAMETER_VALUES_ADDED
        yield _change(rule, endpoint, (name,), text, None, ", ".join(added), breaks=(Role.NEW_CALLER,))
    if removed:
        text, rule = f"is no longer {', '.join(removed)}", Rule.PARAMETER_VALUES_REMOVED
        yield _change(rule, endpoint, (name,), text, ", ".join(removed), None, breaks=(Role.OLD_CALLER,))


def _change(  # noqa: PLR0913, PLR0917 - as many as a change has sides
    rule: Rule,
    endpoint: str,
    names: tuple[str, ...],
    text: str,
    before: str | None,
    after: str | None,
    breaks: tuple[Role, ...],
) -> Change:
    effects = {
        (profile, role): Effect.BREAKING
        if role in breaks
        else Effect.BACKWARD
        if role in (Role.OLD_CALLER, Role.NEW_CALLER)
        else Effect.IDENTICAL
        for profile in Profile
        for role in Role
    }
    return Change(rule=rule, record=endpoint, names=names, text=text, before=before, after=after, effects=effects)
