"""The local Lambda refuses what Lambda refuses."""

import json
import uuid

import pytest
from tests.deployed.local_stack import Functions

pytestmark = pytest.mark.deployed

ECHO = """
    def lambda_handler(event, context):
        if "Large" in event:
            return "x" * event["Large"]
        return {"Arn": context.invoked_function_arn, "Version": context.function_version}
"""
INVALID = "InvalidParameterValueException"


@pytest.fixture(scope="module")
def function(stack, test_lambdas):
    made = Functions(stack, test_lambdas["VideoSyncOKLambda"])
    yield made.make(ECHO)
    made.remove()


@pytest.fixture
def role(stack):
    """A role for Lambda that allows nothing."""
    iam, name = stack.client("iam"), f"test-{uuid.uuid4().hex[:12]}"
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    statement = {**trust, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    yield iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.delete_role(RoleName=name)


@pytest.fixture
def queue(stack):
    """The ARN of a queue whose messages are hidden for two seconds."""
    sqs = stack.client("sqs")
    url = sqs.create_queue(
        QueueName=f"test-{uuid.uuid4().hex[:12]}", Attributes={"VisibilityTimeout": "2"}
    )["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    yield answer["Attributes"]["QueueArn"]
    sqs.delete_queue(QueueUrl=url)


def refused_variables(stack, function, **values):
    return stack.refusal(
        "lambda",
        "update_function_configuration",
        FunctionName=function,
        Environment={"Variables": values},
    )


@pytest.mark.parametrize("value", [5, True, 1.5])
def test_a_number_is_no_value_of_an_environment_variable(stack, function, value):
    code, message = refused_variables(stack, function, NAME=value)
    assert code == "SerializationException"
    assert "can not be converted to a String" in message


def test_an_environment_has_four_kilobytes(stack, function):
    code, message = refused_variables(stack, function, NAME="x" * 4_096)
    assert code == INVALID
    assert "exceeded the 4KB limit" in message


def test_lambdas_own_variables_are_reserved(stack, function):
    code, message = refused_variables(stack, function, AWS_REGION="x", NAME="y")
    assert code == INVALID
    assert message.endswith("Reserved keys used in this request: AWS_REGION")


@pytest.mark.parametrize(
    ("change", "bound"),
    [
        ({"MemorySize": 64}, "128"),
        ({"Timeout": 901}, "900"),
        ({"Description": "d" * 257}, "256"),
    ],
)
def test_settings_have_limits(stack, function, change, bound):
    code, message = stack.refusal(
        "lambda", "update_function_configuration", FunctionName=function, **change
    )
    assert (code, message.rpartition(" ")[2]) == ("ValidationException", bound)


def new_function(role, **more):
    return {
        "FunctionName": "never",
        "Runtime": "python3.13",
        "Role": role,
        "Handler": "m.h",
        "Code": {"S3Bucket": "no-such-bucket", "S3Key": "no-such-key"},
        **more,
    }


def test_a_package_must_be_there(stack, role):
    code, message = stack.refusal("lambda", "create_function", **new_function(role))
    assert code == INVALID
    assert "NoSuchKey" in message


def test_a_name_has_64_characters(stack, role):
    request = new_function(role, FunctionName="f" * 65)
    code, message = stack.refusal("lambda", "create_function", **request)
    assert code == "ValidationException"
    assert "less than or equal to 64" in message


@pytest.mark.parametrize("kind", ["RequestResponse", "Event"])
def test_a_function_that_is_not_there_cannot_be_called(stack, function, kind):
    request = {"FunctionName": f"{function}-none", "InvocationType": kind}
    assert stack.refusal("lambda", "invoke", **request)[0] == "ResourceNotFoundException"


def test_nor_be_the_target_of_a_mapping_or_a_permission(stack, function, queue):
    missing = f"{function}-none"
    mapping = {"FunctionName": missing, "EventSourceArn": queue}
    code, _ = stack.refusal("lambda", "create_event_source_mapping", **mapping)
    assert code == "ResourceNotFoundException"
    permission = {
        "FunctionName": missing,
        "StatementId": "a",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
    }
    assert stack.refusal("lambda", "add_permission", **permission)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(("kind", "most"), [("RequestResponse", 6_291_456), ("Event", 1_048_576)])
def test_a_request_has_a_size(stack, function, kind, most):
    payload = json.dumps("x" * most)
    code, message = stack.refusal(
        "lambda", "invoke", FunctionName=function, InvocationType=kind, Payload=payload
    )
    assert code == "RequestTooLargeException"
    assert str(most) in message


def test_a_request_is_json(stack, function):
    code, _ = stack.refusal("lambda", "invoke", FunctionName=function, Payload="{no")
    assert code == "InvalidRequestContentException"


def test_a_response_has_six_megabytes(stack, function):
    payload = json.dumps({"Large": 6_291_600})
    answer = stack.client("lambda").invoke(FunctionName=function, Payload=payload)
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_function_is_told_the_arn_that_it_was_called_by(stack, function):
    client = stack.client("lambda")
    version = client.publish_version(FunctionName=function)["Version"]
    for qualifier, arn in (({}, function), ({"Qualifier": version}, f"{function}:{version}")):
        answer = client.invoke(FunctionName=function, Payload="{}", **qualifier)
        assert json.loads(answer["Payload"].read())["Arn"] == arn


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "Queue visibility timeout: 2 seconds is less than Function timeout"),
        ({"BatchSize": 11}, "Maximum batch window in seconds must be greater than 0"),
        ({"StartingPosition": "LATEST"}, "StartingPosition is not valid for SQS"),
        ({"EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:none"}, "NonExistentQueue"),
        (
            {"EventSourceArn": "arn:aws:kinesis:us-east-1:000000000000:stream/none"},
            "Stream not found",
        ),
    ],
)
def test_a_mapping_reads_what_is_there_by_its_rules(stack, function, queue, changes, says):
    request = {"FunctionName": function, "EventSourceArn": queue, **changes}
    code, message = stack.refusal("lambda", "create_event_source_mapping", **request)
    assert code == INVALID
    assert says in message


def test_a_mapping_needs_the_rights_of_the_function(stack, function, queue, role):
    client = stack.client("lambda")
    client.update_function_configuration(FunctionName=function, Role=role, Timeout=2)
    request = {"FunctionName": function, "EventSourceArn": queue}
    code, message = stack.refusal("lambda", "create_event_source_mapping", **request)
    assert code == INVALID
    assert "permissions to call ReceiveMessage on SQS" in message
