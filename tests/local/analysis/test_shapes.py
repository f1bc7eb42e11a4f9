from datetime import UTC, datetime

import botocore.session
import pytest

from analysis import shapes


def shape(service, operation, side):
    model = botocore.session.Session().get_service_model(service).operation_model(operation)
    return getattr(model, f"{side}_shape")


def test_a_blob_of_an_answer_is_base64_and_a_time_is_seconds():
    search = shape("rekognition", "GetFaceLivenessSessionResults", "output")
    answer = {"SessionId": "a" * 36, "ReferenceImage": {"Bytes": b"\x00\xff"}}
    assert shapes.encode(search, answer)["ReferenceImage"] == {"Bytes": "AP8="}
    described = shape("rekognition", "DescribeCollection", "output")
    created = {"CreationTimestamp": datetime(2020, 1, 1, tzinfo=UTC)}
    assert shapes.encode(described, created) == {"CreationTimestamp": 1577836800.0}


def test_what_is_encoded_decodes_to_the_same():
    faces = shape("rekognition", "DetectFaces", "input")
    request = {"Image": {"Bytes": bytes(range(256))}, "Attributes": ["ALL", "DEFAULT"]}
    assert shapes.decode(faces, shapes.encode(faces, request)) == request


@pytest.mark.parametrize("value", [1577836800, 1577836800.0, "2020-01-01T00:00:00Z"])
def test_a_time_of_a_request_is_seconds_however_it_is_written(value):
    jobs = shape("comprehend", "ListEntitiesDetectionJobs", "input")
    decoded = shapes.decode(jobs, {"Filter": {"SubmitTimeAfter": value}})
    assert decoded == {"Filter": {"SubmitTimeAfter": 1577836800.0}}


@pytest.mark.parametrize("value", [1e18, -1e18, "yesterday"])
def test_what_is_no_time_is_refused(value):
    jobs = shape("comprehend", "ListEntitiesDetectionJobs", "input")
    with pytest.raises(ValueError, match="is no time"):
        shapes.decode(jobs, {"Filter": {"SubmitTimeAfter": value}})


def test_a_fitting_value_has_no_violations():
    faces = shape("rekognition", "DetectFaces", "output")
    assert shapes.violations(faces, {"FaceDetails": [{"Confidence": 1}]}) == []


@pytest.mark.parametrize(
    ("value", "where", "constraint"),
    [
        (
            {"Filters": {"WordFilter": {"MinConfidence": 101}}},
            "filters.wordFilter.minConfidence",
            "have value less than or equal to 100",
        ),
        (
            {"Filters": {"RegionsOfInterest": [{}] * 11}},
            "filters.regionsOfInterest",
            "have length less than or equal to 10",
        ),
        (
            {"Image": {"S3Object": {"Name": "n" * 1025}}},
            "image.s3Object.name",
            "have length less than or equal to 1024",
        ),
        (
            {"Image": {"Bytes": b"x" * (5 * 1024 * 1024 + 1)}},
            "image.bytes",
            "have length less than or equal to 5242880",
        ),
        (
            {"Image": {"S3Object": {"Bucket": "a bucket"}}},
            "image.s3Object.bucket",
            r"satisfy regular expression pattern: [0-9A-Za-z\.\-_]*",
        ),
        ({"Filters": {"WordFilter": {"MinConfidence": True}}}, "minConfidence", "be a number"),
    ],
)
def test_a_bound_is_looked_at_wherever_it_is(value, where, constraint):
    text = shape("rekognition", "DetectText", "input")
    [sentence] = shapes.violations(text, {"Image": {}, **value})
    assert f"{where}' failed to satisfy constraint: Member must {constraint}" in sentence


@pytest.mark.parametrize(
    ("key", "constraint"),
    [
        ("k" * 2_001, "have length less than or equal to 2000"),
        ("\n", "satisfy regular expression pattern"),
    ],
)
def test_the_keys_of_a_map_are_bounded_as_its_values_are(key, constraint):
    job = shape("transcribe", "StartTranscriptionJob", "input")
    request = {"TranscriptionJobName": "one", "Media": {}, "KMSEncryptionContext": {key: "v"}}
    sentences = shapes.violations(job, request)
    assert any(constraint in sentence for sentence in sentences)


def test_a_long_value_is_not_repeated_as_a_whole():
    text = shape("translate", "TranslateText", "input")
    request = {"Text": "a" * 10_001, "SourceLanguageCode": "en", "TargetLanguageCode": "es"}
    assert all(len(sentence) < 400 for sentence in shapes.violations(text, request))
