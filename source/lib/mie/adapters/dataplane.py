"""The data plane's API, called directly."""

from collections.abc import Mapping
from typing import Any

from mie.adapters.lambda_api import call
from mie.core.documents import Json
from mie.core.errors import STATUSES, Malformed
from mie.core.request_tokens import KEY

_ERRORS = {status: error for error, (status, _) in STATUSES.items()}
# 202: it will be, as the answer says
_DONE = (200, 202)
_ASSET = "/metadata/{asset_id}"


class DataplaneApi:
    """function: the name of the API's handler."""

    def __init__(self, function: str) -> None:
        self._function = function

    def create_asset(
        self, media_type: str, bucket: str, key: str, token: str | None = None
    ) -> Json:
        source = {"MediaType": media_type, "S3Bucket": bucket, "S3Key": key}
        name = {} if token is None else {KEY: token}
        asset = self._call("POST", "/create", "/create", body={"Input": source, **name})
        return _with(asset, "AssetId", "S3Bucket", "S3Key")

    def get_asset(self, asset_id: str) -> Json:
        answer = self._call(
            "GET", _ASSET, f"/metadata/{asset_id}", path_params={"asset_id": asset_id}
        )
        return _with(_with(answer, "results")["results"], "S3Bucket", "S3Key")

    def delete_asset(self, asset_id: str) -> None:
        self._call("DELETE", _ASSET, f"/metadata/{asset_id}", path_params={"asset_id": asset_id})

    def _call(
        self,
        method: str,
        resource: str,
        path: str,
        *,
        body: Any = None,
        path_params: Mapping[str, str] | None = None,
    ) -> Any:
        status, answer = call(
            self._function, method, resource, path, body=body, path_params=path_params
        )
        if status in _DONE:
            return answer
        reason = answer.get("Message") if isinstance(answer, dict) else answer
        raise _ERRORS.get(status, Malformed)(f"the data plane answers {status}: {reason}")


def _with(answer: Any, *keys: str) -> Json:
    if not isinstance(answer, dict) or any(key not in answer for key in keys):
        raise Malformed(f"the data plane's answer lacks one of {', '.join(keys)}")
    return answer
