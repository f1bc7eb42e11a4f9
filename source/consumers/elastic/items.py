"""What transforms share: reading what operators stored without trusting its shape."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]


def listed(document: Mapping[str, Any], key: str) -> Iterator[Json]:
    """The objects of a list; none when it is not there, and what is no object is passed over."""
    found = document.get(key)
    return (one for one in found if isinstance(one, dict)) if isinstance(found, list) else iter(())


def nested(item: Mapping[str, Any], key: str) -> Json:
    """An object inside another; empty when it is not there."""
    found = item.get(key)
    return found if isinstance(found, dict) else {}


def picked(item: Mapping[str, Any], keys: Iterable[str]) -> Json:
    """Those members that are there and hold something."""
    return {key: item[key] for key in keys if item.get(key) not in (None, "")}


def without(item: Mapping[str, Any], *keys: str) -> Json:
    return {key: value for key, value in item.items() if key not in keys}


def words(*parts: Any) -> str:
    """One text of all that are texts; empty ones are passed over."""
    return " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
