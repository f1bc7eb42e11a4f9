import pytest

from analysis.language.pieces import pieces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("short", ["short"]),
        ("Ada met Bob. They left soon", ["Ada met Bob. ", "They left soon"]),
        ("one two three four five six", ["one two three ", "four five six"]),
        ("x" * 40, ["x" * 18, "x" * 18, "x" * 4]),
        ("天气很好。" * 5, ["天气很好。" * 3, "天气很好。" * 2]),
    ],
)
def test_a_text_is_cut_where_a_reader_would_pause(text, expected):
    found = list(pieces(text, 18))
    assert [piece for _, piece in found] == expected
    assert [text[start : start + len(piece)] for start, piece in found] == expected
