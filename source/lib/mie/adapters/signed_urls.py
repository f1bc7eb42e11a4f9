"""Objects of S3 that are written and read through signed URLs, without permissions of one's own."""

import secrets
from collections.abc import Mapping

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from mie.core.errors import Malformed, TooLarge, Unavailable

# Signatures hold for minutes; these are the waits for an answer to come.
_SECONDS = 60
_ATTEMPTS = 3


def post_form(url: str, fields: Mapping[str, str], body: bytes) -> None:
    """Uploads one object with a presigned form. Raises TooLarge, Malformed, Unavailable."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    # S3 ignores what comes behind the file
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
    form = "".join([*parts, head]).encode() + body + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    status, answer = _send(AWSRequest("POST", url, headers=headers, data=form))
    if status in (200, 201, 204):
        return
    if b"EntityTooLarge" in answer:
        raise TooLarge(f"S3 does not take {len(body)} bytes for this upload")
    raise Malformed(f"S3 answers an upload with status {status}")


def fetch(url: str) -> bytes:
    """What a presigned URL leads to. Raises Malformed, Unavailable."""
    status, body = _send(AWSRequest("GET", url))
    if status != 200:
        raise Malformed(f"S3 answers a download with status {status}")
    return body


def _send(request: AWSRequest) -> tuple[int, bytes]:
    """Status and body; sent again when no answer came, or S3 had none. Raises Unavailable."""
    session, reason = URLLib3Session(timeout=_SECONDS), ""
    for _ in range(_ATTEMPTS):
        try:
            answer = session.send(request.prepare())
        except BotoCoreError as error:
            # never the URL: it is signed
            reason = type(error).__name__
            continue
        if answer.status_code < 500:
            return answer.status_code, answer.content
        reason = f"status {answer.status_code}"
    raise Unavailable(f"S3 does not answer: {reason}")
