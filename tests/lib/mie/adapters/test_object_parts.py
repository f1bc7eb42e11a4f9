"""Copies in parts, with the bytes, on S3."""

from datetime import UTC, datetime

import pytest
from tests.fakes.object_parts import S3OfParts
from tests.lib.mie.adapters.dataplane_on_moto import (
    ALLOWED_BUCKET,
    BUCKET,
    clients_of_their_own,
    dataplane,
)

from mie import aws
from mie.adapters.object_parts import ObjectParts
from mie.adapters.objects import BucketObjects
from mie.core.copies import SMALLEST_PART, Copy, UploadGone
from mie.core.errors import NotFound

BODY = bytes(range(256)) * (13 * 1024**2 // 256)
EXPIRES = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = "a/v ö+1.mp4"


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture
def s3(monkeypatch):
    with dataplane(monkeypatch) as client:
        client.put_object(
            Bucket=ALLOWED_BUCKET,
            Key=KEY,
            Body=BODY,
            ContentType="video/mp4",
            CacheControl="no-store",
            ContentLanguage="de",
            Expires=EXPIRES,
            Metadata={"a": "b"},
        )
        yield client


@pytest.fixture
def parts(s3):
    return ObjectParts(BUCKET)


@pytest.fixture
def source(s3):
    return BucketObjects(BUCKET).source(ALLOWED_BUCKET, KEY)


@pytest.fixture
def copy(source):
    return Copy(source.bucket, source.key, source.etag, source.size, SMALLEST_PART)


def test_a_copy_in_parts_is_the_source_with_what_s3_keeps_of_it(s3, parts, source, copy):
    upload = parts.begin(source, "copy")
    assert parts.present(upload, "copy") == {}
    first, *others = copy.parts()
    copied = parts.copy(copy, upload, "copy", [first], lambda: True)
    assert parts.present(upload, "copy") == copied
    assert copied.keys() == {1}
    copied = {**copied, **parts.copy(copy, upload, "copy", others, lambda: True)}
    assert BucketObjects(BUCKET).first_key("copy") is None
    parts.complete(upload, "copy", copied)
    found = s3.get_object(Bucket=BUCKET, Key="copy")
    assert found["Body"].read() == BODY
    assert (found["ContentType"], found["CacheControl"]) == ("video/mp4", "no-store")
    assert (found["ContentLanguage"], found["Expires"]) == ("de", EXPIRES)
    assert found["Metadata"] == {"a": "b"}


@pytest.mark.parametrize(
    ("size", "ranges"),
    [
        (1, [None]),
        (SMALLEST_PART, [None]),
        (SMALLEST_PART + 1, ["bytes=0-5242879", "bytes=5242880-5242880"]),
    ],
)
def test_a_source_of_one_part_is_copied_without_a_range(monkeypatch, size, ranges):
    """S3 takes a range of sources of more than 5 MiB alone."""
    s3, asked = S3OfParts(), []
    s3.sources["b", "k"] = ('"e"', size)
    part = s3.upload_part_copy

    def copied(**request):
        asked.append(request.get("CopySourceRange"))
        return part(**request)

    s3.upload_part_copy = copied
    monkeypatch.setattr(aws, "client", lambda name: s3)
    parts = ObjectParts(BUCKET)
    copy = Copy("b", "k", '"e"', size, SMALLEST_PART)
    upload = parts.begin(BucketObjects(BUCKET).source("b", "k"), "copy")
    parts.complete(upload, "copy", parts.copy(copy, upload, "copy", copy.parts(), lambda: True))
    assert sorted(asked, key=str) == ranges


def test_nothing_is_begun_when_time_is_up(parts, source, copy):
    upload = parts.begin(source, "copy")
    assert parts.copy(copy, upload, "copy", copy.parts(), lambda: False) == {}
    assert parts.present(upload, "copy") == {}


def test_an_upload_that_was_given_up_says_so(parts, source):
    upload = parts.begin(source, "copy")
    parts.abort(upload, "copy")
    parts.abort(upload, "copy")
    with pytest.raises(UploadGone) as gone:
        parts.present(upload, "copy")
    assert gone.value.upload == upload


def test_an_upload_that_another_worker_completed_says_so_to_whoever_goes_on(monkeypatch):
    s3 = S3OfParts()
    s3.sources["b", "k"] = ('"etag"', 5)
    monkeypatch.setattr(aws, "client", lambda service: s3)
    parts, copy = ObjectParts(BUCKET), Copy("b", "k", '"etag"', 5, SMALLEST_PART)
    upload = parts.begin(BucketObjects(BUCKET).source("b", "k"), "copy")
    parts.complete(upload, "copy", parts.copy(copy, upload, "copy", copy.parts(), lambda: True))
    for call in (
        lambda: parts.copy(copy, upload, "copy", copy.parts(), lambda: True),
        lambda: parts.complete(upload, "copy", {1: '"1"'}),
    ):
        with pytest.raises(UploadGone):
            call()


def test_a_source_that_is_gone_is_not_found(s3, parts, source, copy):
    upload = parts.begin(source, "copy")
    s3.delete_object(Bucket=ALLOWED_BUCKET, Key=KEY)
    with pytest.raises(NotFound, match="does not exist"):
        parts.copy(copy, upload, "copy", copy.parts(), lambda: True)


def test_the_client_of_s3_has_a_connection_for_every_thread(s3):
    assert aws.client("s3").meta.config.max_pool_connections == aws.S3_CONNECTIONS
