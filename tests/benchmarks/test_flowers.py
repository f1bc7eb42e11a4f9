"""The weights that tell flowers can be made again; the models have no part here."""

import base64
import runpy

import numpy as np
import pytest
from tests.benchmarks import flowers


def weights_of(path):
    made = runpy.run_path(str(path))
    return made["BIAS"], np.frombuffer(base64.b64decode(made["WEIGHTS"]), np.int8) * made["SCALE"]


@pytest.fixture(scope="module")
def pictures():
    """Thirty flowers among 120 pictures; one feature speaks for them."""
    random = np.random.default_rng(0)
    right = (np.arange(120) % 4 == 0).astype(float)
    features = random.normal(size=(120, 16))
    features[:, 3] += 3 * right
    return features / np.linalg.norm(features, axis=1, keepdims=True), right


def test_the_table_tells_the_flowers_that_it_was_made_of(pictures, tmp_path):
    features, right = pictures
    made = flowers.fit(features, right)
    (tmp_path / "table.py").write_text(flowers.table(made.bias, made.weights))
    bias, weights = weights_of(tmp_path / "table.py")
    assert weights == pytest.approx(made.weights, abs=np.abs(made.weights).max() / 200)
    told = flowers.probability(bias + features @ weights) >= flowers.LEAST
    assert np.mean(told == (right > 0)) > 0.9


def test_how_sure_a_flower_is_comes_of_pictures_that_were_left_out(pictures):
    features, _ = pictures
    of_chance = (np.random.default_rng(1).random(len(features)) < 0.25).astype(float)
    sure = flowers.fit(features, of_chance).sure
    assert np.abs(sure - of_chance.mean()).max() < 0.3


def test_the_figures_count_flowers_and_others():
    sure, right = np.array([0.9, 0.55, 0.54, 0.6, 0.1]), np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    assert flowers.figures(sure, right) == (
        "of 3 flowers 2 told with 55% or more, 1 missed; of 2 others 1 told falsely"
    )


def test_the_table_in_the_tree_is_as_it_is_written():
    bias, weights = weights_of(flowers.TABLE)
    assert len(weights) == 1_280
    assert flowers.table(bias, weights) == flowers.TABLE.read_text()


def test_the_stamps_are_labelled_once_with_flower_or_nothing():
    lines = flowers.STAMPS.read_text().splitlines()
    assert len(lines) == len({line.partition(":")[0] for line in lines})
    assert {line.partition(":")[2] for line in lines} == {"", " Flower"}
