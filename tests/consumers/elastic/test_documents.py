"""What search gets to know of an operator's results, whatever they look like."""

import pytest
from tests.consumers.elastic.stored_results import BOX, FACE, RESULTS


def documents(consumer, operator, *pages, asset="a", workflow="w"):
    result = consumer.documents.Result(asset, operator, workflow)
    return [*consumer.documents.documents_of(result, pages)]


def bodies(consumer, operator, page):
    return [one.body for one in documents(consumer, operator, page)]


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


@pytest.mark.parametrize("operator", sorted({operator for operator, _ in RESULTS.values()}))
@pytest.mark.parametrize(
    "garbage",
    [None, 0, "x", [], {}, [None], ["x", 1, [], {}], {"x": 1}, [{"Timestamp": {}}]],
)
def test_findings_of_any_shape_stop_nothing(consumer, operator, garbage):
    """Of any list, and of what should be inside its elements."""
    pages = next(pages for name, pages in RESULTS.values() if name == operator)
    for page in pages:
        documents(consumer, operator, {})
        for key in page:
            documents(consumer, operator, {**page, key: garbage})
            documents(consumer, operator, {**page, key: [{inner: garbage} for inner in FIELDS]})


FIELDS = (
    "Label",
    "Celebrity",
    "Face",
    "FaceMatches",
    "Person",
    "TextDetection",
    "ShotSegment",
    "TechnicalCueSegment",
    "ModerationLabel",
    "BoundingBox",
    "Instances",
    "Emotions",
    "alternatives",
    "Urls",
    "Name",
    "start",
)


def test_the_documents_before_and_behind_a_broken_finding_are_there(consumer):
    page = {"Labels": [{"Name": "a"}, None, "x", {"Label": 5, "Name": "b"}, {"Name": "c"}]}
    assert [one["Name"] for one in bodies(consumer, "labelDetection", page)] == ["a", "b", "c"]


def test_a_box_that_is_not_there_is_no_field(consumer):
    labels = [{"Name": "a", "BoundingBox": "", "Instances": [{"BoundingBox": "", "Confidence": 1}]}]
    (one,) = bodies(consumer, "labelDetection", {"Labels": labels})
    assert "BoundingBox" not in one
    assert one["Instances"] == [{"Confidence": 1}]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("9.5", 9.5),
        (9.5, 9.5),
        (100, 100),
        ("1e2", 100.0),
        ("high", "high"),
        ("", None),
        (True, None),
        (None, None),
        (float("nan"), None),
        ({"Value": 1}, None),
        (10**400, None),
    ],
)
def test_a_confidence_is_a_number(consumer, stored, shown):
    (one,) = bodies(consumer, "labelDetection", {"Labels": [{"Name": "a", "Confidence": stored}]})
    assert one.get("Confidence") == shown


def test_numbers_inside_boxes_are_numbers_too(consumer):
    texts = {key: str(value) for key, value in BOX.items()}
    face = {**FACE, "BoundingBox": texts, "Smile": {"Value": "true", "Confidence": "98.5"}}
    (one,) = bodies(consumer, "faceDetection", {"FaceDetails": [face]})
    assert one["BoundingBox"] == BOX
    assert one["Smile"] == {"Value": True, "Confidence": 98.5}


def test_fields_of_users_are_shown_but_no_paths_into_others(consumer):
    label = {"Name": "a", "Mine": {"deep": [1]}, "Name.x": 1, "": 2, " ": 3}
    (one,) = bodies(consumer, "GenericDataLookup", {"Labels": [label]})
    assert one["Mine"] == {"deep": [1]}
    assert not {"Name.x", "", " "} & one.keys()


def test_a_face_that_looks_like_several_known_ones_names_them_all(consumer):
    _, pages = RESULTS["face-search-video"]
    known, nobody, unsearched = bodies(consumer, "faceSearch", pages[0])
    assert [one["Similarity"] for one in known["KnownFaces"]] == [97.25, 81.5]
    assert (known["MatchingKnownFaceId"], known["Name"]) == ("f2", "ada")
    assert not nobody["ContainsKnownFace"]
    assert not unsearched["ContainsKnownFace"]


@pytest.mark.parametrize(
    "line", ["", "no JSON", "[1]", '{"ErrorCode": "X", "File": "f"}', '{"Entities": []}', "{}"]
)
def test_a_text_without_entities_is_passed_over(consumer, line):
    good = '{"Entities": [{"Text": "Ada", "Type": "PERSON", "Score": 0.5}], "File": "f"}'
    page = {"Results": [line, None, good, f"{line}\n{good}"]}
    assert [one["EntityText"] for one in bodies(consumer, "entities", page)] == ["Ada", "Ada"]


def test_a_transcript_of_silence_has_no_documents(consumer):
    page = {"results": {"transcripts": [{"transcript": ""}], "items": []}}
    assert bodies(consumer, "TranscribeVideo", page) == []


def test_a_text_is_searched_as_far_as_its_place_can_be_shown(consumer):
    text = "word " * 300_000
    (one,) = bodies(consumer, "Translate", {"TranslatedText": text})
    assert one["TranslatedText"] == text
    assert len(one["Text"]) == 1_000_000


def test_the_stored_result_stays_as_it_is(consumer):
    label = {"Name": "Person", "Confidence": "98.0", "Instances": [{"BoundingBox": ""}]}
    page = {"Labels": [{"Timestamp": 1, "Label": dict(label)}]}
    documents(consumer, "labelDetection", page)
    assert page == {"Labels": [{"Timestamp": 1, "Label": label}]}


@pytest.mark.parametrize(
    "operator",
    ["myOperator", "WebCaptionsTranscribe_en", "WebCaptionsTranslate_es", "PollyWebCaptions"],
)
def test_an_operator_that_search_does_not_know_has_no_documents(consumer, operator):
    assert consumer.kinds.kind_of(operator) is None
    assert documents(consumer, operator, {"WebCaptions": [{"caption": "x"}]}) == []


def test_operators_are_known_in_any_case(consumer):
    assert consumer.kinds.kind_of("LABELDETECTION").index == "mielabels"


def test_every_field_that_documents_have_in_common_has_a_mapping(consumer):
    template = consumer.template.index_template("5s")["template"]
    fields = template["mappings"]["properties"]
    assert template["settings"]["index"]["refresh_interval"] == "5s"
    assert fields["AssetId"]["fields"]["keyword"]["type"] == "keyword"
    for name in ("Confidence", "StartMs", "EndMs", "Timestamp"):
        assert fields[name]["type"] in ("float", "long")
