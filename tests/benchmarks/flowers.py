"""What the weights of `vision/flowers.py` are made of, and how well they tell flowers.

`.mie/analysis/bin/python tests/benchmarks/flowers.py` fetches the packages of Debian that have the
pictures of `labelled_pictures.txt` and `labelled_stamps.txt` (with apt-get, into .mie/photographs;
540 MB), takes the tagger's features of each, and fits a logistic regression to them. With `--write`
it writes `vision/flower_weights.py`. It takes five minutes.

How much the weights are held back is chosen by ten-fold cross-validation among these pictures; how
sure a flower is, and the figures that are printed, come of leaving each picture out in turn. The
pictures of PyPI's packages have no part in any of it.
"""

import base64
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "source" / "local")]

from tests.benchmarks.label_confidence import (  # noqa: E402 -- a script finds it by the path above
    LIST,
    debian_pictures,
    labelled,
    logistic,
    truth,
    unpacked,
)

STAMPS = Path(__file__).with_name("labelled_stamps.txt")
TABLE = ROOT / "source" / "local" / "analysis" / "vision" / "flower_weights.py"
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)
FOLDS = 10
LEAST = 0.55


@dataclass(frozen=True)
class Regression:
    """bias, weights: of the probability of a flower, for features of length 1.

    sure: how sure a flower is of each picture when it is left out.
    """

    strength: float
    bias: float
    weights: Any
    sure: Any


def main(options: Sequence[str]) -> None:
    names, features, right = examples()
    regression = fit(features, right)
    print(f"strength {regression.strength}")
    stamps = np.array([name.startswith("tuxpaint/") for name in names])
    for title, those in (("all", stamps | True), ("photographs", ~stamps), ("stamps", stamps)):
        print(f"{title}: {figures(regression.sure[those], right[those])}")
    for name, sure, flower in sorted(zip(names, regression.sure, right, strict=True)):
        if flower or sure >= LEAST:
            print(f"  {name}: {'a flower' if flower else 'none'}, {sure:.0%}")
    if "--write" in options:
        TABLE.write_text(table(regression.bias, regression.weights))


def examples() -> tuple[list[str], Any, Any]:
    """Names, features of length 1, and 1 for a flower or 0, of all labelled pictures of Debian."""
    from analysis.models import Models
    from analysis.vision.tags import _fit

    models, true = Models(ROOT / ".mie" / "models"), truth(LIST) | truth(STAMPS)
    features = {}
    for name, picture in labelled(chain(debian_pictures(), stamps()), true):
        seen = models.run("tagger", _fit(picture.pixels))["features"][0]
        features[name] = seen / np.linalg.norm(seen)
    names = sorted(features)
    right = np.array(["Flower" in true[name] for name in names], float)
    return names, np.array([features[name] for name in names], float), right


def stamps() -> Iterator[tuple[str, Image.Image]]:
    folder = unpacked("tuxpaint-stamps-default") / "usr" / "share" / "tuxpaint" / "stamps"
    for path in sorted(folder.rglob("*.png")):
        yield f"tuxpaint/{path.relative_to(folder).with_suffix('')}", Image.open(path)


def fit(features: Any, right: Any) -> Regression:
    # turned so that there are no more numbers than pictures: the same regression, and much faster
    middle = features.mean(0)
    turned, sizes, axes = np.linalg.svd(features - middle, full_matrices=False)
    seen = np.column_stack([np.ones(len(right)), turned * sizes])
    folds = np.arange(len(right)) % FOLDS
    strength = min(STRENGTHS, key=lambda one: loss(left_out(seen, right, one, folds), right))
    said = left_out(seen, right, strength, np.arange(len(right)))
    offset, slope = calibration(said, right)
    first, *others = logistic(seen, right, held_back(seen, strength))
    weights = slope * (np.array(others) @ axes)
    bias = float(offset + slope * first - middle @ weights)
    return Regression(strength, bias, weights, probability(offset + slope * said))


def left_out(seen: Any, right: Any, strength: float, folds: Any) -> Any:
    """What is said of each picture by a regression that was fitted without its fold, as a logit."""
    said = np.zeros(len(right))
    for fold in np.unique(folds):
        kept = folds != fold
        weights = logistic(seen[kept], right[kept], held_back(seen, strength))
        said[~kept] = seen[~kept] @ weights
    return said


def held_back(seen: Any, strength: float) -> Any:
    """The strength for each weight; the constant is free, but for what keeps it finite."""
    return np.array([1e-6, *[strength] * (seen.shape[1] - 1)])


def calibration(said: Any, right: Any) -> tuple[float, float]:
    """Offset and slope that make probabilities of the logits that are said."""
    offset, slope = logistic(np.column_stack([np.ones(len(said)), said]), right, np.full(2, 1e-3))
    return float(offset), float(slope)


def loss(said: Any, right: Any) -> float:
    """The sum of the logarithmic losses, once calibrated."""
    offset, slope = calibration(said, right)
    return float(np.logaddexp(0, (1 - 2 * right) * (offset + slope * said)).sum())


def probability(logits: Any) -> Any:
    return 1 / (1 + np.exp(-logits))


def figures(sure: Any, right: Any) -> str:
    flowers, told = right > 0, sure >= LEAST
    return (
        f"of {flowers.sum()} flowers {(flowers & told).sum()} told with {LEAST:.0%} or more, "
        f"{(flowers & ~told).sum()} missed; of {(~flowers).sum()} others {(~flowers & told).sum()} "
        f"told falsely"
    )


def table(bias: float, weights: Any) -> str:
    """The text of `vision/flower_weights.py`: each weight is rounded to one byte."""
    scale = float(np.abs(weights).max()) / 127
    packed = base64.b64encode(np.round(weights / scale).astype(np.int8).tobytes()).decode()
    rows = "\n".join(f'    "{row}"' for row in textwrap.wrap(packed, 90))
    return (
        '"""How much each of the tagger\'s 1,280 features speaks for a flower: `vision/flowers.py`.'
        '\n\nWritten by `tests/benchmarks/flowers.py --write`.\n"""\n\n'
        f"BIAS = {bias:.3f}\nSCALE = {scale:.5f}\n"
        "# whole numbers of -127 to 127, of which SCALE makes the weights\n"
        f"WEIGHTS = (\n{rows}\n)\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
