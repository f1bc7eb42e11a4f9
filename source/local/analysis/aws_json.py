"""The AWS JSON 1.1 protocol, for any service whose model botocore knows.

A service is a row of a table: its name in botocore and a function per operation. A function takes
the request as the model describes it and returns the answer in the same way; it raises
ServiceError to refuse. Requests are checked against the model before the function sees them, and
answers before they are sent.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.model import OperationModel, OperationNotFoundError, ServiceModel

from analysis import shapes
from analysis.faults import ServiceError

LOG = logging.getLogger(__name__)

Request = Mapping[str, Any]
Function = Callable[[Request], Mapping[str, Any]]

CONTENT_TYPE = "application/x-amz-json-1.1"
# what services call a request that their model does not allow, the most specific first
_REFUSALS = ("InvalidParameterException", "InvalidRequestException", "BadRequestException")


@dataclass(frozen=True)
class Service:
    """One service of the table.

    `body_limit` is the largest request body in bytes, `too_large` the error code that answers a
    larger one.
    """

    name: str
    operations: Mapping[str, Function]
    body_limit: int = 1 << 20
    too_large: str = "RequestEntityTooLargeException"
    too_large_message: str = "The request is larger than this service allows"


@dataclass(frozen=True)
class Answer:
    """What goes back: HTTP status, JSON document, and the error code when it is one."""

    status: int
    document: Mapping[str, Any]
    error: str | None = None


@dataclass(frozen=True)
class _Row:
    service: Service
    model: ServiceModel


@dataclass(frozen=True)
class Services:
    """The table of services, found by the prefix of the X-Amz-Target header."""

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
            rows[model.metadata["targetPrefix"]] = _Row(service, model)
        return cls(rows)

    def operations(self) -> dict[str, list[str]]:
        """The operations that are answered, by service."""
        return {row.service.name: sorted(row.service.operations) for row in self.rows.values()}

    def body_limit(self, target: str) -> int:
        """Bytes that a request to this target may have."""
        row = self.rows.get(target.rpartition(".")[0])
        return row.service.body_limit if row else Service("", {}).body_limit

    def refuse_body(self, target: str) -> Answer:
        """The answer to a request body past its limit."""
        row = self.rows.get(target.rpartition(".")[0])
        service = row.service if row else Service("", {})
        return _refusal(ServiceError(service.too_large, service.too_large_message), row)

    def answer(self, target: str, body: bytes) -> Answer:
        """Answer one request: `target` is the X-Amz-Target header, `body` the JSON text."""
        prefix, _, name = target.rpartition(".")
        row = self.rows.get(prefix)
        try:
            if row is None:
                raise _unknown(f"{target or 'A request without X-Amz-Target'}")
            return Answer(200, _call(row, name, body))
        except ServiceError as error:
            return _refusal(error, row)


def _call(row: _Row, name: str, body: bytes) -> Mapping[str, Any]:
    try:
        operation = row.model.operation_model(name)
    except OperationNotFoundError as error:
        raise _unknown(f"{row.service.name} {name}") from error
    function = row.service.operations.get(name)
    if function is None:
        raise _unknown(f"{row.service.name} {name}")
    answer = function(_read_request(operation, body))
    return _write_answer(operation, answer)


def _read_request(operation: OperationModel, body: bytes) -> Request:
    try:
        document = json.loads(body or b"{}")
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ServiceError("SerializationException", "The request body is not JSON") from error
    if not isinstance(document, dict):
        raise ServiceError("SerializationException", "The request body is not a JSON object")
    if operation.input_shape is None:
        return {}
    try:
        request: Request = shapes.decode(operation.input_shape, document)
    except ValueError as error:
        raise ServiceError("SerializationException", str(error)) from error
    broken = shapes.violations(operation.input_shape, request)
    if broken:
        raise ServiceError(_refusal_code(operation), "; ".join(broken))
    return request


def _write_answer(operation: OperationModel, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if operation.output_shape is None:
        return {}
    broken = shapes.violations(operation.output_shape, answer)
    if broken:
        # a defect of ours, which a caller must not take for a finding
        LOG.error("answer to %s differs from its shape: %s", operation.name, "; ".join(broken))
        message = f"The answer to {operation.name} would differ from the service's own shape"
        raise ServiceError("InternalServerError", message, 500)
    document: Mapping[str, Any] = shapes.encode(operation.output_shape, answer)
    return document


def _refusal_code(operation: OperationModel) -> str:
    named = {shape.name for shape in operation.error_shapes}
    return next((code for code in _REFUSALS if code in named), "ValidationException")


def _unknown(what: str) -> ServiceError:
    message = f"{what} is not an operation of the local analysis server"
    return ServiceError("UnknownOperationException", message)


def _refusal(error: ServiceError, row: _Row | None) -> Answer:
    """An error document; services differ in how they write the member with the sentence."""
    shapes_of_errors = row.model.error_shapes if row is not None else []
    shape = next((one for one in shapes_of_errors if one.name == error.code), None)
    member = "Message" if shape is not None and "Message" in shape.members else "message"
    return Answer(error.status, {"__type": error.code, member: error.message}, error.code)
