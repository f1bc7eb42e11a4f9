"""What the engine relies on of a bucket, against the fake and against S3."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from tests.fakes.objects import ObjectsInMemory
from tests.lib.mie.adapters.dataplane_on_moto import (
    ALLOWED_BUCKET,
    BUCKET,
    clients_of_their_own,
    dataplane,
)

from mie import aws
from mie.adapters.objects import BucketObjects
from mie.core.documents import SourceObject
from mie.core.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    TooLarge,
    TooManyRequests,
)

MIB = 1024**2


@pytest.fixture(scope="module", autouse=True)
def clients():
    with clients_of_their_own():
        yield


@pytest.fixture(params=["memory", "s3"])
def objects(request, monkeypatch):
    """The bucket, and an object of another one."""
    if request.param == "memory":
        yield ObjectsInMemory(BUCKET, {ALLOWED_BUCKET: {"a/v ö+1.mp4": b"video"}})
        return
    with dataplane(monkeypatch) as s3:
        s3.put_object(Bucket=ALLOWED_BUCKET, Key="a/v ö+1.mp4", Body=b"video")
        yield BucketObjects(BUCKET)


@pytest.fixture
def s3(monkeypatch):
    with dataplane(monkeypatch) as client:
        yield client


def test_what_was_put_is_got(objects):
    version = objects.put("k", b"{}")
    stored = objects.get("k")
    assert (stored.body, stored.version) == (b"{}", version)
    assert objects.get("other") is None


def test_an_object_that_is_too_large_is_not_read(objects):
    objects.put("k", b"{}")
    assert objects.get("k", 2).body == b"{}"
    with pytest.raises(TooLarge, match="2 bytes"):
        objects.get("k", 1)


def test_a_source_is_looked_for(objects):
    source = objects.source(ALLOWED_BUCKET, "a/v ö+1.mp4")
    assert (source.bucket, source.key, source.size) == (ALLOWED_BUCKET, "a/v ö+1.mp4", 5)
    with pytest.raises(NotFound):
        objects.source(ALLOWED_BUCKET, "none")


def test_a_deletion_counts_the_keys(objects):
    for key in ("a", "b", "c"):
        objects.put(key, b"")
    assert objects.delete(iter(["a", "b"])) == 2
    assert list(objects.keys("")) == ["c"]


def test_the_version_changes_with_the_content(objects):
    assert objects.put("k", b"1") != objects.put("k", b"2")
    assert objects.put("k", b"1") == objects.put("k", b"1")


def test_keys_are_those_of_the_prefix_in_order(objects):
    for key in ("p/b", "p/a", "p2", "q"):
        objects.put(key, b"{}")
    assert list(objects.keys("p/")) == ["p/a", "p/b"]
    assert list(objects.keys("none")) == []
    assert objects.first_key("p/") == "p/a"
    assert objects.first_key("none") is None


def test_more_objects_than_one_request_takes_are_listed_and_deleted(objects):
    for number in range(1_005):
        objects.put(f"p/{number}", b"")
    objects.put("q", b"")
    objects.delete(objects.keys("p/"))
    assert list(objects.keys("")) == ["q"]


def test_deleting_nothing_or_what_is_absent_is_fine(objects):
    objects.delete([])
    objects.delete(["none"])


def test_an_object_is_copied_from_another_bucket_and_from_its_own(objects):
    objects.copy_from(objects.source(ALLOWED_BUCKET, "a/v ö+1.mp4"), "copy")
    objects.copy_from(objects.source(BUCKET, "copy"), "copy of ö+1")
    assert objects.get("copy of ö+1").body == b"video"
    assert objects.get("copy").body == b"video"


@pytest.mark.parametrize(("bucket", "key"), [(BUCKET, "none"), (ALLOWED_BUCKET, "none")])
def test_a_source_that_is_not_there_is_not_found(objects, bucket, key):
    with pytest.raises(NotFound, match=f"{bucket}/none"):
        objects.source(bucket, key)
    with pytest.raises(NotFound, match=f"{bucket}/none"):
        objects.copy_from(SourceObject(bucket, key, '"etag"', 5, {}), "copy")
    assert objects.get("copy") is None


def test_a_large_source_is_copied_in_parts(s3):
    # S3 wants parts of 5 MiB, but for the last
    body = bytes(range(256)) * (13 * MIB // 256)
    s3.put_object(
        Bucket=ALLOWED_BUCKET, Key="v", Body=body, ContentType="video/mp4", Metadata={"a": "b"}
    )
    objects = BucketObjects(BUCKET, copied_in_one_piece=5 * MIB)
    objects.copy_from(objects.source(ALLOWED_BUCKET, "v"), "copy")
    copy = s3.get_object(Bucket=BUCKET, Key="copy")
    assert copy["Body"].read() == body
    assert copy["ETag"].strip('"').endswith("-3")
    assert (copy["ContentType"], copy["Metadata"]) == ("video/mp4", {"a": "b"})


def test_a_small_source_keeps_its_type(s3):
    s3.put_object(
        Bucket=ALLOWED_BUCKET, Key="v", Body=b"v", ContentType="video/mp4", Metadata={"a": "b"}
    )
    BucketObjects(BUCKET).copy_from(BucketObjects(BUCKET).source(ALLOWED_BUCKET, "v"), "copy")
    copy = s3.head_object(Bucket=BUCKET, Key="copy")
    assert (copy["ContentType"], copy["Metadata"]) == ("video/mp4", {"a": "b"})


class Refusing:
    """A client of S3 that answers one call as S3 does in a bad moment."""

    def __init__(self, operation, answer):
        self._operation = operation
        self._answer = answer

    def __getattr__(self, name):
        if name != self._operation:
            return getattr(self._real, name)
        return lambda *_, **__: self._answered()

    def _answered(self):
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def answering(monkeypatch, operation, answer):
    monkeypatch.setattr(aws, "client", lambda service: Refusing(operation, answer))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("403", Forbidden),
        ("400", BadRequest),
        ("412", Conflict),
        ("404", NotFound),
        ("405", NotFound),
        ("NoSuchBucket", NotFound),
        ("KMS.DisabledException", Forbidden),
        ("503", TooManyRequests),
        ("InvalidObjectState", Forbidden),
        ("500", ClientError),
    ],
)
def test_what_s3_says_of_a_source_is_told(monkeypatch, code, kind):
    answering(monkeypatch, "head_object", ClientError({"Error": {"Code": code}}, "HeadObject"))
    with pytest.raises(kind) as raised:
        BucketObjects(BUCKET).source("b", "k")
    assert kind is ClientError or "s3://b/k" in str(raised.value)
    answering(monkeypatch, "copy", ClientError({"Error": {"Code": code}}, "CopyObject"))
    with pytest.raises(kind) as raised:
        BucketObjects(BUCKET).copy_from(SourceObject("b", "k", '"etag"', 5, {}), "c")
    assert kind is ClientError or "s3://b/k" in str(raised.value)


def test_a_source_that_is_replaced_while_it_is_copied_is_a_conflict(monkeypatch):
    class Replaced:
        """S3 where the source has changed between the look at it and its copy."""

        def copy(self, source, bucket, target, ExtraArgs, Config):
            if ExtraArgs["CopySourceIfMatch"] != '"new"':
                raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "CopyObject")

    monkeypatch.setattr(aws, "client", lambda service: Replaced())
    with pytest.raises(Conflict, match="replaced"):
        BucketObjects(BUCKET).copy_from(SourceObject(ALLOWED_BUCKET, "v", '"old"', 5, {}), "copy")


def test_an_own_object_that_must_not_be_read_is_no_missing_object(monkeypatch):
    error = ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")
    answering(monkeypatch, "get_object", error)
    with pytest.raises(ClientError):
        BucketObjects(BUCKET).get("k")


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDenied", Malformed), ("SlowDown", TooManyRequests)]
)
def test_an_object_that_was_not_deleted_is_an_error(monkeypatch, code, kind):
    answering(monkeypatch, "delete_objects", {"Errors": [{"Key": "k", "Code": code}]})
    with pytest.raises(kind, match=f"k: {code}"):
        BucketObjects(BUCKET).delete(["k"])


def test_a_form_uploads_one_key_of_a_bounded_size_for_a_short_time(s3):
    form = BucketObjects(BUCKET).presign_post("upload/ö", "video/mp4", largest=10, seconds=60)
    assert form["url"] == f"https://{BUCKET}.s3.amazonaws.com/"
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert ["content-length-range", 0, 10] in policy["conditions"]
    assert {"Content-Type": "video/mp4"} in policy["conditions"]
    assert form["fields"]["Content-Type"] == "video/mp4"
    assert {"key": "upload/ö"} in policy["conditions"]
    assert {"bucket": BUCKET} in policy["conditions"]
    assert "x-amz-signature" in form["fields"]


def test_a_url_is_signed_for_one_object_and_a_short_time(s3):
    url = urlsplit(BucketObjects(BUCKET).presign_get("upload/a b", seconds=60))
    assert (url.netloc, url.path) == (f"{BUCKET}.s3.amazonaws.com", "/upload/a%20b")
    query = parse_qs(url.query)
    assert query["X-Amz-Expires"] == ["60"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", f"{BUCKET}.s3.amazonaws.com"),
        ("eu-west-1", f"{BUCKET}.s3.eu-west-1.amazonaws.com"),
    ],
)
def test_a_url_names_the_region_that_the_bucket_is_in(s3, monkeypatch, region, host):
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    with clients_of_their_own():
        assert urlsplit(BucketObjects(BUCKET).presign_get("k", seconds=60)).netloc == host
        assert BucketObjects(BUCKET).presign_post("k", "a/b", 1, 60)["url"] == f"https://{host}/"


def test_a_url_for_another_endpoint_holds_the_bucket_in_its_path(s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    with clients_of_their_own():
        url = BucketObjects(BUCKET).presign_get("k", seconds=60)
    assert url.startswith(f"http://localhost:4566/{BUCKET}/k?")
