"""When something is to be saved."""

import threading
import time

import pytest

from local_aws.changes import Changes, is_reading

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


@pytest.mark.parametrize(
    ("method", "headers", "body", "reading"),
    [
        ("GET", {}, b"", True),
        ("PUT", {}, b"", False),
        ("POST", {"x-amz-target": "DynamoDB_20120810.GetItem"}, b"{}", True),
        ("POST", {"x-amz-target": "DynamoDB_20120810.TransactGetItems"}, b"{}", False),
        ("POST", {"x-amz-target": "DynamoDB_20120810.PutItem"}, b"{}", False),
        ("POST", {"x-amz-target": "AmazonSQS.ReceiveMessage"}, b"{}", True),
        ("POST", FORM, b"Action=DescribeStacks&Version=2010-05-15", True),
        ("POST", FORM, b"Action=CreateStack&Version=2010-05-15", False),
        ("POST", {}, b"", False),
    ],
)
def test_what_only_reads_changes_nothing(method, headers, body, reading):
    assert is_reading(method, headers, body) is reading


def waiter(changes, seconds):
    waited = threading.Event()

    def wait():
        changes.wait(seconds)
        waited.set()

    threading.Thread(target=wait, daemon=True).start()
    return waited


def test_nothing_is_waited_for_as_long_as_nothing_changes():
    changes = Changes()
    waited = waiter(changes, 0)
    time.sleep(0.05)
    assert not waited.is_set()
    changes.note()
    assert waited.wait(10)


def test_what_somebody_would_miss_is_not_put_off():
    changes = Changes()
    waited = waiter(changes, 3600)
    changes.note()
    changes.note(soon=True)
    assert waited.wait(10)


def test_what_came_while_it_was_saved_is_still_to_be_saved():
    changes = Changes()
    changes.note()
    cut = changes.number
    changes.note()
    changes.saved(cut)
    assert waiter(changes, 0).wait(10)
    changes.saved(changes.number)
    assert not waiter(changes, 0).wait(0.05)
