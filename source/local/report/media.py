"""What the report shows beside what it says: the medium itself, and frames of it."""

from dataclasses import dataclass

# Browsers play longer data, but a page of this size still opens at once and can be sent to people.
LARGEST_EMBEDDED = 32 * 1024 * 1024


@dataclass(frozen=True)
class KeyFrame:
    """A frame of a video; at: milliseconds from the beginning."""

    at: int
    picture: bytes
    content_type: str


@dataclass(frozen=True)
class Media:
    """What a browser shows or plays: the original, or the proxy where it cannot play that.

    content: the bytes, which become part of the page. beside: the path of a file relative to the
    page, with slashes, for what is too large for that (LARGEST_EMBEDDED). One of the two is given.
    content_type: such as image/jpeg, video/mp4 or audio/wav.
    """

    content_type: str
    content: bytes = b""
    beside: str = ""
    key_frames: tuple[KeyFrame, ...] = ()
