"""Which execution somebody means: by its id, by its asset's, or by the beginning of one."""

from collections.abc import Iterable, Mapping
from typing import Any

from laptop.problems import Problem

_SHORT = 8
_MOST_NAMED = 5


def short(execution_id: str) -> str:
    """As much of an id as tells it from others."""
    return execution_id[:_SHORT]


def workflow_name(execution: Mapping[str, Any]) -> str:
    return str(execution["Workflow"]["Name"])


def created(execution: Mapping[str, Any]) -> float:
    return float(execution["Created"])


def find(executions: Iterable[Mapping[str, Any]], wanted: str) -> Mapping[str, Any]:
    """The execution of that id, or the newest one of that asset.

    Raises Problem for what is unknown or means several.
    """
    prefix = wanted.strip().lower()
    matching = [
        one
        for one in executions
        if prefix and (one["Id"].startswith(prefix) or one.get("AssetId", "").startswith(prefix))
    ]
    if not matching:
        raise Problem(
            f"no execution and no asset begins with {wanted}; run-local.sh list shows all"
        )
    by_id = [one for one in matching if one["Id"].startswith(prefix)]
    assets = {one["AssetId"] for one in matching if one not in by_id}
    if len(by_id) + len(assets) > 1:
        named = [one["Id"] for one in by_id] + sorted(assets)
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        raise Problem(f"{wanted} may mean {', '.join(named[:_MOST_NAMED])}{more}; write more of it")
    return by_id[0] if by_id else max(matching, key=created)
