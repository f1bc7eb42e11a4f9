"""``python -m local_aws``: starts MiniStack.

MiniStack 1.5.33 loses the attributes of a nested stack's resources when an update leaves these as
they are, so that the next Fn::GetAtt fails, it does not publish the exports of nested stacks, which
workflows import, nor say in which stack they are, it runs the present definition of a state machine
when a version of it is started, it asks a role for every vocabulary or terminology when a request
names one, it tells nobody the class of an exception that a function raises, on which the retries of
machines depend, it goes on behind records of a stream that a function reports as failed, a process
of a function that fails to start takes the function's other invocations with it, it decodes what
stands in a path before it hands it over, it looks at the role of no state machine (machine_roles),
takes any signature of the root account (signatures), and a deleted machine is gone at once
(deleted_machines). AWS does all of it right. It also takes requests that AWS refuses, leaves out
what its events say, and has limits of its own (the modules beside this one). And it does not end
before functions that still run, though they ask a server that answers no more. The pinned version
is corrected here until it does, too.
"""

import json
import logging
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from ministack import app
from ministack.core import iam_actions, lambda_runtime
from ministack.services import apigateway_v1, cloudformation, lambda_svc, stepfunctions
from ministack.services.cloudformation import handlers, provisioners, stacks

from local_aws import (
    deleted_machines,
    event_sources,
    function_limits,
    gateway_limits,
    item_limits,
    machine_events,
    machine_limits,
    machine_requests,
    machine_roles,
    machine_runs,
    object_limits,
    restart,
    retention,
    signatures,
    unpacked_packages,
    workers,
)

LOG = logging.getLogger("local_aws")

Json = dict[str, Any]
Update = Callable[..., tuple[str, dict[str, Any]]]
Deploy = Callable[..., tuple[str, dict[str, Any]]]
Arn = Callable[..., str]
Execute = Callable[..., dict[str, Any]]
Match = Callable[[str, list[str]], tuple[Any, dict[str, str]]]
Application = Callable[[Json, Any, Any], Awaitable[None]]

# what an operation of Transcribe or Translate ends in: type of resource, and the field of its name
LANGUAGE_RESOURCES = {
    "Vocabulary": ("vocabulary", "VocabularyName"),
    "LanguageModel": ("language-model", "ModelName"),
    "Terminology": ("terminology", "Name"),
    "ParallelData": ("parallel-data", "Name"),
}


def keeping_attributes(update: Update) -> Update:
    """Hands on what a resource's record holds when the caller does not say it."""

    def updated(
        kind: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: dict[str, Any] | None = None,
    ) -> tuple[str, dict[str, Any]]:
        if old_attrs is None:
            record = cloudformation._stacks.get(stack_name) or {}
            known = record.get("_resources", {}).get(logical_id, {})
            old_attrs = known.get("Attributes")
        return update(kind, physical_id, old, new, stack_name, logical_id, old_attrs)

    return updated


def publishing_exports(deploy: Deploy) -> Deploy:
    """Publishes a nested stack's exports once it is deployed."""

    def deployed(*arguments: Any, **options: Any) -> tuple[str, dict[str, Any]]:
        stack_id, attributes = deploy(*arguments, **options)
        name = stack_id.split("/")[1]
        stack = cloudformation._stacks[name]
        template = stack["_template"]
        _, exports = stacks._resolve_stack_outputs(
            template.get("Outputs", {}),
            stack["_conditions"],
            stack["_resources"],
            stack["_resolved_params"],
            template.get("Mappings", {}),
            name,
            stack_id,
        )
        cloudformation._exports.update(exports)
        return stack_id, attributes

    return deployed


def naming_roots(describe: Callable[[Json], Any], roots: Callable[[], Mapping[str, str]]) -> Any:
    """Says of nested stacks in which stack they are.

    roots: id of a nested stack -> that of the outermost stack around it.
    """

    def described(params: Json) -> Any:
        status, headers, body = describe(params)
        text = body.decode() if isinstance(body, bytes) else body
        for nested, root in roots().items():
            text = text.replace(
                f"<StackId>{nested}</StackId>",
                f"<StackId>{nested}</StackId><RootId>{root}</RootId>",
            )
        return status, headers, text.encode() if isinstance(body, bytes) else text

    return described


def known_roots() -> dict[str, str]:
    """Of all nested stacks, however deep."""
    parents = {
        one["StackId"]: one["ParentId"]
        for one in cloudformation._stacks.values()
        if "ParentId" in one
    }

    def root(stack_id: str) -> str:
        return root(parents[stack_id]) if stack_id in parents else stack_id

    return {nested: root(nested) for nested in parents}


def naming_language_resources(arn: Arn) -> Arn:
    """The ARN by which a role may use a resource of Transcribe or Translate."""

    def named(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        if service in ("transcribe", "translate"):
            target = headers.get("x-amz-target") or headers.get("X-Amz-Target") or ""
            for ending, (kind, field) in LANGUAGE_RESOURCES.items():
                name = json.loads(body or b"{}").get(field)
                if target.endswith(ending) and name:
                    return f"arn:aws:{service}:{region}:{account_id}:{kind}/{name}"
        return arn(service, method, path, headers, body, query_params, region, account_id)

    return named


def naming_errors(execute: Execute) -> Execute:
    """Says of what class the exception of a handler is, which the traceback in its log tells."""

    def executed(*arguments: Any) -> dict[str, Any]:
        result = execute(*arguments)
        body = result.get("body")
        if isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
            message = re.escape(body.get("errorMessage") or "")
            last_line = rf"^(?:\w+\.)*(\w+){f': {message}' if message else ''}$"
            raised = re.findall(last_line, result.get("log") or "", re.MULTILINE)
            if raised:
                return {**result, "body": {**body, "errorType": raised[-1]}}
        return result

    return executed


def sending_again(execute: Callable[[Json, Json], Json]) -> Callable[[Json, Json], Json]:
    """Takes a batch of a stream of which a function reports failures for a failed one.

    It then comes again as a whole, where Lambda begins with the first record that failed.
    """

    def executed(function: Json, event: Json) -> Json:
        result = execute(function, event)
        records = event.get("Records") if isinstance(event, dict) else None
        source = records[0].get("eventSource") if records else None
        if source not in ("aws:kinesis", "aws:dynamodb") or result.get("error"):
            return result
        body = result.get("body")
        answer = json.loads(body or "null") if isinstance(body, str | bytes) else body
        failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
        if not failures:
            return result
        reported = {"errorType": "ReportedBatchItemFailures", "errorMessage": json.dumps(failures)}
        return {**result, "error": True, "body": reported}

    return executed


def starting_again(spawn: Callable[..., None]) -> Callable[..., None]:
    """Starts a function's process once more when it ends before it says anything.

    One failed start otherwise ends every running invocation of the function with it.
    """

    def spawned(worker: lambda_runtime.Worker) -> None:
        try:
            spawn(worker)
        except RuntimeError as error:
            said = worker._drain_stderr_bounded()
            LOG.warning("%s starts again: %s %s", worker.func_name, error, said)
            spawn(worker)

    return spawned


def ending_when_saved(application: Application) -> Application:
    """Ends the process once its state is saved.

    Functions that run are otherwise waited for; what they call is gone, and they try for half a
    minute. Nobody would get what they find.
    """

    async def applied(scope: Json, receive: Any, send: Any) -> None:
        await application(scope, receive, send)
        if scope["type"] == "lifespan":
            logging.shutdown()
            os._exit(0)

    return applied


def handing_over_as_in_the_url(match: Match) -> Match:
    """Gives functions behind an API the parameters of a path as they stand in the URL."""

    def matched(api_id: str, segments: list[str]) -> tuple[Any, dict[str, str]]:
        resource, parameters = match(api_id, segments)
        return resource, {name: quote(text, safe="") for name, text in parameters.items()}

    return matched


def main() -> None:
    # it is for this program only: Lambda functions inherit the environment
    os.environ.pop("PYTHONPATH", None)
    provisioners._update_resource = keeping_attributes(provisioners._update_resource)
    provisioners._cfn_nested_stack_deploy = publishing_exports(
        provisioners._cfn_nested_stack_deploy
    )
    handlers._ACTION_HANDLERS["DescribeStacks"] = naming_roots(
        handlers._ACTION_HANDLERS["DescribeStacks"], known_roots
    )
    deleted_machines.enforce()
    requested = ContextVar("requested", default="")
    interrupted = machine_runs.enforce(requested)
    role = ContextVar("role", default="")
    stepfunctions._run_execution = machine_roles.as_its_role(stepfunctions._run_execution, role)
    stepfunctions._call_lambda = machine_roles.asking_the_role(stepfunctions._call_lambda, role)
    lambda_svc._tag_resource = machine_roles.refusing_versions(lambda_svc._tag_resource)
    machine_requests.enforce()
    machine_limits.enforce()
    machine_events.enforce(requested)
    function_limits.enforce()
    event_sources.enforce()
    gateway_limits.enforce()
    item_limits.enforce()
    object_limits.enforce()
    iam_actions.extract_resource_arn = naming_language_resources(iam_actions.extract_resource_arn)
    lambda_svc._execute_function_warm = naming_errors(lambda_svc._execute_function_warm)
    lambda_svc._execute_function = sending_again(lambda_svc._execute_function)
    lambda_runtime.Worker._spawn = starting_again(lambda_runtime.Worker._spawn)
    apigateway_v1._match_resource_tree = handing_over_as_in_the_url(
        apigateway_v1._match_resource_tree
    )
    unpacked_packages.enforce()
    signatures.enforce()
    workers.enforce()
    retention.enforce()
    restart.enforce(requested, interrupted)
    app.app = ending_when_saved(app.app)
    app.main()


if __name__ == "__main__":
    main()
