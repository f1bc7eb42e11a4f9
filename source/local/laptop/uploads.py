"""A file goes into the data plane by the form that it gives for uploads."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import urllib3

_CHUNK = 1 << 20


def send(form: Any, name: str, path: Path) -> urllib3.BaseHTTPResponse:
    """The answer of S3. form: {"url", "fields"}. The file is read in pieces, however large it is.

    Raises OSError, HTTPError of urllib3.
    """
    boundary = uuid.uuid4().hex
    fields = b"".join(
        _part(boundary, f'name="{key}"') + str(value).encode() + b"\r\n"
        for key, value in form["fields"].items()
    )
    # as browsers write names that a header cannot have
    written = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    before = fields + _part(boundary, f'name="file"; filename="{written}"')
    after = f"\r\n--{boundary}--\r\n".encode()
    length = len(before) + path.stat().st_size + len(after)
    return urllib3.request(
        "POST",
        form["url"],
        body=_body(before, path, after),
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(length),
        },
        # what was read cannot be read again
        retries=False,
    )


def _part(boundary: str, disposition: str) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode()


def _body(before: bytes, path: Path, after: bytes) -> Iterator[bytes]:
    yield before
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
    yield after
