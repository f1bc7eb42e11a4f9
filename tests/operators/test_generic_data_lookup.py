"""GenericDataLookup: metadata from a JSON file."""

import io
import json

import pytest
from botocore.response import StreamingBody

from MediaInsightsEngineLambdaHelper import MasExecutionError, MasInputError

NAME = "GenericDataLookup"
MEDIA = {"Video": {"S3Bucket": "bucket", "S3Key": "a.mp4"}}
FILE = {"Bucket": "data", "Key": "folder/a+b %20.json"}


@pytest.fixture
def lambda_handler(load):
    return load("rekognition", "generic_data_lookup").lambda_handler


@pytest.fixture
def data_file(stub):
    stubber = stub("s3")

    def data_file(content):
        body = StreamingBody(io.BytesIO(content), len(content))
        stubber.add_response("get_object", {"Body": body, "ContentLength": len(content)}, FILE)

    return data_file


def error(lambda_handler, event, kind=MasExecutionError):
    with pytest.raises(kind) as raised:
        lambda_handler(event, None)
    output = raised.value.args[0]
    assert output["Status"] == "Error"
    assert json.loads(str(raised.value)) == output
    return output["MetaData"]["GenericDataLookupError"]


@pytest.mark.parametrize("media_type", ["Video", "Audio", "Image", "Text"])
def test_the_object_is_stored_unchanged(lambda_handler, data_file, dataplane, event, media_type):
    metadata = {"Labels": [{"Name": "Straße", "Confidence": 0.5}], "Count": 3}
    data_file(json.dumps(metadata).encode())
    asked = event(NAME, {media_type: {"S3Bucket": "b", "S3Key": "k"}}, FILE)

    output = lambda_handler(asked, None)

    assert dataplane.stored == {("asset-1", NAME, "workflow-1"): metadata}
    assert output == {
        **asked,
        "Status": "Complete",
        "MetaData": {"AssetId": "asset-1", "WorkflowExecutionId": "workflow-1"},
    }


@pytest.mark.parametrize(
    ("media", "configuration", "text"),
    [
        ({}, FILE, "No valid inputs"),
        ({"Frame": {}}, FILE, "No valid inputs"),
        (MEDIA, {}, "Missing S3 key for data file."),
        (MEDIA, {"Bucket": "data"}, "Missing S3 key for data file."),
        (MEDIA, {"Key": "k"}, "Missing S3 bucket for data file."),
        (MEDIA, {"Key": "k", "Bucket": ""}, "Missing S3 bucket for data file."),
    ],
)
def test_what_is_missing_is_named(lambda_handler, dataplane, event, media, configuration, text):
    # state machines do not try these again
    assert error(lambda_handler, event(NAME, media, configuration), MasInputError) == text


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\xfd", b"no json"])
def test_a_file_that_is_no_json_is_refused(lambda_handler, data_file, dataplane, event, content):
    data_file(content)
    text = error(lambda_handler, event(NAME, MEDIA, FILE))
    assert text.startswith("Unable read datafile.")


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"1", b"null"])
def test_json_that_is_no_object_is_refused(lambda_handler, data_file, dataplane, event, content):
    data_file(content)
    text = error(lambda_handler, event(NAME, MEDIA, FILE))
    assert text.startswith("Metadata must be of type dict.")
    assert dataplane.stored == {}


def test_a_file_that_is_not_there_is_named(lambda_handler, stub, dataplane, event):
    stub("s3").add_client_error("get_object", "NoSuchKey", "The key does not exist")
    text = error(lambda_handler, event(NAME, MEDIA, FILE))
    assert text == "Unable read datafile. s3://data/folder/a+b %20.json does not exist"


def test_what_the_data_plane_refuses_is_said(lambda_handler, data_file, dataplane, event):
    data_file(b"{}")
    dataplane.answer = (413, {"Code": "RequestTooLargeError", "Message": "too large"})
    text = error(lambda_handler, event(NAME, MEDIA, FILE))
    assert text == "Unable to upload metadata for asset: asset-1: too large"
