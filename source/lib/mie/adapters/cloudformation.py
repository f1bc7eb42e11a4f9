"""The answer to a request of CloudFormation."""

import json

from mie.core.documents import Json

_TIMEOUT_SECONDS = 10


def put_response(url: str, document: Json) -> None:
    """Writes the response document to the signed URL of the request."""
    # 20 ms to import, in a module of the Workflow API, which hardly ever calls this
    import urllib.request

    body = json.dumps(document, ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own URL
        url,
        data=body,
        method="PUT",
        # the signature covers an empty content type
        headers={"Content-Type": "", "Content-Length": str(len(body))},
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
        pass
