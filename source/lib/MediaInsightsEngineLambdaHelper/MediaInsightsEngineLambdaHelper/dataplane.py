"""The data plane as operators use it."""

import json
import os
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from mie.adapters import lambda_api, signed_urls
from mie.core.documents import Json
from mie.core.errors import Malformed, MieError, TooLarge
from mie.core.lists import LARGEST_ANSWER, travelling_bytes

# An upload is registered once; one whose registration got no answer is sent anew.
_UPLOADS = 2


class DataPlaneError(Exception):
    """The data plane gave no answer at all; what it refuses is an answer, and is returned."""


class DataPlane:
    """Calls of the Dataplane API's function, whose name is in the variable DataplaneEndpoint.

    Every method returns the decoded answer. One that the API refuses is {"Code", "Message"}, so
    ask for what you need (``"Status" in answer``). Raises DataPlaneError when the function cannot
    be called or breaks.
    """

    def __init__(self) -> None:
        self._function = os.environ["DataplaneEndpoint"]  # noqa: SIM112 - the contract's spelling

    def call_dataplane(
        self,
        path: str,
        resource: str,
        method: str,
        body: Any = None,
        path_params: Mapping[str, str] | None = None,
        query_params: Mapping[str, str] | None = None,
    ) -> Any:
        """One request; path: with its values, resource: as the API declares it."""
        try:
            status, answer = lambda_api.call(
                self._function,
                method,
                resource,
                path,
                body=body,
                path_params=path_params,
                query=query_params,
            )
        except (ClientError, BotoCoreError, Malformed) as error:
            raise DataPlaneError(str(error)) from error
        if status >= 400 and not isinstance(answer, dict):
            raise DataPlaneError(f"{method} {path} was answered with status {status}")
        return answer

    def create_asset(self, *location: str) -> Any:
        """create_asset(bucket, key) or create_asset(media_type, bucket, key).

        Copies the object into the data plane and answers {"AssetId", "S3Bucket", "S3Key"}; with
        "State": "Copying" for a large one, whose object is there when the asset's State is Ready.
        """
        if len(location) not in (2, 3):
            raise TypeError("create_asset takes (bucket, key) or (media_type, bucket, key)")
        *media_type, bucket, key = location
        source = {"S3Bucket": bucket, "S3Key": key}
        body = {"Input": {"MediaType": media_type[0], **source} if media_type else source}
        return self.call_dataplane("/create", "/create", "POST", body)

    def store_asset_metadata(
        self,
        asset_id: str,
        operator_name: str,
        workflow_id: str,
        results: Mapping[str, Any],
        paginate: bool = False,
        end: bool = False,
        *,
        page: int | None = None,
    ) -> Any:
        """Stores a result, or one page of it, and answers {"Status": "Success", …}.

        paginate: more pages of the same result come before or after this one; readers see none
        of them until the last one arrives, which has ``end`` as well. Pages are appended in the
        order of the calls, whichever object or invocation makes them. page: the number of this
        one, from 0, with which it replaces itself when an operator is tried again; either all
        pages of a result have numbers or none has. Up to 32 MB; what is too large for a call of
        the function is uploaded to S3 and registered.
        """
        query = _query(paginate or page is not None, end, page)
        names = {"OperatorName": operator_name, "WorkflowId": workflow_id}
        body = {**names, "Results": results}
        # the body of an event travels as that of an answer does, and has the same room
        if travelling_bytes(body) <= LARGEST_ANSWER:
            return self._post_metadata(asset_id, body, query)
        return self._upload(asset_id, names, results, query)

    def retrieve_asset_metadata(
        self,
        asset_id: str,
        operator_name: str | None = None,
        cursor: str | None = None,
        workflow_id: str | None = None,
    ) -> Any:
        """One page of an asset's results, or of one operator's.

        {"asset_id", "operator", "results"}, and "cursor" while more pages follow, also where a
        page is so large that it has to be read from S3. workflow_id: of a past execution, "*" for
        all of them, the newest first; else the newest results are read.
        """
        path, resource = f"/metadata/{quote(asset_id, safe='')}", "/metadata/{asset_id}"
        path_params = {"asset_id": asset_id}
        if operator_name is not None:
            path = f"{path}/{quote(operator_name, safe='')}"
            resource = f"{resource}/{{operator_name}}"
            path_params = {**path_params, "operator_name": operator_name}
        asked = {"cursor": cursor, "workflow_id": workflow_id}
        query = {key: value for key, value in asked.items() if value is not None}
        answer = self.call_dataplane(path, resource, "GET", None, path_params, query or None)
        if not isinstance(answer, dict) or "Url" not in answer:
            return answer
        page = {key: answer[key] for key in answer if key not in ("Code", "Message", "Url")}
        try:
            return {**page, "results": json.loads(signed_urls.fetch(answer["Url"]))}
        except (MieError, ValueError) as error:
            raise DataPlaneError(f"results of {asset_id} cannot be read: {error}") from error

    def generate_media_storage_path(self, asset_id: str, workflow_id: str) -> Any:
        """Where the operators of a workflow execution put media: {"S3Bucket", "S3Key"}.

        S3Key ends in a slash.
        """
        return self.call_dataplane(
            f"/mediapath/{quote(asset_id, safe='')}/{quote(workflow_id, safe='')}",
            "/mediapath/{asset_id}/{workflow_id}",
            "GET",
            None,
            {"asset_id": asset_id, "workflow_id": workflow_id},
        )

    def _post_metadata(self, asset_id: str, body: Any, query: Mapping[str, str]) -> Any:
        return self.call_dataplane(
            f"/metadata/{quote(asset_id, safe='')}",
            "/metadata/{asset_id}",
            "POST",
            body,
            {"asset_id": asset_id},
            query,
        )

    def _upload(
        self, asset_id: str, names: Json, results: Mapping[str, Any], query: Mapping[str, str]
    ) -> Any:
        """Stores what no event has room for: uploaded first, then registered."""
        text = json.dumps(results, ensure_ascii=False, separators=(",", ":"))
        # what is no Unicode text is for the data plane to refuse
        document = text.encode(errors="surrogatepass")
        answer: Any = None
        for _ in range(_UPLOADS):
            form = self._post_metadata(asset_id, names, {"upload": "true"})
            if "Upload" not in form:
                return form
            try:
                signed_urls.post_form(form["url"], form["fields"], document)
            except TooLarge as error:
                return {"Code": "RequestTooLargeError", "Message": f"Results: {error}"}
            except MieError as error:
                raise DataPlaneError(f"results cannot be uploaded: {error}") from error
            registered = {**query, "uploaded": form["Upload"]}
            answer = self._post_metadata(asset_id, names, registered)
            # one that was registered before, and whose answer was lost on the way here
            if answer.get("Code") != "NotFoundError":
                break
        return answer


def _query(paginated: bool, end: bool, page: int | None) -> dict[str, str]:
    query = {**({"paginated": "true"} if paginated else {}), **({"end": "true"} if end else {})}
    if page is not None:
        return {**query, "page": str(page)}
    # made once for each call: the SDK sends a request again whose answer got lost
    return {**query, "token": uuid.uuid4().hex} if query else {}
