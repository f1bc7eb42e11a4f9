from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from analysis.pictures import Picture
from analysis.vision.texts import _on_page, read_lines

CORNERS = ((0, 0), (9, 0), (9, 9), (0, 9))


class Reader:
    """Stands in for the package: reads one line, whatever it is shown."""

    def __init__(self, text, score):
        self.result = SimpleNamespace(
            boxes=[CORNERS], txts=[text], scores=[score], word_results=[((text, score, CORNERS),)]
        )

    def _load_det_model(self):
        return SimpleNamespace(limit_type="min", limit_side_len=736)

    def __call__(self, pixels, return_word_box):
        return self.result


def read(text, score):
    @contextmanager
    def reader():
        yield Reader(text, score)

    models = SimpleNamespace(text_reader=reader)
    return [line.whole.text for line in read_lines(models, Picture(np.zeros((60, 80, 3), "u1")))]


@pytest.mark.parametrize(
    ("text", "score"), [("0", 0.94), ("MA", 0.81), (" MA ", 0.81), ("--", 1.0), ("", 1.0)]
)
def test_what_is_hardly_text_is_left_out(text, score):
    assert read(text, score) == []


@pytest.mark.parametrize(("text", "score"), [("8", 0.96), ("32", 0.97), ("Exit", 0.6)])
def test_what_is_text_is_kept(text, score):
    assert read(text, score) == [text]


@pytest.mark.parametrize(("width", "height"), [(1, 2_560), (2_560, 1), (3, 200), (1, 1), (800, 20)])
def test_a_strip_is_laid_on_a_page_so_that_it_is_not_enlarged_without_bounds(width, height):
    strip = Picture(np.full((height, width, 3), 200, np.uint8))
    page = _on_page(strip)
    assert max(page.width, page.height) <= 4 * min(page.width, page.height)
    assert max(page.width, page.height) == max(width, height)
    assert (page.pixels == 200).all()


def test_a_picture_of_usual_proportions_is_its_own_page():
    picture = Picture(np.zeros((600, 800, 3), np.uint8))
    assert _on_page(picture) is picture
