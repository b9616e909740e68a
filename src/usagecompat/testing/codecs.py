"""
What users have for a codec, as one function from bytes to bytes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator


class LoadsDumps(Protocol):
    """A module such as `json`, or an object like it."""

    def loads(self, payload: bytes, /) -> Any:  # noqa: ANN401 - whatever the codec decodes to
        """What a payload says."""
        ...

    def dumps(self, value: Any, /) -> bytes | str:  # noqa: ANN401 - as above
        """That as a payload again."""
        ...


class DecodeEncode(Protocol):
    """A module such as `msgspec.json`, or an object like it."""

    def decode(self, payload: bytes, /) -> Any:  # noqa: ANN401 - whatever the codec decodes to
        """What a payload says."""
        ...

    def encode(self, value: Any, /) -> bytes | str:  # noqa: ANN401 - as above
        """That as a payload again."""
        ...


Codec: TypeAlias = (
    Callable[[bytes], bytes] | tuple[Callable[[bytes], Any], Callable[[Any], bytes | str]] | LoadsDumps | DecodeEncode
)
"""A function from bytes to bytes, a pair that decodes and encodes, or an object with two methods of these names."""

_NAMES: Final = (("loads", "dumps"), ("decode", "encode"))
_WANTED: Final = (
    "a codec is a function from bytes to bytes, a pair (loads, dumps), "
    "or an object with the methods loads and dumps, or decode and encode"
)


def function_of(codec: Codec) -> Callable[[bytes], object]:
    """
    The codec as a function from bytes to bytes; text that it encodes to becomes UTF-8 if it has two halves.

    Raises:
        TypeError: It is none.
    """
    given: object = codec
    if isinstance(given, tuple):
        pair = cast("tuple[object, ...]", given)
        if len(pair) != 2 or not all(map(callable, pair)):  # noqa: PLR2004 - a pair
            told = ", ".join(type(one).__name__ for one in pair)
            raise TypeError(f"{_WANTED}; this tuple holds ({told})")
        return _of_two(*cast("tuple[Callable[[bytes], Any], Callable[[Any], Any]]", pair))
    halves = list(_halves(given))
    if halves:
        return _of_two(*halves[0])
    if callable(given) and not isinstance(given, type):
        if inspect.iscoroutinefunction(given):
            raise TypeError(f"{_WANTED}; this one is asynchronous: give `lambda payload: asyncio.run(codec(payload))`")
        return cast("Callable[[bytes], object]", given)
    what = f"the class {given.__name__}" if isinstance(given, type) else f"something of type {type(given).__name__}"
    raise TypeError(f"{_WANTED}; {what} is none of these{_half_of(given)}")


def name_of(codec: object) -> str:
    """What a codec is called in reports."""
    if isinstance(codec, tuple):
        return " and ".join(name_of(one) for one in cast("tuple[object, ...]", codec))
    name = getattr(codec, "__qualname__", None) or getattr(codec, "__name__", None) or type(codec).__qualname__
    return str(name)


def _halves(given: object) -> Iterator[tuple[Callable[[bytes], Any], Callable[[Any], Any]]]:
    """The methods that decode and encode, by each pair of names that `given` has."""
    for names in _NAMES:
        one, other = (getattr(given, name, None) for name in names)
        if callable(one) and callable(other):
            yield one, other


def _half_of(given: object) -> str:
    """Which method is there without the other, in words."""
    for names in _NAMES:
        for there, missing in (names, names[::-1]):
            if callable(getattr(given, there, None)):
                return f": it has {there} and no {missing}"
    return ""


def _of_two(loads: Callable[[bytes], Any], dumps: Callable[[Any], Any]) -> Callable[[bytes], object]:
    def codec(payload: bytes) -> object:
        text = dumps(loads(payload))
        return text.encode() if isinstance(text, str) else text

    return codec
