"""Functions of operators exist and can be called before they are registered (O5)."""

import io
import zipfile

import pytest

pytestmark = pytest.mark.deployed

CODE = """
def handler(event, context):
    kept = ("Name", "AssetId", "WorkflowExecutionId", "Input", "Configuration")
    return {**{key: event[key] for key in kept}, "Status": "Complete", "Media": {}, "MetaData": {}}
"""
TAG = {"mie:operator": "true"}


def package():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mine.py", CODE)
    return packed.getvalue()


@pytest.fixture
def function(stack, definitions, test_lambdas):
    """A function of somebody else's, without tags: its ARN."""
    client = stack.client("lambda")
    known = client.get_function_configuration(FunctionName=test_lambdas["VideoSyncOKLambda"])
    name = f"mine-{definitions.suffix}"
    made = client.create_function(
        FunctionName=name,
        Runtime=known["Runtime"],
        Role=known["Role"],
        Handler="mine.handler",
        Code={"ZipFile": package()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    yield made["FunctionArn"]
    client.delete_function(FunctionName=name)


def operation(definitions, arn):
    return {
        "Name": f"mine-{definitions.suffix}",
        "Type": "Sync",
        "Configuration": {"MediaType": "Video", "Enabled": True},
        "StartLambdaArn": arn,
    }


def tags(stack, arn):
    return stack.client("lambda").list_tags(Resource=arn)["Tags"]


def test_a_function_that_does_not_exist_is_named(stack, definitions, test_lambdas):
    missing = test_lambdas["VideoSyncOKLambda"].rpartition(":")[0] + ":none"
    for field in ("StartLambdaArn", "MonitorLambdaArn"):
        body = {
            **operation(definitions, test_lambdas["VideoAsyncOKLambda"]),
            "Type": "Async",
            "MonitorLambdaArn": test_lambdas["VideoAsyncOKMonitorLambda"],
            field: missing,
        }
        answer = stack.workflow.request("POST", "/workflow/operation", body)
        assert answer.status == 400
        assert answer.json["Message"] == f"{field}: there is no Lambda function {missing}"


def test_a_function_without_the_tag_gets_it_and_runs(stack, definitions, function):
    assert tags(stack, function) == {}
    body = operation(definitions, function)
    definitions.post("/workflow/operation", body)
    assert tags(stack, function) == TAG
    stage = definitions.stage("mine-one", body["Name"])
    execution = stack.run(definitions.workflow("mine-wf", stage), "Video")
    assert execution["Status"] == "Complete", execution.get("Message")


def test_a_machine_calls_no_function_that_lost_the_tag(stack, definitions, function):
    """As on AWS, where the role of the machines decides."""
    body = operation(definitions, function)
    definitions.post("/workflow/operation", body)
    stage = definitions.stage("mine-one", body["Name"])
    workflow = definitions.workflow("mine-wf", stage)
    stack.client("lambda").untag_resource(Resource=function, TagKeys=list(TAG))
    execution = stack.run(workflow, "Video")
    assert execution["Status"] == "Error"
    assert "not authorized to perform: lambda:InvokeFunction" in execution["Message"]


@pytest.mark.alone
def test_where_the_role_may_not_tag_the_command_is_told(
    stack, definitions, function, without_permission
):
    without_permission(f"{stack.facts['stack_name']}-WorkflowAPIHandler", "lambda:TagResource")
    body = operation(definitions, function)
    answer = stack.workflow.request("POST", "/workflow/operation", body)
    assert answer.status == 400
    command = f"aws lambda tag-resource --resource {function} --tags mie:operator=true"
    assert answer.json["Message"].endswith(command)
    assert tags(stack, function) == {}
    path = f"/workflow/operation/{body['Name']}"
    assert stack.workflow.request("GET", path).status == 404


def test_the_functions_of_all_operators_carry_the_tag(stack):
    for operator in stack.workflow.request("GET", "/workflow/operation").json:
        for field in ("StartLambdaArn", "MonitorLambdaArn"):
            if field in operator:
                assert tags(stack, operator[field])["mie:operator"] == "true", operator["Name"]
