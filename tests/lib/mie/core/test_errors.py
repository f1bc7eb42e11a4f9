"""The wordings that clients of the APIs match on."""

from mie.core.errors import AlreadyExists, Conflict, MieError, NotFound


def test_what_is_not_found_is_named_with_its_kind():
    assert str(NotFound.named("stage", "Analysis")) == "Exception: stage 'Analysis' not found"


def test_a_taken_name_is_a_conflict():
    error = AlreadyExists("operation", "labels")
    assert str(error) == "A operation with the name 'labels' already exists"
    assert isinstance(error, Conflict)
    assert isinstance(error, MieError)
