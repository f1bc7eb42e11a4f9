"""Functions of operators in AWS Lambda."""

from collections.abc import Collection, Mapping

from botocore.exceptions import ClientError

from mie import aws
from mie.adapters.service_errors import code, is_throttled, text
from mie.core.errors import Conflict, Forbidden, NotFound

# A workflow of forty functions is looked through in the time of five calls.
_AT_ONCE = 8
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


class LambdaFunctions:
    """All functions of this account and region."""

    def tags(self, arn: str) -> Mapping[str, str] | None:
        # One call tells both, and has a quota of a hundred a second of its own; the other calls
        # share fifteen with whatever deploys functions, such as the stack that registers these.
        try:
            found = aws.client("lambda").get_function(FunctionName=arn)
        except ClientError as error:
            if code(error) == "ResourceNotFoundException":
                return None
            if code(error) in _DENIED:
                raise Forbidden(f"{arn}: {text(error)}") from error
            raise
        tags: dict[str, str] = found.get("Tags", {})
        return tags

    def missing(self, arns: Collection[str]) -> set[str]:
        # only this call needs threads
        from concurrent.futures import ThreadPoolExecutor

        # made before the threads ask for it: boto3 makes clients in one thread at a time
        aws.client("lambda")
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = zip(arns, pool.map(self._is_gone, arns), strict=True)
            return {arn for arn, is_gone in found if is_gone}

    def _is_gone(self, arn: str) -> bool:
        """False where nobody can tell: what may be there is not refused."""
        try:
            return self.tags(arn) is None
        except Forbidden:
            return False
        except ClientError as error:
            if is_throttled(error):
                return False
            raise

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        try:
            aws.client("lambda").tag_resource(Resource=arn, Tags=dict(tags))
        except ClientError as error:
            if code(error) == "ResourceNotFoundException":
                raise NotFound(f"there is no Lambda function {arn}") from error
            if code(error) in _DENIED:
                raise Forbidden(f"{arn}: {text(error)}") from error
            if code(error) == "ResourceConflictException":
                # the function is being made or changed
                raise Conflict(f"{arn}: {text(error)}") from error
            raise
