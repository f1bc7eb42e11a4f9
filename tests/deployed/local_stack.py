"""The stack that run-tests.sh started, and what the tests do with it.

Every request goes the way that a user's goes: over HTTP, signed.
"""

import io
import os
import subprocess
import textwrap
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from laptop.signed_http import SignedHttp

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "source" / "local" / "samples" / "astronaut.jpg"
# A run takes seconds; one that takes this long hangs.
_PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Stack:
    """The running stack: local.json, and clients for its services."""

    facts: dict
    workflow: SignedHttp
    dataplane: SignedHttp

    @classmethod
    def of(cls, facts):
        keys = (facts["region"], facts["access_key_id"], facts["secret_access_key"])
        apis = (facts["workflow_api"], facts["dataplane_api"])
        return cls(facts, *(SignedHttp(one, *keys) for one in apis))

    def client(self, service, config=None):
        return boto3.client(
            service,
            endpoint_url=self.facts["endpoint_url"],
            region_name=self.facts["region"],
            aws_access_key_id=self.facts["access_key_id"],
            aws_secret_access_key=self.facts["secret_access_key"],
            config=config,
        )

    def refusal(self, service, operation, **request):
        """Code and message of the error that a request gets, which the SDK does not look at."""
        once = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        with pytest.raises(ClientError) as refused:
            getattr(self.client(service, once), operation)(**request)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]

    def outputs(self, name):
        (stack,) = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}

    def upload(self, path):
        """Puts a file into the data plane's bucket the way that users do; returns its key."""
        key = f"upload/{uuid.uuid4()}/{path.name}"
        bucket = self.facts["dataplane_bucket"]
        form = self.dataplane.request("POST", "/upload", {"S3Bucket": bucket, "S3Key": key})
        assert form.status == 200, form.json
        answer = urllib3.request(
            "POST",
            form.json["url"],
            fields={**form.json["fields"], "file": (path.name, path.read_bytes())},
        )
        assert answer.status == 204, answer.data
        return key

    def start(self, workflow, media_type="Image", path=SAMPLE, configuration=None):
        """Starts an execution and returns its record."""
        location = {"S3Bucket": self.facts["dataplane_bucket"], "S3Key": self.upload(path)}
        body = {"Name": workflow, "Input": {"Media": {media_type: location}}}
        if configuration is not None:
            body["Configuration"] = configuration
        answer = self.workflow.request("POST", "/workflow/execution", body)
        assert answer.status == 200, answer.json
        return answer.json

    def wait(self, execution_id, statuses=("Complete", "Error")):
        """The record of an execution, once it has one of ``statuses``."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            record = self.workflow.request("GET", f"/workflow/execution/{execution_id}").json
            if record["Status"] in statuses:
                return record
            time.sleep(0.5)
        pytest.fail(f"execution {execution_id} is still {record['Status']}")

    def run(self, *arguments, **options):
        return self.wait(self.start(*arguments, **options)["Id"])

    def history(self, execution):
        """The events of an execution's machine, once it has ended: the record ends a little
        earlier, because the machine's last states write it."""
        machines, arn = self.client("stepfunctions"), execution["StateMachineExecutionArn"]
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while machines.describe_execution(executionArn=arn)["status"] == "RUNNING":
            assert time.monotonic() < deadline, f"the machine of {execution['Id']} goes on"
            time.sleep(0.2)
        pages = machines.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]


class Functions:
    """Functions of operators outside of the library; like: the ARN of one whose role, layer and
    environment they get."""

    def __init__(self, stack, like):
        self.client, self.like, self.names = stack.client("lambda"), like, []

    def make(self, source, handler="lambda_handler", tags=None):
        """The ARN of a function of this text; tags: those of an operator unless told otherwise."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("operator_of_a_test.py", textwrap.dedent(source))
        known = self.client.get_function_configuration(FunctionName=self.like)
        name = f"test-{uuid.uuid4().hex[:12]}"
        made = self.client.create_function(
            FunctionName=name,
            Handler=f"operator_of_a_test.{handler}",
            Code={"ZipFile": file.getvalue()},
            Layers=[one["Arn"] for one in known["Layers"]],
            Tags={"mie:operator": "true"} if tags is None else tags,
            **{key: known[key] for key in ("Role", "Runtime", "Timeout", "Environment")},
        )
        self.names.append(name)
        return made["FunctionArn"]

    def remove(self):
        while self.names:
            self.client.delete_function(FunctionName=self.names.pop())


class Definitions:
    def __init__(self, stack, lambdas):
        self.stack, self.lambdas, self.paths = stack, lambdas, []
        self.suffix = uuid.uuid4().hex[:6]

    def operator(self, label, start, monitor=None, media_type="Video", **configuration):
        name = f"{label}-{self.suffix}"
        body = {
            "Name": name,
            "Type": "Async" if monitor else "Sync",
            "Configuration": {"MediaType": media_type, "Enabled": True, **configuration},
            "StartLambdaArn": self.lambdas.get(start, start),
        }
        if monitor:
            body["MonitorLambdaArn"] = self.lambdas.get(monitor, monitor)
        self.post("/workflow/operation", body)
        return name

    def stage(self, label, *operators, **more):
        name = f"{label}-{self.suffix}"
        self.post("/workflow/stage", {"Name": name, "Operations": list(operators), **more})
        return name

    def workflow(self, label, *stages):
        name = f"{label}-{self.suffix}"
        links = [*({"Next": one} for one in stages[1:]), {"End": True}]
        body = {"Name": name, "StartAt": stages[0], "Stages": dict(zip(stages, links, strict=True))}
        self.post("/workflow", body)
        return name

    def post(self, path, body):
        answer = self.stack.workflow.request("POST", path, body)
        assert answer.status == 200, answer.json
        self.paths.append(f"{path}/{body['Name']}")

    def remove(self):
        for path in reversed(self.paths):
            answer = self.stack.workflow.request("DELETE", path, query={"force": "true"})
            assert answer.status in (200, 404), answer.json


def replay(stack, *options):
    """What replay-changes.sh says of a stack."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": stack.facts["endpoint_url"],
        "AWS_ACCESS_KEY_ID": stack.facts["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": stack.facts["secret_access_key"],
    }
    command = [ROOT / "deployment" / "replay-changes.sh", "--stack", stack.facts["stack_name"]]
    return subprocess.run(
        [*command, "--region", stack.facts["region"], *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
