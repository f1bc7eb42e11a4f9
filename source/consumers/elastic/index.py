"""The search index: what of an asset is found there is replaced or deleted as a whole."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from documents import Document, Json, Kind
from opensearchpy import NotFoundError, OpenSearch, Urllib3AWSV4SignerAuth
from opensearchpy.helpers import streaming_bulk

INDICES = "mie*"
_TEMPLATE_NAME = "mie"
# A request that is too large is refused as a whole, and 10 MB is the limit of small instances.
_BULK_BYTES = 5_000_000
_BULK_DOCUMENTS = 500
_RETRIES = 5
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 10
_REQUEST_SECONDS = 60
_EXACT: Json = {"type": "keyword", "fields": {"keyword": {"type": "keyword"}}}
_TEMPLATE: Json = {
    "index_patterns": [INDICES],
    "template": {
        "settings": {
            # facts of media files are a number in one file and a word in the next
            "index.mapping.ignore_malformed": True,
        },
        "mappings": {
            "date_detection": False,
            "properties": {
                # exact, and also under the name that clients aggregate by
                "AssetId": _EXACT,
                "Operator": _EXACT,
                "Workflow": _EXACT,
                # else the first document decides whether fractions are cut off
                "Confidence": {"type": "float"},
                "Timestamp": {"type": "long"},
            },
        },
    },
}


class NotIndexed(RuntimeError):
    """Some documents were refused."""


class SearchIndex:
    """An OpenSearch or Elasticsearch endpoint."""

    def __init__(self, client: OpenSearch) -> None:
        self._client = client

    def prepare(self) -> None:
        """Tells the endpoint how our fields are to be searched; telling it again is fine."""
        self._client.indices.put_index_template(name=_TEMPLATE_NAME, body=_TEMPLATE)

    def replace(self, asset_id: str, kind: Kind, documents: Sequence[Document]) -> None:
        """Puts documents in the place of all that this kind has of an asset. Raises NotIndexed."""
        self.delete_kind(asset_id, kind)
        refused = list(self._refused(documents))
        if refused:
            raise NotIndexed(
                f"{len(refused)} of {len(documents)} documents were refused: {refused[0]}"
            )

    def delete_kind(self, asset_id: str, kind: Kind) -> None:
        self._delete(kind.index, {"AssetId.keyword": asset_id, "Operator.keyword": kind.operator})

    def delete_asset(self, asset_id: str) -> None:
        self._delete(INDICES, {"AssetId.keyword": asset_id})

    def _delete(self, index: str, terms: Json) -> None:
        """Deletes what has exactly these values."""
        query = {"bool": {"filter": [{"term": {key: value}} for key, value in terms.items()]}}
        try:
            # a query sees only what was refreshed since it was written
            self._client.indices.refresh(index=index)
            self._client.delete_by_query(index=index, body={"query": query}, conflicts="proceed")
        except NotFoundError:
            # the index is made with its first document
            return

    def _refused(self, documents: Sequence[Document]) -> Iterator[str]:
        """Writes documents, and tells why some were not; retries those that had bad luck."""
        actions = (
            {"_op_type": "index", "_index": one.index, "_id": one.id, "_source": one.body}
            for one in documents
        )
        for written, answer in streaming_bulk(
            self._client,
            actions,
            chunk_size=_BULK_DOCUMENTS,
            max_chunk_bytes=_BULK_BYTES,
            max_retries=_RETRIES,
            initial_backoff=_FIRST_WAIT_SECONDS,
            max_backoff=_LONGEST_WAIT_SECONDS,
            raise_on_error=False,
        ):
            if not written:
                yield _reason(answer["index"])


def connect(url: str, region: str, credentials: Any) -> OpenSearch:
    """A client for an endpoint. AWS's own want signed requests, by botocore's credentials."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    signed = parts.scheme == "https" and host.endswith(".amazonaws.com")
    return OpenSearch(
        hosts=[url],
        http_auth=Urllib3AWSV4SignerAuth(credentials, region, "es") if signed else None,
        timeout=_REQUEST_SECONDS,
        max_retries=2,
        retry_on_timeout=True,
    )


def _reason(item: Json) -> str:
    """Why a document was refused, without the document."""
    error = item.get("error", {})
    kind = error.get("type", "unknown") if isinstance(error, dict) else str(error)
    return f"{item.get('_index')}/{item.get('_id')}: {item.get('status')} {kind}"
