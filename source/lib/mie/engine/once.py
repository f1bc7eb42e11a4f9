"""What a named request makes is made once, however often the request is sent."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from mie.core.documents import Json
from mie.core.request_tokens import Begun, Named
from mie.engine.ports import RequestTokens
from mie.engine.undo import undone_by

Answer = TypeVar("Answer", bound=Mapping[str, Any])


def once(
    tokens: RequestTokens, request: Named | None, plan: Json, act: Callable[[Begun], Answer]
) -> Answer:
    """The answer of ``act``, or what it answered when the same request was sent before.

    plan: the ids of what ``act`` makes. It gets those of the first attempt when that one died,
    and takes back what it made when it fails. Raises Conflict when the token was used for another
    request, or somebody is at it.
    """
    if request is None:
        return act(Begun(plan))
    begun = tokens.begin(request, plan)
    if begun.answer is not None:
        return cast("Answer", begun.answer)
    # what has failed may succeed later, and then it is another attempt
    with undone_by(partial(tokens.forget, request, begun)):
        answer = act(begun)
    tokens.finish(request, begun, {**answer})
    return answer
