"""Named requests in a dictionary; the contract suite runs against it and the adapter."""

from itertools import count

from mie.core.errors import Conflict
from mie.core.request_tokens import SECONDS_KEPT, Begun


class RequestTokens:
    """clock: Unix time in seconds."""

    def __init__(self, clock):
        self.items = {}
        self._clock = clock
        self._holders = count(1)

    def begin(self, request, plan):
        now, holder = self._clock(), str(next(self._holders))
        key = (request.kind, request.token)
        item = self.items.get(key)
        until = now + request.longest
        if item is None or item["expires"] <= now:
            item = {"digest": request.digest, "plan": plan, "expires": now + SECONDS_KEPT}
            self.items[key] = {**item, "holder": holder, "until": until}
            return Begun(plan, holder)
        if item["digest"] != request.digest:
            raise Conflict("ClientRequestToken: another request")
        if "answer" in item:
            return Begun(item["plan"], answer=item["answer"])
        if item["until"] > now:
            raise Conflict("ClientRequestToken: being worked on")
        self.items[key] = {**item, "holder": holder, "until": until}
        return Begun(item["plan"], holder, again=True)

    def finish(self, request, begun, answer):
        item = self.items.get((request.kind, request.token), {})
        if item.get("holder") == begun.holder:
            item["answer"] = answer

    def release(self, request, begun):
        item = self.items.get((request.kind, request.token), {})
        if item.get("holder") == begun.holder:
            item["until"] = 0

    def forget(self, request, begun):
        key = (request.kind, request.token)
        if self.items.get(key, {}).get("holder") == begun.holder:
            del self.items[key]
