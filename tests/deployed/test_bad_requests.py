"""Bad input gets a clear error with a code and a message, and never a 500."""

import json

import pytest
import urllib3

pytestmark = pytest.mark.deployed

CREATE = {
    "/workflow/operation": {
        "Name": "op",
        "Type": "Sync",
        "Configuration": {"MediaType": "Video", "Enabled": True},
        "StartLambdaArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
    },
    "/workflow/stage": {"Name": "stage", "Operations": ["Mediainfo"]},
    "/workflow": {"Name": "wf", "StartAt": "_Wait", "Stages": {"_Wait": {"End": True}}},
    "/workflow/execution": {
        "Name": "CasImageWorkflow",
        "Input": {"Media": {"Image": {"S3Bucket": "some-bucket", "S3Key": "k"}}},
    },
    "/system/configuration": {"Name": "MaxConcurrentWorkflows", "Value": 5},
}
DATAPLANE = {
    "/create": {"Input": {"S3Bucket": "some-bucket", "S3Key": "k"}},
    "/upload": {"S3Bucket": "some-bucket", "S3Key": "k"},
    "/download": {"S3Bucket": "some-bucket", "S3Key": "k"},
}


def expect(answer, *statuses):
    assert answer.status in statuses, (answer.status, answer.json)
    assert set(answer.json) == {"Code", "Message"}
    assert answer.json["Message"]
    assert "Traceback" not in json.dumps(answer.json)
    return answer.json["Message"]


@pytest.mark.parametrize("path", CREATE)
@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'"text"', b"null", b"\xff"])
def test_a_body_that_is_no_object_is_refused(stack, path, body):
    expect(stack.workflow.request("POST", path, body), 400)


@pytest.mark.parametrize("path", DATAPLANE)
@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'"text"', b"null", b"\xff"])
def test_the_data_plane_refuses_it_too(stack, path, body):
    expect(stack.dataplane.request("POST", path, body), 400)


@pytest.mark.parametrize(("path", "field"), [(p, f) for p, body in CREATE.items() for f in body])
def test_a_missing_field_is_named(stack, path, field):
    body = {key: value for key, value in CREATE[path].items() if key != field}
    assert field in expect(stack.workflow.request("POST", path, body), 400)


# what no field of these bodies takes; where an object belongs, {"a": 1} is not of the wrong type
WRONG = [
    (path, field, value)
    for path, body in CREATE.items()
    for field, right in body.items()
    for value in (None, 7, {"a": 1})
    if field != "Value" and not (isinstance(right, dict) and isinstance(value, dict))
]


@pytest.mark.parametrize(("path", "field", "value"), WRONG)
def test_a_field_of_the_wrong_type_is_named(stack, path, field, value):
    message = expect(stack.workflow.request("POST", path, {**CREATE[path], field: value}), 400)
    assert field in message


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/workflow/operation/none"),
        ("GET", "/workflow/stage/none"),
        ("GET", "/workflow/none"),
        ("GET", "/workflow/configuration/none"),
        ("GET", "/workflow/execution/none"),
        ("DELETE", "/workflow/stage/none"),
        ("DELETE", "/workflow/none"),
        ("DELETE", "/workflow/execution/none"),
    ],
)
def test_an_unknown_name_is_not_found(stack, method, path):
    assert "none" in expect(stack.workflow.request(method, path), 404)


def test_deleting_an_unknown_operation_is_a_warning(stack):
    answer = stack.workflow.request("DELETE", "/workflow/operation/none")
    assert (answer.status, answer.json) == (
        200,
        {"Message": "Warning: operation 'none' not found"},
    )


def test_a_second_definition_of_a_name_is_a_conflict(stack, definitions):
    name = definitions.operator("twice", "VideoSyncOKLambda")
    operation = stack.workflow.request("GET", f"/workflow/operation/{name}").json
    body = {key: operation[key] for key in CREATE["/workflow/operation"]}
    assert "already exists" in expect(
        stack.workflow.request("POST", "/workflow/operation", body), 409
    )
    stage = {"Name": f"_{name}", "Operations": [name]}
    assert "already exists" in expect(stack.workflow.request("POST", "/workflow/stage", stage), 409)
    workflow = definitions.workflow("twice", f"_{name}")
    body = {"Name": workflow, "StartAt": f"_{name}", "Stages": {f"_{name}": {"End": True}}}
    assert "already exists" in expect(stack.workflow.request("POST", "/workflow", body), 409)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Name": "none"}, "none"),
        ({"Configuration": {"none": {}}}, "none"),
        ({"Configuration": {"RekognitionStage": {"none": {}}}}, "none"),
        (
            {"Configuration": {"RekognitionStage": {"faceDetectionImage": {"Enabled": "no"}}}},
            "Enabled",
        ),
        ({"Input": {}}, "Media"),
        ({"Input": {"Media": {}}}, "Media"),
        ({"Input": {"Media": {"Image": {"S3Bucket": "some-bucket"}}}}, "S3Key"),
    ],
)
@pytest.mark.alone
def test_an_execution_that_cannot_run_makes_no_asset(stack, change, words):
    before = len(stack.dataplane.request("GET", "/metadata").json["assets"])
    body = {**CREATE["/workflow/execution"], **change}
    assert words in expect(stack.workflow.request("POST", "/workflow/execution", body), 400)
    assert len(stack.dataplane.request("GET", "/metadata").json["assets"]) == before


def test_a_medium_that_is_not_there_is_refused(stack):
    location = {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": "upload/none.jpg"}
    body = {"Name": "CasImageWorkflow", "Input": {"Media": {"Image": location}}}
    expect(stack.workflow.request("POST", "/workflow/execution", body), 400, 404)


def test_a_bucket_of_somebody_else_is_refused(stack):
    body = CREATE["/workflow/execution"]
    expect(stack.workflow.request("POST", "/workflow/execution", body), 400, 403)


def test_metadata_of_an_unknown_asset_is_not_found(stack):
    expect(stack.dataplane.request("GET", "/metadata/none"), 404)
    expect(stack.dataplane.request("GET", "/metadata/none/labelDetection"), 404)
    body = {"OperatorName": "op", "WorkflowId": "w", "Results": {}}
    expect(stack.dataplane.request("POST", "/metadata/none", body), 404)
    expect(stack.dataplane.request("GET", "/metadata/none?cursor=x"), 400, 404)


@pytest.mark.parametrize("path", ["workflow_api", "dataplane_api"])
def test_an_unsigned_request_is_refused(stack, path):
    answer = urllib3.request("GET", f"{stack.facts[path]}/version")
    assert answer.status == 403


@pytest.mark.parametrize("path", ["workflow_api", "dataplane_api"])
def test_the_front_page_takes_unsigned_requests(stack, path):
    answer = urllib3.request("GET", f"{stack.facts[path]}/")
    assert (answer.status, answer.json()) == (200, {"hello": "world"})


@pytest.mark.parametrize(
    ("path", "key", "meant"),
    [
        ("/workflow/execution", "Configurations", "Configuration"),
        ("/workflow/operation", "Configurations", "Configuration"),
        ("/workflow/stage", "operations", "Operations"),
        ("/workflow", "Stage", "Stages"),
        ("/system/configuration", "Values", "Value"),
    ],
)
def test_a_misspelt_key_is_named_with_the_one_that_is_meant(stack, path, key, meant):
    answer = stack.workflow.request("POST", path, {**CREATE[path], key: {}})
    assert f"{key}: " in expect(answer, 400)
    assert f"did you mean {meant}?" in answer.json["Message"]


def test_a_misspelt_key_of_an_operator_that_declares_nothing_is_named(stack, definitions):
    name = definitions.operator("plain", "VideoSyncOKLambda")
    stage = {"Name": "none", "Operations": [name], "Configuration": {name: {"Enable": False}}}
    message = expect(stack.workflow.request("POST", "/workflow/stage", stage), 400)
    assert f"Configuration.{name}.Enable: " in message
    assert "did you mean Enabled?" in message


@pytest.mark.parametrize("text", ["1", "yes", "ture"])
def test_force_is_true_or_false(stack, text):
    query = {"force": text}
    answer = stack.workflow.request("DELETE", "/workflow/operation/none", query=query)
    assert "force: must be true or false" in expect(answer, 400)


def test_an_unknown_query_parameter_is_named(stack):
    for api in (stack.workflow, stack.dataplane):
        answer = api.request("GET", "/version", query={"zoo": "1"})
        assert "zoo: this query parameter is not known here" in expect(answer, 400)
