"""Numbers on their way into DynamoDB and back: it takes and gives decimals only."""

import math
from decimal import Decimal
from typing import Any

from mie.core.errors import BadRequest

# DynamoDB keeps 38 significant digits and magnitudes from 1E-130 to 9.9…E+125.
_DIGITS = 38
_SMALLEST, _LARGEST = Decimal("1E-130"), Decimal("9." + "9" * 37 + "E+125")


def to_dynamo(value: Any) -> Any:
    """The JSON value with every number as a Decimal, booleans excepted.

    Raises BadRequest for a number that DynamoDB cannot keep as it is.
    """
    if isinstance(value, dict):
        return {key: to_dynamo(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [to_dynamo(one) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return _decimal(value)


def from_dynamo(value: Any) -> Any:
    """The value with every Decimal as an int where it is whole, else as a float."""
    if isinstance(value, dict):
        return {key: from_dynamo(one) for key, one in value.items()}
    if isinstance(value, list):
        return [from_dynamo(one) for one in value]
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _decimal(number: int | float) -> Decimal:
    if isinstance(number, float) and not math.isfinite(number):
        raise BadRequest(f"{number} is not a number that can be stored")
    # the shortest text of a float is what was meant: 0.1, not 0.1000000000000000055…
    decimal = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    sign, digits, exponent = decimal.as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    if not decimal:
        return Decimal(0)
    if len(significant) > _DIGITS or not _SMALLEST <= abs(decimal) <= _LARGEST:
        raise BadRequest(f"the number {decimal:.3E} is too long, too large or too small")
    # zeros at the end count as digits unless they are part of the exponent
    zeros = len(digits) - len(significant)
    return Decimal((sign, digits[: len(significant)], int(exponent) + zeros))
