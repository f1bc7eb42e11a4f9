import json
import re
from html.parser import HTMLParser

import pytest
from tests.local.report import samples

from findings.model import Box, Finding, Findings, Medium, Sight, Span, Transcript, Unexamined, Word
from report.media import KeyFrame, Media
from report.page import page

FILM = samples.film(b"not really a film")


class Read(HTMLParser):
    """The elements of a page, and the text that a person reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.told: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag in ("script", "style", "svg"):
            self._inside.append(tag)

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if not self._inside:
            self.told.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.told).split())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def read(findings: Findings, media: Media | None = None) -> Read:
    return Read(page(findings, media))


def test_everything_that_was_found_is_there_as_text():
    told = read(samples.video(), FILM).text
    for part in (
        *("holiday.mp4", "0:10", "2026-11-28 10:15 UTC", "MieCompleteWorkflow", "Asset b1a2"),
        *("Face sure to 97 %", "0:00–0:04 , 0:06–0:09", "2 × Tree", "0:02–0:05 , 0:08"),
        *("Said English", "weather", "Translation Spanish", "A rough translation, made by rules"),
        *("Buenos días y bienvenidos.", "Spanish (rough translation)", "Lisbon sure to 93 %"),
        *("Shot 1", "Black frames", "640 × 480", "there is no collection of known faces"),
    ):
        assert part in told


def test_words_stand_as_their_language_is_written():
    spoken = Transcript(tuple(map(Word, ("Amazon", "Echo", "を", "買う"))), "ja-JP")
    told = read(samples.video(transcript=spoken), FILM).text
    assert "Said Japanese" in told
    assert "Amazon Echoを買う" in told


def test_only_what_was_found_has_a_section():
    bare = Findings("a", "CasImageWorkflow", Medium("Image", "grey.png"))
    told = read(bare, samples.astronaut())
    assert "Nothing was found." in told.text
    assert told.all("h2") == []


def test_the_same_findings_make_the_same_page():
    assert page(samples.video(), FILM) == page(samples.video(), FILM)


@pytest.mark.parametrize("media", [None, FILM, Media("video/mp4", beside="a film.mp4")])
def test_it_refers_to_nothing_outside(media):
    found = read(samples.video(), media)
    for _, attributes in found.elements:
        for name in ("src", "href"):
            address = attributes.get(name) or "#"
            assert address.startswith(("#", "data:")) or address == "a%20film.mp4"
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page(samples.video(), media))


def test_the_policy_allows_its_own_script_and_style_and_no_more():
    (policy,) = (
        one["content"] for one in read(samples.picture()).all("meta") if "http-equiv" in one
    )
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "file:" not in policy


def test_no_element_has_a_style_or_a_handler_of_its_own():
    for findings, media in ((samples.video(), FILM), (samples.picture(), samples.astronaut())):
        for _, attributes in read(findings, media).elements:
            assert not any(name == "style" or name.startswith("on") for name in attributes)


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_names_of_strangers_never_become_markup(name):
    finding = Finding("label", name, (name,), 50, 1, samples.SPANS, (Sight(Box(0, 0, 1, 1), 0),))
    plain = Finding("label", "x", ("x",), 50, 1, samples.SPANS, (Sight(Box(0, 0, 1, 1), 0),))

    def made(finding: Finding, name: str) -> Read:
        word = Transcript((Word(name, 0, 10),), name)
        medium = Medium("Video", name, 10_000, (name,))
        found = samples.video(
            who=(finding,), what=(finding,), topics=(finding,), transcript=word, medium=medium,
            workflow=name, asset_id=name, began=name,
        )  # fmt: skip
        return read(found, FILM)

    hostile, harmless = made(finding, name), made(plain, "x")
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in harmless.elements]
    assert [set(one) for _, one in hostile.elements] == [set(one) for _, one in harmless.elements]


def test_a_kind_that_nobody_knows_is_shown_all_the_same():
    odd = Finding('"><b>', "Odd", sights=(Sight(Box(0, 0, 1, 1)),))
    found = read(samples.picture(what=(odd,)), samples.astronaut())
    assert "Odd" in found.text
    assert found.all("b") == []


def test_what_moves_is_data_that_cannot_end_its_element():
    seen = Finding("face", "</script>", sights=(Sight(Box(0.1, 0.2, 0.3, 0.4), 500),))
    written = page(samples.video(who=(seen,), what=()), FILM)
    (data,) = re.findall(r'<script type="application/json" id="sights">(.*?)</script>', written)
    assert json.loads(data) == [
        {"finding": 0, "kind": "face", "name": "</script>", "sights": [[500, 0.1, 0.2, 0.3, 0.4]]}
    ]


def test_the_page_can_be_written_as_utf_8():
    assert page(samples.picture(medium=Medium("Image", "\ud800\x00.jpg")), None).encode()


def test_every_box_of_a_finding_leads_to_it():
    twice = Finding(
        "label", "Cat", (), 80, 2, (), (Sight(Box(0, 0, 0.5, 1)), Sight(Box(0.5, 0, 0.5, 1)))
    )
    found = read(samples.picture(who=(), what=(twice,), shown=()), samples.astronaut())
    boxes = [one for one in found.all("a") if "box" in (one.get("class") or "")]
    assert [one["href"] for one in boxes] == ["#finding-0", "#finding-0"]
    assert [one.get("id") for one in boxes] == ["box-0", None]
    assert boxes[0]["aria-label"] == "2 × Cat, 80 %"


def test_many_findings_and_times_are_folded_and_none_is_left_out():
    spans = tuple(Span(at * 1_000, at * 1_000 + 500) for at in range(20))
    many = tuple(Finding("label", f"Thing {n}", spans=spans) for n in range(30))
    found = read(samples.video(what=many), FILM)
    assert "6 more" in found.text
    assert "8 more times" in found.text
    assert found.text.count("0:19") >= 30


def test_ids_are_unique():
    for findings, media in ((samples.video(), FILM), (samples.picture(), samples.astronaut())):
        ids = [one["id"] for _, one in read(findings, media).elements if one.get("id")]
        assert len(ids) == len(set(ids))


def test_what_was_not_examined_stands_together_by_its_reason():
    whats = ("faces", "things", "shots")
    reasons = ("there is no video", "there is no video", "it is switched off")
    left_out = tuple(map(Unexamined, whats, reasons))
    html = page(Findings("a", "Mine", Medium("Audio", "a.wav"), unexamined=left_out), None)

    assert "<dt>Faces, things</dt><dd>there is no video</dd>" in html
    assert "<dt>Shots</dt><dd>it is switched off</dd>" in html


def test_a_long_medium_is_played_from_beside_the_page():
    media = Media("video/mp4", beside="films/a b.mp4", key_frames=(KeyFrame(0, b"x", "image/png"),))
    (video,) = read(samples.video(), media).all("video")
    assert video["src"] == "films/a%20b.mp4"


def test_a_medium_that_no_browser_opens_is_said_to_be_so():
    assert "browsers cannot open it" in read(samples.video()).text
    assert "browsers cannot open it" not in read(samples.text()).text
