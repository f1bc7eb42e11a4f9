"""Which objects a signed URL may open."""

import pytest

from mie.core import result_pages, transfers
from mie.core.errors import BadRequest, Forbidden

BUCKET = "dataplane"
CHECKS = [transfers.check_upload, transfers.check_download]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "key", ["upload/v.mp4", "public/upload/a b.jpg", "upload/ü/😀", "upload/..a"]
)
def test_uploads_go_to_the_staging_areas_and_can_be_read_there(check, key):
    assert check(BUCKET, key, BUCKET) is None


@pytest.mark.parametrize(
    "key",
    [
        "private/assets/a/input/v.mp4",
        "private/assets/a/workflows/w/labels.json",
        "private/assets/a/workflows/w/captions/de.vtt",
    ],
)
def test_what_belongs_to_an_asset_can_be_read_and_not_written(key):
    assert transfers.check_download(BUCKET, key, BUCKET) is None
    with pytest.raises(Forbidden, match=r"^S3Key: uploads go below upload/, public/ only"):
        transfers.check_upload(BUCKET, key, BUCKET)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("bucket", ["other", "", "dataplane2", "DATAPLANE"])
def test_no_other_bucket_is_opened(check, bucket):
    with pytest.raises(Forbidden, match=r"^S3Bucket: "):
        check(bucket, "upload/v.mp4", BUCKET)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "key", ["", "v.mp4", "upload", "upload/", "/upload/v", "access_logs/x", "Upload/v"]
)
def test_no_other_place_is_opened(check, key):
    with pytest.raises(Forbidden, match=r"^S3Key: "):
        check(BUCKET, key, BUCKET)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(
    "key",
    [
        "upload/../private/assets/a",
        "upload/./v",
        "upload/..",
        "upload/" + "k" * 1_024,
        "upload/\ud800",
    ],
)
def test_a_key_that_would_mean_something_else_is_a_bad_request(check, key):
    with pytest.raises(BadRequest, match=r"^S3Key: "):
        check(BUCKET, key, BUCKET)


def test_pages_and_their_manifest_are_read_through_the_metadata_route():
    prefix = result_pages.generation_prefix("a", "w", "labels", 1)
    for key in (result_pages.numbered_key(prefix, 0), result_pages.manifest_key(prefix)):
        with pytest.raises(Forbidden, match="GET /metadata"):
            transfers.check_download(BUCKET, key, BUCKET)


@pytest.mark.parametrize(
    ("key", "wanted", "bound_to"),
    [
        ("upload/v.mp4", None, "video/mp4"),
        ("upload/V.JPG", None, "image/jpeg"),
        ("upload/a.json", None, "application/json"),
        ("upload/none", None, "application/octet-stream"),
        ("upload/v.mp4", "audio/mp4", "audio/mp4"),
        ("upload/v", "application/vnd.a+json", "application/vnd.a+json"),
    ],
)
def test_an_upload_has_the_type_that_is_wanted_or_that_its_key_tells(key, wanted, bound_to):
    assert transfers.content_type(key, wanted) == bound_to


@pytest.mark.parametrize(
    "wanted", ["", "mp4", "/mp4", "video/", "Video/mp4", "a/b\n", "a/b c", "ä/b"]
)
def test_what_is_no_type_is_refused(wanted):
    with pytest.raises(BadRequest, match="ContentType"):
        transfers.content_type("upload/v.mp4", wanted)
