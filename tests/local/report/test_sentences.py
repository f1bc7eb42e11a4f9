from tests.local.report.samples import words

from findings.model import Word
from report.sentences import paragraphs, sentences


def told(pieces) -> list[str]:
    return [" ".join(word.text for word in piece) for piece in pieces]


def test_sentences_end_with_their_punctuation():
    said = words("It rains. “Really?” Yes! 本当。 Well", 400)
    assert told(sentences(said)) == ["It rains.", "“Really?”", "Yes!", "本当。", "Well"]


def test_a_pause_ends_a_sentence_too():
    said = (Word("one", 0, 400), Word("two", 500, 900), Word("three", 2_500, 3_000))
    assert told(sentences(said)) == ["one two", "three"]


def test_a_sentence_without_an_end_is_cut():
    assert [len(one) for one in sentences(words("word " * 100, 300))] == [40, 40, 20]


def test_paragraphs_hold_whole_sentences():
    said = words("This sentence has six words here. " * 20, 300)
    assert {len(one) for one in paragraphs(said)} == {42, 36}


def test_words_without_times_are_told_all_the_same():
    assert told(sentences([Word("Dear"), Word("Ann."), Word("Yours")])) == ["Dear Ann.", "Yours"]


def test_nothing_said_is_no_paragraph():
    assert list(paragraphs(())) == []
