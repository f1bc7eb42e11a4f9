"""Path parameters, before any route gets them."""

import pytest

from mie.core.errors import BadRequest
from mie.http import path_text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("plain-Name_1", "plain-Name_1"),
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("%2541", "%41"),
        ("%C3%BC", "ü"),
        ("ü", "ü"),
        ("%", "%"),
        ("x" * 2_048, "x" * 2_048),
    ],
)
def test_a_path_parameter_is_decoded_once(given, text):
    assert path_text("Name", given) == text


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "has 0 bytes; 1 to 2048 are possible"),
        ("x" * 2_049, "has 2049 bytes"),
        ("%C3%BC" * 1_025, "has 2050 bytes"),
        ("a%00b", "has control characters"),
        ("a\n", "has control characters"),
        ("%C2%9F", "has control characters"),
        ("%FF", "is not UTF-8"),
        ("%ED%A0%80", "is not UTF-8"),
        ("\ud800", "is not UTF-8"),
    ],
)
def test_what_no_key_can_be_is_refused(given, why):
    with pytest.raises(BadRequest, match=f"^Name: this part of the path {why}"):
        path_text("Name", given)
