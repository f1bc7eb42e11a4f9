"""A client that was written for the original, on the running stack.

It walks through both APIs as the original's own suites did, and reads every answer: by what the
API's document promises of that route and status, and by the keys that the developer's guide names.
"""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.deployed.conftest import DEFAULT_LIMIT
from tests.deployed.local_stack import SAMPLE

pytestmark = pytest.mark.deployed

DOCUMENTS = Path(__file__).parents[2] / "docs" / "openapi"
# What Amazon Transcribe and Amazon Translate answer is read in tests/deployed/test_services.py.
SERVICES = "/service/"

OPERATION_KEYS = (
    *("Name", "Type", "Configuration", "StartLambdaArn", "StateMachineExecutionRoleArn"),
    *("StateMachineAsl", "StageName"),
)
STAGE_KEYS = ("Name", "Operations", "Configuration", "StateMachineArn")
WORKFLOW_KEYS = (
    *("Name", "StartAt", "Stages", "Operations", "StaleOperations", "StaleStages", "Trigger"),
    *("Revisions", "StateMachineArn"),
)
EXECUTION_KEYS = (
    *("Id", "Trigger", "CurrentStage", "Globals", "Configuration", "Workflow", "Status"),
    *("AssetId", "Version", "Created", "ResourceType", "ApiVersion"),
)
SUMMARY_KEYS = ("Id", "AssetId", "CurrentStage", "Status", "Created", "Workflow")


class Client:
    """One API. read: the routes of which a successful answer was read."""

    def __init__(self, name, http):
        self.http, self.read = http, set()
        self.document = json.loads((DOCUMENTS / f"{name}-api.json").read_text())

    def __call__(self, method, path, body=None, status=200, **query):
        answer = self.http.request(method, path, body, query=query or None)
        assert answer.status == status, (method, path, answer.json)
        route = self._route(method, path)
        promised = self._whole(
            self.document["paths"][route][method.lower()]["responses"][str(status)]
        )
        for kind in promised["content"].values():
            schema = {**kind["schema"], "components": self.document["components"]}
            Draft202012Validator(schema).validate(answer.json)
        if status == 200:
            self.read.add((method, route))
        else:
            assert set(answer.json) >= {"Code", "Message"}
        return answer.json

    def _whole(self, response):
        """The response itself where only its name is given."""
        name = response.get("$ref", "").rpartition("/")[2]
        return self.document["components"]["responses"][name] if name else response

    def routes(self):
        return {
            (method.upper(), path)
            for path, methods in self.document["paths"].items()
            for method in methods
            if not path.startswith(SERVICES)
        }

    def _route(self, method, path):
        """The documented path; one without parameters goes before one that has some."""
        fitting = [
            one
            for one, methods in self.document["paths"].items()
            if method.lower() in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)
        ]
        return min(fitting, key=lambda one: one.count("{"))


def keys(document, *wanted):
    assert set(wanted) <= set(document), sorted(document)
    return document


def test_every_answer_of_the_workflow_api_is_read(stack, definitions, test_lambdas):
    api = Client("workflow", stack.workflow)
    assert api("GET", "/") == {"hello": "world"}
    keys(api("GET", "/version"), "ApiVersion", "FrameworkVersion")
    limit = {"Name": "MaxConcurrentWorkflows", "Value": DEFAULT_LIMIT}
    assert api("POST", "/system/configuration", limit) == {}
    assert limit in api("GET", "/system/configuration")

    one, two, unknown = (f"{name}-{definitions.suffix}" for name in ("one", "two", "unknown"))
    operation = {
        "Name": one,
        "Type": "Sync",
        "Configuration": {"MediaType": "Video", "Enabled": True, "configuration1": "value1"},
        "StartLambdaArn": test_lambdas["VideoSyncOKLambda"],
    }
    made = keys(api("POST", "/workflow/operation", operation), *OPERATION_KEYS)
    assert "%%STAGE_NAME%%" in made["StateMachineAsl"]
    waiting = {
        "Name": two,
        "Type": "Async",
        "Configuration": {"MediaType": "MetadataOnly", "Enabled": True},
    }
    known = keys(api("GET", "/workflow/operation/Wait"), *OPERATION_KEYS, "MonitorLambdaArn")
    waits = {key: known[key] for key in ("StartLambdaArn", "MonitorLambdaArn")}
    api("POST", "/workflow/operation", {**waiting, **waits})
    api("POST", "/workflow/operation", operation, status=409)
    api("POST", "/workflow/operation", {"Name": unknown}, status=400)
    assert one in [item["Name"] for item in api("GET", "/workflow/operation")]
    api("GET", f"/workflow/operation/{unknown}", status=404)
    keys(api("PUT", "/workflow/operation", operation), *OPERATION_KEYS)
    api("PUT", "/workflow/operation", {**operation, "Name": unknown}, status=404)

    stage = {"Name": f"stage-{one}", "Operations": [one]}
    keys(api("POST", "/workflow/stage", stage), *STAGE_KEYS)
    last = {"Name": f"last-{one}", "Operations": [two]}
    api("POST", "/workflow/stage", last)
    assert stage["Name"] in [item["Name"] for item in api("GET", "/workflow/stage")]
    keys(api("GET", f"/workflow/stage/{stage['Name']}"), *STAGE_KEYS)
    keys(api("PUT", "/workflow/stage", stage), *STAGE_KEYS)
    api("GET", f"/workflow/stage/{unknown}", status=404)
    api("DELETE", f"/workflow/stage/{unknown}", status=404)

    chained = {stage["Name"]: {"Next": last["Name"]}, last["Name"]: {"End": True}}
    workflow = {"Name": f"wf-{one}", "StartAt": stage["Name"], "Stages": chained}
    keys(api("POST", "/workflow", workflow), *WORKFLOW_KEYS)
    api("POST", "/workflow", workflow, status=409)
    keys(api("PUT", "/workflow", {"Name": workflow["Name"]}), *WORKFLOW_KEYS)
    assert workflow["Name"] in [item["Name"] for item in api("GET", "/workflow")]
    read = keys(api("GET", f"/workflow/{workflow['Name']}"), *WORKFLOW_KEYS)
    assert set(read["Stages"]) == set(chained)
    api("GET", f"/workflow/{unknown}", status=404)
    configured = api("GET", f"/workflow/configuration/{workflow['Name']}")
    assert configured[stage["Name"]][one]["configuration1"] == "value1"
    for path in (f"/operation/{one}", f"/stage/{stage['Name']}"):
        (found,) = api("GET", f"/workflow/list{path}")
        keys(found, *WORKFLOW_KEYS)

    place = {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": stack.upload(SAMPLE)}
    request = {"Name": workflow["Name"], "Input": {"Media": {"Video": place}}}
    execution = keys(api("POST", "/workflow/execution", request), *EXECUTION_KEYS)
    api("POST", "/workflow/execution", {**request, "Name": unknown}, status=400)
    execution_id, asset_id = execution["Id"], execution["AssetId"]
    stack.wait(execution_id, ("Waiting",))
    waiting = keys(api("GET", f"/workflow/execution/{execution_id}"), *EXECUTION_KEYS)
    (output,) = waiting["Workflow"]["Stages"][stage["Name"]]["Outputs"]
    keys(output, "Name", "Status", "AssetId", "WorkflowExecutionId", "Configuration", "Media")
    assert output["MetaData"][one]["Meta"] == f"Workflow metadata for {one}"
    assert execution_id in [item["Id"] for item in api("GET", "/workflow/execution")]
    for path in ("status/Waiting", f"asset/{asset_id}"):
        listed = api("GET", f"/workflow/execution/{path}")
        keys(next(item for item in listed if item["Id"] == execution_id), *SUMMARY_KEYS)
    resumed = api("PUT", f"/workflow/execution/{execution_id}", {"WaitingStageName": last["Name"]})
    assert resumed == {"Id": execution_id, "Status": "Resumed"}
    assert stack.wait(execution_id)["Status"] == "Complete"
    api("POST", f"/workflow/execution/{execution_id}/retry", status=409)

    again = api("POST", "/workflow/execution", {**request, "Input": {"AssetId": asset_id}})
    cancelled = api("POST", f"/workflow/execution/{again['Id']}/cancel")
    assert keys(cancelled, *EXECUTION_KEYS, "Message")["Status"] == "Error"
    retried = api("POST", f"/workflow/execution/{again['Id']}/retry")
    assert keys(retried, *EXECUTION_KEYS)["Status"] == "Queued"
    for run in (again["Id"], execution_id):
        keys(api("DELETE", f"/workflow/execution/{run}"), *EXECUTION_KEYS)
        api("GET", f"/workflow/execution/{run}", status=404)

    api("DELETE", f"/workflow/operation/{one}", status=400)
    keys(api("DELETE", f"/workflow/{workflow['Name']}"), *WORKFLOW_KEYS)
    for name in (stage["Name"], last["Name"]):
        keys(api("DELETE", f"/workflow/stage/{name}"), *STAGE_KEYS)
    for name in (one, two):
        keys(api("DELETE", f"/workflow/operation/{name}"), *OPERATION_KEYS)
    assert api.read == api.routes()


def test_every_answer_of_the_dataplane_api_is_read(stack):
    api = Client("dataplane", stack.dataplane)
    api("GET", "/")
    keys(api("GET", "/version"), "ApiVersion", "FrameworkVersion")
    bucket = stack.facts["dataplane_bucket"]
    place = {"S3Bucket": bucket, "S3Key": "upload/of-a-client.jpg"}
    keys(api("POST", "/upload", place), "url", "fields")
    place = {"S3Bucket": bucket, "S3Key": stack.upload(SAMPLE)}
    assert api("POST", "/download", place).startswith("http")

    asset = keys(api("POST", "/create", {"Input": place}), "AssetId", "S3Bucket", "S3Key")
    asset_id = asset["AssetId"]
    assert asset_id in keys(api("GET", "/metadata"), "assets")["assets"]
    path = f"/metadata/{asset_id}"
    whole = {"OperatorName": "whole", "WorkflowId": "w", "Results": {"frames": [1]}}
    assert keys(api("POST", path, whole), "Status", "Bucket", "Key")["Status"] == "Success"
    paged = {**whole, "OperatorName": "paged"}
    api("POST", path, paged, paginated="true")
    api("POST", path, paged, paginated="true")
    keys(api("POST", path, paged, paginated="true", end="true"), "Status", "Bucket", "Key")
    api("POST", path, {**whole, "Results": 7}, status=400)

    pages = [api("GET", path)]
    while "cursor" in pages[-1]:
        pages.append(api("GET", path, cursor=pages[-1]["cursor"]))
    assert keys(pages[0]["results"], "S3Bucket", "S3Key")["S3Key"] == asset["S3Key"]
    assert [page["operator"] for page in pages[1:]] == ["paged"] * 3 + ["whole"]
    keys(api("GET", f"{path}/whole"), "asset_id", "operator", "results")
    api("GET", f"{path}/none", status=404)
    keys(api("GET", f"/mediapath/{asset_id}/w"), "S3Bucket", "S3Key")

    keys(api("POST", f"/checkout/{asset_id}", {"LockedBy": "me"}), "AssetId", "LockedBy")
    api("POST", f"/checkout/{asset_id}", {"LockedBy": "me"}, status=409)
    assert asset_id in [one["AssetId"] for one in api("GET", "/checkouts")["locks"]]
    api("DELETE", path, status=409)
    api("POST", f"/checkin/{asset_id}")
    if stack.facts["opensearch_url"]:
        keys(api("GET", "/search", q="astronaut"), "hits")
    else:
        api.read.add(("GET", "/search"))
    api("DELETE", f"{path}/whole")
    api("DELETE", path)
    api("GET", path, status=404)
    assert api.read == api.routes()
