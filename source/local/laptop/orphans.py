"""Takes away what belongs to nothing any more after an end that nobody expected.

Objects and search documents are written at once, records are saved a little later: a kill between
the two leaves files of assets that nobody knows, uploads whose start is lost, and documents of
either.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import urllib3

from laptop.answering import answering
from laptop.runs import Engine

Json = dict[str, Any]

_ASSETS, _UPLOADS = "private/assets/", "upload/"
_INDICES = "mie*"
# what S3 deletes with a request, and OpenSearch says of a field
_AT_ONCE, _MOST_VALUES = 1000, 10_000
_SECONDS = 30.0


def remove(
    engine: Engine, s3: Any, search_url: str | None, saved: float | None, until: float
) -> str | None:
    """A sentence with what was removed; None for nothing.

    saved: when what is known was saved, until: when that came back; Unix times in seconds. What is
    newer belongs to somebody who works already.
    """
    # objects are listed before assets: what is made meanwhile is known by then
    objects = list(_objects(s3, engine.bucket, _ASSETS))
    known = set(engine.assets())
    files = [
        one["Key"] for one in objects if _asset(one["Key"]) not in known and _time(one) < until
    ]
    uploads = [
        one["Key"]
        for one in _objects(s3, engine.bucket, _UPLOADS)
        if (saved or 0.0) < _time(one) < until
    ]
    _delete(s3, engine.bucket, [*files, *uploads])
    documents = _remove_documents(search_url, known) if search_url else 0
    found = [
        _counted(len({_asset(one) for one in files}), "asset"),
        _counted(len(uploads), "upload"),
        _counted(documents, "search document"),
    ]
    parts = [one for one in found if one]
    return f"Removed what the lost seconds left behind: {', '.join(parts)}." if parts else None


def _counted(number: int, thing: str) -> str:
    if not number:
        return ""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _asset(key: str) -> str:
    return key.removeprefix(_ASSETS).partition("/")[0]


def _time(listed: Json) -> float:
    seconds: float = listed["LastModified"].timestamp()
    return seconds


def _objects(s3: Any, bucket: str, prefix: str) -> Iterator[Json]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        yield from page.get("Contents", ())


def _delete(s3: Any, bucket: str, keys: Iterable[str]) -> None:
    rest = iter(keys)
    while some := list(islice(rest, _AT_ONCE)):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in some]})


def _remove_documents(url: str, known: set[str]) -> int:
    """Of assets that the data plane does not know."""
    values = {"terms": {"field": "AssetId.keyword", "size": _MOST_VALUES}}
    found = _ask(f"{url}/{_INDICES}/_search", {"size": 0, "aggs": {"assets": values}})
    buckets = found.get("aggregations", {}).get("assets", {}).get("buckets", [])
    unknown = [one["key"] for one in buckets if one["key"] not in known]
    if not unknown:
        return 0
    query = {"query": {"terms": {"AssetId.keyword": unknown}}}
    return int(_ask(f"{url}/{_INDICES}/_delete_by_query?conflicts=proceed", query)["deleted"])


def _ask(url: str, body: Json) -> Json:
    with answering(url, "opensearch"):
        answer = urllib3.request("POST", url, json=body, timeout=_SECONDS, retries=False)
    found: Json = answer.json()
    return found
