"""Where a job's files lie in S3, and how MediaConvert names them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.mediaconvert.known_settings import refused
from analysis.objects import Place, parse_s3_uri

# `$dt$`, `$fn$` and their like, which the service replaces by times and names
_IDENTIFIER = re.compile(r"\$[A-Za-z_]+(%\d+)?\$")


@dataclass(frozen=True)
class Destination:
    """Where a group's outputs go: a bucket, and with what their keys begin."""

    bucket: str
    prefix: str

    def key(self, modifier: str, suffix: str) -> str:
        return f"{self.prefix}{modifier}{suffix}"


def read_input(path: str, uri: str) -> Place:
    """The place of an input. Raises ServiceError when it is not an object in S3."""
    place = _read(path, uri)
    if not place.key or place.key.endswith("/"):
        raise refused(path, "is not the URI of an object")
    return place


def read_destination(path: str, uri: str, source: Place) -> Destination:
    """A destination that ends in a slash is a folder for files with the name of the input."""
    _refuse_identifiers(path, uri)
    place = _read(path, uri)
    if not place.key or place.key.endswith("/"):
        return Destination(place.bucket, place.key + stem(source.key))
    return Destination(place.bucket, place.key)


def read_modifier(path: str, output: Mapping[str, Any]) -> str:
    """What the name of an output has more than its group's."""
    modifier: str = output.get("NameModifier", "")
    _refuse_identifiers(path, modifier)
    return modifier


def stem(key: str) -> str:
    """A file's name without folders and last extension."""
    name = key.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _read(path: str, uri: str) -> Place:
    if not uri.startswith("s3://"):
        raise refused(path, "only objects in S3 are available locally")
    try:
        return parse_s3_uri(uri)
    except ValueError as error:
        raise refused(path, str(error)) from error


def _refuse_identifiers(path: str, text: str) -> None:
    found = _IDENTIFIER.search(text)
    if found:
        raise refused(path, f"the identifier {found[0]} is not available locally")
