"""The shape of what an operator returns.

It is looked at where the operator ends: what the next one would trip over is the fault of the one
that returned it, and is told under its name.
"""

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any

from mie.core import statuses
from mie.core.documents import Json
from mie.core.storable import fault

# A wrong value may be of any size; the message shows its beginning.
_SHOWN = 200
_LONGEST_OUTPUT = 1_000
_LOOKED_INTO = ("MetaData", "Media")
_WHOLE = "a result is an object with Status, MetaData and Media"
_LOCATED = '{"%s": {"S3Bucket": "…", "S3Key": "…"}}'


def checked(operation: str, output: object) -> Json:
    """The result of an operator as readers know it: Name, Status a text, MetaData and Media.

    Media: media type -> {"S3Bucket", "S3Key"}. What does not have this shape is left out, and
    the result is a failure that names the key and the shape that is wanted.
    """
    if not isinstance(output, dict):
        shown = f"the operator returned {output!r}"[:_LONGEST_OUTPUT]
        told = {f"{operation}Error": f"{shown}; {_WHOLE}"}
        return {"Name": operation, "Status": statuses.ERROR, "MetaData": told, "Media": {}}
    metadata = _storable(_object(output, "MetaData"))
    media = _storable(_object(output, "Media"))
    faults = list(_faults(output))
    told = {f"{operation}Error": "; ".join(faults)} if faults else {}
    return {
        **_storable({key: one for key, one in output.items() if key not in _LOOKED_INTO}),
        "Name": operation,
        "Status": statuses.ERROR if faults else output["Status"],
        "MetaData": {**metadata, **told},
        "Media": {kind: place for kind, place in media.items() if _is_location(place)},
    }


def _faults(output: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(output.get("Status"), str):
        yield (
            f"it returned the status {_show(output.get('Status'))}; Status must be a text, such as "
            f"{statuses.COMPLETE}"
        )
    for key, example in (("MetaData", '{"key": "value"}'), ("Media", _LOCATED % "Text")):
        # a key without a value is one that was left out
        if not isinstance(output.get(key), dict | NoneType):
            yield f"{key} must be an object such as {example}, got {_show(output[key])}"
    for path, entries in (
        ("MetaData", _object(output, "MetaData")),
        ("Media", _object(output, "Media")),
        ("the result", {key: one for key, one in output.items() if key not in _LOOKED_INTO}),
    ):
        for key, value in entries.items():
            reason = _fault(key, value, path)
            if reason is not None:
                yield reason
    for kind, place in _object(output, "Media").items():
        if not _is_location(place):
            yield f"Media.{kind} must be as in {_LOCATED % kind}, got {_show(place)}"


def _object(output: Mapping[str, Any], key: str) -> Json:
    entries = output.get(key)
    return entries if isinstance(entries, dict) else {}


def _storable(entries: Json) -> Json:
    return {key: value for key, value in entries.items() if _fault(key, value, "") is None}


def _fault(key: str, value: Any, path: str) -> str | None:
    return fault({key: value}, path, any_text=True)


def _is_location(place: object) -> bool:
    return isinstance(place, dict) and all(
        isinstance(place.get(key), str) and place[key] for key in ("S3Bucket", "S3Key")
    )


def _show(value: object) -> str:
    return repr(value)[:_SHOWN]
