"""Copying behind a request, on an S3 that is as strict as S3 and keeps no byte."""

from dataclasses import replace
from itertools import count

import pytest
from botocore.exceptions import ClientError
from tests.fakes.assets import AssetsInMemory
from tests.fakes.crashes import Killed
from tests.fakes.object_parts import Copies, S3OfParts, Waiting
from tests.fakes.request_tokens import RequestTokens

from mie import aws
from mie.adapters.object_parts import ObjectParts
from mie.adapters.objects import BucketObjects
from mie.core.copies import Copy, CopyRequest
from mie.core.errors import BadRequest, Conflict, Forbidden, NotFound
from mie.engine import assets, copies, locks, metadata_reading, metadata_writing, uploads
from mie.engine.assets import Source
from mie.engine.metadata_reading import Position
from mie.engine.metadata_writing import Page, Result
from mie.engine.ports import CopyPorts, DataPorts

BUCKET, TEAM = "dataplane", "team-media"
SIZE = 50 * 10**9
PARTS = 187


class World:
    """A data plane with a source of 50 GB in another bucket."""

    def __init__(self):
        self.s3 = S3OfParts()
        self.s3.sources[TEAM, "v.mp4"] = ('"etag"', SIZE)
        self.assets = AssetsInMemory()
        self.queue, self.waiting = Copies(), Waiting()
        self.now = 1_000_000.0
        numbers = count()
        self.ports = DataPorts(
            assets=self.assets,
            objects=BucketObjects(BUCKET),
            parts=ObjectParts(BUCKET),
            copies=self.queue,
            most_at_once=1024**3,
            clock=lambda: self.now,
            new_id=lambda: f"id-{next(numbers)}",
            new_secret=lambda: "secret",
            tokens=RequestTokens(lambda: self.now),
            external_buckets=("team-*",),
        )
        self.worker = CopyPorts(
            assets=self.assets,
            objects=self.ports.objects,
            parts=self.ports.parts,
            copies=self.queue,
            waiting=self.waiting,
            clock=lambda: self.now,
        )

    def create(self):
        return assets.create(self.ports, Source(TEAM, "v.mp4", "Video"))

    def work(self, deadline=float("inf")):
        """One message is dealt with; a minute has passed since it was sent."""
        request, _ = self.queue.requests.pop(0)
        self.now += 60
        copies.go_on(self.worker, request, deadline)

    def state(self, asset_id):
        return metadata_reading.read_all(self.ports, asset_id, Position())["results"]


@pytest.fixture
def world(monkeypatch):
    world = World()
    monkeypatch.setattr(aws, "client", lambda service: world.s3)
    return world


@pytest.fixture
def asset(world):
    return world.create()["AssetId"]


def target(asset_id):
    return BUCKET, f"private/assets/{asset_id}/input/v.mp4"


def left(world):
    """What a copy must not leave behind."""
    return world.s3.uploads, world.s3.objects, world.queue.requests


def test_fifty_gigabytes_are_registered_at_once_and_copied_behind_the_request(world):
    created = world.create()
    asset_id = created["AssetId"]
    doing = {"State": "Copying", "Message": "copying s3://team-media/v.mp4 (50.0 GB)"}
    assert created == {
        "AssetId": asset_id,
        "S3Bucket": BUCKET,
        "S3Key": target(asset_id)[1],
        "MediaType": "Video",
        **doing,
    }
    assert world.s3.copied == []
    assert world.state(asset_id).items() >= doing.items()
    world.work()
    copied = world.s3.objects[target(asset_id)]
    assert copied["size"] == SIZE
    assert sorted(world.s3.copied) == list(range(1, PARTS + 1))
    assert copied["described"] == {"ContentType": "video/mp4", "Metadata": {"a": "b"}}
    assert world.state(asset_id)["State"] == "Ready"
    assert "Message" not in world.state(asset_id)
    assert (world.s3.uploads, world.queue.requests) == ({}, [])
    assert world.waiting.told == [asset_id]


def test_the_message_comes_before_the_asset_and_waits_for_it(world):
    """Between the two the request may die, and then nothing is left."""
    request = CopyRequest("id-0", world.now)
    copies.go_on(world.worker, request, float("inf"))
    ((again, delay),) = world.queue.requests
    assert (again, delay > 0) == (request, True)
    world.work()
    assert world.queue.requests == []
    assert world.s3.uploads == {}


def test_an_asset_whose_message_cannot_be_sent_is_not_made(world):
    def refuse(request, delay=0):
        raise RuntimeError("no queue today")

    world.queue.send = refuse
    with pytest.raises(RuntimeError):
        world.create()
    assert world.assets.items == {}


def test_a_copy_goes_on_where_time_was_up(world, asset):
    begun = count()

    def tick(number):
        world.now += 1 if next(begun) < 40 else 0

    world.s3.before_part = tick
    world.work(world.now + 60 + 40)
    first = set(world.s3.copied)
    # those that were begun beside the last one are done as well
    assert 40 <= len(first) <= 40 + aws.S3_CONNECTIONS
    assert world.state(asset)["State"] == "Copying"
    assert world.waiting.told == []
    assert len(world.queue.requests) == 1
    world.work()
    assert world.s3.objects[target(asset)]["size"] == SIZE
    assert len(world.s3.copied) == PARTS


def test_a_worker_that_is_killed_loses_only_what_it_was_at(world, asset):
    begun = count()

    def kill(number):
        if next(begun) >= 100:
            raise Killed

    world.s3.before_part = kill
    (message,) = world.queue.requests
    with pytest.raises(Killed):
        world.work()
    assert 0 < len(world.s3.copied) <= 100
    world.s3.before_part = lambda number: None
    world.queue.requests = [message]
    world.work()
    assert world.s3.objects[target(asset)]["size"] == SIZE
    assert len(world.s3.copied) == PARTS


@pytest.mark.parametrize("killed_at", ["complete", "ready", "told"])
def test_a_worker_that_is_killed_at_the_end_is_followed_by_one_that_ends_it(
    world, asset, killed_at, monkeypatch
):
    def die(*_, **__):
        raise Killed

    place = {
        "complete": (world.s3, "complete_multipart_upload"),
        "ready": (world.assets, "set_copy"),
        "told": (world.waiting, "tell"),
    }[killed_at]
    world.work(world.now)
    (message,) = world.queue.requests
    with monkeypatch.context() as dying:
        dying.setattr(*place, die)
        with pytest.raises(Killed):
            world.work()
    world.queue.requests = [message]
    while world.queue.requests:
        world.work()
    assert world.s3.objects[target(asset)]["size"] == SIZE
    assert world.state(asset)["State"] == "Ready"
    assert world.waiting.told == [asset]
    assert len(world.s3.copied) == PARTS


def test_a_message_that_comes_twice_does_nothing_twice(world, asset):
    (message,) = world.queue.requests
    world.work()
    world.queue.requests = [message]
    world.work()
    assert len(world.s3.copied) == PARTS
    assert world.waiting.told == [asset, asset]


def test_two_workers_of_one_copy_agree_on_an_upload(world, asset):
    (message,) = world.queue.requests
    set_copy = world.assets.set_copy

    def other_first(*arguments):
        world.assets.set_copy = set_copy
        copies.go_on(world.worker, message[0], 0.0)
        return set_copy(*arguments)

    world.assets.set_copy = other_first
    world.work()
    assert len(world.s3.uploads) == 1
    while world.queue.requests:
        world.work()
    assert world.s3.objects[target(asset)]["size"] == SIZE
    assert world.s3.uploads == {}


def test_a_worker_whose_copy_was_completed_by_another_is_content(world, asset):
    (message,) = world.queue.requests
    met = []

    def other_ends(number):
        if not met:
            met.append(number)
            copies.go_on(world.worker, message[0], float("inf"))

    world.s3.before_part = other_ends
    world.work()
    assert world.state(asset)["State"] == "Ready"
    assert world.s3.objects[target(asset)]["size"] == SIZE
    assert world.s3.uploads == {}


def test_an_upload_that_s3_has_given_up_is_begun_anew(world, asset):
    world.work(world.now)
    world.s3.uploads.clear()
    world.work()
    world.work()
    assert world.s3.objects[target(asset)]["size"] == SIZE
    assert world.state(asset)["State"] == "Ready"


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (lambda sources: sources.update({(TEAM, "v.mp4"): ('"other"', SIZE)}), Conflict, "replace"),
        (dict.clear, NotFound, "does not exist"),
    ],
)
@pytest.mark.parametrize("at", [0, 100])
def test_a_source_that_changes_or_goes_fails_the_copy_and_leaves_nothing(
    world, asset, change, kind, words, at
):
    begun = count()

    def meanwhile(number):
        if next(begun) == at:
            change(world.s3.sources)

    world.s3.before_part = meanwhile
    if at == 0:
        change(world.s3.sources)
    world.work()
    state = world.state(asset)
    assert state["State"] == "Failed"
    assert words in state["Message"]
    assert "s3://team-media/v.mp4" in state["Message"]
    assert left(world) == ({}, {}, [])
    assert world.waiting.told == [asset]
    assert assets.delete(world.ports, asset)["AssetId"] == asset
    assert world.assets.items == {}


def refusing(code):
    def refuse(**_):
        raise ClientError({"Error": {"Code": code}}, "UploadPartCopy")

    return refuse


def test_an_s3_that_is_busy_is_asked_again_later(world, asset, monkeypatch):
    with monkeypatch.context() as busy:
        busy.setattr(world.s3, "upload_part_copy", refusing("SlowDown"))
        world.work()
    ((_, delay),) = world.queue.requests
    assert delay > 0
    assert world.state(asset)["State"] == "Copying"
    world.work()
    assert world.state(asset)["State"] == "Ready"


def test_what_may_pass_is_raised_and_given_up_in_the_end(world, asset, monkeypatch):
    (message,) = world.queue.requests
    monkeypatch.setattr(world.s3, "upload_part_copy", refusing("InternalError"))
    with pytest.raises(ClientError):
        world.work()
    assert world.state(asset)["State"] == "Copying"
    copies.give_up(world.worker, message[0], "the copy failed 5 times")
    assert world.state(asset)["Message"] == "the copy failed 5 times"
    assert world.s3.uploads == {}
    assert world.waiting.told == [asset]


@pytest.mark.parametrize("at", ["before", "between", "during", "complete", "ready"])
def test_deleting_an_asset_stops_its_copy_and_leaves_nothing(world, asset, at, monkeypatch):
    (message,) = world.queue.requests
    deleted = []

    def delete():
        if not deleted:
            deleted.append(assets.delete(world.ports, asset))

    def deleting_first(call):
        def wrapped(*arguments, **named):
            delete()
            return call(*arguments, **named)

        return wrapped

    if at == "before":
        delete()
    elif at == "between":
        world.work(world.now)
        delete()
    elif at == "during":
        world.s3.before_part = lambda number: delete() if number == 50 else None
    elif at == "complete":
        complete = world.s3.complete_multipart_upload
        monkeypatch.setattr(world.s3, "complete_multipart_upload", deleting_first(complete))
    else:
        world.work(world.now)
        monkeypatch.setattr(world.assets, "set_copy", deleting_first(world.assets.set_copy))
    while world.queue.requests:
        world.work()
    assert deleted
    assert left(world) == ({}, {}, [])
    assert world.assets.items == {}
    # and when its message comes again
    copies.go_on(world.worker, message[0], float("inf"))
    assert left(world) == ({}, {}, [])


def test_an_object_that_a_killed_worker_completed_behind_a_deletion_goes_too(
    world, asset, monkeypatch
):
    complete = world.s3.complete_multipart_upload
    (message,) = world.queue.requests

    def die_behind_the_deletion(**named):
        complete(**named)
        done = dict(world.s3.objects)
        assets.delete(world.ports, asset)
        world.s3.objects.update(done)
        raise Killed

    monkeypatch.setattr(world.s3, "complete_multipart_upload", die_behind_the_deletion)
    with pytest.raises(Killed):
        world.work()
    assert world.s3.objects
    world.queue.requests = [message]
    world.work()
    assert left(world) == ({}, {}, [])


def test_nothing_is_stored_for_an_asset_before_its_object_is_there(world, asset):
    result = Result("op", "w", {"a": 1})
    for store in (
        lambda: metadata_writing.store(world.ports, asset, result),
        lambda: metadata_writing.store_page(world.ports, asset, result, Page(0, last=True)),
        lambda: uploads.form(world.ports, asset, "op", "w"),
    ):
        with pytest.raises(Conflict, match="still being copied"):
            store()
    world.s3.sources.clear()
    world.work()
    with pytest.raises(Conflict, match=r"could not be copied: .*does not exist"):
        metadata_writing.store(world.ports, asset, result)


def test_an_asset_that_is_copied_is_listed_and_can_be_checked_out(world, asset):
    assert list(world.assets.ids()) == [asset]
    assert locks.checkout(world.ports, asset, "ada")["LockedBy"] == "ada"
    world.work()
    assert world.state(asset)["State"] == "Ready"


def test_a_source_that_is_not_there_is_refused_in_the_request(world):
    world.s3.sources.clear()
    with pytest.raises(NotFound):
        world.create()
    assert world.assets.items == {}
    assert world.queue.requests == []


@pytest.mark.parametrize("kind", [BadRequest, Forbidden])
def test_a_refusal_of_s3_ends_the_copy(world, asset, kind, monkeypatch):
    code = {BadRequest: "KeyTooLongError", Forbidden: "AccessDenied"}[kind]
    monkeypatch.setattr(world.s3, "upload_part_copy", refusing(code))
    world.work()
    assert world.state(asset)["State"] == "Failed"
    assert world.s3.uploads == {}


def test_a_failed_copy_that_another_worker_finished_stays_finished(world, asset):
    (message,) = world.queue.requests
    world.work()
    copies.give_up(world.worker, message[0], "late")
    assert world.state(asset)["State"] == "Ready"
    item = world.assets.get(asset)
    stale = replace(Copy.of_item(item), state="Copying")
    assert not world.assets.set_copy(asset, replace(stale, state="Failed"), stale)
