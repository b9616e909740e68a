"""
The amount of a costs result, by itself because two records have one.
"""

from decimal import Decimal
from typing import Annotated

from attrs import frozen

from usagecompat.contract.base import Record
from usagecompat.contract.markers import ABSENT, Absent, Money, Text, is_number_text
from usagecompat.jsontext import Number


@frozen(kw_only=True)
class CostsResultAmount(Record):
    """
    An amount of money; the API serves its value as a number or as a string that holds one.

    `value` is what was sent, so that it can be written back; `decimal` is the number in either case, to sum with.
    """

    value: Annotated[Decimal | str | Absent, Money("The amount in whole units of the currency, such as dollars.")] = (
        ABSENT
    )
    """The amount in whole units of the currency, such as dollars."""
    currency: Annotated[str | Absent, Text("The ISO 4217 code of the currency, in lower case.")] = ABSENT
    """The ISO 4217 code of the currency, in lower case."""

    @property
    def decimal(self) -> Decimal:
        """
        The exact value as a number, whichever way it was sent: `sum(cost.amount.decimal for cost in costs)`.

        Raises:
            ValueError: There is no value, or a string that holds no number within the limits.
        """
        if self.value is ABSENT:
            raise ValueError("the amount has no `value`")
        if isinstance(self.value, str):
            if not is_number_text(self.value):
                raise ValueError(f"the amount's `value` is the string {self.value[:80]!r}, which holds no number")
            return Number(self.value).decimal
        return Decimal(self.value)
