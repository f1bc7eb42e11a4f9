"""The requests of the Workflow API that are handed on to Amazon Transcribe and Amazon Translate.

One row a route (specification, sections 6 and 11). Vocabularies, language models, terminologies and
parallel data are what operators of these services are configured with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mie.core.documents import Json


@dataclass(frozen=True)
class Proxy:
    """How a request becomes calls of a service, and what is answered.

    path: of the route. operation: in the SDK's spelling. schema: name of the schema of the body;
    None for a route without one. items: the key of a list that the service gives in pages.
    location: where in the service's answer the URL of a file stands; content: what is answered of
    the file's text.
    """

    path: str
    service: str
    operation: str
    schema: str | None
    parameters: Callable[[Json], Json]
    items: str | None = None
    location: tuple[str, ...] = ()
    content: Callable[[str], Json] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.schema is None else "POST"


def vocabulary_entries(text: str) -> list[dict[str, str]]:
    """The lines of a vocabulary's table, by the names of its columns, which its first line has.

    Columns are separated by tabs. A line with more or fewer of them is none of the table's, such as
    the empty one behind the last line break.
    """
    header, *lines = (line.rstrip("\r").split("\t") for line in text.split("\n"))
    return [
        dict(zip(header, line, strict=True))
        for line in lines
        # the empty line of a table of one column has as many as its header
        if len(line) == len(header) and any(line)
    ]


def _named(parameter: str, field: str, **constants: Any) -> Callable[[Json], Json]:
    """Parameters of a call that takes the name of something."""
    return lambda body: {parameter: body[field], **constants}


def _page(body: Json) -> Json:
    return {"MaxResults": 100}


def _new_vocabulary(body: Json) -> Json:
    return {
        "VocabularyName": body["vocabulary_name"],
        "LanguageCode": body["language_code"],
        "VocabularyFileUri": body["s3uri"],
    }


def _new_terminology(body: Json) -> Json:
    return {
        "Name": body["terminology_name"],
        "MergeStrategy": "OVERWRITE",
        "TerminologyData": {"File": body["terminology_csv"].encode(), "Format": "CSV"},
    }


_VOCABULARY = _named("VocabularyName", "vocabulary_name")
_TERMINOLOGY = _named("Name", "terminology_name")
_TERMINOLOGY_FILE = _named("Name", "terminology_name", TerminologyDataFormat="CSV")
_PARALLEL_DATA = _named("Name", "Name")

PROXIES = (
    Proxy(
        "/service/transcribe/get_vocabulary",
        "transcribe",
        "get_vocabulary",
        "vocabulary_name",
        _VOCABULARY,
    ),
    Proxy(
        "/service/transcribe/download_vocabulary",
        "transcribe",
        "get_vocabulary",
        "vocabulary_name",
        _VOCABULARY,
        location=("DownloadUri",),
        content=lambda text: {"vocabulary": vocabulary_entries(text)},
    ),
    Proxy(
        "/service/transcribe/list_vocabularies",
        "transcribe",
        "list_vocabularies",
        None,
        _page,
        items="Vocabularies",
    ),
    Proxy(
        "/service/transcribe/delete_vocabulary",
        "transcribe",
        "delete_vocabulary",
        "vocabulary_name",
        _VOCABULARY,
    ),
    Proxy(
        "/service/transcribe/create_vocabulary",
        "transcribe",
        "create_vocabulary",
        "vocabulary",
        _new_vocabulary,
    ),
    Proxy(
        "/service/transcribe/list_language_models",
        "transcribe",
        "list_language_models",
        None,
        _page,
        items="Models",
    ),
    Proxy(
        "/service/transcribe/describe_language_model",
        "transcribe",
        "describe_language_model",
        "language_model_name",
        _named("ModelName", "ModelName"),
    ),
    Proxy(
        "/service/translate/get_terminology",
        "translate",
        "get_terminology",
        "terminology_name",
        _TERMINOLOGY_FILE,
    ),
    Proxy(
        "/service/translate/download_terminology",
        "translate",
        "get_terminology",
        "terminology_name",
        _TERMINOLOGY_FILE,
        location=("TerminologyDataLocation", "Location"),
        content=lambda text: {"terminology": text},
    ),
    Proxy(
        "/service/translate/list_terminologies",
        "translate",
        "list_terminologies",
        None,
        _page,
        items="TerminologyPropertiesList",
    ),
    Proxy(
        "/service/translate/delete_terminology",
        "translate",
        "delete_terminology",
        "terminology_name",
        _TERMINOLOGY,
    ),
    Proxy(
        "/service/translate/create_terminology",
        "translate",
        "import_terminology",
        "terminology",
        _new_terminology,
    ),
    Proxy(
        "/service/translate/get_parallel_data",
        "translate",
        "get_parallel_data",
        "parallel_data_name",
        _PARALLEL_DATA,
    ),
    Proxy(
        "/service/translate/download_parallel_data",
        "translate",
        "get_parallel_data",
        "parallel_data_name",
        _PARALLEL_DATA,
        location=("DataLocation", "Location"),
        content=lambda text: {"parallel_data_csv": text},
    ),
    Proxy(
        "/service/translate/list_parallel_data",
        "translate",
        "list_parallel_data",
        None,
        _page,
        items="ParallelDataPropertiesList",
    ),
    Proxy(
        "/service/translate/delete_parallel_data",
        "translate",
        "delete_parallel_data",
        "parallel_data_name",
        _PARALLEL_DATA,
    ),
    # the schema lets through what the call takes, and nothing else
    Proxy(
        "/service/translate/create_parallel_data",
        "translate",
        "create_parallel_data",
        "parallel_data",
        dict,
    ),
)
