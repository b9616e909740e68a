from .charts import Bar, Day, Stack, bars, calendar, shares, stacks
from .document import Html, details, marked, page, paragraph, section, table

__all__ = [
    "Bar",
    "Day",
    "Html",
    "Stack",
    "bars",
    "calendar",
    "details",
    "marked",
    "page",
    "paragraph",
    "section",
    "shares",
    "stacks",
    "table",
]
