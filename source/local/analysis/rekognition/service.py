"""Rekognition's row in the table of services: pictures and videos in, the models' findings out."""

from analysis.aws_json import Service
from analysis.context import Context
from analysis.rekognition import limits
from analysis.rekognition.collection_operations import collection_operations
from analysis.rekognition.face_collections import FaceCollections
from analysis.rekognition.pictures import picture_operations
from analysis.rekognition.sight import Sight
from analysis.rekognition.video import video_operations

# base64 makes four characters of three bytes, CompareFaces has two pictures, the rest is small
_BODY_LIMIT = 2 * limits.LARGEST_IMAGE * 4 // 3 + (64 << 10)


def rekognition(context: Context) -> Service:
    """The service; its functions may be called by several threads."""
    sight, collections = Sight(context), FaceCollections(context.state)
    return Service(
        "rekognition",
        {
            **picture_operations(context, sight, collections),
            **collection_operations(context, sight, collections),
            **video_operations(context),
        },
        body_limit=_BODY_LIMIT,
        # as a picture is refused whose request is small enough to be looked at
        too_large="ValidationException",
        too_large_message="1 validation error detected: a picture in a request must have length "
        f"less than or equal to {limits.LARGEST_IMAGE}",
    )
