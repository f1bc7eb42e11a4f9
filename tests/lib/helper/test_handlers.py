"""What surrounds an operator's work: its object, its errors and how machines take them."""

import json

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from tests import state_machines

import MediaInsightsEngineLambdaHelper as helper
from mie.adapters import lambda_api
from mie.core import asl, operator_failures

EVENT = {
    "Name": "op",
    "AssetId": "asset",
    "WorkflowExecutionId": "workflow",
    "Input": {"Media": {"Video": {"S3Bucket": "b", "S3Key": "k"}}, "MetaData": {"a": "1"}},
    "Configuration": {"MediaType": "Video", "Enabled": True},
    "Status": "Started",
    "MetaData": {},
    "Media": {},
}
MAKERS = [helper.operator_handler, helper.monitor_handler]
THROTTLED = ClientError(
    {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "DetectLabels"
)


def failing(error, make=helper.operator_handler):
    @make("OpError")
    def handler(operator):
        operator.add_workflow_metadata(JobId="1")
        raise error

    return handler


def raised_by(handler, event=EVENT):
    with pytest.raises(helper.MasExecutionError) as raised:
        handler(event, None)
    return raised.value


@pytest.mark.parametrize("make", MAKERS)
def test_an_operator_returns_what_it_set(make):
    @make("OpError")
    def handler(operator):
        operator.update_workflow_status(helper.Status.OPERATION_STATUS_COMPLETE)
        operator.add_workflow_metadata(JobId="1")
        operator.add_media_object("Text", "b", "text")

    assert handler(EVENT, None) == {
        **EVENT,
        "Status": "Complete",
        "MetaData": {"JobId": "1"},
        "Media": {"Text": {"S3Bucket": "b", "S3Key": "text"}},
    }


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_of_one_invocation_is_in_the_next(make):
    @make("OpError")
    def handler(operator):
        operator.add_workflow_metadata_json({operator.asset_id: "1"})
        if operator.asset_id == "two":
            raise helper.OperatorError("not this one")
        operator.update_workflow_status(helper.Status.OPERATION_STATUS_COMPLETE)

    one = handler({**EVENT, "AssetId": "one"}, None)
    two = raised_by(handler, {**EVENT, "AssetId": "two"}).args[0]
    three = handler({**EVENT, "AssetId": "three"}, None)
    assert [each["MetaData"] for each in (one, two, three)] == [
        {"one": "1"},
        {"two": "1", "OpError": "not this one"},
        {"three": "1"},
    ]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (helper.OperatorError("no luck"), "no luck"),
        (helper.OperatorInputError("Not a valid file type"), "Not a valid file type"),
        (THROTTLED, str(THROTTLED)),
        (helper.DataPlaneError("no answer"), "no answer"),
        (helper.OperatorError(""), "OperatorError"),
        (helper.OperatorError("x" * 9_000), "x" * 2_000),
    ],
)
def test_a_failure_is_the_output_object_with_its_reason(make, error, reason):
    raised = raised_by(failing(error, make))
    assert raised.__cause__ is error
    assert raised.args[0] == {
        **EVENT,
        "Status": "Error",
        "MetaData": {"JobId": "1", "OpError": reason},
    }


def test_a_service_that_cannot_be_reached_is_a_failure_of_the_operator():
    output = raised_by(failing(EndpointConnectionError(endpoint_url="https://x"))).args[0]
    assert "https://x" in output["MetaData"]["OpError"]


def test_what_nobody_foresaw_is_not_dressed_up():
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError())(EVENT, None)


def test_a_monitor_returns_what_is_complete_already():
    handler = failing(helper.OperatorError("must not run"), helper.monitor_handler)
    done = {**EVENT, "Status": "Complete"}
    assert handler(done, None) == done


def full(_operator):
    raise helper.ServiceIsFull("20 jobs are open")


def test_a_job_without_a_place_waits_and_the_check_starts_it_in_place_of_asking():
    asked = []
    waiting = helper.operator_handler("OpError")(full)({**EVENT, "MetaData": {}}, None)
    assert (waiting["Status"], waiting["MetaData"]) == (
        "Executing",
        {"JobWaits": "20 jobs are open"},
    )
    still = helper.monitor_handler("OpError", full)(asked.append)(waiting, None)
    assert still == waiting

    def start(operator):
        operator.add_workflow_metadata(JobId="1")

    started = helper.monitor_handler("OpError", start)(asked.append)(still, None)
    assert (started["Status"], started["MetaData"]) == ("Executing", {"JobId": "1"})
    assert asked == []
    helper.monitor_handler("OpError", start)(asked.append)(started, None)
    assert len(asked) == 1


def test_only_what_trying_again_may_help_is_raised_under_the_name_that_machines_retry():
    retried = asl.RETRY[0]["ErrorEquals"]
    assert type(raised_by(failing(helper.OperatorError("x")))).__name__ in retried
    refused = type(raised_by(failing(helper.OperatorInputError("x")))).__name__
    assert not any(refused in one["ErrorEquals"] for one in asl.RETRY)


ENGINE = asl.EngineLambdas(complete_stage="complete", operator_failed="failed")


def run(branch, error):
    """What the machine of an operator makes of an error of its last function, and its calls."""
    calls = []

    def start(event):
        calls.append("start")
        if branch.check is None:
            raise_as_lambda_does(event)
        return {**event, "Status": "Executing"}

    def check(event):
        calls.append("check")
        raise_as_lambda_does(event)

    def raise_as_lambda_does(event):
        raised = raised_by(failing(error), event)
        cause = json.dumps({"errorMessage": str(raised), "errorType": type(raised).__name__})
        raise state_machines.StateFailed(type(raised).__name__, cause)

    lambdas = {"start": start, "check": check, "failed": operator_failures.failed_operation}
    machine = asl.operator_machine(branch, "stage", ENGINE)
    state = {**EVENT, "Attempt": 1, "Configuration": {"op": EVENT["Configuration"]}}
    return state_machines.run(machine, state, lambdas).output, calls


@pytest.mark.parametrize("check", [None, "check"])
@pytest.mark.parametrize(
    ("error", "times"), [(helper.OperatorInputError("no file"), 1), (THROTTLED, 3)]
)
def test_the_machine_keeps_the_reason_and_tries_again_where_that_may_help(check, error, times):
    output, calls = run(asl.Branch("op", "start", check), error)
    assert output["Status"] == "Error"
    assert output["MetaData"] == {"JobId": "1", "OpError": str(error)}
    assert calls.count(check or "start") == times


def test_a_reason_is_not_lost_beside_much_metadata():
    @helper.operator_handler("OpError")
    def handler(operator):
        operator.add_workflow_metadata(Much='"' * 40_000)
        raise helper.OperatorError("no luck")

    text = str(raised_by(handler))
    assert len(json.dumps({"errorMessage": text})) < 32_768
    assert json.loads(text)["MetaData"] == {"OpError": "no luck"}


@pytest.fixture
def operator():
    return helper.MediaInsightsOperationHelper(EVENT)


@pytest.fixture
def sent(monkeypatch):
    """The queries and bodies that reach the data plane; ``answer`` is what it says."""

    class Sent(list):
        answer = (200, {"Status": "Success"})

    made = Sent()

    def call(_function, _method, _resource, _path, *, body=None, path_params=None, query=None):
        made.append((query or {}, {**path_params, **body}))
        if isinstance(made.answer, Exception):
            raise made.answer
        return made.answer

    monkeypatch.setenv("DataplaneEndpoint", "dataplane")
    monkeypatch.setattr(lambda_api, "call", call)
    return made


def test_results_are_stored_for_the_asset_and_the_execution(operator, sent):
    assert helper.store_results(operator, "key", {"x": 1}) == {"Status": "Success"}
    stored = {"asset_id": "asset", "OperatorName": "key", "WorkflowId": "workflow"}
    assert sent == [({}, {**stored, "Results": {"x": 1}})]


@pytest.mark.parametrize(
    ("how", "query"),
    [
        ({"page": 0}, {"paginated": "true", "page": "0"}),
        ({"page": 7, "end": True}, {"paginated": "true", "page": "7", "end": "true"}),
        ({"paginate": True}, {"paginated": "true", "token": "t"}),
        ({"paginate": True, "end": True}, {"paginated": "true", "end": "true", "token": "t"}),
    ],
)
def test_pages_say_which_they_are(operator, sent, how, query):
    helper.store_results(operator, "key", {}, **how)
    said = sent[0][0]
    assert {**said, **({"token": "t"} if "token" in said else {})} == query


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((404, {"Code": "NotFoundError", "Message": "no such asset"}), "no such asset"),
        ((429, {"Code": "TooManyRequestsError", "Message": "slower"}), "slower"),
        ((502, "Bad Gateway"), "POST /metadata/asset was answered with status 502"),
        (THROTTLED, str(THROTTLED)),
    ],
)
def test_results_that_are_not_stored_are_an_error(operator, sent, answer, reason):
    sent.answer = answer
    with pytest.raises(helper.OperatorError) as raised:
        helper.store_results(operator, "key", {})
    assert str(raised.value) == f"Unable to upload metadata for asset: asset: {reason}"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "BadRequestError", helper.MasInputError),
        (404, "NotFoundError", helper.MasInputError),
        (413, "RequestTooLargeError", helper.MasInputError),
        (409, "ConflictError", helper.MasExecutionError),
        (429, "TooManyRequestsError", helper.MasExecutionError),
    ],
)
def test_what_the_data_plane_will_refuse_again_is_not_tried_again(sent, status, code, kind):
    sent.answer = (status, {"Code": code, "Message": "why"})

    @helper.operator_handler("OpError")
    def start(operator):
        helper.store_results(operator, "key", {})

    with pytest.raises(helper.MasExecutionError) as raised:
        start(EVENT, None)
    assert type(raised.value) is kind


@pytest.mark.parametrize("asynchronous", [False, True])
def test_an_operator_without_anything_to_do_says_why_and_is_not_asked_again(asynchronous):
    @helper.operator_handler("OpError")
    def start(operator):
        operator.skip("There is no picture")

    @helper.monitor_handler("OpError")
    def check(operator):
        raise AssertionError("there is nothing to ask for")

    lambdas = {"start": lambda event: start(event, None), "check": lambda event: check(event, None)}
    branch = asl.Branch("op", "start", "check" if asynchronous else None)
    state = {**EVENT, "Attempt": 1, "Configuration": {"op": EVENT["Configuration"]}}
    output = state_machines.run(
        asl.operator_machine(branch, "stage", ENGINE), state, lambdas
    ).output
    assert output["Status"] == "Skipped"
    assert output["MetaData"] == {"opSkipped": "There is no picture"}


@pytest.mark.parametrize("make", MAKERS)
def test_what_cannot_be_done_here_is_skipped_with_its_reason(make):
    output = failing(helper.OperatorSkipped("Nobody speaks"), make)(EVENT, None)
    assert output["Status"] == "Skipped"
    assert output["MetaData"] == {"JobId": "1", "opSkipped": "Nobody speaks"}


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_model_that_is_not_installed_is_skipped_with_the_command_that_installs_it(wrapped):
    told = {"Code": "ModelNotAvailableException", "Message": "To install it: run-local.sh up"}
    lacking = ClientError({"Error": told}, "DetectFaces")

    @helper.operator_handler("OpError")
    def handler(operator):
        if not wrapped:
            raise lacking
        raise helper.OperatorInputError("Unable to get response") from lacking

    output = handler(EVENT, None)
    assert output["Status"] == "Skipped"
    assert output["MetaData"] == {"opSkipped": "To install it: run-local.sh up"}
