"""How the configuration of an operator comes together.

Defaults of the operation, overlaid by the stage, overlaid by the execution; one level deep: a
key that is given replaces the whole value, a key that is not keeps it.
"""

import json
from collections.abc import Mapping

from mie.core import operator_settings, polling
from mie.core.documents import Json, StageConfiguration, WorkflowConfiguration
from mie.core.errors import BadRequest
from mie.core.operator_settings import Settings

# The guide wraps the operators of a stage in this key; the flat form is the canonical one.
_WRAPPER = "Operations"
# A state of Step Functions takes 256 KiB, and has what operators get and return as well.
_LARGEST_OF_A_STAGE = 170_000


def of_operation(
    name: str, given: object, settings: Settings | None, field: str = "Configuration"
) -> Json:
    """The configuration of a registration: declared defaults, with the given values laid over.

    settings: what the operator declares, None for any key. Raises BadRequest.
    """
    values = _read(given, settings, name, field)
    whole = {**operator_settings.defaults(settings or ()), **values}
    polling.check_together(whole, field)
    return whole


def _read(given: object, settings: Settings | None, operator: str, field: str) -> Json:
    return operator_settings.read(_checked_values(given, field), settings, operator, field)


def _checked_values(configuration: object, field: str) -> Json:
    """MediaType names a media type, Enabled is a boolean, and so on, wherever they come from."""
    if not isinstance(configuration, dict):
        raise BadRequest(f"{field} must be an object, got {configuration!r}")
    if not isinstance(configuration.get("Enabled", True), bool):
        raise BadRequest(f"{field}.Enabled must be true or false, got {configuration['Enabled']!r}")
    media_type = configuration.get("MediaType", "MetadataOnly")
    if not isinstance(media_type, str) or not media_type:
        raise BadRequest(f"{field}.MediaType must be a non-empty string, got {media_type!r}")
    polling.check(configuration, field)
    return configuration


def check_not_enabled(
    configuration: StageConfiguration, retired: Mapping[str, str], field: str = "Configuration"
) -> None:
    """retired: operator -> why it cannot be enabled. Raises BadRequest that says so."""
    for name, reason in retired.items():
        if configuration[name].get("Enabled"):
            raise BadRequest(
                f"{field}.{name}.Enabled: the operator '{name}' is retired and cannot be enabled: "
                f"{reason}"
            )


def for_stage(
    defaults: StageConfiguration,
    overrides: Mapping[str, object],
    field: str = "Configuration",
    *,
    retired: Mapping[str, str] | None = None,
    settings: Mapping[str, Settings] | None = None,
) -> StageConfiguration:
    """The configuration of a stage's operators with the values of ``overrides`` laid over.

    settings: what operators declare; those that are not in it take any key. Raises BadRequest that
    names the unknown operator, the wrong key or value or the retired operator that is enabled.
    """
    declared = settings or {}
    read: StageConfiguration = {}
    for operation, values in overrides.items():
        if operation not in defaults:
            raise BadRequest(
                f"{field}: Exception: Invalid operation '{operation}'; "
                f"this stage has {', '.join(sorted(defaults))}"
            )
        read[operation] = _read(values, declared.get(operation), operation, f"{field}.{operation}")
    merged = {name: {**values, **read.get(name, {})} for name, values in defaults.items()}
    for name, values in merged.items():
        polling.check_together(values, f"{field}.{name}")
    check_not_enabled(merged, retired or {}, field)
    return merged


def for_execution(
    stages: Mapping[str, Json], overrides: Mapping[str, object]
) -> WorkflowConfiguration:
    """The configuration of every stage of an execution.

    stages: stage name -> stage with ``Configuration`` and perhaps ``Retired`` and ``Settings``;
    overrides: stage -> operator -> values. Raises BadRequest that names the unknown stage or
    operator, the wrong key or value or the retired operator that is enabled.
    """
    for name in overrides:
        if name not in stages:
            raise BadRequest(
                f"Configuration: Exception: Invalid stage found in Configuration '{name}'; "
                f"this workflow has {', '.join(sorted(stages))}"
            )
    merged = {
        name: for_stage(
            stage["Configuration"],
            _unwrap(name, overrides.get(name, {}), stage["Configuration"]),
            f"Configuration.{name}",
            retired=stage.get("Retired", {}),
            settings=stage.get("Settings", {}),
        )
        for name, stage in stages.items()
    }
    for name, values in merged.items():
        size = len(json.dumps(values))
        if size > _LARGEST_OF_A_STAGE:
            raise BadRequest(
                f"Configuration.{name}: the operators' configurations have {size} bytes, all of a "
                f"stage may have {_LARGEST_OF_A_STAGE}"
            )
    return merged


def combined(
    earlier: Mapping[str, object], later: Mapping[str, object], stages: Mapping[str, Json]
) -> WorkflowConfiguration:
    """The overrides of two requests as one, in the flat form; what the later one says counts.

    Both were accepted by for_execution.
    """
    both: WorkflowConfiguration = {}
    for overrides in (earlier, later):
        for name, values in overrides.items():
            before = both.get(name, {})
            flat = _unwrap(name, values, stages[name]["Configuration"])
            both[name] = {
                **before,
                **{one: {**before.get(one, {}), **_object(flat[one])} for one in flat},
            }
    return both


def _unwrap(stage: str, values: object, defaults: StageConfiguration) -> Mapping[str, object]:
    if isinstance(values, dict) and set(values) == {_WRAPPER} and _WRAPPER not in defaults:
        values = values[_WRAPPER]
    if not isinstance(values, dict):
        raise BadRequest(f"Configuration.{stage} must be an object, got {values!r}")
    return values


def _object(values: object) -> Json:
    return values if isinstance(values, dict) else {}
