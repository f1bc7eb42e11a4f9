"""Operators, stages and workflows as resources of CloudFormation templates.

What a resource made carries an Id that follows from the resource, so that a request that
CloudFormation repeats finds its own work, and a deletion never takes what somebody else made.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mie.core import template_properties
from mie.core.documents import Json
from mie.core.errors import AlreadyExists, BadRequest, Conflict
from mie.engine import operations, stages, workflows
from mie.engine.dependents import Choice, Unfinished
from mie.engine.ports import DefinitionPorts

SUCCESS, FAILED = "SUCCESS", "FAILED"
# Key of an event whose definition is stored already, and whose dependents are not all built anew.
FINISH = "Finish"

# CloudFormation takes a response of 4 KB, in which the reason stands twice; characters have up to
# four bytes, and what else stands in it is short.
_LONGEST_REASON = 400
# Marks what a refused Create found made by others; the Delete of the roll-back leaves it alone.
_NOT_CREATED = "-notcreated"
_DEPENDENTS = "Dependents"
# Properties for CloudFormation; a template always means the present version.
_FOREIGN = frozenset({"ServiceToken", "ServiceTimeout", "ResourceType", "Version"})

# Raises BadRequest when a request of that kind does not have the shape that the API demands.
Validate = Callable[[str, Json], None]


@dataclass(frozen=True)
class _Kind:
    """How one sort of resource is handled.

    read turns properties, whose scalars are text, into a request; finish does what an update left
    when its time was over; attributes are the names for Fn::GetAtt, besides Name.
    """

    name: str
    read: Callable[[Json], Json]
    find: Callable[[DefinitionPorts, str], Mapping[str, Any] | None]
    create: Callable[[DefinitionPorts, Json], Mapping[str, Any]]
    update: Callable[[DefinitionPorts, Json], Mapping[str, Any]]
    finish: Callable[[DefinitionPorts, Json], Mapping[str, Any]]
    delete: Callable[[DefinitionPorts, str], object]
    attributes: tuple[str, ...]


def handle(
    ports: Callable[[], DefinitionPorts], event: Mapping[str, Any], validate: Validate
) -> Json:
    """The response document for a request of CloudFormation.

    Raises Unfinished at the deadline of the ports, before all that depends on the definition is
    built anew: the same event with FINISH set goes on there. Raises nothing else.
    """
    try:
        return _handle(ports(), event, validate)
    except Unfinished:
        raise
    # whatever is not answered keeps the stack waiting for an hour
    except Exception as error:  # noqa: BLE001
        return failure(event, f"Exception during processing: '{error}'")


def failure(event: Mapping[str, Any], reason: str) -> Json:
    """The response document that fails a request; a later Delete removes only what was made."""
    return _response(event, FAILED, _failed_id(event), {"Message": reason[:_LONGEST_REASON]})


def _handle(ports: DefinitionPorts, event: Mapping[str, Any], validate: Validate) -> Json:
    request_type = event["RequestType"]
    incoming = event.get("PhysicalResourceId", "")
    if request_type == "Delete" and incoming.endswith(_NOT_CREATED):
        return _response(event, SUCCESS, incoming, {"Message": "Resource deletion successful!"})
    if request_type not in ("Create", "Update", "Delete"):
        return failure(event, "Unexpected event received from CloudFormation")
    kind = _KINDS.get(str(event["ResourceProperties"].get("ResourceType")))
    if kind is None:
        return failure(event, "Unexpected resource type received from CloudFormation")
    owned = replace(ports, new_id=lambda: _owner_id(event), stack=event["StackId"])
    if request_type == "Delete":
        return _delete(owned, kind, event)
    given = event["ResourceProperties"].items()
    request = kind.read({key: value for key, value in given if key not in _FOREIGN})
    # the API has a query parameter for it
    validate(kind.name, {key: value for key, value in request.items() if key != _DEPENDENTS})
    if FINISH in event:
        return _made(event, kind, kind.finish(owned, request), _verb(event))
    if request_type == "Update" and incoming == _physical_id(kind, request["Name"]):
        return _made(event, kind, _put(owned, kind, request), "update")
    # also for an Update: another name is another object, which replaces the old one
    return _create(owned, kind, event, request)


def _create(ports: DefinitionPorts, kind: _Kind, event: Mapping[str, Any], request: Json) -> Json:
    try:
        return _made(event, kind, _put(ports, kind, request), _verb(event))
    except Conflict as error:
        reason = f"Exception during processing: '{error}'"
        made = _physical_id(kind, request["Name"])
        if not _is_own(ports, kind.find(ports, request["Name"])):
            made += _NOT_CREATED
        physical_id = event.get("PhysicalResourceId", made)
        return _response(event, FAILED, physical_id, {"Message": reason[:_LONGEST_REASON]})


def _put(ports: DefinitionPorts, kind: _Kind, request: Json) -> Mapping[str, Any]:
    existing = kind.find(ports, request["Name"])
    if existing is None:
        return kind.create(ports, request)
    if not _is_own(ports, existing):
        raise AlreadyExists(kind.name, request["Name"])
    return kind.update(ports, request)


def _delete(ports: DefinitionPorts, kind: _Kind, event: Mapping[str, Any]) -> Json:
    physical_id, prefix = event["PhysicalResourceId"], _physical_id(kind, "")
    # After a replacement the properties may be those of the new object; the id is the old one's.
    name = (
        physical_id[len(prefix) :]
        if physical_id.startswith(prefix)
        else str(event["ResourceProperties"].get("Name"))
    )
    existing = kind.find(ports, name)
    if _is_own(ports, existing):
        kind.delete(ports, name)
    data = {"Message": "Resource deletion successful!", "Name": name}
    return _response(event, SUCCESS, physical_id, data)


def _is_own(ports: DefinitionPorts, existing: Mapping[str, Any] | None) -> bool:
    """Whether it is there and was made by the resource, now or by an earlier request."""
    return existing is not None and existing["Id"] == ports.new_id()


def _made(event: Mapping[str, Any], kind: _Kind, item: Mapping[str, Any], verb: str) -> Json:
    data = {
        "Message": f"Resource {'creation' if verb == 'create' else 'update'} successful!",
        "Name": item["Name"],
        **{key: item[key] for key in kind.attributes},
    }
    return _response(event, SUCCESS, _physical_id(kind, item["Name"]), data)


def _response(event: Mapping[str, Any], status: str, physical_id: str, data: Json) -> Json:
    return {
        "Status": status,
        "Reason": data["Message"],
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": data,
    }


def _failed_id(event: Mapping[str, Any]) -> str:
    if "PhysicalResourceId" in event:
        return str(event["PhysicalResourceId"])
    properties = event.get("ResourceProperties", {})
    kind, name = _KINDS.get(str(properties.get("ResourceType"))), properties.get("Name")
    if kind is None or not isinstance(name, str):
        return f"mie-unknown-{event['LogicalResourceId']}{_NOT_CREATED}"
    return _physical_id(kind, name)


def _physical_id(kind: _Kind, name: str) -> str:
    # the specification's word is operator, the tables' is operation
    return f"mie-{'operator' if kind.name == 'operation' else kind.name}-{name}"


def _owner_id(event: Mapping[str, Any]) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event['StackId']}/{event['LogicalResourceId']}"))


def _verb(event: Mapping[str, Any]) -> str:
    return str(event["RequestType"]).lower()


def _dependents(request: Json) -> Choice:
    """The property Dependents. A stack's update leaves workflows of other stacks alone, unless the
    template asks for more."""
    given = request.get(_DEPENDENTS, Choice.STACK)
    try:
        return Choice(given)
    except ValueError as error:
        raise BadRequest(f"{_DEPENDENTS} must be {' or '.join(Choice)}, got {given!r}") from error


_OPERATION = _Kind(
    "operation",
    template_properties.operation,
    lambda ports, name: ports.operations.get(name),
    operations.create,
    lambda ports, request: operations.update(ports, request, _dependents(request)),
    lambda ports, request: operations.finish_update(ports, request["Name"], _dependents(request)),
    lambda ports, name: operations.delete(ports, name, force=True),
    ("StageName",),
)
_STAGE = _Kind(
    "stage",
    template_properties.stage,
    lambda ports, name: ports.stages.get(name),
    stages.create,
    lambda ports, request: stages.update(ports, request, _dependents(request)),
    lambda ports, request: stages.finish_update(ports, request["Name"], _dependents(request)),
    lambda ports, name: stages.delete(ports, name, force=True),
    ("StateMachineArn",),
)
_WORKFLOW = _Kind(
    "workflow",
    template_properties.workflow,
    lambda ports, name: ports.workflows.get(name),
    lambda ports, request: workflows.create(ports, request, "custom-resource"),
    workflows.update,
    # nothing depends on a workflow
    lambda ports, request: workflows.get(ports, request["Name"]),
    # whoever deletes a stack waits for it, and nobody is left to run what it made
    lambda ports, name: workflows.delete(ports, name, force=True),
    ("StateMachineArn",),
)
_KINDS = {
    "Operator": _OPERATION,
    "Operation": _OPERATION,
    "Stage": _STAGE,
    "Workflow": _WORKFLOW,
}
