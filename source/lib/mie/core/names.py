"""Names of operators, stages and workflows, and how long they may be.

Step Functions allows 80 characters for a state, a machine and an execution name, and the
generated names contain ours (specification 7.6 of the control plane).
"""

import re

from mie.core.errors import BadRequest

_PATTERN = re.compile(r"[A-Za-z0-9_-]+")

# "Filter <operator> Media Type? (<stage>)" is the longest state name of an operator.
OPERATOR_AND_STAGE_LIMIT = 80 - len("Filter  Media Type? ()")
# The singleton stage of an operator is named "_<operator>".
OPERATOR_LIMIT = (OPERATOR_AND_STAGE_LIMIT - 1) // 2
STAGE_LIMIT = 80 - len("Complete Stage ")
# An execution is named "<workflow><36 characters of UUID>".
WORKFLOW_LIMIT = 80 - 36

# Paths such as GET /workflow/stage would hide workflows of these names.
RESERVED_WORKFLOW_NAMES = frozenset({"configuration", "execution", "list", "operation", "stage"})


# Machines of stages and of workflows are told apart by what stands behind the deployment's id,
# which no name can contain: both kinds may have a machine of one name.
_OF_A_STAGE = "-stage"


def workflow_machine_name(workflow: str, deployment: str) -> str:
    """deployment: the short id that the machines of one deployment share."""
    return f"{workflow}-{deployment}"


def stage_machine_name(stage: str, deployment: str) -> str:
    return f"{stage}-{deployment}{_OF_A_STAGE}"


def singleton_stage_name(operation: str) -> str:
    """The stage that runs one operator alone."""
    return f"_{operation}"


def check_operation_name(name: object) -> str:
    return _check("operation", name, OPERATOR_LIMIT)


def check_stage_name(name: object) -> str:
    return _check("stage", name, STAGE_LIMIT)


def check_workflow_name(name: object) -> str:
    checked = _check("workflow", name, WORKFLOW_LIMIT)
    if checked in RESERVED_WORKFLOW_NAMES:
        raise BadRequest(
            f"Name: a workflow cannot be called '{checked}', because /workflow/{checked} "
            "is another route"
        )
    return checked


def check_operation_in_stage(operation: str, stage: str) -> None:
    """Both names stand in every state name of the operator's branch."""
    if len(operation) + len(stage) > OPERATOR_AND_STAGE_LIMIT:
        raise BadRequest(
            f"Operations: '{operation}' in stage '{stage}' makes state names longer than 80 "
            f"characters; the two names together may have {OPERATOR_AND_STAGE_LIMIT} characters, "
            f"they have {len(operation) + len(stage)}"
        )


def _check(kind: str, name: object, limit: int) -> str:
    if not isinstance(name, str) or not _PATTERN.fullmatch(name):
        raise BadRequest(
            f"Name: the name of {_with_article(kind)} consists of letters, digits, '-' and '_'; "
            f"got {name!r}"
        )
    if len(name) > limit:
        raise BadRequest(
            f"Name: the {kind} name '{name}' has {len(name)} characters; the limit is {limit}"
        )
    return name


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
