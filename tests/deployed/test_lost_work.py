"""Calls that a function of the stack could not deal with, from Lambda to their replay."""

import json
import time

import pytest
from tests.deployed.local_stack import replay

# alone: it empties the queue of lost calls
pytestmark = [pytest.mark.deployed, pytest.mark.alone]

QUEUE = "WorkflowExecutionLambdaDeadLetterQueue"
# Lambda tries a call three times; on a laptop it waits for seconds where AWS waits for minutes
_PATIENCE_SECONDS = 60


@pytest.fixture
def queue(stack):
    """Its URL; it is empty before and after."""
    found = stack.client("cloudformation").describe_stack_resource(
        StackName=stack.facts["stack_name"], LogicalResourceId=QUEUE
    )
    url = found["StackResourceDetail"]["PhysicalResourceId"]
    stack.client("sqs").purge_queue(QueueUrl=url)
    yield url
    stack.client("sqs").purge_queue(QueueUrl=url)


def waiting(stack, url):
    answer = stack.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=0)
    return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


def test_a_call_that_keeps_failing_is_kept_with_its_function_and_made_again(stack, queue):
    scheduler = f"{stack.facts['stack_name']}-WorkflowScheduler"
    # no event of EventBridge's is a list
    stack.client("lambda").invoke(FunctionName=scheduler, InvocationType="Event", Payload=b"[]")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (kept := waiting(stack, queue)) and time.monotonic() < deadline:
        time.sleep(0.5)
    (lost,) = kept
    assert scheduler in lost["requestContext"]["functionArn"].split(":")
    assert lost["requestPayload"] == []

    done = replay(stack, "--queue", QUEUE)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"stays in the queue: {scheduler} fails" in done.stdout

    stack.client("sqs").purge_queue(QueueUrl=queue)
    # as if the function had been mended
    mended = json.dumps({**lost, "requestPayload": {}})
    stack.client("sqs").send_message(QueueUrl=queue, MessageBody=mended)
    done = replay(stack, "--queue", QUEUE)
    assert "1 replayed, 0 stay in the queue." in done.stdout, done.stdout + done.stderr
    assert waiting(stack, queue) == []
