import pytest
from botocore.exceptions import ClientError

from analysis.language.detection import Guess

EN_ES = {"SourceLanguageCode": "en", "TargetLanguageCode": "es"}


def refusal(call, **request):
    with pytest.raises(ClientError) as refused:
        call(**request)
    return refused.value.response["Error"]["Code"], refused.value.response["Error"]["Message"]


def test_a_text_keeps_its_lines_and_spaces(client):
    answer = client.translate_text(Text="  one dog.\n\n\ttwo [dogs] \\ {3}^\r\n4 5", **EN_ES)
    assert answer["TranslatedText"] == "  ONE DOG.\n\n\tTWO [DOGS] \\ {3}^\r\n4 5"
    assert (answer["SourceLanguageCode"], answer["TargetLanguageCode"]) == ("en", "es")


def test_the_language_is_found_when_it_is_sure(client, readers):
    auto = {"SourceLanguageCode": "auto", "TargetLanguageCode": "es"}
    assert client.translate_text(Text="dog", **auto)["SourceLanguageCode"] == "en"
    readers.guess = Guess("nds", 0.16)
    code, message = refusal(client.translate_text, Text="xqz", **auto)
    assert code == "DetectedLanguageLowConfidenceException"
    assert "0.16" in message


@pytest.mark.parametrize("pair", [("en", "ru"), ("en", "en"), ("en", "pt"), ("xx", "es")])
def test_a_pair_that_is_not_here_is_refused_and_those_here_are_named(client, pair):
    code, message = refusal(
        client.translate_text, Text="dog", SourceLanguageCode=pair[0], TargetLanguageCode=pair[1]
    )
    assert code == "UnsupportedLanguagePairException"
    assert message.startswith(f"Unsupported language pair: {pair[0]} to {pair[1]}.")
    here = "nothing is translated from xx" if pair[0] == "xx" else "en is translated into es"
    assert message.endswith(f"On this machine {here}")


def test_without_a_translator_the_command_that_installs_one_is_named(client, pairs):
    pairs.clear()
    code, message = refusal(client.translate_text, Text="dog", **EN_ES)
    assert code == "ModelNotAvailableException"
    assert "apt-get install apertium-eng-spa" in message


@pytest.mark.parametrize("text", ["é" * 5_001, "x" * 10_001])
def test_a_text_past_the_limit_is_refused_in_bytes(client, text):
    code, message = refusal(client.translate_text, Text=text, **EN_ES)
    assert code == "TextSizeLimitExceededException"
    assert "10000 bytes" in message
    assert len(client.translate_text(Text="x" * 10_000, **EN_ES)["TranslatedText"]) == 10_000


def test_an_empty_text_is_refused(client):
    assert refusal(client.translate_text, Text="", **EN_ES)[0] == "ValidationException"


def test_a_page_keeps_its_tags(client):
    page = b"<!DOCTYPE html><p class='a'>tom &amp; <b>jerry</b></p><script>var a;</script>"
    document = {"Content": page, "ContentType": "text/html"}
    answer = client.translate_document(Document=document, **EN_ES)["TranslatedDocument"]
    assert answer["Content"] == (
        b"<!DOCTYPE html><p class='a'>TOM &amp; <b>JERRY</b></p><script>var a;</script>"
    )


def test_a_document_of_another_kind_is_refused(client):
    document = {"Content": b"PK", "ContentType": "application/vnd.oasis.opendocument.text"}
    code, _ = refusal(client.translate_document, Document=document, **EN_ES)
    assert code == "InvalidRequestException"


@pytest.mark.parametrize("size", [100_001, 102_401])
def test_a_document_past_the_limit_is_refused(client, size):
    document = {"Content": b"x" * size, "ContentType": "text/plain"}
    code, _ = refusal(client.translate_document, Document=document, **EN_ES)
    # the model has a wider bound, and is looked at first
    assert code == ("ValidationException" if size > 102_400 else "LimitExceededException")


def test_languages_are_those_of_the_pairs_here(client):
    found = client.list_languages()
    assert [one["LanguageCode"] for one in found["Languages"]] == ["auto", "en", "es", "pt"]
    code, _ = refusal(client.list_languages, DisplayLanguageCode="de")
    assert code == "UnsupportedDisplayLanguageCodeException"
