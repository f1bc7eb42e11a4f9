"""Executions that change their status are told of, once each, in the stack's own queue."""

import json
import time
from collections import defaultdict

import pytest

pytestmark = pytest.mark.deployed

# A change is told within a second or two; what comes later than this is lost.
_PATIENCE_SECONDS = 60
# As long as it takes until a message that was sent twice would have come.
_QUIET_SECONDS = 5


class EventQueue:
    """What came out of the queue so far, by execution; messages of other tests are kept, too."""

    def __init__(self, sqs, url):
        self._sqs, self._url = sqs, url
        self._envelopes = defaultdict(list)

    def of(self, execution_id, count):
        """The envelopes of an execution, once there are ``count`` and no more follow."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while len(self._envelopes[execution_id]) < count and time.monotonic() < deadline:
            self._read()
        quiet = time.monotonic() + _QUIET_SECONDS
        while time.monotonic() < quiet:
            self._read()
        return self._envelopes[execution_id]

    def _read(self):
        answer = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        for message in answer.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            envelope = json.loads(message["Body"])
            self._envelopes[json.loads(envelope["Message"])["Id"]].append(envelope)


@pytest.fixture(scope="module")
def events(stack):
    arn = stack.outputs(stack.facts["stack_name"])["MieSQSQueue"]
    sqs = stack.client("sqs")
    return EventQueue(sqs, sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"])


@pytest.fixture
def muted(stack):
    """Forbids the function to publish, until it is called."""
    function = f"{stack.facts['stack_name']}-WorkflowExecutionStream"
    configuration = stack.client("lambda").get_function_configuration(FunctionName=function)
    iam, role = stack.client("iam"), configuration["Role"].rsplit("/", 1)[-1]
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    # the topic's own policy lets the account publish, which only a denial overrules
    denial = {"Effect": "Deny", "Action": "sns:Publish", "Resource": "*"}

    def put(changed):
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(changed))

    put({**document, "Statement": [*document["Statement"], denial]})
    yield lambda: put(document)
    put(document)


def messages(envelopes):
    return [json.loads(one["Message"]) for one in envelopes]


def test_a_run_tells_of_its_start_and_its_end_once_each(stack, definitions, events):
    operator = definitions.operator("tells", "VideoSyncOKLambda", TestCustomConfig=0.25)
    workflow = definitions.workflow("tells", definitions.stage("one", operator))
    execution = stack.run(workflow, "Video")
    envelopes = events.of(execution["Id"], 2)
    # in no order: the queue promises none
    assert sorted(one["Status"] for one in messages(envelopes)) == ["Complete", "Started"]
    (complete,) = (one for one in messages(envelopes) if one["Status"] == "Complete")
    assert complete["WorkflowExecutionId"] == complete["Id"] == execution["Id"]
    assert complete["AssetId"] == execution["AssetId"]
    assert complete["Globals"]["MetaData"][operator]["TestCustomConfig"] == 0.25
    assert complete["Globals"] == execution["Globals"]
    assert abs(complete["EventTimestamp"] - time.time()) < 600
    filterable = {one["MessageAttributes"]["Status"]["Value"] for one in envelopes}
    assert filterable == {"Started", "Complete"}
    assert len({one["MessageAttributes"]["EventId"]["Value"] for one in envelopes}) == 2


def test_a_run_that_fails_tells_why(stack, definitions, events):
    operator = definitions.operator("broken", "VideoSyncFailLambda")
    workflow = definitions.workflow("broken", definitions.stage("one", operator))
    execution = stack.run(workflow, "Video")
    told = messages(events.of(execution["Id"], 2))
    assert sorted(one["Status"] for one in told) == ["Error", "Started"]
    (failed,) = (one for one in told if one["Status"] == "Error")
    assert failed["Message"] == execution["Message"]


def test_what_cannot_be_told_for_now_is_told_later(stack, definitions, events, muted):
    operator = definitions.operator("muted", "VideoSyncOKLambda")
    workflow = definitions.workflow("muted", definitions.stage("one", operator))
    execution = stack.run(workflow, "Video")
    assert events.of(execution["Id"], 0) == []
    muted()
    told = messages(events.of(execution["Id"], 2))
    assert sorted(one["Status"] for one in told) == ["Complete", "Started"]


def test_only_the_topic_may_write_to_the_queue(stack):
    outputs = stack.outputs(stack.facts["stack_name"])
    arn, topic = outputs["MieSQSQueue"], outputs["MieSNSTopic"]
    sqs = stack.client("sqs")
    url = sqs.get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    (statement,) = json.loads(policy["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Resource"] == arn
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": topic}}
