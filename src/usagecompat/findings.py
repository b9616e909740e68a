"""
What can be seen in a payload or in a client's answer: codes, severities, findings.

The catalogue `CODES` is an interface: a code is never renamed and never reused.
Its stage prefix says whose matter it is: `json/`, `schema/`, `record/` and `rule/` the payload's, `wire/` the API's own, `client/` the tested client's, `convert/` a conversion's, `server/` the tested server's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias, TypeVar

from attrs import field, frozen
from jsonpointer import escape, unescape

from usagecompat.exceptions import NoSuchName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Path = tuple[str | int, ...]
"""The way from the root to a value: member names as `str`, array indexes as `int`."""


class Severity(StrEnum):
    """How much a finding weighs in the verdict."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Verdict(StrEnum):
    """What all findings of a payload come to."""

    VALID = "valid"
    ACCEPTABLE = "acceptable"
    INVALID = "invalid"


class Profile(StrEnum):
    """What a payload is held against: what the API serves, or the published contract."""

    SERVED = "served"
    PUBLISHED = "published"


class Shape(StrEnum):
    """What a payload is: a page of buckets, one bucket of results, one result, or the flat record of generated clients."""

    PAGE = "page"
    BUCKET = "bucket"
    RESULT = "result"
    FLAT = "flat"


SERVED_SHAPES: Final = (Shape.PAGE, Shape.BUCKET, Shape.RESULT)
"""What the API serves; a flat record is what some clients make of a result."""


ProfileName: TypeAlias = Literal["served", "published"] | Profile
"""What may be given as a profile."""
ShapeName: TypeAlias = Literal["page", "bucket", "result", "flat"] | Shape
"""What may be given as a shape."""

VerdictName: TypeAlias = Literal["valid", "acceptable", "invalid"] | Verdict
"""What may be given as a verdict."""

Name = TypeVar("Name", bound=StrEnum)


def named(names: type[Name], value: str, what: str) -> Name:
    """
    The member of a closed set of names that has this value.

    Raises:
        NoSuchName: There is none.
    """
    try:
        return names(value)
    except ValueError:
        raise NoSuchName(what, value, tuple(names)) from None


@frozen
class Code:
    """One entry of the catalogue."""

    served: Severity
    published: Severity
    title: str
    """What the code means, in a few words."""

    def severity(self, profile: Profile) -> Severity:
        """The weight of a finding with this code under `profile`."""
        return self.served if profile is Profile.SERVED else self.published


def _code(severity: Severity, title: str, *, published: Severity | None = None) -> Code:
    return Code(severity, published or severity, title)


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CODES: Final[Mapping[str, Code]] = {
    # The text is not strict JSON.
    "json/empty-text": _code(_E, "there is no JSON value at all"),
    "json/invalid-utf-8": _code(_E, "the bytes are not UTF-8"),
    "json/byte-order-mark": _code(_E, "the text begins with a byte order mark"),
    "json/syntax-error": _code(_E, "the text breaks the JSON grammar"),
    "json/truncated-text": _code(_E, "the text ends before its value does"),
    "json/trailing-text": _code(_E, "text follows the end of the value"),
    "json/non-finite-number": _code(_E, "NaN or an infinity stands where a number must"),
    "json/lone-surrogate": _code(_E, "a string holds half of a surrogate pair"),
    "json/duplicate-member": _code(_E, "an object has two members of the same name"),
    "json/limit-size": _code(_E, "the text is longer than 64 MiB"),
    "json/limit-depth": _code(_E, "values are nested deeper than 128 levels"),
    "json/limit-digits": _code(_E, "a number has more than 10,000 digits"),
    "json/limit-exponent": _code(_E, "a number's exponent is beyond ±10,000"),
    "json/already-parsed": _code(_N, "the input was not text, so text faults cannot show"),
    # The document is not what the revision has.
    "schema/wrong-type": _code(_E, "a value has another JSON type than in the contract"),
    "schema/unexpected-null": _code(_E, "a value is null where the contract does not allow it"),
    "schema/missing-member": _code(_E, "a required member is absent"),
    "schema/renamed-member": _code(_E, "a required member stands under a name of an earlier revision"),
    "schema/wrong-object": _code(_E, "the discriminator `object` names something else than belongs here"),
    "schema/unknown-kind": _code(_W, "a result is of a kind that the revision does not know", published=_E),
    "schema/unknown-value": _code(_W, "a value is not one of a closed set", published=_E),
    "schema/unlisted-value": _code(_N, "a value is not among those listed for an open set"),
    "schema/misspelt-member": _code(_W, "an undeclared member is one edit away from an optional one that is absent"),
    "schema/undeclared-member": _code(_N, "a member is not declared by the revision"),
    # The API is known to serve this, although the published contract does not allow it.
    "wire/amount-as-string": _code(_W, "a cost is a string that holds a JSON number", published=_E),
    "wire/results-for-result": _code(_W, "a bucket has `results` where the revision has `result`", published=_E),
    "wire/null-next-page": _code(_W, "`next_page` is null where the revision wanted a string", published=_E),
    "wire/null-group-key": _code(_W, "a group key is null where the revision wanted a value", published=_E),
    "wire/costs-without-sessions": _code(
        _W, "a cost lacks `sessions`, which the revision required by mistake", published=_E
    ),
    "wire/code-interpreter-without-sessions": _code(
        _W, "a code interpreter record lacks `sessions`, which the revision required by mistake", published=_E
    ),
    # Every type is right, and a value is not.
    "record/integer-spelled-as-float": _code(_W, "an integer is spelled with a fraction or an exponent"),
    "record/negative-count": _code(_E, "a count is below zero"),
    "record/lossy-number": _code(_N, "a number changes its value in a common number model"),
    "record/phantom-member": _code(_W, "a flat record has a member that its kind does not have"),
    # Values contradict each other.
    "rule/cached-exceeds-input": _code(_W, "more input tokens are cached than there are"),
    "rule/input-split-mismatch": _code(_W, "uncached, cached and cache-write tokens do not sum to the input"),
    "rule/uncached-split-mismatch": _code(_W, "text, audio and image tokens do not sum to the uncached input"),
    "rule/cached-split-mismatch": _code(_W, "text, audio and image tokens do not sum to the cached input"),
    "rule/output-split-mismatch": _code(_W, "text, audio and image tokens do not sum to the output"),
    "rule/cache-write-split-exceeded": _code(_W, "30-minute and 12-hour cache writes exceed all cache writes"),
    "rule/has-more-without-cursor": _code(_W, "a page has more, and no cursor to get it"),
    "rule/cursor-without-has-more": _code(_W, "a page has a cursor, and `has_more` is false"),
    "rule/end-before-start": _code(_W, "a bucket ends when it starts, or before"),
    "rule/time-not-in-seconds": _code(_W, "a time is before 1970 or beyond the year 2200"),
    "rule/overlapping-buckets": _code(_W, "a bucket starts before the previous one has ended"),
    "rule/unordered-buckets": _code(_W, "a bucket starts before the previous one starts"),
    "rule/mixed-kinds": _code(_W, "a bucket holds results of several kinds"),
    "rule/duplicate-group": _code(_W, "two results of a bucket have the same kind and group keys"),
    "rule/amount-without-currency": _code(_W, "an amount has a value, and no currency"),
    "rule/currency-not-iso-4217": _code(_W, "a currency is not three letters, as ISO 4217 has them"),
    "rule/currency-not-lower-case": _code(_N, "a currency code is not in lower case"),
    # A client's answer is not what it was sent.
    "client/not-json": _code(_E, "the answer is not JSON"),
    "client/kind-lost": _code(_E, "a result came back as another kind"),
    "client/type-changed": _code(_E, "a value came back with another JSON type"),
    "client/value-changed": _code(_E, "a value came back different"),
    "client/duplicate-collapsed": _code(_W, "a member that was sent twice came back once"),
    "client/item-lost": _code(_E, "an item of an array did not come back"),
    "client/item-invented": _code(_E, "an item came back that was not sent"),
    "client/items-reordered": _code(_E, "items of an array came back in another order"),
    "client/member-lost": _code(_E, "a member did not come back"),
    "client/member-invented": _code(_E, "a member came back that was not sent"),
    "client/precision-lost": _code(_W, "a number came back with fewer digits"),
    "client/null-became-absent": _code(_W, "a null did not come back"),
    "client/absent-became-null": _code(_W, "a null came back that was not sent"),
    "client/integer-as-float": _code(_W, "an integer came back spelled with a fraction or an exponent"),
    "client/number-respelled": _code(_N, "a number came back equal and spelled otherwise"),
    "client/order-changed": _code(_N, "members came back in another order"),
    "client/string-respelled": _code(_N, "a string came back equal and escaped otherwise"),
    "client/whitespace-changed": _code(_N, "only the white space between tokens changed"),
    "client/refused-valid": _code(_E, "a payload was refused that must be decoded"),
    "client/accepted-invalid": _code(_E, "a payload was decoded that must be refused"),
    "client/crashed": _code(_E, "the client ended while it had a payload to answer"),
    "client/timed-out": _code(_E, "no answer came before the deadline"),
    "client/protocol-violation": _code(_E, "an answer breaks the protocol"),
    "client/nondeterministic": _code(_E, "the same payload was answered in two ways"),
    "client/state-leak": _code(_E, "a payload's answer depends on the payload before it"),
    # A client that reads all pages of a query did not end up with all buckets, or asked for something else.
    "client/buckets-lost": _code(_E, "a bucket that came is not among those that the client ends up with"),
    "client/buckets-repeated": _code(_E, "a bucket is there more than once"),
    "client/query-changed": _code(_E, "a later request asks for something else than the first"),
    "client/cursor-changed": _code(_E, "a cursor went back otherwise than it came"),
    "client/paging-endless": _code(_E, "the client never stops asking for pages"),
    "client/pages-unread": _code(_E, "a page that there is was never asked for"),
    "client/error-hidden": _code(_E, "a page failed, and the client claimed to have all buckets"),
    "client/gave-up-early": _code(_N, "a request was one too many, and was not made again"),
    # A conversion to another revision left something behind.
    "convert/member-dropped": _code(_W, "a member that the revision does not know was left out"),
    "convert/result-dropped": _code(_W, "a result of a kind that the revision does not know was left out"),
    "convert/null-dropped": _code(_N, "a null that the revision does not allow was left out"),
    "convert/name-lost": _code(_N, "a member stood under a name of another revision, and no longer does"),
    "convert/text-became-number": _code(_N, "a number in a string became a number with the same digits"),
    "convert/sum-recomputed": _code(_N, "a count was recomputed, and the way back may give another text"),
    # A server's answers contradict each other, or what was asked.
    "server/no-answer": _code(_E, "no whole answer comes"),
    "server/failed": _code(_E, "a right query gets status 5xx"),
    "server/endpoint-missing": _code(_E, "an endpoint is not there"),
    "server/query-refused": _code(_E, "a right query is refused"),
    "server/error-with-200": _code(_E, "an error comes with status 200"),
    "server/invalid-page": _code(_E, "an answer is no page of the contract"),
    "server/wrong-kind": _code(_E, "an endpoint serves another endpoint's results"),
    "server/has-more-wrong": _code(_E, "`has_more` and the cursor contradict each other"),
    "server/limit-ignored": _code(_E, "a page has another size than `limit` asks for"),
    "server/width-ignored": _code(_E, "buckets have another width than was asked for"),
    "server/buckets-off-grid": _code(_E, "a bucket does not stand on the grid of its width"),
    "server/times-shifted": _code(_E, "all buckets are moved by the same time"),
    "server/buckets-outside-window": _code(_E, "a bucket is outside the window"),
    "server/buckets-repeated": _code(_E, "a bucket comes twice"),
    "server/buckets-missing": _code(_E, "a bucket is missing"),
    "server/buckets-unordered": _code(_E, "buckets are not in the order of time"),
    "server/cursor-ignored": _code(_E, "the cursor leads to the first page again"),
    "server/paging-endless": _code(_E, "paging never ends"),
    "server/pages-differ": _code(_E, "a bucket differs between large and small pages"),
    "server/widths-disagree": _code(_E, "narrow buckets do not sum to the wide one"),
    "server/groups-disagree": _code(_E, "groups do not sum to the whole"),
    "server/sums-inexact": _code(_E, "sums agree to some digits only"),
    "server/group-by-ignored": _code(_E, "results are not grouped by what was asked"),
    "server/group-by-unasked": _code(_E, "results are grouped by what was not asked"),
    "server/groups-repeated": _code(_E, "a group comes twice in a bucket"),
    "server/group-keys-swapped": _code(_E, "group keys stand under each other's name"),
    "server/filter-ignored": _code(_E, "a filter changes nothing"),
    "server/filter-differs": _code(_E, "a filter does not give what its group gave"),
    "server/not-repeatable": _code(_E, "the same query has another answer each time"),
    "server/changed-meanwhile": _code(_N, "a closed bucket changed while it was looked at"),
    "server/cursor-not-refused": _code(_E, "a cursor is taken beside another query"),
    "server/limit-not-refused": _code(_E, "a limit out of range is not refused"),
    "server/group-by-not-refused": _code(_E, "an unknown group key is not refused"),
    "server/width-not-refused": _code(_E, "an unknown width is not refused"),
    "server/window-not-refused": _code(_E, "an end before the start is not refused"),
    "server/start-not-required": _code(_E, "a query without a start is not refused"),
    "server/key-not-required": _code(_E, "a query without a key is not refused"),
    "server/failed-on-bad-input": _code(_E, "wrong input gets status 5xx"),
    "server/error-without-body": _code(_E, "a refusal has no error body"),
    "server/unknown-parameter-ignored": _code(_N, "an unknown parameter is ignored"),
    "server/expected-differs": _code(_E, "an answer is not the expected one"),
}
"""Every finding code, by stage."""

_STAGES_OF_PAYLOADS: Final = ("json/", "schema/", "wire/", "record/", "rule/")
CODES_OF_PAYLOADS: Final = tuple(code for code in CODES if code.startswith(_STAGES_OF_PAYLOADS))
"""The codes of what a payload shows by itself; all others are said of what somebody did with payloads."""

_LONGEST_INDEX: Final = 18
"""The digits of more items than any array has."""


def pointer(path: Path) -> str:
    """The RFC 6901 JSON Pointer of `path`; half of a surrogate pair in a name stands as its escape."""
    text = "".join(f"/{escape(str(part))}" for part in path)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def pointer_parts(pointer: str) -> tuple[str, ...]:
    """The names and indexes, both as text, through which an RFC 6901 JSON Pointer leads."""
    return tuple(map(unescape, pointer.split("/")[1:]))


def is_index(part: str) -> bool:
    """Whether a part of a pointer can be an array index: few digits, and none but those of ASCII."""
    return len(part) <= _LONGEST_INDEX and part.isascii() and part.isdigit()


def pattern(path: Path) -> Path:
    """`path` with `*` for each array index: places with the same pattern differ in nothing but the index."""
    return tuple(["*" if type(part) is int else part for part in path]) if int in map(type, path) else path


@frozen
class Observation:
    """One raw observation of a stage, before severities, grouping and caps."""

    code: str
    path: Path
    message: str
    """What is there and what was expected, in one sentence."""
    hint: str = ""
    """The likely cause, or what to do."""
    offset: int | None = None
    """Where in the text, in code points from 0, if the path alone does not say."""
    count: int = 1
    """How many observations this stands for: itself, and others like it that come too late to be listed."""


Observe: TypeAlias = "Callable[[Observation], object]"
"""Takes observations as they are made, so that nobody has to hold millions of them."""


class Places(Protocol):
    """Something that knows where in a text a value stands."""

    def line_and_column(self, path: Path, offset: int | None) -> tuple[int, int] | None:
        """The 1-based line and column of `path` (or of `offset`), None if there is no text."""


@frozen
class Finding:
    """One observation as a report lists it, or one thing wrong with an answer."""

    code: str
    severity: Severity
    pointer: str
    """JSON Pointer to the value; for an absent member, to where it belongs."""
    message: str
    hint: str = ""
    count: int = 1
    """How many places this finding stands for; `pointer` is the first of them."""
    path: Path = field(default=(), eq=False, repr=False)
    _offset: int | None = field(default=None, eq=False, repr=False)
    _places: Places | None = field(default=None, eq=False, repr=False)

    @property
    def line(self) -> int | None:
        """The 1-based line, or None where the input was not text."""
        place = self.place
        return place[0] if place else None

    @property
    def column(self) -> int | None:
        """The 1-based column in code points, or None where the input was not text."""
        place = self.place
        return place[1] if place else None

    @property
    def place(self) -> tuple[int, int] | None:
        """Line and column, looked up once for both."""
        return self._places.line_and_column(self.path, self._offset) if self._places else None

    @property
    def excerpt(self) -> tuple[str, int] | None:
        """What stands around the place in its line, and the index of the place in that; None if there is no text."""
        show = getattr(self._places, "excerpt", None)
        return show(self.path, self._offset) if show is not None else None

    @property
    def place_pattern(self) -> str:
        """`pointer` with `*` for each array index."""
        return pointer(pattern(self.path))

    def to_dict(self) -> dict[str, object]:
        """The finding as `schemas/report.json` describes it."""
        line, column = self.place or (None, None)
        return {
            "code": self.code,
            "severity": str(self.severity),
            "pointer": self.pointer,
            "message": self.message,
            "hint": self.hint,
            "count": self.count,
            "line": line,
            "column": column,
        }
