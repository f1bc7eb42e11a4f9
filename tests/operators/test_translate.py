"""Translation: how texts are cut, what the service is asked, and what is kept."""

# ruff: noqa: RUF001 - sentences of several scripts

import io
import json
import threading

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY
from hypothesis import given
from hypothesis import strategies as st

from MediaInsightsEngineLambdaHelper import MasExecutionError
from mie import aws

TEXT = {"S3Bucket": "bucket", "S3Key": "private/assets/asset-1/TranscribeVideo.json"}
ENGLISH_TO_GERMAN = {"SourceLanguageCode": "en", "TargetLanguageCode": "de"}


@pytest.fixture
def module(load):
    return load("translate", "start_translate")


@pytest.fixture
def lambda_handler(module):
    return module.lambda_handler


@pytest.fixture
def content(stub):
    """Puts the text's file into S3."""

    def content(data, key=TEXT["S3Key"]):
        body = StreamingBody(io.BytesIO(data), len(data))
        answer = {"ContentLength": len(data), "Body": body}
        stub("s3").add_response("get_object", answer, {"Bucket": "bucket", "Key": key})

    return content


@pytest.fixture
def spoken(content):
    def spoken(*texts):
        transcripts = [{"transcript": text} for text in texts]
        content(json.dumps({"results": {"transcripts": transcripts, "items": []}}).encode())

    return spoken


class Translate:
    """Answers TranslateText in any order of calls: the text in brackets."""

    def __init__(self, client):
        self.requests, self.lock = [], threading.Lock()
        client.meta.events.register("before-call.translate.TranslateText", self.answer)

    def answer(self, params, **_):
        asked = json.loads(params["body"])
        with self.lock:
            self.requests.append(asked)
        assert 0 < len(asked["Text"].encode()) <= 10_000

        class Http:
            status_code = 200

        source = asked["SourceLanguageCode"]
        found = "en" if source == "auto" else source
        answer = {"TranslatedText": f"[{asked['Text']}]", "SourceLanguageCode": found}
        return Http(), {**answer, "TargetLanguageCode": asked["TargetLanguageCode"]}


@pytest.fixture
def service():
    return Translate(aws.client("translate"))


def failure(handler, event):
    with pytest.raises(MasExecutionError) as raised:
        handler(event, None)
    output = raised.value.args[0]
    assert output["Status"] == "Error"
    retried = type(raised.value) is MasExecutionError
    return output["MetaData"]["TranslateError"], retried


def test_a_transcript_is_translated_and_takes_the_place_of_the_text(
    lambda_handler, event, spoken, service, dataplane
):
    spoken("Hello there.", "Bye.")
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    output = lambda_handler(asked, None)
    assert service.requests == [{"Text": "Hello there.\nBye.", **ENGLISH_TO_GERMAN}]
    assert dataplane.stored == {
        ("asset-1", "Translate", "workflow-1"): {
            "TranslatedText": "[Hello there.\nBye.]",
            **ENGLISH_TO_GERMAN,
        }
    }
    assert output == {
        **asked,
        "Status": "Complete",
        "Media": {"Text": {"S3Bucket": "bucket", "S3Key": "key"}},
    }


def test_a_text_file_is_translated_as_it_is(lambda_handler, event, content, service, dataplane):
    content("\ufeffGrüße.".encode(), "letter.TXT")
    media = {"Text": {"S3Bucket": "bucket", "S3Key": "letter.TXT"}}
    lambda_handler(event("Translate", media, ENGLISH_TO_GERMAN), None)
    assert service.requests[0]["Text"] == "Grüße."


@pytest.mark.parametrize("texts", [(), ("",), (" \n", "")])
def test_of_an_empty_transcript_nothing_is_stored(lambda_handler, event, spoken, dataplane, texts):
    spoken(*texts)
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    assert lambda_handler(asked, None) == {**asked, "Status": "Complete"}
    assert dataplane.stored == {}


@pytest.mark.parametrize(
    ("metadata", "configured", "source"),
    [
        ({"TranscribeSourceLanguage": "es-US"}, "en", "es"),
        ({"TranscribeSourceLanguage": "fr-CA"}, None, "fr"),
        ({}, "pt-PT", "pt-PT"),
        (None, "en", "en"),
    ],
)
def test_what_was_spoken_goes_before_what_is_configured(
    lambda_handler, event, spoken, service, dataplane, metadata, configured, source
):
    spoken("Hola.")
    asked = event("Translate", {"Text": TEXT}, {"TargetLanguageCode": "de"})
    asked["Input"] = {**asked["Input"], "MetaData": metadata}
    if configured:
        asked["Configuration"] = {**asked["Configuration"], "SourceLanguageCode": configured}
    lambda_handler(asked, None)
    (result,) = dataplane.stored.values()
    assert (service.requests[0]["SourceLanguageCode"], result["SourceLanguageCode"]) == (
        source,
        source,
    )


def test_into_its_own_language_a_text_is_kept_as_it_is(
    lambda_handler, event, spoken, service, dataplane
):
    spoken("Hello there.")
    codes = {"SourceLanguageCode": "en", "TargetLanguageCode": "en"}
    lambda_handler(event("Translate", {"Text": TEXT}, codes), None)
    (result,) = dataplane.stored.values()
    assert result == {"TranslatedText": "Hello there.", **codes}
    assert service.requests == []


def test_a_language_that_is_found_in_the_first_part_holds_for_all(
    lambda_handler, event, spoken, service, dataplane
):
    spoken("A sentence of forty-four characters, or so. " * 1_000)
    codes = {"SourceLanguageCode": "auto", "TargetLanguageCode": "de"}
    lambda_handler(event("Translate", {"Text": TEXT}, codes), None)
    (result,) = dataplane.stored.values()
    assert result["SourceLanguageCode"] == "en"
    assert [one["SourceLanguageCode"] for one in service.requests][:2] == ["auto", "en"]
    assert sum(one["SourceLanguageCode"] == "auto" for one in service.requests) == 1


@pytest.mark.parametrize(
    ("source", "target"), [("en-US", "es"), ("es-US", "en"), ("ja-JP", "en"), (None, "es")]
)
def test_auto_is_english_and_spanish_from_english(
    lambda_handler, event, spoken, service, stub, dataplane, source, target
):
    spoken("Hello there.")
    codes = {"SourceLanguageCode": "auto", "TargetLanguageCode": "auto"}
    asked = event("Translate", {"Text": TEXT}, codes)
    if source:
        asked["Input"] = {**asked["Input"], "MetaData": {"TranscribeSourceLanguage": source}}
    else:
        found = {"Languages": [{"LanguageCode": "en", "Score": 0.9}]}
        stub("comprehend").add_response("detect_dominant_language", found)
    lambda_handler(asked, None)
    assert service.requests[0]["TargetLanguageCode"] == target


@pytest.mark.parametrize(
    ("target", "known", "status"),
    [
        ("auto", None, "Skipped"),
        ("fr", ["en", "fr"], "Skipped"),
        ("xx", ["en", "fr"], "Error"),
    ],
)
def test_a_spoken_language_that_is_not_translated_is_skipped_and_a_wrong_target_refused(
    lambda_handler, event, spoken, stub, dataplane, target, known, status
):
    spoken("Shwmae.")
    translate = stub("translate")
    code = "UnsupportedLanguagePairException"
    said = "Unsupported language pair: cy to it. Nothing is translated from cy"
    translate.add_client_error("translate_text", code, said)
    if known:
        languages = [{"LanguageName": one, "LanguageCode": one} for one in known]
        translate.add_response("list_languages", {"Languages": languages})
    asked = event("Translate", {"Text": TEXT}, {"TargetLanguageCode": target})
    asked["Input"] = {**asked["Input"], "MetaData": {"TranscribeSourceLanguage": "cy-GB"}}
    if status == "Error":
        assert "Unsupported language pair" in failure(lambda_handler, asked)[0]
        return
    output = lambda_handler(asked, None)
    assert output["Status"] == "Skipped"
    into = {"auto": "English (en)", "fr": "French (fr)"}[target]
    assert output["MetaData"]["TranslateSkipped"] == (
        f"Translate does not translate Welsh (cy) into {into}. Nothing is translated from cy"
    )
    assert output["Media"] == {}


def test_a_text_whose_language_is_not_sure_is_not_translated(lambda_handler, event, spoken, stub):
    spoken("Ah.")
    code = "DetectedLanguageLowConfidenceException"
    stub("translate").add_client_error("translate_text", code, "not sure")
    codes = {"SourceLanguageCode": "auto", "TargetLanguageCode": "de"}
    output = lambda_handler(event("Translate", {"Text": TEXT}, codes), None)
    assert output["Status"] == "Skipped"
    said = output["MetaData"]["TranslateSkipped"]
    assert said == "The language of the text is not known: not sure"


@pytest.mark.parametrize(("target", "joint"), [("de", "] ["), ("ja", "]["), ("zh-TW", "][")])
def test_a_long_text_keeps_its_order(
    lambda_handler, event, spoken, service, dataplane, target, joint
):
    said = [f"This is the sentence number {number}." for number in range(3_000)]
    spoken(" ".join(said))
    codes = {"SourceLanguageCode": "en", "TargetLanguageCode": target}
    lambda_handler(event("Translate", {"Text": TEXT}, codes), None)
    (result,) = dataplane.stored.values()
    assert len(service.requests) == 12
    assert result["TranslatedText"].replace(joint, " ") == f"[{' '.join(said)}]"


@pytest.mark.parametrize(
    ("names", "sent"),
    [
        (["t"], ["t"]),
        ([], None),
        (
            [
                {"Name": "other", "TargetLanguageCodes": ["fr"]},
                {"Name": "one", "TargetLanguageCodes": ["fr", "de"]},
                {"Name": "two", "TargetLanguageCodes": ["de"]},
            ],
            ["one"],
        ),
        ([{"Name": "other", "TargetLanguageCodes": ["fr"]}], None),
    ],
)
def test_terminologies_are_handed_on(
    lambda_handler, event, spoken, service, dataplane, names, sent
):
    spoken("Hello.")
    configuration = {**ENGLISH_TO_GERMAN, "TerminologyNames": names}
    lambda_handler(event("Translate", {"Text": TEXT}, configuration), None)
    assert service.requests[0].get("TerminologyNames") == sent


@pytest.mark.parametrize(
    ("media", "configuration", "text"),
    [
        ({}, ENGLISH_TO_GERMAN, "No valid inputs"),
        ({"Text": {}}, ENGLISH_TO_GERMAN, "No valid inputs"),
        ({"Text": TEXT}, {"TargetLanguageCode": "de"}, "Language codes are not defined"),
        ({"Text": TEXT}, {"SourceLanguageCode": "en"}, "Language codes are not defined"),
        (
            {"Text": TEXT},
            {"SourceLanguageCode": "en", "TargetLanguageCode": ["de"]},
            "TargetLanguageCode must be a code such as en",
        ),
        (
            {"Text": TEXT},
            {**ENGLISH_TO_GERMAN, "TerminologyNames": "{'JsonList': []}"},
            "TerminologyNames must be a list",
        ),
    ],
)
def test_what_is_missing_is_said_without_another_attempt(
    lambda_handler, event, dataplane, media, configuration, text
):
    said, retried = failure(lambda_handler, event("Translate", media, configuration))
    assert said.startswith(text)
    assert not retried


@pytest.mark.parametrize(
    "data", [b"Dear all", b"[]", b'{"TranslatedText": "x"}', b'{"results": {}}', b"\xff\xff"]
)
def test_a_file_that_is_no_transcript_is_refused(lambda_handler, event, content, data):
    content(data)
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    said, retried = failure(lambda_handler, asked)
    assert said.startswith("Unable to read transcription from S3: ")
    assert not retried


def test_a_file_that_is_not_there_is_an_error(lambda_handler, event, stub):
    stub("s3").add_client_error("get_object", "NoSuchKey", "No such key")
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    said, retried = failure(lambda_handler, asked)
    assert said.startswith("Unable to read transcription from S3: ")
    assert said.endswith(" does not exist")
    assert retried


def test_a_text_that_is_too_long_is_refused_before_it_costs(
    module, event, spoken, service, monkeypatch
):
    monkeypatch.setattr(module, "_LARGEST_TEXT", 10)
    spoken("Hello there.")
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    said, retried = failure(module.lambda_handler, asked)
    assert said.startswith("The text has 12")
    assert not retried
    assert service.requests == []


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("UnsupportedLanguagePairException", False),
        ("ResourceNotFoundException", False),
        ("TooManyRequestsException", True),
        ("InternalServerException", True),
        ("AccessDeniedException", True),
    ],
)
def test_what_the_service_refuses_is_said(
    lambda_handler, event, spoken, stub, dataplane, code, again
):
    spoken("Hello.")
    stub("translate").add_client_error("translate_text", code, "Because")
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    said, retried = failure(lambda_handler, asked)
    assert said.startswith("Unable to get response from translate: ")
    assert "Because" in said
    assert retried is again
    assert dataplane.stored == {}


def test_a_part_that_fails_fails_the_whole(lambda_handler, event, spoken, stub, dataplane):
    spoken("This is a sentence. " * 600)
    translate = stub("translate")
    answer = {"TranslatedText": "x", "SourceLanguageCode": "en", "TargetLanguageCode": "de"}
    translate.add_response("translate_text", answer, {"Text": ANY, **ENGLISH_TO_GERMAN})
    translate.add_client_error("translate_text", "ServiceUnavailableException")
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    said, retried = failure(lambda_handler, asked)
    assert "ServiceUnavailableException" in said
    assert retried
    assert dataplane.stored == {}


def test_what_the_data_plane_refuses_is_said(lambda_handler, event, spoken, service, dataplane):
    spoken("Hello.")
    dataplane.answer = (404, {"Code": "NotFoundError", "Message": "no such asset"})
    asked = event("Translate", {"Text": TEXT}, ENGLISH_TO_GERMAN)
    said, _ = failure(lambda_handler, asked)
    assert said.startswith("Unable to upload metadata for")
    assert said.endswith(": no such asset")


# How texts are cut.


@pytest.fixture
def chunks(load):
    text_chunks = load("translate", "text_chunks")
    return lambda *arguments: list(text_chunks.chunks(*arguments))


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "Dr. Smith paid $3.5 million.", "He left!"),
        ("de", "Am 3. Mai kam Dr. Müller.", "Er ging."),
        ("ru", "Это г. Москва.", "Привет!"),
        ("ja", "今日は天気がいいですね。", "明日は雨でしょう。"),
        ("zh", "你好。", "我是学生！"),
        ("hi", "यह पहला वाक्य है।", "यह दूसरा वाक्य है।"),
        ("ar", "كيف حالك؟", "أنا بخير."),
        ("am", "ሰላም።", "ደህና ነህ፧"),
        ("hy", "Բարև։", "Ինչպե՞ս ես։"),
        ("auto", "今日は天気がいいですね。", "Good day."),
        ("no-such", "One.", "Two."),
    ],
)
def test_texts_are_cut_between_sentences_in_every_script(chunks, language, one, two):
    limit = max(len(one.encode()), len(two.encode())) + 1
    assert chunks(f"{one} {two}", language, limit) == [one, two]
    assert chunks(f"{one} {two}", language, 1_000) == [f"{one} {two}"]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("aaa bbb ccc", ["aaa bbb", "ccc"]),
        ("aaaaaaaaaaaa", ["aaaaaaaaa", "aaa"]),
        ("日本語日本", ["日本語", "日本"]),
        ("a\ud800b", ["a?b"]),
        ("", []),
        (" \n\t ", []),
        (" " * 40 + "a", ["a"]),
    ],
)
def test_a_sentence_over_the_limit_is_cut_at_spaces_or_in_a_word(chunks, text, cut):
    assert chunks(text, "en", 9) == cut


@given(
    st.text(st.sampled_from("ab .!?。！。\n  日é\u0301😀"), max_size=400),
    st.integers(4, 60),
    st.sampled_from(["en", "ja", "auto"]),
)
def test_nothing_is_lost_and_no_part_is_empty_or_too_long(text, limit, language):
    import sys
    from pathlib import Path

    folder = str(Path(__file__).resolve().parents[2] / "source" / "operators" / "translate")
    sys.path.insert(0, folder)
    try:
        import text_chunks
    finally:
        sys.path.remove(folder)
    parts = list(text_chunks.chunks(text, language, limit))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(part.encode()) <= limit and part == part.strip() for part in parts)


def test_a_sentence_may_lie_across_the_windows_of_the_splitter(load):
    text_chunks = load("translate", "text_chunks")
    text = "".join(f"これは{number}番目の文です。" for number in range(2_000))
    found = list(text_chunks.sentences(text, "ja"))
    assert "".join(found) == text
    assert len(found) == 2_000
