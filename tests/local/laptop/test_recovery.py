"""What the command says and does after an end that nobody expected."""

import json
from datetime import UTC, datetime

import pytest

from laptop import facts, orphans, recovery, stacks
from laptop.facts import Facts
from laptop.places import Places
from laptop.recovery import Report
from laptop.signed_http import Answer

SAVED, BACK = 1000.0, 1010.0
START = {
    "at": SAVED + 2,
    "method": "POST",
    "path": "/workflow/execution",
    "Name": "CasImageWorkflow",
    "Id": "1234",
    "AssetId": "lost",
    "Files": ["b.jpg"],
}
AWAY = (
    'failed: EndpointConnectionError: Could not connect to the endpoint URL: "http://127.0.0.1:5/"'
)


class Api:
    """answers: (method, path) -> what it answers with; 404 for all else."""

    def __init__(self, **answers):
        self.answers, self.asked = answers, []

    def request(self, method, path, body=None, query=None):
        self.asked.append((method, path))
        found = self.answers.get(f"{method} {path}")
        return Answer(404, {}) if found is None else Answer(200, found)


class Engine:
    bucket = "bucket"

    def __init__(self, *executions, assets=(), **answers):
        self.known = executions
        self.workflow = Api(**answers)
        self.dataplane = Api(**answers)
        self.stored = assets

    def executions(self):
        return iter(self.known)

    def assets(self):
        return iter(self.stored)


class S3:
    """Holds keys with the times at which they were written."""

    def __init__(self, **keys):
        self.keys = keys

    def client(self, _):
        return self

    def get_paginator(self, _):
        return self

    def paginate(self, Bucket, Prefix):
        assert Bucket == Engine.bucket
        found = [
            {"Key": key, "LastModified": datetime.fromtimestamp(at, UTC)}
            for key, at in self.keys.items()
            if key.startswith(Prefix)
        ]
        return [{"Contents": found}] if found else [{}]

    def delete_objects(self, Bucket, Delete):
        for one in Delete["Objects"]:
            del self.keys[one["Key"]]


@pytest.fixture
def places(tmp_path):
    made = Places(tmp_path)
    made.services.mkdir()
    known = Facts("http://e", "r", "a", "s", "mie", "w", "d", "bucket", "http://a", None, {})
    facts.write(known, made.facts)
    return made


@pytest.fixture
def recover(places, monkeypatch):
    def recovered(engine, *lost, s3=None, saved=SAVED):
        report = {"saved": saved, "at": BACK, "lost": lost}
        (places.services / "restarted").write_text(json.dumps(report))
        monkeypatch.setattr(stacks, "Cloud", lambda _: s3 or S3())
        said = []
        recovery.recover(engine, places, said.append)
        assert not recovery.is_due(places)
        return said

    return recovered


def test_what_was_started_in_the_lost_seconds_is_named(recover):
    assert recover(Engine(), START) == [
        "The last 2 seconds before the engine was killed are lost: the start of CasImageWorkflow "
        "on b.jpg (execution 1234). Ask for it again."
    ]


def test_what_was_saved_before_its_answer_came_is_not_lost(recover):
    assert recover(Engine(**{"GET /workflow/execution/1234": {"Id": "1234"}}), START) == []


def test_a_loss_of_everything_is_said_in_one_sentence(recover):
    (said,) = recover(Engine(), START, saved=None)
    assert said == "The engine was killed before it could save anything, so it begins anew."


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("POST", "/workflow/execution/12/retry", "the retry of execution 12"),
        ("PUT", "/workflow/execution/12", "the go-ahead for execution 12"),
        ("POST", "/metadata/34", "what was stored for asset 34"),
        ("PUT", "/workflow/stage", "the change of the stage N"),
        ("DELETE", "/workflow/Mine", "the deletion of the workflow Mine"),
        ("POST", "/workflow", "the workflow N"),
        ("POST", "/checkout/34", "POST /checkout/34"),
    ],
)
def test_every_request_has_its_words(method, path, words):
    assert recovery.asked({"method": method, "path": path, "Name": "N"}) == words


def test_a_deletion_whose_files_are_gone_already_is_done_again(recover):
    deletion = {"at": SAVED + 1, "method": "DELETE", "path": "/metadata/34"}
    engine = Engine(**{"DELETE /metadata/34": {"AssetId": "34"}})
    assert recover(engine, deletion) == []
    assert ("DELETE", "/metadata/34") in engine.dataplane.asked


def test_an_execution_that_failed_because_a_server_was_away_is_tried_again(recover):
    engine = Engine(
        {"Id": "away", "Status": "Error", "Message": AWAY},
        {"Id": "own", "Status": "Error", "Message": "no face"},
        {"Id": "fine", "Status": "Complete"},
        **{"POST /workflow/execution/away/retry": {"Id": "away"}},
    )
    assert recover(engine) == ["Execution away failed because a server was away; it goes on."]
    assert engine.workflow.asked == [("POST", "/workflow/execution/away/retry")]


def test_why_an_execution_cannot_go_on_is_told_in_the_engines_words(monkeypatch):
    engine, said = Engine(), []
    answer = Answer(409, {"Code": "ConflictError", "Message": "its workflow was deleted"})
    monkeypatch.setattr(engine.workflow, "request", lambda *_: answer)
    recovery.try_again(engine, [{"Id": "away", "Status": "Error", "Message": AWAY}], said.append)
    assert said == [
        "Execution away failed because a server was away, and cannot go on: "
        "its workflow was deleted"
    ]


def test_without_a_report_nothing_is_removed(places):
    s3 = S3(**{"private/assets/unknown/f": SAVED})
    recovery.recover(Engine(), places, pytest.fail)
    assert s3.keys


def test_files_that_belong_to_nothing_are_removed_and_counted(recover):
    kept = {
        "private/assets/known/input/a.jpg": SAVED,
        "private/assets/working/input/a.jpg": BACK + 1,
        "upload/1/a.jpg": SAVED - 1,
        "upload/2/a.jpg": BACK + 1,
    }
    s3 = S3(**kept, **{"private/assets/lost/a": SAVED, "private/assets/lost/b": SAVED})
    s3.keys["upload/3/a.jpg"] = SAVED + 1
    said = recover(Engine(assets=["known"]), s3=s3)
    assert said == ["Removed what the lost seconds left behind: 1 asset, 1 upload."]
    assert set(s3.keys) == set(kept)


def test_search_documents_of_unknown_assets_are_removed(monkeypatch):
    asked = []

    class Found:
        def __init__(self, document):
            self.document = document

        def json(self):
            return self.document

    def request(_method, url, json, **_):
        asked.append((url, json))
        if "_search" in url:
            buckets = [{"key": "known"}, {"key": "lost"}]
            return Found({"aggregations": {"assets": {"buckets": buckets}}})
        return Found({"deleted": 4})

    monkeypatch.setattr(orphans.urllib3, "request", request)
    said = orphans.remove(Engine(assets=["known"]), S3(), "http://search", SAVED, BACK)
    assert said == "Removed what the lost seconds left behind: 4 search documents."
    assert asked[-1][1] == {"query": {"terms": {"AssetId.keyword": ["lost"]}}}


def test_the_time_that_is_lost_is_that_of_the_last_request():
    report = Report(SAVED, BACK, ())
    later = {**START, "at": SAVED + 5, "Id": "5678"}
    (said,) = recovery.told([START, later], report)
    assert said.startswith("The last 5 seconds before the engine was killed are lost: the start")
    assert said.endswith("Ask for them again.")
