"""What was said, its topics, translations and captions: from the documents of speech and text."""

import json

from tests.local.findings.documents import found_in

from findings.model import Caption, Word
from findings.said import joined


def item(content, start=None, kind="pronunciation"):
    times = {} if start is None else {"start_time": str(start), "end_time": str(start + 0.5)}
    return {"type": kind, "alternatives": [{"content": content, "confidence": "0.5"}], **times}


def transcribed(*items):
    return {"TranscribeVideo": [{"results": {"transcripts": [], "items": list(items)}}]}


def test_words_have_their_times_and_the_punctuation_behind_them():
    metadata = transcribed(item("Hello", 0.64), item(",", kind="punctuation"), item("you", 2.0))
    transcript = found_in(metadata, spoken="en-US").transcript

    assert transcript.words == (Word("Hello,", 640, 1_140, 50.0), Word("you", 2_000, 2_500, 50.0))
    assert transcript.language == "en-US"
    assert joined(transcript) == "Hello, you"


def test_characters_of_japanese_are_joined_without_spaces():
    transcript = found_in(transcribed(item("日"), item("本")), spoken="ja-JP").transcript

    assert joined(transcript) == "日本"


def test_between_words_of_another_script_the_space_stays():
    items = map(item, ["Amazon", "Echo", "を", "買", "う"])
    transcript = found_in(transcribed(*items), spoken="ja-JP").transcript

    assert joined(transcript) == "Amazon Echoを買う"


def test_a_transcript_without_words_is_taken_as_text():
    said = {"results": {"transcripts": [{"transcript": "Hello there."}], "language_code": "en-US"}}
    transcript = found_in({"TranscribeAudio": [said]}, kind="Audio").transcript

    assert transcript.words == (Word("Hello"), Word("there."))
    assert transcript.language == "en-US"


def test_silence_is_no_transcript():
    assert found_in(transcribed()).transcript is None


def test_a_translation_is_rough_and_one_into_its_own_language_is_none():
    spanish = {"SourceLanguageCode": "en", "TargetLanguageCode": "es", "TranslatedText": " Hola.\n"}
    english = {**spanish, "TargetLanguageCode": "en"}
    (found,) = found_in({"Translate": [spanish, english]}).translations

    assert (found.language, found.text, found.rough) == ("es", "Hola.", True)


def test_captions_of_what_was_spoken_come_first_and_translated_ones_are_rough():
    translated = {"start": "61.5", "end": "62", "caption": "Hola.", "sourceCaption": "Hello."}
    metadata = {
        "WebCaptions_de": [{"WebCaptions": [translated]}],
        "WebCaptions_en": [{"WebCaptions": [{"start": 1, "end": 2.5, "caption": "Hello."}]}],
        "WebCaptionsTranscribeVideo_en": [{"WebCaptions": []}],
    }
    tracks = found_in(metadata, spoken="en-GB").captions

    assert [(one.language, one.rough) for one in tracks] == [("en", False), ("de", True)]
    assert tracks[0].captions == (Caption(1_000, 2_500, "Hello."),)


def comprehended(member, *found):
    return [{"Results": [json.dumps({member: found, "File": "x"}) + "\n"]}]


def test_names_are_told_once_counted_and_before_phrases():
    river = {"Text": "a river", "Score": 0.9}
    metadata = {
        "entities": comprehended(
            "Entities",
            {"Text": "Paris", "Type": "LOCATION", "Score": 0.8},
            {"Text": "Ada", "Type": "PERSON", "Score": 0.8},
            {"Text": "ADA", "Type": "PERSON", "Score": 0.9},
            {"Text": "it", "Type": "OTHER", "Score": 0.9},
        ),
        "key_phrases": comprehended("KeyPhrases", {"Text": "ada", "Score": 0.9}, river, river),
    }
    topics = found_in(metadata).topics

    assert [(one.kind, one.name, one.details, one.count) for one in topics] == [
        ("entity", "Ada", ("person",), 2),
        ("entity", "Paris", ("place",), 1),
        ("entity", "it", (), 1),
        ("phrase", "a river", (), 2),
    ]
    assert topics[0].confidence == 90.0
