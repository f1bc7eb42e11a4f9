from types import SimpleNamespace

import pytest

from analysis.faults import ServiceError
from analysis.rekognition.geometry import Frame
from analysis.rekognition.label_detection import check_request, merge
from analysis.vision.boxes import Box
from analysis.vision.confidence import detected, tagged
from analysis.vision.tagged_kinds import KINDS

FRAME = Frame(100, 100)
SEEN = [
    SimpleNamespace(kind=kind, score=score, box=Box(10, 20, 30, 60))
    for kind, score in [("Person", 0.8), ("Car", 0.7), ("Person", 0.6), ("Tie", 0.4)]
]
TOTALS = {**dict.fromkeys(KINDS, 0.0), "Cat": 0.5, "Mammal": 0.55, "Animal": 0.6, "Lamp": 0.15}
TAGS = SimpleNamespace(totals=TOTALS, sure={})


def labels(objects=SEEN, tags=TAGS, **request):
    return merge(request, objects, tags, FRAME)


def label(name, **more):
    [found] = [one for one in labels(**more) if one["Name"] == name]
    return found


def names(**request):
    return [label["Name"] for label in labels(**request)]


def general(**filters):
    return {"Settings": {"GeneralLabels": filters}}


def parents_of(label):
    return [parent["Name"] for parent in label["Parents"]]


def test_a_label_has_every_instance_and_the_confidence_of_the_surest():
    person = label("Person")
    sure = [100 * detected("Person", score, None) for score in (0.8, 0.6)]
    assert person["Confidence"] == sure[0]
    assert [one["Confidence"] for one in person["Instances"]] == sure
    box = person["Instances"][0]["BoundingBox"]
    assert box == pytest.approx({"Left": 0.1, "Top": 0.2, "Width": 0.2, "Height": 0.4})


def test_what_the_picture_shows_as_a_whole_is_a_label_without_instances():
    cat = label("Cat")
    assert cat["Confidence"] == 100 * tagged("Cat", 0.5)
    assert cat["Instances"] == []


def test_what_both_models_see_is_one_label_with_the_instances_of_one_and_the_surer_confidence():
    seen = [SimpleNamespace(kind="Cat", score=0.4, box=Box(10, 20, 30, 60))]
    cat = label("Cat", objects=seen)
    sure = [100 * detected("Cat", 0.4, 0.5)]
    assert [one["Confidence"] for one in cat["Instances"]] == sure
    assert cat["Confidence"] == max(100 * tagged("Cat", 0.5), *sure)


def test_a_word_that_is_told_from_more_than_classes_has_that_confidence():
    tags = SimpleNamespace(totals=TOTALS, sure={"Flower": 0.9})
    assert label("Flower", tags=tags)["Confidence"] == 90
    assert label("Plant", tags=tags)["Confidence"] == 90


def test_what_a_label_is_a_kind_of_is_a_label_at_least_as_sure():
    assert parents_of(label("Car")) == ["Vehicle", "Transportation"]
    sure = label("Car")["Confidence"]
    for name in ("Vehicle", "Transportation"):
        assert label(name)["Confidence"] == sure
        assert label(name)["Instances"] == []
    assert label("Animal")["Confidence"] >= label("Cat")["Confidence"]


def test_less_than_55_per_cent_is_left_out_unless_asked_for():
    assert set(names()) == {"Person", "Car", "Vehicle", "Transportation", "Cat", "Mammal", "Animal"}
    assert set(names(MinConfidence=20)) - set(names()) == {
        "Tie",
        "Accessories",
        "Lamp",
        "Furniture",
    }
    assert names(MinConfidence=99.5) == ["Person"]
    assert len(label("Person", MinConfidence=99.5)["Instances"]) == 1


def test_the_surest_labels_are_kept_when_there_are_too_many_and_of_equals_the_most_telling():
    assert names(MaxLabels=1) == ["Person"]
    assert names(MaxLabels=0) == []
    order = [name for name in names() if name in ("Car", "Vehicle", "Transportation")]
    assert order == ["Car", "Vehicle", "Transportation"]


def test_a_label_says_its_category_and_other_names_that_it_has():
    assert label("Cat")["Categories"] == [{"Name": "Animals and Pets"}]
    assert label("Person")["Aliases"] == [{"Name": "Human"}]
    assert "Aliases" not in label("Cat")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"LabelInclusionFilters": ["Cat"]}, ["Cat"]),
        (
            {"LabelCategoryInclusionFilters": ["Animals and Pets"]},
            ["Cat", "Mammal", "Animal"],
        ),
        (
            {
                "LabelInclusionFilters": ["Car"],
                "LabelCategoryInclusionFilters": ["Person Description"],
            },
            ["Person", "Car"],
        ),
        (
            {"LabelExclusionFilters": ["Cat", "Mammal", "Animal"]},
            ["Person", "Car", "Vehicle", "Transportation"],
        ),
        (
            {"LabelCategoryExclusionFilters": ["Person Description", "Animals and Pets"]},
            ["Car", "Vehicle", "Transportation"],
        ),
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
