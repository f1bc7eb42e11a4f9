"""Makes the functions of an operator callable before it is registered, or says why they are not."""

from mie.core.documents import Operation
from mie.core.errors import BadRequest, Forbidden
from mie.core.operator_functions import (
    TAG,
    check_reachable,
    functions_of,
    is_tagged,
    tag_command,
    unqualified,
)
from mie.engine.ports import DefinitionPorts


def make_callable(ports: DefinitionPorts, operation: Operation) -> None:
    """Raises BadRequest that names the function: it does not exist, or has no tag and gets none.

    All functions are looked at before one is changed.
    """
    untagged = []
    for field, arn in functions_of(operation):
        check_reachable(arn, field, ports.lambdas.complete_stage)
        tags = ports.functions.tags(arn)
        if tags is None:
            raise BadRequest(f"{field}: there is no Lambda function {arn}")
        if not is_tagged(tags):
            untagged.append((field, arn))
    for field, arn in untagged:
        try:
            ports.functions.tag(unqualified(arn), TAG)
        except Forbidden as error:
            raise BadRequest(
                f"{field}: the engine may not call {arn} before it has a tag, which the engine may "
                f"not set. This does it: {tag_command(arn)}"
            ) from error
