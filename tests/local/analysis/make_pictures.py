"""Makes the pictures of `test_findings.py`: python make_pictures.py SAMPLES DIRECTORY.

Run by the analysis server's interpreter, since the tests' own has no imaging library.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# EXIF: the picture must be turned by 90 degrees clockwise to stand upright
ORIENTATION, TURN_RIGHT = 0x0112, 6


def main(samples: Path, directory: Path) -> None:
    portrait = Image.open(samples / "astronaut.jpg").convert("RGB")
    portrait.convert("L").save(directory / "grey.jpg", quality=95)
    portrait.convert("CMYK").save(directory / "cmyk.jpg", quality=95)
    portrait.convert("I;16").point(lambda value: value * 257).save(directory / "grey16.png")
    portrait.resize((3_072, 3_072)).save(directory / "large.jpg", quality=90)
    portrait.rotate(-25, Image.Resampling.BICUBIC, fillcolor="gray").save(directory / "lean.png")
    portrait.save(directory / "picture.gif")
    portrait.resize((256, 256)).save(directory / "small.png")
    # through the cheek
    portrait.crop((0, 0, 260, 512)).save(directory / "cut.png")

    on_side = portrait.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[ORIENTATION] = TURN_RIGHT
    on_side.save(directory / "turned.jpg", exif=exif, quality=95)

    see_through = portrait.convert("RGBA")
    # the lower half, below the face, is not there
    see_through.paste((0, 0, 0, 0), (0, 256, 512, 512))
    see_through.save(directory / "see-through.png")

    hall = Image.new("RGB", (1_600, 1_200), "lightgray")
    hall.paste(portrait.resize((300, 300)), (100, 800))
    hall.paste(Image.open(samples / "grace-hopper.jpg").resize((300, 352)), (1_200, 100))
    hall.save(directory / "two-people.png")

    page = Image.new("RGB", (900, 300), "white")
    draw = ImageDraw.Draw(page)
    draw.text((40, 40), "Media Insights 2019", "black", ImageFont.load_default(size=56))
    draw.text((40, 180), "Exit only", "darkred", ImageFont.load_default(size=56))
    page.save(directory / "page.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
