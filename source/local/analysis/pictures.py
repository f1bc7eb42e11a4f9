"""From the bytes of a JPEG or PNG file to upright RGB pixels, within bounds."""

import io
import struct
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import ExifTags, Image

from analysis.faults import ServiceError
from analysis.rekognition import limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

# a small file can say that it has any number of pixels: 64 million take 200 MB of memory
LARGEST_AREA = 64_000_000
# models look at far smaller pictures; more pixels would cost time and find nothing more
WORKING_SIDE = 2_560
_FORMATS = ("JPEG", "PNG")
# an orientation in the notes of a JPEG -> what makes it upright
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """Upright pixels, rows by columns by red, green, blue, each 0 to 255."""

    pixels: "NDArray[np.uint8]"

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def decode(data: bytes) -> Picture:
    """Decode a picture file; a larger one than WORKING_SIDE is scaled down to it.

    Raises ServiceError: InvalidImageFormatException for what is no whole JPEG or PNG,
    ImageTooLargeException for more pixels than Rekognition or LARGEST_AREA allow,
    InvalidParameterException for fewer than it allows.
    """
    try:
        image = _turn(_open(data))
    except Image.DecompressionBombError as error:
        raise _too_large("it has too many pixels") from error
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        # Pillow's words for an unknown format, a file that ends early, or a damaged one
        raise ServiceError(
            "InvalidImageFormatException", "Request has invalid image format"
        ) from error
    return Picture(np.asarray(_shrink(_flatten(image))))


def _open(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # our own bound is checked next, before any pixel is decoded
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    _check_size(image.size)
    # a JPEG can be decoded at a fraction of its size, at a fraction of the cost
    image.draft(None, (WORKING_SIDE, WORKING_SIDE))
    image.load()
    return image


def _check_size(size: tuple[int, int]) -> None:
    if max(size) > limits.LONGEST_SIDE:
        raise ServiceError(
            "ImageTooLargeException",
            f"Input image dimensions {size[0]} x {size[1]} exceed maximum dimension size of "
            f"{limits.LONGEST_SIDE} pixels",
        )
    if min(size) < limits.SHORTEST_SIDE:
        # all that the service says of it
        raise ServiceError("InvalidParameterException", "Request has invalid parameters")
    if size[0] * size[1] > LARGEST_AREA:
        text = f"it has {size[0] * size[1]} pixels, at most {LARGEST_AREA} are allowed here"
        raise _too_large(text)


def _turn(image: Image.Image) -> Image.Image:
    # as the service does: a JPEG's orientation is applied, a PNG is taken as it stands
    if image.format != "JPEG":
        return image
    # Pillow's own way writes the other notes again, which breaks on damaged ones
    orientation = image.getexif().get(ExifTags.Base.Orientation)
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _flatten(image: Image.Image) -> Image.Image:
    """RGB whatever the file has; what is transparent is seen on white, as on a page."""
    if image.mode.startswith("I"):
        # 16-bit grey, which Pillow's own conversion cuts off at 255
        grey = np.asarray(image).clip(0, 65_535) // 257
        return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        page = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(page, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _shrink(image: Image.Image) -> Image.Image:
    if max(image.size) <= WORKING_SIDE:
        return image
    scale = WORKING_SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BOX)


def _too_large(reason: str) -> ServiceError:
    return ServiceError("ImageTooLargeException", f"The image is too large: {reason}")
