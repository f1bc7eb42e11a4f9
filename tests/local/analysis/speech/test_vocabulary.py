"""Pieces of text and the words that they make."""

from analysis.speech.vocabulary import Vocabulary, joined

MARKS = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|de|>", "<|translate|>"]


def vocabulary(*pieces):
    return Vocabulary.read("\n".join([*pieces, *MARKS]) + "\n")


def words(of, language="en", *, order=None):
    numbers = order or range(of.numbers["<|endoftext|>"])
    return [piece.text for piece in of.words(list(numbers), language)]


def test_a_word_begins_with_a_space():
    assert words(vocabulary("ĠHel", "lo", ",", "Ġworld", "!")) == [" Hello,", " world!"]


def test_words_know_their_pieces():
    found = vocabulary("ĠHel", "lo", ",", "Ġworld").words([0, 1, 2, 3], "en")
    assert [(word.first, word.end) for word in found] == [(0, 3), (3, 4)]


def test_half_a_character_waits_for_its_other_half():
    # é is C3 A9, and these bytes are written as Ã and ©
    assert words(vocabulary("Ġcaf", "Ã", "©")) == [" café"]


def test_a_language_without_spaces_has_a_word_a_character():
    # 日 is E6 97 A5, 。 is E3 80 82
    of = vocabulary("æĹ¥", "æľ¬", "ãĢĤ")
    assert words(of, "ja") == ["日", "本。"]


def test_words_of_another_script_stay_whole_in_a_language_without_spaces():
    # 日 is E6 97 A5
    of = vocabulary("æĹ¥", "Am", "azon", "ĠEcho", "Ġ2", "0", "æĹ¥", "!")
    found = [word.strip() for word in words(of, "ja")]
    assert found == ["日", "Amazon", "Echo", "20", "日!"]
    assert joined(found, "ja") == "日Amazon Echo 20日!"


def test_the_languages_are_those_that_have_a_mark():
    assert vocabulary("a").languages == {"en", "de"}


def test_marks_are_no_text():
    of = vocabulary("a")
    assert of.is_text(0)
    assert not of.is_text(of.numbers["<|de|>"])
