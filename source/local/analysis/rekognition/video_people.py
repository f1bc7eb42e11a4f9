"""Who is seen in a video: persons of a collection, and those whom the user has made known."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analysis.context import Context
from analysis.rekognition.celebrities import known_persons, recognize
from analysis.rekognition.face_collections import FaceCollections
from analysis.rekognition.face_matching import compared_face, search
from analysis.rekognition.geometry import Frame
from analysis.rekognition.people_tracking import Sighting, Tracker

if TYPE_CHECKING:
    from analysis.pictures import Picture

Request = Mapping[str, Any]
Look = Callable[[int, "Picture"], list[dict[str, Any]]]


def check_collection(context: Context, request: Request) -> None:
    """Raises ResourceNotFoundException when the collection of a request is not there."""
    FaceCollections(context.state).get(request["CollectionId"])


def search_faces(context: Context, request: Request) -> Look:
    """A look that finds all faces, each with its person's number and its matches, if any.

    The box of a whole person is not known, and is left out.
    """
    from analysis.vision.descriptors import find_faces_with_descriptors

    collection = FaceCollections(context.state).get(request["CollectionId"])
    tracker = Tracker()

    def look(time: int, picture: "Picture") -> list[dict[str, Any]]:
        frame = Frame(picture.width, picture.height)
        found = find_faces_with_descriptors(context.models, picture)
        sightings = [Sighting(one.face.box, one.descriptor) for one in found]
        items = []
        for number, one in zip(tracker.number(time, sightings), found, strict=True):
            person = {"Index": number, "Face": compared_face(one.face, frame)}
            matches = search(collection, one.descriptor, request)
            items.append({"Person": person, **({"FaceMatches": matches} if matches else {})})
        return items

    return look


def nobody_is_known(context: Context) -> bool:
    """Whether there is nobody to recognize."""
    known = known_persons(FaceCollections(context.state))
    return known is None or not known.faces


def recognize_known(context: Context, _request: Request) -> Look:
    """A look that finds the faces of persons whom the user has made known."""
    from analysis.vision.descriptors import find_faces_with_descriptors

    known = known_persons(FaceCollections(context.state))

    def look(_time: int, picture: "Picture") -> list[dict[str, Any]]:
        frame = Frame(picture.width, picture.height)
        items = []
        for one in find_faces_with_descriptors(context.models, picture):
            person = recognize(known, one.descriptor)
            if person is not None:
                confidence = person.pop("MatchConfidence")
                face = compared_face(one.face, frame)
                items.append({"Celebrity": {**person, "Confidence": confidence, "Face": face}})
        return items

    return look
