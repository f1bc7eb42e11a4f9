"""Calls that are answered at once: one text, or a batch of up to 25."""

from collections.abc import Callable, Mapping
from typing import Any

from analysis.comprehend import limits
from analysis.comprehend.detections import Detection
from analysis.faults import ServiceError
from analysis.language.readers import Readers

Request = Mapping[str, Any]

# what only the service's own models do: custom entities, documents that are no text
_REFUSED = ("EndpointArn", "Bytes", "DocumentReaderConfig")


def detect(detection: Detection, readers: Readers) -> Callable[[Request], Mapping[str, Any]]:
    """The function of `Detect…`."""

    def answer(request: Request) -> Mapping[str, Any]:
        refused = [name for name in _REFUSED if name in request]
        if refused:
            raise _invalid(f"{', '.join(refused)} cannot be used with the local analysis")
        if "Text" not in request:
            raise _invalid("Text is missing")
        language = _language(detection, readers, request)
        _check_size(request["Text"], detection.largest)
        return detection.read(readers, request["Text"], language)

    return answer


def detect_batch(detection: Detection, readers: Readers) -> Callable[[Request], Mapping[str, Any]]:
    """The function of `BatchDetect…`: a text that is too large is an error of its own."""

    def answer(request: Request) -> Mapping[str, Any]:
        texts = request["TextList"]
        if len(texts) > limits.MOST_IN_BATCH:
            raise ServiceError(
                "BatchSizeLimitExceededException",
                f"The batch has {len(texts)} documents, at most {limits.MOST_IN_BATCH} are allowed",
            )
        language = _language(detection, readers, request)
        results, errors = [], []
        for index, text in enumerate(texts):
            try:
                _check_size(text, limits.LARGEST_IN_BATCH)
                results.append({"Index": index, **detection.read(readers, text, language)})
            except ServiceError as error:
                if error.code != "TextSizeLimitExceededException":
                    raise
                errors.append(
                    {"Index": index, "ErrorCode": error.code, "ErrorMessage": error.message}
                )
        return {"ResultList": results, "ErrorList": errors}

    return answer


def _language(detection: Detection, readers: Readers, request: Request) -> str:
    if detection.require is None:
        return ""
    if "LanguageCode" not in request:
        raise _invalid("LanguageCode is missing")
    language: str = request["LanguageCode"]
    detection.require(readers, language)
    return language


def _check_size(text: str, largest: int) -> None:
    size = len(text.encode())
    if size > largest:
        raise ServiceError(
            "TextSizeLimitExceededException",
            f"Input text size exceeds limit. Max length of request text allowed is {largest} bytes "
            f"while in this request the text size is {size} bytes",
        )


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidRequestException", message)
