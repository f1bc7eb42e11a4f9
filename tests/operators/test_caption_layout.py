"""Lines and times of captions as broadcasters have them."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SENTENCE = (
    "When the rain stopped, the children ran into the garden and played until their mother called."
)
LONG_99 = (
    "The weather is warm and the river is quiet, "
    "but nobody knows how long it is going to stay like this"
)


@pytest.fixture
def lay_out(load):
    return load("captions", "caption_layout").lay_out


@pytest.fixture
def cues(load):
    return load("captions", "caption_cues").cues


def caption(text, start=0, end=3):
    return {"start": start, "end": end, "caption": text}


def test_a_caption_of_99_characters_becomes_cues_of_two_lines(lay_out):
    assert len(LONG_99) == 99
    assert lay_out(LONG_99) == [
        "The weather is warm\nand the river is quiet,",
        "but nobody knows how long it is going\nto stay like this",
    ]


@pytest.mark.parametrize(
    ("text", "laid_out"),
    [
        ("Good morning.", ["Good morning."]),
        (
            "Good morning and welcome to the local news.",
            ["Good morning and welcome\nto the local news."],
        ),
        ("- Hi.\n- Hello.", ["- Hi.\n- Hello."]),
        (" a \n\n b ", ["a\nb"]),
        ("", []),
        (" \n ", []),
        (
            "今日はとても良い天気ですね。明日は雨が降るそうです。",
            ["今日はとても良い天気ですね。\n明日は雨が降るそうです。"],
        ),
        (
            "Amazon Transcribeは音声をテキストに変換するサービスです。",
            ["Amazon Transcribeは音声をテキストに\n変換するサービスです。"],
        ),
    ],
)
def test_lines_end_where_phrases_do(lay_out, text, laid_out):
    assert lay_out(text) == laid_out


def test_a_word_longer_than_a_line_is_shown_whole(lay_out):
    assert lay_out("x" * 99) == ["x" * 42, f"{'x' * 42}\n{'x' * 15}"]


_WORDS = st.one_of(
    st.text("abcdefgh", min_size=1, max_size=14),
    st.text("日本語天気今明、。「」ょっー", min_size=1, max_size=20),
    st.text("กขคงเแาำ้่", min_size=1, max_size=30),
    st.sampled_from(["the", "and", "of", "Hi,", "no.", "여러분", "😀"]),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # it is pure
)
@given(words=st.lists(_WORDS, max_size=40))
def test_every_line_fits_and_nothing_is_lost(lay_out, words):
    text = " ".join(words)
    laid_out = lay_out(text)
    lines = [line for cue in laid_out for line in cue.split("\n")]
    assert "".join("".join(lines).split()) == "".join(words)
    assert all(len(cue.split("\n")) <= 2 for cue in laid_out)
    assert all(_filled(line) <= 1.0001 for line in lines)
    assert all(any(word in line.split() for line in lines) for word in words if word.isascii())


def _filled(line):
    """How much of a line is taken: 42 narrow characters, or 16 wide ones, are all of it."""
    shown = [one for one in line if unicodedata.category(one) not in ("Mn", "Me")]
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in shown)
    return wide / 16 + (len(shown) - wide) / 42


# Times


def test_a_rounded_minute_is_the_next_one(load, cues):
    document = load("captions", "caption_files").document
    alone = [caption("Word", 59.9996, 60.4)]
    for file_format, mark in (("srt", ","), ("vtt", ".")):
        assert f"00:01:00{mark}000 --> 00:01:00{mark}833" in document(alone, file_format)
    hour = [caption("Word", 3599.9996, "3600.9999")]
    assert "01:00:00.000 --> 01:00:01.000" in document(hour, "vtt")


@pytest.mark.parametrize(
    ("captions", "times"),
    [
        # two frames of silence between two cues
        ([caption("a", 0, 2), caption("b", 2, 4)], [(0, 1920), (2000, 4000)]),
        # 5/6 of a second at least, where nobody speaks
        ([caption("a", 1, 1.1), caption("b", 5, 6)], [(1000, 1833), (5000, 6000)]),
        ([caption("a", 1, 1.1), caption("b", 1.5, 3)], [(1000, 1420), (1500, 3000)]),
        # 34 characters take two seconds to read
        ([caption("x" * 34, 0, 0.5)], [(0, 2000)]),
        # a long one stays as long as somebody wants, and what overlaps overlaps
        ([caption("a", 0, 30), caption("b", 29, 31)], [(0, 30_000), (29_000, 31_000)]),
        # in the order of their times
        ([caption("b", 5, 6), caption("a", 1, 2)], [(1000, 2000), (5000, 6000)]),
    ],
)
def test_cues_stand_until_they_are_read_and_make_room_for_the_next(cues, captions, times):
    assert [(one.start, one.end) for one in cues(captions)] == times


def test_the_cues_of_one_caption_share_its_time(cues):
    first, second = cues([caption(LONG_99, 10, 16)])
    assert (first.start, second.end) == (10_000, 16_000)
    assert 12_500 < second.start < 13_500
    assert second.start - first.end == 80


@pytest.mark.parametrize("time", [None, "soon", float("nan"), -1, "1e300", {}])
def test_a_time_that_is_none_is_named(load, cues, time):
    from MediaInsightsEngineLambdaHelper import OperatorInputError

    with pytest.raises(OperatorInputError, match="Caption 2: start"):
        cues([caption("a"), caption("b", start=time)])


# Transcripts


def items(text, seconds=0.4):
    """Words with their marks behind them, evenly spoken."""
    found = []
    for place, one in enumerate(text.split()):
        bare = one.rstrip(",.")
        times = {"start_time": str(place * seconds), "end_time": str((place + 1) * seconds)}
        best = {"content": bare, "confidence": "0.9"}
        found.append({"type": "pronunciation", "alternatives": [best], **times})
        if bare != one:
            found.append({"type": "punctuation", "alternatives": [{"content": one[len(bare) :]}]})
    return found


def test_a_sentence_of_three_lines_becomes_two_captions_at_a_phrase(load):
    made = load("captions", "captions_from_transcript").captions(items(SENTENCE))
    assert [one["caption"] for one in made] == [
        "When the rain stopped,",
        "the children ran into the garden and played until their mother called.",
    ]
    assert made[1]["start"] == pytest.approx(0.4 * len(made[0]["caption"].split()))
    assert sum(len(one["wordConfidence"]) for one in made) == len(SENTENCE.split())


def test_slow_words_make_captions_of_at_most_seven_seconds(load):
    made = load("captions", "captions_from_transcript").captions(items("one two three four", 3))
    assert [one["caption"] for one in made] == ["one two", "three four"]


@pytest.mark.parametrize(
    ("language", "words", "text"),
    [
        ("ja", "今日 は とても 良い 天気 です", "今日はとても良い天気です"),
        ("zh", "你好 世界", "你好世界"),
        ("zh-TW", "你好 世界", "你好世界"),
        ("th", "สวัสดี ครับ", "สวัสดีครับ"),
        ("lo", "ສະບາຍ ດີ", "ສະບາຍດີ"),
        ("my", "မင်္ဂလာ ပါ", "မင်္ဂလာပါ"),
        ("km", "សួស្តី អ្នក", "សួស្តីអ្នក"),
        ("ja", "私 の Amazon Echo 2 台", "私のAmazon Echo 2台"),
        ("ko", "안녕 하세요", "안녕 하세요"),
        ("en", "good day", "good day"),
    ],
)
def test_languages_without_spaces_get_none(load, language, words, text):
    made = load("captions", "captions_from_transcript").captions(items(words), language)
    assert [one["caption"] for one in made] == [text]
