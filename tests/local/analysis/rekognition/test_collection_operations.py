"""Collections as an SDK client sees them, as far as no model is needed."""

import pytest
from botocore.exceptions import ClientError

from analysis.rekognition.collection_operations import collection_operations
from analysis.rekognition.face_collections import FaceCollections, StoredFace


def face(number, name=None):
    identity = f"{number:08d}-0000-0000-0000-000000000000"
    return StoredFace(identity, identity, name, {"Left": 0.5}, 99.0, "")


FACE = face(0)


@pytest.fixture
def collections(tmp_path):
    return FaceCollections(tmp_path)


@pytest.fixture
def client(serve, collections):
    with serve(collection_operations(None, None, collections)) as caller:
        yield caller.sdk()


def test_a_collection_is_there_until_it_is_deleted(client):
    made = client.create_collection(CollectionId="staff")
    assert made["CollectionArn"].endswith(":collection/staff")
    assert client.list_collections()["CollectionIds"] == ["staff"]
    described = client.describe_collection(CollectionId="staff")
    assert described["FaceCount"] == 0
    assert described["FaceModelVersion"] == made["FaceModelVersion"]
    client.delete_collection(CollectionId="staff")
    assert client.list_collections()["CollectionIds"] == []


def test_a_second_one_of_that_id_is_refused(client):
    client.create_collection(CollectionId="staff")
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException, match="staff"):
        client.create_collection(CollectionId="staff")


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("describe_collection", {}),
        ("delete_collection", {}),
        ("list_faces", {}),
        ("delete_faces", {"FaceIds": [FACE.id]}),
        ("search_faces", {"FaceId": FACE.id}),
        ("search_faces_by_image", {"Image": {"Bytes": b"x"}}),
        ("index_faces", {"Image": {"Bytes": b"x"}}),
    ],
)
def test_one_that_is_not_there_is_not_found(client, operation, request_):
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="does not exist"):
        getattr(client, operation)(CollectionId="nobody", **request_)


@pytest.mark.parametrize("name", ["..", ".", "a" * 255, "A.b_c-1"])
def test_every_id_that_the_service_allows_is_one(client, name):
    client.create_collection(CollectionId=name)
    assert client.list_collections()["CollectionIds"] == [name]


@pytest.mark.parametrize("name", ["", "a/b", "a b", "a" * 256])
def test_any_other_is_refused(client, name):
    with pytest.raises(ClientError, match=r"ValidationException.*[cC]ollectionId"):
        client.create_collection(CollectionId=name)


def test_ids_that_differ_in_case_are_two(client):
    client.create_collection(CollectionId="Staff")
    client.create_collection(CollectionId="staff")
    assert client.list_collections()["CollectionIds"] == ["Staff", "staff"]


def test_faces_are_listed_page_by_page(client, collections):
    client.create_collection(CollectionId="staff")
    collections.change("staff", lambda _: tuple(face(n) for n in range(5)))
    seen, token = [], {}
    while True:
        answer = client.list_faces(CollectionId="staff", MaxResults=2, **token)
        seen.append([one["FaceId"][:8] for one in answer["Faces"]])
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert seen == [["00000000", "00000001"], ["00000002", "00000003"], ["00000004"]]
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.list_faces(CollectionId="staff", NextToken="forged")


def test_faces_are_deleted_by_their_ids(client, collections):
    client.create_collection(CollectionId="staff")
    collections.change("staff", lambda _: (face(1), face(2, "Ada")))
    gone = client.delete_faces(CollectionId="staff", FaceIds=[face(1).id, face(9).id])
    assert gone["DeletedFaces"] == [face(1).id]
    assert gone["UnsuccessfulFaceDeletions"] == [
        {"FaceId": face(9).id, "Reasons": ["FACE_NOT_FOUND"]}
    ]
    [left] = client.list_faces(CollectionId="staff")["Faces"]
    assert (left["FaceId"], left["ExternalImageId"]) == (face(2).id, "Ada")


def test_a_face_that_is_not_in_the_collection_cannot_be_searched_for(client):
    client.create_collection(CollectionId="staff")
    with pytest.raises(client.exceptions.InvalidParameterException, match="was not found"):
        client.search_faces(CollectionId="staff", FaceId=FACE.id)


def test_collections_are_there_after_a_restart(client, tmp_path):
    client.create_collection(CollectionId="staff")
    assert [one.id for one in FaceCollections(tmp_path).list()] == ["staff"]


def test_two_who_change_a_collection_at_once_lose_nothing(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    FaceCollections(tmp_path).create("staff")

    def add(number):
        FaceCollections(tmp_path).change("staff", lambda faces: (*faces, face(number)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(FaceCollections(tmp_path).get("staff").faces) == 40
