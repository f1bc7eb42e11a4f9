"""Deploys the templates as they are deployed on AWS: with CloudFormation."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laptop.build import CODE_BUCKET, TEMPLATE_BUCKET
from laptop.facts import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, STACK
from laptop.places import Places
from laptop.problems import Problem

# stack of a workflow -> its template
_WORKFLOWS = {
    f"{STACK}-image-workflow": "aws-content-analysis-image-workflow",
    f"{STACK}-video-workflow": "aws-content-analysis-video-workflow",
}
# more of them, by parameters of the root stack
_MORE_WORKFLOWS = (
    "MieCompleteWorkflow",
    "TranscribeWorkflow",
    "ParallelComprehendWorkflow",
    "RekognitionVideoWorkflow",
    "RekognitionImageWorkflow",
    "InstantTranslateWorkflow",
    "UpdateCaptionsWorkflow",
)
_WAIT_SECONDS = 300
_UNCHANGED = "No updates are to be performed"
# Deleted stacks are listed for a while, or not at all.
_GONE = "DELETE_COMPLETE"
# Such a stack cannot be updated, only deleted.
_BEYOND_UPDATE = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")


class Cloud:
    """Clients of the local AWS."""

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url

    def client(self, service: str) -> Any:
        # a fifth of a second, which a stack that is up to date need not spend
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
        )


@dataclass(frozen=True)
class Target:
    """What is to be deployed.

    version: of the sources. runtime: Lambda's name for the interpreter of the functions.
    search_url: of the search node, None for none.
    """

    version: str
    runtime: str
    search_url: str | None

    @property
    def mark(self) -> str:
        """Differs from that of every other target."""
        return f"{self.version} {self.runtime} {self.search_url}"


def is_deployed(places: Places, target: Target) -> bool:
    return places.deployed.exists() and places.deployed.read_text() == target.mark


def mark_deployed(places: Places, target: Target) -> None:
    places.deployed.write_text(target.mark)


def exists(cloud: Cloud) -> bool:
    """Whether the local AWS knows the stack; one that was killed may have forgotten it."""
    return STACK in stack_statuses(cloud)


def deploy(cloud: Cloud, places: Places, target: Target, say: Callable[[str], None]) -> None:
    """Brings the stacks to ``target``."""
    prefix = f"media_insights_engine/{target.version}"
    say("Deploying the stack …")
    # as long as this has not ended, nobody knows what is deployed
    places.deployed.unlink(missing_ok=True)
    _upload(cloud, places.dist / "global-s3-assets", TEMPLATE_BUCKET, prefix)
    _upload(cloud, places.dist / "regional-s3-assets", f"{CODE_BUCKET}-{REGION}", prefix)
    _deploy_stack(
        cloud,
        STACK,
        _published(f"{prefix}/media-insights-stack"),
        {
            "DeployTestResources": "Yes",
            **{f"Deploy{name}": "Yes" for name in _MORE_WORKFLOWS},
            "LambdaRuntime": target.runtime,
            "ElasticsearchEndpoint": target.search_url or "",
            # people wait for what they have just put in, and there is little of it
            "SearchRefreshInterval": "1s",
            # the local AWS speaks plain HTTP, on this machine only
            "EncryptedConnectionsOnly": "No",
        },
    )
    outputs = stack_outputs(cloud)
    shared = ("WorkflowCustomResourceArn", "OperatorLibraryStack")
    for name, template in _WORKFLOWS.items():
        parameters = {key: outputs[key] for key in shared}
        _deploy_stack(cloud, name, _published(f"{prefix}/{template}"), parameters)


def is_of_a_workflow(stack_id: str) -> bool:
    """Whether a stack is one of those beside the root stack that have a workflow each."""
    return any(f":stack/{name}/" in stack_id for name in _WORKFLOWS)


def stack_outputs(cloud: Cloud) -> dict[str, str]:
    (stack,) = cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def stack_statuses(cloud: Cloud) -> dict[str, str]:
    stacks = cloud.client("cloudformation").describe_stacks()["Stacks"]
    return {one["StackName"]: one["StackStatus"] for one in stacks}


def _upload(cloud: Cloud, folder: Path, bucket: str, prefix: str) -> None:
    s3 = cloud.client("s3")
    # it is there after a deployment that was killed, of which all else is forgotten
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=bucket)
    for path in sorted(folder.iterdir()):
        s3.put_object(Bucket=bucket, Key=f"{prefix}/{path.name}", Body=path.read_bytes())


def _published(key: str) -> dict[str, str]:
    url = f"https://s3.{REGION}.amazonaws.com/{TEMPLATE_BUCKET}/{key}.template"
    return {"TemplateURL": url}


def _deploy_stack(
    cloud: Cloud, name: str, template: Mapping[str, str], parameters: Mapping[str, str]
) -> None:
    cloudformation = cloud.client("cloudformation")
    request = {
        "StackName": name,
        **template,
        "Parameters": [
            {"ParameterKey": one, "ParameterValue": value} for one, value in parameters.items()
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    }
    # what another command began before it was killed
    status = _wait(cloud, name)
    if status in _BEYOND_UPDATE:
        cloudformation.delete_stack(StackName=name)
        status = _wait(cloud, name)
    request_change = cloudformation.create_stack if status == _GONE else cloudformation.update_stack
    try:
        request_change(**request)
    except cloudformation.exceptions.ClientError as error:
        if _UNCHANGED in error.response["Error"]["Message"]:
            return
        raise Problem(f"the stack {name} was refused: {error}") from error
    status = _wait(cloud, name)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise Problem(f"the stack {name} ended in {status}: {_reason(cloud, name)}")


def _wait(cloud: Cloud, name: str) -> str:
    deadline = time.monotonic() + _WAIT_SECONDS
    while (status := stack_statuses(cloud).get(name, _GONE)).endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise Problem(f"the stack {name} is still {status} after {_WAIT_SECONDS} seconds")
        time.sleep(0.5)
    return status


def _reason(cloud: Cloud, name: str) -> str:
    """The first failure; what failed after it failed because of it.

    Of a nested stack the stack itself knows best, as long as it is still there.
    """
    cloudformation = cloud.client("cloudformation")
    statuses = stack_statuses(cloud).items()
    nested = [one for one, status in statuses if one.startswith(f"{name}-") and "FAILED" in status]
    for stack in (*nested, name):
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        failures = [
            f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', 'no reason given')}"
            for one in events
            if one["ResourceStatus"].endswith("FAILED") and one["LogicalResourceId"] != stack
        ]
        if failures:
            return f"{failures[-1]} (in {stack})"
    return "CloudFormation gives no reason"
