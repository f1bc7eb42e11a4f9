"""Named requests in the table of claims, by items that begin with ``request/``."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from mie.adapters import items, writes
from mie.core.documents import Json
from mie.core.errors import Conflict, TooManyRequests
from mie.core.request_tokens import HEADER, KEY, SECONDS_KEPT, Begun, Named

# How often an item is looked at that changes between two looks.
_LOOKS = 5


class RequestTokenTable:
    """clock: Unix time in seconds; new_id: a UUID."""

    def __init__(self, table: str, clock: Callable[[], float], new_id: Callable[[], str]) -> None:
        self._table = table
        self._clock = clock
        self._new_id = new_id

    def begin(self, request: Named, plan: Json) -> Begun:
        for _ in range(_LOOKS):
            now, holder = self._clock(), self._new_id()
            if self._hold_new(request, plan, holder, now):
                return Begun(plan, holder)
            present = items.get(self._table, {"Id": _id(request)})
            if present is None:
                continue
            if present["Digest"] != request.digest:
                raise Conflict(
                    f"{KEY}: this token ({HEADER}) came with another request within the last day"
                )
            if "Answer" in present:
                answer: Json = json.loads(present["Answer"])
                return Begun(present["Plan"], answer=answer)
            if present["HeldUntil"] > now:
                raise Conflict(
                    f"{KEY}: the request with this token is being worked on; send it again in a "
                    f"moment, in {present['HeldUntil'] - now:.0f} seconds at the latest"
                )
            if self._take_over(request, present["Holder"], holder, now):
                return Begun(present["Plan"], holder, again=True)
        raise TooManyRequests(f"{KEY}: the request is sent too often at a time; retry")

    def finish(self, request: Named, begun: Begun, answer: Json) -> None:
        # as a text, which is kept compressed when it is long
        kept = items.to_item({":answer": json.dumps(answer)})
        self._update(request, begun.holder, "SET Answer = :answer REMOVE HeldUntil", kept)

    def forget(self, request: Named, begun: Begun) -> None:
        delete = {
            "TableName": self._table,
            "Key": {"Id": {"S": _id(request)}},
            "ConditionExpression": "Holder = :holder",
            "ExpressionAttributeValues": {":holder": {"S": begun.holder}},
        }
        writes.transact([{"Delete": delete}])

    def release(self, request: Named, begun: Begun) -> None:
        self._update(request, begun.holder, "SET HeldUntil = :none", items.to_item({":none": 0}))

    def _hold_new(self, request: Named, plan: Json, holder: str, now: float) -> bool:
        item = {
            "Id": _id(request),
            "Digest": request.digest,
            "Plan": plan,
            "Holder": holder,
            "HeldUntil": now + request.longest,
            "ExpiresAt": int(now) + SECONDS_KEPT,
        }
        put = {
            "TableName": self._table,
            "Item": items.to_item(item),
            # DynamoDB deletes what has expired within days
            "ConditionExpression": "attribute_not_exists(Id) OR ExpiresAt <= :now",
            "ExpressionAttributeValues": items.to_item({":now": now}),
        }
        return not writes.transact([{"Put": put}])

    def _take_over(self, request: Named, former: str, holder: str, now: float) -> bool:
        values = items.to_item({":new": holder, ":until": now + request.longest})
        return self._update(request, former, "SET Holder = :new, HeldUntil = :until", values)

    def _update(
        self, request: Named, holder: str, expression: str, values: Mapping[str, Any]
    ) -> bool:
        """False when somebody else holds it."""
        update = {
            "TableName": self._table,
            "Key": {"Id": {"S": _id(request)}},
            "UpdateExpression": expression,
            "ConditionExpression": "Holder = :holder",
            "ExpressionAttributeValues": {":holder": {"S": holder}, **values},
        }
        return not writes.transact([{"Update": update}])


def _id(request: Named) -> str:
    return f"request/{request.kind}/{request.token}"
