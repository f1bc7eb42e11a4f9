"""What makes an operation, a stage and a workflow, from a request to the stored item.

Requests have passed the JSON schemas of the API; these functions check what a schema cannot say
and build the items of the control plane's tables.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mie.core import asl, configuration, names, operator_settings
from mie.core.documents import Json, Operation, Stage, Workflow
from mie.core.errors import BadRequest, Conflict

API_VERSION = "3.0.0"
FIRST_VERSION = "v0"

SYNCHRONOUS, ASYNCHRONOUS = "Sync", "Async"

_VERSION = re.compile(r"v(0|[1-9][0-9]{0,8})")
# What a workflow's copy of a stage leaves out: the texts of a hundred operators would not fit into
# one item, and nobody starts the machines of stages.
_OF_THE_STAGE_ONLY = frozenset({"Definition", "Overrides", "BuiltFrom", "StateMachineVersionArn"})

_LAMBDA_ARN = re.compile(
    r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?"
)


@dataclass(frozen=True)
class Stamp:
    """What distinguishes one object from another: a UUID, and Unix time in seconds as text."""

    id: str
    created: str


def next_version(version: str) -> str:
    """The version of an operation or stage that replaces one of ``version``: v1 after v0."""
    return f"v{version_number(version) + 1}"


def version_number(version: str) -> int:
    """12 of "v12". Raises BadRequest."""
    if not _VERSION.fullmatch(version):
        raise BadRequest(f"version: {version!r} is not a version, such as v0 or v12")
    return int(version[1:])


def check_unchanged(request: Mapping[str, Any], stored: Operation | Stage | Workflow) -> None:
    """A request that says which Version it changes means that one only. Raises Conflict."""
    expected = request.get("Version", stored["Version"])
    if expected != stored["Version"]:
        raise Conflict(
            f"Version: '{stored['Name']}' has version {stored['Version']}, not {expected}; "
            "it was changed by somebody else meanwhile"
        )


def build_operation(
    request: Mapping[str, Any], stamp: Stamp, engine: asl.EngineLambdas, default_role: str
) -> Operation:
    """The operation that ``request`` describes.

    Keys that the engine does not know (a CloudFormation ServiceToken, say) are left out.
    Raises BadRequest naming the field.
    """
    name = names.check_operation_name(request["Name"])
    given = request["Configuration"]
    for required in ("MediaType", "Enabled"):
        if required not in given:
            raise BadRequest(f"Configuration: Key '{required}' is required")
    declared = operator_settings.declared(request["Settings"]) if "Settings" in request else None
    values = configuration.of_operation(name, given, declared)
    start = _lambda_arn(request, "StartLambdaArn")
    check = None
    if request["Type"] == ASYNCHRONOUS:
        if "MonitorLambdaArn" not in request:
            raise BadRequest(
                "Key 'MonitorLambdaArn' is required in 'Operation monitoring lambda function ARN' "
                "input"
            )
        check = _lambda_arn(request, "MonitorLambdaArn")
    elif request["Type"] != SYNCHRONOUS:
        raise BadRequest(f"Type must be Sync or Async, got {request['Type']!r}")
    retired = _retired(request)
    configuration.check_not_enabled({name: values}, retired)
    machine = asl.operator_machine(asl.Branch(name, start, check), asl.STAGE_PLACEHOLDER, engine)
    operation: Operation = {
        "Name": name,
        "Type": request["Type"],
        "Configuration": values,
        "StartLambdaArn": start,
        "StateMachineExecutionRoleArn": _execution_role(request, default_role),
        "StateMachineAsl": asl.to_json(machine),
        "StageName": names.singleton_stage_name(name),
        "Version": FIRST_VERSION,
        "Id": stamp.id,
        "Created": stamp.created,
        "ResourceType": "OPERATION",
        "ApiVersion": API_VERSION,
    }
    if check is not None:
        operation = {**operation, "MonitorLambdaArn": check}
    if declared is not None:
        operation = {**operation, "Settings": declared}
    return {**operation, "Retired": retired[name]} if retired else operation


def branch_of(operation: Operation) -> asl.Branch:
    """The operation as the compiler wants it."""
    check = operation.get("MonitorLambdaArn") if operation["Type"] == ASYNCHRONOUS else None
    return asl.Branch(operation["Name"], operation["StartLambdaArn"], check)


def check_stage(request: Mapping[str, Any]) -> None:
    """What can be said of a stage's request without looking at its operations."""
    name = names.check_stage_name(request["Name"])
    operations = request["Operations"]
    if not operations:
        raise BadRequest("Operations: a stage has at least one operation")
    repeated = sorted({one for one in operations if operations.count(one) > 1})
    if repeated:
        raise BadRequest(f"Operations: {', '.join(repeated)} stands there more than once")
    for operation in operations:
        names.check_operation_in_stage(operation, name)


def build_stage(
    request: Mapping[str, Any],
    operations: Sequence[Operation],
    stamp: Stamp,
    engine: asl.EngineLambdas,
    machine_arn: str,
) -> Stage:
    """The stage that ``request`` describes; ``operations`` in the order of the request."""
    name = request["Name"]
    overrides = _own_values(request, operations)
    machine = asl.stage_machine(name, [branch_of(one) for one in operations], engine)
    retired = {one["Name"]: one["Retired"] for one in operations if "Retired" in one}
    settings = _settings_of(operations)
    stage: Stage = {
        "Name": name,
        "Operations": list(request["Operations"]),
        "Configuration": configuration.for_stage(
            {one["Name"]: one["Configuration"] for one in operations},
            overrides,
            retired=retired,
            settings=settings,
        ),
        "Overrides": dict(overrides),
        "BuiltFrom": {one["Name"]: mark_of(one) for one in operations},
        "Definition": asl.to_json(machine),
        "StateMachineArn": machine_arn,
        "Version": FIRST_VERSION,
        "Id": stamp.id,
        "Created": stamp.created,
        "ResourceType": "STAGE",
        "ApiVersion": API_VERSION,
    }
    if settings:
        stage = {**stage, "Settings": settings}
    return {**stage, "Retired": retired} if retired else stage


def mark_of(operation: Operation) -> str:
    """Tells this version of this operation from every other one."""
    return f"{operation['Id']} {operation['Version']}"


def is_built_from(stage: Stage, operation: Operation) -> bool:
    """Whether a stage has this version of an operation."""
    return stage.get("BuiltFrom", {}).get(operation["Name"]) == mark_of(operation)


def _own_values(request: Mapping[str, Any], operations: Sequence[Operation]) -> Mapping[str, Any]:
    """What a stage lays over the defaults of its operations.

    A stage that is sent back as it was answered has all values in its Configuration; those that
    its Overrides do not have and that are the defaults stay defaults.
    """
    given, own = request.get("Configuration", {}), request.get("Overrides")
    if not isinstance(own, dict):
        return dict(given)
    defaults = {one["Name"]: one["Configuration"] for one in operations}

    def is_own(operator: str, key: str, value: object) -> bool:
        known = defaults.get(operator, {})
        return key in own.get(operator, {}) or key not in known or known[key] != value

    kept = {
        operator: {key: value for key, value in values.items() if is_own(operator, key, value)}
        for operator, values in given.items()
    }
    return {operator: values for operator, values in kept.items() if values}


def as_meant(request: Mapping[str, Any], stored: Operation) -> Mapping[str, Any]:
    """A registration that is sent back as it was answered, without its declared defaults.

    They stand in its Configuration like given values, and would outlive a change of the Settings.
    """
    values = request["Configuration"]
    if "Id" not in request or not isinstance(values, dict):
        return request
    defaults = operator_settings.defaults(stored.get("Settings", ()))
    kept = {
        key: value for key, value in values.items() if key not in defaults or defaults[key] != value
    }
    return {**request, "Configuration": kept}


def misfit(stage: Stage, operation: Operation) -> str | None:
    """Why a stored stage cannot be built with an operation as it is going to be; None if it can.

    Looks at what the stage itself lays over the operation's configuration.
    """
    name = operation["Name"]
    overrides = request_of_stage(stage)["Configuration"]
    own = {name: overrides[name]} if name in overrides else {}
    try:
        configuration.for_stage(
            {name: operation["Configuration"]},
            own,
            f"the stage {stage['Name']}: Configuration",
            settings=_settings_of([operation]),
        )
    except BadRequest as error:
        return str(error)
    return None


def request_of_stage(stage: Stage) -> Json:
    """The request that would make a stored stage."""
    # a stage from before its own values were kept holds all of them fast, save the one of a
    # single operator, which never had values of its own
    alone = stage["Name"] == names.singleton_stage_name(stage["Operations"][0])
    overrides = stage.get("Overrides", {} if alone else stage["Configuration"])
    return {
        "Name": stage["Name"],
        "Operations": stage["Operations"],
        "Configuration": overrides,
    }


def check_workflow(request: Mapping[str, Any]) -> None:
    """A workflow is one chain: from StartAt, over every stage once, to the one with End."""
    name = names.check_workflow_name(request["Name"])
    stages: Mapping[str, Json] = request["Stages"]
    for stage, link in stages.items():
        _check_link(stage, link, stages)
    ends = [stage for stage, link in stages.items() if link.get("End") is True]
    if len(ends) != 1:
        raise BadRequest(
            f"Stages: Workflow {name} must have exactly 1 'End' key within its stages, "
            f"it has {len(ends)}"
        )
    if request["StartAt"] not in stages:
        raise BadRequest(f"StartAt: '{request['StartAt']}' is not one of the Stages")
    chain = _chain(request["StartAt"], stages)
    missed = sorted(set(stages) - set(chain))
    if missed:
        raise BadRequest(
            f"Stages: {', '.join(missed)} cannot be reached from '{request['StartAt']}'"
        )


def check_parts(stages: Mapping[str, Stage], operations: Mapping[str, Operation]) -> None:
    """A workflow enables nothing that was retired since its stages were built, and configures
    nothing that its operators do not take any more.

    Raises BadRequest.
    """
    for stage in stages.values():
        present = [operations[one] for one in stage["Operations"]]
        settings = _settings_of(present)
        configuration.for_stage(
            stage["Configuration"],
            {name: stage["Configuration"][name] for name in settings},
            f"Stages.{stage['Name']}.Configuration",
            retired={one["Name"]: one["Retired"] for one in present if "Retired" in one},
            settings=settings,
        )


def build_workflow(
    request: Mapping[str, Any], stages: Mapping[str, Stage], stamp: Stamp, trigger: str
) -> Workflow:
    """The workflow item; ``stages`` are the stored definitions of its stages.

    ``StateMachineArn`` and its version are filled in when the machine exists.
    """
    order = _chain(request["StartAt"], request["Stages"])
    return {
        "Name": request["Name"],
        "StartAt": request["StartAt"],
        "Stages": {
            name: {
                **{k: v for k, v in stages[name].items() if k not in _OF_THE_STAGE_ONLY},
                **_link(request["Stages"][name]),
            }
            for name in order
        },
        "Operations": [one for name in order for one in stages[name]["Operations"]],
        "StaleOperations": [],
        "StaleStages": [],
        "Trigger": trigger,
        "Version": FIRST_VERSION,
        "Revisions": "1",
        "Id": stamp.id,
        "Created": stamp.created,
        "ResourceType": "WORKFLOW",
        "ApiVersion": API_VERSION,
        "StateMachineArn": "",
    }


def request_of_workflow(workflow: Workflow) -> Json:
    """The request that would make a stored workflow."""
    return {
        "Name": workflow["Name"],
        "StartAt": workflow["StartAt"],
        "Stages": {name: _link(stage) for name, stage in workflow["Stages"].items()},
    }


def revise_workflow(
    stored: Workflow, request: Mapping[str, Any], stages: Mapping[str, Stage]
) -> Workflow:
    """The next version of a stored workflow, built from the present definitions."""
    revision = int(stored["Revisions"]) + 1
    rebuilt = build_workflow(
        request, stages, Stamp(stored["Id"], stored["Created"]), stored["Trigger"]
    )
    owner: Any = {key: stored[key] for key in ("StackId",) if key in stored}
    return {
        **rebuilt,
        **owner,
        "Version": f"v{revision}",
        "Revisions": str(revision),
        "ApiVersion": stored["ApiVersion"],
        "StateMachineArn": stored["StateMachineArn"],
    }


def workflow_machine(
    workflow: Workflow, operations: Mapping[str, Operation], engine: asl.EngineLambdas
) -> Json:
    """The machine of a workflow; ``operations`` are those that its stages name."""
    return asl.workflow_machine(
        workflow["StartAt"],
        {name: stage.get("Next") for name, stage in workflow["Stages"].items()},
        {
            name: [branch_of(operations[one]) for one in stage["Operations"]]
            for name, stage in workflow["Stages"].items()
        },
        engine,
    )


def _check_link(stage: str, link: Json, stages: Mapping[str, Json]) -> None:
    ends, following = link.get("End") is True, link.get("Next")
    if not ends and following is None:
        raise BadRequest(f"Stages: Stage {stage} must have either an 'End' or and 'Next' key")
    if ends and following is not None:
        raise BadRequest(f"Stages: Stage {stage} has both an 'End' and a 'Next' key")
    if following is not None and following not in stages:
        raise BadRequest(f"Stages: the 'Next' of {stage}, '{following}', is not one of the Stages")


def _chain(start_at: str, stages: Mapping[str, Json]) -> list[str]:
    chain: list[str] = []
    following: str | None = start_at
    while following is not None:
        if following in chain:
            raise BadRequest(f"Stages: '{following}' comes twice on the way from '{start_at}'")
        chain.append(following)
        following = stages[following].get("Next")
    return chain


def _link(link: Json) -> Json:
    return {"Next": link["Next"]} if link.get("Next") is not None else {"End": True}


def _settings_of(operations: Sequence[Operation]) -> dict[str, list[Json]]:
    return {
        one["Name"]: operator_settings.compact(one["Settings"])
        for one in operations
        if "Settings" in one
    }


def _lambda_arn(request: Mapping[str, Any], field: str) -> str:
    arn = request[field]
    if not isinstance(arn, str) or not _LAMBDA_ARN.fullmatch(arn):
        raise BadRequest(f"{field}: {arn!r} is not the ARN of a Lambda function")
    return arn


def _retired(request: Mapping[str, Any]) -> dict[str, str]:
    """The operation's name and why it cannot be enabled; nothing for one that can."""
    reason = request.get("Retired")
    if reason is None:
        return {}
    if not isinstance(reason, str) or not reason.strip():
        raise BadRequest(f"Retired: the reason has to be a text, got {reason!r}")
    return {request["Name"]: reason}


def _execution_role(request: Mapping[str, Any], default: str) -> str:
    role = request.get("StateMachineExecutionRoleArn") or request.get("SfnExecutionRole")
    if role is None:
        return default
    if not isinstance(role, str) or not role.startswith("arn:"):
        raise BadRequest(f"StateMachineExecutionRoleArn: {role!r} is not the ARN of a role")
    return role
