"""AWS Signature Version 4 of a request to an API.

botocore signs, too, and takes longer to be imported than a picture takes to be looked at.
The steps are those of "Create a signed AWS API request" of the IAM User Guide.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "execute-api"


@dataclass(frozen=True)
class Identity:
    region: str
    access_key: str
    secret_key: str


def headers(
    identity: Identity, method: str, url: str, body: bytes, at: datetime
) -> Mapping[str, str]:
    """Those that the request has besides its own. at: in UTC."""
    parts = urlsplit(url)
    time = at.strftime("%Y%m%dT%H%M%SZ")
    canonical = "\n".join(
        [
            method,
            # what is encoded already is encoded once more, for every service but S3
            quote(parts.path, safe="/~"),
            "&".join(sorted(parts.query.split("&"))),
            f"host:{parts.netloc}",
            f"x-amz-date:{time}",
            "",
            "host;x-amz-date",
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{time[:8]}/{identity.region}/{_SERVICE}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{identity.secret_key}".encode()
    for part in (*scope.split("/"), "\n".join([_ALGORITHM, time, scope, digest])):
        key = hmac.digest(key, part.encode(), "sha256")
    return {
        "X-Amz-Date": time,
        "Authorization": f"{_ALGORITHM} Credential={identity.access_key}/{scope}, "
        f"SignedHeaders=host;x-amz-date, Signature={key.hex()}",
    }
