"""How the configuration of an operator comes together.

Defaults of the operation, overlaid by the stage, overlaid by the execution; one level deep: a
key that is given replaces the whole value, a key that is not keeps it.
"""

from collections.abc import Mapping

from mie.core.documents import Json, StageConfiguration, WorkflowConfiguration
from mie.core.errors import BadRequest

# The guide wraps the operators of a stage in this key; the flat form is the canonical one.
_WRAPPER = "Operations"


def check_operator_configuration(configuration: object, field: str = "Configuration") -> None:
    """MediaType names a media type and Enabled is a boolean, wherever they come from."""
    if not isinstance(configuration, dict):
        raise BadRequest(f"{field} must be an object, got {configuration!r}")
    if not isinstance(configuration.get("Enabled", True), bool):
        raise BadRequest(f"{field}.Enabled must be true or false, got {configuration['Enabled']!r}")
    media_type = configuration.get("MediaType", "MetadataOnly")
    if not isinstance(media_type, str) or not media_type:
        raise BadRequest(f"{field}.MediaType must be a non-empty string, got {media_type!r}")


def for_stage(
    defaults: StageConfiguration, overrides: Mapping[str, object], field: str = "Configuration"
) -> StageConfiguration:
    """The configuration of a stage's operators with the values of ``overrides`` laid over.

    Raises BadRequest that names the unknown operator or the wrong value.
    """
    for operation, values in overrides.items():
        if operation not in defaults:
            raise BadRequest(
                f"{field}: Exception: Invalid operation '{operation}'; "
                f"this stage has {', '.join(sorted(defaults))}"
            )
        check_operator_configuration(values, f"{field}.{operation}")
    return {name: {**values, **_object(overrides.get(name))} for name, values in defaults.items()}


def for_execution(
    stages: Mapping[str, Json], overrides: Mapping[str, object]
) -> WorkflowConfiguration:
    """The configuration of every stage of an execution.

    stages: stage name -> stage with ``Configuration``; overrides: stage -> operator -> values.
    Raises BadRequest that names the unknown stage or operator, or the wrong value.
    """
    for name in overrides:
        if name not in stages:
            raise BadRequest(
                f"Configuration: Exception: Invalid stage found in Configuration '{name}'; "
                f"this workflow has {', '.join(sorted(stages))}"
            )
    return {
        name: for_stage(
            stage["Configuration"],
            _unwrap(name, overrides.get(name, {}), stage["Configuration"]),
            f"Configuration.{name}",
        )
        for name, stage in stages.items()
    }


def _unwrap(stage: str, values: object, defaults: StageConfiguration) -> Mapping[str, object]:
    if isinstance(values, dict) and set(values) == {_WRAPPER} and _WRAPPER not in defaults:
        values = values[_WRAPPER]
    if not isinstance(values, dict):
        raise BadRequest(f"Configuration.{stage} must be an object, got {values!r}")
    return values


def _object(values: object) -> Json:
    return values if isinstance(values, dict) else {}
