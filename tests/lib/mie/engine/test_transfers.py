"""Places of media, in memory. Which keys are allowed is shown in tests of core and of routes."""

import pytest
from tests.lib.mie.engine.dataplane import BUCKET, asset, ports

from mie.core import transfers as places
from mie.core.errors import BadRequest, Forbidden, NotFound
from mie.engine import transfers


class Recording:
    """A bucket that remembers what it was asked to sign."""

    def __init__(self):
        self.bucket = BUCKET
        self.signed = []

    def presign_post(self, key, content_type, largest, seconds):
        self.signed.append((key, content_type, largest, seconds))
        return {"url": "u", "fields": {}}

    def presign_get(self, key, seconds):
        self.signed.append((key, seconds))
        return "u"


@pytest.fixture
def dataplane():
    signing = ports()
    object.__setattr__(signing, "objects", Recording())
    return signing


def test_an_upload_is_signed_for_its_key_five_gibibytes_and_a_quarter_of_an_hour(dataplane):
    assert transfers.upload(dataplane, BUCKET, "upload/v") == {"url": "u", "fields": {}}
    assert dataplane.objects.signed == [("upload/v", "application/octet-stream", 5 * 1024**3, 900)]


def test_a_download_is_signed_for_its_key_and_a_quarter_of_an_hour(dataplane):
    assert transfers.download(dataplane, BUCKET, "private/assets/a/input/v") == "u"
    assert dataplane.objects.signed == [("private/assets/a/input/v", places.URL_SECONDS)]


@pytest.mark.parametrize("sign", [transfers.upload, transfers.download])
@pytest.mark.parametrize(("bucket", "key"), [("other", "upload/v"), (BUCKET, "v")])
def test_what_is_refused_is_not_signed(dataplane, sign, bucket, key):
    with pytest.raises(Forbidden):
        sign(dataplane, bucket, key)
    assert dataplane.objects.signed == []


def test_derived_media_have_a_place_below_their_asset():
    dataplane = ports()
    asset_id = asset(dataplane)
    assert transfers.path(dataplane, asset_id, "w") == {
        "S3Bucket": BUCKET,
        "S3Key": f"private/assets/{asset_id}/workflows/w/",
    }


def test_derived_media_of_nothing_have_no_place():
    dataplane = ports()
    with pytest.raises(NotFound):
        transfers.path(dataplane, "none", "w")
    with pytest.raises(BadRequest, match="workflow_id"):
        transfers.path(dataplane, asset(dataplane), "a/b")
