"""Logs of functions and servers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from laptop.places import Places

_GROUP = "/aws/lambda/"
# A server's log may hold weeks; its end is what one looks for.
_TAIL_BYTES = 20_000


def names(functions: Any, places: Places) -> list[str]:
    """All functions and servers. functions: a client of Lambda."""
    pages = functions.get_paginator("list_functions").paginate()
    known = [one["FunctionName"] for page in pages for one in page["Functions"]]
    return [*sorted(known), *sorted(path.stem for path in places.logs.glob("*.log"))]


def lines(logs: Any, places: Places, name: str) -> Iterator[str]:
    """The log of one name, oldest line first. logs: a client of CloudWatch Logs."""
    server = places.logs / f"{name}.log"
    if server.exists():
        yield from _tail(server)
        return
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"{_GROUP}{name}")
    try:
        for page in pages:
            for event in page["events"]:
                yield event["message"].rstrip("\n")
    except logs.exceptions.ResourceNotFoundException:
        yield "nothing was logged"


def _tail(path: Path) -> list[str]:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read().decode(errors="replace").splitlines()
