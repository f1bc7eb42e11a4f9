"""The data plane as operators use it."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from mie.adapters import lambda_api
from mie.core.errors import Malformed


class DataPlaneError(Exception):
    """The data plane gave no answer at all; what it refuses is an answer, and is returned."""


class DataPlane:
    """Calls of the Dataplane API's function, whose name is in the variable DataplaneEndpoint.

    Every method returns the decoded answer. One that the API refuses is {"Code", "Message"}, so
    ask for what you need (``"Status" in answer``). Raises DataPlaneError when the function cannot
    be called or breaks.
    """

    def __init__(self, *, first_page: int | None = None) -> None:
        """first_page: the number of the first page that this object stores of any result.

        Numbered pages replace themselves when an operator is tried again: give 0, or the count
        of pages that earlier invocations stored. Without a number every page is appended.
        """
        self._function = os.environ["DataplaneEndpoint"]  # noqa: SIM112 - the contract's spelling
        self._first_page = first_page
        # (asset, operator, workflow) -> the number of the next page
        self._pages: dict[tuple[str, str, str], int] = {}

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

        Copies the object into the data plane and answers {"AssetId", "S3Bucket", "S3Key"}.
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
    ) -> Any:
        """Stores a result, or one page of it, and answers {"Status": "Success", …}.

        paginate: more pages of the same result come before or after this one; readers see none
        of them until the last one arrives, which has ``end`` as well.
        """
        series = (asset_id, operator_name, workflow_id)
        query = {"paginated": "true"} if paginate else {}
        if paginate and self._first_page is not None:
            query = {**query, "page": str(self._pages.get(series, self._first_page))}
        if end:
            query = {**query, "end": "true"}
        answer = self.call_dataplane(
            f"/metadata/{quote(asset_id, safe='')}",
            "/metadata/{asset_id}",
            "POST",
            {"OperatorName": operator_name, "Results": results, "WorkflowId": workflow_id},
            {"asset_id": asset_id},
            query,
        )
        if "page" in query and "Status" in answer:
            self._count(series, end)
        return answer

    def retrieve_asset_metadata(
        self, asset_id: str, operator_name: str | None = None, cursor: str | None = None
    ) -> Any:
        """One page of an asset's results, or of one operator's.

        {"asset_id", "operator", "results"}, and "cursor" while more pages follow.
        """
        path, resource = f"/metadata/{quote(asset_id, safe='')}", "/metadata/{asset_id}"
        path_params = {"asset_id": asset_id}
        if operator_name is not None:
            path = f"{path}/{quote(operator_name, safe='')}"
            resource = f"{resource}/{{operator_name}}"
            path_params = {**path_params, "operator_name": operator_name}
        query = None if cursor is None else {"cursor": cursor}
        return self.call_dataplane(path, resource, "GET", None, path_params, query)

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

    def _count(self, series: tuple[str, str, str], end: bool) -> None:
        if end:
            self._pages.pop(series, None)
            return
        first = self._first_page or 0
        self._pages[series] = self._pages.get(series, first) + 1
