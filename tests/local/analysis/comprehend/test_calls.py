import pytest
from botocore.exceptions import ClientError


def refusal(call, **request):
    with pytest.raises(ClientError) as refused:
        call(**request)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_entities_have_offsets_in_characters(client):
    found = client.detect_entities(Text="🙂 meets Ada", LanguageCode="en")["Entities"]
    assert found == [
        {"BeginOffset": 8, "EndOffset": 11, "Score": 0.5, "Text": "Ada", "Type": "PERSON"}
    ]


def test_key_phrases_have_no_type(client):
    found = client.detect_key_phrases(Text="dog", LanguageCode="en")["KeyPhrases"]
    assert found == [{"BeginOffset": 0, "EndOffset": 3, "Score": 0.5, "Text": "dog"}]


def test_languages_come_with_their_probabilities(client):
    found = client.detect_dominant_language(Text="hello")["Languages"]
    assert found == [
        {"LanguageCode": "en", "Score": 0.5},
        {"LanguageCode": "nl", "Score": 0.25},
    ]


def test_a_mood_has_no_score_for_what_the_rules_do_not_know(client):
    found = client.detect_sentiment(Text="good", LanguageCode="en")
    assert found["Sentiment"] == "POSITIVE"
    assert found["SentimentScore"] == {"Positive": 0.75, "Negative": 0.0, "Neutral": 0.25}


def test_a_language_without_a_model_is_refused_and_those_here_are_named(client):
    code, message = refusal(client.detect_entities, Text="Hallo", LanguageCode="de")
    assert code == "UnsupportedLanguageException"
    assert "en" in message


def test_a_text_past_the_limit_is_refused_in_bytes(client):
    code, message = refusal(client.detect_entities, Text="é" * 50_001, LanguageCode="en")
    assert code == "TextSizeLimitExceededException"
    assert message == (
        "Input text size exceeds limit. Max length of request text allowed is 100000 bytes while "
        "in this request the text size is 100002 bytes"
    )
    client.detect_entities(Text="é" * 50_000, LanguageCode="en")
    code, _ = refusal(client.detect_sentiment, Text="x" * 5_001, LanguageCode="en")
    assert code == "TextSizeLimitExceededException"
    client.detect_sentiment(Text="x" * 5_000, LanguageCode="en")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"Text": "", "LanguageCode": "en"}, "ValidationException"),
        ({"Text": "a", "LanguageCode": "xx"}, "ValidationException"),
        # the model requires neither: custom entities are detected without them
        ({"Text": "a"}, "InvalidRequestException"),
        ({"LanguageCode": "en"}, "InvalidRequestException"),
        ({"Bytes": b"%PDF", "LanguageCode": "en"}, "InvalidRequestException"),
    ],
)
def test_what_is_no_request_is_refused(client, request_, code):
    assert refusal(client.detect_entities, **request_)[0] == code


def test_a_batch_answers_each_text_by_its_place(client):
    answer = client.batch_detect_entities(TextList=["Ada", "x" * 5_001, "Bob"], LanguageCode="en")
    assert [one["Index"] for one in answer["ResultList"]] == [0, 2]
    assert answer["ResultList"][1]["Entities"][0]["Text"] == "Bob"
    (error,) = answer["ErrorList"]
    assert (error["Index"], error["ErrorCode"]) == (1, "TextSizeLimitExceededException")


def test_a_batch_of_26_is_refused(client):
    code, _ = refusal(client.batch_detect_dominant_language, TextList=["a"] * 26)
    assert code == "BatchSizeLimitExceededException"
