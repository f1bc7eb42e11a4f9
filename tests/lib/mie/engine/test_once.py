"""A named request makes one execution and one asset, whatever becomes of its answers."""

import pytest
from tests.fakes.control_plane import World
from tests.fakes.crashes import Killed, die_at
from tests.fakes.definitions import SOURCE, define

from mie.core.errors import BadRequest, Conflict, Malformed, NotFound, TooManyRequests
from mie.core.request_tokens import named
from mie.engine import executions
from mie.engine.scheduling import fill_slots

BODY = {"Name": "wf", "Input": SOURCE}


@pytest.fixture
def world():
    world = World()
    define(world)
    return world


def create(world, body=BODY):
    return executions.create(world.execution_ports, body, named("execution", body, "t", 65))


def pass_time(world, seconds):
    for _ in range(seconds):
        world.clock()


def test_the_same_request_makes_one_execution(world):
    first = create(world)
    assert create(world) == first
    assert len(world.executions.items) == len(world.dataplane.assets) == 1


def test_the_answer_stays_what_it_was(world):
    first = create(world)
    executions.delete(world.execution_ports, first["Id"])
    assert create(world) == first
    assert not world.executions.items


def test_requests_without_a_token_are_never_the_same(world):
    ids = {executions.create(world.execution_ports, BODY)["Id"] for _ in range(2)}
    assert len(ids) == 2


def test_another_request_with_the_token_is_refused_and_makes_nothing(world):
    create(world)
    with pytest.raises(Conflict, match="ClientRequestToken"):
        create(world, {**BODY, "Configuration": {}})
    assert len(world.executions.items) == len(world.dataplane.assets) == 1


def test_a_refused_request_may_be_mended_with_the_same_token(world):
    with pytest.raises(BadRequest):
        create(world, {**BODY, "Name": "none"})
    with pytest.raises(NotFound):
        create(world, {"Name": "wf", "Input": {"AssetId": "none"}})
    assert create(world)["Status"] == "Queued"


@pytest.mark.parametrize(
    ("port", "effect"),
    [("dataplane", "create_asset"), ("executions", "create"), ("queue", "send")],
)
@pytest.mark.parametrize("before", [False, True])
def test_who_died_halfway_is_made_up_for(world, port, effect, before):
    die_at(world, port, effect, before=before)
    with pytest.raises(Killed):
        create(world)
    with pytest.raises(Conflict, match="being worked on"):
        create(world)
    pass_time(world, 66)
    made = create(world)
    assert list(world.executions.items) == [made["Id"]]
    assert list(world.dataplane.assets) == [made["AssetId"]]
    assert made["Id"] in world.queue.visible.values()
    assert create(world) == made


def test_what_goes_on_already_is_not_ended_by_a_queue_that_is_not_there(world):
    """Whoever made it died behind its message."""
    die_at(world, "tokens", "finish", before=True)
    with pytest.raises(Killed):
        create(world)
    fill_slots(world.worker_ports, 5)
    pass_time(world, 66)
    die_at(world, "queue", "send", before=True)
    assert create(world)["Status"] == "Started"


@pytest.mark.parametrize(
    "error", [Malformed("no answer"), TooManyRequests("slow"), OSError("cut"), Conflict("at it")]
)
def test_an_asset_whose_answer_got_lost_is_found_again(world, monkeypatch, error):
    make = world.dataplane.create_asset

    def lose(*arguments):
        make(*arguments)
        raise error

    monkeypatch.setattr(world.dataplane, "create_asset", lose)
    with pytest.raises(type(error)):
        create(world)
    monkeypatch.undo()
    made = create(world)
    assert list(world.dataplane.assets) == [made["AssetId"]]
    assert create(world) == made


def test_an_asset_that_was_taken_back_is_not_used(world):
    die_at(world, "executions", "create", before=True)
    with pytest.raises(Killed):
        create(world)
    world.dataplane.assets.clear()
    pass_time(world, 66)
    with pytest.raises(Conflict, match="send the request again"):
        create(world)
    made = create(world)
    assert list(world.dataplane.assets) == [made["AssetId"]]
