import base64
import logging

import pytest
from botocore.exceptions import ClientError

from analysis.aws_json import Service, Services
from analysis.faults import ServiceError

IMAGE = {"Bytes": b"\xff\xd8 some bytes"}
WIRE_IMAGE = {"Bytes": base64.b64encode(b"\xff\xd8 some bytes").decode()}
FACES = "RekognitionService.DetectFaces"
LABELS = "RekognitionService.DetectLabels"
NO_LABELS = {"Labels": []}


def no_faces(_request):
    return {"FaceDetails": []}


def test_an_sdk_client_gets_what_the_function_answers(serve):
    answer = {"FaceDetails": [{"Confidence": 99.5, "BoundingBox": {"Left": 0.25}}]}
    with serve({"DetectFaces": lambda _: answer}) as caller:
        found = caller.sdk().detect_faces(Image=IMAGE)
    assert found["FaceDetails"] == answer["FaceDetails"]
    assert found["ResponseMetadata"]["RequestId"]


def test_the_function_gets_bytes_where_the_wire_has_base64(serve):
    seen = []
    with serve(
        {"DetectFaces": lambda request: seen.append(request) or no_faces(request)}
    ) as caller:
        caller.sdk().detect_faces(Image=IMAGE, Attributes=["ALL"])
    assert seen == [{"Image": IMAGE, "Attributes": ["ALL"]}]


def test_a_member_that_is_null_counts_as_absent(serve):
    seen = []
    document = {"Image": WIRE_IMAGE, "MaxLabels": None}
    with serve({"DetectLabels": lambda request: seen.append(request) or NO_LABELS}) as caller:
        status, _, _ = caller.send(LABELS, document)
    assert (status, seen) == (200, [{"Image": IMAGE}])


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, "Image"),
        ({"Image": "picture"}, "Image"),
        ({"Image": WIRE_IMAGE, "MaxLabels": "ten"}, "MaxLabels"),
        ({"Image": WIRE_IMAGE, "MaxLabels": -1}, "MaxLabels"),
        ({"Image": WIRE_IMAGE, "MinConfidence": 100.5}, "minConfidence"),
        ({"Image": WIRE_IMAGE, "Features": ["SMELL"]}, "SMELL"),
        ({"Image": WIRE_IMAGE, "MaxLabel": 3}, "MaxLabel"),
        ({"Image": {"S3Object": {"Bucket": "no slashes/here", "Name": "a"}}}, "s3Object.bucket"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name_as_the_service_would(serve, document, says):
    with serve({"DetectLabels": lambda _: pytest.fail("the function was called")}) as caller:
        status, error, headers = caller.send(LABELS, document)
    assert status == 400
    assert error["__type"] == "ValidationException"
    assert error["message"].startswith("1 validation error detected: ")
    assert says in error["message"]
    assert headers["x-amzn-ErrorType"] == "ValidationException"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b'"text"',
        b"[" * 100_000,
        b'{"Image": {"Bytes": "not base64!"}}',
        b'{"Attributes": ["\\ud800"]}',
        b'{"Attributes": ["\xed\xa0\x80"]}',
        b'{"Attributes": NaN}',
        b'{"Attributes": 1e400}',
        b"1" * 5_000,
    ],
)
def test_what_is_no_json_request_is_a_serialization_error(serve, body):
    with serve({"DetectFaces": no_faces}) as caller:
        status, error, _ = caller.send(FACES, body)
    assert (status, error["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("RekognitionService.RecognizeCelebrities", "RecognizeCelebrities"),
        ("RekognitionService.DetectUnicorns", "DetectUnicorns"),
        ("Transcribe.StartTranscriptionJob", "Transcribe.StartTranscriptionJob"),
        ("DetectFaces", "DetectFaces"),
        ("", "X-Amz-Target"),
    ],
)
def test_an_operation_that_is_not_there_is_unknown_by_its_name(serve, target, named):
    with serve({"DetectFaces": no_faces}) as caller:
        status, error, _ = caller.send(target, {})
    assert (status, error["__type"]) == (400, "UnknownOperationException")
    assert named in error["message"]


def test_an_sdk_client_can_tell_an_unknown_operation(serve):
    with serve({"DetectFaces": no_faces}) as caller, pytest.raises(ClientError) as refused:
        caller.sdk().recognize_celebrities(Image=IMAGE)
    assert refused.value.response["Error"]["Code"] == "UnknownOperationException"
    assert "RecognizeCelebrities" in refused.value.response["Error"]["Message"]


def test_a_refusal_reaches_an_sdk_client_as_the_services_own_exception(serve):
    def refuse(_request):
        raise ServiceError("InvalidImageFormatException", "Request has invalid image format")

    with serve({"DetectFaces": refuse}) as caller:
        client = caller.sdk()
        with pytest.raises(client.exceptions.InvalidImageFormatException) as refused:
            client.detect_faces(Image=IMAGE)
    assert refused.value.response["Error"]["Message"] == "Request has invalid image format"


@pytest.mark.parametrize(
    "answer",
    [
        {"Faces": []},
        {"FaceDetails": [{"Confidence": "high"}]},
        {"FaceDetails": [{"Confidence": 100.1}]},
        {"FaceDetails": [{"Emotions": [{"Type": "HUNGRY"}]}]},
        {"FaceDetails": None},
    ],
)
def test_an_answer_that_differs_from_its_shape_is_not_sent(serve, answer, caplog):
    with serve({"DetectFaces": lambda _: answer}) as caller, caplog.at_level(logging.ERROR):
        status, error, _ = caller.send(FACES, {"Image": WIRE_IMAGE})
    assert (status, error["__type"]) == (500, "InternalServerError")
    assert "DetectFaces" in caplog.text


def test_what_breaks_inside_is_an_internal_error_and_the_log_has_the_reason(serve, caplog):
    def break_down(_request):
        raise RuntimeError("the model has a secret fault")

    with serve({"DetectFaces": break_down}) as caller:
        status, error, _ = caller.send(FACES, {"Image": WIRE_IMAGE})
    assert (status, error["__type"]) == (500, "InternalServerError")
    assert "secret" not in error["message"]
    assert "secret" in caplog.text


def test_a_table_with_an_operation_that_the_model_lacks_is_a_defect():
    with pytest.raises(ValueError, match="DetectUnicorns"):
        Services.of([Service("rekognition", {"DetectUnicorns": no_faces})])


def test_a_service_is_a_row_of_the_table(serve):
    languages = {"Languages": [{"LanguageCode": "en", "Score": 0.99}]}
    with serve({"DetectDominantLanguage": lambda _: languages}, name="comprehend") as caller:
        found = caller.sdk("comprehend").detect_dominant_language(Text="Hello")
    assert found["Languages"] == languages["Languages"]
