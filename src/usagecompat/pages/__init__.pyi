from .charts import Bar, Day, bars, calendar, shares
from .document import Html, details, marked, page, paragraph, section, table

__all__ = [
    "Bar",
    "Day",
    "Html",
    "bars",
    "calendar",
    "details",
    "marked",
    "page",
    "paragraph",
    "section",
    "shares",
    "table",
]
