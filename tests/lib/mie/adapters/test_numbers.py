"""Numbers stay numbers on their way through DynamoDB."""

from decimal import Decimal

import pytest

from mie.adapters.numbers import from_dynamo, to_dynamo
from mie.core.errors import BadRequest


def test_numbers_come_back_as_they_were():
    document = {"a": [1, 0.1, -2.5, 0, 1e-9, 10**40, 100], "b": {"c": True, "d": None}}
    there = to_dynamo(document)
    assert there["a"][1] == Decimal("0.1")
    assert from_dynamo(there) == document
    assert [type(one) for one in from_dynamo(there)["a"]] == [
        int,
        float,
        float,
        int,
        float,
        int,
        int,
    ]
    assert from_dynamo(there)["b"]["c"] is True


def test_a_whole_number_has_no_fraction():
    assert repr(from_dynamo(to_dynamo(2.0))) == "2"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**38 + 1, 10**300, 1e300, 1e-300])
def test_a_number_that_cannot_be_kept_is_refused(number):
    with pytest.raises(BadRequest):
        to_dynamo({"x": [number]})
