"""What is said of what was not looked for."""

from analysis.rekognition.celebrities import COLLECTION
from analysis.rekognition.examination import HEADER, celebrities_header, examination
from analysis.rekognition.face_collections import FaceCollections, StoredFace
from analysis.rekognition.video_kinds import KINDS


def face(identity, name):
    return StoredFace(identity, identity, name, {}, 99.0, "")


def test_the_categories_that_are_examined_and_the_others_are_named(tmp_path):
    found = examination(tmp_path)["moderation"]
    assert found["examined"] == ["Explicit"]
    assert {"Violence", "Alcohol", "Gambling", "Hate Symbols"} <= set(found["not_examined"])


def test_without_a_collection_nobody_is_known(tmp_path):
    assert examination(tmp_path)["celebrities"] == {"known_persons": 0}


def test_a_person_with_several_photographs_is_known_once(tmp_path):
    collections = FaceCollections(tmp_path)
    collections.create(COLLECTION)
    faces = (face("1", "Ada"), face("2", "Ada"), face("3", "Grace"), face("4", None))
    collections.change(COLLECTION, lambda _: faces)
    assert examination(tmp_path)["celebrities"] == {"known_persons": 2}


def test_answers_about_celebrities_say_who_is_not_looked_for():
    assert celebrities_header() == {HEADER: "Celebrities who are not in the collection celebrities"}
    partly = {kind.operation for kind in KINDS if HEADER in kind.headers()}
    assert partly == {"ContentModeration", "CelebrityRecognition"}
