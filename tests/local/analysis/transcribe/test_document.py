"""The transcript of words as the service writes it."""

import pytest

from analysis.speech.words import Word
from analysis.transcribe.document import document, split

HELLO = [Word("Hello,", 0.5, 0.9, 0.97), Word("world!", 1.0, 1.44, 0.9234)]


def test_a_word_is_a_pronunciation_and_its_mark_an_item_of_its_own():
    assert document("job", [HELLO], "en", by_channel=False) == {
        "jobName": "job",
        "accountId": "000000000000",
        "results": {
            "transcripts": [{"transcript": "Hello, world!"}],
            "items": [
                {
                    "type": "pronunciation",
                    "alternatives": [{"confidence": "0.97", "content": "Hello"}],
                    "start_time": "0.5",
                    "end_time": "0.9",
                },
                {
                    "type": "punctuation",
                    "alternatives": [{"confidence": "0.0", "content": ","}],
                },
                {
                    "type": "pronunciation",
                    "alternatives": [{"confidence": "0.923", "content": "world"}],
                    "start_time": "1.0",
                    "end_time": "1.44",
                },
                {
                    "type": "punctuation",
                    "alternatives": [{"confidence": "0.0", "content": "!"}],
                },
            ],
        },
        "status": "COMPLETED",
    }


def test_silence_is_an_empty_transcript():
    results = document("job", [[]], "", by_channel=False)["results"]
    assert results == {"transcripts": [{"transcript": ""}], "items": []}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("dog.", ("dog", ".")),
        ('"Stop!"', ("Stop", "!")),
        ("don't", ("don't", "")),
        ("'tis", ("'tis", "")),
        ("(yes)", ("yes", "")),
        ("50%", ("50%", "")),
        ("$3.50,", ("$3.50", ",")),
        ("-", ("", "")),
        ("日。", ("日", "。")),
    ],
)
def test_marks_are_set_apart(text, parts):
    assert split(text) == parts


def test_a_mark_before_the_first_word_is_left_out():
    items = document("job", [[Word("...", 0, 0.1, 1), *HELLO]], "en", False)["results"]["items"]
    assert items[0]["alternatives"][0]["content"] == "Hello"


def test_words_of_a_language_without_spaces_are_not_set_apart():
    words = [Word("日", 0, 1, 1), Word("本。", 1, 2, 1)]
    assert document("job", [words], "ja", False)["results"]["transcripts"] == [
        {"transcript": "日本。"}
    ]


def test_channels_are_kept_apart_and_put_in_order():
    other = [Word("Yes.", 0.7, 0.8, 1)]
    results = document("job", [HELLO, other], "en", by_channel=True)["results"]
    assert [
        (one["alternatives"][0]["content"], one["channel_label"]) for one in results["items"]
    ] == [
        ("Hello", "ch_0"), (",", "ch_0"), ("Yes", "ch_1"), (".", "ch_1"), ("world", "ch_0"),
        ("!", "ch_0"),
    ]  # fmt: skip
    labels = results["channel_labels"]
    assert labels["number_of_channels"] == 2
    assert [one["channel_label"] for one in labels["channels"]] == ["ch_0", "ch_1"]
    assert len(labels["channels"][1]["items"]) == 2


def test_an_identified_language_is_said_with_its_score():
    results = document("job", [HELLO], "en", False, ("en-US", 0.98761))["results"]
    assert results["language_code"] == "en-US"
    assert results["language_identification"] == [{"code": "en-US", "score": "0.9876"}]
