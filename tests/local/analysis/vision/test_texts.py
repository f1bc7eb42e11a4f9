import numpy as np
import pytest

from analysis.pictures import Picture
from analysis.vision.texts import _on_page


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
