from laptop.runs import poll_seconds


def test_what_takes_long_is_looked_at_more_seldom():
    assert [poll_seconds(elapsed) for elapsed in (0, 3, 15, 60, 3_600)] == [0.25, 0.25, 0.5, 2, 2]
