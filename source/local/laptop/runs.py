"""Runs a workflow on a file, by the same requests that any user sends."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import urllib3

from laptop.facts import Facts
from laptop.media_files import Medium
from laptop.problems import Problem
from laptop.signed_http import SignedHttp

_POLL_SECONDS = 0.4
# so often an execution can ask for three hours and a bit; what takes longer has failed
_POLLING = {"PollSeconds": 2, "MaxPollSeconds": 5, "TimeoutSeconds": 12_000}
_FINAL = ("Complete", "Error")


def looked_at_often(workflow: Any) -> dict[str, dict[str, dict[str, int]]]:
    """The configuration with which operators that wait for jobs ask every few seconds.

    On AWS each question costs something, and they become rarer; here none does. workflow: its
    definition.
    """
    return {
        name: {operator: dict(_POLLING) for operator in stage["Operations"]}
        for name, stage in workflow["Stages"].items()
    }


class Engine:
    """The APIs of a running stack."""

    def __init__(self, facts: Facts) -> None:
        identity = (facts.region, facts.access_key_id, facts.secret_access_key)
        self.workflow = SignedHttp(facts.workflow_api, *identity)
        self.dataplane = SignedHttp(facts.dataplane_api, *identity)
        self.bucket = facts.dataplane_bucket

    def start(self, medium: Medium) -> Any:
        """Uploads the file and starts the workflow that fits it; returns the execution."""
        location = {"S3Bucket": self.bucket, "S3Key": self._upload(medium)}
        definition = self._ask(self.workflow, "GET", f"/workflow/{quote(medium.workflow, safe='')}")
        body = {
            "Name": medium.workflow,
            "Input": {"Media": {medium.media_type: location}},
            "Configuration": looked_at_often(definition),
        }
        return self._ask(self.workflow, "POST", "/workflow/execution", body)

    def follow(self, execution_id: str, show: Callable[[Any], None]) -> Any:
        """Shows the execution whenever it is looked at, until it has ended."""
        while True:
            execution = self._ask(self.workflow, "GET", f"/workflow/execution/{execution_id}")
            show(execution)
            if execution["Status"] in _FINAL:
                return execution
            time.sleep(_POLL_SECONDS)

    def executions(self) -> Iterator[Any]:
        for answer in self._pages(self.workflow, "/workflow/execution", "Cursor", {"limit": "100"}):
            yield from answer["Executions"]

    def stale_workflows(self) -> list[Any]:
        """Those that say with which request they are built anew."""
        pages = self._pages(self.workflow, "/workflow", "Cursor", {"limit": "100"})
        return [one for page in pages for one in page["Workflows"] if "Rebuild" in one]

    def rebuild(self, workflow: str) -> None:
        self._ask(self.workflow, "PUT", "/workflow", {"Name": workflow})

    def metadata(self, asset_id: str) -> dict[str, list[Any]]:
        """Operator -> the pages of its result."""
        found: dict[str, list[Any]] = {}
        for answer in self._pages(self.dataplane, f"/metadata/{asset_id}", "cursor", {}):
            if "operator" in answer:
                found.setdefault(answer["operator"], []).append(answer["results"])
        return found

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
        fields = {**form["fields"], "file": (medium.object_name, medium.path.read_bytes())}
        with _answering(form["url"]):
            answer = urllib3.request("POST", form["url"], fields=fields)
        if answer.status not in (200, 201, 204):
            raise Problem(f"{medium.path} could not be uploaded: {answer.data.decode()[:300]}")
        return key

    @staticmethod
    def _ask(
        api: SignedHttp,
        method: str,
        path: str,
        body: object = None,
        query: dict[str, str] | None = None,
    ) -> Any:
        with _answering(api.base_url):
            answer = api.request(method, path, body, query)
        if answer.status != 200:
            message = answer.json.get("Message") if isinstance(answer.json, dict) else answer.json
            raise Problem(f"{method} {path} answered {answer.status}: {message}")
        return answer.json


@contextmanager
def _answering(url: str) -> Iterator[None]:
    try:
        yield
    except urllib3.exceptions.HTTPError as error:
        raise Problem(f"{url} does not answer; run-local.sh logs ministack may say why") from error
