"""How fast labels become documents of search, in requests of many and one by one.

    MIE_OPENSEARCH_URL=http://127.0.0.1:9200 python tests/benchmarks/indexing.py [MANY FEW]

A result of 100,000 labels goes into a real node the way that the consumer writes it, and some of
it a second time with one request for each document. Both are counted at the node in the end, and
deleted. Documents are made while they are written, which is part of the time.
"""

import os
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "source/lib"), str(ROOT / "source/consumers/elastic")]

DOCUMENTS = 100_000
ONE_BY_ONE = 2_000
_PAGE = 1_000
_NAMES = ("Person", "Dog", "Car", "Tree", "Building", "Chair", "Screen", "Bottle")


@dataclass(frozen=True)
class Rates:
    """Documents in a second."""

    in_bulk: float
    one_by_one: float

    @property
    def ratio(self) -> float:
        return self.in_bulk / self.one_by_one


def measure(url: str, documents: int = DOCUMENTS, one_by_one: int = ONE_BY_ONE) -> Rates:
    """Raises RuntimeError when the node does not hold what was written."""
    # the path is set above when this runs as a program
    from documents import Result, documents_of
    from index import SearchIndex, connect
    from kinds import kind_of

    client = connect(url, "us-east-1", None)
    index = SearchIndex(client)
    index.prepare("1s")
    name = f"benchmark-{uuid.uuid4()}"
    many, few = Result(name, "labelDetection", "w", "v"), Result(f"{name}-1", "labelDetection", "w")
    kind = kind_of(many.operator)
    if kind is None:
        raise RuntimeError("search does not know labels")
    try:
        # the index is made before anything is measured
        index.replace(few, kind, documents_of(few, pages(1)))
        started = time.perf_counter()
        for one in documents_of(few, pages(one_by_one)):
            client.index(index=one.index, id=one.id, body=one.body)
        alone = one_by_one / (time.perf_counter() - started)
        started = time.perf_counter()
        index.replace(many, kind, documents_of(many, pages(documents)))
        in_bulk = documents / (time.perf_counter() - started)
        _check(client, many.asset_id, documents)
        _check(client, few.asset_id, one_by_one)
    finally:
        index.delete_asset(many.asset_id)
        index.delete_asset(few.asset_id)
    return Rates(in_bulk, alone)


def pages(count: int) -> Iterator[dict[str, Any]]:
    """A video's labels, as Rekognition gives them."""
    for first in range(0, count, _PAGE):
        yield {"Labels": [_label(number) for number in range(first, min(first + _PAGE, count))]}


def _label(number: int) -> dict[str, Any]:
    share = (number * 37 % 100) / 100
    box = {"Width": 0.1 + share / 2, "Height": 0.2, "Left": share / 2, "Top": 0.3}
    return {
        "Timestamp": number * 40,
        "Label": {
            "Name": _NAMES[number % len(_NAMES)],
            "Confidence": 50 + share * 50,
            "Instances": [{"BoundingBox": box, "Confidence": 50 + share * 50}],
            "Parents": [{"Name": "Thing"}],
        },
    }


def _check(client: Any, asset_id: str, wanted: int) -> None:
    client.indices.refresh(index="mielabels")
    query = {"query": {"term": {"AssetId": asset_id}}}
    count = client.count(index="mielabels", body=query)["count"]
    if count != wanted:
        raise RuntimeError(f"{wanted} documents were written, and {count} are there")


def main() -> None:
    url = os.environ.get("MIE_OPENSEARCH_URL")
    if not url:
        sys.exit("MIE_OPENSEARCH_URL names no node")
    counts = [int(one) for one in sys.argv[1:]] or [DOCUMENTS, ONE_BY_ONE]
    rates = measure(url, *counts)
    print(f"{'in bulk':>14}{counts[0]:>10} documents{rates.in_bulk:>10.0f} a second")
    print(f"{'one by one':>14}{counts[1]:>10} documents{rates.one_by_one:>10.0f} a second")
    print(f"{'ratio':>14}{rates.ratio:>10.1f}")


if __name__ == "__main__":
    main()
