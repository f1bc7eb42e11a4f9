"""What Step Functions caught, as the result of a failed operator."""

import json

import pytest

from mie.core import operator_failures
from mie.core.errors import BadRequest

EVENT = {
    "Name": "faces",
    "AssetId": "asset",
    "WorkflowExecutionId": "run",
    "Input": {"Media": {}, "MetaData": {}},
    "Configuration": {"MediaType": "Image", "Enabled": True},
    "Status": "Error",
    "MetaData": {},
    "Media": {},
}
RAISED = {
    "Name": "faces",
    "Status": "Error",
    "MetaData": {"FaceDetectionError": "it's dark", "JobId": "7", "n": None, "ok": True},
    "Media": {},
}


def failed(error, cause):
    return operator_failures.failed_operation(
        {**EVENT, "Outputs": {"Error": error, "Cause": cause}}
    )


def lambda_cause(message, kind="MasExecutionError"):
    """What Lambda makes of an exception."""
    return json.dumps({"errorMessage": message, "errorType": kind, "stackTrace": ["…"]})


@pytest.mark.parametrize("write", [json.dumps, str])
def test_the_operators_own_metadata_is_kept_from_json_and_from_a_python_literal(write):
    result = failed("MasExecutionError", lambda_cause(write(RAISED)))
    assert result["MetaData"] == RAISED["MetaData"]
    assert result["Status"] == "Error"


def test_an_object_as_error_message_is_understood():
    cause = json.dumps({"errorMessage": RAISED})
    assert failed("MasExecutionError", cause)["MetaData"] == RAISED["MetaData"]


def test_a_bare_text_is_kept_under_the_operators_name():
    result = failed("ValueError", lambda_cause("no such face", "ValueError"))
    assert result["MetaData"] == {"facesError": "ValueError: no such face"}


def test_a_cause_that_lambda_did_not_write_is_kept_as_it_stands():
    result = failed("States.Timeout", "faces was still executing")
    assert result["MetaData"] == {"facesError": "States.Timeout: faces was still executing"}


def test_an_error_without_cause_is_named():
    assert failed("X", "")["MetaData"] == {"facesError": "X"}
    event = {**EVENT, "Outputs": {"Error": "X"}}
    assert operator_failures.failed_operation(event)["MetaData"] == {"facesError": "X"}


def test_the_result_is_an_operation_object_without_the_catch():
    result = failed("ValueError", "x")
    assert set(result) == set(EVENT)
    assert {key: result[key] for key in EVENT if key != "MetaData"} == {
        key: EVENT[key] for key in EVENT if key != "MetaData"
    }


def test_an_event_without_outputs_stays_as_it_is():
    event = {"Name": "faces", "Status": "Nonsense", "MetaData": {"a": 1}}
    assert operator_failures.failed_operation(event) == event


def test_the_reason_survives_a_raised_output_without_metadata():
    for metadata in ({}, None, [], "x"):
        cause = lambda_cause(json.dumps({**RAISED, "MetaData": metadata}))
        assert list(failed("MasExecutionError", cause)["MetaData"]) == ["facesError"]


@pytest.mark.parametrize(
    "cause",
    [
        "",
        "{",
        "{}",
        "[]",
        "null",
        "7",
        '"text"',
        "{[]: 1}",
        "{{}}",
        "{1: 2, **{}}",
        "\x00",
        "  indented\n text",
        "(" * 300,
        "[" * 30_000,
        '{"a":' * 20_000,
        "-" * 20_000,
        "1" * 10_000,
        '{"errorMessage": null}',
        '{"errorMessage": ""}',
        '{"errorMessage": 7}',
        '{"errorMessage": "{[]: 1}"}',
        '{"errorMessage": "' + "(" * 2_000 + '"}',
        "__import__('os').getcwd()",
        "😀",
    ],
)
def test_no_cause_can_break_the_description(cause):
    result = failed("E", cause)
    assert result["Status"] == "Error"
    assert result["MetaData"]["facesError"].startswith("E")


@pytest.mark.parametrize("outputs", [None, "text", [], {}, {"Error": None, "Cause": None}, 7])
def test_no_catch_can_break_the_description(outputs):
    result = operator_failures.failed_operation({**EVENT, "Outputs": outputs})
    assert result["Status"] == "Error"
    assert list(result["MetaData"]) == ["facesError"]


def test_a_traceback_is_cut():
    assert len(failed("E", "x" * 100_000)["MetaData"]["facesError"]) < 2_100


def test_code_in_a_cause_is_never_run(tmp_path):
    target = tmp_path / "made"
    failed("MasExecutionError", lambda_cause(f"{{'a': open({str(target)!r}, 'w')}}"))
    assert not target.exists()


@pytest.mark.parametrize(
    "missing", ["Name", "AssetId", "WorkflowExecutionId", "Input", "Configuration"]
)
def test_an_event_that_lacks_a_key_names_it(missing):
    event = {key: value for key, value in EVENT.items() if key != missing}
    with pytest.raises(BadRequest, match=f"^{missing} is required"):
        operator_failures.failed_operation({**event, "Outputs": {"Error": "X"}})


def test_metadata_that_names_no_error_gets_the_cause():
    message = json.dumps({"Name": "faces", "MetaData": {"JobId": "7"}, "Message": "job expired"})
    metadata = failed("MasExecutionError", lambda_cause(message))["MetaData"]
    assert metadata == {"JobId": "7", "facesError": "MasExecutionError: job expired"}
    message = json.dumps({"Name": "faces", "MetaData": {"Message": "job expired"}})
    metadata = failed("MasExecutionError", lambda_cause(message))["MetaData"]
    assert metadata == {"Message": "job expired", "facesError": "MasExecutionError: job expired"}
    message = json.dumps({"Name": "faces", "MetaData": {"JobId": "7"}})
    metadata = failed("MasExecutionError", lambda_cause(message))["MetaData"]
    assert metadata["JobId"] == "7"
    assert metadata["facesError"] == f"MasExecutionError: {message}"


def test_the_conformance_vector_of_a_caught_error():
    event = {**EVENT, "Name": "n", "Outputs": {"Error": "X"}}
    result = operator_failures.failed_operation(event)
    assert (result["Status"], result["MetaData"]) == ("Error", {"nError": "X"})
