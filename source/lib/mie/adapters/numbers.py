"""Numbers on their way into DynamoDB and back: it takes and gives decimals only."""

from decimal import Decimal
from typing import Any

from mie.core.storable import decimal_of


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
    return decimal_of(value)


def from_dynamo(value: Any) -> Any:
    """The value with every Decimal as an int where it is whole, else as a float."""
    if isinstance(value, dict):
        return {key: from_dynamo(one) for key, one in value.items()}
    if isinstance(value, list):
        return [from_dynamo(one) for one in value]
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
