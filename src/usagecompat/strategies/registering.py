"""
How Hypothesis comes to know the records, so that `from_type(UsageTimeBucket)` draws buckets.

Hypothesis calls `register` whenever it is imported, in any project that has the kit installed.
So nothing is imported for it: the records are registered once both are there, whichever comes first.
Only Hypothesis loads this module, and `contract/records.py` calls `register` again if it is loaded already.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, get_args

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_RECORDS: Final = "usagecompat.contract.records"
_LAST: Final = "UsageResponse"
"""The record that is defined last, so that all are there if it is."""


def register() -> None:
    """Teach Hypothesis to draw each record, if there are records yet."""
    records: Any = sys.modules.get(_RECORDS)
    if not hasattr(records, _LAST):
        return
    from hypothesis.strategies import register_type_strategy

    others = (records.UsageResponse, records.UsageTimeBucket, records.CostsResultAmount)
    for record in (*get_args(records.UsageResult), *others, records.UnknownResult, records.UsageTimeBucketResultInner):
        register_type_strategy(record, _strategy_of)


def _strategy_of(record: type[Any]) -> SearchStrategy[Any]:
    from usagecompat.strategies.public import strategy_of

    return strategy_of(record)
