"""The data plane's table and buckets on moto."""

import contextlib
from pathlib import Path

from moto import mock_aws
from tests.fakes.disturbed_dynamodb import tokens_of_transactions
from tests.fakes.strict_dynamodb import strict_dynamodb

from mie import aws, settings
from mie_build import cfn_yaml

REGION = "us-east-1"
TABLE = "mieDataplaneTable"
CLAIM_TABLE = "mieClaimTable"
BUCKET = "mie-dataplane"
ALLOWED_BUCKET = "team-media"
FOREIGN_BUCKET = "somebody-else"
_TEMPLATE = cfn_yaml.load(
    (Path(__file__).parents[4] / "cloudformation" / "media-insights-stack.yaml").read_text()
)
_TABLE_KEYS = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "DATAPLANE_TABLE_NAME": TABLE,
    "WORKFLOW_EXECUTION_CLAIM_TABLE_NAME": CLAIM_TABLE,
    "DATAPLANE_BUCKET": BUCKET,
    "EXTERNAL_BUCKET_ARNS": f"arn:aws:s3:::{ALLOWED_BUCKET}",
    "EsEndpoint": "",
    "LARGEST_COPY_IN_REQUEST": "1073741824",
    "FRAMEWORK_VERSION": "v9.9.9",
    "botoConfig": '{"user_agent_extra": "AwsSolution/mie/v9.9.9"}',
}


@contextlib.contextmanager
def dataplane(monkeypatch):
    """The empty table and buckets; yields a client of S3.

    Clients are kept from test to test, because making one takes longer than most tests.
    """
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    settings.forget()
    with mock_aws(), tokens_of_transactions(), strict_dynamodb():
        for name, resource in (
            (TABLE, "DataplaneTable"),
            (CLAIM_TABLE, "WorkflowExecutionClaimTable"),
        ):
            table = _TEMPLATE["Resources"][resource]["Properties"]
            described = {key: table[key] for key in _TABLE_KEYS if key in table}
            aws.client("dynamodb").create_table(TableName=name, **described)
        for bucket in (BUCKET, ALLOWED_BUCKET, FOREIGN_BUCKET):
            aws.client("s3").create_bucket(Bucket=bucket)
        url = aws.client("sqs").create_queue(QueueName="copies")["QueueUrl"]
        monkeypatch.setenv("COPY_QUEUE_URL", url)
        settings.forget()
        yield aws.client("s3")
    settings.forget()


@contextlib.contextmanager
def clients_of_their_own():
    """No client that was made in another environment, and none that is left to others."""
    aws.forget()
    yield
    aws.forget()
