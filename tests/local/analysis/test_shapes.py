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
    ("value", "says"),
    [
        ({"Filters": {"WordFilter": {"MinConfidence": 101}}}, "MinConfidence"),
        ({"Filters": {"RegionsOfInterest": [{}] * 11}}, "RegionsOfInterest"),
        ({"Image": {"S3Object": {"Name": "n" * 1025}}}, "Name"),
    ],
)
def test_an_upper_bound_is_looked_at_wherever_it_is(value, says):
    text = shape("rekognition", "DetectText", "input")
    [sentence] = shapes.violations(text, {"Image": {}, **value})
    assert says in sentence
