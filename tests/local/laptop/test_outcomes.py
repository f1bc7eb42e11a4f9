import pytest
from tests.local.findings.documents import execution

from laptop import outcomes
from laptop.execution_commands import line
from laptop.outcomes import failures, not_looked_for

ID = "1a2b3c4d-0000-0000-0000-000000000000"


def ended(status, *outputs, **more):
    return {**execution("Image", outputs), "Id": ID, "Status": status, "Created": "0.0", **more}


def test_an_operator_that_failed_is_told_with_its_reason_and_what_to_do():
    failed = {"Name": "faces", "Status": "Error", "MetaData": {"FaceError": "Too small."}}
    fine = {"Name": "texts", "Status": "Complete", "MetaData": {}}

    assert list(failures(ended("Error", failed, fine, Message="Stage First failed"))) == [
        "faces failed: Too small",
        "run-local.sh retry 1a2b3c4d tries again what failed; run-local.sh logs faces shows the "
        "log.",
    ]


def test_operators_that_failed_for_one_reason_are_told_together():
    calls = {"faces": "DetectFaces", "texts": "DetectText"}
    answer = "An error occurred (ImageTooLargeException) when calling the {} operation: Too large"
    failed = [
        {"Name": name, "Status": "Error", "MetaData": {"OneError": answer.format(call)}}
        for name, call in calls.items()
    ]

    first, *others = failures(ended("Error", *failed))
    assert first == "faces, texts failed: ImageTooLargeException: Too large"
    assert len(others) == 1


def test_what_failed_outside_of_operators_is_told_by_the_execution():
    assert list(failures(ended("Error", Message="it was cancelled"))) == [
        "Mine failed: it was cancelled",
        "run-local.sh retry 1a2b3c4d tries again what failed.",
    ]


def test_nothing_is_told_of_what_has_not_failed():
    assert list(failures(ended("Complete"))) == []


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("Started", "Nothing yet."),
        ("Complete", "Nothing was found; --all says what was looked for."),
    ],
)
def test_where_there_is_nothing_to_tell_it_is_said(monkeypatch, capsys, status, told):
    class Engine:
        def __init__(self, facts):
            pass

        def metadata(self, asset_id):
            return {}

    monkeypatch.setattr(outcomes, "Engine", Engine)
    monkeypatch.setattr(outcomes.analysis_server, "health", lambda facts: {})

    outcomes.tell(None, ended(status), outcomes.Manner(writes=False))
    assert capsys.readouterr().out.strip() == told


@pytest.mark.parametrize(
    ("known", "what", "reason"),
    [
        (0, "celebrities", "nobody has been made known here"),
        (1, "other celebrities", "1 person has been made known here"),
        (2, "other celebrities", "2 persons have been made known here"),
    ],
)
def test_celebrities_that_nobody_has_made_known_are_not_looked_for(known, what, reason):
    health = {"models": {}, "examination": {"celebrities": {"known_persons": known}}}

    (told,) = not_looked_for(health, {"celebrityRecognition": []})
    assert (told.what, told.reason) == (what, reason)
    assert not_looked_for(health, {"faceDetection": []}) == []
    assert not_looked_for({"models": {}}, {"celebrityRecognition": []}) == []


def test_a_line_of_the_list_has_id_status_workflow_and_file():
    words = line(ended("Complete")).split()

    assert [words[0], *words[3:]] == ["1a2b3c4d", "Complete", "Mine", "holiday.bin"]
