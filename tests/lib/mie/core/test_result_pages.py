"""Results that arrive in pages."""

import itertools

import pytest

from mie.core import result_pages
from mie.core.errors import BadRequest, Conflict, Malformed
from mie.core.result_pages import Pointer

PREFIX = result_pages.generation_prefix("asset", "run", "labels", 1)


def numbered(*numbers):
    return [result_pages.numbered_key(PREFIX, number) for number in numbers]


def test_pages_lie_below_the_operator_and_its_generation():
    assert PREFIX == "private/assets/asset/workflows/run/labels/000001/"
    assert numbered(7) == [PREFIX + "00000007.json"]
    assert result_pages.manifest_key(PREFIX) == PREFIX + "manifest.json"


def test_a_numbered_page_that_is_sent_again_has_the_same_key():
    assert result_pages.numbered_key(PREFIX, 3) == result_pages.numbered_key(PREFIX, 3)
    stored = dict.fromkeys(numbered(0, 1), "old") | dict.fromkeys(numbered(1), "new")
    assert result_pages.finished_pages(stored, 1) == numbered(0, 1)
    assert stored[numbered(1)[0]] == "new"


def test_numbered_pages_are_read_in_the_order_of_their_numbers():
    for order in itertools.permutations(numbered(0, 1, 2, 10)):
        with pytest.raises(Conflict):
            result_pages.finished_pages(order, 10)
    for order in itertools.permutations(numbered(0, 1, 2)):
        assert result_pages.finished_pages(order, 2) == numbered(0, 1, 2)


def test_a_longer_earlier_attempt_leaves_nothing_behind():
    assert result_pages.finished_pages(numbered(0, 1, 2, 3, 4), 2) == numbered(0, 1, 2)


def test_missing_pages_are_refused_by_their_numbers():
    with pytest.raises(Conflict, match=r"^page: pages 1, 3 have not arrived"):
        result_pages.finished_pages(numbered(0, 2, 4), 4)


def test_a_last_page_far_away_is_refused_without_counting_to_it():
    with pytest.raises(Conflict, match=r"pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 have"):
        result_pages.finished_pages(numbered(0), 10**15)


def test_one_page_is_a_paged_result_too():
    assert result_pages.finished_pages(numbered(0), 0) == numbered(0)


def appended(*tokens):
    """The keys of calls, one after the other."""
    keys = []
    for token in tokens:
        keys.append(result_pages.appended_key(PREFIX, min(keys, default=None), token))
    return keys


def test_appended_pages_are_read_in_the_order_of_the_calls():
    keys = appended(*"zyxabcq", *(str(number) for number in range(1_200)))
    assert len(set(keys)) == len(keys)
    assert (
        result_pages.finished_pages(keys, None)
        == result_pages.finished_pages(sorted(keys), None)
        == keys
    )


def test_a_call_that_is_sent_again_has_the_key_that_it_had():
    assert appended("a", "b", "b") == [*appended("a", "b"), *appended("a", "b")[1:]]


def test_a_call_that_was_overtaken_by_its_own_repetition_counts_once():
    keys = [*appended("a", "b"), *appended("b", "c", "a")]
    assert result_pages.finished_pages(keys, None) == [keys[0], keys[2], keys[3]]


def test_two_calls_side_by_side_are_both_kept():
    first = appended("a")
    both = [result_pages.appended_key(PREFIX, first[0], token) for token in ("b", "c")]
    assert result_pages.finished_pages([*both, *first], None) == [*first, *both]


def test_the_page_of_a_call_is_found_by_its_token():
    keys = [*appended("a", "b-c"), result_pages.manifest_key(PREFIX), *numbered(0)]
    assert result_pages.has_page_of(keys, "b-c")
    assert not result_pages.has_page_of(keys, "c")


def test_pages_with_and_without_numbers_are_refused_together():
    with pytest.raises(Conflict, match="either all pages of a result have numbers or none has"):
        result_pages.appended_key(PREFIX, numbered(0)[0], "a")
    for last_page in (None, 0):
        with pytest.raises(Conflict, match="either all pages"):
            result_pages.finished_pages([*numbered(0), *appended("a")], last_page)
    with pytest.raises(Conflict, match="either all pages"):
        result_pages.finished_pages(appended("a"), 0)


def test_the_manifest_is_no_page():
    assert result_pages.finished_pages(
        [*appended("a"), PREFIX + "manifest.json"], None
    ) == appended("a")
    assert result_pages.finished_pages([*numbered(0), PREFIX + "manifest.json"], 0) == numbered(0)


def test_a_manifest_is_read_as_it_was_written():
    keys = numbered(0, 1)
    assert result_pages.from_manifest(result_pages.to_manifest(keys)) == keys


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[]", b"null", b'{"Pages": 7}', b"\xff"])
def test_a_broken_manifest_is_our_fault(body):
    with pytest.raises(Malformed):
        result_pages.from_manifest(body)


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("99999999", 10**8 - 1)]
)
def test_page_numbers(text, number):
    assert result_pages.check_page_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "1.0", "1e3", "100000000", "9" * 5_000, "x", " 1", "1\n", "٣", "²", "0x1"]
)
def test_what_is_no_page_number_is_refused(text):
    with pytest.raises(BadRequest, match=r"^page: must be a number from 0 to 99999999") as caught:
        result_pages.check_page_number(text)
    assert len(str(caught.value)) < 100


def pointer(workflow, version="v", generation=0, count=0):
    return result_pages.Pointer(workflow, f"key-{workflow}", version, count, generation)


@pytest.mark.parametrize("one", [pointer("run"), pointer("run", generation=3, count=12)])
def test_a_pointer_survives_the_item(one):
    assert result_pages.Pointer.from_item(one.to_item()) == one


def test_a_pointer_of_an_earlier_release_is_understood():
    one = result_pages.Pointer.from_item({"workflow": "run", "pointer": "key"})
    assert one == result_pages.Pointer("run", "key", "")


def test_pointers_of_an_operator_without_result_are_none():
    assert result_pages.pointers_of({"AssetId": "a"}, "labels") == []


def test_the_newest_result_stands_first_and_each_run_once():
    first = result_pages.with_newest([], pointer("one"))
    second = result_pages.with_newest(first, pointer("two"))
    again = result_pages.with_newest(second, pointer("one", version="w"))

    assert [one.workflow for one in second] == ["two", "one"]
    assert again == [pointer("one", version="w"), pointer("two")]


def test_a_generation_counts_on_within_one_run():
    pointers = [pointer("one", generation=4, count=1), pointer("two", generation=9, count=1)]
    assert result_pages.next_generation(pointers, "one") == 5
    assert result_pages.next_generation(pointers, "three") == 1
    assert result_pages.next_generation([], "one") == 1


def test_keys_of_a_generation_are_not_those_of_another():
    prefixes = {result_pages.generation_prefix("a", "w", "o", number) for number in range(1, 300)}
    assert len(prefixes) == 299
    assert sorted(prefixes)[41] == result_pages.generation_prefix("a", "w", "o", 42)


def test_the_key_of_a_numbered_page_follows_from_the_pointer():
    prefix = result_pages.generation_prefix("a", "w", "op", 2)
    pointer = Pointer("w", result_pages.manifest_key(prefix), "v", 3, 2, numbered=True)
    assert pointer.key_of_page(1) == result_pages.numbered_key(prefix, 1)
    assert Pointer.from_item(pointer.to_item()) == pointer


def test_the_key_of_an_appended_page_stands_in_the_manifest_only():
    pointer = Pointer("w", "p/manifest.json", "v", 3, 2)
    assert pointer.key_of_page(0) is None
    assert "numbered" not in pointer.to_item()
    assert Pointer("w", "op.json", "v").key_of_page(0) == "op.json"
