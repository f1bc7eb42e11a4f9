"""Lambda refuses functions and payloads that are beyond its limits.

MiniStack 1.5.33 takes a number for the value of an environment variable, at which the function
then fails to start, and any name, size and setting.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from local_aws import models

Json = dict[str, Any]
Answer = tuple[int, Mapping[str, str], Any]
Handle = Callable[[str, str, Mapping[str, str], bytes, Json], Awaitable[Answer]]
Deploy = Callable[..., tuple[str, Json]]

_LONGEST_NAME, _LONGEST_SECONDS = 64, 900
_LARGEST_ENVIRONMENT = 4_096
_LARGEST_PAYLOADS = {"RequestResponse": 6_291_456, "Event": 1_048_576}
_LARGEST_RESPONSE = 6_291_556
# Lambda sets them itself
_RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)


def enforce() -> None:
    lambda_svc._create_function = _checked(lambda_svc._create_function, "CreateFunction")
    lambda_svc._update_config = _checked(lambda_svc._update_config, "UpdateFunctionConfiguration")
    lambda_svc._execute_function = _limiting_responses(lambda_svc._execute_function)
    lambda_svc.handle_request = _limiting_payloads(lambda_svc.handle_request)
    own = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    # the properties are the second argument of the one and the third of the other
    own["create"] = _deployed_as_by_lambda(own["create"], 1)
    own["update"] = _deployed_as_by_lambda(own["update"], 2)


def _checked(handle: Callable[..., Answer], operation: str) -> Callable[..., Answer]:
    """The request is the last argument."""

    def handled(*arguments: Any) -> Answer:
        request = arguments[-1]
        refused = models.refusal("lambda", operation, request) or _refused(request)
        return error_response_json(*refused, 400) if refused else handle(*arguments)

    return handled


def _refused(request: Json) -> models.Refusal | None:
    """What the model, which also knows the ARNs of functions, leaves to Lambda."""
    name = request.get("FunctionName", "").rpartition(":")[2]
    for value, place, noun, limit in (
        (len(name), "functionName", "length", _LONGEST_NAME),
        (request.get("Timeout") or 0, "timeout", "value", _LONGEST_SECONDS),
    ):
        if value > limit:
            return (
                "ValidationException",
                f"1 validation error detected: Value at '{place}' failed to satisfy constraint: "
                f"Member must have {noun} less than or equal to {limit}",
            )
    missing = _missing_package(request.get("Code") or {})
    if missing:
        return "InvalidParameterValueException", missing
    return _refused_variables((request.get("Environment") or {}).get("Variables") or {})


def _missing_package(code: Json) -> str | None:
    bucket, key = code.get("S3Bucket"), code.get("S3Key")
    if not bucket or lambda_svc._fetch_code_from_s3(bucket, key, code.get("S3ObjectVersion")):
        return None
    return (
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified "
        f"key does not exist: s3://{bucket}/{key}"
    )


def _refused_variables(variables: Mapping[str, str]) -> models.Refusal | None:
    begin = "Lambda was unable to configure your environment variables because the environment "
    reserved = sorted(_RESERVED & set(variables))
    if reserved:
        return (
            "InvalidParameterValueException",
            f"{begin}variables you have provided contains reserved keys that are currently not "
            "supported for modification. Reserved keys used in this request: "
            f"{', '.join(reserved)}",
        )
    text = json.dumps(variables, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > _LARGEST_ENVIRONMENT:
        return (
            "InvalidParameterValueException",
            f"{begin}variables you have provided exceeded the 4KB limit. String measured: {text}",
        )
    return None


def _deployed_as_by_lambda(deploy: Deploy, place: int) -> Deploy:
    """CloudFormation makes texts of the scalars of a template, and hands on what Lambda refuses."""

    def deployed(*arguments: Any) -> tuple[str, Json]:
        properties = {**arguments[place]}
        if "Environment" in properties:
            properties["Environment"] = _with_texts(properties["Environment"])
        own = {key: properties[key] for key in ("Environment", "Code") if key in properties}
        request = {"Environment": own.get("Environment", {})}
        refused = models.refusal("lambda", "UpdateFunctionConfiguration", request) or _refused(own)
        if refused:
            raise ValueError(refused[1])
        return deploy(*arguments[:place], properties, *arguments[place + 1 :])

    return deployed


def _with_texts(environment: Json) -> Json:
    variables = environment.get("Variables") or {}
    if any(isinstance(one, list | dict) for one in variables.values()):
        raise ValueError(
            "Value of property Variables must be an object with String (or simple type) properties"
        )
    return {"Variables": {name: _text(one) for name, one in variables.items()}}


def _text(scalar: Any) -> str:
    return scalar if isinstance(scalar, str) else json.dumps(scalar)


def _limiting_payloads(handle: Handle) -> Handle:
    async def handled(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Json
    ) -> Answer:
        if method == "POST" and path.endswith("/invocations"):
            kind = headers.get("x-amz-invocation-type", "RequestResponse")
            limit = _LARGEST_PAYLOADS.get(kind)
            if limit is not None and len(body) > limit:
                return error_response_json(
                    "RequestTooLargeException",
                    f"Request must be smaller than {limit} bytes for the InvokeFunction operation",
                    413,
                )
            try:
                json.loads(body or b"{}")
            except ValueError as error:
                return error_response_json(
                    "InvalidRequestContentException",
                    f"Could not parse request body into json: {error}",
                    400,
                )
        return await handle(method, path, headers, body, query)

    return handled


def _limiting_responses(execute: Callable[[Json, Any], Json]) -> Callable[[Json, Any], Json]:
    def executed(function: Json, event: Any) -> Json:
        result = execute(function, event)
        body = result.get("body")
        text = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
        if result.get("error") or len(text) <= _LARGEST_RESPONSE // 4:
            return result
        size = len(text if isinstance(text, bytes) else text.encode())
        if size <= _LARGEST_RESPONSE:
            return result
        error = {
            "errorMessage": f"Response payload size ({size} bytes) exceeded maximum allowed "
            f"payload size ({_LARGEST_RESPONSE} bytes).",
            "errorType": "Function.ResponseSizeTooLarge",
        }
        return {**result, "error": True, "body": error}

    return executed
