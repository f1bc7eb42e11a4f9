"""Pictures as the operations see them: read, decoded, and only a few at a time."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from analysis.context import Context
from analysis.image_source import read_image
from analysis.rekognition.geometry import Frame

if TYPE_CHECKING:
    from analysis.pictures import Picture

# a decoded picture takes up to 200 MB
_AT_ONCE = 2


class Sight:
    """Opens the pictures of requests; several threads may use it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def picture(self, image: Mapping[str, Any]) -> "Iterator[tuple[Picture, Frame]]":
        """The picture that an Image structure names, and its size.

        Raises ServiceError for one that cannot be read, and when vision is not installed.
        """
        data = read_image(self._context.objects, image)
        self._context.models.require_packages("vision")
        from analysis.pictures import decode

        with self._turns:
            picture = decode(data)
            yield picture, Frame(picture.width, picture.height)
