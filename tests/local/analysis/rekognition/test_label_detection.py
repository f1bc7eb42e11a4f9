from types import SimpleNamespace

import pytest

from analysis.faults import ServiceError
from analysis.rekognition.geometry import Frame
from analysis.rekognition.label_detection import check_request, detect_labels
from analysis.vision.boxes import Box

FRAME = Frame(100, 100)
SEEN = [
    SimpleNamespace(kind=kind, score=score, box=Box(10, 20, 30, 60))
    for kind, score in [("person", 0.8), ("cat", 0.7), ("person", 0.6), ("car", 0.56), ("tie", 0.3)]
]


def labels(**request):
    return detect_labels(request, SEEN, FRAME)["Labels"]


def names(**request):
    return [label["Name"] for label in labels(**request)]


def general(**filters):
    return {"Settings": {"GeneralLabels": filters}}


def test_a_label_has_every_instance_and_the_confidence_of_the_surest():
    person = labels()[0]
    assert person["Confidence"] == 80
    assert [one["Confidence"] for one in person["Instances"]] == [80, 60]
    box = person["Instances"][0]["BoundingBox"]
    assert box == pytest.approx({"Left": 0.1, "Top": 0.2, "Width": 0.2, "Height": 0.4})


def test_less_than_55_per_cent_is_left_out_unless_asked_for():
    assert names() == ["Person", "Cat", "Car"]
    assert names(MinConfidence=30) == ["Person", "Cat", "Car", "Tie"]
    assert names(MinConfidence=75) == ["Person"]
    assert len(labels(MinConfidence=65)[0]["Instances"]) == 1


def test_the_surest_labels_are_kept_when_there_are_too_many():
    assert names(MaxLabels=2) == ["Person", "Cat"]
    assert names(MaxLabels=0) == []


def test_a_label_says_what_it_is_a_kind_of():
    cat = labels()[1]
    assert [parent["Name"] for parent in cat["Parents"]] == ["Mammal", "Animal"]
    assert cat["Categories"] == [{"Name": "Animals and Pets"}]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"LabelInclusionFilters": ["Cat"]}, ["Cat"]),
        ({"LabelCategoryInclusionFilters": ["Animals and Pets"]}, ["Cat"]),
        (
            {
                "LabelInclusionFilters": ["Car"],
                "LabelCategoryInclusionFilters": ["Animals and Pets"],
            },
            ["Cat", "Car"],
        ),
        ({"LabelExclusionFilters": ["Cat"]}, ["Person", "Car"]),
        ({"LabelCategoryExclusionFilters": ["Person Description"]}, ["Cat", "Car"]),
    ],
)
def test_labels_can_be_chosen_by_name_and_category(filters, expected):
    assert names(**general(**filters)) == expected


@pytest.mark.parametrize(
    "request_",
    [
        {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]},
        {"Settings": {"ImageProperties": {"MaxDominantColors": 3}}},
    ],
)
def test_a_feature_that_is_not_there_is_refused_by_name(request_):
    with pytest.raises(ServiceError, match="IMAGE_PROPERTIES") as refused:
        check_request(request_)
    assert refused.value.code == "InvalidParameterException"
