from .charts import Bar, Day, Stack, Stop, bars, calendar, rungs, shares, stacks
from .document import Html, details, marked, page, paragraph, section, table, words

__all__ = [
    "Bar",
    "Day",
    "Html",
    "Stack",
    "Stop",
    "bars",
    "calendar",
    "details",
    "marked",
    "page",
    "paragraph",
    "rungs",
    "section",
    "shares",
    "stacks",
    "table",
    "words",
]
