"""What the configurations of the library's operators hold, as schemas of the OpenAPI document.

From the same declarations by which the engine checks them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mie.core import operator_settings, polling
from mie.core.operator_settings import Settings
from mie_build import operator_manifests, operators_document

Json = dict[str, Any]

_ROOT = Path(__file__).resolve().parents[2]
_ALL, _OF_ANY = "OperatorConfigurations", "EngineConfiguration"
# Where a body has the configurations of a stage's operators.
_PLACES = {
    "StageRequest": ("properties", "Configuration"),
    "ExecutionRequest": ("properties", "Configuration", "additionalProperties"),
    "RetryRequest": ("properties", "Configuration", "additionalProperties"),
}
_TYPES = {
    "String": "string",
    "Number": "number",
    "Integer": "integer",
    "Boolean": "boolean",
    "List": "array",
    "Object": "object",
}
_ENGINES: Json = {
    "description": "What the engine itself reads of every operator's configuration",
    "type": "object",
    "properties": {
        "MediaType": {"type": "string", "minLength": 1},
        "Enabled": {"type": "boolean"},
        **{
            key: {"type": "integer", "minimum": 1, "maximum": most}
            for key, most in polling.LIMITS.items()
        },
    },
}


def schemas() -> dict[str, Json]:
    """One for each operator, and one with all of them by their names."""
    manifests = operator_manifests.load_manifests(_ROOT / "source" / "operators")
    library = operators_document.library_of(_ROOT, manifests)
    described = sorted(
        operators_document.described(library, manifests), key=lambda one: one.name.lower()
    )
    of_each = {
        f"{one.name}Configuration": of_operator(one.settings, one.documentation.purpose)
        for one in described
    }
    return {
        _ALL: {
            "description": "Operator -> its values; other operators take what they declare",
            "type": "object",
            "properties": {
                one.name: {"$ref": _reference(f"{one.name}Configuration")} for one in described
            },
            "additionalProperties": {"type": "object"},
        },
        _OF_ANY: _ENGINES,
        **of_each,
    }


def referring(name: str, body: Json) -> Json:
    """A request's schema, whose configurations of operators are those of :func:`schemas`."""
    place = _PLACES.get(name)
    return body if place is None else _with(body, place)


def of_operator(settings: Settings | None, purpose: str) -> Json:
    declared = operator_settings.declared(settings or ())
    return {
        "description": purpose,
        "allOf": [{"$ref": _reference(_OF_ANY)}],
        "properties": {row["Name"]: _value(row) for row in declared},
        "unevaluatedProperties": settings is None,
    }


def _value(row: Mapping[str, Any]) -> Json:
    """Text is read back into the type, and null and empty text stand for no value."""
    kind = _TYPES[row["Type"]]
    schema: Json = {
        "description": row["Description"],
        "type": list(dict.fromkeys([kind, "string", "null"])),
    }
    for key, keyword in (("Minimum", "minimum"), ("Maximum", "maximum"), ("Default", "default")):
        if key in row:
            schema[keyword] = row[key]
    if kind == "array":
        member = {"type": _TYPES[row["Items"]]} if "Items" in row else {}
        allowed = {"enum": row["Allowed"]} if "Allowed" in row else {}
        return {**schema, "items": {**member, **allowed}}
    return {**schema, "enum": [*row["Allowed"], "", None]} if "Allowed" in row else schema


def _with(schema: Json, place: tuple[str, ...]) -> Json:
    if not place:
        return {"$ref": _reference(_ALL)}
    key, *deeper = place
    return {**schema, key: _with(schema[key], tuple(deeper))}


def _reference(schema: str) -> str:
    return f"#/components/schemas/{schema}"
