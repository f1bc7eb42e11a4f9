import contextlib
import io
import random

import numpy as np
import pytest
from PIL import Image, ImageOps

from analysis.faults import ServiceError
from analysis.pictures import decode


def corner_picture():
    """A red corner on grey, so that every way of turning it looks different."""
    pixels = np.full((96, 128, 3), 128, np.uint8)
    pixels[:32, :64] = (255, 0, 0)
    return Image.fromarray(pixels)


def jpeg(image, orientation=1):
    exif = Image.Exif()
    exif.update({0x0112: orientation, 0x010E: "a note"})
    exif.get_ifd(0x8769)[0x9000] = b"0231"
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_as_its_notes_say(orientation):
    data = jpeg(corner_picture(), orientation)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert (decode(data).pixels == np.asarray(upright)).all()


@pytest.mark.parametrize(
    ("size", "code", "text"),
    [
        ((79, 80), "InvalidParameterException", "Request has invalid parameters"),
        ((80, 79), "InvalidParameterException", "Request has invalid parameters"),
        (
            (10_001, 80),
            "ImageTooLargeException",
            "Input image dimensions 10001 x 80 exceed maximum dimension size of 10000 pixels",
        ),
        ((9_000, 9_000), "ImageTooLargeException", "81000000 pixels"),
    ],
)
def test_a_picture_of_another_size_than_the_service_takes_is_refused(size, code, text):
    with pytest.raises(ServiceError) as refused:
        decode(jpeg(Image.new("L", size)))
    assert refused.value.code == code
    assert text in refused.value.message


@pytest.mark.parametrize("size", [(80, 80), (10_000, 80)])
def test_a_picture_of_the_smallest_and_the_largest_side_is_taken(size):
    assert decode(jpeg(Image.new("RGB", size))).width in (80, 2_560)


@pytest.mark.filterwarnings("ignore")
def test_a_picture_with_damaged_bytes_is_decoded_or_refused():
    data = jpeg(corner_picture(), orientation=6)
    chance = random.Random(1)  # noqa: S311
    for _ in range(1_500):
        damaged = bytearray(data)
        for _ in range(chance.choice((1, 2, 5, 20))):
            damaged[chance.randrange(min(len(data), 200))] = chance.randrange(256)
        with contextlib.suppress(ServiceError):
            decode(bytes(damaged))
