import io
import json
import tarfile
import threading

import pytest
from botocore.exceptions import ClientError

from analysis.comprehend import limits

ROLE = "arn:aws:iam::123456789012:role/comprehend"


def request(uri="s3://data/in/", form="ONE_DOC_PER_FILE", **more):
    return {
        "InputDataConfig": {"S3Uri": uri, "InputFormat": form},
        "OutputDataConfig": {"S3Uri": "s3://data/out//entities"},
        "DataAccessRoleArn": ROLE,
        "LanguageCode": "en",
        **more,
    }


def ended(client, job_id):
    """The properties of a job once it has ended."""
    pause = threading.Event()
    while True:
        found = client.describe_entities_detection_job(JobId=job_id)
        properties = found["EntitiesDetectionJobProperties"]
        if properties["JobStatus"] not in ("SUBMITTED", "IN_PROGRESS"):
            return properties
        pause.wait(0.01)


def lines(objects, properties):
    bucket, _, key = properties["OutputDataConfig"]["S3Uri"].removeprefix("s3://").partition("/")
    with tarfile.open(fileobj=io.BytesIO(objects[bucket, key])) as archive:
        assert archive.getnames() == ["output"]
        text = archive.extractfile("output").read().decode()
    return [json.loads(line) for line in text.splitlines()]


def test_each_file_of_a_folder_is_a_line_of_the_archive(client, objects):
    objects["data", "in/a.txt"] = b"Ada met\nBob"
    objects["data", "in/b.txt"] = "Zoë".encode()
    objects["data", "in/"] = b""
    job = client.start_entities_detection_job(**request(JobName="w 1"))
    assert job["JobStatus"] == "SUBMITTED"
    properties = ended(client, job["JobId"])
    assert properties["JobStatus"] == "COMPLETED"
    assert properties["JobName"] == "w 1"
    output = f"s3://data/out//entities/123456789012-NER-{job['JobId']}/output/output.tar.gz"
    assert properties["OutputDataConfig"]["S3Uri"] == output
    assert properties["EndTime"] >= properties["SubmitTime"]
    found = lines(objects, properties)
    assert [one["File"] for one in found] == ["a.txt", "b.txt"]
    assert [one["Text"] for one in found[0]["Entities"]] == ["Ada", "Bob"]
    assert found[1]["Entities"][0]["EndOffset"] == 3


def test_each_line_of_a_file_can_be_a_document(client, objects):
    objects["data", "in/a.txt"] = b"Ada\r\nno one\nBob"
    started = client.start_entities_detection_job(**request("s3://data/in/a", "ONE_DOC_PER_LINE"))
    found = lines(objects, ended(client, started["JobId"]))
    assert [(one["File"], one["Line"], len(one["Entities"])) for one in found] == [
        ("a.txt", 0, 1),
        ("a.txt", 1, 0),
        ("a.txt", 2, 1),
    ]


def test_what_cannot_be_read_is_said_in_its_line_and_the_rest_is_done(client, objects):
    objects["data", "in/1"] = b"\xff\xfe\x00"
    objects["data", "in/2"] = b"x" * 1_000_001
    objects["data", "in/3"] = b"Ada"
    found = lines(objects, ended(client, client.start_entities_detection_job(**request())["JobId"]))
    assert [one.get("ErrorCode") for one in found] == [
        "INVALID_ENCODING",
        "DOCUMENT_SIZE_EXCEEDED",
        None,
    ]


def test_a_line_far_past_the_limit_is_one_document(client, objects):
    objects["data", "in/1"] = b"x" * (3 << 20) + b"\nAda\n"
    started = client.start_entities_detection_job(**request(form="ONE_DOC_PER_LINE"))
    found = lines(objects, ended(client, started["JobId"]))
    assert [one.get("ErrorCode") for one in found] == ["DOCUMENT_SIZE_EXCEEDED", None]


def test_a_job_without_input_fails_with_a_message(client):
    properties = ended(client, client.start_entities_detection_job(**request())["JobId"])
    assert properties["JobStatus"] == "FAILED"
    assert "s3://data/in/" in properties["Message"]


def test_a_token_starts_one_job(client, objects):
    objects["data", "in/a.txt"] = b"Ada"
    first = client.start_entities_detection_job(**request(ClientRequestToken="t"))
    again = client.start_entities_detection_job(**request(ClientRequestToken="t"))
    assert again["JobId"] == first["JobId"]
    with pytest.raises(ClientError, match="InvalidRequestException"):
        client.start_entities_detection_job(**request("s3://data/b", ClientRequestToken="t"))


def test_the_eleventh_open_job_of_a_kind_is_refused(client, objects, readers):
    readers.may_read.clear()
    objects["data", "in/a.txt"] = b"Ada"
    for _ in range(10):
        client.start_entities_detection_job(**request())
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.start_entities_detection_job(**request())
    # another kind has places of its own
    assert client.start_key_phrases_detection_job(**request())["JobStatus"] == "SUBMITTED"


def test_a_job_of_too_many_documents_fails(client, objects, monkeypatch):
    monkeypatch.setattr(limits, "MOST_DOCUMENTS", 1)
    for name in "ab":
        objects["data", f"in/{name}"] = b"Ada"
    found = ended(client, client.start_entities_detection_job(**request())["JobId"])
    assert (found["JobStatus"], "more than 1 documents" in found["Message"]) == ("FAILED", True)


def test_jobs_are_found_by_name_and_in_pages(client, objects):
    ids = [client.start_entities_detection_job(**request(JobName=n))["JobId"] for n in "abab"]
    found = client.list_entities_detection_jobs(Filter={"JobName": "a"})
    listed = found["EntitiesDetectionJobPropertiesList"]
    assert [one["JobId"] for one in listed] == [ids[2], ids[0]]
    paginator = client.get_paginator("list_entities_detection_jobs")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 3}))
    sizes = [len(one["EntitiesDetectionJobPropertiesList"]) for one in pages]
    assert sizes == [3, 1]
    before = client.list_entities_detection_jobs(Filter={"SubmitTimeBefore": 1_000})
    assert before["EntitiesDetectionJobPropertiesList"] == []
    with pytest.raises(ClientError, match="InvalidFilterException"):
        client.list_entities_detection_jobs(Filter={"JobName": "a", "JobStatus": "FAILED"})


def test_a_job_can_be_stopped(client, objects, readers):
    readers.may_read.clear()
    objects["data", "in/a.txt"] = b"Ada"
    job = client.start_entities_detection_job(**request())["JobId"]
    assert client.stop_entities_detection_job(JobId=job)["JobStatus"] in (
        "STOP_REQUESTED",
        "STOPPED",
    )
    assert ended(client, job)["JobStatus"] == "STOPPED"
    assert not any(key.startswith("out/") for _, key in objects)


def test_an_unknown_job_and_an_unknown_language_are_refused(client):
    with pytest.raises(ClientError, match="JobNotFoundException"):
        client.describe_entities_detection_job(JobId="none")
    with pytest.raises(ClientError, match="UnsupportedLanguageException"):
        client.start_entities_detection_job(**request(LanguageCode="de"))


@pytest.mark.parametrize(
    ("name", "label", "member"),
    [
        ("key_phrases", "KP", "KeyPhrases"),
        ("dominant_language", "LANGUAGE", "Languages"),
        ("sentiment", "SENTIMENT", "SentimentScore"),
    ],
)
def test_the_other_jobs_write_their_own_members(client, objects, name, label, member):
    objects["data", "in/a.txt"] = b"Ada"
    asked = request()
    if name == "dominant_language":
        del asked["LanguageCode"]
    job = getattr(client, f"start_{name}_detection_job")(**asked)["JobId"]
    pause = threading.Event()
    place = ("data", f"out//entities/123456789012-{label}-{job}/output/output.tar.gz")
    while place not in objects:
        pause.wait(0.01)
    with tarfile.open(fileobj=io.BytesIO(objects[place])) as archive:
        assert member in json.loads(archive.extractfile("output").read())
