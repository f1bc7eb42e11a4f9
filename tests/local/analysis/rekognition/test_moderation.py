import pytest

from analysis.aws_json import Reply
from analysis.faults import ServiceError
from analysis.rekognition import moderation
from analysis.rekognition.examination import HEADER, moderation_header


def test_a_sure_score_is_a_label_of_the_first_level():
    [label] = moderation.moderation_labels(0.75, {})
    assert label == {"Name": "Explicit", "ParentName": "", "Confidence": 75.0, "TaxonomyLevel": 1}


@pytest.mark.parametrize(("least", "count"), [(40, 1), (45.1, 0)])
def test_what_is_less_sure_than_asked_for_is_left_out(least, count):
    assert len(moderation.moderation_labels(0.45, {"MinConfidence": least})) == count


def test_fifty_is_the_least_when_nothing_is_asked_for():
    assert moderation.moderation_labels(0.49, {}) == []


def test_the_answer_says_what_was_not_examined(serve, caplog):
    import logging

    def answer(request) -> Reply:
        found = moderation.detect_moderation_labels(0.01, request, "model-1")
        return Reply(found, moderation_header())

    with serve({"DetectModerationLabels": answer}) as caller, caplog.at_level(logging.INFO):
        found = caller.sdk().detect_moderation_labels(Image={"Bytes": b"x"})
    assert found["ModerationLabels"] == []
    assert "Violence" in found["ResponseMetadata"]["HTTPHeaders"][HEADER]
    assert "not examined: " in caplog.text


@pytest.mark.parametrize("name", ["ProjectVersion", "HumanLoopConfig"])
def test_what_is_not_here_is_refused(name):
    with pytest.raises(ServiceError, match=name):
        moderation.check_request({name: "x"})
