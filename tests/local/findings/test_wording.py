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
        (59_000, 59_500, "0:59–1:00"),
    ],
)
def test_a_span_ends_at_the_nearest_second(start, end, told):
    assert span_text(Span(start, end)) == told
