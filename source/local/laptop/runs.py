"""Runs a workflow on a file, by the same requests that any user sends."""

import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3

from laptop import disk, execution_ids, plans, uploads
from laptop.answering import answering
from laptop.facts import Facts
from laptop.media_files import Medium
from laptop.places import places
from laptop.plans import Plan, Wishes
from laptop.problems import Problem
from laptop.signed_http import Answer, SignedHttp

_OFTENEST_SECONDS, _SELDOMEST_SECONDS = 0.25, 2.0
_FINAL = ("Complete", "Error")
_NOT_FOUND, _FAILED = 404, 500
_MOST_A_PAGE: Mapping[str, str] = {"limit": "100"}
_WHOLE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Engine:
    """The APIs of a running stack."""

    def __init__(self, facts: Facts) -> None:
        identity = (facts.region, facts.access_key_id, facts.secret_access_key)
        self.workflow = SignedHttp(facts.workflow_api, *identity)
        self.dataplane = SignedHttp(facts.dataplane_api, *identity)
        self.bucket = facts.dataplane_bucket

    def plan(self, medium: Medium, wishes: Wishes) -> Plan:
        """Raises Problem where the workflow cannot do that, without having changed anything."""
        name = wishes.workflow or medium.workflow
        answer = self.workflow.request("GET", f"/workflow/{quote(name, safe='')}")
        if answer.status == _NOT_FOUND:
            raise plans.unknown_workflow(name, self.workflows())
        plan = plans.make(medium, _told(answer, f"GET /workflow/{name}"), wishes)
        if wishes.configuration or wishes.language:
            self._check(plan)
        return plan

    def _check(self, plan: Plan) -> None:
        """The engine looks at the configuration before it looks for the asset, which is none."""
        body = {
            "Name": plan.workflow,
            "Input": {"AssetId": str(uuid.uuid4())},
            "Configuration": plan.configuration,
        }
        answer = self.workflow.request("POST", "/workflow/execution", body)
        if answer.status != _NOT_FOUND:
            raise Problem(f"{plan.workflow} cannot run like this: {refusal(answer)}")

    def start(self, plan: Plan) -> Any:
        """Uploads the file and starts the workflow; returns the execution."""
        location = {"S3Bucket": self.bucket, "S3Key": self._upload(plan.medium)}
        body = {
            "Name": plan.workflow,
            "Input": {"Media": {plan.medium.media_type: location}},
            "Configuration": plan.configuration,
        }
        return self._ask(self.workflow, "POST", "/workflow/execution", body)

    def follow(self, execution_id: str, show: Callable[[Any], None]) -> Any:
        """Shows the execution whenever it is looked at, until it has ended."""
        began = time.monotonic()
        while True:
            execution = self.execution(execution_id)
            show(execution)
            if execution["Status"] in _FINAL:
                return execution
            time.sleep(poll_seconds(time.monotonic() - began))

    def execution(self, execution_id: str) -> Any:
        return self._ask(self.workflow, "GET", f"/workflow/execution/{execution_id}")

    def find(self, wanted: str) -> Any:
        """The execution that somebody means by an id or the beginning of one. Raises Problem."""
        if not _WHOLE_ID.fullmatch(wanted):
            return execution_ids.find(self.executions(), wanted)
        # nobody has to look through all of them
        answer = self.workflow.request("GET", f"/workflow/execution/{wanted}")
        if answer.status == _NOT_FOUND:
            of_asset = self._listed(f"/workflow/execution/asset/{wanted}", "Executions")
            return execution_ids.find(of_asset, wanted)
        return _told(answer, "the execution")

    def cancel(self, execution_id: str) -> Any:
        return self._ask(self.workflow, "POST", f"/workflow/execution/{execution_id}/cancel")

    def retry(self, execution_id: str) -> Any:
        return self._ask(self.workflow, "POST", f"/workflow/execution/{execution_id}/retry")

    def executions(self) -> Iterator[Any]:
        return self._listed("/workflow/execution", "Executions")

    def workflows(self) -> list[str]:
        return [one["Name"] for one in self._listed("/workflow", "Workflows")]

    def stale_workflows(self) -> list[Any]:
        """Those that say with which request they are built anew."""
        return [one for one in self._listed("/workflow", "Workflows") if "Rebuild" in one]

    def rebuild(self, workflow: str) -> None:
        self._ask(self.workflow, "PUT", "/workflow", {"Name": workflow})

    def assets(self) -> Iterator[str]:
        """The ids of all assets that the data plane knows."""
        for answer in self._pages(self.dataplane, "/metadata", "cursor", _MOST_A_PAGE):
            yield from answer["assets"]

    def metadata(self, asset_id: str) -> dict[str, list[Any]]:
        """Operator -> the pages of its result."""
        found: dict[str, list[Any]] = {}
        for answer in self._pages(self.dataplane, f"/metadata/{asset_id}", "cursor", {}):
            if "operator" in answer:
                found.setdefault(answer["operator"], []).append(answer["results"])
        return found

    def download(self, location: Mapping[str, str], path: Path) -> bool:
        """Writes an object of the data plane; False where it is gone."""
        place = {key: location[key] for key in ("S3Bucket", "S3Key")}
        url = self._ask(self.dataplane, "POST", "/download", place)
        with (
            answering(self.dataplane.base_url),
            urllib3.request("GET", url, preload_content=False) as answer,
        ):
            if answer.status != 200:
                return False
            with path.open("wb") as file:
                shutil.copyfileobj(answer, file)
        return True

    def _listed(self, path: str, key: str) -> Iterator[Any]:
        """What the workflow API lists. key: under which its answers have it."""
        for answer in self._pages(self.workflow, path, "Cursor", _MOST_A_PAGE):
            yield from answer[key]

    def _pages(
        self, api: SignedHttp, path: str, cursor: str, query: Mapping[str, str]
    ) -> Iterator[Any]:
        """cursor: the key of the cursor in an answer."""
        answer = self._ask(api, "GET", path, query=dict(query))
        yield answer
        while cursor in answer:
            following = {**query, "cursor": answer[cursor]}
            answer = self._ask(api, "GET", path, query=following)
            yield answer

    def _upload(self, medium: Medium) -> str:
        key = f"upload/{uuid.uuid4()}/{medium.object_name}"
        target = {"S3Bucket": self.bucket, "S3Key": key}
        form = self._ask(self.dataplane, "POST", "/upload", target)
        with answering(form["url"]):
            answer = uploads.send(form, medium.object_name, medium.path)
        if answer.status not in (200, 201, 204):
            raise Problem(
                f"{medium.path} could not be uploaded (S3 answered {answer.status}); {_way_out()}"
            )
        return key

    def _ask(
        self,
        api: SignedHttp,
        method: str,
        path: str,
        body: object = None,
        query: dict[str, str] | None = None,
    ) -> Any:
        return _told(api.request(method, path, body, query), f"{method} {path}")


def poll_seconds(elapsed: float) -> float:
    """Until an execution is looked at again: seldom where it takes long, since looking costs."""
    return min(max(elapsed / 30, _OFTENEST_SECONDS), _SELDOMEST_SECONDS)


def _told(answer: Answer, request: str) -> Any:
    """The document of an answer. Raises Problem for a refusal."""
    if answer.status == 200:
        return answer.json
    if answer.status >= _FAILED:
        raise Problem(f"the engine could not answer {request} ({answer.status}); {_way_out()}")
    raise Problem(f"the engine refused that: {refusal(answer)}")


def _way_out() -> str:
    """What to do when the engine breaks."""
    if disk.is_full(places().state):
        return "the disk is full: make room, then run the command again"
    return "run-local.sh logs workflowapi and run-local.sh logs ministack may say why"


def refusal(answer: Answer) -> str:
    """The reason that an answer gives."""
    document = answer.json
    message = document.get("Message") if isinstance(document, dict) else document
    # the gateway of API Gateway spells it small
    if message is None and isinstance(document, dict):
        message = document.get("message")
    # the old contract has this word in some of its messages
    return str(message or "without a reason").replace("Exception: ", "")
