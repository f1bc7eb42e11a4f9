import pytest

from analysis.vision.boxes import Box, keep_best

UNIT = Box(0, 0, 1, 1)


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        (UNIT, 1),
        (Box(0, 0, 0.5, 1), 0.5),
        (Box(0.5, 0, 1.5, 1), 1 / 3),
        (Box(1, 0, 2, 1), 0),
        (Box(5, 5, 6, 6), 0),
        (Box(0.5, 0.5, 0.5, 0.5), 0),
    ],
)
def test_overlap_is_shared_by_joint_area(other, overlap):
    assert UNIT.overlap(other) == pytest.approx(overlap)
    assert other.overlap(UNIT) == pytest.approx(overlap)


def test_of_boxes_on_one_thing_the_surest_stays():
    boxes = [Box(0, 0, 10, 10), Box(1, 0, 11, 10), Box(50, 0, 60, 10)]
    assert keep_best(boxes, [0.5, 0.9, 0.7], overlap=0.4) == [1, 2]


def test_a_box_is_cut_to_the_picture():
    assert Box(-5, 20, 50, 120).within(40, 100) == Box(0, 20, 40, 100)
