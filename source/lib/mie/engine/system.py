"""Parameters of the whole system."""

from collections.abc import Mapping
from typing import Any

from mie.core.documents import Json
from mie.core.errors import BadRequest
from mie.engine.ports import SystemConfiguration

MAX_CONCURRENT_WORKFLOWS = "MaxConcurrentWorkflows"
# As many executions of state machines may be open in an account.
_HIGHEST_LIMIT = 1_000_000


def configure(system: SystemConfiguration, request: Mapping[str, Any]) -> None:
    """Sets a parameter; the scheduler sees it at its next run. Raises BadRequest."""
    name, value = request["Name"], request["Value"]
    if name not in _CHECKS:
        raise BadRequest(
            f"Name: '{name}' is no parameter of the system; it has {', '.join(sorted(_CHECKS))}"
        )
    system.put(name, _CHECKS[name](value))


def parameters(system: SystemConfiguration) -> list[Json]:
    """The parameters that were set."""
    values = {name: system.get(name) for name in _CHECKS}
    return [{"Name": name, "Value": one} for name, one in values.items() if one is not None]


def concurrency_limit(system: SystemConfiguration, default: int) -> int:
    """How many executions may run at once."""
    value = system.get(MAX_CONCURRENT_WORKFLOWS)
    return default if value is None else int(value)


def _checked_limit(value: object) -> int:
    # JSON knows one kind of number: 2.0 is 2. True is an int in Python
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    if not isinstance(whole, int) or isinstance(whole, bool) or not 1 <= whole <= _HIGHEST_LIMIT:
        raise BadRequest(
            f"Value: {MAX_CONCURRENT_WORKFLOWS} must be a value > 1 or 1 itself, a whole number up "
            f"to {_HIGHEST_LIMIT:,}"
        )
    return whole


# parameter -> what is stored for a value. Raises BadRequest
_CHECKS = {MAX_CONCURRENT_WORKFLOWS: _checked_limit}
