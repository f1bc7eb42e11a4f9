"""One contract for the table of named requests and for its fake."""

import pytest
from tests.fakes.aws import CLAIM_TABLE, control_plane
from tests.fakes.disturbed_dynamodb import LOST, disturbed
from tests.fakes.request_tokens import RequestTokens

from mie.adapters.request_tokens import RequestTokenTable
from mie.core.errors import Conflict
from mie.core.request_tokens import SECONDS_KEPT, Named

PLAN, OTHER = {"Id": "e1", "Created": "1.5"}, {"Id": "e2", "Created": "2.5"}
REQUEST = Named("execution", "token", "digest", longest=65)


class Clock:
    now = 1_700_000_000.25

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["fake", "dynamodb"])
def tokens(request, clock):
    if request.param == "fake":
        yield RequestTokens(clock)
    else:
        with control_plane():
            holders = iter(range(100))
            yield RequestTokenTable(CLAIM_TABLE, clock, lambda: str(next(holders)))


def test_what_was_answered_is_answered_again(tokens):
    begun = tokens.begin(REQUEST, PLAN)
    assert (begun.plan, begun.again, begun.answer) == (PLAN, False, None)
    answer = {"Id": "e1", "Share": 0.25, "Text": "x" * 20_000, "Empty": None}
    tokens.finish(REQUEST, begun, answer)
    assert tokens.begin(REQUEST, OTHER).answer == answer


def test_a_token_stands_for_one_request(tokens):
    tokens.finish(REQUEST, tokens.begin(REQUEST, PLAN), {"Id": "e1"})
    with pytest.raises(Conflict, match="ClientRequestToken"):
        tokens.begin(Named("execution", "token", "another", longest=65), OTHER)
    # what else can be made has its own tokens
    assert tokens.begin(Named("asset", "token", "another", longest=65), OTHER).plan == OTHER


def test_nobody_works_on_a_request_beside_somebody_else(tokens, clock):
    tokens.begin(REQUEST, PLAN)
    clock.now += 64
    with pytest.raises(Conflict, match="being worked on"):
        tokens.begin(REQUEST, OTHER)


def test_who_died_is_taken_over_from_with_what_he_planned(tokens, clock):
    dead = tokens.begin(REQUEST, PLAN)
    clock.now += 66
    begun = tokens.begin(REQUEST, OTHER)
    assert (begun.plan, begun.again, begun.answer) == (PLAN, True, None)
    # he was slow, not dead
    tokens.forget(REQUEST, dead)
    tokens.finish(REQUEST, dead, {"Id": "late"})
    with pytest.raises(Conflict, match="being worked on"):
        tokens.begin(REQUEST, OTHER)
    tokens.finish(REQUEST, begun, {"Id": "e1"})
    assert tokens.begin(REQUEST, OTHER).answer == {"Id": "e1"}


def test_what_failed_may_be_asked_for_again(tokens):
    tokens.forget(REQUEST, tokens.begin(REQUEST, PLAN))
    assert tokens.begin(REQUEST, OTHER).plan == OTHER


def test_what_was_left_unsettled_is_gone_on_with_at_once(tokens):
    tokens.release(REQUEST, tokens.begin(REQUEST, PLAN))
    begun = tokens.begin(REQUEST, OTHER)
    assert (begun.plan, begun.again, begun.answer) == (PLAN, True, None)


def test_a_token_is_kept_for_a_day(tokens, clock):
    tokens.finish(REQUEST, tokens.begin(REQUEST, PLAN), {"Id": "e1"})
    clock.now += SECONDS_KEPT - 2
    assert tokens.begin(REQUEST, OTHER).answer == {"Id": "e1"}
    # whether DynamoDB has deleted it or not
    clock.now += 3
    assert tokens.begin(REQUEST, OTHER).plan == OTHER


def test_lost_answers_change_nothing(clock):
    holders = iter(range(100))
    with control_plane():
        tokens = RequestTokenTable(CLAIM_TABLE, clock, lambda: str(next(holders)))
        with disturbed([LOST] * 9):
            begun = tokens.begin(REQUEST, PLAN)
            assert not begun.again
            tokens.finish(REQUEST, begun, {"Id": "e1"})
        assert tokens.begin(REQUEST, OTHER).answer == {"Id": "e1"}
