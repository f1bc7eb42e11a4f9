"""Makes the pictures of `test_known_faces.py`: python make_faces.py SAMPLES DIRECTORY.

Run by the analysis server's interpreter, since the tests' own has no imaging library.
"""

import sys
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps


def main(samples: Path, directory: Path) -> None:
    for name in ("astronaut", "grace-hopper"):
        portrait = Image.open(samples / f"{name}.jpg").convert("RGB")
        portrait.save(directory / f"{name}.png")
        width, height = portrait.size
        around_face = (int(width * 0.2), 0, int(width * 0.8), int(height * 0.7))
        portrait.crop(around_face).save(directory / f"{name}_cut.png")
        mirrored = ImageOps.mirror(portrait).rotate(15, fillcolor="gray")
        mirrored.save(directory / f"{name}_mirrored.png")
        dark = ImageEnhance.Brightness(portrait).enhance(0.6)
        dark.resize((width // 2, height // 2)).save(directory / f"{name}_dark.jpg", quality=50)

    both = Image.new("RGB", (1_200, 600), "lightgray")
    both.paste(Image.open(samples / "astronaut.jpg").resize((500, 500)), (20, 50))
    both.paste(Image.open(samples / "grace-hopper.jpg").resize((500, 587)), (680, 5))
    both.save(directory / "both.png")

    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(directory / "empty.png")
    Image.new("1", (10_000, 10_000)).save(directory / "hundred-megapixels.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
