"""How a request is named."""

import pytest

from mie.core.errors import BadRequest
from mie.core.request_tokens import named

BODY = {"Name": "wf", "Input": {"AssetId": "a"}}


def test_a_request_without_a_token_has_no_name():
    assert named("execution", BODY, None, 65) is None


def test_body_and_header_name_the_same_request():
    in_body = named("execution", {**BODY, "ClientRequestToken": "t-1"}, None, 65)
    assert in_body == named("execution", BODY, "t-1", 65)
    both = named("execution", {**BODY, "ClientRequestToken": "t-1"}, "t-1", 65)
    assert both == in_body


def test_the_order_of_keys_makes_no_other_request():
    swapped = {"Input": {"AssetId": "a"}, "Name": "wf"}
    assert named("execution", swapped, "t", 65) == named("execution", BODY, "t", 65)
    other = {**BODY, "Name": "other"}
    assert named("execution", other, "t", 65) != named("execution", BODY, "t", 65)


@pytest.mark.parametrize("token", ["", " ", "a b", "ü", "x" * 65, "a\n", 7, None])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(BadRequest, match="ClientRequestToken"):
        named("execution", {**BODY, "ClientRequestToken": token}, None, 65)


def test_a_header_that_is_no_token_is_refused():
    with pytest.raises(BadRequest, match="Idempotency-Key"):
        named("execution", BODY, "a b", 65)


def test_two_names_are_refused():
    with pytest.raises(BadRequest, match="another token"):
        named("execution", {**BODY, "ClientRequestToken": "t"}, "u", 65)
