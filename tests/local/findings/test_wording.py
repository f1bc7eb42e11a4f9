import pytest

from findings.model import Span
from findings.wording import span_text


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (0, 2_960, "0:00–0:03"),
        (3_000, 5_960, "0:03–0:06"),
        (3_000, 5_400, "0:03–0:05"),
        (3_800, 3_800, "0:03"),
        (3_000, 3_400, "0:03"),
        (59_000, 59_960, "0:59–1:00"),
        (0, 2_460, "0:00–0:02"),
        (2_500, 8_960, "0:02–0:09"),
    ],
)
def test_what_a_frame_parts_is_told_without_a_gap_or_overlap(start, end, told):
    assert span_text(Span(start, end)) == told
