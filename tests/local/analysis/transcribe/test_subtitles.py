"""Subtitles: how words become cues, and cues files."""

import io

import webvtt

from analysis.speech.words import Word
from analysis.transcribe.subtitles import Cue, cues, write


def words(text, start=0.0, each=0.5):
    return [
        Word(word, start + place * each, start + place * each + 0.4, 1.0)
        for place, word in enumerate(text.split())
    ]


def test_a_sentence_is_a_cue():
    found = list(cues(words("One two. Three four?"), "en"))
    assert found == [Cue(0.0, 0.9, "One two."), Cue(1.0, 1.9, "Three four?")]


def test_a_long_sentence_is_cut_between_words():
    found = list(cues(words("word " * 40), "en"))
    lines = [cue.text.split("\n") for cue in found]
    assert all(len(of_cue) <= 2 for of_cue in lines)
    assert all(len(line) <= 42 for of_cue in lines for line in of_cue)
    assert " ".join(cue.text for cue in found).split() == ["word"] * 40


def test_lines_without_spaces_have_sixteen_characters():
    found = list(cues(words(" ".join("今日はとても良い天気です" * 4), each=0.1), "ja"))
    lines = [line for cue in found for line in cue.text.split("\n")]
    assert "".join(lines) == "今日はとても良い天気です" * 4
    assert max(map(len, lines)) == 16


def test_a_word_longer_than_a_line_is_a_cue():
    assert [cue.text for cue in cues(words(f"a {'x' * 50} b"), "en")] == ["a", "x" * 50, "b"]


def test_a_pause_ends_a_cue():
    found = list(cues([*words("and then"), *words("he came", start=5)], "en"))
    assert [cue.text for cue in found] == ["and then", "he came"]


def test_srt_counts_from_where_it_is_told():
    text = write("srt", [Cue(0.0, 1.5, "One."), Cue(3661.001, 3662, "Two.")], 0)
    assert text == (
        "0\n00:00:00,000 --> 00:00:01,500\nOne.\n\n1\n01:01:01,001 --> 01:01:02,000\nTwo.\n"
    )


def test_a_rounded_minute_is_the_next_one():
    text = write("vtt", [Cue(59.9996, 3599.9996, "Word")], 1)
    assert "00:01:00.000 --> 01:00:00.000" in text


def test_vtt_is_read_by_its_library():
    text = write("vtt", [Cue(0.0, 1.5, "Salt & pepper <b>")], 1)
    (caption,) = webvtt.WebVTT.from_buffer(io.StringIO(text)).captions
    assert (caption.identifier, caption.start, caption.end) == ("1", "00:00:00.000", "00:00:01.500")
    # what could be a tag is written as text
    assert caption.text == "Salt &amp; pepper &lt;b&gt;"


def test_nothing_said_is_a_file_without_cues():
    assert write("srt", [], 0) == ""
    assert write("vtt", [], 0).strip() == "WEBVTT"
