"""Reports in a real browser, opened from the file system without a network."""

import io
import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from tests.local.report import samples

from findings.model import Box, Finding, Sight
from report.media import Media
from report.page import page

pytestmark = pytest.mark.browser

# the names that are in sight
PLATES = """() => [...document.querySelectorAll('.box:not(.crowded) .plate')].map(plate => {
  const {left, top, right, bottom} = plate.getBoundingClientRect();
  return [left, top, right, bottom];
})"""


@pytest.mark.parametrize("kind", ["picture", "video", "sound", "text"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it_and_it_asks_for_nothing(opened, reports, kind, scheme):
    report = opened(reports[kind], color_scheme=scheme)
    report.tab.wait_for_load_state()
    wrong = Axe().run(report.tab).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in wrong] == []
    assert report.complaints == []
    assert [one for one in report.requests if not one.startswith("data:")] == [report.tab.url]


def test_light_and_dark_follow_the_system(opened, reports):
    grounds = {
        scheme: opened(reports["picture"], color_scheme=scheme).tab.evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert grounds == {"light": "rgb(251, 250, 247)", "dark": "rgb(19, 20, 22)"}


@pytest.mark.parametrize("kind", ["picture", "video", "sound", "text"])
def test_a_telephone_shows_it_without_scrolling_sideways(opened, reports, kind):
    report = opened(reports[kind], viewport={"width": 340, "height": 700})
    assert report.tab.evaluate("document.documentElement.scrollWidth") == 340


def test_a_screen_reader_hears_what_there_is(opened, reports):
    told = opened(reports["video"]).tab.locator("body").aria_snapshot()
    for part in (
        'heading "holiday.mp4" [level=1]',
        "- main:",
        "- search:",
        'heading "Timeline" [level=2]',
        'link "Tree, 0:02–0:05"',
        'heading "Who 1" [level=2]',
        'heading "Not examined" [level=2]',
        'link "Frame at 0:05"',
    ):
        assert part in told


def test_boxes_lie_where_things_were_seen(opened, reports):
    tab = opened(reports["picture"]).tab
    tab.wait_for_selector(".fitted")
    shown = tab.locator(".frame img").bounding_box()
    box = tab.locator(".face .outline").bounding_box()
    assert (box["x"] - shown["x"]) / shown["width"] == pytest.approx(0.33, abs=0.01)
    assert (box["y"] - shown["y"]) / shown["height"] == pytest.approx(0.13, abs=0.01)
    assert box["width"] / shown["width"] == pytest.approx(0.22, abs=0.01)


def test_a_picture_that_lies_on_its_side_is_turned_upright_with_its_boxes(opened):
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 200), "teal").save(file, "JPEG", exif=exif)
    tab = opened(page(samples.picture(), Media("image/jpeg", file.getvalue()))).tab
    tab.wait_for_selector(".fitted")
    shown, boxes = (tab.locator(f".frame > {one}").bounding_box() for one in ("img", ".boxes"))
    assert shown["height"] == pytest.approx(2 * shown["width"], rel=0.01)
    assert boxes == pytest.approx(shown)


def test_a_finding_and_its_box_show_each_other(opened, reports):
    tab = opened(reports["picture"]).tab
    tab.get_by_role("link", name="Flag", exact=True).hover()
    assert tab.locator(".box.active").get_attribute("aria-label") == "Flag, 75 %"
    tab.locator(".box.face").focus()
    assert tab.locator("li.active .name a").inner_text() == "Face"
    tab.keyboard.press("ArrowRight")
    assert tab.locator("li.active .name a").inner_text() == "Person"


def test_names_of_boxes_do_not_cover_each_other(opened):
    crowd = tuple(
        Finding("label", f"Person {place}", sights=(Sight(Box(0.3 + place / 200, 0.3, 0.3, 0.3)),))
        for place in range(30)
    )
    tab = opened(page(samples.picture(what=crowd, shown=()), samples.astronaut())).tab
    tab.wait_for_selector(".crowded", state="attached")
    plates = tab.evaluate(PLATES)
    assert len(plates) > 5
    for place, (left, top, right, bottom) in enumerate(plates):
        for other in plates[:place]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart


def test_without_scripts_everything_is_there_and_boxes_can_be_hidden(opened, reports):
    picture = opened(reports["picture"], java_script_enabled=False).tab
    assert picture.locator(".box.text").count() == 2
    picture.get_by_label("Text 2").uncheck()
    assert not picture.locator(".box.text").first.is_visible()
    video = opened(reports["video"], java_script_enabled=False).tab
    told = video.locator("main").inner_text()
    for part in ("Face", "2 × Tree", "0:02–0:05", "weather", "rough translation", "97 %"):
        assert part in told


def test_a_slash_leads_to_the_search_which_leaves_what_fits(film):
    tab = film.tab
    tab.keyboard.press("/")
    tab.keyboard.type("river is")
    assert tab.locator("#outcome").inner_text() == "0 findings, 1 place in what is said"
    assert tab.locator(".hit").all_inner_texts() == ["river", "is"]
    assert tab.locator("h2:visible").all_inner_texts() == [
        "Timeline", "Key frames", "Said English", "Translation Spanish", "Not examined",
        "About the file",
    ]  # fmt: skip
    tab.locator("#search").fill("lisbon")
    assert tab.locator(".findings > li:visible .name a").all_inner_texts() == ["Lisbon", "Lisbon"]
    assert tab.locator("#outcome").inner_text() == "2 findings, 0 places in what is said"
    tab.keyboard.press("Escape")
    assert tab.locator("#outcome").inner_text() == ""
    assert tab.locator(".findings > li:visible").count() == 9


def test_names_of_strangers_are_text(opened):
    found = samples.video(
        medium=samples.medium_named(samples.HOSTILE[0]),
        what=tuple(
            Finding("label", name, (name,), 50, spans=samples.SPANS) for name in samples.HOSTILE
        ),
        transcript=samples.spoken(samples.HOSTILE),
    )
    report = opened(page(found, None))
    names = report.tab.locator(".found .name bdi").all_inner_texts()
    assert names[1:6] == [*samples.HOSTILE[:5]]
    assert report.complaints == []
    assert report.tab.evaluate("document.documentElement.scrollWidth") == 1280
    assert report.tab.title().startswith(samples.HOSTILE[0])


def test_names_of_strangers_are_text_over_a_video_too(opened, clip):
    sights = (Sight(Box(0.1, 0.1, 0.2, 0.2), 0),)
    named = tuple(
        Finding("label", one, spans=samples.SPANS, sights=sights) for one in samples.HOSTILE
    )
    report = opened(page(samples.video(what=named), samples.film(clip)))
    report.tab.wait_for_selector(".moving .label", state="attached")
    drawn = report.tab.locator(".moving .label text").all_text_contents()
    assert drawn[0] == samples.HOSTILE[0]
    assert report.complaints == []


def test_a_medium_that_is_too_large_lies_beside_the_page(opened, clip, tmp_path):
    (tmp_path / "holiday & more.mp4").write_bytes(clip)
    report = opened(page(samples.video(), Media("video/mp4", beside="holiday & more.mp4")))
    report.wait_until("document.querySelector('#player').readyState >= 1")
    assert report.complaints == []
    assert {one.partition(":")[0] for one in report.requests} == {"file"}


def test_a_text_is_searched_in_its_own_words(opened, reports):
    tab = opened(reports["text"]).tab
    tab.locator("#search").fill("quiet")
    assert tab.locator("#outcome").inner_text() == "0 findings, 1 place in what is written"


def test_paper_shows_what_is_folded_on_a_screen(opened, reports):
    many = tuple(Finding("label", f"Thing {place}", (), 90) for place in range(60))
    tab = opened(page(samples.picture(what=many), samples.astronaut())).tab
    assert not tab.get_by_text("Thing 59").is_visible()
    tab.emulate_media(media="print")
    assert tab.get_by_text("Thing 59").is_visible()
    assert not tab.locator("#search").is_visible()
    assert not tab.locator(".choices").is_visible()


def test_much_of_everything_still_opens(opened, clip):
    """10,000 labels and three hours of words; tests/benchmarks/report_pages.py says how fast."""
    report = opened(page(samples.much(), samples.film(clip)))
    report.tab.locator("#search").fill("label 9999")
    assert report.tab.locator(".findings > li:visible .name a").all_inner_texts() == ["Label 9999"]
    assert report.complaints == []
    things = json.loads(report.tab.locator("#sights").text_content())
    assert len(things) == 1
