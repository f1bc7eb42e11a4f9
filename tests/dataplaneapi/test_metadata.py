"""Routes of metadata."""

import json

import pytest
import requests
from tests.lib.mie.adapters.dataplane_on_moto import BUCKET

BODY = {"OperatorName": "op", "WorkflowId": "w", "Results": {"a": 1}}


def refused(answer, field):
    assert (answer.status, answer.json["Code"]) == (400, "BadRequestError"), answer.body
    assert field in answer.json["Message"]


@pytest.mark.parametrize("field", ["OperatorName", "Results"])
def test_a_missing_field_is_named(api, field):
    body = {key: value for key, value in BODY.items() if key != field}
    refused(api.post(f"/metadata/{api.asset()}", body), f"'{field}'")


def test_metadata_that_no_workflow_made_is_stored_all_the_same(api):
    asset_id = api.asset()
    body = {"OperatorName": "op", "Results": '{"a": 1}'}
    assert api.post(f"/metadata/{asset_id}", body).status == 200
    assert api.get(f"/metadata/{asset_id}/op").json["results"] == {"a": 1}


def test_pages_must_name_their_workflow(api):
    body = {"OperatorName": "op", "Results": {}}
    refused(api.post(f"/metadata/{api.asset()}", body, paginated="true"), "'WorkflowId'")


@pytest.mark.parametrize("results", [[1], "[1]", "text", "", None, 5, True, '{"a": NaN}'])
def test_results_are_an_object(api, results):
    refused(api.post(f"/metadata/{api.asset()}", {**BODY, "Results": results}), "Results")


@pytest.mark.parametrize("results", ['{"a": 1e999}', '{"a": "\\ud800"}'])
def test_results_that_json_cannot_carry_are_refused(api, results):
    asset_id = api.asset()
    body = json.dumps({**BODY, "Results": "here"}).replace('"here"', results)
    refused(api.request("POST", f"/metadata/{asset_id}", body), "Results")


@pytest.mark.parametrize("field", ["OperatorName", "WorkflowId"])
@pytest.mark.parametrize("value", ["a/b", "..", "", "x" * 129, "ö", 5, None, ["a"]])
def test_names_are_one_segment_of_a_path(api, field, value):
    refused(api.post(f"/metadata/{api.asset()}", {**BODY, field: value}), field)


@pytest.mark.parametrize("name", ["AssetId", "S3Key", "Locked", "CursorSecret", "Deleting"])
def test_an_assets_own_attributes_are_no_operators(api, name):
    asset_id = api.asset()
    before = api.get(f"/metadata/{asset_id}").json
    refused(api.post(f"/metadata/{asset_id}", {**BODY, "OperatorName": name}), "OperatorName")
    refused(api.get(f"/metadata/{asset_id}/{name}"), "operator_name")
    refused(api.delete(f"/metadata/{asset_id}/{name}"), "operator_name")
    assert api.get(f"/metadata/{asset_id}").json == before


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"paginated": "yes"}, "paginated"),
        ({"paginated": "true", "end": "false"}, "end"),
        ({"paginated": "false", "end": "true"}, "end"),
        ({"page": "0"}, "page"),
        ({"paginated": "true", "page": "-1"}, "page"),
        ({"paginated": "true", "page": "one"}, "page"),
        ({"token": "a"}, "token"),
        ({"paginated": "true", "token": "a/b"}, "token"),
    ],
)
def test_query_parameters_that_do_not_fit_are_named(api, query, field):
    refused(api.post(f"/metadata/{api.asset()}", BODY, **query), field)


def test_a_page_that_is_sent_again_with_its_token_is_appended_once(api):
    asset_id = api.asset()
    for page, token, end in [(0, "a", {}), (1, "b", {}), (1, "b", {}), (2, "c", {"end": "true"})]:
        answer = api.store(asset_id, {"p": page}, paginated="true", token=token, **end)
        assert answer.status == 200
    assert [one["p"] for one in pages_of(api, asset_id)] == [0, 1, 2]


def test_pages_with_and_without_numbers_are_a_conflict(api):
    asset_id = api.asset()
    api.store(asset_id, {}, paginated="true", page="0")
    answer = api.store(asset_id, {}, paginated="true", end="true")
    assert (answer.status, answer.json["Code"]) == (409, "ConflictError")
    assert "either all pages of a result have numbers or none has" in answer.json["Message"]


def pages_of(api, asset_id):
    answer = api.get(f"/metadata/{asset_id}/labelDetection").json
    yield answer["results"]
    while "cursor" in answer:
        cursor = answer["cursor"]
        answer = api.get(f"/metadata/{asset_id}/labelDetection", cursor=cursor).json
        yield answer["results"]


@pytest.mark.parametrize(
    "query", [{}, {"paginated": "false"}, {"end": "true"}, {"paginated": "True", "end": "TRUE"}]
)
def test_a_result_is_complete_without_pages_and_with_the_last_one(api, query):
    asset_id = api.asset()
    assert api.post(f"/metadata/{asset_id}", BODY, **query).status == 200
    assert api.get(f"/metadata/{asset_id}/op").json["results"] == {"a": 1}


def test_an_asset_of_which_nothing_is_known_has_no_cursor(api):
    answer = api.get(f"/metadata/{api.asset()}").json
    assert set(answer) == {"asset_id", "results"}
    assert set(answer["results"]) == {"S3Bucket", "S3Key", "Created"}


def test_an_operator_that_stored_nothing_is_not_found(api):
    asset_id = api.asset()
    assert api.get(f"/metadata/{asset_id}/none").status == 404
    assert api.delete(f"/metadata/{asset_id}/none").status == 404
    assert api.get(f"/metadata/{asset_id}").status == 200


def cursor_of(api, asset_id):
    return api.get(f"/metadata/{asset_id}").json["cursor"]


def test_a_cursor_holds_no_key_of_an_object(api):
    import base64

    asset_id = api.asset()
    api.store(asset_id, {"a": 1})
    cursor = cursor_of(api, asset_id)
    assert b"private/" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


@pytest.mark.parametrize("path", ["", "/labelDetection"])
def test_a_cursor_that_was_made_up_is_refused(api, path):
    asset_id = api.asset()
    api.store(asset_id, {"a": 1})
    cursor = cursor_of(api, asset_id)
    for forged in ("x", "", "%%%", "ö", cursor[:-2], cursor[::-1]):
        refused(api.get(f"/metadata/{asset_id}{path}", cursor=forged), "cursor")


def test_a_cursor_of_another_asset_or_operator_is_refused(api):
    one, other = api.asset(), api.asset()
    for asset_id in (one, other):
        api.store(asset_id, {"a": 1})
        api.store(asset_id, {"a": 1}, operator="textDetection")
    refused(api.get(f"/metadata/{other}", cursor=cursor_of(api, one)), "cursor")
    refused(api.get(f"/metadata/{one}/textDetection", cursor=cursor_of(api, one)), "cursor")


def test_a_cursor_into_a_result_that_was_replaced_is_refused(api):
    asset_id = api.asset()
    for workflow in ("w1", "w2"):
        api.store(asset_id, {"Page": 0}, workflow=workflow, paginated="true", page="0")
    api.store(asset_id, {"Page": 1}, paginated="true", end="true", page="1")
    cursor = api.get(f"/metadata/{asset_id}/labelDetection").json["cursor"]
    api.store(asset_id, {"Page": 1}, workflow="w2", paginated="true", end="true", page="1")
    refused(api.get(f"/metadata/{asset_id}/labelDetection", cursor=cursor), "cursor")
    refused(api.get(f"/metadata/{asset_id}", cursor=cursor), "cursor")


def test_a_cursor_to_an_operator_that_was_deleted_is_refused(api):
    asset_id = api.asset()
    api.store(asset_id, {"a": 1})
    cursor = cursor_of(api, asset_id)
    api.delete(f"/metadata/{asset_id}/labelDetection")
    refused(api.get(f"/metadata/{asset_id}", cursor=cursor), "cursor")


def test_results_of_past_executions_are_read_by_their_id(api):
    asset_id = api.asset()
    for workflow in ("w1", "w2"):
        api.store(asset_id, {"of": workflow}, workflow=workflow)
    path = f"/metadata/{asset_id}/labelDetection"
    assert api.get(path).json["results"] == {"of": "w2"}
    assert api.get(path, workflow_id="w1").json == {
        "asset_id": asset_id,
        "operator": "labelDetection",
        "workflow_id": "w1",
        "results": {"of": "w1"},
    }
    newest = api.get(path, workflow_id="*").json
    older = api.get(path, cursor=newest["cursor"]).json
    assert [newest["workflow_id"], older["workflow_id"]] == ["w2", "w1"]
    assert "cursor" not in older
    everything = api.get(f"/metadata/{asset_id}", workflow_id="w1").json
    first = api.get(f"/metadata/{asset_id}", workflow_id="w1", cursor=everything["cursor"]).json
    assert (first["results"], "cursor" in first) == ({"of": "w1"}, False)
    assert api.get(path, workflow_id="w3").status == 404
    refused(api.get(path, workflow_id="a/b"), "workflow_id")
    refused(api.get(path, workflow_id="w2", cursor=newest["cursor"]), "workflow_id")


def test_numbers_stay_numbers(api):
    asset_id = api.asset()
    numbers = {"c": 54.414, "n": 3, "big": 2**60, "tiny": 1e-300, "neg": -0.5, "whole": 2.0}
    api.store(asset_id, numbers)
    answer = api.get(f"/metadata/{asset_id}/labelDetection").json["results"]
    assert answer == numbers
    assert [type(one) for one in answer.values()] == [type(one) for one in numbers.values()]


def test_a_deletion_of_an_operator_touches_nothing_but_its_documents(api):
    asset_id = api.asset()
    api.uploaded("upload/victim")
    for operator in ("op", "op2", "other"):
        api.store(asset_id, {"a": 1}, operator=operator, workflow="w1")
    api.store(asset_id, {"a": 2}, operator="op", workflow="w2")
    prefix = f"private/assets/{asset_id}/workflows"
    api.s3.put_object(Bucket=BUCKET, Key=f"{prefix}/w1/transcript.txt", Body=b"derived")
    assert api.delete(f"/metadata/{asset_id}/op").json == {
        "Deleted": [{"Key": f"{prefix}/w1/op.json"}, {"Key": f"{prefix}/w2/op.json"}],
        "Objects": 2,
        "Workflows": ["w2", "w1"],
    }
    assert api.stored_keys(prefix) == [
        f"{prefix}/w1/op2.json",
        f"{prefix}/w1/other.json",
        f"{prefix}/w1/transcript.txt",
    ]
    assert "upload/victim" in api.stored_keys()


def test_a_document_that_fits_into_no_answer_is_read_from_its_url(api):
    asset_id = api.asset()
    # each quotation mark takes two more characters on its way through Lambda
    results = {"text": '"' * 2_200_000}
    assert api.store(asset_id, results, operator="a").status == 200
    assert api.store(asset_id, {"text": "ü" * 3_000_000}, operator="b").status == 200
    for query in ({}, {"cursor": cursor_of(api, asset_id)}):
        answer = api.get(f"/metadata/{asset_id}{'' if query else '/a'}", **query)
        assert (answer.status, answer.json["Code"]) == (413, "RequestTooLargeError")
        assert (answer.json["asset_id"], answer.json["operator"]) == (asset_id, "a")
        assert requests.get(answer.json["Url"], timeout=5).json() == results
    assert api.get(f"/metadata/{asset_id}", cursor=answer.json["cursor"]).json["operator"] == "b"


def test_the_answer_to_the_largest_document_fits_into_lambda(api):
    asset_id = api.asset()
    api.store(asset_id, {"text": "一" * 2_000_000})
    answer = api.get(f"/metadata/{asset_id}/labelDetection")
    proxied = json.dumps(
        {"body": answer.body.decode(), "headers": answer.headers}, ensure_ascii=False
    )
    assert len(proxied.encode()) < 6 * 1024 * 1024
