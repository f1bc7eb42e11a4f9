"""Results in pages as one JSON array, on moto."""

import io
import json
import tracemalloc

import boto3
import pytest
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET, clients_of_their_own, dataplane

from mie import aws
from mie.adapters import page_arrays
from mie.adapters.objects import BucketObjects
from mie.adapters.page_arrays import PageArrays
from mie.core import result_pages
from mie.core.errors import Malformed

PREFIX = result_pages.generation_prefix("a", "w", "op", 1)
MANIFEST, ARRAY = PREFIX + "manifest.json", PREFIX + "pages.json"
# S3's smallest part
PART = 5 * 1024**2


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def objects(monkeypatch):
    with dataplane(monkeypatch):
        yield BucketObjects(BUCKET)


@pytest.fixture
def requests(objects):
    """The names of the requests to S3."""
    made = []

    def note(model, **_):
        made.append(model.name)

    events = aws.client("s3").meta.events
    events.register("before-call.s3", note)
    yield made
    events.unregister("before-call.s3", note)


def store(objects, *results):
    keys = [result_pages.numbered_key(PREFIX, number) for number in range(len(results))]
    for key, result in zip(keys, results, strict=True):
        objects.put(key, json.dumps(result).encode())
    objects.put(MANIFEST, result_pages.to_manifest(keys))


def read(objects):
    return json.loads(objects.get(ARRAY).body)


def test_an_array_has_one_element_a_page_in_their_order(objects):
    results = [{"frames_result": [number]} for number in range(12)]
    store(objects, *results)
    assert PageArrays(BUCKET).write(MANIFEST)
    assert read(objects) == results
    head = boto3.client("s3").head_object(Bucket=BUCKET, Key=ARRAY)
    assert head["ContentType"] == "application/json"


def test_a_page_is_read_once_and_an_array_that_is_there_is_not_made_again(objects, requests):
    store(objects, {"a": 1}, {"a": 2})
    requests.clear()
    PageArrays(BUCKET).write(MANIFEST)
    # the manifest and two pages
    assert sorted(requests) == ["GetObject"] * 3 + ["HeadObject", "PutObject"]
    requests.clear()
    PageArrays(BUCKET).write(MANIFEST)
    assert requests == ["GetObject", "HeadObject"]


def test_an_array_of_another_manifest_is_made_anew(objects):
    store(objects, {"a": 1}, {"a": 2})
    PageArrays(BUCKET).write(MANIFEST)
    store(objects, {"b": 1})
    PageArrays(BUCKET).write(MANIFEST)
    assert read(objects) == [{"b": 1}]


def test_a_large_array_is_sent_in_parts_and_stays_out_of_memory(objects, requests):
    results = [{"text": f"{number}" * 2_000_000} for number in range(9)]
    store(objects, *results)
    requests.clear()
    PageArrays(BUCKET, PART).write(MANIFEST)
    assert requests.count("UploadPart") == 4
    assert requests.count("CompleteMultipartUpload") == 1
    assert read(objects) == results


def test_chunks_of_a_hundred_megabytes_need_a_few():
    chunk = b"x" * 1024**2
    file = io.BufferedReader(page_arrays._Readable(chunk for _ in range(100)), PART)
    tracemalloc.start()
    sizes = [len(part) for part in iter(lambda: file.read(PART), b"")]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sizes == [PART] * 20
    assert most < 4 * PART


@pytest.mark.parametrize("gone", [MANIFEST, result_pages.numbered_key(PREFIX, 1)])
@pytest.mark.parametrize("size", [1, PART])
def test_nothing_is_made_of_what_is_deleted_meanwhile(objects, gone, size):
    store(objects, {"a": "x" * size}, {"a": 2})
    objects.delete([gone])
    assert not PageArrays(BUCKET, PART).write(MANIFEST)
    assert objects.get(ARRAY) is None
    assert "Uploads" not in aws.client("s3").list_multipart_uploads(Bucket=BUCKET)


def test_a_manifest_that_cannot_be_read_is_our_fault(objects):
    objects.put(MANIFEST, b"{")
    with pytest.raises(Malformed):
        PageArrays(BUCKET).write(MANIFEST)


def test_arrays_alone_are_removed(objects):
    other = result_pages.array_key(
        result_pages.manifest_key(result_pages.generation_prefix("a", "w", "op", 2))
    )
    kept = ["private/assets/a/input/pages.json", f"{PREFIX}00000000.json", MANIFEST]
    for key in (ARRAY, other, *kept):
        objects.put(key, b"[]")
    PageArrays(BUCKET).remove("private/assets/a/")
    assert sorted(objects.keys("")) == sorted(kept)
