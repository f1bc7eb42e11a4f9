"""A text in pieces that are spoken one after another."""

from analysis.speech.sentences import pieces


def test_a_piece_is_a_sentence():
    assert list(pieces("One two. Three? “Four!” 3.5 miles\nFive", 100)) == [
        "One two.",
        "Three?",
        "“Four!”",
        "3.5 miles",
        "Five",
    ]


def test_sentences_without_spaces_are_told_apart():
    assert list(pieces("今天很好。你好吗？", 100)) == ["今天很好。", "你好吗？"]  # noqa: RUF001


def test_a_long_sentence_is_cut_at_a_pause_and_then_between_words():
    text = "one two three, four five six seven"
    assert list(pieces(text, 18)) == ["one two three,", "four five six", "seven"]


def test_nothing_is_lost_of_a_word_that_is_too_long():
    found = list(pieces("x" * 95 + " end", 20))
    assert "".join(found).replace(" ", "") == "x" * 95 + "end"
    assert all(len(piece) <= 20 for piece in found)


def test_an_empty_text_has_no_pieces():
    assert list(pieces(" \n ", 10)) == []
