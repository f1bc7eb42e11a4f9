"""Requests that AWS refuses and moto takes: they fail before moto sees them."""

import json
from contextlib import contextmanager
from unittest.mock import patch

from botocore.client import BaseClient

from local_aws import models
from local_aws.machine_definitions import problem

# services whose requests are held against their models
MODELLED = frozenset({"kinesis", "lambda", "sns", "sqs", "stepfunctions"})
LONGEST_KEY_OF_S3 = 1_024
LONGEST_KEY_OF_DYNAMODB = 2_048
LARGEST_INPUT, LARGEST_TRANSACTION = 262_144, 4 * 1024**2


@contextmanager
def strict_aws():
    """Within the block every client refuses by itself what its service would refuse."""
    original = BaseClient._make_api_call

    def call(client, operation, request):
        service = client.meta.service_model.service_name
        refused = _of_a_model(service, operation, request)
        refused = refused or CHECKS.get((service, operation), _nothing)(request)
        if refused is None:
            return original(client, operation, request)
        code, message = refused
        error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {}}
        raise client.exceptions.from_code(code)(error, operation)

    with patch.object(BaseClient, "_make_api_call", call):
        yield


def _of_a_model(service, operation, request):
    return models.refusal(service, operation, request) if service in MODELLED else None


def _nothing(request):
    return None


def _definition(request):
    found = problem(request["definition"]) if "definition" in request else None
    return found and ("InvalidDefinition", f"Invalid State Machine Definition: '{found}'")


def _input(request):
    if len(request.get("input", "{}").encode()) <= LARGEST_INPUT:
        return None
    return "ValidationException", f"Value at 'input': at most {LARGEST_INPUT} bytes"


def _key_of_an_object(request):
    if len(request["Key"].encode()) <= LONGEST_KEY_OF_S3:
        return None
    return "KeyTooLongError", "Your key is too long"


def _key_of_a_head(request):
    # HEAD has no body to say more
    return _key_of_an_object(request) and ("400", "Bad Request")


def _keys(*keys):
    for value in (one for key in keys for one in key.values()):
        # plain values are those of boto3's tables
        text = value.get("S", "x") if isinstance(value, dict) else str(value)
        size = len(text.encode())
        if not 0 < size <= LONGEST_KEY_OF_DYNAMODB:
            return "ValidationException", f"One or more parameter values were invalid: {size} bytes"
    return None


def _key_of_an_item(request):
    return _keys(request["Key"])


def _key_of_a_query(request):
    values = request.get("ExpressionAttributeValues", {})
    condition = str(request["KeyConditionExpression"]).replace("=", " ").split()
    return _keys({name: values[name] for name in condition if name in values})


def _keys_of_a_transaction(request):
    changes = [change for write in request["TransactItems"] for change in write.values()]
    # what is binary has as many bytes as characters
    size = len(json.dumps(changes, default=lambda data: data.decode("latin-1")))
    if size > LARGEST_TRANSACTION:
        return "ValidationException", "Transaction request exceeds the 4MB transaction size limit"
    return _keys(*(one["Key"] for one in changes if "Key" in one))


def _keys_of_a_batch(request):
    tables = request["RequestItems"].values()
    return _keys(*(key for table in tables for key in table["Keys"]))


CHECKS = {
    ("stepfunctions", "CreateStateMachine"): _definition,
    ("stepfunctions", "UpdateStateMachine"): _definition,
    ("stepfunctions", "StartExecution"): _input,
    ("s3", "PutObject"): _key_of_an_object,
    ("s3", "GetObject"): _key_of_an_object,
    ("s3", "DeleteObject"): _key_of_an_object,
    ("s3", "CopyObject"): _key_of_an_object,
    ("s3", "CreateMultipartUpload"): _key_of_an_object,
    ("s3", "HeadObject"): _key_of_a_head,
    ("dynamodb", "GetItem"): _key_of_an_item,
    ("dynamodb", "UpdateItem"): _key_of_an_item,
    ("dynamodb", "DeleteItem"): _key_of_an_item,
    ("dynamodb", "BatchGetItem"): _keys_of_a_batch,
    ("dynamodb", "Query"): _key_of_a_query,
    ("dynamodb", "TransactWriteItems"): _keys_of_a_transaction,
}
