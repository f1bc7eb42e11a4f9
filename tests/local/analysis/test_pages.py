import pytest

from analysis.faults import ServiceError
from analysis.pages import page

INVALID = ServiceError("InvalidPaginationTokenException", "Invalid pagination token")


def walk(items, size, belongs_to="job"):
    found, token = page(items, size, None, belongs_to, INVALID)
    pages = [found]
    while token is not None:
        found, token = page(items, size, token, belongs_to, INVALID)
        pages.append(found)
    return pages


def test_all_items_come_once_and_in_order():
    assert walk(list(range(5)), 2) == [[0, 1], [2, 3], [4]]


def test_a_list_that_fits_has_one_page():
    assert walk([1, 2], 2) == [[1, 2]]
    assert walk([], 2) == [[]]


@pytest.mark.parametrize("token", ["a", "AAAA", "ü", "MTAw" * 20, "!!!!"])
def test_any_other_text_is_refused(token):
    with pytest.raises(ServiceError) as refused:
        page(list(range(5)), 2, token, "job", INVALID)
    assert refused.value is INVALID


def test_a_token_of_another_list_is_refused():
    _, token = page(list(range(5)), 2, None, "job", INVALID)
    with pytest.raises(ServiceError):
        page(list(range(5)), 2, token, "another job", INVALID)


def test_a_token_is_good_for_as_long_as_the_service_says():
    now = [1_000_000.5]

    def ask(token):
        return page([1, 2, 3], 2, token, "job", INVALID, lasts=60, clock=lambda: now[0])

    _, token = ask(None)
    now[0] += 59
    assert ask(token) == ([3], None)
    now[0] += 2
    with pytest.raises(ServiceError) as refused:
        ask(token)
    assert refused.value is INVALID
