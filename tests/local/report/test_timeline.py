import re

from tests.local.report import samples

from findings.model import Finding, Medium, Span
from report.found import numbered
from report.timeline import timeline


def lanes_of(findings) -> dict[str, list[tuple[str, str]]]:
    """Lane -> the label of each bar, and how many pixels below the lane's top it is."""
    found = [one for group in numbered(findings).values() for one in group]
    lanes = re.findall(
        r'<div class="lane"><h3>(.*?)<span.*?</h3>(.*?)</svg></div>', timeline(findings, found)
    )
    bar = re.compile(r'<a href="[^"]*" aria-label="([^"]*)".*?y="(\d+)"')
    return {title: [found.groups() for found in bar.finditer(bars)] for title, bars in lanes}


def labels(*spans: tuple[tuple[int, int], ...]):
    named = [
        Finding("label", f"L{place}", spans=tuple(Span(*one) for one in ones))
        for place, ones in enumerate(spans)
    ]
    bare = {"who": (), "shown": (), "when": (), "transcript": None}
    return samples.video(what=tuple(named), **bare)


def test_every_kind_has_its_lane_and_gaps_stay_gaps():
    lanes = lanes_of(samples.video())
    assert [*lanes] == ["Who", "What", "Text", "Shots", "Cues", "Said"]
    assert [label for label, _ in lanes["Who"]] == ["Face, 0:00–0:04", "Face, 0:06–0:09"]


def test_what_overlaps_lies_on_two_tracks_and_what_follows_on_one():
    lanes = lanes_of(labels(((0, 4_000), (8_000, 9_000)), ((3_000, 5_000),), ((5_000, 8_000),)))
    assert lanes["What"] == [
        ("L0, 0:00–0:04", "0"),
        ("L0, 0:08–0:09", "0"),
        ("L2, 0:05–0:08", "0"),
        ("L1, 0:03–0:05", "20"),
    ]


def test_two_things_of_one_frame_do_not_hide_each_other():
    lanes = lanes_of(labels(((2_000, 2_000),), ((2_000, 2_000),)))
    assert [top for _, top in lanes["What"]] == ["0", "20"]


def test_what_finds_no_track_is_counted():
    crowd = labels(*[((0, 9_000),)] * 11)
    found = [one for group in numbered(crowd).values() for one in group]
    assert "and 3 more, which the list below names" in timeline(crowd, found)


def test_sentences_are_bars():
    assert [label for label, _ in lanes_of(samples.video())["Said"]] == [
        "Good morning and welcome., 0:00–0:01",
        "The weather is warm and the river is quiet., 0:01–0:05",
        "Nobody left., 0:05–0:06",
    ]


def test_without_times_there_is_no_timeline():
    assert timeline(samples.text(), []) == ""
    nothing = samples.video(medium=Medium("Video", "a.mp4"), transcript=None)
    assert timeline(nothing, []) == ""
