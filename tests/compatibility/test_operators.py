"""Operators in the original's documented style, unchanged, on the engine.

They make their output at module level, test for "Status", and go on with a result in the next
invocation with a page token in their metadata.
"""

import json

import pytest
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET

from MediaInsightsEngineLambdaHelper import (
    DataPlane,
    MasExecutionError,
    MediaInsightsOperationHelper,
    OutputHelper,
)
from mie.core import operator_failures

# as the original's operators have it; each operator of these tests has one
text_output = OutputHelper("textOperator")
frames_output = OutputHelper("frames")

PAGES, PAGES_IN_AN_INVOCATION = 25, 11


@pytest.fixture
def asset_id(functions, s3):
    s3.put_object(Bucket=BUCKET, Key="upload/v.mp4", Body=b"video")
    return DataPlane().create_asset("Video", BUCKET, "upload/v.mp4")["AssetId"]


def event_of(name, asset_id, **more):
    return {
        "Name": name,
        "AssetId": asset_id,
        "WorkflowExecutionId": "w",
        "Input": {"Media": {"Video": {"S3Bucket": BUCKET, "S3Key": "v.mp4"}}, "MetaData": {}},
        "Configuration": {"MediaType": "Video", "Enabled": True},
        "Status": "Started",
        **more,
    }


def read(asset_id, operator):
    answer = DataPlane().retrieve_asset_metadata(asset_id, operator_name=operator)
    while True:
        yield answer["results"]
        if "cursor" not in answer:
            return
        answer = DataPlane().retrieve_asset_metadata(
            asset_id, operator_name=operator, cursor=answer["cursor"]
        )


def text_operator(event, context):
    """A synchronous operator: one result, a medium, metadata."""
    try:
        asset_id, workflow_id = event["AssetId"], event["WorkflowExecutionId"]
        video = event["Input"]["Media"]["Video"]
        results = {"text": video["S3Key"]}
    except KeyError as error:
        text_output.update_workflow_status("Error")
        text_output.add_workflow_metadata(TextError=f"Missing {error}")
        raise MasExecutionError(text_output.return_output_object()) from error
    dataplane = DataPlane()
    upload = dataplane.store_asset_metadata(asset_id, text_output.name, workflow_id, results)
    if "Status" not in upload:
        text_output.update_workflow_status("Error")
        text_output.add_workflow_metadata(TextError=f"Unable to upload metadata: {upload}")
        raise MasExecutionError(text_output.return_output_object())
    path = dataplane.generate_media_storage_path(asset_id, workflow_id)
    text_output.add_media_object("Text", path["S3Bucket"], path["S3Key"] + "text.txt")
    text_output.add_workflow_metadata(TextAssetId=asset_id)
    text_output.update_workflow_status("Complete")
    return text_output.return_output_object()


def frames_monitor(event, context):
    """An asynchronous operator's check, which stores eleven pages and hands on a page token."""
    operator = MediaInsightsOperationHelper(event)
    first = int(operator.metadata.get("PageToken", "0"))
    dataplane = DataPlane()
    for number in range(first, min(first + PAGES_IN_AN_INVOCATION, PAGES)):
        last = number == PAGES - 1
        upload = dataplane.store_asset_metadata(
            asset_id=operator.asset_id,
            operator_name=operator.name,
            workflow_id=operator.workflow_execution_id,
            results={"frames_result": [number]},
            paginate=True,
            end=last,
        )
        if "Status" not in upload:
            operator.update_workflow_status("Error")
            raise MasExecutionError(operator.return_output_object())
        if last:
            operator.update_workflow_status("Complete")
            return operator.return_output_object()
    operator.update_workflow_status("Executing")
    operator.add_workflow_metadata(PageToken=str(first + PAGES_IN_AN_INVOCATION))
    return operator.return_output_object()


def bare_failure(event, context):
    raise MasExecutionError


def test_an_operator_stores_a_result_and_hands_on_a_medium(asset_id):
    output = text_operator(event_of("textOperator", asset_id), None)
    assert output["Status"] == "Complete"
    assert output["Media"]["Text"] == {
        "S3Bucket": BUCKET,
        "S3Key": f"private/assets/{asset_id}/workflows/w/text.txt",
    }
    assert [*read(asset_id, "textOperator")] == [{"text": "v.mp4"}]


def test_an_operator_sees_that_the_data_plane_refused(functions, s3, asset_id):
    with pytest.raises(MasExecutionError) as raised:
        text_operator(event_of("textOperator", "no-such-asset"), None)
    cause = {"Error": "MasExecutionError", "Cause": _cause(raised.value)}
    failed = operator_failures.failed_operation({**event_of("textOperator", "a"), "Outputs": cause})
    assert "NotFoundError" in failed["MetaData"]["TextError"]


def test_a_bare_error_has_failed_all_the_same():
    with pytest.raises(MasExecutionError) as raised:
        bare_failure({}, None)
    outputs = {"Error": "MasExecutionError", "Cause": _cause(raised.value)}
    failed = operator_failures.failed_operation({**event_of("op", "a"), "Outputs": outputs})
    assert failed["Status"] == "Error"


def _cause(error):
    return json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})


@pytest.mark.parametrize("lost", [0, 1])
def test_pages_of_five_invocations_are_read_in_their_order(functions, asset_id, lost):
    """O1; also where the answer to each call gets lost once."""
    for number in range(5):
        functions.lost = lost
        answer = DataPlane().store_asset_metadata(
            asset_id, "frames", "w", {"frames_result": [number]}, paginate=True, end=number == 4
        )
        assert answer["Status"] == "Success"
    assert [one["frames_result"] for one in read(asset_id, "frames")] == [[n] for n in range(5)]


def test_an_operator_goes_on_with_its_pages_in_the_next_invocation(asset_id):
    """O2."""
    output = event_of("frames", asset_id, Status="Executing")
    while output["Status"] == "Executing":
        output = frames_monitor({**event_of("frames", asset_id), **output}, None)
    assert output["Status"] == "Complete"
    assert [one["frames_result"] for one in read(asset_id, "frames")] == [[n] for n in range(PAGES)]


def test_pages_without_an_end_are_never_read(asset_id):
    DataPlane().store_asset_metadata(asset_id, "frames", "w", {"a": 1}, paginate=True)
    answer = DataPlane().retrieve_asset_metadata(asset_id, "frames")
    assert answer["Code"] == "NotFoundError"


def test_an_end_without_pagination_is_the_last_page(asset_id):
    DataPlane().store_asset_metadata(asset_id, "frames", "w", {"a": 1}, paginate=True)
    DataPlane().store_asset_metadata(asset_id, "frames", "w", {"a": 2}, end=True)
    assert [*read(asset_id, "frames")] == [{"a": 1}, {"a": 2}]


def test_an_operator_that_is_tried_again_appends_as_in_the_original_unless_it_gives_numbers(
    asset_id,
):
    for operator, numbered in (("frames", False), ("numbered", True)):
        for attempt in range(2):
            for number in range(2):
                DataPlane().store_asset_metadata(
                    asset_id,
                    operator,
                    "w",
                    {"n": number},
                    paginate=True,
                    end=attempt == number == 1,
                    page=number if numbered else None,
                )
    assert [one["n"] for one in read(asset_id, "frames")] == [0, 1, 0, 1]
    assert [one["n"] for one in read(asset_id, "numbered")] == [0, 1]
