"""The Lambda functions of an operator: which the engine's state machines can call.

Step Functions calls functions of its own account and region; its role may call those that have a
tag (cloudformation/media-insights-stack.yaml, TaggedOperators). Tags lie on functions, and hold for
their versions and aliases, which have none of their own.
"""

from collections.abc import Iterator, Mapping

from mie.core.documents import Operation
from mie.core.errors import BadRequest

TAG: Mapping[str, str] = {"mie:operator": "true"}

_PARTITION, _REGION, _ACCOUNT = 1, 3, 4
# arn:<partition>:lambda:<region>:<account>:function:<name>, and perhaps :<version or alias>
_PARTS_OF_A_FUNCTION = 7


def functions_of(operation: Operation) -> Iterator[tuple[str, str]]:
    """Field of the registration, and ARN of the function."""
    yield "StartLambdaArn", operation["StartLambdaArn"]
    if "MonitorLambdaArn" in operation:
        yield "MonitorLambdaArn", operation["MonitorLambdaArn"]


def unqualified(arn: str) -> str:
    """The ARN of the function itself, without a version or an alias."""
    return ":".join(arn.split(":")[:_PARTS_OF_A_FUNCTION])


def check_reachable(arn: str, field: str, own: str) -> None:
    """own: ARN of a function of the engine. Raises BadRequest."""
    asked, ours = arn.split(":"), own.split(":")
    if any(asked[one] != ours[one] for one in (_PARTITION, _REGION, _ACCOUNT)):
        raise BadRequest(
            f"{field}: {arn} is not in the account {ours[_ACCOUNT]} and the region "
            f"{ours[_REGION]}, where the engine's state machines call functions"
        )


def is_tagged(tags: Mapping[str, str]) -> bool:
    return all(tags.get(key) == value for key, value in TAG.items())


def tag_command(arn: str) -> str:
    """What somebody with more rights can do about a function without the tag."""
    tags = ",".join(f"{key}={value}" for key, value in TAG.items())
    return f"aws lambda tag-resource --resource {unqualified(arn)} --tags {tags}"
