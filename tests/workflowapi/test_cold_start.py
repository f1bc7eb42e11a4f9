"""What first answers of the APIs cost: no package that they do not need, no network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.benchmarks.lambda_environment import LAMBDA, NOT_SAMPLED, PASSED_ON, TRACED

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("cold_start.py")


UNTRACED = {**LAMBDA, "_X_AMZN_TRACE_ID": NOT_SAMPLED}


def cold_start(*requests, environment=UNTRACED, api="workflowapi"):
    """What a new process reports of an API."""
    paths = [str(ROOT / "source" / one) for one in ("lib", api)]
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), json.dumps(paths), json.dumps(requests)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stderr)


def test_nothing_is_imported_before_it_is_needed():
    imported = set(cold_start()["imported"])
    assert {"app", "chalice", "mie.engine.executions"} <= imported
    assert imported.isdisjoint(
        {
            "boto3",
            "botocore",
            "jsonschema",
            "aws_xray_sdk",
            "aws_lambda_powertools",
            "urllib.request",
        }
    )


@pytest.mark.parametrize("api", ["workflowapi", "dataplaneapi"])
def test_lambdas_own_environment_costs_no_import(api):
    assert cold_start(api=api)["imported"] == cold_start(environment={}, api=api)["imported"]


def test_the_first_answers_take_no_network():
    report = cold_start(["GET", "/"], ["GET", "/version"], ["POST", "/workflow/execution"])
    assert report["places"] == []
    (greeted, versions, refused) = report["answers"]
    assert greeted == [200, {"hello": "world"}]
    assert versions[0] == 200
    assert refused[0] == 400


@pytest.mark.parametrize("path", ["/workflow", "/system/configuration"])
def test_a_request_for_data_reaches_for_its_table_and_for_nothing_else(path):
    report = cold_start(["GET", path])
    assert report["places"] == ["dynamodb.us-east-1.amazonaws.com"]
    ((status, body),) = report["answers"]
    assert status == 500
    assert body["Code"] == "InternalServerError"
    assert "Request id" in body["Message"]


@pytest.mark.parametrize(
    ("header", "traces"), [(TRACED, True), (NOT_SAMPLED, False), (PASSED_ON, False)]
)
def test_only_a_request_that_x_ray_records_pays_for_its_sdk(header, traces):
    environment = {**LAMBDA, "_X_AMZN_TRACE_ID": header}
    report = cold_start(["GET", "/workflow"], environment=environment)
    assert "aws_xray_sdk" not in report["imported"]
    assert report["traces"] is traces
