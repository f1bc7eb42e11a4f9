"""Pages of lists, and lists that are too long."""

import pytest

from mie.core.errors import BadRequest, TooLarge
from mie.core.lists import PageRequest, first_that_fit, page_request, whole


@pytest.mark.parametrize(
    ("query", "request_"),
    [
        ({"limit": "1"}, PageRequest(1, None)),
        ({"limit": "1000", "cursor": "c"}, PageRequest(1000, "c")),
        ({"cursor": "c"}, PageRequest(1000, "c")),
    ],
)
def test_a_limit_or_a_cursor_asks_for_a_page(query, request_):
    assert page_request(query, 1000) == request_


def test_without_a_limit_there_may_be_fewer_than_the_most():
    assert page_request({}, 100, 20) == PageRequest(20, None)


@pytest.mark.parametrize("limit", ["", "0", "1001", "-1", "1.5", "ten", "٣", "9" * 50])
def test_a_limit_is_a_number_within_bounds(limit):
    with pytest.raises(BadRequest, match=r"^limit: must be a number from 1 to 1000"):
        page_request({"limit": limit}, 1000)


def test_a_list_that_fits_is_whole():
    assert whole(iter(["a", "b"])) == ["a", "b"]


def test_a_list_of_more_than_an_answer_can_have_says_how_it_can_be_had():
    with pytest.raises(TooLarge, match=r"\?limit="):
        whole("x" * 1000 for _ in range(7000))


def test_a_page_has_the_first_entries_that_fit_and_at_least_one():
    assert first_that_fit([]) == []
    assert first_that_fit(["x" * 1000] * 7000) == ["x" * 1000] * 6237
    assert first_that_fit(["x" * 7_000_000, "y"]) == ["x" * 7_000_000]
