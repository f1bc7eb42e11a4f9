"""How the copy of a large source is planned and shown."""

from itertools import pairwise

import pytest

from mie.core import copies
from mie.core.copies import COPY, LARGEST_PART, MOST_PARTS, SMALLEST_PART, Copy
from mie.core.documents import SourceObject
from mie.core.errors import TooLarge

GB, GIB, TIB = 10**9, 1024**3, 1024**4


def copy_of(size, **changed):
    planned = Copy.of_source(SourceObject("b", "k", '"etag"', size, {}))
    return Copy(**{**vars(planned), **changed})


@pytest.mark.parametrize(
    ("size", "number", "part_size"),
    [
        (GIB + 1, 5, 256 * 1024**2),
        (50 * GB, 187, 256 * 1024**2),
        (5 * TIB, 9987, 525 * 1024**2),
        (MOST_PARTS * LARGEST_PART, MOST_PARTS, LARGEST_PART),
        # an upload of small sources too, where a stack copies none within a request
        (1, 1, 256 * 1024**2),
    ],
)
def test_the_parts_are_what_s3_takes_and_all_of_the_source(size, number, part_size):
    copy = copy_of(size)
    parts = list(copy.parts())
    assert (len(parts), copy.part_size) == (number, part_size)
    assert [one.number for one in parts] == list(range(1, number + 1))
    assert number <= MOST_PARTS
    assert all(SMALLEST_PART <= one.last - one.first + 1 <= LARGEST_PART for one in parts[:-1])
    assert 0 < parts[-1].last - parts[-1].first + 1 <= LARGEST_PART
    assert (parts[0].first, parts[-1].last) == (0, size - 1)
    assert all(after.first == before.last + 1 for before, after in pairwise(parts))


def test_a_part_is_a_range_with_both_ends():
    first, second, *_ = copy_of(GIB).parts()
    assert first.range == "bytes=0-268435455"
    assert second.range == "bytes=268435456-536870911"


def test_what_no_upload_can_hold_is_refused():
    with pytest.raises(TooLarge, match=r"Input\.S3Key"):
        copies.part_size(MOST_PARTS * LARGEST_PART + 1)


@pytest.mark.parametrize(
    "changed", [{}, {"upload": "u"}, {"state": "Failed", "reason": "gone"}, {"state": "Ready"}]
)
def test_an_item_keeps_all_of_a_copy(changed):
    copy = copy_of(50 * GB, **changed)
    assert Copy.of_item({"AssetId": "a", COPY: copy.to_item()}) == copy


def test_an_asset_that_was_copied_at_once_has_no_state():
    assert Copy.of_item({"AssetId": "a"}) is None
    assert copies.shown({"AssetId": "a"}) == {}
    assert copies.is_whole({"AssetId": "a"})


@pytest.mark.parametrize(
    ("size", "changed", "shown"),
    [
        (50 * GB, {}, {"State": "Copying", "Message": "copying s3://b/k (50.0 GB)"}),
        (6_500_000, {}, {"State": "Copying", "Message": "copying s3://b/k (6.5 MB)"}),
        (50 * GB, {"state": "Failed", "reason": "r"}, {"State": "Failed", "Message": "r"}),
        (50 * GB, {"state": "Ready"}, {"State": "Ready"}),
    ],
)
def test_readers_see_how_a_copy_stands(size, changed, shown):
    item = {"AssetId": "a", COPY: copy_of(size, **changed).to_item()}
    assert copies.shown(item) == shown
    assert copies.is_whole(item) == (shown["State"] == "Ready")
