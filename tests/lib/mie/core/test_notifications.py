"""Which changes of an execution are told, and in how many bytes."""

import json

import pytest

from mie.core.errors import Malformed
from mie.core.notifications import LARGEST_BYTES, notification_of, published_text

EXECUTION = {
    "Id": "e",
    "AssetId": "a",
    "Status": "Queued",
    "Globals": {"Media": {}, "MetaData": {"Score": 0.25, "Count": 3}},
    "Configuration": {"s": {"o": {"Enabled": True}}},
    "Created": "1700000000.5",
    "Workflow": {"Name": "w"},
}


def changed(**changes):
    return {**EXECUTION, **changes}


def told(old=EXECUTION, new=None):
    return notification_of("event", 1700000001.5, old, new or changed(Status="Started"))


def inner(text):
    return json.loads(json.loads(text)["default"])


def test_a_change_of_status_is_told_with_both_spellings_of_the_id():
    assert told() == {
        "EventId": "event",
        "EventTimestamp": 1700000001.5,
        "Id": "e",
        "WorkflowExecutionId": "e",
        "AssetId": "a",
        "Status": "Started",
        "Globals": EXECUTION["Globals"],
        "Configuration": EXECUTION["Configuration"],
        "Created": "1700000000.5",
    }


def test_a_message_of_the_execution_is_told():
    assert told(new=changed(Status="Error", Message="it broke"))["Message"] == "it broke"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, EXECUTION),
        (EXECUTION, None),
        (EXECUTION, changed(CurrentStage="two")),
        (None, None),
    ],
)
def test_what_is_no_change_of_status_is_not_told(old, new):
    assert notification_of("event", 1.0, old, new) is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ({"Status": "Queued", "AssetId": "a"}, EXECUTION | {"Status": "Started"}, "Id"),
        ({"Status": "Queued", "Id": "e"}, EXECUTION | {"Status": "Started"}, "AssetId"),
        (EXECUTION, {"Id": "e", "AssetId": "a"}, "Status"),
        (EXECUTION, changed(Status=7), "Status"),
    ],
)
def test_a_record_that_is_no_execution_is_refused(old, new, named):
    with pytest.raises(Malformed, match=rf"event.*\b{named}\b"):
        notification_of("event", 1.0, old, new)


def test_numbers_stay_numbers():
    read = inner(published_text(told()))
    assert read["Globals"]["MetaData"] == {"Score": 0.25, "Count": 3}
    assert read["EventTimestamp"] == 1700000001.5


@pytest.mark.parametrize("character", ["a", '"', "ü", "\\"])
def test_a_message_that_is_too_large_goes_without_its_globals(character):
    large = changed(Status="Started", Globals={"Media": {}, "MetaData": character * LARGEST_BYTES})
    text = published_text(told(new=large))
    assert len(text.encode()) <= LARGEST_BYTES
    read = inner(text)
    assert "Globals" not in read
    assert read["Omitted"] == ["Globals"]
    assert read["Configuration"] == EXECUTION["Configuration"]


def test_no_more_is_left_out_than_has_to_be():
    large = "x" * LARGEST_BYTES
    read = inner(
        published_text(told(new=changed(Status="Error", Configuration=large, Message="m")))
    )
    assert read["Omitted"] == ["Globals", "Configuration"]
    assert read["Message"] == "m"
    read = inner(published_text(told(new=changed(Status="Error", Message=large))))
    assert read["Omitted"] == ["Globals", "Configuration", "Message"]
    assert read["Status"] == "Error"


def test_the_largest_message_that_fits_is_whole():
    notification = told()
    size = len(published_text(notification).encode())
    assert "Omitted" not in inner(published_text(notification, size))
    assert inner(published_text(notification, size - 1))["Omitted"] == ["Globals"]


def test_a_message_of_which_nothing_can_be_left_out_is_refused():
    with pytest.raises(Malformed, match="bytes"):
        published_text(told(), 50)
