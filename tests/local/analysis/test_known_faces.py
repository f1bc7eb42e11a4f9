"""Who is who: two persons on the sample photographs, and more photographs of each.

The further photographs are made of the samples: cut, mirrored and turned, and small and dark.
Where the models are not installed, these tests are skipped.
"""

import subprocess
from pathlib import Path

import pytest
import urllib3
from botocore.exceptions import ClientError
from tests.local.analysis.running_server import (
    MODELS,
    PYTHON,
    SAMPLES,
    client_of,
    running,
    skip_unless_installed,
)

pytestmark = pytest.mark.models

NO_S3 = "http://127.0.0.1:9"
PERSONS = ("astronaut", "grace-hopper")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    skip_unless_installed()
    folder = tmp_path_factory.mktemp("faces")
    script = [PYTHON, Path(__file__).parent / "make_faces.py", SAMPLES, folder]
    subprocess.run(script, check=True, timeout=60)
    return {path.stem: {"Bytes": path.read_bytes()} for path in folder.iterdir()}


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def client(pictures, state):
    with running(MODELS, NO_S3, state) as url:
        yield client_of(url)


def variants(pictures, person):
    return {name: picture for name, picture in pictures.items() if name.startswith(f"{person}_")}


@pytest.fixture(scope="module")
def staff(client, pictures):
    client.create_collection(CollectionId="staff")
    for person in PERSONS:
        image = pictures[person]
        client.index_faces(CollectionId="staff", Image=image, ExternalImageId=person)
    return "staff"


@pytest.mark.parametrize("person", PERSONS)
def test_two_photographs_of_one_person_match(client, pictures, person):
    found = variants(pictures, person)
    assert len(found) == 3
    for picture in found.values():
        answer = client.compare_faces(SourceImage=pictures[person], TargetImage=picture)
        [match] = answer["FaceMatches"]
        assert match["Similarity"] > 90
        assert answer["UnmatchedFaces"] == []


def test_two_persons_do_not(client, pictures):
    for name, picture in variants(pictures, PERSONS[1]).items():
        answer = client.compare_faces(SourceImage=pictures[PERSONS[0]], TargetImage=picture)
        assert answer["FaceMatches"] == [], name
        assert len(answer["UnmatchedFaces"]) == 1


def test_of_two_faces_the_same_persons_is_found(client, pictures):
    answer = client.compare_faces(SourceImage=pictures[PERSONS[1]], TargetImage=pictures["both"])
    [match], [other] = answer["FaceMatches"], answer["UnmatchedFaces"]
    # she stands to the right
    assert match["Face"]["BoundingBox"]["Left"] > other["BoundingBox"]["Left"]
    assert len(match["Face"]["Landmarks"]) == 5


def test_a_lower_threshold_lets_others_in(client, pictures):
    images = {"SourceImage": pictures[PERSONS[0]], "TargetImage": pictures[PERSONS[1]]}
    [match] = client.compare_faces(**images, SimilarityThreshold=0)["FaceMatches"]
    assert match["Similarity"] < 80


def test_a_picture_without_faces_has_none_to_compare_or_to_search(client, pictures, staff):
    empty = pictures["empty"]
    compare = {"SourceImage": empty, "TargetImage": empty}
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces"):
        client.compare_faces(**compare)
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces"):
        client.search_faces_by_image(CollectionId=staff, Image=empty)
    indexed = client.index_faces(CollectionId=staff, Image=empty)
    assert (indexed["FaceRecords"], indexed["UnindexedFaces"]) == ([], [])


@pytest.mark.parametrize("person", PERSONS)
def test_a_collection_tells_who_it_is(client, pictures, staff, person):
    for picture in variants(pictures, person).values():
        found = client.search_faces_by_image(CollectionId=staff, Image=picture)
        assert [one["Face"]["ExternalImageId"] for one in found["FaceMatches"]] == [person]


def test_a_face_of_a_collection_finds_the_others_of_its_person(client, pictures):
    client.create_collection(CollectionId="twice")
    images = [pictures[PERSONS[0]], pictures[PERSONS[1]], pictures[f"{PERSONS[0]}_cut"]]
    ids = [
        client.index_faces(CollectionId="twice", Image=image)["FaceRecords"][0]["Face"]["FaceId"]
        for image in images
    ]
    found = client.search_faces(CollectionId="twice", FaceId=ids[0])
    assert [one["Face"]["FaceId"] for one in found["FaceMatches"]] == [ids[2]]


def test_more_faces_than_asked_for_are_not_indexed(client, pictures):
    client.create_collection(CollectionId="one")
    answer = client.index_faces(
        CollectionId="one",
        Image=pictures["both"],
        MaxFaces=1,
        DetectionAttributes=["ALL"],
        QualityFilter="NONE",
    )
    [record], [other] = answer["FaceRecords"], answer["UnindexedFaces"]
    assert record["FaceDetail"]["AgeRange"]
    assert len(client.list_faces(CollectionId="one")["Faces"]) == 1
    assert other["Reasons"] == ["EXCEEDS_MAX_FACES"]


def test_nobody_is_a_celebrity_until_somebody_says_so(client, pictures):
    answer = client.recognize_celebrities(Image=pictures[PERSONS[0]])
    assert answer["CelebrityFaces"] == []
    assert len(answer["UnrecognizedFaces"]) == 1

    client.create_collection(CollectionId="celebrities")
    client.index_faces(
        CollectionId="celebrities", Image=pictures[PERSONS[1]], ExternalImageId="Grace_Hopper"
    )
    answer = client.recognize_celebrities(Image=pictures["both"])
    [known], [unknown] = answer["CelebrityFaces"], answer["UnrecognizedFaces"]
    assert (known["Name"], known["Urls"]) == ("Grace Hopper", [])
    assert known["MatchConfidence"] > 90
    assert known["Face"]["BoundingBox"]["Left"] > unknown["BoundingBox"]["Left"]
    assert client.get_celebrity_info(Id=known["Id"])["Name"] == "Grace Hopper"


def test_a_portrait_is_no_nudity_and_the_rest_was_not_examined(client, pictures):
    for person in PERSONS:
        answer = client.detect_moderation_labels(Image=pictures[person], MinConfidence=20)
        assert answer["ModerationLabels"] == []
        assert "Violence" in answer["ResponseMetadata"]["HTTPHeaders"]["x-mie-not-examined"]


@pytest.mark.parametrize("operation", ["detect_moderation_labels", "recognize_celebrities"])
def test_a_picture_of_a_hundred_megapixels_is_refused(client, pictures, operation):
    with pytest.raises(client.exceptions.ImageTooLargeException):
        getattr(client, operation)(Image=pictures["hundred-megapixels"])


def test_collections_outlive_the_server(pictures, tmp_path):
    with running(MODELS, NO_S3, tmp_path) as url:
        first = client_of(url)
        first.create_collection(CollectionId="staff")
        first.index_faces(
            CollectionId="staff", Image=pictures[PERSONS[0]], ExternalImageId="Eileen"
        )
    with running(MODELS, NO_S3, tmp_path) as url:
        again = client_of(url)
        assert again.list_collections()["CollectionIds"] == ["staff"]
        found = again.search_faces_by_image(
            CollectionId="staff", Image=pictures[f"{PERSONS[0]}_mirrored"]
        )
    assert found["FaceMatches"][0]["Face"]["ExternalImageId"] == "Eileen"


def test_vision_that_is_not_installed_names_the_command(tmp_path):
    with running(tmp_path / "no-models", NO_S3, tmp_path / "state") as url:
        health = urllib3.request("GET", f"{url}/health").json()
        picture = (SAMPLES / "astronaut.jpg").read_bytes()
        with pytest.raises(ClientError) as refused:
            client_of(url).recognize_celebrities(Image={"Bytes": picture})
    assert not health["models"]["vision"]["installed"]
    error = refused.value.response["Error"]
    assert error["Code"] == "ModelNotAvailableException"
    assert "MIE_LOCAL_MODELS=" in error["Message"]
