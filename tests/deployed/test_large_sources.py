"""Sources that are copied behind their requests, which here are all: no byte fits into one."""

import json
import time
import uuid

import pytest
from tests.deployed.local_stack import SAMPLE

# it changes a function of the stack, whose other callers would see it
pytestmark = [pytest.mark.deployed, pytest.mark.alone]

_PATIENCE_SECONDS = 120


@pytest.fixture(autouse=True)
def nothing_fits(stack):
    functions = stack.client("lambda")
    name = f"{stack.facts['stack_name']}-MediaInsightsDataplaneApiStack"
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def set_to(changed):
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": changed}
        )
        functions.get_waiter("function_updated_v2").wait(FunctionName=name)

    set_to({**variables, "LARGEST_COPY_IN_REQUEST": "0"})
    yield
    set_to(variables)


@pytest.fixture
def source(stack):
    """A picture that nobody else has uploaded."""
    key = f"upload/{uuid.uuid4()}/{SAMPLE.name}"
    place = {"Bucket": stack.facts["dataplane_bucket"], "Key": key}
    stack.client("s3").put_object(
        **place, Body=SAMPLE.read_bytes(), ContentType="image/jpeg", Metadata={"a": "b"}
    )
    return {"S3Bucket": place["Bucket"], "S3Key": key}


def remove(stack, source):
    stack.client("s3").delete_object(Bucket=source["S3Bucket"], Key=source["S3Key"])


def create(stack, source):
    answer = stack.dataplane.request("POST", "/create", {"Input": {**source, "MediaType": "Image"}})
    assert answer.status == 202, answer.json
    assert answer.json["State"] == "Copying"
    assert source["S3Key"] in answer.json["Message"]
    return answer.json


def ended(stack, asset_id):
    """The asset, once its copy has ended."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = stack.dataplane.request("GET", f"/metadata/{asset_id}").json["results"]
        if found["State"] != "Copying":
            return found
        time.sleep(0.5)
    pytest.fail(f"{asset_id} is still being copied")


def start(stack, source):
    body = {"Name": "CasImageWorkflow", "Input": {"Media": {"Image": source}}}
    answer = stack.workflow.request("POST", "/workflow/execution", body)
    assert answer.status == 200, answer.json
    assert answer.json["Status"] == "Queued"
    assert answer.json["Message"].startswith(f"copying s3://{source['S3Bucket']}/")
    return answer.json


def uploads(stack):
    bucket = stack.facts["dataplane_bucket"]
    found = stack.client("s3").list_multipart_uploads(Bucket=bucket, Prefix="private/assets/")
    return found.get("Uploads", [])


def test_an_asset_gets_its_object_with_all_that_s3_keeps_of_it(stack, source):
    created = create(stack, source)
    assert ended(stack, created["AssetId"])["State"] == "Ready"
    copy = stack.client("s3").get_object(Bucket=created["S3Bucket"], Key=created["S3Key"])
    assert copy["Body"].read() == SAMPLE.read_bytes()
    assert (copy["ContentType"], copy["Metadata"]) == ("image/jpeg", {"a": "b"})
    assert uploads(stack) == []
    assert stack.dataplane.request("DELETE", f"/metadata/{created['AssetId']}").status == 200


def test_a_source_that_goes_before_it_is_copied_fails_its_asset(stack, source):
    created = create(stack, source)
    remove(stack, source)
    failed = ended(stack, created["AssetId"])
    assert failed["State"] == "Failed"
    assert f"{source['S3Key']} does not exist" in failed["Message"]
    stored = {"OperatorName": "op", "WorkflowId": "w", "Results": {}}
    path = f"/metadata/{created['AssetId']}"
    assert stack.dataplane.request("POST", path, stored).status == 409
    assert uploads(stack) == []
    assert stack.dataplane.request("DELETE", path).status == 200


def test_an_execution_goes_on_when_its_source_is_there(stack, source):
    execution = start(stack, source)
    record = stack.wait(execution["Id"])
    # of what the stack analyses, nothing matters here but that it began
    assert "StateMachineExecutionArn" in record
    assert not record.get("Message", "").startswith("copying")


def test_the_scheduler_takes_the_word_that_a_copy_has_ended(stack):
    """The sweep would make up for it, a minute later."""
    answer = stack.client("lambda").invoke(
        FunctionName=f"{stack.facts['stack_name']}-WorkflowScheduler",
        Payload=json.dumps({"AssetId": str(uuid.uuid4())}).encode(),
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_an_execution_ends_with_its_copy_and_leaves_nothing(stack, source):
    execution = start(stack, source)
    remove(stack, source)
    record = stack.wait(execution["Id"])
    assert record["Status"] == "Error"
    assert f"{source['S3Key']} does not exist" in record["Message"]
    assert "StateMachineExecutionArn" not in record
    assert stack.dataplane.request("GET", f"/metadata/{execution['AssetId']}").status == 404
    retried = stack.workflow.request("POST", f"/workflow/execution/{execution['Id']}/retry", {})
    assert retried.status == 409


def test_a_cancelled_execution_takes_its_copy_along(stack, source):
    execution = start(stack, source)
    path = f"/workflow/execution/{execution['Id']}"
    assert stack.workflow.request("POST", f"{path}/cancel").status == 200
    record = stack.wait(execution["Id"])
    assert record["Message"] == "Cancelled by request"
    if "Copying" in record:
        assert stack.dataplane.request("GET", f"/metadata/{execution['AssetId']}").status == 404
    assert stack.workflow.request("DELETE", path).status == 200
