"""Stacks of CloudFormation."""

from functools import cache

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters.service_errors import code, is_throttled, text
from mie.core.errors import TooManyRequests


class CloudFormationStacks:
    def root(self, stack_id: str) -> str:
        return _root(stack_id)


# No stack gets another one around it later, and CloudFormation answers few requests a second.
@cache
def _root(stack_id: str) -> str:
    try:
        answer = aws.client("cloudformation").describe_stacks(StackName=stack_id)
    except ClientError as error:
        if is_throttled(error):
            raise TooManyRequests(f"CloudFormation cannot be asked for {stack_id} now") from error
        # how it says that there is no such stack, among other things
        if code(error) != "ValidationError" or "does not exist" not in text(error):
            raise
        return stack_id
    return str(answer["Stacks"][0].get("RootId", stack_id))
