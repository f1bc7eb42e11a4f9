"""The Image parameter of Rekognition's calls: bytes in the request or an object in S3."""

import logging
from collections.abc import Mapping
from typing import Any

from analysis.faults import ServiceError
from analysis.objects import Objects, ObjectTooLarge, ObjectUnavailable

LOG = logging.getLogger(__name__)

LARGEST_BYTES = 5 << 20
LARGEST_OBJECT = 15 << 20


def read_image(objects: Objects, image: Mapping[str, Any]) -> bytes:
    """The bytes that an Image structure names.

    Raises ServiceError: InvalidParameterException when it names none or two places,
    ImageTooLargeException, InvalidS3ObjectException.
    """
    if ("Bytes" in image) == ("S3Object" in image):
        raise ServiceError("InvalidParameterException", "Image must have either Bytes or S3Object")
    if "Bytes" not in image:
        return _read_object(objects, image["S3Object"])
    data: bytes = image["Bytes"]
    if len(data) > LARGEST_BYTES:
        raise _too_large(LARGEST_BYTES)
    return data


def _read_object(objects: Objects, place: Mapping[str, Any]) -> bytes:
    if "Bucket" not in place or "Name" not in place:
        raise ServiceError("InvalidParameterException", "S3Object must have Bucket and Name")
    try:
        return objects.read(place["Bucket"], place["Name"], LARGEST_OBJECT, place.get("Version"))
    except ObjectTooLarge as error:
        raise _too_large(LARGEST_OBJECT) from error
    except ObjectUnavailable as error:
        LOG.info("object of bucket %s cannot be read: %s", place["Bucket"], error)
        raise invalid_object() from error


def invalid_object() -> ServiceError:
    """The refusal of an object that is not there or cannot be read, in Rekognition's words."""
    return ServiceError(
        "InvalidS3ObjectException",
        "Unable to get object metadata from S3. Check object key, region and/or access "
        "permissions.",
    )


def _too_large(limit: int) -> ServiceError:
    return ServiceError("ImageTooLargeException", f"The image has more than {limit} bytes")
