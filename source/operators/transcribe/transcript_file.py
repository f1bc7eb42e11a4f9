"""The file to which Amazon Transcribe gives a URL when a job has finished."""

import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from MediaInsightsEngineLambdaHelper import LARGEST_RESULT, OperatorError

_CONNECT_SECONDS, _SILENCE_SECONDS = 10, 60
_ATTEMPTS = 3
_CHUNK = 256 * 1024


def fetch(url: str) -> dict[str, Any]:
    """The transcript. The URL is signed: it stands in no text. Raises OperatorError."""
    if not _may_be_followed(url):
        raise OperatorError("Unable to read the transcript: its URL is not one of https")
    try:
        transcript = json.loads(_read(url))
    except ValueError as error:
        raise OperatorError(f"Unable to read the transcript: it is no JSON: {error}") from error
    if not isinstance(transcript, dict) or not isinstance(transcript.get("results"), dict):
        raise OperatorError("Unable to read the transcript: it has no results")
    return transcript


def text_of(transcript: dict[str, Any]) -> str:
    """All that was said, a line for each of the transcripts that a result may have."""
    transcripts = transcript["results"].get("transcripts") or []
    return "\n".join(one["transcript"] for one in transcripts if one.get("transcript"))


def _may_be_followed(url: str) -> bool:
    """https, and http on this machine, where a stack on a laptop keeps its files."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return parts.scheme == "https"
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _read(url: str) -> bytes:
    session, reason = URLLib3Session(timeout=(_CONNECT_SECONDS, _SILENCE_SECONDS)), ""
    for _ in range(_ATTEMPTS):
        try:
            status, content = _send(session, url)
        except BotoCoreError as error:
            reason = type(error).__name__
            continue
        if status == 200:
            return content
        reason = f"status {status}"
        if status < 500:
            break
    raise OperatorError(f"Unable to read the transcript: {reason}")


def _send(session: URLLib3Session, url: str) -> tuple[int, bytes]:
    answer = session.send(AWSRequest("GET", url, stream_output=True).prepare())
    content = bytearray()
    for chunk in answer.raw.stream(_CHUNK):
        content += chunk
        if len(content) > LARGEST_RESULT:
            raise OperatorError(
                f"Unable to read the transcript: it has more than {LARGEST_RESULT} bytes"
            )
    return answer.status_code, bytes(content)
