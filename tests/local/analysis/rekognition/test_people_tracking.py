import numpy as np

from analysis.rekognition.people_tracking import Sighting, Tracker
from analysis.vision.boxes import Box


def sighting(place, look):
    """A face of 100 pixels whose descriptor has a distance of |look - other| to another."""
    return Sighting(Box(place, 0, place + 100, 100), np.array([look, 0.0], np.float32))


def numbers(*frames):
    """The numbers of faces, a frame each second."""
    tracker = Tracker()
    return [tracker.number(1_000 * second, faces) for second, faces in enumerate(frames)]


def test_people_are_numbered_as_they_appear():
    assert numbers([sighting(0, 0), sighting(500, 1)], [sighting(900, 2)]) == [[0, 1], [2]]


def test_a_person_who_moves_stays_the_same():
    assert numbers([sighting(0, 0)], [sighting(600, 0.3)]) == [[0], [0]]


def test_a_person_who_comes_back_is_known_by_the_face():
    assert numbers([sighting(0, 0)], [], [], [sighting(300, 0.2)]) == [[0], [], [], [0]]


def test_a_face_that_looks_different_in_the_same_place_is_the_same_person():
    assert numbers([sighting(0, 0)], [sighting(10, 0.55)]) == [[0], [0]]


def test_somebody_else_in_the_same_place_is_somebody_else():
    assert numbers([sighting(0, 0)], [sighting(0, 0.9)]) == [[0], [1]]


def test_a_place_says_nothing_after_a_while():
    assert numbers([sighting(0, 0)], [], [sighting(10, 0.55)]) == [[0], [], [1]]


def test_two_faces_of_a_frame_are_never_one_person():
    assert numbers([sighting(0, 0)], [sighting(0, 0.1), sighting(200, 0.1)]) == [[0], [0, 1]]


def test_two_people_who_change_places_keep_their_numbers():
    before, after = [sighting(0, 0), sighting(200, 1)], [sighting(0, 1), sighting(200, 0)]
    assert numbers(before, after) == [[0, 1], [1, 0]]
