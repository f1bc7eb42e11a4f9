"""Detection in pictures: what Rekognition is asked, and what becomes of its answers."""

import json

import pytest
import yaml
from tests.operators.conftest import OPERATORS

from MediaInsightsEngineLambdaHelper import MasExecutionError
from mie.core.errors import Malformed

BOX = {"Width": 0.25, "Height": 0.5, "Left": 0.1, "Top": 0.2}
# operator -> (entry point, store key, error key, API call, answer)
CASES = {
    "faceDetectionImage": (
        "start_face_detection",
        "faceDetection",
        "FaceDetectionError",
        "detect_faces",
        {"FaceDetails": [{"BoundingBox": BOX, "Confidence": 99.5, "Smile": {"Value": True}}]},
    ),
    "labelDetectionImage": (
        "start_label_detection",
        "labelDetection",
        "LabelDetectionError",
        "detect_labels",
        {
            "Labels": [
                {
                    "Name": "Person",
                    "Confidence": 98.25,
                    "Instances": [{"BoundingBox": BOX, "Confidence": 98.25}],
                    "Parents": [],
                }
            ],
            "LabelModelVersion": "3.0",
        },
    ),
    "textDetectionImage": (
        "start_text_detection",
        "textDetection",
        "TextDetectionError",
        "detect_text",
        {
            "TextDetections": [
                {
                    "DetectedText": "STOP",
                    "Type": "WORD",
                    "Id": 0,
                    "Confidence": 97.0,
                    "Geometry": {"BoundingBox": BOX},
                }
            ]
        },
    ),
}
DEFAULT_SETTINGS = {"faceDetectionImage": {"Attributes": ["ALL"]}}


def picture(key="private/assets/a/input/photo.jpg", bucket="bucket"):
    return {"Image": {"S3Bucket": bucket, "S3Key": key}}


def request(operator, key="private/assets/a/input/photo.jpg", **settings):
    location = {"S3Object": {"Bucket": "bucket", "Name": key}}
    return {"Image": location, **DEFAULT_SETTINGS.get(operator, {}), **settings}


@pytest.fixture(params=CASES)
def case(request, load, monkeypatch):
    """(operator's name, its entry point, store key, error key, API call, answer)"""
    entry, store_key, *rest = CASES[request.param]
    monkeypatch.setenv("OPERATOR_NAME", store_key)
    module = load("rekognition", "start_rekognition")
    return request.param, getattr(module, entry), store_key, *rest


def failure(entry_point, event):
    with pytest.raises(MasExecutionError) as raised:
        entry_point(event, None)
    output = raised.value.args[0]
    assert json.loads(str(raised.value)) == output
    assert output["Status"] == "Error"
    return output


def test_the_answer_is_stored_without_what_the_sdk_adds(case, stub, dataplane, event):
    operator, entry_point, store_key, _, call, answer = case
    stub("rekognition").add_response(
        call, {**answer, "ResponseMetadata": {"RequestId": "r"}}, request(operator)
    )

    output = entry_point(event(operator, picture()), None)

    assert dataplane.stored == {("asset-1", store_key, "workflow-1"): answer}
    assert output == {
        **event(operator, picture()),
        "Status": "Complete",
        "MetaData": {"AssetId": "asset-1", "WorkflowExecutionId": "workflow-1"},
    }


@pytest.mark.parametrize("key", ["a+b c%20d.JPG", "über/ x.jpeg", "a.b/c.PNG"])
def test_a_key_is_used_unchanged(case, stub, dataplane, event, key):
    operator, entry_point, _, _, call, answer = case
    stub("rekognition").add_response(call, answer, request(operator, key))
    assert entry_point(event(operator, picture(key)), None)["Status"] == "Complete"


@pytest.mark.parametrize(
    ("media", "text"),
    [
        ({}, "No valid inputs"),
        ({"Video": {"S3Bucket": "b", "S3Key": "a.mp4"}}, "No valid inputs"),
        ({"Image": {}}, "No valid inputs"),
        ({"Image": {"S3Bucket": "b"}}, "No valid inputs"),
        ({"Image": {"S3Bucket": "b", "S3Key": ""}}, "No valid inputs"),
        (picture("a.gif"), "Not a valid file type"),
        (picture("jpg"), "Not a valid file type"),
        (picture("a.jpg/b"), "Not a valid file type"),
    ],
)
def test_what_is_no_picture_is_refused(case, dataplane, event, media, text):
    operator, entry_point, _, error_key, _, _ = case
    assert failure(entry_point, event(operator, media))["MetaData"] == {error_key: text}
    assert dataplane.stored == {}


def test_an_error_of_the_service_reaches_the_error_key(case, stub, dataplane, event):
    operator, entry_point, _, error_key, call, _ = case
    stub("rekognition").add_client_error(
        call, "InvalidImageFormatException", "Request has invalid image format"
    )
    output = failure(entry_point, event(operator, picture()))
    assert "Request has invalid image format" in output["MetaData"][error_key]
    assert dataplane.stored == {}
    assert output["Input"] == event(operator, picture())["Input"]


def test_what_the_data_plane_refuses_reaches_the_error_key(case, stub, dataplane, event):
    operator, entry_point, _, error_key, call, answer = case
    stub("rekognition").add_response(call, answer, request(operator))
    dataplane.answer = (404, {"Code": "NotFoundError", "Message": "asset-1 does not exist"})
    text = failure(entry_point, event(operator, picture()))["MetaData"][error_key]
    assert text == "Unable to upload metadata for asset-1: asset-1 does not exist"


def test_a_broken_data_plane_reaches_the_error_key(case, stub, dataplane, event):
    operator, entry_point, _, error_key, call, answer = case
    stub("rekognition").add_response(call, answer, request(operator))
    dataplane.error = Malformed("dataplane failed on POST: Runtime.ExitError: killed")
    text = failure(entry_point, event(operator, picture()))["MetaData"][error_key]
    assert text.startswith("Unable to upload metadata for asset-1: ")
    assert "killed" in text


def test_assets_that_alternate_in_a_warm_process_share_nothing(case, stub, dataplane, event):
    operator, entry_point, _, error_key, call, answer = case
    stubber = stub("rekognition")
    stubber.add_response(call, answer, request(operator, "one.jpg"))
    stubber.add_client_error(call, "InvalidS3ObjectException", "two is not there")
    stubber.add_response(call, answer, request(operator, "three.jpg"))

    one = entry_point(event(operator, picture("one.jpg"), asset="one"), None)
    two = failure(entry_point, event(operator, picture("two.jpg"), asset="two"))
    three = entry_point(event(operator, picture("three.jpg"), asset="three"), None)

    assert one["MetaData"]["AssetId"] == "one"
    assert set(two["MetaData"]) == {error_key}
    assert three["MetaData"] == {"AssetId": "three", "WorkflowExecutionId": "workflow-1"}
    assert {asset for asset, _, _ in dataplane.stored} == {"one", "three"}


@pytest.mark.parametrize(
    ("operator", "configuration", "settings"),
    [
        ("faceDetectionImage", {}, {"Attributes": ["ALL"]}),
        ("faceDetectionImage", {"FaceAttributes": "DEFAULT"}, {"Attributes": ["DEFAULT"]}),
        ("labelDetectionImage", {"MaxLabels": 5}, {"MaxLabels": 5}),
        (
            "labelDetectionImage",
            {"MinConfidence": 80.5, "MaxLabels": 1},
            {"MinConfidence": 80.5, "MaxLabels": 1},
        ),
        (
            "textDetectionImage",
            {"MinConfidence": 70},
            {"Filters": {"WordFilter": {"MinConfidence": 70}}},
        ),
    ],
)
def test_configuration_reaches_the_service(
    load, monkeypatch, stub, dataplane, event, operator, configuration, settings
):
    entry, store_key, _, call, answer = CASES[operator]
    monkeypatch.setenv("OPERATOR_NAME", store_key)
    stub("rekognition").add_response(call, answer, {**request(operator), **settings})
    entry_point = getattr(load("rekognition", "start_rekognition"), entry)
    assert entry_point(event(operator, picture(), configuration), None)["Status"] == "Complete"


def test_a_setting_of_the_wrong_type_is_named(load, monkeypatch, dataplane, event):
    monkeypatch.setenv("OPERATOR_NAME", "labelDetection")
    entry_point = load("rekognition", "start_rekognition").start_label_detection
    output = failure(entry_point, event("labelDetectionImage", picture(), {"MaxLabels": "many"}))
    assert "MaxLabels" in output["MetaData"]["LabelDetectionError"]


def test_older_module_names_lead_to_the_same_entry_points(load):
    now = load("rekognition", "start_rekognition")
    for name in ("start_face_detection", "start_label_detection", "start_text_detection"):
        assert load("rekognition", name).lambda_handler is getattr(now, name)


def test_manifest_and_table_agree_on_store_and_error_keys():
    manifest = yaml.safe_load((OPERATORS / "rekognition" / "manifest.yaml").read_text())
    declared = {
        one["name"]: (one["start"]["handler"].rsplit(".")[-1], one["store_key"], one["error_key"])
        for one in manifest["operators"]
    }
    assert declared == {name: case[:3] for name, case in CASES.items()}
