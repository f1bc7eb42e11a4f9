"""What storing a result in pages costs, counted where boto3 sends it to S3.

    python tests/benchmarks/page_bytes.py

The data plane runs on moto. S3 and the network bill every byte, and a result of an hour of video
has hundreds of pages: what rewrites earlier pages grows with their square. Behind storing, the
stream's function puts the pages together for those who follow it, once for each result.
"""

import contextlib
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "source/lib"), str(ROOT / "deployment")]

# the path is set above when this runs as a program
import pytest  # noqa: E402
from tests.fakes.request_tokens import RequestTokens  # noqa: E402
from tests.lib.mie.adapters.dataplane_on_moto import (  # noqa: E402
    BUCKET,
    TABLE,
    clients_of_their_own,
    dataplane,
)

from mie import aws  # noqa: E402
from mie.adapters.assets import AssetTable  # noqa: E402
from mie.adapters.copy_queue import CopyQueue  # noqa: E402
from mie.adapters.object_parts import ObjectParts  # noqa: E402
from mie.adapters.objects import BucketObjects  # noqa: E402
from mie.adapters.page_arrays import PageArrays  # noqa: E402
from mie.core.result_pages import pointers_of  # noqa: E402
from mie.engine import assets, metadata_reading, metadata_writing  # noqa: E402
from mie.engine.metadata_reading import Position  # noqa: E402
from mie.engine.metadata_writing import Page, Result  # noqa: E402
from mie.engine.ports import DataPorts  # noqa: E402

PAGES, PAGE_BYTES = 60, 300_000


@dataclass
class Traffic:
    """Bytes of bodies that went to S3 and came back, and how many requests there were."""

    written: int = 0
    read: int = 0
    requests: int = 0


@dataclass(frozen=True)
class Cost:
    """payload: the bytes of the pages as JSON. together: making one array of them."""

    payload: int
    storing: Traffic
    together: Traffic
    reading: Traffic

    @property
    def ratio(self) -> float:
        """Of what a request writes."""
        return self.storing.written / self.payload

    @property
    def ratio_in_all(self) -> float:
        return (self.storing.written + self.together.written) / self.payload


def cost_of(pages: int, page_bytes: int = PAGE_BYTES, *, numbered: bool = True) -> Cost:
    """Stores a result in pages, and reads it back."""
    results = [_page(number, page_bytes) for number in range(pages)]
    with _ports() as (ports, asset_id):
        with counting() as storing:
            for number, result in enumerate(results):
                page = Page(number if numbered else None, last=number == pages - 1)
                metadata_writing.store_page(ports, asset_id, Result("op", "w", result), page)
        (pointer,) = pointers_of(ports.assets.get(asset_id) or {}, "op")
        with counting() as together:
            PageArrays(BUCKET).write(pointer.key)
        with counting() as read_back:
            read = list(_read(ports, asset_id))
    if read != results:
        raise RuntimeError("what was read is not what was stored")
    payload = sum(len(_compact(one)) for one in results)
    return Cost(payload, storing, together, read_back)


@contextlib.contextmanager
def counting() -> Iterator[Traffic]:
    """Counts what goes to S3 and comes from it meanwhile."""
    traffic = Traffic()

    def sent(request: Any, **_: Any) -> None:
        traffic.written += _length(request.body)
        traffic.requests += 1

    def received(response_dict: Any, parsed_response: Any, **_: Any) -> None:
        if parsed_response is None:
            return
        # an object is not read from the connection yet, anything else is
        streamed = "Body" in parsed_response
        size = parsed_response["ContentLength"] if streamed else len(response_dict["body"])
        traffic.read += size

    handlers = {"before-send.s3": sent, "response-received.s3": received}
    events = aws.client("s3").meta.events
    for name, handler in handlers.items():
        events.register(name, handler)
    try:
        yield traffic
    finally:
        for name, handler in handlers.items():
            events.unregister(name, handler)


def _length(body: Any) -> int:
    """Of the body of a request: none, bytes, or a stream, such as one with a checksum behind."""
    if body is None or isinstance(body, bytes | bytearray):
        return len(body or b"")
    length = len(body.read())
    body.seek(0)
    return length


@contextlib.contextmanager
def _ports() -> Iterator[tuple[DataPorts, str]]:
    """The data plane on moto, and an asset."""
    ids = (f"id-{number}" for number in itertools.count())
    with (
        pytest.MonkeyPatch.context() as environment,
        clients_of_their_own(),
        dataplane(environment) as s3,
    ):
        s3.put_object(Bucket=BUCKET, Key="upload/v.mp4", Body=b"video")
        ports = DataPorts(
            assets=AssetTable(TABLE),
            objects=BucketObjects(BUCKET),
            parts=ObjectParts(BUCKET),
            copies=CopyQueue("no queue: nothing is copied here"),
            most_at_once=1024**3,
            clock=time.time,
            new_id=lambda: next(ids),
            new_secret=lambda: "secret",
            tokens=RequestTokens(time.time),
            external_buckets=(),
        )
        yield ports, assets.create(ports, assets.Source(BUCKET, "upload/v.mp4"))["AssetId"]


def _read(ports: DataPorts, asset_id: str) -> Iterator[Any]:
    answer = metadata_reading.read_one(ports, asset_id, "op", Position())
    yield answer["results"]
    while "cursor" in answer:
        answer = metadata_reading.read_one(ports, asset_id, "op", Position(answer["cursor"]))
        yield answer["results"]


def _page(number: int, size: int) -> dict[str, Any]:
    """Results of about so many bytes."""
    label = {"Timestamp": number, "Label": {"Name": "Dog", "Confidence": 98.4}}
    return {"Labels": [label] * (size // (len(_compact(label)) + 1))}


def _compact(value: Any) -> bytes:
    """As JSON without spaces, which is the least that a page can have."""
    return json.dumps(value, separators=(",", ":")).encode()


def main() -> None:
    columns = ("pages", "payload", "written", "ratio", "in all", "read back", "requests", "reading")
    print("".join(f"{one:>13}" for one in columns))
    for pages in (1, 10, PAGES):
        cost = cost_of(pages)
        row = (
            f"{pages:,}",
            f"{cost.payload:,}",
            f"{cost.storing.written:,}",
            f"{cost.ratio:.3f}",
            f"{cost.ratio_in_all:.3f}",
            f"{cost.storing.read:,}",
            f"{cost.storing.requests:,}",
            f"{cost.reading.read:,}",
        )
        print("".join(f"{one:>13}" for one in row))


if __name__ == "__main__":
    main()
