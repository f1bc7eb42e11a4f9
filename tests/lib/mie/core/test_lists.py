"""Pages of lists, and lists that are too long."""

import pytest

from mie.core.errors import BadRequest, TooLarge
from mie.core.lists import MOST_PER_PAGE, PageRequest, check_page, whole


def test_a_list_without_parameters_is_asked_for_as_a_whole():
    assert check_page(None, None) is None


@pytest.mark.parametrize(
    ("limit", "cursor", "request_"),
    [
        ("1", None, PageRequest(1, None)),
        ("1000", "c", PageRequest(1000, "c")),
        (None, "c", PageRequest(MOST_PER_PAGE, "c")),
    ],
)
def test_a_limit_or_a_cursor_asks_for_a_page(limit, cursor, request_):
    assert check_page(limit, cursor) == request_


@pytest.mark.parametrize("limit", ["", "0", "1001", "-1", "1.5", "ten", "٣", "9" * 50])
def test_a_limit_is_a_number_within_bounds(limit):
    with pytest.raises(BadRequest, match=r"^limit: "):
        check_page(limit, None)


def test_a_list_that_fits_is_whole():
    assert whole(iter(["a", "b"])) == ["a", "b"]


def test_a_list_of_more_than_an_answer_can_have_says_how_it_can_be_had():
    with pytest.raises(TooLarge, match=r"\?limit="):
        whole("x" * 1000 for _ in range(7000))
