"""What search gets to know of an operator's results."""

import pytest

FACE = {
    "BoundingBox": {"Width": 0.1, "Height": 0.2, "Left": 0.3, "Top": 0.4},
    "Confidence": 99.5,
    "Smile": {"Value": True, "Confidence": 88.1},
    "Landmarks": [{"Type": "nose", "X": 0.5, "Y": 0.5}],
}
LABEL = {"Name": "Person", "Confidence": 98.0, "Instances": [], "Parents": [{"Name": "Animal"}]}
TEXT = {"DetectedText": "STOP", "Type": "LINE", "Id": 0, "Confidence": 97.5, "Geometry": {}}
TRACK = {"track_type": "Image", "width": 640, "format": "JPEG"}


def documents(consumer, operator, *pages, asset="a", workflow="w"):
    result = consumer.documents.Result(asset, operator, workflow)
    return consumer.documents.documents_of(result, pages)


@pytest.mark.parametrize(
    ("operator", "key", "finding", "index", "name"),
    [
        ("textDetection", "TextDetections", TEXT, "mietextdetection", "textDetection"),
        ("labelDetection", "Labels", LABEL, "mielabels", "label_detection"),
        ("faceDetection", "FaceDetails", FACE, "mieface_detection", "face_detection"),
        ("Mediainfo", "tracks", TRACK, "miemediainfo", "mediainfo"),
        ("MediainfoImage", "tracks", TRACK, "miemediainfo", "mediainfo_image"),
    ],
)
def test_each_finding_is_a_document_of_its_own(consumer, operator, key, finding, index, name):
    one, other = documents(consumer, operator, {key: [finding, finding], "Version": "1"})
    assert one.body == {**finding, "AssetId": "a", "Operator": name, "Workflow": "w"}
    assert (one.index, other.index) == (index, index)
    assert one.id != other.id


def test_pages_are_one_list(consumer):
    one, other = {"Name": "a"}, {"Name": "b"}
    whole = documents(consumer, "labelDetection", {"Labels": [one, other]})
    paged = documents(consumer, "labelDetection", {"Labels": [one]}, {"Labels": [other]})
    assert paged == whole


def ids(consumer, name="x", operator="labelDetection", **options):
    page = {"Labels": [{"Name": name}] * 2, "TextDetections": [{"Name": name}] * 2}
    return [one.id for one in documents(consumer, operator, page, **options)]


def test_the_id_of_a_finding_depends_on_its_place_alone(consumer):
    assert ids(consumer) == ids(consumer, name="other")
    different = [
        *ids(consumer),
        *ids(consumer, asset="b"),
        *ids(consumer, workflow="v"),
        *ids(consumer, operator="textDetection"),
    ]
    assert len(set(different)) == 8


@pytest.mark.parametrize("page", [{}, {"Labels": None}, {"Labels": {}}, {"Labels": []}])
def test_a_result_without_findings_has_no_documents(consumer, page):
    assert documents(consumer, "labelDetection", page) == []


def test_a_finding_that_is_no_object_is_left_out(consumer):
    (one,) = documents(consumer, "labelDetection", {"Labels": ["x", None, LABEL]})
    assert one.body["Name"] == "Person"


def test_numbers_that_were_stored_as_texts_are_numbers(consumer):
    page = {"Labels": [{"Confidence": "9.5"}, {"Confidence": 9.5}, {"Confidence": "high"}]}
    assert [one.body["Confidence"] for one in documents(consumer, "labelDetection", page)] == [
        9.5,
        9.5,
        "high",
    ]


def test_the_stored_result_stays_as_it_is(consumer):
    page = {"Labels": [dict(LABEL)]}
    documents(consumer, "labelDetection", page)
    assert page == {"Labels": [LABEL]}


def test_an_operator_that_search_does_not_know_is_told(consumer):
    assert consumer.documents.kind_of("myOperator") is None
    assert consumer.documents.kind_of("LABELDETECTION").index == "mielabels"
