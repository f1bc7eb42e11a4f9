"""The operations on collections of faces."""

from collections.abc import Mapping
from typing import Any

from analysis.aws_json import Function, Request
from analysis.context import Context
from analysis.faults import ServiceError
from analysis.pages import page
from analysis.rekognition import indexing
from analysis.rekognition.face_collections import (
    ARN,
    FACE_MODEL_VERSION,
    FaceCollections,
    StoredFace,
)
from analysis.rekognition.face_detection import wanted
from analysis.rekognition.face_matching import no_faces, search
from analysis.rekognition.sight import Sight

# the services' own page size, where a request names none
_A_PAGE = 4_096


def collection_operations(
    context: Context, sight: Sight, collections: FaceCollections
) -> dict[str, Function]:
    """The functions by the operation; modules of vision are imported when they are called."""

    def index(request: Request) -> Mapping[str, Any]:
        # refused before the picture is looked at
        collections.get(request["CollectionId"])
        attributes = bool(wanted(request.get("DetectionAttributes", ())))
        with sight.picture(request["Image"]) as (picture, frame):
            from analysis.vision.descriptors import find_faces_with_descriptors

            found = find_faces_with_descriptors(context.models, picture, attributes)
        kept, left = indexing.choose(found, request)
        stored = indexing.stored_faces(kept, frame, request.get("ExternalImageId"))
        collections.change(request["CollectionId"], lambda faces: faces + stored)
        return {
            "FaceRecords": indexing.records(stored, kept, frame, request),
            "FaceModelVersion": FACE_MODEL_VERSION,
            "UnindexedFaces": indexing.unindexed(left, frame, request),
        }

    def search_by_image(request: Request) -> Mapping[str, Any]:
        collection = collections.get(request["CollectionId"])
        with sight.picture(request["Image"]) as (picture, frame):
            from analysis.vision.descriptors import find_faces_with_descriptors

            found = find_faces_with_descriptors(context.models, picture)
        found = indexing.good_enough(found, request)
        if not found:
            raise no_faces("image")
        searched = found[0]
        return {
            "SearchedFaceBoundingBox": frame.box(searched.face.box),
            "SearchedFaceConfidence": searched.face.score * 100,
            "FaceMatches": search(collection, searched.descriptor, request),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    def search_by_face(request: Request) -> Mapping[str, Any]:
        collection = collections.get(request["CollectionId"])
        face = collection.find(request["FaceId"])
        if face is None:
            text = f"faceId {request['FaceId']} was not found in the collection"
            raise ServiceError("InvalidParameterException", text)
        context.models.require_packages("vision")
        return {
            "SearchedFaceId": face.id,
            "FaceMatches": search(collection, face.numbers, request, besides=face.id),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    return {
        **_keeping(collections),
        "IndexFaces": index,
        "SearchFaces": search_by_face,
        "SearchFacesByImage": search_by_image,
    }


def _keeping(collections: FaceCollections) -> dict[str, Function]:
    """The operations that need no model."""

    def create(request: Request) -> Mapping[str, Any]:
        collection = collections.create(request["CollectionId"])
        return {
            "StatusCode": 200,
            "CollectionArn": ARN.format(collection.id),
            "FaceModelVersion": collection.model,
        }

    def list_all(request: Request) -> Mapping[str, Any]:
        shown, token = _page(request, collections.list(), "collections")
        return {
            "CollectionIds": [collection.id for collection in shown],
            "FaceModelVersions": [collection.model for collection in shown],
            **token,
        }

    def describe(request: Request) -> Mapping[str, Any]:
        collection = collections.get(request["CollectionId"])
        return {
            "FaceCount": len(collection.faces),
            "FaceModelVersion": collection.model,
            "CollectionARN": ARN.format(collection.id),
            "CreationTimestamp": collection.created,
            "UserCount": 0,
        }

    def delete(request: Request) -> Mapping[str, Any]:
        collections.delete(request["CollectionId"])
        return {"StatusCode": 200}

    def list_faces(request: Request) -> Mapping[str, Any]:
        if "UserId" in request:
            raise ServiceError("ResourceNotFoundException", "Collections have no users here")
        collection = collections.get(request["CollectionId"])
        asked = set(request.get("FaceIds", ()))
        faces = [face for face in collection.faces if not asked or face.id in asked]
        shown, token = _page(request, faces, f"faces of {collection.id}")
        documents = [face.document() for face in shown]
        return {"Faces": documents, "FaceModelVersion": collection.model, **token}

    def delete_faces(request: Request) -> Mapping[str, Any]:
        asked = dict.fromkeys(request["FaceIds"])
        deleted: list[str] = []

        def without(faces: tuple[StoredFace, ...]) -> tuple[StoredFace, ...]:
            there = {face.id for face in faces}
            deleted.extend(one for one in asked if one in there)
            return tuple(face for face in faces if face.id not in asked)

        collections.change(request["CollectionId"], without)
        failures = [
            {"FaceId": one, "Reasons": ["FACE_NOT_FOUND"]} for one in asked if one not in deleted
        ]
        return {"DeletedFaces": deleted, "UnsuccessfulFaceDeletions": failures}

    return {
        "CreateCollection": create,
        "ListCollections": list_all,
        "DescribeCollection": describe,
        "DeleteCollection": delete,
        "ListFaces": list_faces,
        "DeleteFaces": delete_faces,
    }


def _page(request: Request, items: list[Any], belongs_to: str) -> tuple[list[Any], dict[str, str]]:
    invalid = ServiceError("InvalidPaginationTokenException", "Pagination token is invalid")
    size = request.get("MaxResults", _A_PAGE) or _A_PAGE
    shown, token = page(items, size, request.get("NextToken"), belongs_to, invalid)
    return shown, {} if token is None else {"NextToken": token}
