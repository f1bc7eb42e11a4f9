"""What the policies of a role allow."""

from collections.abc import Mapping

from ministack.core import iam_evaluator


def allows(
    role: str, action: str, resource: str, region: str, tags: Mapping[str, str] | None = None
) -> bool:
    """tags: of the resource, for conditions on them."""
    _, _, _, _, account, name = role.split(":", 5)
    request = iam_evaluator.EvalContext(
        principal_arn=role,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=region,
        service_context={
            f"aws:resourcetag/{key}".lower(): value for key, value in (tags or {}).items()
        },
    )
    policies = iam_evaluator._gather_role_policies(name.rpartition("/")[2], account)
    return iam_evaluator.evaluate(request, policies).decision == "Allow"
