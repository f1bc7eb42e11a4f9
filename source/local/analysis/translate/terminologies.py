"""Terminologies: imported, looked at, deleted, and given to translations."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.faults import ServiceError
from analysis.local_stack import ACCOUNT, REGION
from analysis.objects import Objects, ObjectUnavailable
from analysis.pages import page
from analysis.translate import limits
from analysis.translate.shelf import Shelf
from analysis.translate.term_files import TermFileError, Terms, read_terms

Request = Mapping[str, Any]
Answer = Mapping[str, Any]

# what the service would keep in a bucket of its own
BUCKET = "aws-translate-local"
LINK_SECONDS = 30 * 60
_PAGE = 100


class Terminologies:
    """The operations on terminologies, and their terms for translations."""

    def __init__(
        self, state: Path, objects: Objects, clock: Callable[[], float] = time.time
    ) -> None:
        self._objects = objects
        self._shelf = Shelf(
            state / "translate" / "terminologies", "terminology", limits.MOST_TERMINOLOGIES
        )
        self._clock = clock

    def operations(self) -> dict[str, Callable[[Request], Answer]]:
        return {
            "ImportTerminology": self._import,
            "GetTerminology": self._get,
            "ListTerminologies": self._list,
            "DeleteTerminology": self._delete,
        }

    def terms(self, names: Sequence[str], source: str, target: str) -> dict[str, dict[str, str]]:
        """By terminology, what its terms become; raises what `require` raises."""
        self.require(names)
        return {name: self._terms(name, source, target) for name in names}

    def require(self, names: Sequence[str]) -> None:
        """Raise ResourceNotFoundException unless all are here, and that for too many."""
        if len(names) > limits.MOST_TERMINOLOGIES_OF_REQUEST:
            most = limits.MOST_TERMINOLOGIES_OF_REQUEST
            text = f"TerminologyNames has {len(names)} names, at most {most} is allowed"
            raise ServiceError("InvalidRequestException", text)
        for name in names:
            self._shelf.get(name)

    def _terms(self, name: str, source: str, target: str) -> dict[str, str]:
        properties = self._shelf.get(name)
        terms = read_terms(self._shelf.file(name), properties["Format"])
        any_direction = properties.get("Directionality") == "MULTI"
        return terms.between(source, target, any_direction=any_direction)

    def _import(self, request: Request) -> Answer:
        name, data = request["Name"], request["TerminologyData"]
        try:
            terms = read_terms(data["File"], data["Format"])
            _check(terms)
        except TermFileError as error:
            raise ServiceError("InvalidParameterValueException", str(error)) from error
        now = self._clock()
        before = self._shelf.get(name) if self._shelf.has(name) else {"CreatedAt": now}
        kept = {key: request[key] for key in ("Description", "EncryptionKey") if key in request}
        properties = {
            **kept,
            "Name": name,
            "Arn": f"arn:aws:translate:{REGION}:{ACCOUNT}:terminology/{name}/LATEST",
            "SourceLanguageCode": terms.languages[0],
            "TargetLanguageCodes": list(terms.languages[1:]),
            "SizeBytes": len(data["File"]),
            "TermCount": len(terms.rows),
            "SkippedTermCount": terms.skipped,
            "CreatedAt": before["CreatedAt"],
            "LastUpdatedAt": now,
            "Directionality": data.get("Directionality", "UNI"),
            "Format": data["Format"],
        }
        self._shelf.put(name, properties, data["File"])
        return {"TerminologyProperties": properties}

    def _get(self, request: Request) -> Answer:
        """The file is laid into the local stack's S3, where the answer's URL leads."""
        name = request["Name"]
        properties = self._shelf.get(name)
        wanted = request.get("TerminologyDataFormat", properties["Format"])
        if wanted != properties["Format"]:
            raise ServiceError(
                "InvalidParameterValueException",
                f"The terminology is in the format {properties['Format']}, not {wanted}",
            )
        key = f"terminologies/{name}.{properties['Format'].lower()}"
        try:
            self._objects.make_bucket(BUCKET)
            self._objects.put(BUCKET, key, self._shelf.file(name), "text/plain; charset=utf-8")
        except ObjectUnavailable as error:
            raise ServiceError("InternalServerException", str(error), 500) from error
        location = self._objects.signed_url(BUCKET, key, LINK_SECONDS)
        return {
            "TerminologyProperties": properties,
            "TerminologyDataLocation": {"RepositoryType": "S3", "Location": location},
        }

    def _list(self, request: Request) -> Answer:
        invalid = ServiceError("InvalidParameterValueException", "NextToken is not valid")
        shown, token = page(
            self._shelf.list(),
            request.get("MaxResults", _PAGE),
            request.get("NextToken"),
            "terminologies",
            invalid,
        )
        return {"TerminologyPropertiesList": shown, **({"NextToken": token} if token else {})}

    def _delete(self, request: Request) -> Answer:
        self._shelf.remove(request["Name"])
        return {}


def _check(terms: Terms) -> None:
    """Raises TermFileError for more languages, or longer terms, than a terminology has."""
    targets, most = len(terms.languages) - 1, limits.MOST_TERMINOLOGY_TARGETS
    if targets > most:
        raise TermFileError(f"The file has {targets} target languages, at most {most} are allowed")
    for row in terms.rows:
        if any(len(text.encode()) > limits.LARGEST_TERM for text in row.values()):
            raise TermFileError(f"A term has more than {limits.LARGEST_TERM} bytes")
