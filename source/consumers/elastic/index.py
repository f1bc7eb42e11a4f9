"""The search index: what of an asset is found there is replaced or deleted as a whole."""

from collections.abc import Iterable
from typing import Any

import bulk
from documents import Document, Result
from items import Json
from kinds import Kind
from opensearchpy import NotFoundError, OpenSearch, Urllib3AWSV4SignerAuth
from template import INDICES, NAME, index_template

from mie.adapters.search_endpoint import address_of
from mie.core.errors import Malformed, Unavailable

_REQUEST_SECONDS = 120
# Documents that others wrote between a query and its deletion are looked for again.
_DELETIONS = 5


class SearchIndex:
    """An OpenSearch or Elasticsearch endpoint. Its methods raise Unavailable when it is away."""

    def __init__(self, client: OpenSearch) -> None:
        self._client = client

    def prepare(self, refresh_interval: str) -> None:
        """Tells the endpoint how our fields are to be searched; telling it again is fine."""
        body = index_template(refresh_interval)
        bulk.again(lambda: self._client.indices.put_index_template(name=NAME, body=body))

    def replace(self, result: Result, kind: Kind, documents: Iterable[Document]) -> int:
        """Puts a result's documents in the place of all others that its operator has of the asset.

        The old ones go when the new ones are in, so that a search in between finds something.
        Returns how many there are. Raises Malformed when some were refused; the others are in,
        and the old ones stay.
        """
        written, refused = bulk.write(self._client, documents)
        if refused:
            total = written + len(refused)
            raise Malformed(f"{len(refused)} of {total} documents were refused: {refused[0]}")
        self._delete(
            kind.index,
            {"AssetId": result.asset_id, "OperatorName": result.operator},
            but={"Version": result.version, "Workflow": result.workflow_id},
        )
        return written

    def delete_operator(self, asset_id: str, operator: str, kind: Kind) -> None:
        """operator: the name under which its results were stored."""
        self._delete(kind.index, {"AssetId": asset_id, "OperatorName": operator})

    def delete_asset(self, asset_id: str) -> None:
        self._delete(INDICES, {"AssetId": asset_id})

    def _delete(self, index: str, terms: Json, but: Json | None = None) -> None:
        """Deletes what has exactly these values, but not what has all of the others."""
        query: Json = {"bool": {"filter": _terms(terms)}}
        if but:
            query["bool"]["must_not"] = [{"bool": {"filter": _terms(but)}}]
        for _ in range(_DELETIONS):
            if not bulk.again(lambda: self._delete_once(index, query)):
                return
        raise Unavailable(f"documents of {terms['AssetId']} are being written while they go")

    def _delete_once(self, index: str, query: Json) -> int:
        """Returns how many could not be deleted because they had just been written anew."""
        try:
            # a query sees only what was refreshed since it was written
            self._client.indices.refresh(index=index)
            answer = self._client.delete_by_query(
                index=index,
                body={"query": query},
                params={"conflicts": "proceed", "refresh": "true"},
            )
        except NotFoundError:
            # the index is made with its first document
            return 0
        failures = answer.get("failures", [])
        if failures:
            cause = failures[0].get("cause", {})
            raise Unavailable(f"{len(failures)} documents could not be deleted: {cause}")
        conflicts: int = answer.get("version_conflicts", 0)
        return conflicts


def connect(endpoint: str, region: str, credentials: Any) -> OpenSearch:
    """A client for an endpoint. AWS's own want signed requests, by botocore's credentials."""
    address = address_of(endpoint, region)
    auth: Any = address.login
    if address.signature:
        scope = address.signature
        auth = Urllib3AWSV4SignerAuth(credentials, scope.region, scope.service)
    return OpenSearch(
        hosts=[address.url],
        http_auth=auth,
        timeout=_REQUEST_SECONDS,
        # what can be tried again is tried again with waits, in one place
        max_retries=0,
    )


def _terms(values: Json) -> list[Json]:
    return [{"term": {key: value}} for key, value in values.items()]
