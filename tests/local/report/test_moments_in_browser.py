"""What leads to a moment of a film or a sound, and what shows the one that it is at."""

import pytest
from tests.local.report import samples

from findings.model import Caption, CaptionTrack
from report.page import page

pytestmark = pytest.mark.browser

AT = "document.querySelector('#player').currentTime"


def at(report) -> float:
    return report.tab.evaluate(AT)


@pytest.mark.parametrize(
    ("selector", "moment"),
    [
        ('#timeline a[aria-label="Tree, 0:08"]', 8.0),
        ("#transcript p > span > span:nth-child(6)", 2.0),
        (".frames li:nth-child(2) a", 5.0),
        ('.findings .times a:text("0:06–0:09")', 6.0),
        ('.findings .name bdi:text-is("2 × Tree")', 2.0),
        (".captions details[open] li a", 0.0),
        ('#timeline a[aria-label^="Shot 2"]', 5.0),
    ],
)
def test_a_click_goes_to_the_moment(film, selector, moment):
    film.tab.evaluate("document.querySelector('#player').currentTime = 9.5")
    film.tab.locator(selector).first.click()
    assert at(film) == pytest.approx(moment, abs=0.01)
    assert film.complaints == []


def test_a_click_beside_the_bars_goes_to_where_it_is(film):
    axis = film.tab.locator(".axis")
    axis.click(position={"x": axis.bounding_box()["width"] * 0.75, "y": 10})
    assert at(film) == pytest.approx(7.5, abs=0.1)


def test_sound_goes_to_the_moment_too(opened, reports):
    report = opened(reports["sound"])
    report.wait_until("document.querySelector('#player').readyState >= 1")
    report.tab.locator('#timeline a[aria-label^="Nobody"]').click()
    assert at(report) == pytest.approx(5.2, abs=0.01)


def test_a_browser_that_plays_no_data_address_gets_a_blob(film):
    film.tab.evaluate("document.querySelector('#player').dispatchEvent(new Event('error'))")
    film.wait_until("document.querySelector('#player').currentSrc.startsWith('blob:')")
    film.wait_until("document.querySelector('#player').readyState >= 1")
    film.tab.locator(".frames li:nth-child(2) a").click()
    assert at(film) == pytest.approx(5.0, abs=0.01)
    assert film.complaints == []


def test_a_link_to_a_moment_opens_there(chromium, opened, reports):
    report = opened(reports["video"])
    report.tab.goto(f"{report.tab.url}#t=6.5")
    report.tab.reload()
    report.wait_until("document.querySelector('#player').readyState >= 1")
    assert at(report) == pytest.approx(6.5, abs=0.01)


def test_the_keyboard_leads_along_the_timeline(film):
    tab = film.tab
    tab.locator('#timeline a[tabindex="0"]').focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#timeline-keys").bounding_box()["width"] > 100
    focused = "document.activeElement.getAttribute('aria-label')"
    assert tab.evaluate(focused) == "Tree, 0:02–0:05"
    tab.keyboard.press("Enter")
    assert at(film) == pytest.approx(2.0, abs=0.01)
    tab.keyboard.press("End")
    tab.keyboard.press("Space")
    assert at(film) == pytest.approx(8.0, abs=0.01)


def test_the_keyboard_zooms_around_what_is_chosen(film):
    tab = film.tab
    tab.locator('#timeline a[aria-label^="Shot 2"]').focus()
    tab.keyboard.press("+")
    bar, shown = (
        tab.locator(one).bounding_box() for one in ('#timeline a[aria-label^="Shot 2"]', ".scroll")
    )
    assert shown["x"] < bar["x"] < shown["x"] + shown["width"]
    before = tab.locator(".axis").bounding_box()["width"]
    tab.keyboard.press("0")
    assert tab.locator(".axis").bounding_box()["width"] < before


def test_the_tab_key_reaches_every_part_once(film):
    tab, reached = film.tab, []
    part = (
        "(part => part && (part.id || part.className))(document.activeElement.closest("
        "'#player, .scroll, .zoom, .choices, .frames, #transcript, #search, .findings, .captions'))"
    )
    # until the focus leaves the page
    while tab.keyboard.press("Tab") or tab.evaluate("document.activeElement !== document.body"):
        reached.append(tab.evaluate(part))
    parts = {"player", "choices", "zoom", "scroll", "frames", "search", "findings", "transcript"}
    assert {*parts, "captions"} <= set(reached)
    assert reached.count("scroll") == 1
    # itself, and the link to the moment of its only paragraph
    assert reached.count("transcript") == 2


def test_words_are_chosen_with_the_arrows(film):
    tab = film.tab
    tab.locator("#transcript").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        tab.keyboard.press(key)
    assert at(film) == pytest.approx(0.8, abs=0.01)
    assert tab.locator("#transcript [aria-current]").inner_text() == "and"


def test_the_current_word_and_caption_are_marked(film):
    film.tab.evaluate("document.querySelector('#player').currentTime = 1.3")
    film.wait_until(
        "document.querySelector('#transcript [aria-current]')?.textContent === 'welcome.'"
    )
    assert film.tab.locator(".captions li[aria-current] span").first.inner_text() == (
        "Good morning and welcome."
    )


def test_the_player_has_the_captions_of_every_language(film):
    tracks = film.tab.evaluate(
        "[...document.querySelector('#player').textTracks].map(one => [one.label, one.language])"
    )
    assert tracks == [["English", "en"], ["Spanish", "es"]]


def test_captions_of_strangers_are_text_in_the_player(opened, clip):
    said = (Caption(0, 900, "<b>1 < 2</b> & more"),)
    track = (CaptionTrack("en", said),)
    report = opened(page(samples.video(captions=track), samples.film(clip)))
    shown = (
        "(track => (track.mode = 'hidden', track.cues[0].getCueAsHTML().textContent))"
        "(document.querySelector('#player').textTracks[0])"
    )
    assert report.tab.evaluate(shown) == "<b>1 < 2</b> & more"


@pytest.mark.parametrize(
    ("moment", "left"), [(1.25, 0.1625), (3.0, 0.25), (5.0, None), (9.2, 0.55), (9.6, None)]
)
def test_boxes_move_between_neighbouring_sights_only(film, moment, left):
    film.tab.evaluate(
        f"new Promise(done => {{ const player = document.querySelector('#player');"
        f" player.onseeked = () => done(); player.currentTime = {moment}; }})"
    )
    found = film.tab.locator(".moving .face .outline").all()
    drawn = [float(one.get_attribute("x").rstrip("%")) / 100 for one in found]
    assert drawn == ([] if left is None else [pytest.approx(left, abs=0.001)])


def test_the_timeline_is_zoomed(film):
    wide = film.tab.locator(".wide")
    before = wide.bounding_box()["width"]
    film.tab.get_by_role("button", name="Zoom in").click()
    assert wide.bounding_box()["width"] == pytest.approx(2 * before, rel=0.1)
    film.tab.get_by_role("button", name="Show all of it").click()
    assert wide.bounding_box()["width"] == pytest.approx(before)
