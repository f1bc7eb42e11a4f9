"""Writes any number of documents with ``_bulk``, in requests of bounded size.

Every document's own status counts. What is refused as it is, is told, and the others are written;
what else keeps the endpoint from writing a document is no fault of the document, which is sent
again after a wait that doubles.
"""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from documents import Document
from items import Json, nested
from opensearchpy import ConnectionError as NoConnection
from opensearchpy import OpenSearch, TransportError

from mie.core.errors import Unavailable

# A request that is too large is refused as a whole, and 10 MB is the limit of small instances.
LARGEST_REQUEST = 5_000_000
MOST_DOCUMENTS = 2_000
# With waits of half a second and its doubles: a quarter of a minute in all. What takes longer is
# left to Lambda, which sends the records again.
ATTEMPTS = 6
_FIRST_WAIT_SECONDS = 0.5
_BUSY = frozenset({429, 502, 503, 504})
_TOO_LARGE = 413
_OWN_FAULT = frozenset({400, _TOO_LARGE})
# said with 400, too: the index is closed, or cannot be made because there are too many shards
_OF_THE_INDEX = frozenset({"index_closed_exception", "validation_exception"})


@dataclass(frozen=True)
class Line:
    """A document as it is sent."""

    place: str
    text: bytes


def write(client: OpenSearch, documents: Iterable[Document]) -> tuple[int, list[str]]:
    """Writes documents, reading them as it goes.

    Returns how many were written, and why others were refused for good. Raises Unavailable when
    the endpoint stays away or full.
    """
    written, refused = 0, []
    for request in _requests(map(_line, documents)):
        reasons = _send(client, request)
        written += len(request) - len(reasons)
        refused.extend(reasons)
    return written, refused


def again(action: Callable[[], Any]) -> Any:
    """Does something at the endpoint, again after a wait when it is away or full.

    Raises Unavailable in the end.
    """
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(_wait_seconds(attempt))
        try:
            return action()
        except TransportError as error:
            if not _passes(error):
                raise
            reason = _of_error(error)
    raise Unavailable(f"the search endpoint does not answer: {reason}")


def _line(document: Document) -> Line:
    action = {"index": {"_index": document.index, "_id": document.id}}
    text = f"{_json(action)}\n{_json(document.body)}\n"
    return Line(f"{document.index}/{document.id}", text.encode())


def _json(value: Json) -> str:
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        # numbers that JSON cannot say become null; they would spoil the whole request
        return json.dumps(json.loads(json.dumps(value), parse_constant=lambda constant: None))


def _requests(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Lines in requests that are full; a document that is too large goes alone."""
    request: list[Line] = []
    size = 0
    for line in lines:
        full = size + len(line.text) > LARGEST_REQUEST or len(request) == MOST_DOCUMENTS
        if request and full:
            yield request
            request, size = [], 0
        request.append(line)
        size += len(line.text)
    if request:
        yield request


def _send(client: OpenSearch, lines: Sequence[Line]) -> list[str]:
    """Why documents of a request were refused for good."""
    refused: list[str] = []
    waiting = list(lines)
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(_wait_seconds(attempt))
        try:
            answers = client.bulk(body=b"".join(line.text for line in waiting))["items"]
        except TransportError as error:
            if _status(error) == _TOO_LARGE:
                return refused + _send_halves(client, waiting)
            if not _passes(error):
                raise
            reason = _of_error(error)
            continue
        results = [next(iter(one.values())) for one in answers]
        refused += [_of_item(one) for one in results if _is_refused(one)]
        unlucky = [
            (line, _of_item(one))
            for line, one in zip(waiting, results, strict=True)
            if one["status"] >= 400 and not _is_refused(one)
        ]
        if not unlucky:
            return refused
        waiting, reason = [line for line, _ in unlucky], unlucky[0][1]
    raise Unavailable(f"{len(waiting)} documents could not be written: {reason}")


def _send_halves(client: OpenSearch, lines: Sequence[Line]) -> list[str]:
    """For endpoints that take less than we thought."""
    if len(lines) == 1:
        return [f"{lines[0].place}: {_TOO_LARGE} with {len(lines[0].text)} bytes"]
    middle = len(lines) // 2
    remaining = iter(lines)
    first = list(islice(remaining, middle))
    return _send(client, first) + _send(client, list(remaining))


def _is_refused(item: Json) -> bool:
    kind = nested(item, "error").get("type")
    return item["status"] in _OWN_FAULT and kind not in _OF_THE_INDEX


def _passes(error: TransportError) -> bool:
    return isinstance(error, NoConnection) or _status(error) in _BUSY


def _status(error: TransportError) -> Any:
    """The HTTP status; a text when there was no answer."""
    return error.status_code


def _of_error(error: TransportError) -> str:
    return f"{error.status_code} {error.error}"


def _of_item(item: Json) -> str:
    """Why a document was not written, without the document."""
    error = nested(item, "error")
    why = f"{error.get('type', 'unknown')} {error.get('reason', '')}".strip()
    return f"{item.get('_index')}/{item.get('_id')}: {item.get('status')} {why[:300]}"


def _wait_seconds(attempt: int) -> float:
    """Jittered, so that functions that were refused together do not come back together."""
    longest = _FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
    return random.uniform(longest / 2, longest)  # noqa: S311 - nothing is guarded by it
