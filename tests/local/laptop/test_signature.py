"""The signature is the one that botocore makes."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from laptop.signature import Identity, headers

AT = datetime(2026, 11, 28, 16, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "path",
    [
        "/api/workflow",
        "/api/metadata/a%20b%2Fc/%C3%A4~_-.",
        "/api/workflow?limit=100&cursor=a%2Bb%2Fc%3D%3D",
        "/api/x?b=&a=1&a=0&A=%C3%A4%20b",
    ],
)
@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b'{"Name": "\xc3\xa4"}')])
def test_it_is_that_of_botocore(path, method, body):
    url = f"http://127.0.0.1:4566{path}"
    request = AWSRequest(method=method, url=url, data=body)
    request.context["timestamp"] = AT.strftime("%Y%m%dT%H%M%SZ")
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    signer = SigV4Auth(Credentials("key", "secret"), "execute-api", "eu-west-1")
    digest = signer.string_to_sign(request, signer.canonical_request(request))

    made = headers(Identity("eu-west-1", "key", "secret"), method, url, body, AT)

    assert made["Authorization"].rpartition("Signature=")[2] == signer.signature(digest, request)
    assert made["X-Amz-Date"] == "20261128T160509Z"
