"""An event source mapping reads what is there, by the rules of what it reads.

MiniStack 1.5.33 makes mappings of queues and streams that do not exist, or that the function's role
may not read, with any batch size, and of queues whose messages come back while the function still
works on them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb, kinesis, lambda_svc, sqs
from ministack.services.cloudformation import provisioners

from local_aws import models, roles

Json = dict[str, Any]

_LARGEST_BATCH = 10_000
# messages of a queue without a window to gather more
_LARGEST_BATCH_AT_ONCE = 10
# what Lambda does with a source by the role of the function
_READING = {
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards"),
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream"),
}


def enforce() -> None:
    lambda_svc._create_esm = _checked(lambda_svc._create_esm)
    provisioners._lambda_esm_create = _deploying(provisioners._lambda_esm_create)
    own = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    own["create"] = provisioners._lambda_esm_create


def _checked(create: Callable[[Json], Any]) -> Callable[[Json], Any]:
    def created(request: Json) -> Any:
        refused = models.refusal("lambda", "CreateEventSourceMapping", request) or problem(request)
        return error_response_json(*refused, 400) if refused else create(request)

    return created


def _deploying(create: Callable[..., Any]) -> Callable[..., Any]:
    def created(logical_id: str, properties: Json, stack_name: str) -> Any:
        _, configuration, _ = lambda_svc._get_func_record_for_ref(properties["FunctionName"])
        if not configuration:
            raise ValueError(f"Function does not exist: {properties['FunctionName']}")
        refused = problem(properties)
        if refused:
            raise ValueError(refused[1])
        return create(logical_id, properties, stack_name)

    return created


def problem(mapping: Mapping[str, Any]) -> models.Refusal | None:
    """Why Lambda refuses a new mapping of a function that is there."""
    source = mapping.get("EventSourceArn", "")
    service = (source.split(":", 3) + [""] * 3)[2]
    if service not in _OF_SERVICES:
        return None
    _, configuration, _ = lambda_svc._get_func_record_for_ref(mapping["FunctionName"])
    if not configuration:
        return None
    found = _OF_SERVICES[service](source, mapping, configuration) or _missing_right(
        service, source, configuration["Role"]
    )
    return None if found is None else ("InvalidParameterValueException", found)


def _missing_right(service: str, source: str, role: str) -> str | None:
    region = source.split(":")[3]
    for action in _READING[service]:
        if not roles.allows(role, f"{service}:{action}", source, region):
            return (
                f"The function execution role does not have permissions to call {action} on "
                f"{service.upper()}"
            )
    return None


def _of_a_queue(source: str, mapping: Mapping[str, Any], function: Json) -> str | None:
    queue = sqs._queue_by_arn(source)
    if queue is None:
        return (
            "Error occurred while ReceiveMessage. SQS Error Code: "
            "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does "
            "not exist for this wsdl version."
        )
    size, window = int(mapping.get("BatchSize", 10)), mapping.get("MaximumBatchingWindowInSeconds")
    if size > _LARGEST_BATCH_AT_ONCE and not int(window or 0):
        return (
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
            f"greater than {_LARGEST_BATCH_AT_ONCE}"
        )
    if mapping.get("StartingPosition"):
        return "StartingPosition is not valid for SQS event sources."
    hidden = int(queue["attributes"].get("VisibilityTimeout", 30))
    timeout = int(function["Timeout"])
    if hidden < timeout:
        return (
            f"Queue visibility timeout: {hidden} seconds is less than Function timeout: "
            f"{timeout} seconds"
        )
    return None


def _of_a_stream(source: str, mapping: Mapping[str, Any], function: Json) -> str | None:
    if not _there(source):
        return f"Stream not found: {source}"
    if not mapping.get("StartingPosition"):
        return (
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null."
        )
    if int(mapping.get("BatchSize", 100)) > _LARGEST_BATCH:
        return f"Batch size must be less than or equal to {_LARGEST_BATCH}"
    return None


def _there(source: str) -> bool:
    if ":kinesis:" in source:
        return source.rpartition("/")[2] in kinesis._streams
    tables = dynamodb._tables.values()
    return any(one.get("LatestStreamArn") == source for one in tables)


_OF_SERVICES: dict[str, Callable[[str, Mapping[str, Any], Json], str | None]] = {
    "sqs": _of_a_queue,
    "kinesis": _of_a_stream,
    "dynamodb": _of_a_stream,
}
