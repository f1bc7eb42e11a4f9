"""The signature of every request is verified, as AWS does it.

MiniStack 1.5.33 verifies what users and sessions sign, and nothing of its root account, whose key
everybody on a laptop has. Nor does it look whether an API is called for its own service and region,
whether the body is the one that was hashed, and whether what must be signed is: the host, and for
S3 every x-amz- header.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, sigv4
from ministack.services import apigateway_v1, s3

Failure = tuple[str, str] | None
Verify = Callable[..., Failure]
Detect = Callable[[str, str, dict[str, str], dict[str, Any]], str]
Answer = tuple[int, dict[str, str], bytes]
Explain = Callable[[str, str, str, dict[str, str]], tuple[str, int, str]]
Presigned = Callable[[str, str, dict[str, str], dict[str, Any]], Answer | None]

_HASH = "x-amz-content-sha256"
# what S3 takes in place of a body's hash; the signatures of chunks are verified with the request's
_NO_HASH = ("UNSIGNED-PAYLOAD", "STREAMING-")
_NOT_SIGNED = "There were headers present in the request which were not signed"
# our name of a failure -> S3's code and status
S3_FAILURES = {
    "MalformedHeader": ("AuthorizationHeaderMalformed", 400),
    "MalformedQuery": ("AuthorizationQueryParametersError", 400),
    "NotSigned": ("AccessDenied", 403),
    "NoHash": ("InvalidRequest", 400),
    "OtherHash": ("XAmzContentSHA256Mismatch", 400),
}


def enforce(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Makes MiniStack strict; put: sets an attribute of one of its modules."""
    pin = of_every_key(iam_evaluator.pin_signed_request)
    put(app, "pin_signed_request", pin)
    put(iam_evaluator, "pin_signed_request", pin)
    put(sigv4, "header_signature_failure", verifying_all(sigv4.header_signature_failure))
    put(s3, "_verify_presigned_sigv4", verifying_headers(s3._verify_presigned_sigv4))
    put(app, "detect_service", finding_buckets(app.detect_service))
    failures = {**iam_actions._AUTH_FAILURES, **S3_FAILURES}
    put(iam_actions, "_AUTH_FAILURES", failures)
    put(iam_actions, "_auth_failure", explaining(iam_actions._auth_failure))


def of_every_key(pin: FunctionType) -> FunctionType:
    """Keeps each signed request until it is verified; those of the root account are left out else.

    Who has a key of the root account may still do everything.
    """
    own = {**pin.__globals__, "_is_root_key": lambda _key: False}
    return FunctionType(pin.__code__, own, pin.__name__, pin.__defaults__)


def verifying_all(verify: Verify) -> Verify:
    """Verifies what a request is signed for and what is signed of it, not its signature alone."""

    def verified(
        signature: sigv4.HeaderSignature,
        secret: str,
        method: str,
        raw_path: str,
        query_params: Mapping[str, Any],
        headers: Mapping[str, str],
        body: bytes,
        **options: Any,
    ) -> Failure:
        request = (signature, secret, method, raw_path, query_params, headers, body)
        api = app._parse_execute_api_url(headers.get("host", ""), raw_path)
        if api is None and (signature.service == "s3" or _is_of_bucket(raw_path)):
            faults = _faults_at_s3(signature, headers, presigned=options.get("presigned", False))
            failure = next(faults, None) or verify(*request, **options)
            return failure or _other_hash(headers, body)
        failure = next(_faults_at_api(signature, api[0]), None) if api else None
        # whatever the caller says of the body, these services hash it themselves
        if failure is None and _HASH in headers and headers[_HASH] != _sha256(body):
            failure = ("SignatureDoesNotMatch", sigv4.SIGNATURE_MISMATCH)
        return failure or verify(*request, **options)

    return verified


def verifying_headers(verify: Presigned) -> Presigned:
    """Refuses a presigned request of S3 with headers that its signature does not cover."""

    def verified(
        method: str, path: str, headers: dict[str, str], query_params: dict[str, Any]
    ) -> Answer | None:
        refused = verify(method, path, headers, query_params)
        signed = query_params.get("X-Amz-SignedHeaders")
        if refused or not signed or not _unsigned(headers, signed[0]):
            return refused
        answer: Answer = s3._error("AccessDenied", _NOT_SIGNED, 403, path)
        return answer

    return verified


def finding_buckets(detect: Detect) -> Detect:
    """A request for a bucket is S3's to refuse when it is signed for another service."""

    def detected(
        method: str, path: str, headers: dict[str, str], query_params: dict[str, Any]
    ) -> str:
        return "s3" if _is_of_bucket(path) else detect(method, path, headers, query_params)

    return detected


def explaining(explain: Explain) -> Explain:
    """Says what S3 says of the failures that MiniStack does not know."""

    def explained(
        service: str, code: str, message: str, headers: dict[str, str]
    ) -> tuple[str, int, str]:
        if code in S3_FAILURES:
            return (*S3_FAILURES[code], message)
        return explain(service, code, message, headers)

    return explained


def _faults_at_s3(
    signature: sigv4.HeaderSignature, headers: Mapping[str, str], *, presigned: bool
) -> Iterator[tuple[str, str]]:
    if signature.service != "s3":
        service = f'incorrect service "{signature.service}". This endpoint belongs to "s3".'
        if presigned:
            yield "MalformedQuery", f"Error parsing the X-Amz-Credential parameter; {service}"
        yield "MalformedHeader", f"The authorization header is malformed; {service}"
    if _unsigned(headers, signature.signed_headers):
        yield "NotSigned", _NOT_SIGNED
    if not presigned and _HASH not in headers:
        yield "NoHash", f"Missing required header for this request: {_HASH}"


def _faults_at_api(signature: sigv4.HeaderSignature, api_id: str) -> Iterator[tuple[str, str]]:
    owner = apigateway_v1.find_api_scope(api_id)
    wrong = ""
    if owner and signature.region != owner[1]:
        wrong += f"Credential should be scoped to a valid region, not '{signature.region}'. "
    if signature.service != "execute-api":
        wrong += "Credential should be scoped to correct service: 'execute-api'. "
    if wrong:
        yield "SignatureDoesNotMatch", wrong
    if "host" not in signature.signed_headers.split(";"):
        named = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        yield "IncompleteSignature", named


def _other_hash(headers: Mapping[str, str], body: bytes) -> Failure:
    given = headers.get(_HASH, "UNSIGNED-PAYLOAD")
    if given.startswith(_NO_HASH) or given == _sha256(body):
        return None
    return "OtherHash", f"The provided '{_HASH}' header does not match what was computed."


def _unsigned(headers: Mapping[str, str], signed_headers: str) -> set[str]:
    """The headers that S3 wants signed and that are not; the hash of the body always is."""
    wanted = {name for name in headers if name.startswith("x-amz-") and name != _HASH} | {"host"}
    return wanted - set(signed_headers.split(";"))


def _is_of_bucket(path: str) -> bool:
    bucket = path.removeprefix("/").partition("/")[0]
    return bool(bucket) and s3._bucket_owner_account(bucket) is not None


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
