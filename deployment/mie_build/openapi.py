"""The OpenAPI documents of both APIs, ``docs/openapi/``, written from what runs.

Routes and their authorisation come from the Chalice applications, bodies from the JSON schemas that
check them, the configurations of operators from their declarations, answers from the return types
of the views. Only the words come from elsewhere: from
``documentation.yaml`` beside each application, which says of every route what it is good for.

    deployment/write-openapi.sh
"""

import importlib.util
import inspect
import json
import re
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from mie.core.errors import STATUSES
from mie_build import openapi_operators

Json = dict[str, Any]

_ROOT = Path(__file__).resolve().parents[2]
_JSON = "application/json"
_ERROR = "Error"
# The framework refuses bodies of another type by itself.
_UNSUPPORTED = (415, "UnsupportedMediaType")
_SIMPLE_TYPES: dict[Any, Json] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Any: {},
}


class Undocumented(RuntimeError):
    """Routes and documentation do not agree, or an answer's shape is not said anywhere."""


@dataclass(frozen=True)
class Source:
    """An application below source/ and the document that describes it."""

    folder: str
    schemas: str
    document: str
    # whether requests hold configurations of operators
    configures_operators: bool = False

    @property
    def folder_path(self) -> Path:
        return _ROOT / "source" / self.folder

    @property
    def path(self) -> Path:
        return _ROOT / "docs" / "openapi" / self.document


SOURCES = (
    Source("workflowapi", "chalicelib/workflow_routes/schemas", "workflow-api.json", True),
    Source("dataplaneapi", "chalicelib/dataplane_routes/schemas", "dataplane-api.json"),
)


def main() -> None:
    for source in SOURCES:
        source.path.parent.mkdir(parents=True, exist_ok=True)
        source.path.write_text(text_of(document(source)))
        print(f"Wrote {source.path.relative_to(_ROOT)}")


def text_of(described: Json) -> str:
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def document(source: Source) -> Json:
    """The OpenAPI document of an application. Raises Undocumented."""
    return describe(source, routes_of(load(source.folder_path).app))


def describe(source: Source, routes: Mapping[str, Any]) -> Json:
    """The document of an application that has these routes. Raises Undocumented."""
    folder = source.folder_path
    words = yaml.safe_load((folder / "documentation.yaml").read_text())
    _check_complete(routes, words["routes"], folder)
    bodies = {
        name: openapi_operators.referring(name, json.loads(path.read_text()))
        for path in sorted((folder / source.schemas).glob("*.json"))
        for name in [f"{_pascal(path.stem)}Request"]
    }
    describing = _Describing(words, {**words.get("schemas", {})})
    paths: dict[str, Json] = {}
    for name, route in routes.items():
        method, path = name.split(" ")
        paths.setdefault(path, {})[method.lower()] = describing.operation(name, route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": words["title"],
            "description": words["description"],
            "version": words["version"],
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "https://{id}.execute-api.{region}.amazonaws.com/api",
                "description": "The stack's output, without the slash at its end",
                "variables": {
                    "id": {"default": "id", "description": "Id of the API"},
                    "region": {"default": "us-east-1", "description": "Region of the stack"},
                },
            }
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "description": "AWS Signature Version 4 for the service execute-api",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                }
            },
            "schemas": {
                **{name: _component(schema) for name, schema in bodies.items()},
                **(openapi_operators.schemas() if source.configures_operators else {}),
                **{name: describing.schemas[name] for name in sorted(describing.schemas)},
                _ERROR: {
                    "description": "Why a request was refused",
                    "type": "object",
                    "required": ["Code", "Message"],
                    "properties": {"Code": {"type": "string"}, "Message": {"type": "string"}},
                },
                "GatewayError": {
                    "description": "The same, when API Gateway refused it",
                    "type": "object",
                    "required": ["message"],
                    "properties": {"message": {"type": "string"}},
                },
            },
            "responses": _refusals(),
        },
    }


class _Describing:
    """Describes operations, and collects the schemas of the documents that they answer with."""

    def __init__(self, words: Mapping[str, Any], schemas: dict[str, Json]) -> None:
        self._words = words
        self.schemas = schemas

    def operation(self, name: str, route: Any) -> Json:
        words = self._words["routes"][name]
        view = inspect.unwrap(route.view_function)
        group = view.__module__.rsplit(".", 1)[-1]
        described: Json = {
            "operationId": f"{group}.{view.__name__}",
            "tags": [group],
            "summary": words["summary"],
            **({"description": words["description"]} if "description" in words else {}),
            "security": [{"sigv4": []}] if route.authorizer else [],
        }
        parameters = [*self._path_parameters(route), *_query_parameters(words)]
        if parameters:
            described["parameters"] = parameters
        if "body" in words:
            schema = {"$ref": f"#/components/schemas/{_pascal(words['body'])}Request"}
            described["requestBody"] = {
                "required": not words.get("optional_body", False),
                "content": {_JSON: {"schema": schema}},
            }
        refusals = {
            *words.get("refusals", ()),
            # a query parameter that a route does not know is refused by every one
            *([400, 403, 429] if route.authorizer else []),
            *([413] if "body" in words else []),
            415,
            500,
        }
        described["responses"] = {
            "200": self._answer(name, words, view),
            **({"202": self._answer(name, words["accepts"], view)} if "accepts" in words else {}),
            **{str(one): {"$ref": _response(one)} for one in sorted(refusals)},
        }
        return described

    def _path_parameters(self, route: Any) -> list[Json]:
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": self._words["parameters"][name],
                "schema": {"type": "string", "minLength": 1},
            }
            for name in route.view_args
        ]

    def _answer(self, name: str, words: Mapping[str, Any], view: Any) -> Json:
        schema = words.get("answer")
        if schema is None:
            schema = self._schema(typing.get_type_hints(view)["return"])
        if not schema:
            raise Undocumented(f"{name}: nothing says what it answers; give it an 'answer'")
        content: Json = {"schema": schema}
        if "example" in words:
            content["example"] = words["example"]
        return {
            "description": words.get("answers", "Done"),
            "content": {words.get("content", _JSON): content},
        }

    def _schema(self, kind: Any) -> Json:
        """The JSON schema of a type; named ones are collected and referred to."""
        if kind in _SIMPLE_TYPES:
            return _SIMPLE_TYPES[kind]
        if typing.is_typeddict(kind):
            if kind.__name__ not in self.schemas:
                self.schemas[kind.__name__] = {}
                self.schemas[kind.__name__] = self._object(kind)
            return {"$ref": f"#/components/schemas/{kind.__name__}"}
        arguments = typing.get_args(kind)
        if typing.get_origin(kind) is list:
            return {"type": "array", "items": self._schema(arguments[0])}
        if typing.get_origin(kind) is dict:
            return {"type": "object", "additionalProperties": self._schema(arguments[1])}
        # what a view returns as it is, such as chalice.Response, says nothing of its body
        return {}

    def _object(self, kind: Any) -> Json:
        hints = typing.get_type_hints(kind)
        return {
            "description": inspect.cleandoc(kind.__doc__ or kind.__name__).replace("\n", " "),
            "type": "object",
            "required": [one for one in hints if one in kind.__required_keys__],
            "properties": {one: self._schema(hint) for one, hint in hints.items()},
        }


def _query_parameters(words: Mapping[str, Any]) -> list[Json]:
    return [
        {"name": name, "in": "query", "required": False, **described}
        for name, described in words.get("query", {}).items()
    ]


@cache
def load(folder: Path) -> ModuleType:
    """The module app of a folder, under a name that the other API's does not have.

    Loaded once in a process: Chalice registers a blueprint a second time without its methods.
    """
    name = f"{folder.name}_app"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, folder / "app.py")
    if spec is None or spec.loader is None:
        raise Undocumented(f"there is no application in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def routes_of(app: Any) -> dict[str, Any]:
    """ "METHOD /path" -> Chalice's route, in the order in which the paths were registered."""
    return {
        f"{method} {path}": route
        for path, methods in app.routes.items()
        for method, route in methods.items()
    }


def _check_complete(routes: Mapping[str, Any], documented: Mapping[str, Any], folder: Path) -> None:
    missing = ", ".join(one for one in routes if one not in documented)
    if missing:
        raise Undocumented(f"{folder.name}/documentation.yaml says nothing of {missing}")
    gone = ", ".join(one for one in documented if one not in routes)
    if gone:
        raise Undocumented(f"{folder.name}/documentation.yaml describes {gone}, which is no route")


def _component(schema: Json) -> Json:
    """A schema of a file as part of a document, which says the dialect once."""
    return {key: value for key, value in schema.items() if key not in ("$schema", "title")}


def _refusals() -> Json:
    codes = dict(STATUSES.values())
    known = {**codes, _UNSUPPORTED[0]: _UNSUPPORTED[1], 500: "InternalServerError"}
    return {
        _phrase(status): {
            "description": f"{code}: {_WORDS[status]}",
            "content": {_JSON: {"schema": _refusal_schema(status)}},
        }
        for status, code in sorted(known.items())
    }


_WORDS = {
    400: "the request is wrong; the message names the field",
    403: "refused, whoever asks; or the request is not signed as it must be",
    404: "there is nothing of that name",
    409: "it does not fit the present state, such as a name that is taken",
    413: "larger than a limit, which the message names",
    415: "bodies are application/json",
    429: "AWS asks for fewer requests; the same one may succeed later",
    500: "a fault on our side; the message has the request's id",
    503: "a service that the request needs does not answer",
}


def _refusal_schema(status: int) -> Json:
    ours = {"$ref": f"#/components/schemas/{_ERROR}"}
    # API Gateway says these itself, before the application is asked
    if status in (403, 413, 429):
        return {"anyOf": [ours, {"$ref": "#/components/schemas/GatewayError"}]}
    return ours


def _response(status: int) -> str:
    return f"#/components/responses/{_phrase(status)}"


def _phrase(status: int) -> str:
    return re.sub(r"\W", "", HTTPStatus(status).phrase.title())


def _pascal(stem: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[-_]", stem))


if __name__ == "__main__":
    main()
