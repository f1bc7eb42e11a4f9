"""AWS in the process (moto), with the control plane's resources as the root template has them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moto import mock_aws
from moto.stepfunctions.models import StateMachineVersion, stepfunctions_backends
from tests.fakes.disturbed_dynamodb import tokens_of_transactions

from mie import aws, settings
from mie.adapters.executions import ExecutionTable

REGION, ACCOUNT = "us-east-1", "123456789012"
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
SHORT_UUID = "test1234"
NAMED_TABLES = {
    "SYSTEM_TABLE_NAME": "testSystemTable",
    "WORKFLOW_TABLE_NAME": "testWorkflowTable",
    "STAGE_TABLE_NAME": "testStageTable",
    "OPERATION_TABLE_NAME": "testOperationTable",
}
# The end of a directory that has no files.
_EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
EXECUTION_TABLE, HISTORY_TABLE = "testExecutionTable", "testHistoryTable"
CLAIM_TABLE = "testClaimTable"


@contextmanager
def control_plane(**environment: str) -> Iterator[dict[str, str]]:
    """Tables, queue and role, and the environment that names them."""
    credentials = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }
    with (
        mock_aws(),
        tokens_of_transactions(),
        patch.object(StateMachineVersion, "start_execution", _start_version, create=True),
        patch.dict(os.environ, credentials),
    ):
        role = aws.client("iam").create_role(
            RoleName="machines", AssumeRolePolicyDocument="{}", Path="/"
        )["Role"]["Arn"]
        aws.client("s3").create_bucket(Bucket="data-plane")
        url = aws.client("sqs").create_queue(QueueName="testQueue")["QueueUrl"]
        for table in NAMED_TABLES.values():
            _create_table(table, "Name")
        _create_table(
            EXECUTION_TABLE,
            "Id",
            {"WorkflowExecutionStatus": "Status", "WorkflowExecutionAssetId": "AssetId"},
        )
        _create_table(CLAIM_TABLE, "Id")
        _create_table(HISTORY_TABLE, "Id", sort_key="Version")
        variables = {
            **NAMED_TABLES,
            "WORKFLOW_EXECUTION_TABLE_NAME": EXECUTION_TABLE,
            "WORKFLOW_EXECUTION_CLAIM_TABLE_NAME": CLAIM_TABLE,
            "HISTORY_TABLE_NAME": HISTORY_TABLE,
            "STACK_SHORT_UUID": SHORT_UUID,
            "ShortUUID": SHORT_UUID,
            "STAGE_EXECUTION_QUEUE_URL": url,
            "STAGE_EXECUTION_ROLE": role,
            "COMPLETE_STAGE_LAMBDA_ARN": f"{LAMBDA}:complete",
            "OPERATOR_FAILED_LAMBDA_ARN": f"{LAMBDA}:failed",
            "WORKFLOW_SCHEDULER_LAMBDA_ARN": f"{LAMBDA}:scheduler",
            "DEFAULT_MAX_CONCURRENT_WORKFLOWS": "5",
            "DataplaneEndpoint": "dataplane",
            "DATAPLANE_BUCKET": "data-plane",
            "FRAMEWORK_VERSION": "v9.9.9",
            "botoConfig": '{"user_agent_extra": "AwsSolution/mie/v9.9.9"}',
            **environment,
        }
        with patch.dict(os.environ, variables):
            settings.forget()
            yield variables
    settings.forget()


def execution_table() -> ExecutionTable:
    """The table of executions, with the tables that belong to it."""
    return ExecutionTable(EXECUTION_TABLE, NAMED_TABLES["SYSTEM_TABLE_NAME"], CLAIM_TABLE)


def create_function(environment: dict[str, str], name: str, **tags: str) -> None:
    """A function that nobody calls, with these tags."""
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=environment["STAGE_EXECUTION_ROLE"],
        Handler="operator.handler",
        Code={"ZipFile": _EMPTY_ZIP},
        Tags=tags,
    )


def _start_version(version: StateMachineVersion, **request: str) -> object:
    """What moto lacks: an execution of a version belongs to its machine."""
    machine = stepfunctions_backends[ACCOUNT][REGION].describe_state_machine(version.source_arn)
    return machine.start_execution(**request)


def _create_table(
    name: str, key: str, indexes: dict[str, str] | None = None, sort_key: str | None = None
) -> None:
    sorting = [] if sort_key is None else [sort_key]
    keys = [key, *sorting, *(indexes or {}).values()]
    definition = {
        "TableName": name,
        "KeySchema": [
            {"AttributeName": key, "KeyType": "HASH"},
            *({"AttributeName": one, "KeyType": "RANGE"} for one in sorting),
        ],
        "AttributeDefinitions": [{"AttributeName": one, "AttributeType": "S"} for one in keys],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if indexes:
        definition["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": [{"AttributeName": attribute, "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, attribute in indexes.items()
        ]
    aws.client("dynamodb").create_table(**definition)
