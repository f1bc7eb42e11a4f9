"""Amazon Transcribe and Amazon Translate, and the files that they keep."""

import time
import urllib.request
from collections.abc import Callable
from datetime import datetime
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

from botocore.exceptions import (
    ClientError,
    ConnectionError,
    HTTPClientError,
    ParamValidationError,
)

from mie import aws
from mie.adapters import service_errors
from mie.core import errors
from mie.core.documents import Json
from mie.core.lists import LARGEST_ANSWER

# The refusals that are more than a wrong request; the services answer most of them with 400.
_REFUSALS: dict[str, type[errors.MieError]] = {
    "NotFoundException": errors.NotFound,
    "ResourceNotFoundException": errors.NotFound,
    "ConflictException": errors.Conflict,
    "ConcurrentModificationException": errors.Conflict,
    "LimitExceededException": errors.TooManyRequests,
    "TooManyRequestsException": errors.TooManyRequests,
    "ThrottlingException": errors.TooManyRequests,
    "AccessDeniedException": errors.Forbidden,
    "AccessDenied": errors.Forbidden,
}
# A list has a hundred items a page: a service that gives more pages goes round in circles.
_MOST_PAGES = 1000
# An API has 29 seconds for its answer, of which the service's own call takes some.
_SECONDS_FOR_FILE = 15.0
_SECONDS_OF_SILENCE = 5.0
_CHUNK = 64 * 1024


class AwsLanguageServices:
    """Times in answers are ISO 8601 texts; what the SDK adds to answers is left out."""

    def call(self, service: str, operation: str, parameters: Json) -> Json:
        """Raises the service's refusals as ours; Unavailable when it does not answer."""
        method: Callable[..., Json] = getattr(aws.client(service), operation)
        try:
            answer = method(**parameters)
        except ClientError as error:
            raise _refusal(service, error) from error
        except ParamValidationError as error:
            raise errors.BadRequest(str(error)) from error
        except (ConnectionError, HTTPClientError) as error:
            raise errors.Unavailable(f"{service} does not answer here: {error}") from error
        return {key: _plain(value) for key, value in answer.items() if key != "ResponseMetadata"}

    def list(self, service: str, operation: str, parameters: Json, key: str) -> list[Any]:
        """The items of all pages."""
        items: list[Any] = []
        token: Json = {}
        for _ in range(_MOST_PAGES):
            page = self.call(service, operation, {**parameters, **token})
            items += page.get(key, [])
            if not page.get("NextToken"):
                return items
            token = {"NextToken": page["NextToken"]}
        raise errors.Unavailable(f"{service} gives more than {_MOST_PAGES} pages of {key}")

    def download(self, url: str) -> str:
        """The text of a file to which a service gave the URL.

        Nothing but https is followed, and http where S3 itself is spoken to by http: that is the
        local AWS, on this machine.
        Raises TooLarge for one that no answer could carry, Unavailable for one that does not come
        in time, Conflict for one that is no text.
        """
        if urlsplit(url).scheme != "https" and not _is_in_local_s3(url):
            raise errors.Unavailable("the service names a file that does not come over https")
        try:
            content = _read(url)
        # a host that is absent, a certificate that is wrong, silence, an answer that breaks off
        except (OSError, HTTPException) as error:
            # never the URL: it is signed
            reason = type(error).__name__
            raise errors.Unavailable(f"the service's file cannot be read: {reason}") from error
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise errors.Conflict(f"the file is no UTF-8 text: {error}") from error


def _is_in_local_s3(url: str) -> bool:
    asked, ours = urlsplit(url), urlsplit(aws.client("s3").meta.endpoint_url)
    return ours.scheme == "http" and (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc)


def _read(url: str) -> bytes:
    ends = time.monotonic() + _SECONDS_FOR_FILE
    opener = urllib.request.build_opener(_NoRedirects)
    content = b""
    with opener.open(url, timeout=_SECONDS_OF_SILENCE) as response:
        while chunk := response.read1(_CHUNK):
            content += chunk
            if len(content) > LARGEST_ANSWER:
                raise errors.TooLarge(f"the file has more than {LARGEST_ANSWER} bytes")
            if time.monotonic() > ends:
                raise TimeoutError
    return content


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect could lead anywhere, out of https too."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        return None


def _refusal(service: str, error: ClientError) -> errors.MieError:
    code, text = service_errors.code(error), service_errors.text(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    kind = _REFUSALS.get(code)
    if kind is None:
        kind = errors.BadRequest if 400 <= status < 500 else errors.Unavailable
    return kind(f"{service} refuses: {code}: {text}")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value
