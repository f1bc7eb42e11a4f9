"""Vocabularies: kept on disk, listed, read again, and without effect."""

import pytest
from botocore.exceptions import ClientError

from analysis.transcribe import limits

TABLE = "Phrase\tSoundsLike\tIPA\tDisplayAs\nBoulder\t\t\tBoulder\n"


def code(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


def create(client, name="places", **more):
    content = more or {"Phrases": ["Boulder", "Eats"]}
    return client.sdk.create_vocabulary(VocabularyName=name, LanguageCode="en-US", **content)


def table(client, bucket, name="places"):
    return bucket.at(client.sdk.get_vocabulary(VocabularyName=name)["DownloadUri"])


def test_phrases_become_a_table(client, bucket):
    assert create(client)["VocabularyState"] == "READY"
    assert table(client, bucket) == "Phrase\nBoulder\nEats\n"


def test_a_table_is_kept_as_it_is(client, bucket):
    bucket["media", "v.txt"] = TABLE.encode()
    create(client, VocabularyFileUri="s3://media/v.txt")
    del bucket["media", "v.txt"]
    assert table(client, bucket) == TABLE


def test_a_vocabulary_is_replaced_and_deleted(client, bucket):
    create(client)
    client.sdk.update_vocabulary(VocabularyName="places", LanguageCode="en-US", Phrases=["Aspen"])
    assert table(client, bucket) == "Phrase\nAspen\n"
    client.sdk.delete_vocabulary(VocabularyName="places")
    assert code(client.sdk.get_vocabulary, VocabularyName="places") == "NotFoundException"
    assert code(client.sdk.delete_vocabulary, VocabularyName="places") == "NotFoundException"


def test_a_name_is_taken_once(client):
    create(client)
    assert code(lambda: create(client)) == "ConflictException"


def test_names_are_no_paths(client, tmp_path):
    create(client, "..")
    assert not (tmp_path.parent / ".json").exists()
    assert client.sdk.get_vocabulary(VocabularyName="..")["VocabularyState"] == "READY"


@pytest.mark.parametrize(
    "content",
    [
        {"Phrases": ["a"], "VocabularyFileUri": "s3://media/v.txt"},
        {"VocabularyFileUri": "s3://media/none"},
        {"VocabularyFileUri": "https://example.com/none"},
    ],
)
def test_what_a_vocabulary_cannot_be_made_of_is_refused(client, content):
    assert code(lambda: create(client, **content)) == "BadRequestException"


def test_a_file_that_is_no_text_makes_a_vocabulary_that_failed(client, bucket):
    bucket["media", "v.txt"] = b"\xff\xfe\x00"
    assert create(client, VocabularyFileUri="s3://media/v.txt")["VocabularyState"] == "FAILED"
    found = client.sdk.get_vocabulary(VocabularyName="places")
    assert "UTF-8" in found["FailureReason"]
    assert "DownloadUri" not in found


@pytest.mark.parametrize("from_file", [False, True])
def test_a_vocabulary_past_the_limit_fails(client, bucket, from_file):
    phrases = ["p" * 249] * 206
    content = {"Phrases": phrases}
    if from_file:
        bucket["media", "v.txt"] = "\n".join(phrases).encode()
        content = {"VocabularyFileUri": "s3://media/v.txt"}
    assert create(client, **content)["VocabularyState"] == "FAILED"
    found = client.sdk.get_vocabulary(VocabularyName="places")
    assert found["FailureReason"] == "The vocabulary has more than 50 KB."


def test_more_vocabularies_than_there_may_be_are_refused(client, monkeypatch):
    monkeypatch.setattr(limits, "MOST_VOCABULARIES", 1)
    create(client)
    assert code(lambda: create(client, "others")) == "LimitExceededException"


def test_they_are_listed_in_pages(client):
    for name in ("b", "a", "c"):
        create(client, name)
    first = client.sdk.list_vocabularies(MaxResults=2)
    assert [one["VocabularyName"] for one in first["Vocabularies"]] == ["a", "b"]
    rest = client.sdk.list_vocabularies(MaxResults=2, NextToken=first["NextToken"])
    assert [one["VocabularyName"] for one in rest["Vocabularies"]] == ["c"]
    (one,) = client.sdk.list_vocabularies(NameContains="B")["Vocabularies"]
    assert one["VocabularyName"] == "b"
    assert client.sdk.list_vocabularies(StateEquals="FAILED")["Vocabularies"] == []


def test_there_are_no_language_models(client):
    assert client.sdk.list_language_models()["Models"] == []
    assert code(client.sdk.describe_language_model, ModelName="mine") == "NotFoundException"
