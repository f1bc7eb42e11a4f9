"""The Image parameter of Rekognition's calls: bytes in the request or an object in S3."""

import logging
from collections.abc import Mapping
from typing import Any

from analysis.faults import ServiceError
from analysis.objects import Objects, ObjectTooLarge, ObjectUnavailable
from analysis.rekognition import limits

LOG = logging.getLogger(__name__)


def read_image(objects: Objects, image: Mapping[str, Any]) -> bytes:
    """The bytes that an Image structure names; the model bounds those in a request.

    Raises ServiceError: InvalidParameterException when it names none or two places,
    ImageTooLargeException, InvalidS3ObjectException.
    """
    if ("Bytes" in image) == ("S3Object" in image):
        raise ServiceError("InvalidParameterException", "Image must have either Bytes or S3Object")
    if "Bytes" not in image:
        return _read_object(objects, image["S3Object"])
    data: bytes = image["Bytes"]
    return data


def _read_object(objects: Objects, place: Mapping[str, Any]) -> bytes:
    if "Bucket" not in place or "Name" not in place:
        raise ServiceError("InvalidParameterException", "S3Object must have Bucket and Name")
    most = limits.LARGEST_IMAGE_OBJECT
    try:
        return objects.read(place["Bucket"], place["Name"], most, place.get("Version"))
    except ObjectTooLarge as error:
        text = f"The image has more than {most} bytes"
        raise ServiceError("ImageTooLargeException", text) from error
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
