"""The helper library as operator authors know it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

import MediaInsightsEngineLambdaHelper as helper
from mie.adapters import lambda_api, signed_urls
from mie.core import operator_failures
from mie.core.errors import Malformed, TooLarge, Unavailable

ROOT = Path(__file__).resolve().parents[3]
EVENT = {
    "Name": "op",
    "AssetId": "asset",
    "WorkflowExecutionId": "workflow",
    "Input": {"Media": {"Video": {"S3Bucket": "b", "S3Key": "k"}}, "MetaData": {"a": "1"}},
    "Configuration": {"MediaType": "Video", "Enabled": True},
    "Status": "Started",
}


@pytest.fixture
def calls(monkeypatch):
    """The calls that reach the data plane's function; ``answers`` are given in turn."""

    class Calls(list):
        answers = ()

    made = Calls()

    def call(function, method, resource, path, *, body=None, path_params=None, query=None):
        made.append((function, method, resource, path, body, path_params, query))
        answer = made.answers[len(made) - 1] if made.answers else (200, {"Status": "Success"})
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setenv("DataplaneEndpoint", "dataplane-function")
    monkeypatch.setattr(lambda_api, "call", call)
    return made


def test_importing_it_needs_no_environment():
    library = ROOT / "source" / "lib"
    path = os.pathsep.join(map(str, (library, library / "MediaInsightsEngineLambdaHelper")))
    names = "OutputHelper, MediaInsightsOperationHelper, MasExecutionError, DataPlane, Status"
    script = f"from MediaInsightsEngineLambdaHelper import {names}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_statuses_are_the_words_of_the_contract():
    words = {
        name: value for name, value in vars(helper.Status).items() if not name.startswith("__")
    }
    groups = {
        "WORKFLOW_STATUS": ["Queued", "Started", "Waiting", "Resumed", "Error", "Complete"],
        "STAGE_STATUS": ["Not Started", "Started", "Executing", "Error", "Complete"],
        "OPERATION_STATUS": [
            *("Not Started", "Started", "Executing", "Error", "Complete", "Skipped")
        ],
    }
    assert words == {
        f"{group}_{word.upper().replace(' ', '_')}": word
        for group, values in groups.items()
        for word in values
    }


def test_an_operator_returns_its_event_with_what_it_added():
    operator = helper.MediaInsightsOperationHelper(EVENT)
    operator.update_workflow_status("Complete")
    operator.add_workflow_metadata(one="1", two="2")
    operator.add_workflow_metadata_json({"two": "3", "three four": "5"})
    operator.add_media_object("Text", "bucket", "key")
    assert operator.workflow_info() == {"AssetId": "asset", "WorkflowExecutionId": "workflow"}
    assert operator.return_output_object() == {
        **EVENT,
        "Status": "Complete",
        "MetaData": {"one": "1", "two": "3", "three four": "5"},
        "Media": {"Text": {"S3Bucket": "bucket", "S3Key": "key"}},
    }


def test_what_earlier_calls_returned_is_kept_and_the_event_is_not_changed():
    event = {**EVENT, "MetaData": {"JobId": "1"}, "Media": {}}
    operator = helper.MediaInsightsOperationHelper(event)
    operator.add_workflow_metadata(more="2")
    operator.add_media_object("Text", "b", "k")
    assert operator.return_output_object()["MetaData"] == {"JobId": "1", "more": "2"}
    assert (event["MetaData"], event["Media"]) == ({"JobId": "1"}, {})


@pytest.mark.parametrize("key", EVENT)
def test_an_event_without_a_needed_key_is_refused(key):
    with pytest.raises(KeyError, match=key):
        helper.MediaInsightsOperationHelper({one: EVENT[one] for one in EVENT if one != key})


def test_the_short_form_has_four_keys():
    output = helper.OutputHelper("op")
    assert output.return_output_object() == {
        "Name": "op",
        "Status": "",
        "MetaData": {},
        "Media": {},
    }
    output.update_workflow_status("Executing")
    output.add_workflow_metadata(JobId="1")
    output.add_media_object("Audio", "bucket", "key")
    assert output.return_output_object() == {
        "Name": "op",
        "Status": "Executing",
        "MetaData": {"JobId": "1"},
        "Media": {"Audio": {"S3Bucket": "bucket", "S3Key": "key"}},
    }
    assert helper.OutputHelper("op").return_output_object()["MetaData"] == {}


def failed_output(**more):
    operator = helper.MediaInsightsOperationHelper({**EVENT, **more})
    operator.update_workflow_status("Error")
    operator.add_workflow_metadata(opError='it\'s "broken", ähm')
    return operator.return_output_object()


@pytest.mark.parametrize("short", [True, False])
def test_more_than_step_functions_takes_is_an_error_that_says_so(short):
    operator = helper.OutputHelper("op") if short else helper.MediaInsightsOperationHelper(EVENT)
    operator.update_workflow_status("Complete")
    operator.add_workflow_metadata(Text="x" * 249_000)
    assert operator.return_output_object()["Status"] == "Complete"
    operator.add_workflow_metadata(More="x" * 2_000)
    # the same the next time: machines do not try it again
    with pytest.raises(helper.MasInputError) as raised:
        operator.return_output_object()
    outputs = {
        "Error": "MasInputError",
        "Cause": json.dumps({"errorMessage": str(raised.value)}),
    }
    failed = operator_failures.failed_operation({**EVENT, "Outputs": outputs})
    assert failed["MetaData"]["opError"].startswith("the result has 251")


def test_an_error_keeps_the_output_object_and_its_text_is_json():
    output = failed_output()
    error = helper.MasExecutionError(output)
    assert type(error).__name__ == "MasExecutionError"
    assert error.args[0] is output
    assert json.loads(str(error)) == output


def test_an_error_with_values_that_json_does_not_know_still_says_what_happened():
    text = str(helper.MasExecutionError({"MetaData": {"opError": ValueError("no")}}))
    assert json.loads(text) == {"MetaData": {"opError": "no"}}


def test_an_error_with_plain_text_or_nothing_is_allowed():
    assert str(helper.MasExecutionError("text")) == '"text"'
    assert str(helper.MasExecutionError()) == ""


@pytest.mark.parametrize("size", [1, 100_000])
def test_the_engine_reads_the_reason_out_of_what_step_functions_keeps(size):
    output = failed_output(Input={"Media": {}, "MetaData": {"earlier": '"' * size}})
    text = str(helper.MasExecutionError(output))
    cause = json.dumps({"errorMessage": text, "errorType": "MasExecutionError", "stackTrace": []})
    # the limit of Step Functions
    assert len(cause) < 32_768
    failed = operator_failures.failed_operation(
        {**EVENT, "Outputs": {"Error": "MasExecutionError", "Cause": cause}}
    )
    assert failed["MetaData"] == output["MetaData"]


def test_the_data_plane_needs_the_name_of_its_function(monkeypatch):
    monkeypatch.delenv("DataplaneEndpoint", raising=False)
    with pytest.raises(KeyError, match="DataplaneEndpoint"):
        helper.DataPlane()


@pytest.mark.parametrize(
    ("location", "source"),
    [
        (("bucket", "key"), {"S3Bucket": "bucket", "S3Key": "key"}),
        (
            ("Video", "bucket", "key"),
            {"MediaType": "Video", "S3Bucket": "bucket", "S3Key": "key"},
        ),
    ],
)
def test_an_asset_is_created_with_and_without_a_media_type(calls, location, source):
    helper.DataPlane().create_asset(*location)
    body = {"Input": source}
    assert calls == [("dataplane-function", "POST", "/create", "/create", body, None, None)]


@pytest.mark.parametrize("location", [(), ("bucket",), ("Video", "bucket", "key", "more")])
def test_an_asset_needs_a_bucket_and_a_key(calls, location):
    with pytest.raises(TypeError, match="create_asset"):
        helper.DataPlane().create_asset(*location)


def test_a_result_is_stored_as_a_whole(calls):
    helper.DataPlane().store_asset_metadata("a/ b", "op", "workflow", {"x": 0.5})
    (call,) = calls
    assert call[:4] == (
        "dataplane-function",
        "POST",
        "/metadata/{asset_id}",
        "/metadata/a%2F%20b",
    )
    assert call[4] == {"OperatorName": "op", "WorkflowId": "workflow", "Results": {"x": 0.5}}
    assert call[5] == {"asset_id": "a/ b"}
    assert not call[6]


def test_pages_are_appended_by_calls_that_can_be_told_apart(calls):
    for end in (False, False, True):
        helper.DataPlane().store_asset_metadata("asset", "op", "workflow", {}, True, end)
    queries = [call[6] for call in calls]
    assert len({one.pop("token") for one in queries}) == 3
    assert queries == [{"paginated": "true"}] * 2 + [{"paginated": "true", "end": "true"}]


def test_a_page_has_the_number_that_is_asked_for(calls):
    dataplane = helper.DataPlane()
    dataplane.store_asset_metadata("asset", "op", "workflow", {}, page=0)
    dataplane.store_asset_metadata("asset", "op", "workflow", {}, paginate=True, page=1, end=True)
    assert [call[6] for call in calls] == [
        {"paginated": "true", "page": "0"},
        {"paginated": "true", "end": "true", "page": "1"},
    ]


def test_an_end_without_more_is_the_last_page(calls):
    helper.DataPlane().store_asset_metadata("asset", "op", "workflow", {}, end=True)
    assert set(calls[0][6]) == {"end", "token"}


def test_results_are_read_for_an_asset_an_operator_and_a_cursor(calls):
    dataplane = helper.DataPlane()
    dataplane.retrieve_asset_metadata("asset")
    dataplane.retrieve_asset_metadata("asset", "op")
    dataplane.retrieve_asset_metadata("asset", operator_name="op", cursor="a+b=")
    assert [call[1:] for call in calls] == [
        ("GET", "/metadata/{asset_id}", "/metadata/asset", None, {"asset_id": "asset"}, None),
        (
            "GET",
            "/metadata/{asset_id}/{operator_name}",
            "/metadata/asset/op",
            None,
            {"asset_id": "asset", "operator_name": "op"},
            None,
        ),
        (
            "GET",
            "/metadata/{asset_id}/{operator_name}",
            "/metadata/asset/op",
            None,
            {"asset_id": "asset", "operator_name": "op"},
            {"cursor": "a+b="},
        ),
    ]


def test_the_place_for_media_is_asked_for(calls):
    place = {"S3Bucket": "bucket", "S3Key": "private/assets/a/workflows/w/"}
    calls.answers = [(200, place)]
    assert helper.DataPlane().generate_media_storage_path("a", "w") == place
    assert calls[0][1:4] == ("GET", "/mediapath/{asset_id}/{workflow_id}", "/mediapath/a/w")


def test_what_the_api_refuses_is_an_answer(calls):
    refusal = {"Code": "NotFoundError", "Message": "no such asset"}
    calls.answers = [(404, refusal)]
    answer = helper.DataPlane().store_asset_metadata("a", "op", "w", {})
    assert answer == refusal
    assert "Status" not in answer


@pytest.mark.parametrize(
    "answer",
    [
        Malformed("dataplane-function failed on POST: Runtime.ExitError: killed"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "Invoke"),
        (502, "Bad Gateway"),
    ],
)
def test_no_answer_at_all_is_raised(calls, answer):
    calls.answers = [answer]
    with pytest.raises(helper.DataPlaneError, match=r"killed|AccessDenied|502"):
        helper.DataPlane().retrieve_asset_metadata("a")


LARGE = {"text": "x" * 6_300_000}
FORM = {"Upload": "u1", "url": "https://s3", "fields": {"key": "k"}}


@pytest.fixture
def sent(monkeypatch):
    """What is uploaded: (url, fields, body)."""
    sent = []
    monkeypatch.setattr(signed_urls, "post_form", lambda *form: sent.append(form))
    return sent


def test_results_that_no_event_has_room_for_are_uploaded_and_registered(calls, sent):
    calls.answers = [(200, FORM), (200, {"Status": "Success"})]
    dataplane = helper.DataPlane()
    answer = dataplane.store_asset_metadata("a", "op", "w", LARGE, page=0, end=True)
    assert answer == {"Status": "Success"}
    assert [call[6] for call in calls] == [
        {"upload": "true"},
        {"paginated": "true", "end": "true", "page": "0", "uploaded": "u1"},
    ]
    assert all(call[4] == {"OperatorName": "op", "WorkflowId": "w"} for call in calls)
    ((url, fields, body),) = sent
    assert (url, fields) == ("https://s3", {"key": "k"})
    assert json.loads(body) == LARGE


# the last one has room because it has no spaces on its way
@pytest.mark.parametrize(
    "found", ["x" * 6_270_000, '"' * 1_560_000, "ü" * 890_000, [1] * (6_270_000 // 2)]
)
def test_what_is_not_uploaded_fits_into_an_event(calls, found):
    helper.DataPlane().store_asset_metadata("a", "op", "w", {"found": found}, paginate=True)
    (call,) = calls
    body = call[4]
    event = lambda_api.proxy_event("POST", "/metadata/{asset_id}", "/metadata/a", body, None, None)
    assert len(json.dumps(event).encode()) < 6 * 1024 * 1024


def test_an_upload_whose_registration_is_not_found_is_made_once_more(calls, sent):
    gone = (404, {"Code": "NotFoundError", "Message": "it was registered already"})
    calls.answers = [(200, FORM), gone, (200, FORM), (200, {"Status": "Success"})]
    answer = helper.DataPlane().store_asset_metadata("a", "op", "w", LARGE, paginate=True)
    assert answer == {"Status": "Success"}
    assert len(sent) == 2
    # the page that was registered before is this one
    assert calls[1][6]["token"] == calls[3][6]["token"]


def test_a_refusal_of_the_form_is_an_answer(calls, sent):
    refusal = {"Code": "NotFoundError", "Message": "no such asset"}
    calls.answers = [(404, refusal)]
    assert helper.DataPlane().store_asset_metadata("a", "op", "w", LARGE) == refusal
    assert sent == []


def test_what_s3_refuses_is_an_answer_or_raised(calls, monkeypatch):
    def refuse(error):
        def post_form(*_):
            raise error

        return post_form

    calls.answers = [(200, FORM)] * 2
    monkeypatch.setattr(signed_urls, "post_form", refuse(TooLarge("too large for this upload")))
    answer = helper.DataPlane().store_asset_metadata("a", "op", "w", LARGE)
    assert (answer["Code"], "Status" in answer) == ("RequestTooLargeError", False)
    monkeypatch.setattr(signed_urls, "post_form", refuse(Unavailable("S3 does not answer")))
    with pytest.raises(helper.DataPlaneError, match="does not answer"):
        helper.DataPlane().store_asset_metadata("a", "op", "w", LARGE)


def test_results_that_no_answer_has_room_for_are_read_from_their_url(calls, monkeypatch):
    refusal = {"Code": "RequestTooLargeError", "Message": "6 MB", "Url": "https://s3"}
    page = {"asset_id": "a", "operator": "op", "cursor": "c"}
    calls.answers = [(413, {**refusal, **page})] * 2
    monkeypatch.setattr(signed_urls, "fetch", lambda url: b'{"x": 1}' if "s3" in url else b"")
    answer = helper.DataPlane().retrieve_asset_metadata("a", "op")
    assert answer == {**page, "results": {"x": 1}}
    monkeypatch.setattr(signed_urls, "fetch", lambda url: b"<Error/>")
    with pytest.raises(helper.DataPlaneError, match="cannot be read"):
        helper.DataPlane().retrieve_asset_metadata("a", "op")


def test_results_of_past_executions_are_asked_for(calls):
    helper.DataPlane().retrieve_asset_metadata("a", "op", "c", workflow_id="*")
    assert calls[0][6] == {"cursor": "c", "workflow_id": "*"}
