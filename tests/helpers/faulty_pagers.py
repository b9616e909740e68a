"""
Faulty paging clients: a right one with one step replaced, each with the code that names it.

As a program, `python faulty_pagers.py NAME`, one of them, or the right one, speaks the line protocol.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_plus

from attrs import evolve, frozen
from pagers import (
    DECODER,
    MARK,
    RIGHT,
    Answer,
    Bucket,
    Page,
    Pager,
    Query,
    Trouble,
    by,
    dumps,
    ends,
    fail,
    follow,
    gather,
    loads,
    read,
    spell,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@frozen(kw_only=True)
class Faulty:
    """A faulty client, and how it has to be named."""

    does: str
    code: str
    """What names it."""
    also: frozenset[str]
    """What else is true of it."""
    sequences: tuple[str, ...]
    """Which sequences show it."""
    pager: Pager


FAULTY: dict[str, Faulty] = {}
"""Each faulty client by name."""


def enter(name: str, does: str, code: str, *sequences: str, also: str = "", **steps: Any) -> None:  # noqa: ANN401 - each step has its own type
    """Enter a faulty client into the table."""
    FAULTY[name] = Faulty(
        does=does,
        code=f"client/{code}",
        also=frozenset({f"client/{also}"} if also else ()),
        sequences=sequences,
        pager=evolve(RIGHT, **steps),
    )


# -- what it asks for from the second request on


def without(*names: str) -> Callable[[Query, list[Page]], Query]:
    """A step that leaves parameters out."""
    return lambda query, pages: [pair for pair in follow(query, pages) if pair[0].removesuffix("[]") not in names]


def instead(name: str, change: Callable[[str, list[Page]], object]) -> Callable[[Query, list[Page]], Query]:
    """A step that changes the value of a parameter."""
    return lambda query, pages: [
        (key, str(change(value, pages)) if key.removesuffix("[]") == name else value)
        for key, value in follow(query, pages)
    ]


def since_ever(query: Query) -> Query:
    """A step that asks from the beginning."""
    return [(name, "0" if name == "start_time" else value) for name, value in query]


def under(name: str) -> Callable[[Query, list[Page]], Query]:
    """A step that sends the cursor under another name."""
    return lambda query, pages: [*query, (name, str(pages[-1].cursor))]


def asks_on(pages: list[Page]) -> bool:
    """Goes on while there is said to be more."""
    return not pages[-1].more


QUERY, CURSOR, UNREAD = "query-changed", "cursor-changed", "pages-unread"
LOST, REPEATED, ENDLESS, HIDDEN = "buckets-lost", "buckets-repeated", "paging-endless", "error-hidden"
enter(
    "drops-group-by",
    "leaves out the groups",
    QUERY,
    "completions-group-brackets",
    "costs-by-key",
    follow=without("group_by"),
)
enter("drops-filter", "leaves out the filters", QUERY, "completions-filter-models", follow=without("models"))
enter("drops-batch", "leaves out a filter of one value", QUERY, "completions-filter-batch", follow=without("batch"))
enter("drops-width", "leaves out the width", QUERY, "completions-hours", follow=without("bucket_width"))
enter("drops-end", "leaves out the end", QUERY, "completions-three-pages", follow=without("end_time"))
enter("drops-limit", "leaves out the limit", QUERY, "completions-three-pages", follow=without("limit"))
enter(
    "cursor-alone",
    "sends nothing but the cursor",
    QUERY,
    "completions-three-pages",
    follow=lambda _, pages: follow([], pages),
)
enter(
    "limit-on-page-2", "asks for 31 buckets", QUERY, "completions-three-pages", follow=instead("limit", lambda *_: 31)
)
enter(
    "one-group-key",
    "keeps one value of each parameter, as a dictionary does",
    QUERY,
    "completions-group-brackets",
    "completions-group-repeated",
    follow=lambda query, pages: list(dict(follow(query, pages)).items()),
)
enter(
    "start-moved",
    "asks from the end of what it has",
    QUERY,
    "completions-three-pages",
    follow=instead("start_time", lambda _, pages: pages[-1].buckets[-1]["end_time"]),
)
enter(
    "end-moves",
    "takes the present anew as the end for each page",
    QUERY,
    "completions-three-pages",
    follow=instead("end_time", lambda value, pages: int(value) + len(pages)),
)
enter(
    "whole-history",
    "asks for all that there ever was",
    QUERY,
    "completions-three-pages",
    first=since_ever,
    follow=lambda query, pages: since_ever(follow(query, pages)),
)
enter(
    "names-escaped-again",
    "escapes the names of parameters twice",
    QUERY,
    "completions-group-brackets",
    follow=lambda query, pages: [(quote(name, safe=""), value) for name, value in follow(query, pages)],
)
enter(
    "values-escaped-again",
    "escapes the values of filters twice",
    QUERY,
    "completions-filter-models",
    follow=instead("models", lambda value, _: quote(value, safe="")),
)
enter(
    "adds-a-group",
    "asks for one more group",
    QUERY,
    "completions-group-brackets",
    follow=lambda query, pages: [*follow(query, pages), ("group_by[]", "user_id")],
)

# -- what it makes of the cursor


def changing(change: Callable[[str], str]) -> Callable[[Query, list[Page]], Query]:
    """A step that changes the cursor."""
    return lambda query, pages: [*query, ("page", change(str(pages[-1].cursor)))]


PADDED = ("audio-speeches-padded-cursor", "costs-undeclared-padded")
enter(
    "cursor-escaped-twice",
    "escapes the cursor before the library does",
    CURSOR,
    *PADDED,
    follow=changing(lambda cursor: quote(cursor, safe="")),
)
enter("cursor-unpadded", "cuts off the padding", CURSOR, *PADDED, follow=changing(lambda cursor: cursor.rstrip("=")))
PLAIN = ("embeddings-base64-cursor", "costs-base64-padded-cursor")
enter(
    "cursor-not-escaped",
    "puts the cursor into the query as it is",
    CURSOR,
    *PLAIN,
    spell=lambda query: "&".join(spell([pair]) if pair[0] != "page" else f"page={pair[1]}" for pair in query),
)
enter("cursor-unescaped", "reads the cursor as if it were escaped", CURSOR, *PLAIN, follow=changing(unquote_plus))
enter("cursor-lower-case", "writes it in lower case", CURSOR, "completions-three-pages", follow=changing(str.lower))
enter(
    "cursor-truncated",
    "keeps 16 characters",
    CURSOR,
    "completions-three-pages",
    follow=changing(lambda cursor: cursor[:16]),
)
enter(
    "cursor-without-prefix",
    "cuts off `page_`",
    CURSOR,
    "completions-three-pages",
    follow=changing(lambda cursor: cursor.removeprefix("page_")),
)
enter(
    "cursor-quoted",
    "sends it with its quotes",
    CURSOR,
    "completions-three-pages",
    follow=changing(json.dumps),
)
enter(
    "page-numbers",
    "counts pages",
    CURSOR,
    "completions-three-pages",
    follow=lambda query, pages: [*query, ("page", str(len(pages) + 1))],
)
enter("cursor-as-after", "sends it as `after`", QUERY, "completions-three-pages", follow=under("after"))
enter("cursor-as-next-page", "sends it as `next_page`", QUERY, "completions-three-pages", follow=under("next_page"))

enter(
    "cursors-pile-up",
    "sends all cursors that it had",
    CURSOR,
    "completions-three-pages",
    follow=lambda query, pages: [*query, *(("page", str(page.cursor)) for page in pages)],
)
enter(
    "cursor-of-before",
    "sends the cursor of the page before the last",
    REPEATED,
    "completions-three-pages",
    ends=asks_on,
    follow=lambda query, pages: follow(query, pages[:-1]) if len(pages) > 1 else query,
)
enter(
    "page-is-next-start",
    "takes the end of what it has for the cursor",
    CURSOR,
    "completions-three-pages",
    follow=lambda query, pages: [*query, ("page", str(pages[-1].buckets[-1]["end_time"]))],
)
enter(
    "key-once",
    "sends the key with the first page only",
    "protocol-violation",
    "completions-three-pages",
    key=lambda key, pages: "" if pages else key,
)

# -- pages that it does not ask for


def at_most(number: int) -> Callable[[list[Page]], bool]:
    """A step that ends after some pages."""
    return lambda pages: len(pages) >= number or ends(pages)


enter("first-page", "takes the first page for all", UNREAD, "completions-three-pages", ends=lambda _: True)
enter(
    "limit-31",
    "asks for 31 buckets and takes them for all",
    UNREAD,
    "completions-minutes",
    first=lambda query: [(name, "31" if name == "limit" else value) for name, value in query],
    ends=lambda _: True,
)
enter(
    "no-has-more-is-the-end",
    "takes a page without `has_more` for the last",
    UNREAD,
    "completions-list",
    ends=lambda pages: not pages[-1].more or ends(pages),
)
enter("two-pages", "reads two pages at most", UNREAD, "completions-three-pages", ends=at_most(2))
enter(
    "ends-at-empty-page",
    "ends at a page without results",
    UNREAD,
    "costs-many-days",
    ends=lambda pages: not any(bucket["results"] for bucket in pages[-1].buckets) or ends(pages),
)
enter(
    "has-more-as-text",
    "waits for the text `true`",
    UNREAD,
    "completions-three-pages",
    ends=lambda pages: pages[-1].more != "true",
)
enter(
    "other-name-of-cursor",
    "looks for a member `next`",
    UNREAD,
    "completions-three-pages",
    read=lambda answer: evolve(read(answer), more=None, cursor=json.loads(answer.body).get("next")),
)

# -- buckets that it loses


def each_page(change: Callable[[int, list[Bucket]], list[Bucket]]) -> Callable[[list[Page]], list[Bucket]]:
    """A step that changes what each page brings."""
    return lambda pages: [bucket for at, page in enumerate(pages) for bucket in change(at, page.buckets)]


enter(
    "last-page-kept",
    "overwrites each page with the next",
    LOST,
    "completions-three-pages",
    gather=lambda pages: pages[-1].buckets,
)
enter(
    "first-page-kept",
    "reads all pages and gives the first",
    LOST,
    "completions-three-pages",
    gather=lambda pages: pages[0].buckets,
)
enter(
    "drops-last-bucket",
    "takes the last bucket of each page for unfinished",
    LOST,
    "completions-three-pages",
    gather=each_page(lambda _, buckets: buckets[:-1]),
)
enter(
    "drops-first-bucket",
    "takes the first bucket of further pages for known",
    LOST,
    "completions-three-pages",
    gather=each_page(lambda at, buckets: buckets[at > 0 :]),
)
enter(
    "drops-newest",
    "takes the newest bucket for unfinished",
    LOST,
    "completions-three-pages",
    gather=lambda pages: gather(pages)[:-1],
)
enter(
    "drops-oldest",
    "takes the start for exclusive",
    LOST,
    "completions-three-pages",
    gather=lambda pages: gather(pages)[1:],
)
enter(
    "drops-empty-buckets",
    "drops buckets without results",
    LOST,
    "completions-empty-pages",
    gather=each_page(lambda _, buckets: [bucket for bucket in buckets if bucket["results"]]),
)
enter(
    "one-bucket-a-day",
    "keeps hours by their date",
    LOST,
    "completions-hours",
    gather=by(lambda bucket: bucket["start_time"] // 86_400),
)
enter(
    "equal-results-are-one",
    "takes buckets with equal results for one",
    LOST,
    "embeddings-empty-hours",
    gather=by(lambda bucket: json.dumps(bucket["results"])),
)
enter(
    "one-bucket-for-all",
    "puts all results into one bucket",
    LOST,
    "completions-three-pages",
    also="item-invented",
    gather=lambda pages: [
        gather(pages)[0] | {"results": [result for bucket in gather(pages) for result in bucket["results"]]}
    ],
)
enter("seven-at-most", "keeps seven buckets", LOST, "completions-three-pages", gather=lambda pages: gather(pages)[:7])

# -- buckets that it counts twice

enter(
    "first-page-twice",
    "asks for the first page, and then for all",
    REPEATED,
    "completions-three-pages",
    gather=lambda pages: [*pages[0].buckets, *gather(pages)],
)
enter(
    "pages-twice",
    "adds each page twice",
    REPEATED,
    "completions-three-pages",
    gather=each_page(lambda _, buckets: buckets * 2),
)
enter(
    "running-sum",
    "adds all that it has at each page",
    REPEATED,
    "completions-three-pages",
    gather=lambda pages: [bucket for at in range(len(pages)) for bucket in gather(pages[: at + 1])],
)
enter(
    "reads-again-after-error",
    "begins anew after an error, and keeps what it has",
    REPEATED,
    "costs-error-429",
    patience=lambda *_: None,
    recover=lambda query, _: query,
    ends=asks_on,
)
enter(
    "overlaps",
    "adds the last bucket of a page to the next one",
    REPEATED,
    "completions-three-pages",
    gather=lambda pages: [
        bucket
        for before, page in zip([None, *pages], pages, strict=False)
        for bucket in [*(before.buckets[-1:] if before else []), *page.buckets]
    ],
)

enter(
    "windows-overlap",
    "asks for windows of its own, each from the start of the last bucket",
    REPEATED,
    "completions-three-pages",
    ends=lambda pages: len(pages[-1].buckets) < 2,
    follow=lambda query, pages: list((dict(query) | {"start_time": str(pages[-1].buckets[-1]["start_time"])}).items()),
)

# -- no end


enter("follows-cursor-that-repeats", "follows a cursor again", ENDLESS, "moderations-cursor-repeats", ends=asks_on)
enter(
    "asks-without-cursor",
    "asks for the first page again where no cursor is",
    ENDLESS,
    "code-interpreter-has-more-without-cursor",
    ends=asks_on,
    follow=lambda query, pages: follow(query, pages) if pages[-1].cursor else query,
)
enter(
    "ends-at-page-without-buckets",
    "asks until a page has no buckets",
    ENDLESS,
    "completions-three-pages",
    ends=lambda pages: not pages[-1].buckets,
    follow=lambda query, pages: follow(query, pages) if pages[-1].cursor else query,
)
enter(
    "first-cursor-for-ever",
    "keeps the cursor of the first page",
    ENDLESS,
    "completions-three-pages",
    ends=asks_on,
    follow=lambda query, pages: follow(query, pages[:1]),
)
enter(
    "windows-without-end",
    "asks for windows of its own, and never comes to the last",
    ENDLESS,
    "completions-three-pages",
    ends=lambda _: False,
    follow=lambda query, pages: [
        (name, str(int(value) + 259_200 * len(pages)) if name in {"start_time", "end_time"} else value)
        for name, value in query
    ],
)
enter(
    "retries-for-ever",
    "tries a page that fails again without end",
    ENDLESS,
    "completions-error-500",
    patience=lambda answer, _: None if answer.status == 200 else 0.0,
)

# -- errors that it hides

FAILING = ("completions-error-500", "costs-error-401", "costs-html-200")


def lenient(statuses: Callable[[int], bool]) -> Callable[[Answer], Page]:
    """A step that takes some failures for an empty last page."""

    def take(answer: Answer) -> Page:
        if statuses(answer.status):
            return Page(buckets=[], more=False, cursor=None)
        return read(answer)

    return take


def salvage(answer: Answer) -> Page:
    """A step that takes what came of a body that was cut, and takes it for the end."""
    if answer.whole:
        return read(answer)
    text, buckets = answer.body.decode("utf-8", "ignore"), []
    at = text.index("[") + 1
    while True:
        try:
            bucket, end = DECODER.raw_decode(text, at)
        except ValueError:
            return Page(buckets=buckets, more=False, cursor=None)
        buckets.append(bucket)
        at = end + 1


def without_check(answer: Answer) -> Page:
    """A step that looks at no status, and takes what is not there for nothing."""
    page = loads(answer.body.decode())
    return Page(buckets=page.get("data", []), more=page.get("has_more", False), cursor=page.get("next_page"))


def html_is_empty(answer: Answer) -> Page:
    """A step that takes what is no JSON for an empty page."""
    if answer.status == 200 and answer.body.startswith(b"<"):
        return Page(buckets=[], more=False, cursor=None)
    return read(answer)


def after(*kinds: type[Exception]) -> Callable[[list[Page], Exception], list[Bucket]]:
    """A step that gives out what there is after some errors."""
    return lambda pages, error: gather(pages) if isinstance(error, kinds) else fail(pages, error)


enter("swallows-errors", "gives out what it has", HIDDEN, *FAILING, fail=lambda pages, _: gather(pages))
enter(
    "nothing-after-error",
    "gives out nothing, with status 0",
    HIDDEN,
    *FAILING,
    also="buckets-lost",
    fail=lambda *_: [],
)
enter(
    "ends-at-status-500",
    "takes status 500 for the end",
    HIDDEN,
    "completions-error-500",
    read=lenient(lambda status: status == 500),
)
enter(
    "ends-at-status-403",
    "takes a missing scope for the end",
    HIDDEN,
    "code-interpreter-error-403",
    read=lenient(lambda status: status == 403),
)
enter(
    "ends-at-status-400",
    "takes a refused cursor for the end",
    HIDDEN,
    "images-error-400",
    read=lenient(lambda status: status == 400),
)
enter("looks-at-no-status", "takes an error body for an empty page", HIDDEN, "costs-error-401", read=without_check)
enter("html-is-empty", "takes HTML for an empty page", HIDDEN, "costs-html-200", read=html_is_empty)
enter("cut-is-the-end", "takes a cut connection for the end", HIDDEN, "completions-cut", read=salvage)
enter(
    "silence-is-the-end",
    "takes a connection that hangs for the end",
    HIDDEN,
    "audio-speeches-hang",
    read=salvage,
    fail=after(TimeoutError),
)
enter(
    "busy-is-the-end",
    "takes status 429 for the end",
    HIDDEN,
    "costs-error-429",
    "costs-rate-limit",
    patience=lambda *_: None,
    read=lenient(lambda status: status == 429),
)
enter(
    "repeated-cursor-is-the-end",
    "takes a repeated cursor for the end",
    HIDDEN,
    "moderations-cursor-repeats",
    fail=after(Trouble),
)

enter(
    "prints-error",
    "gives out what it has, and the error as if it were a bucket",
    HIDDEN,
    "completions-error-500",
    also="item-invented",
    fail=lambda pages, error: [*gather(pages), {"error": str(error)}],
)

# -- errors where none are

REFUSED = "refused-valid"


def refusing(wrong: Callable[[Bucket], bool]) -> Callable[[Answer], Page]:
    """A step that takes some buckets for errors."""

    def take(answer: Answer) -> Page:
        page = read(answer)
        if any(map(wrong, page.buckets)):
            raise Trouble("a bucket is not as it should be")
        return page

    return take


enter(
    "refuses-empty-buckets",
    "takes buckets without results for errors",
    REFUSED,
    "completions-empty-pages",
    read=refusing(lambda bucket: not bucket["results"]),
)
enter(
    "refuses-undeclared",
    "takes members that it does not know for errors",
    REFUSED,
    "completions-undeclared",
    read=refusing(lambda bucket: "start_time_iso" in bucket),
)
enter(
    "refuses-texts",
    "takes amounts that are strings for errors",
    REFUSED,
    "costs-string-amounts",
    read=refusing(lambda bucket: any(MARK not in result["amount"]["value"] for result in bucket["results"])),
)

# -- patience

enter(
    "never-retries",
    "reports status 429 at once",
    "gave-up-early",
    "costs-error-429",
    "costs-rate-limit",
    patience=lambda *_: None,
)

# -- what it makes of buckets


def rewritten(change: Callable[[Any], Any]) -> Callable[[list[Page]], list[Bucket]]:
    """A step that changes every result."""
    return each_page(
        lambda _, buckets: [
            bucket | {"results": [change(result) for result in bucket["results"]]} for bucket in buckets
        ]
    )


def with_floats(result: dict[str, Any]) -> dict[str, Any]:
    """A result whose amount is a binary64."""
    amount = result["amount"]
    return result | {"amount": amount | {"value": float(amount["value"].strip(MARK))}}


enter(
    "amounts-as-floats",
    "reads amounts as floats",
    "precision-lost",
    "costs-exact-amounts",
    gather=rewritten(with_floats),
)
enter(
    "drops-nulls",
    "leaves out what is null",
    "null-became-absent",
    "completions-null-keys",
    gather=rewritten(lambda result: {name: value for name, value in result.items() if value is not None}),
)
enter(
    "drops-undeclared",
    "leaves out what it does not know",
    "member-lost",
    "completions-undeclared",
    gather=each_page(
        lambda _, buckets: [
            {name: bucket[name] for name in ("object", "start_time", "end_time", "results")} for bucket in buckets
        ]
    ),
)
enter(
    "one-result-a-bucket",
    "keeps the last result of each bucket",
    "item-lost",
    "completions-group-brackets",
    gather=each_page(lambda _, buckets: [bucket | {"results": bucket["results"][-1:]} for bucket in buckets]),
)


def main(name: str) -> None:
    """Speak the line protocol."""
    pager = FAULTY[name].pager if name in FAULTY else RIGHT
    for line in sys.stdin:
        message = json.loads(line)
        if "stop" in message:
            break
        if "start" in message:
            features = {"http": True, "paging": True, "shapes": ["page"]}
            said: dict[str, Any] = {"started": {"version": 1, "client": {"name": name}, "features": features}}
        else:
            seq, case = message["run"]["seq"], message["run"]["case"]
            try:
                buckets = pager.fetch(
                    f"{case['base_url']}/organization/{case['endpoint']}", case.get("key", ""), case["query"]
                )
                payload = base64.b64encode(dumps(buckets).encode()).decode()
                said = {"decoded": {"seq": seq, "payload": payload}}
            except Trouble as error:
                said = {"rejected": {"seq": seq, "message": str(error)}}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
