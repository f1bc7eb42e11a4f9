"""What DynamoDB cannot keep is told by its place."""

import pytest

from mie.core.errors import BadRequest
from mie.core.storable import check, fault


def nested(levels):
    value = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "document",
    [
        {"a": [1, 0.5, -2.5e-130, 10**37, 10**40, True, None, "", "ü", {"b": []}]},
        nested(25),
        "text",
        None,
    ],
)
def test_what_can_be_kept_passes(document):
    check(document)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"a": {"b": [0, 10**40 + 1]}}, r"^a\.b\.1: the number 1\.000E\+40 is too long"),
        ({"a": float("nan")}, r"^a: nan is not a number that can be stored$"),
        ({"a": 1e-200}, r"^a: the number 1\.000E-200"),
        ({"": 1}, r"^the body: has an empty key$"),
        ({"a": [{"": 1}]}, r"^a\.0: has an empty key$"),
        ({"a": "\ud800"}, r"^a: the text is no Unicode: '\\ud800'$"),
        ({"a": {"\udc00": 1}}, r"^a: has a key that is no Unicode$"),
        (nested(26), r"^a\.a\.a.*: is nested more than 25 levels deep$"),
        ({"k" * 5_000: float("inf")}, r"^k{100}: inf"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(document, words):
    with pytest.raises(BadRequest, match=words):
        check(document)


def test_texts_that_are_no_unicode_may_be_taken():
    assert fault({"a": "\ud800", "\udc00": 1}, "", any_text=True) is None
