"""The stack takes a request that its caller has signed, and no other."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta

import boto3
import botocore.auth
import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

pytestmark = pytest.mark.deployed

EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
NO_MATCH = "The request signature we calculated does not match the signature you provided."
NOT_KNOWN = "The security token included in the request is invalid"


@pytest.fixture(scope="module")
def keys(stack):
    """Credentials of the kinds that the local AWS hands out, by kind."""
    iam, name = stack.client("iam"), f"test-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    user = iam.create_access_key(UserName=name)["AccessKey"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    session = stack.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")
    temporary = session["Credentials"]
    yield {
        "root": Credentials(stack.facts["access_key_id"], stack.facts["secret_access_key"]),
        "user": Credentials(user["AccessKeyId"], user["SecretAccessKey"]),
        "session": Credentials(
            temporary["AccessKeyId"], temporary["SecretAccessKey"], temporary["SessionToken"]
        ),
    }
    iam.delete_role_policy(RoleName=name, PolicyName="all")
    iam.delete_role(RoleName=name)
    iam.delete_access_key(UserName=name, AccessKeyId=user["AccessKeyId"])
    iam.delete_user_policy(UserName=name, PolicyName="all")
    iam.delete_user(UserName=name)


@pytest.fixture(params=["root", "user", "session"])
def caller(keys, request):
    return keys[request.param]


@pytest.fixture
def call(stack, monkeypatch):
    """Status, error type and message of a request to the Workflow API."""

    def call(keys, service="execute-api", region="us-east-1", minutes=0, sent=None):
        url = f"{stack.facts['workflow_api']}/version"
        request = AWSRequest(method="GET", url=url)
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_: moment)
        SigV4Auth(keys, service, region).add_auth(request)
        answer = urllib3.request("GET", sent or url, headers=dict(request.headers.items()))
        told = answer.json().get("message", "")
        return answer.status, answer.headers.get("x-amzn-ErrorType"), told

    return call


def client_with(stack, keys, service, **more):
    return boto3.client(
        service,
        endpoint_url=stack.facts["endpoint_url"],
        region_name=stack.facts["region"],
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        **more,
    )


@pytest.fixture
def s3(stack):
    def client(keys):
        config = botocore.config.Config(signature_version="s3v4")
        return client_with(stack, keys, "s3", config=config)

    return client


@pytest.fixture
def place(stack):
    """Where an object is, whose key needs encoding."""
    where = {
        "Bucket": stack.facts["dataplane_bucket"],
        "Key": f"upload/{uuid.uuid4()}/Grüße 1+1=2%20.txt",
    }
    stack.client("s3").put_object(**where, Body=b"hello")
    yield where
    stack.client("s3").delete_object(**where)


def wrong(keys):
    return Credentials(keys.access_key, f"{keys.secret_key}-", keys.token)


def code_of(raised):
    return raised.value.response["Error"]["Code"]


def test_an_api_takes_a_right_signature_and_no_other(call, caller):
    assert call(caller)[0] == 200
    status, kind, message = call(wrong(caller))
    assert (status, kind) == (403, "InvalidSignatureException")
    assert message.startswith(NO_MATCH)
    status, kind, message = call(caller, minutes=-6)
    assert (status, kind) == (403, "InvalidSignatureException")
    assert message.startswith("Signature expired: ")


def test_an_api_takes_signatures_for_itself(stack, call, caller):
    assert call(caller, region="eu-west-1") == (
        403,
        "InvalidSignatureException",
        "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    )
    assert call(caller, service="s3") == (
        403,
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'execute-api'. ",
    )
    other = f"{stack.facts['workflow_api']}/workflow"
    assert call(caller, sent=other)[:2] == (403, "InvalidSignatureException")


def test_an_api_knows_keys_and_tokens(call, keys):
    session = keys["session"]
    for unknown in (
        Credentials("AKIANOBODY", "test"),
        Credentials(session.access_key, session.secret_key),
        Credentials(session.access_key, session.secret_key, "other"),
        Credentials(keys["root"].access_key, keys["root"].secret_key, session.token),
    ):
        status, kind, message = call(unknown)
        assert (status, kind) == (403, "UnrecognizedClientException")
        assert message.startswith(NOT_KNOWN)


def test_s3_takes_a_right_signature_and_no_other(s3, caller, place):
    assert s3(caller).get_object(**place)["Body"].read() == b"hello"
    with pytest.raises(ClientError) as raised:
        s3(wrong(caller)).get_object(**place)
    assert code_of(raised) == "SignatureDoesNotMatch"
    with pytest.raises(ClientError) as raised:
        s3(Credentials("AKIANOBODY", "test")).get_object(**place)
    assert code_of(raised) == "InvalidAccessKeyId"


def test_a_signed_url_holds_until_its_time_is_over(s3, caller, place):
    url = s3(caller).generate_presigned_url("get_object", Params=place, ExpiresIn=2)
    assert urllib3.request("GET", url).data == b"hello"
    longer = urllib3.request("GET", url.replace("Expires=2&", "Expires=200&"))
    assert (longer.status, b"<Code>SignatureDoesNotMatch</Code>" in longer.data) == (403, True)
    time.sleep(3)
    late = urllib3.request("GET", url)
    assert (late.status, b"<Message>Request has expired</Message>" in late.data) == (403, True)
    forged = s3(wrong(caller)).generate_presigned_url("get_object", Params=place)
    assert urllib3.request("GET", forged).status == 403


def test_so_does_a_form(s3, caller, place):
    def sent(form, key):
        fields = {**form["fields"], "key": key, "file": ("a.txt", b"hello again")}
        answer = urllib3.request("POST", form["url"], fields=fields)
        return answer.status, answer.data.decode()

    def form(keys):
        return s3(keys).generate_presigned_post(place["Bucket"], place["Key"], ExpiresIn=2)

    given = form(caller)
    assert sent(given, place["Key"])[0] == 204
    assert sent(given, f"{place['Key']}.other")[0] == 403
    status, text = sent(form(wrong(caller)), place["Key"])
    assert (status, "<Code>SignatureDoesNotMatch</Code>" in text) == (403, True)
    time.sleep(3)
    status, text = sent(given, place["Key"])
    assert (status, "Policy expired." in text) == (403, True)


def test_other_services_verify_too(stack, caller):
    def tables(keys):
        return client_with(stack, keys, "dynamodb").list_tables()["TableNames"]

    assert tables(caller)
    with pytest.raises(ClientError) as raised:
        tables(wrong(caller))
    assert code_of(raised) == "InvalidSignatureException"
