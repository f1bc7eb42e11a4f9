"""What runs leave behind in MiniStack stays bounded, and the last of it is there."""

import pytest
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc, stepfunctions

from local_aws import retention

FUNCTION = {"config": {"FunctionName": "label", "Version": "$LATEST"}}


@pytest.fixture(autouse=True)
def local_aws(monkeypatch):
    """Empty stores, and executions that end at once."""

    def run(arn):
        stepfunctions._executions[arn]["status"] = "SUCCEEDED"

    for module, store in (
        (cloudwatch, "_metrics"),
        (cloudwatch_logs, "_log_groups"),
        (stepfunctions, "_executions"),
    ):
        monkeypatch.setattr(module, store, AccountRegionScopedDict())
    for module, name in ((lambda_svc, "_emit_lambda_logs"), (cloudwatch, "_metric_bucket")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(stepfunctions, "_run_execution", run)
    retention.enforce()


def write(request, function=FUNCTION):
    lambda_svc._emit_lambda_logs(function, request, f"said by {request}", False, 10)


def said(group):
    streams = cloudwatch_logs._log_groups[group]["streams"].values()
    return [event["message"] for stream in streams for event in stream["events"]]


def test_a_function_has_the_logs_of_its_last_invocations():
    for number in range(210):
        write(f"request-{number}")
    texts = [text for text in said("/aws/lambda/label") if text.startswith("said")]
    assert texts == [f"said by request-{number}" for number in range(10, 210)]


def test_a_function_that_writes_to_another_group_is_bounded_there():
    own = {"config": {**FUNCTION["config"], "LoggingConfig": {"LogGroup": "all"}}}
    for number in range(210):
        write(f"request-{number}", own)
    assert len(cloudwatch_logs._log_groups["all"]["streams"]) == 200


def test_a_metric_has_its_last_points():
    for number in range(5_000):
        cloudwatch.record_metric("AWS/Lambda", "Invocations", number, "Count", {})
    (points,) = cloudwatch._metrics.values()
    assert 1_000 <= len(points) <= 2_000
    assert points[-1]["Value"] == 4_999


def test_executions_that_ended_long_ago_are_forgotten_and_those_that_run_are_not():
    stepfunctions._executions["running"] = {"status": "RUNNING"}
    for number in range(510):
        arn = f"arn-{number}"
        stepfunctions._executions[arn] = {"status": "RUNNING"}
        stepfunctions._run_execution(arn)
    kept = list(stepfunctions._executions)
    assert kept == ["running", *(f"arn-{number}" for number in range(10, 510))]
