"""Results that are uploaded, in memory."""

import itertools
import json

import pytest
from tests.lib.mie.engine.dataplane import asset, ports

from mie.core import transfers
from mie.core.errors import BadRequest, NotFound, TooLarge
from mie.engine import assets, metadata_reading, metadata_writing, uploads
from mie.engine.metadata_reading import Position
from mie.engine.metadata_writing import Page, Result


@pytest.fixture
def dataplane():
    return ports()


@pytest.fixture
def asset_id(dataplane):
    return asset(dataplane)


def upload(dataplane, asset_id, body, operator="op", workflow="w"):
    """Sends what a caller sends with the form; returns the upload's id."""
    form = uploads.form(dataplane, asset_id, operator, workflow)
    key = form["fields"]["key"]
    assert key.startswith(f"private/assets/{asset_id}/workflows/{workflow}/")
    assert form["fields"]["Content-Type"] == "application/json"
    dataplane.objects.bodies[key] = body if isinstance(body, bytes) else json.dumps(body).encode()
    return form["Upload"]


def register(dataplane, asset_id, upload_id, page=None, operator="op", workflow="w"):
    return uploads.register(dataplane, asset_id, upload_id, Result(operator, workflow, {}), page)


def read(dataplane, asset_id):
    return metadata_reading.read_one(dataplane, asset_id, "op", Position())["results"]


def test_what_was_uploaded_becomes_the_result_and_is_not_kept_twice(dataplane, asset_id):
    upload_id = upload(dataplane, asset_id, {"a": 1.5})
    with pytest.raises(NotFound):
        read(dataplane, asset_id)
    answer = register(dataplane, asset_id, upload_id)
    assert answer["Key"] == f"private/assets/{asset_id}/workflows/w/op.json"
    assert read(dataplane, asset_id) == {"a": 1.5}
    assert list(dataplane.objects.keys(f"private/assets/{asset_id}/workflows/")) == [answer["Key"]]


def test_pages_are_uploaded_or_sent_as_it_fits(dataplane, asset_id):
    register(dataplane, asset_id, upload(dataplane, asset_id, {"p": 0}), Page(0, last=False))
    metadata_writing.store_page(
        dataplane, asset_id, Result("op", "w", {"p": 1}), Page(1, last=False)
    )
    register(dataplane, asset_id, upload(dataplane, asset_id, {"p": 2}), Page(2, last=True))
    answer = metadata_reading.read_one(dataplane, asset_id, "op", Position())
    found = [answer["results"]["p"]]
    while "cursor" in answer:
        answer = metadata_reading.read_one(dataplane, asset_id, "op", Position(answer["cursor"]))
        found.append(answer["results"]["p"])
    assert found == [0, 1, 2]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b'"text"', b"\xff", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100_000],
)
def test_what_is_no_json_object_does_not_count(dataplane, asset_id, body):
    with pytest.raises(BadRequest, match=r"uploaded|Results"):
        register(dataplane, asset_id, upload(dataplane, asset_id, body))
    with pytest.raises(NotFound):
        read(dataplane, asset_id)


def test_what_is_larger_than_a_document_may_be_is_not_even_read(dataplane, asset_id):
    body = b'{"a": "' + b"x" * transfers.LARGEST_RESULT + b'"}'
    with pytest.raises(TooLarge, match="pages"):
        register(dataplane, asset_id, upload(dataplane, asset_id, body))


@pytest.mark.parametrize("other", [{"operator": "other"}, {"workflow": "other"}])
def test_an_upload_is_good_for_its_operator_and_execution_only(dataplane, asset_id, other):
    upload_id = upload(dataplane, asset_id, {})
    with pytest.raises(NotFound, match="uploaded"):
        register(dataplane, asset_id, upload_id, **other)
    with pytest.raises(NotFound, match="uploaded"):
        register(dataplane, asset(dataplane), upload_id)


@pytest.mark.parametrize("upload_id", ["", "../../op", "a/b"])
def test_an_id_of_an_upload_leads_nowhere_else(dataplane, asset_id, upload_id):
    with pytest.raises(BadRequest, match="uploaded"):
        register(dataplane, asset_id, upload_id)


def test_an_upload_is_registered_once(dataplane, asset_id):
    upload_id = upload(dataplane, asset_id, {"a": 1})
    register(dataplane, asset_id, upload_id)
    with pytest.raises(NotFound, match="already"):
        register(dataplane, asset_id, upload_id)
    assert read(dataplane, asset_id) == {"a": 1}


def test_an_unknown_asset_gets_no_form(dataplane):
    with pytest.raises(NotFound):
        uploads.form(dataplane, "none", "op", "w")


def test_what_is_registered_after_its_asset_is_gone_is_deleted(dataplane, asset_id):
    form = uploads.form(dataplane, asset_id, "op", "w")
    assets.delete(dataplane, asset_id)
    dataplane.objects.bodies[form["fields"]["key"]] = b"{}"
    with pytest.raises(NotFound):
        register(dataplane, asset_id, form["Upload"])
    assert list(dataplane.objects.bodies) == ["upload/v.mp4"]


def test_a_registration_that_dies_anywhere_can_be_repeated(dataplane, asset_id):
    """Dies before each write of the bucket in turn; the caller then begins again."""

    class Died(Exception):
        pass

    put, delete = dataplane.objects.put, dataplane.objects.delete
    for deadly in range(3):
        steps = itertools.count()

        def dying(step, deadly=deadly, steps=steps):
            def do(*arguments):
                if next(steps) == deadly:
                    raise Died
                return step(*arguments)

            return do

        dataplane.objects.put, dataplane.objects.delete = dying(put), dying(delete)
        upload_id = upload(dataplane, asset_id, {"p": deadly})
        with pytest.raises(Died):
            register(dataplane, asset_id, upload_id, Page(0, last=True))
        dataplane.objects.put, dataplane.objects.delete = put, delete
        register(dataplane, asset_id, upload_id, Page(0, last=True))
        assert read(dataplane, asset_id) == {"p": deadly}
    waiting = [key for key in dataplane.objects.bodies if "!uploads" in key]
    assert waiting == []


def test_a_deletion_of_the_operator_takes_uploads_that_were_never_registered(dataplane, asset_id):
    metadata_writing.store(dataplane, asset_id, Result("op", "w", {}))
    upload(dataplane, asset_id, {})
    metadata_writing.delete(dataplane, asset_id, "op")
    assert not list(dataplane.objects.keys(f"private/assets/{asset_id}/workflows/"))
