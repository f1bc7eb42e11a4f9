"""Requests that botocore signs, as MiniStack judges them once it is made strict."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import botocore.auth
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from ministack import app
from ministack.core import iam_actions, iam_evaluator, sigv4
from ministack.services import apigateway_v1, iam, s3, sts

from local_aws import signatures

ACCOUNT, REGION = "000000000000", "us-east-1"
HOST = "http://127.0.0.1:4566"
API = f"{HOST}/_aws/execute-api/a1b2c3/api"
BUCKET = f"{HOST}/media"
OBJECT = f"{BUCKET}/upload/a.jpg"
ROOT = Credentials("test", "test")
USER = Credentials("AKIAUSER", "secret of a user")
SESSION = Credentials("ASIASESSION", "secret of a session", "its/token+==")
NO_MATCH = "The request signature we calculated does not match the signature you provided."


@pytest.fixture(autouse=True)
def local_aws(monkeypatch):
    """MiniStack as the local AWS starts it: an API and a bucket, a user and a session."""
    for name, value in {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    signatures.enforce(monkeypatch.setattr)
    monkeypatch.setattr(apigateway_v1, "find_api_scope", lambda _: (ACCOUNT, REGION))
    owners = {"media": ACCOUNT}
    monkeypatch.setattr(s3, "_bucket_owner_account", owners.get)
    user = {"Status": "Active", "SecretAccessKey": USER.secret_key, "UserName": "somebody"}
    monkeypatch.setitem(iam._access_keys._data, (ACCOUNT, USER.access_key), user)
    session = {
        "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/role/name",
        "SecretAccessKey": SESSION.secret_key,
        "SessionToken": SESSION.token,
    }
    monkeypatch.setitem(sts._sessions, SESSION.access_key, session)


@pytest.fixture
def signed(monkeypatch):
    """Signs a request."""

    def sign(
        method="GET",
        url=f"{API}/workflow",
        body=b"",
        keys=ROOT,
        service="execute-api",
        region=REGION,
        minutes=0,
        headers=None,
    ):
        request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_: moment)
        signer = S3SigV4Auth if "media" in url else SigV4Auth
        signer(keys, service, region).add_auth(request)
        return request

    return sign


@pytest.fixture
def signed_for_s3(signed):
    def sign(method="GET", url=OBJECT, **options):
        return signed(method, url, **{"service": "s3", **options})

    return sign


def judged(request):
    """The access key whose signature is right, or the code and the message of the refusal."""
    url = urlsplit(request.url)
    query = parse_qs(url.query, keep_blank_values=True)
    headers = {"Host": url.netloc, **dict(request.headers.items())}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    app.pin_signed_request(request.method, url.path, query, raw)
    iam_evaluator.pin_signed_body(request.data or b"")
    key = iam_evaluator._signed_request.get().access_key_id
    found = iam_evaluator.authenticate(key, ACCOUNT)
    if isinstance(found, iam_evaluator.AuthError):
        return found.code, found.message
    return found.access_key_id


@pytest.mark.parametrize("keys", [ROOT, USER, SESSION], ids=["root", "user", "session"])
class TestOfEveryKey:
    def test_a_right_signature_is_taken(self, signed, signed_for_s3, keys):
        assert judged(signed(keys=keys)) == keys.access_key
        assert judged(signed_for_s3(keys=keys)) == keys.access_key

    def test_one_with_another_secret_is_not(self, signed, signed_for_s3, keys):
        wrong = Credentials(keys.access_key, "wrong", keys.token)
        for request in (signed(keys=wrong), signed_for_s3(keys=wrong)):
            code, message = judged(request)
            assert code == "SignatureDoesNotMatch"
            assert message.startswith(NO_MATCH)

    def test_nor_one_with_a_token_that_is_not_its_own(self, signed, keys):
        code, message = judged(signed(keys=Credentials(keys.access_key, keys.secret_key, "other")))
        assert code == "InvalidToken"
        assert message == "The security token included in the request is invalid"

    def test_nor_an_old_one_or_one_of_the_future(self, signed, signed_for_s3, keys):
        assert judged(signed(keys=keys, minutes=-4)) == keys.access_key
        assert judged(signed_for_s3(keys=keys, minutes=-14)) == keys.access_key
        for late in (
            *(signed(keys=keys, minutes=-6), signed(keys=keys, minutes=6)),
            *(signed_for_s3(keys=keys, minutes=-16), signed_for_s3(keys=keys, minutes=16)),
        ):
            assert judged(late)[0] == "RequestTimeTooSkewed"

    def test_nor_one_of_another_body_query_path_or_method(self, signed, keys):
        def changed(**values):
            request = signed("POST", f"{API}/workflow?limit=1", b'{"Name": "a"}', keys)
            for name, value in values.items():
                setattr(request, name, value)
            return judged(request)

        assert changed() == keys.access_key
        for change in (
            {"data": b'{"Name": "b"}'},
            {"url": f"{API}/workflow?limit=2"},
            {"url": f"{API}/stage?limit=1"},
            {"method": "PUT"},
        ):
            assert changed(**change)[0] == "SignatureDoesNotMatch"


def test_a_key_that_nobody_was_given_is_refused(signed):
    code, message = judged(signed(keys=Credentials("AKIANOBODY", "test")))
    assert code == "UnrecognizedClientException"
    assert message == "The security token included in the request is invalid."


def test_a_session_without_its_token_is_refused(signed):
    keys = Credentials(SESSION.access_key, SESSION.secret_key)
    assert judged(signed(keys=keys))[0] == "UnrecognizedClientException"


def test_an_api_is_called_for_its_own_region_and_service(signed):
    region = "Credential should be scoped to a valid region, not 'eu-west-1'. "
    service = "Credential should be scoped to correct service: 'execute-api'. "
    for options, message in (
        ({"region": "eu-west-1"}, region),
        ({"service": "s3"}, service),
        ({"service": "lambda", "region": "eu-west-1"}, region + service),
    ):
        assert judged(signed(**options)) == ("SignatureDoesNotMatch", message)


def test_s3_is_called_for_its_own_service(signed_for_s3):
    code, message = judged(signed_for_s3(service="execute-api"))
    assert signatures.S3_FAILURES[code] == ("AuthorizationHeaderMalformed", 400)
    assert 'incorrect service "execute-api"' in message
    assert app.detect_service("GET", "/media/a", {"authorization": "…"}, {}) == "s3"


@pytest.mark.parametrize("path", ["My Workflow", "Grüße/日本", "a+b:c", "a%2Fb", "~-_.", "x/../y"])
def test_a_path_is_what_was_sent_however_it_is_encoded(signed, signed_for_s3, path):
    assert judged(signed(url=f"{API}/workflow/{quote(path)}")) == "test"
    assert judged(signed_for_s3(url=f"{BUCKET}/{quote(path, safe='/~')}")) == "test"


@pytest.mark.parametrize("value", ["red car", "Müller", '"a phrase"', "a+b/c==", "*", ""])
def test_a_query_is_what_it_means(signed, value):
    assert judged(signed(url=f"{API}/search?q={quote(value, safe='')}&a=1")) == "test"


def test_the_host_has_to_be_signed(monkeypatch, signed, signed_for_s3):
    sign_all = SigV4Auth.headers_to_sign

    def leave_the_host_out(signer, request):
        chosen = sign_all(signer, request)
        del chosen["host"]
        return chosen

    monkeypatch.setattr(SigV4Auth, "headers_to_sign", leave_the_host_out)
    code, message = judged(signed())
    assert code == "IncompleteSignature"
    assert message.startswith("'Host' or ':authority' must be a 'SignedHeader'")
    assert signatures.S3_FAILURES[judged(signed_for_s3())[0]] == ("AccessDenied", 403)


def test_s3_wants_all_of_its_headers_signed(signed_for_s3):
    assert judged(signed_for_s3("PUT", headers={"x-amz-meta-a": "1"})) == "test"
    request = signed_for_s3("PUT")
    request.headers["x-amz-meta-a"] = "1"
    code, message = judged(request)
    assert signatures.S3_FAILURES[code] == ("AccessDenied", 403)
    assert message == "There were headers present in the request which were not signed"


def test_the_body_is_the_one_that_was_hashed(signed, signed_for_s3):
    request = signed_for_s3("PUT", body=b"one")
    request.data = b"two"
    assert signatures.S3_FAILURES[judged(request)[0]] == ("XAmzContentSHA256Mismatch", 400)

    for said in (
        "UNSIGNED-PAYLOAD",
        "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
    ):
        request = signed("POST", f"{API}/workflow", b"one", headers={"x-amz-content-sha256": said})
        request.data = b"two"
        assert judged(request)[0] == "SignatureDoesNotMatch"


def test_s3_takes_a_body_that_is_not_hashed(monkeypatch, signed_for_s3):
    monkeypatch.setattr(S3SigV4Auth, "payload", lambda *_: "UNSIGNED-PAYLOAD")
    request = signed_for_s3("PUT", body=b"one")
    request.headers.replace_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    assert judged(request) == "test"


def test_s3_says_why_it_refuses():
    for code, (name, status) in signatures.S3_FAILURES.items():
        answer = iam_actions.access_denied_response(
            "s3", "s3:GetObject", "", "1", error_code=code, message="because"
        )
        assert answer[0] == status
        assert f"<Code>{name}</Code><Message>because</Message>" in answer[2].decode()


class TestPresigned:
    @pytest.fixture
    def answer(self, monkeypatch):
        """What S3 says of a presigned request: None, or status and body."""
        monkeypatch.setattr(app, "AUTH", True)

        def answer(method="GET", keys=ROOT, minutes=0, headers=None, change=str):
            request = AWSRequest(method=method, url=f"{BUCKET}/{quote('Grüße 1.jpg')}")
            moment = datetime.now(UTC) + timedelta(minutes=minutes)
            monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_: moment)
            S3SigV4QueryAuth(keys, "s3", REGION, expires=60).add_auth(request)
            url = urlsplit(change(request.url))
            sent = {"host": url.netloc, **(headers or {})}
            query = parse_qs(url.query, keep_blank_values=True)
            refused = s3._verify_presigned_sigv4(method, "/media/Grüße 1.jpg", sent, query)
            return refused and (refused[0], refused[2].decode())

        return answer

    @pytest.mark.parametrize("keys", [ROOT, USER, SESSION], ids=["root", "user", "session"])
    def test_a_request_is_taken_until_its_time_is_over(self, answer, keys):
        assert answer(keys=keys) is None
        status, text = answer(keys=keys, minutes=-2)
        assert status == 403
        assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in text

    def test_its_query_is_signed(self, answer):
        status, text = answer(change=lambda url: url.replace("Expires=60", "Expires=600"))
        assert status == 403
        assert "<Code>SignatureDoesNotMatch</Code>" in text

    def test_headers_of_s3_are_signed_or_not_sent(self, answer):
        assert answer("PUT", headers={"content-type": "image/jpeg"}) is None
        status, text = answer("PUT", headers={"x-amz-meta-a": "1"})
        assert status == 403
        assert "headers present in the request which were not signed" in text


def test_the_code_that_verifies_is_the_one_that_is_corrected():
    """A new version of MiniStack may verify by itself, or elsewhere."""
    assert "_is_root_key" in iam_evaluator.pin_signed_request.__code__.co_names
    assert "header_signature_failure" in iam_evaluator.authenticate.__code__.co_names
    assert sigv4.header_signature_failure.__name__ == "verified"
