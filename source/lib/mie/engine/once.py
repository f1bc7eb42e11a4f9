"""What a named request makes is made once, however often the request is sent."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from mie.core.documents import Json
from mie.core.request_tokens import Begun, Named
from mie.engine.ports import RequestTokens


class Unsettled(Exception):
    """Somebody who was asked for something may have done it, although the answer is an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


Answer = TypeVar("Answer", bound=Mapping[str, Any])


def once(
    tokens: RequestTokens, request: Named | None, plan: Json, act: Callable[[Begun], Answer]
) -> Answer:
    """The answer of ``act``, or what it answered when the same request was sent before.

    plan: the ids of what ``act`` makes. It gets those of the first attempt when that one died or
    was left Unsettled, and takes back what it made when it fails. Raises Conflict when the token
    was used for another request, or somebody is at it.
    """
    try:
        return act(Begun(plan)) if request is None else _held(tokens, request, plan, act)
    except Unsettled as unsettled:
        raise unsettled.error from unsettled


def _held(
    tokens: RequestTokens, request: Named, plan: Json, act: Callable[[Begun], Answer]
) -> Answer:
    begun = tokens.begin(request, plan)
    if begun.answer is not None:
        return cast("Answer", begun.answer)
    try:
        answer = act(begun)
    except Unsettled:
        # a repetition finds what was done
        tokens.release(request, begun)
        raise
    except Exception:
        # it may succeed later, and then it is another attempt
        tokens.forget(request, begun)
        raise
    tokens.finish(request, begun, {**answer})
    return answer
