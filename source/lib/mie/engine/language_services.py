"""Hands requests on to Amazon Transcribe and Amazon Translate."""

from typing import Any

from mie.core.documents import Json
from mie.core.errors import Conflict, TooLarge
from mie.core.language_services import Proxy
from mie.core.lists import LARGEST_ANSWER, travelling_bytes
from mie.engine.ports import LanguageServices


def answer(services: LanguageServices, proxy: Proxy, body: Json) -> Json:
    """What the service says: its answer, all items of a list, or the contents of a file.

    Raises the service's refusals as ours, and Conflict when there is no file yet.
    """
    parameters = proxy.parameters(body)
    if proxy.items is not None:
        items = services.list(proxy.service, proxy.operation, parameters, proxy.items)
        return _fitting({proxy.items: items})
    said = services.call(proxy.service, proxy.operation, parameters)
    if proxy.content is None:
        return said
    return _fitting(proxy.content(services.download(_location(said, proxy))))


def _location(said: Json, proxy: Proxy) -> str:
    place: Any = said
    for key in proxy.location:
        place = place.get(key) if isinstance(place, dict) else None
    if not isinstance(place, str) or not place:
        state = said.get("VocabularyState")
        raise Conflict(
            f"{proxy.service} has no file to download" + (f": it is {state}" if state else "")
        )
    return place


def _fitting(document: Json) -> Json:
    size = travelling_bytes(document)
    if size > LARGEST_ANSWER:
        raise TooLarge(f"the answer would have {size} bytes; an API can give {LARGEST_ANSWER}")
    return document
