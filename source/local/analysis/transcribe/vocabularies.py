"""Custom vocabularies: kept and listed, and without effect: the model of speech takes none."""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analysis.context import Context
from analysis.faults import ServiceError
from analysis.files import read_json, write_json
from analysis.objects import ObjectTooLarge, ObjectUnavailable, parse_s3_uri
from analysis.pages import page
from analysis.transcribe import limits
from analysis.transcribe.job_request import bad_request
from analysis.transcribe.job_work import SERVICE_BUCKET

LOG = logging.getLogger(__name__)

Request = Mapping[str, Any]

_TOO_LARGE = f"The vocabulary has more than {limits.LARGEST_VOCABULARY >> 10} KB."
_LINK_SECONDS = 15 * 60
_PAGE = 5


class Vocabularies:
    """The vocabularies of one folder, a file each; the calls of the service that are about them."""

    def __init__(self, context: Context) -> None:
        self._folder: Path = context.state / "vocabularies"
        self._objects = context.objects

    def create(self, request: Request) -> Mapping[str, Any]:
        name = request["VocabularyName"]
        if self._path(name).exists():
            raise ServiceError(
                "ConflictException", "The requested vocabulary already exists. Use another name."
            )
        most = limits.MOST_VOCABULARIES
        if len(list(self._folder.glob("*.json"))) >= most:
            raise ServiceError("LimitExceededException", f"There are {most} vocabularies already")
        return self._write(request)

    def update(self, request: Request) -> Mapping[str, Any]:
        self._read(request["VocabularyName"])
        answer = self._write(request)
        return {key: answer[key] for key in answer if key != "FailureReason"}

    def get(self, request: Request) -> Mapping[str, Any]:
        kept = self._read(request["VocabularyName"])
        answer = _public(kept)
        if kept["VocabularyState"] != "READY":
            return answer
        key = f"vocabularies/{quote(kept['VocabularyName'])}.txt"
        try:
            self._objects.make_bucket(SERVICE_BUCKET)
            self._objects.put(SERVICE_BUCKET, key, kept["Table"].encode(), "text/plain")
        except ObjectUnavailable as error:
            raise ServiceError("InternalFailureException", str(error), 500) from error
        return {
            **answer,
            "DownloadUri": self._objects.signed_url(SERVICE_BUCKET, key, _LINK_SECONDS),
        }

    def list(self, request: Request) -> Mapping[str, Any]:
        found = [read_json(path) for path in sorted(self._folder.glob("*.json"))]
        state, part = request.get("StateEquals"), request.get("NameContains", "").lower()
        chosen = [
            {key: value for key, value in _public(one).items() if key != "FailureReason"}
            for one in found
            if state in (None, one["VocabularyState"]) and part in one["VocabularyName"].lower()
        ]
        size, token = request.get("MaxResults", _PAGE), request.get("NextToken")
        invalid = bad_request("NextToken is not valid")
        some, following = page(chosen, size, token, f"vocabularies {state} {part}", invalid)
        return {
            "Vocabularies": some,
            **({"Status": state} if state else {}),
            **({"NextToken": following} if following else {}),
        }

    def delete(self, request: Request) -> Mapping[str, Any]:
        self._read(request["VocabularyName"])
        self._path(request["VocabularyName"]).unlink(missing_ok=True)
        return {}

    def check_use(self, request: Request) -> None:
        """Of a job that names a vocabulary. Raises BadRequestException when there is none."""
        name = request.get("Settings", {}).get("VocabularyName")
        if name is None:
            return
        if not self._path(name).exists():
            raise bad_request("The requested vocabulary couldn't be found. Check the name.")
        LOG.warning("vocabulary %s has no effect: the model of speech takes none", name)

    def _write(self, request: Request) -> Mapping[str, Any]:
        if ("Phrases" in request) == ("VocabularyFileUri" in request):
            raise bad_request("A vocabulary must have either Phrases or a VocabularyFileUri")
        table, reason = self._table(request)
        kept = {
            "VocabularyName": request["VocabularyName"],
            "LanguageCode": request["LanguageCode"],
            "VocabularyState": "FAILED" if reason else "READY",
            "LastModifiedTime": time.time(),
            "Table": table,
            **({"FailureReason": reason} if reason else {}),
        }
        write_json(self._path(request["VocabularyName"]), kept)
        return _public(kept)

    def _table(self, request: Request) -> tuple[str, str]:
        """The text of a vocabulary, and why it cannot be used or ""."""
        if "Phrases" in request:
            table = "\n".join(["Phrase", *request["Phrases"], ""])
            too_large = len(table.encode()) > limits.LARGEST_VOCABULARY
            return ("", _TOO_LARGE) if too_large else (table, "")
        try:
            place = parse_s3_uri(request["VocabularyFileUri"])
            content = self._objects.read(place.bucket, place.key, limits.LARGEST_VOCABULARY)
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return "", "The vocabulary file isn't UTF-8."
        except ObjectTooLarge:
            return "", _TOO_LARGE
        except (ObjectUnavailable, ValueError) as error:
            raise bad_request(
                "The S3 URI of the vocabulary file can't be accessed. Make sure that the object "
                "exists and try your request again."
            ) from error
        columns = text.split("\n")[0].rstrip("\r").split("\t")
        if columns != ["Phrase"] and "Phrase" not in columns:
            # a list: one phrase a line, without a header
            return f"Phrase\n{text}", ""
        return text, ""

    def _read(self, name: str) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = read_json(self._path(name))
        except OSError as error:
            raise ServiceError(
                "NotFoundException", "The requested vocabulary couldn't be found. Check the name."
            ) from error
        return kept

    def _path(self, name: str) -> Path:
        # names are letters, digits and ._-: such as "..", which is no name of a file
        return self._folder / f"v-{name}.json"


def _public(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if key != "Table"}
