"""The JSON protocols of AWS, JSON 1.1 and REST-JSON, for services whose model botocore knows.

A service is a row of a table: its name in botocore and a function per operation. A function takes
the request as the model describes it, wherever its members were on the wire, and returns the
answer in the same way; it raises ServiceError to refuse. Requests are checked against the model
before the function sees them, and answers before they are sent.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel

from analysis import rest_json, shapes
from analysis.faults import ServiceError
from analysis.messages import Answer, Call, json_answer, read_json_object

LOG = logging.getLogger(__name__)

Request = Mapping[str, Any]

CONTENT_TYPE = "application/x-amz-json-1.1"
# what a request that the model does not allow is called: one of these where the service has it,
# and otherwise, whatever errors its model names besides, a ValidationException
_REFUSALS = ("BadRequestException",)
# Credential=KEY/DATE/REGION/SERVICE/aws4_request
_SCOPE = re.compile(r"Credential=[^/,]*/\d{8}/[^/,]*/([a-z0-9-]+)/aws4_request")


@dataclass(frozen=True)
class Reply:
    """An answer with HTTP headers of our own, which say what the model has no member for."""

    document: Mapping[str, Any]
    headers: Mapping[str, str]


Function = Callable[[Request], Mapping[str, Any] | Reply]


@dataclass(frozen=True)
class Service:
    """One service of the table.

    `body_limit` is the largest request body in bytes, `too_large` the error code that answers a
    larger one. `checks` look at requests of an operation before the model does, for limits that
    the service refuses in words of its own; nothing is sure of such a request but that it is JSON.
    """

    name: str
    operations: Mapping[str, Function]
    body_limit: int = 1 << 20
    too_large: str = "RequestEntityTooLargeException"
    too_large_message: str = "The request is larger than this service allows"
    checks: Mapping[str, Callable[[Request], None]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Row:
    service: Service
    model: ServiceModel
    # empty for a service of JSON 1.1
    routes: tuple[rest_json.Route, ...] = ()

    def find(self, call: Call) -> tuple[OperationModel, Mapping[str, str]]:
        """The operation that is called, and its parameters in the path."""
        if not self.routes:
            name = call.target.rpartition(".")[2]
            try:
                return self.model.operation_model(name), {}
            except OperationNotFoundError as error:
                raise _unknown(f"{self.service.name} {name}") from error
        found = rest_json.match(self.routes, call)
        if found is None:
            raise _unknown(f"{self.service.name} {call.method} {call.path}")
        return self.model.operation_model(found[0]), found[1]


@dataclass(frozen=True)
class Services:
    """The table of services, found by what a request is signed for or names as its target."""

    rows: Mapping[str, _Row] = field(default_factory=dict)

    @classmethod
    def of(cls, services: Iterable[Service]) -> "Services":
        """Load the models of these services; an operation that a model lacks is a defect."""
        session = botocore.session.Session()
        rows = {}
        for service in services:
            model = session.get_service_model(service.name)
            unknown = set(service.operations) - set(model.operation_names)
            if unknown:
                raise ValueError(f"{service.name} has no operations {sorted(unknown)}")
            rows[model.signing_name] = _Row(service, model, _routes(model))
        return cls(rows)

    def operations(self) -> dict[str, list[str]]:
        """The operations that are answered, by service."""
        return {row.service.name: sorted(row.service.operations) for row in self.rows.values()}

    def body_limit(self, call: Call) -> int:
        """Bytes that the body of this call may have."""
        row = self._row(call)
        return row.service.body_limit if row else Service("", {}).body_limit

    def refuse_body(self, call: Call) -> Answer:
        """The answer to a request body past its limit."""
        row = self._row(call)
        service = row.service if row else Service("", {})
        return _refusal(ServiceError(service.too_large, service.too_large_message), row)

    def answer(self, call: Call) -> Answer:
        """Answer one request."""
        row = self._row(call)
        try:
            if row is None:
                raise _unknown(call.target or f"{call.method} {call.path} without X-Amz-Target")
            return _answer(row, call)
        except ServiceError as error:
            return _refusal(error, row)

    def _row(self, call: Call) -> _Row | None:
        if call.target:
            prefix = call.target.rpartition(".")[0]
            rows = self.rows.values()
            return next((r for r in rows if r.model.metadata.get("targetPrefix") == prefix), None)
        if not call.is_signed:
            return None
        signed_for = _SCOPE.search(call.headers["authorization"])
        if signed_for is not None:
            return self.rows.get(signed_for[1])
        return next((r for r in self.rows.values() if rest_json.match(r.routes, call)), None)


def _routes(model: ServiceModel) -> tuple[rest_json.Route, ...]:
    return rest_json.routes(model) if model.metadata["protocol"] == "rest-json" else ()


def _answer(row: _Row, call: Call) -> Answer:
    operation, in_path = row.find(call)
    function = row.service.operations.get(operation.name)
    if function is None:
        raise _unknown(f"{row.service.name} {operation.name}")
    replied = function(_read_request(row, operation, call, in_path))
    reply = replied if isinstance(replied, Reply) else Reply(replied, {})
    return _write_answer(row, operation, reply)


def _read_request(
    row: _Row, operation: OperationModel, call: Call, in_path: Mapping[str, str]
) -> Request:
    shape = operation.input_shape
    try:
        if row.routes:
            request: Request = rest_json.read_request(shape, call, in_path)
        else:
            document = read_json_object(call.body)
            request = shapes.decode(shape, document) if shape is not None else {}
    except ValueError as error:
        raise ServiceError("SerializationException", str(error)) from error
    if operation.name in row.service.checks:
        row.service.checks[operation.name](request)
    broken = shapes.violations(shape, request) if shape is not None else []
    if broken:
        errors = "1 validation error" if len(broken) == 1 else f"{len(broken)} validation errors"
        text = f"{errors} detected: {'; '.join(broken)}"
        raise ServiceError(_refusal_code(operation), text)
    return request


def _write_answer(row: _Row, operation: OperationModel, reply: Reply) -> Answer:
    shape = operation.output_shape
    broken = shapes.violations(shape, reply.document) if shape is not None else []
    if broken:
        # a defect of ours, which a caller must not take for a finding
        LOG.error("answer to %s differs from its shape: %s", operation.name, "; ".join(broken))
        message = f"The answer to {operation.name} would differ from the service's own shape"
        raise ServiceError("InternalServerError", message, 500)
    if row.routes:
        return rest_json.write_answer(operation, reply.document, reply.headers)
    document = shapes.encode(shape, reply.document) if shape is not None else {}
    return json_answer(200, document, CONTENT_TYPE, headers=reply.headers)


def _refusal_code(operation: OperationModel) -> str:
    named = {shape.name for shape in operation.error_shapes}
    return next((code for code in _REFUSALS if code in named), "ValidationException")


def _unknown(what: str) -> ServiceError:
    message = f"{what} is not an operation of the local analysis server"
    return ServiceError("UnknownOperationException", message)


def _refusal(error: ServiceError, row: _Row | None) -> Answer:
    """An error document; services differ in the member with the sentence, and in the status."""
    shapes_of_errors = row.model.error_shapes if row is not None else []
    shape = next((one for one in shapes_of_errors if one.name == error.code), None)
    member = "Message" if shape is not None and "Message" in shape.members else "message"
    status = error.status
    if status is None:
        known = shape.metadata.get("error", {}) if shape is not None else {}
        status = known.get("httpStatusCode", 400)
    kind = rest_json.CONTENT_TYPE if row is not None and row.routes else CONTENT_TYPE
    return json_answer(status, {"__type": error.code, member: error.message}, kind, error.code)
