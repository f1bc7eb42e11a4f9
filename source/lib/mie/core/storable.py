"""What DynamoDB keeps of a JSON document: numbers, texts, keys and depth have their limits."""

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from mie.core.errors import BadRequest

# DynamoDB keeps 38 significant digits and magnitudes from 1E-130 to 9.9…E+125.
_DIGITS = 38
_SMALLEST, _LARGEST = Decimal("1E-130"), Decimal("9." + "9" * 37 + "E+125")
# DynamoDB keeps 32 levels, of which a record needs six around a result or a configuration.
_LEVELS = 25
_SHOWN = 100


def check(document: Any) -> None:
    """Raises BadRequest that names the field which cannot be kept."""
    found = fault(document, "")
    if found is not None:
        raise BadRequest(found)


def fault(value: Any, path: str, levels: int = _LEVELS, *, any_text: bool = False) -> str | None:
    """Why a value cannot be kept, beginning with its place; None when it can.

    path: its place, keys joined by dots, "" for the whole body of a request. any_text: take texts
    that are no Unicode, as operators may return them.
    """
    reason = _own_fault(value, levels, any_text)
    if reason is not None:
        return f"{path[:_SHOWN] or 'the body'}: {reason}"
    for key, one in _entries(value):
        within = f"{path}.{key}" if path else str(key)
        found = fault(one, within, levels - 1, any_text=any_text)
        if found is not None:
            return found
    return None


def decimal_of(number: int | float) -> Decimal:
    """Raises BadRequest for a number that DynamoDB cannot keep as it is."""
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


def _own_fault(value: Any, levels: int, any_text: bool) -> str | None:
    """Of the value itself, whatever it contains."""
    if isinstance(value, str):
        if any_text or _is_unicode(value):
            return None
        return f"the text is no Unicode: {value[:_SHOWN]!r}"
    if isinstance(value, dict | list):
        if levels < 1:
            return f"is nested more than {_LEVELS} levels deep"
        return _fault_of_keys(value, any_text) if isinstance(value, dict) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            decimal_of(value)
        except BadRequest as error:
            return str(error)
    return None


def _fault_of_keys(value: dict[str, Any], any_text: bool) -> str | None:
    if "" in value:
        return "has an empty key"
    return None if any_text or all(map(_is_unicode, value)) else "has a key that is no Unicode"


def _is_unicode(text: str) -> bool:
    """JSON can spell half a surrogate pair, UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _entries(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
