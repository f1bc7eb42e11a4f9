"""The video of a job: fetched from S3 into a file of its own, and looked at frame by frame."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.faults import ServiceError
from analysis.image_source import invalid_object
from analysis.jobs import JobFailed
from analysis.media import MediaFacts, MediaRefused, frames, probe
from analysis.media.facts import LONGEST_SECONDS
from analysis.objects import Objects, ObjectTooLarge, ObjectUnavailable
from analysis.rekognition import limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analysis.pictures import Picture

LOG = logging.getLogger(__name__)

_TOO_LARGE = (
    "The file size or duration of the supplied media is too large. The maximum file size is 10GB. "
    "The maximum duration is 6 hours."
)
# all that the service says of a file that it does not read
_UNSUPPORTED = "Unsupported codec/format."
# pictures are compared in cells of this many pixels a side; noise of the encoding changes a cell's
# mean by less than this, of 255
_CELL, _LEAST_CHANGE = 8, 4.0


@dataclass(frozen=True)
class Video:
    """A video file and what it is; `go_on` is called now and then, and raises to end the work.

    advance: as go_on, with the share of the video that was looked at.
    """

    path: Path
    facts: MediaFacts
    go_on: Callable[[], None]
    advance: Callable[[float], None] | None = None

    def frames(
        self, every_ms: int, between: tuple[int, int] | None = None
    ) -> "Iterator[tuple[int, Picture]]":
        """Frames at an interval with their times, both in milliseconds."""
        span = between or (0, LONGEST_SECONDS * 1_000)
        length = self.facts.duration_ms
        for time, picture in frames(self.path, every_ms, facts=self.facts, between=span):
            # a part of the video is no measure of the work
            if self.advance and length and between is None:
                self.advance(time / length)
            else:
                self.go_on()
            yield time, picture


class Memory:
    """The look of the last picture that was new, so that the same one is not looked at twice."""

    def __init__(self) -> None:
        self._seen: NDArray[np.float32] | None = None

    def is_new(self, picture: "Picture") -> bool:
        """Whether a picture, of the same size as all before, differs from the last new one."""
        cells = _cells(picture)
        if self._seen is not None and float(abs(cells - self._seen).max()) < _LEAST_CHANGE:
            return False
        # what changes slowly is new once the changes have added up
        self._seen = cells
        return True


def check_source(objects: Objects, video: Mapping[str, Any]) -> None:
    """Refuse a Video parameter before a job begins.

    Raises ServiceError: InvalidParameterException, InvalidS3ObjectException,
    VideoTooLargeException.
    """
    place = video.get("S3Object", {})
    if "Bucket" not in place or "Name" not in place:
        text = "Video must have an S3Object with Bucket and Name"
        raise ServiceError("InvalidParameterException", text)
    try:
        size = objects.size(place["Bucket"], place["Name"], place.get("Version"))
    except ObjectUnavailable as error:
        raise invalid_object() from error
    if size > limits.LARGEST_VIDEO:
        raise ServiceError("VideoTooLargeException", _TOO_LARGE)


@contextmanager
def fetched(
    objects: Objects,
    video: Mapping[str, Any],
    folder: Path,
    go_on: Callable[[], None],
    *,
    listens: bool,
    advance: Callable[[float], None] | None = None,
) -> Iterator[Video]:
    """The video of a request, in a file below `folder` that is gone when the `with` is left.

    listens: whether the job takes in the sound as well, so that its codec counts.
    Raises JobFailed with words for the user, for whatever is wrong with the object or the file,
    also from inside the `with`.
    """
    place = video["S3Object"]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        path = Path(own) / "video"
        try:
            objects.download(
                place["Bucket"], place["Name"], path, limits.LARGEST_VIDEO, place.get("Version")
            )
            facts = probe(path)
            _check(facts, listens=listens)
            yield Video(path, facts, go_on, advance)
        except ObjectTooLarge as error:
            raise JobFailed(_TOO_LARGE) from error
        except (ObjectUnavailable, MediaRefused) as error:
            raise JobFailed(str(error)) from error


def _check(facts: MediaFacts, *, listens: bool) -> None:
    if not facts.has_video:
        raise MediaRefused("The file has no video track")
    codecs = [track.codec for track in facts.audio_tracks if listens]
    LOG.info("a video of %s, %s with %s", facts.format, facts.codec, codecs)
    if facts.format not in limits.VIDEO_FORMATS or facts.codec not in limits.VIDEO_CODECS:
        raise MediaRefused(_UNSUPPORTED)
    if any(codec not in limits.AUDIO_CODECS for codec in codecs):
        raise MediaRefused(_UNSUPPORTED)


def video_metadata(facts: MediaFacts) -> dict[str, Any]:
    """A VideoMetadata structure; what the file does not say is left out."""
    return {
        "Codec": facts.codec,
        "Format": facts.format,
        "FrameRate": float(facts.frame_rate or 0),
        "FrameHeight": facts.height,
        "FrameWidth": facts.width,
        **({} if facts.duration_ms is None else {"DurationMillis": facts.duration_ms}),
        **({} if facts.color_range is None else {"ColorRange": facts.color_range}),
    }


def audio_metadata(facts: MediaFacts) -> list[dict[str, Any]]:
    """AudioMetadata structures; the file does not say how long each track is."""
    return [
        {
            "Codec": track.codec,
            "SampleRate": track.sample_rate,
            "NumberOfChannels": track.channels,
        }
        for track in facts.audio_tracks
    ]


def _cells(picture: "Picture") -> "NDArray[np.float32]":
    """Mean brightness of squares of pixels; what is left over at the edges does not count."""
    import numpy as np

    side = max(1, min(_CELL, picture.width, picture.height))
    rows, columns = picture.height // side, picture.width // side
    # green alone has most of the brightness, at a third of the cost
    green = picture.pixels[: rows * side, : columns * side, 1]
    cells = green.reshape(rows, side, columns, side).mean(axis=(1, 3), dtype=np.float32)
    return np.asarray(cells)
