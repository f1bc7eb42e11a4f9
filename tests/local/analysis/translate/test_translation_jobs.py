import json
import threading

import pytest
from botocore.exceptions import ClientError

from analysis.translate import limits

ROLE = "arn:aws:iam::123456789012:role/translate"


def request(source="en", targets=("es",), kind="text/html", **more):
    return {
        "InputDataConfig": {"S3Uri": "s3://data/in", "ContentType": kind},
        "OutputDataConfig": {"S3Uri": "s3://data/out/"},
        "DataAccessRoleArn": ROLE,
        "SourceLanguageCode": source,
        "TargetLanguageCodes": list(targets),
        "ClientToken": "t",
        **more,
    }


def ended(client, job_id):
    """The properties of a job once it has ended."""
    pause = threading.Event()
    while True:
        found = client.describe_text_translation_job(JobId=job_id)["TextTranslationJobProperties"]
        if found["JobStatus"] not in ("SUBMITTED", "IN_PROGRESS"):
            return found
        pause.wait(0.01)


def test_captions_between_markers_come_back_between_as_many(client, objects):
    objects["data", "in/captions.txt"] = b"welcome to &lt;us&gt;,<span>tom &amp; jerry.<span>"
    objects["data", "inner/other.txt"] = b"not in this folder"
    job = client.start_text_translation_job(**request(JobName="MIE_a_w_es"))["JobId"]
    found = ended(client, job)
    folder = f"out/123456789012-TranslateText-{job}/"
    assert found["JobStatus"] == "COMPLETED"
    assert found["OutputDataConfig"]["S3Uri"] == f"s3://data/{folder}"
    assert found["JobDetails"] == {
        "TranslatedDocumentsCount": 1,
        "DocumentsWithErrorsCount": 0,
        "InputDocumentsCount": 1,
    }
    said = objects["data", f"{folder}es.captions.txt"]
    assert said == b"WELCOME TO &lt;US&gt;,<span>TOM &amp; JERRY.<span>"
    details = json.loads(objects["data", f"{folder}details/es.auxiliary-translation-details.json"])
    assert details["details"] == [
        {"sourceFile": "captions.txt", "targetFile": "es.captions.txt", "auxiliaryData": {}}
    ]


def test_each_target_has_its_files_and_terms(client, objects):
    client.import_terminology(
        Name="n",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": b"es,en,pt\nuno,One,Um\n", "Format": "CSV"},
    )
    objects["data", "in/sub/a.txt"] = b"uno dos"
    started = client.start_text_translation_job(
        **request("es", ("en", "pt"), "text/plain", TerminologyNames=["n"])
    )
    folder = ended(client, started["JobId"])["OutputDataConfig"]["S3Uri"].removeprefix("s3://data/")
    assert objects["data", f"{folder}sub/en.a.txt"] == b"One DOS"
    assert objects["data", f"{folder}sub/pt.a.txt"] == b"Um DOS"
    details = json.loads(objects["data", f"{folder}details/pt.auxiliary-translation-details.json"])
    assert details["details"][0]["auxiliaryData"] == {
        "appliedTerminologies": [
            {"name": "n", "terms": [{"sourceText": "uno", "targetText": "Um"}]}
        ]
    }


def test_a_document_that_cannot_be_read_is_told_and_the_others_are_translated(client, objects):
    objects["data", "in/a.txt"] = b"\xff\xfe"
    objects["data", "in/b.txt"] = b"dog"
    found = ended(client, client.start_text_translation_job(**request())["JobId"])
    assert found["JobStatus"] == "COMPLETED_WITH_ERROR"
    assert found["JobDetails"]["DocumentsWithErrorsCount"] == 1
    assert "not UTF-8" in found["Message"]
    del objects["data", "in/b.txt"]
    job = client.start_text_translation_job(**request(ClientToken="u"))["JobId"]
    assert ended(client, job)["JobStatus"] == "FAILED"


def test_a_job_without_input_fails_with_a_message(client):
    found = ended(client, client.start_text_translation_job(**request())["JobId"])
    assert found["JobStatus"] == "FAILED"
    assert "s3://data/in" in found["Message"]


def test_a_token_starts_one_job(client, objects):
    first = client.start_text_translation_job(**request())
    assert client.start_text_translation_job(**request())["JobId"] == first["JobId"]
    with pytest.raises(ClientError, match="InvalidRequestException"):
        client.start_text_translation_job(**request("es", ("en",)))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (request("en", ("ru",)), "UnsupportedLanguagePairException"),
        (request("auto", ("ru",)), "UnsupportedLanguagePairException"),
        (request("es", ("en", "en")), "InvalidRequestException"),
        (request(kind="application/x-xliff+xml"), "InvalidRequestException"),
        (request(TerminologyNames=["none"]), "ResourceNotFoundException"),
        (request(TerminologyNames=["one", "two"]), "InvalidRequestException"),
        (request(ParallelDataNames=["none"]), "ResourceNotFoundException"),
    ],
)
def test_a_job_that_could_not_be_done_is_not_started(client, asked, code):
    with pytest.raises(ClientError, match=code):
        client.start_text_translation_job(**asked)
    assert client.list_text_translation_jobs()["TextTranslationJobPropertiesList"] == []


def test_a_job_beyond_those_that_work_and_wait_is_refused(client, objects, monkeypatch):
    monkeypatch.setattr(limits, "MOST_JOBS", 0)
    monkeypatch.setattr(limits, "MOST_QUEUED", 0)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.start_text_translation_job(**request())


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ("MOST_DOCUMENTS", "more than 1 documents"),
        ("LARGEST_INPUT", "more than 1 bytes"),
        ("LONGEST_IN_JOB", "more than 1 characters"),
        ("LARGEST_IN_JOB", "more than 1 bytes"),
    ],
)
def test_documents_past_the_limits_are_not_translated(client, objects, monkeypatch, limit, says):
    monkeypatch.setattr(limits, limit, 1)
    for name in "ab":
        objects["data", f"in/{name}.txt"] = b"dog"
    found = ended(client, client.start_text_translation_job(**request())["JobId"])
    assert found["JobStatus"] == "FAILED"
    assert says in found["Message"]


def test_jobs_are_found_by_name_and_status(client, objects):
    for token in "ab":
        asked = request(JobName=token, ClientToken=token)
        ended(client, client.start_text_translation_job(**asked)["JobId"])
    for wanted, names in (({"JobName": "a"}, ["a"]), ({"JobStatus": "FAILED"}, ["b", "a"])):
        found = client.list_text_translation_jobs(Filter=wanted)
        listed = found["TextTranslationJobPropertiesList"]
        assert [one["JobName"] for one in listed] == names
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.stop_text_translation_job(JobId="none")
