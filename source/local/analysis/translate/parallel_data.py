"""Parallel data: kept and listed, so that workflows that name it can be set up, and never used.

Apertium has rules, which examples do not change; each answer says so in `Message`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.faults import ServiceError
from analysis.local_stack import ACCOUNT, REGION
from analysis.objects import Objects, ObjectTooLarge, ObjectUnavailable, parse_s3_uri
from analysis.pages import page
from analysis.translate import limits
from analysis.translate.shelf import Shelf
from analysis.translate.term_files import TermFileError, Terms, read_terms
from analysis.translate.terminologies import LINK_SECONDS

Request = Mapping[str, Any]
Answer = Mapping[str, Any]

_PAGE = 100
_UNUSED = "Kept, and not used: the translator of this machine does not learn from examples"


class ParallelData:
    """The operations on parallel data."""

    def __init__(
        self, state: Path, objects: Objects, clock: Callable[[], float] = time.time
    ) -> None:
        self._shelf = Shelf(
            state / "translate" / "parallel-data", "parallel data", limits.MOST_PARALLEL_DATA
        )
        self._objects = objects
        self._clock = clock

    def operations(self) -> dict[str, Callable[[Request], Answer]]:
        return {
            "CreateParallelData": self._create,
            "GetParallelData": self._get,
            "ListParallelData": self._list,
            "UpdateParallelData": self._update,
            "DeleteParallelData": self._delete,
        }

    def require(self, names: Sequence[str]) -> None:
        """Raise ResourceNotFoundException unless all are here."""
        for name in names:
            self._shelf.get(name)

    def _create(self, request: Request) -> Answer:
        name = request["Name"]
        token = request["ClientToken"]
        if self._shelf.has(name):
            if self._shelf.get(name)["ClientToken"] == token:
                return {"Name": name, "Status": "ACTIVE"}
            raise ServiceError("ConflictException", f"There is parallel data named {name} already")
        self._keep(request, {"CreatedAt": self._clock()})
        return {"Name": name, "Status": "ACTIVE"}

    def _update(self, request: Request) -> Answer:
        name, now = request["Name"], self._clock()
        before = self._shelf.get(name)
        attempt = {"LatestUpdateAttemptStatus": "ACTIVE", "LatestUpdateAttemptAt": now}
        kept = {key: before[key] for key in ("CreatedAt", "Description") if key in before}
        self._keep(request, {**kept, **attempt})
        return {"Name": name, "Status": "ACTIVE", **attempt}

    def _keep(self, request: Request, facts: Answer) -> None:
        name, size, terms = request["Name"], *self._read(request["ParallelDataConfig"])
        optional = ("Description", "EncryptionKey")
        properties = {
            **facts,
            **{key: request[key] for key in optional if key in request},
            "Name": name,
            "Arn": f"arn:aws:translate:{REGION}:{ACCOUNT}:parallel-data/{name}",
            "Status": "ACTIVE",
            "SourceLanguageCode": terms.languages[0],
            "TargetLanguageCodes": list(terms.languages[1:]),
            "ParallelDataConfig": request["ParallelDataConfig"],
            "Message": _UNUSED,
            "ImportedDataSize": size,
            "ImportedRecordCount": len(terms.rows),
            "SkippedRecordCount": terms.skipped,
            "FailedRecordCount": 0,
            "LastUpdatedAt": self._clock(),
            "ClientToken": request["ClientToken"],
        }
        self._shelf.put(name, properties)

    def _read(self, config: Request) -> tuple[int, Terms]:
        if "S3Uri" not in config or "Format" not in config:
            raise _invalid("ParallelDataConfig must have S3Uri and Format")
        try:
            place = parse_s3_uri(config["S3Uri"])
            content = self._objects.read(place.bucket, place.key, limits.LARGEST_PARALLEL_DATA)
            return len(content), read_terms(content, config["Format"])
        except (ValueError, ObjectUnavailable, ObjectTooLarge, TermFileError) as error:
            raise _invalid(f"The data cannot be used: {error}") from error

    def _get(self, request: Request) -> Answer:
        """The answer's URL leads to the data in the user's own bucket."""
        properties = self._shelf.get(request["Name"])
        place = parse_s3_uri(properties["ParallelDataConfig"]["S3Uri"])
        location = self._objects.signed_url(place.bucket, place.key, LINK_SECONDS)
        return {
            "ParallelDataProperties": _shown(properties),
            "DataLocation": {"RepositoryType": "S3", "Location": location},
        }

    def _list(self, request: Request) -> Answer:
        invalid = ServiceError("InvalidParameterValueException", "NextToken is not valid")
        shown, token = page(
            [_shown(one) for one in self._shelf.list()],
            request.get("MaxResults", _PAGE),
            request.get("NextToken"),
            "parallel data",
            invalid,
        )
        return {"ParallelDataPropertiesList": shown, **({"NextToken": token} if token else {})}

    def _delete(self, request: Request) -> Answer:
        self._shelf.remove(request["Name"])
        return {"Name": request["Name"], "Status": "DELETING"}


def _shown(properties: Answer) -> Answer:
    return {key: value for key, value in properties.items() if key != "ClientToken"}


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", message)
