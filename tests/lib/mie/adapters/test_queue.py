"""One contract for the queue and for its fake."""

import boto3
import pytest
from tests.fakes.aws import control_plane
from tests.fakes.control_plane import Queue

from mie.adapters.queue import ExecutionQueue


@pytest.fixture(params=["fake", "sqs"])
def queue(request):
    if request.param == "fake":
        yield Queue()
    else:
        with control_plane() as environment:
            yield ExecutionQueue(environment["STAGE_EXECUTION_QUEUE_URL"])


def test_what_was_sent_is_received_and_then_hidden(queue):
    queue.send("one")
    queue.send("two")
    received = queue.receive(10)
    assert sorted(one.execution_id for one in received) == ["one", "two"]
    assert list(queue.receive(10)) == []


def test_no_more_than_asked_for_is_received(queue):
    for number in range(3):
        queue.send(str(number))
    assert len(queue.receive(2)) == 2
    assert len(queue.receive(2)) == 1


def test_a_message_that_is_put_back_comes_again(queue):
    queue.send("one")
    (message,) = queue.receive(1)
    queue.put_back(message)
    assert [one.execution_id for one in queue.receive(1)] == ["one"]


def test_a_deleted_message_does_not_come_again(queue):
    queue.send("one")
    (message,) = queue.receive(1)
    queue.delete(message)
    queue.send("two")
    assert [one.execution_id for one in queue.receive(10)] == ["two"]


@pytest.mark.parametrize("body", ["text", "[]", "{}", '{"Id": 7}'])
def test_a_message_of_somebody_else_is_nobodys_execution(body):
    with control_plane() as environment:
        url = environment["STAGE_EXECUTION_QUEUE_URL"]
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=body)
        assert [one.execution_id for one in ExecutionQueue(url).receive(1)] == ["unknown"]
