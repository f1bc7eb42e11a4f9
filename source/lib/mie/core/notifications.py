"""What those who follow executions are told when one changes its status."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mie.core.documents import Json
from mie.core.errors import Malformed

Image = Mapping[str, Any]

# SNS takes 256 KiB of message and attributes. What it adds on the way to a queue needs room too.
LARGEST_BYTES = 256 * 1024 - 8 * 1024
# Left out of a message that is too large, in this order, until it fits.
_LEFT_OUT_FIRST = ("Globals", "Configuration", "Message")


def notification_of(
    event_id: str, timestamp: float, old: Image | None, new: Image | None
) -> Json | None:
    """The message of one change of an execution's record; None when there is none to send.

    event_id: the change's own id, the same however often the change is delivered. timestamp: Unix
    time of the change, in seconds. old and new: the record before and after, None when there was
    or is none. Only a change of ``Status`` is told: neither a new record nor a deleted one is.

    {"EventId", "EventTimestamp", "Id", "WorkflowExecutionId", "AssetId", "Status", "Globals",
    "Configuration", "Created", "Message"?}; both spellings of the id are what clients read.
    Raises Malformed when the record is no execution.
    """
    if old is None or new is None or old.get("Status") == new.get("Status"):
        return None
    missing = [
        key
        for key, image in (("Id", old), ("AssetId", old), ("Status", new))
        if not isinstance(image.get(key), str)
    ]
    if missing:
        raise Malformed(f"change {event_id}: the record has no {', '.join(missing)}")
    told = ("Globals", "Configuration", "Created", "Message")
    return {
        "EventId": event_id,
        "EventTimestamp": timestamp,
        "Id": old["Id"],
        "WorkflowExecutionId": old["Id"],
        "AssetId": old["AssetId"],
        "Status": new["Status"],
        **{key: new[key] for key in told if key in new},
    }


def published_text(notification: Json, largest: int = LARGEST_BYTES) -> str:
    """The message as SNS takes it: {"default": "<the notification as JSON>"}.

    One that would have more than ``largest`` bytes goes without its largest parts, and ``Omitted``
    names them: the execution itself still has them. Raises Malformed when nothing is left to omit.
    """
    for kept in _shortened(notification):
        # escapes once, like the envelope in which it will lie in a queue
        text = json.dumps({"default": json.dumps(kept, ensure_ascii=False)})
        if len(text) <= largest:
            return text
    raise Malformed(f"change {notification['EventId']}: its message has more than {largest} bytes")


def _shortened(notification: Json) -> Sequence[Json]:
    """The whole notification, and then with one part less each time."""
    parts = [part for part in _LEFT_OUT_FIRST if part in notification]
    shorter = [
        {
            **{key: value for key, value in notification.items() if key not in parts[:count]},
            "Omitted": parts[:count],
        }
        for count in range(1, len(parts) + 1)
    ]
    return [notification, *shorter]
