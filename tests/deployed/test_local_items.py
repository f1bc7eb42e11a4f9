"""The local DynamoDB, SQS, SNS and Kinesis refuse what the services refuse."""

import uuid

import pytest

pytestmark = pytest.mark.deployed

BATCH = 1_048_576


@pytest.fixture(scope="module")
def table(stack):
    client, name = stack.client("dynamodb"), f"test-{uuid.uuid4().hex[:12]}"
    keys = {"Id": "HASH", "Part": "RANGE"}
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": one, "KeyType": kind} for one, kind in keys.items()],
        AttributeDefinitions=[
            {"AttributeName": one, "AttributeType": "S"} for one in (*keys, "Status")
        ],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "Statuses",
                "KeySchema": [{"AttributeName": "Status", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    yield name
    client.delete_table(TableName=name)


def nested(levels):
    value = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


@pytest.mark.parametrize(
    "item",
    [
        {"Id": {"S": ""}},
        {"Id": {"S": "x" * 2_049}},
        {"Part": {"S": ""}},
        {"Part": {"S": "x" * 1_025}},
        {"Status": {"S": ""}},
        {"Status": {"S": "x" * 2_049}},
        {"Status": {"N": "1"}},
        {"Text": {"S": "x" * 409_600}},
        {"Number": {"N": "1" * 39}},
        {"Number": {"N": "1e126"}},
        {"Number": {"N": "NaN"}},
        {"Deep": nested(33)},
        {"Set": {"SS": []}},
    ],
)
def test_an_item_that_cannot_be_is_refused(stack, table, item):
    request = {"TableName": table, "Item": {"Id": {"S": "a"}, "Part": {"S": "b"}, **item}}
    assert stack.refusal("dynamodb", "put_item", **request)[0] == "ValidationException"
    writes = [{"Put": request}]
    code, _ = stack.refusal("dynamodb", "transact_write_items", TransactItems=writes)
    # what only an index refuses is the reason of a cancelled transaction
    assert code in ("ValidationException", "TransactionCanceledException")


@pytest.mark.parametrize("key", ["", "x" * 2_049])
def test_a_key_that_cannot_be_is_not_looked_for(stack, table, key):
    item = {"Id": {"S": key}, "Part": {"S": "b"}}
    code, _ = stack.refusal("dynamodb", "get_item", TableName=table, Key=item)
    assert code == "ValidationException"
    for index, name in ((None, "Id"), ("Statuses", "Status")):
        code, _ = stack.refusal(
            "dynamodb",
            "query",
            TableName=table,
            **({} if index is None else {"IndexName": index}),
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": name},
            ExpressionAttributeValues={":key": {"S": key}},
        )
        assert code == "ValidationException"


def test_a_transaction_has_a_hundred_writes_and_four_megabytes(stack, table):
    def refusal(number, size):
        items = [
            {"Id": {"S": str(one)}, "Part": {"S": "b"}, "Text": {"S": "x" * size}}
            for one in range(number)
        ]
        writes = [{"Put": {"TableName": table, "Item": one}} for one in items]
        return stack.refusal("dynamodb", "transact_write_items", TransactItems=writes)[0]

    assert refusal(101, 1) == "ValidationException"
    assert refusal(11, 390_000) == "ValidationException"


def test_messages_have_a_megabyte(stack):
    queues, topics = stack.client("sqs"), stack.client("sns")
    name = f"test-{uuid.uuid4().hex[:12]}"
    url = queues.create_queue(QueueName=name)["QueueUrl"]
    topic = topics.create_topic(Name=name)["TopicArn"]
    try:
        request = {"QueueUrl": url, "MessageBody": "x" * (BATCH + 1)}
        assert "InvalidParameterValue" in stack.refusal("sqs", "send_message", **request)[0]
        # of a topic, a quarter
        message = {"TopicArn": topic, "Message": "x" * (BATCH // 4 + 1)}
        assert stack.refusal("sns", "publish", **message)[0] == "InvalidParameter"
    finally:
        queues.delete_queue(QueueUrl=url)
        topics.delete_topic(TopicArn=topic)
