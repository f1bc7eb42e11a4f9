"""What is remembered of requests between two saves."""

import json

import pytest

from local_aws import journal
from local_aws.journal import Journal

API = "/_aws/execute-api/f52bb70c/api"


def noted(method, path, body, answer=None):
    return journal.entry(
        method, f"{API}{path}", json.dumps(body).encode(), json.dumps(answer or {}).encode(), 7.5
    )


def test_a_start_is_remembered_by_its_workflow_its_file_and_its_ids():
    media = {"Image": {"S3Bucket": "b", "S3Key": "upload/some-uuid/b.jpg"}}
    body = {"Name": "CasImageWorkflow", "Input": {"Media": media}, "Configuration": {"x": {}}}
    answer = {"Id": "1234", "AssetId": "5678", "Status": "Queued", "Globals": {"Media": media}}
    assert noted("POST", "/workflow/execution", body, answer) == {
        "at": 7.5,
        "method": "POST",
        "path": "/workflow/execution",
        "Name": "CasImageWorkflow",
        "Id": "1234",
        "AssetId": "5678",
        "Files": ["b.jpg"],
    }


def test_contents_are_not_remembered():
    body = {"OperatorName": "transcribe", "Results": {"words": "a secret"}}
    assert "secret" not in json.dumps(noted("POST", "/metadata/5678", body))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/workflow"),
        ("POST", f"{API}/upload"),
        ("POST", f"{API}/download"),
        ("POST", "/"),
        ("PUT", "/bucket/key"),
    ],
)
def test_what_changes_nothing_or_is_no_request_to_an_api_is_not_remembered(method, path):
    assert journal.entry(method, path, b"{}", b"{}", 0.0) is None


def test_what_a_save_has_is_not_lost(tmp_path):
    kept = Journal(tmp_path, 1)
    kept.note({"at": 1, "method": "POST", "path": "/a"})
    # the save of the number 1 is made, and meanwhile somebody writes
    kept.turn_to(2)
    kept.note({"at": 2, "method": "POST", "path": "/b"})
    assert [one["path"] for one in journal.lost(tmp_path, 0)] == ["/a", "/b"]
    journal.forget(tmp_path, 1)
    assert [one["path"] for one in journal.lost(tmp_path, 1)] == ["/b"]


def test_half_a_line_is_left_out(tmp_path):
    kept = Journal(tmp_path, 1)
    kept.note({"at": 1, "method": "POST", "path": "/a"})
    with (tmp_path / "journal-1").open("a") as file:
        file.write('{"at": 2, "meth')
    assert [one["path"] for one in journal.lost(tmp_path, 0)] == ["/a"]


def test_it_does_not_grow_without_end(tmp_path):
    kept = Journal(tmp_path, 1)
    for number in range(600):
        kept.note({"at": number, "method": "POST", "path": "/a"})
    assert len(journal.lost(tmp_path, 0)) == 500
