"""Subtitle files that people hand in: repaired where a fault has one meaning, refused otherwise."""

import pytest

HEAD = "WEBVTT\n\n"
FIRST = "00:00:01.000 --> 00:00:02.000\n"
SECOND = "00:00:03.000 --> 00:00:04.000\n"


@pytest.fixture
def subtitles(load):
    return load("captions", "subtitles")


@pytest.fixture
def read(subtitles):
    """[(start, end, text)], and how many lines were repaired."""

    def read(text):
        captions, repaired = subtitles.read(text.encode())
        return [(one["start"], one["end"], one["caption"]) for one in captions], repaired

    return read


def cue(text, start="1.000", end="2.000"):
    return (start, end, text)


RIGHT = {
    "hours are left out": ("00:01.000 --> 00:02.000\nA", [cue("A")]),
    "a byte order mark": (f"\ufeff{HEAD}{FIRST}A", [cue("A")]),
    "a header": (f"WEBVTT - a title\nKind: captions\nLanguage: en\n\n{FIRST}A", [cue("A")]),
    "names": (f"{HEAD}1\n{FIRST}A\n\nintro\n{SECOND}B", [cue("A"), cue("B", "3.000", "4.000")]),
    "settings": ("00:00:01.000 --> 00:00:02.000 align:start line:0%\nA", [cue("A")]),
    "notes, styles and regions": (
        f"{HEAD}NOTE a\nb\n\nSTYLE\n::cue {{}}\n\nREGION\nid:x\n\n{FIRST}A\n\nNOTE the end\n",
        [cue("A")],
    ),
    "voices and tags": (f"{FIRST}<v Bob>I <i>am</i> <c.x>he<00:01.500>re</c>", [cue("I am here")]),
    "what only looks like a tag": (f"{FIRST}I <3 you & a <b", [cue("I <3 you & a <b")]),
    "entities": (f"{FIRST}Tom &amp; I &lt;3 &amp they", [cue("Tom & I <3 & they")]),
    "two lines": (f"{FIRST}A\nB", [cue("A\nB")]),
    "no words": (f"{FIRST}\n{SECOND}B", [cue(""), cue("B", "3.000", "4.000")]),
    "an overlap": (
        f"{FIRST}A\n\n00:01.500 --> 00:04.000\nB",
        [cue("A"), cue("B", "1.500", "4.000")],
    ),
    "nothing": ("", []),
    "no time at all": ("00:01.000 --> 00:01.000\nA", [cue("A", "1.000", "1.000")]),
    "times of day": (f"{FIRST}9:00 - 17:00\n10:30", [cue("9:00 - 17:00\n10:30")]),
    "a time inside words": (f"{FIRST}A\n00:03.000", [cue("A\n00:03.000")]),
    "positions of SubRip": (f"{FIRST}{{\\an8}}<i>A {{b}}</i>", [cue("A {b}")]),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("label", RIGHT)
def test_what_is_right_is_read_as_it_is(read, label, line_end):
    text, cues = RIGHT[label]
    text = text if "WEBVTT" in text else f"{HEAD}{text}"
    assert read(text.replace("\n", line_end)) == (cues, 0)


BOTH = [cue("A"), cue("B", "3.000", "4.000")]
REPAIRED = {
    "commas": (f"{HEAD}00:00:01,000 --> 00:00:02,000\nA\n\n{SECOND}B", BOTH, 1),
    "SubRip": (
        "1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:03,000 --> 00:00:04,000\nB",
        BOTH,
        3,
    ),
    "an empty line behind the times": (f"{HEAD}{FIRST}\nA\n\n{SECOND}B", BOTH, 1),
    "an empty line inside a caption": (f"{HEAD}{FIRST}A\n\nB", [cue("A\nB")], 1),
    "an empty line behind a number": (f"{HEAD}{FIRST}A\n\n2\n\n{SECOND}B", BOTH, 1),
    "no empty line between two": (f"{HEAD}{FIRST}A\n{SECOND}B", BOTH, 1),
    "no empty line before a number": (f"{HEAD}{FIRST}A\n2\n{SECOND}B", BOTH, 1),
    "no empty line behind the header": (f"WEBVTT\n{FIRST}A", [cue("A")], 1),
    "an arrow in the words": (f"{HEAD}{FIRST}A --> b\nc", [cue("A --> b\nc")], 1),
    "few digits": (f"{HEAD}0:0:1.0 --> 0:0:2\nA", [cue("A")], 1),
    "many digits": (f"{HEAD}00:00:01.000000 --> 00:00:02.000400\nA", [cue("A")], 1),
    "a rounded minute": (f"{HEAD}00:59.000 --> 00:60.000\nA", [cue("A", "59.000", "60.000")], 1),
    "another order": (f"{HEAD}{SECOND}B\n\n{FIRST}A", BOTH, 2),
    "a short arrow": (f"{HEAD}00:00:01.000 -> 00:00:02.000\nA", [cue("A")], 1),
    "empty lines before the header": (f"\n\n{HEAD}{FIRST}A", [cue("A")], 1),
}


@pytest.mark.parametrize("label", REPAIRED)
def test_a_fault_with_one_meaning_is_repaired_and_counted(read, label):
    text, cues, repaired = REPAIRED[label]
    assert read(text) == (cues, repaired)


ARROWS = ["—", "–", "--", "-", "==>", "→", "...", "--\uff1e", "- ->", "-- >", "", "--&gt;"]


@pytest.mark.parametrize("settings", ["", " align:start"])
@pytest.mark.parametrize("arrow", ARROWS)
def test_any_signs_between_two_times_are_an_arrow(read, arrow, settings):
    times = f"00:00:03,000 {arrow} 00:00:04,000{settings}"
    assert read(f"{HEAD}{FIRST}A\n\n{times}\nB") == (BOTH, 1)
    assert read(f"1\n{FIRST}A\n\n2\n{times}\nB") == (BOTH, 2)
    assert read(f"{HEAD}{times}\nB") == (BOTH[1:], 1)


HALVES = ["00:03.000", *(f"00:03.000 {arrow}" for arrow in ARROWS if "gt" not in arrow)]


@pytest.mark.parametrize("times", [*HALVES, "00:03.000 — 00:0x.000", "00:03.000 --> -00:04.000"])
def test_times_of_which_one_cannot_be_read_are_refused(subtitles, times):
    for text, line in (
        (f"{HEAD}{FIRST}A\n\n{times}\nB", 6),
        (f"{HEAD}1\n{FIRST}A\n\n2\n{times}\nB\n", 8),
        (f"{HEAD}{times}\nB", 3),
        (f"WEBVTT\n{times}\nB\n\n{FIRST}A", 2),
    ):
        with pytest.raises(subtitles.Unreadable, match=f"^Line {line}: times that cannot be read"):
            subtitles.read(text.encode())


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        (f"1\n{FIRST}A\n\n42\n\n2\n{SECOND}B", [cue("A\n42"), BOTH[1]]),
        (f"1\n{FIRST}A\n\n42\n\n{SECOND}B", [cue("A\n42"), BOTH[1]]),
        (f"1\n{FIRST}A\n\n2\n\n{SECOND}B", BOTH),
        (f"{HEAD}{FIRST}A\n\n42\n\n{SECOND}B", [cue("A\n42"), BOTH[1]]),
        (f"{HEAD}{FIRST}A\n42\n{SECOND}B", [cue("A\n42"), BOTH[1]]),
        (f"{HEAD}42\n\n{FIRST}A\n\n43\n\n{SECOND}B", BOTH),
        (f"1\n{FIRST}A\n4\n{SECOND}B", BOTH),
        (f"1\n{FIRST}A\n\n43\nbottles", [cue("A\n43\nbottles")]),
    ],
)
def test_a_number_belongs_to_a_cue_where_it_follows_the_last_one(read, text, cues):
    assert read(text)[0] == cues


REFUSED = {
    "milliseconds with a sign": (f"{HEAD}{FIRST}A\n\n00:00:03.-04 --> 00:00:04.000\nB", 6),
    "an end before its start": (f"{HEAD}00:00:05.000 --> 00:00:02.000\nA", 3),
    "letters in a time": (f"{HEAD}name\n00:00:01.000 --> 00:00:0x.000\nA", 3),
    "such a time behind words": (f"{HEAD}{FIRST}A\n00:00:0x.000 --> 00:00:04.000\nB", 5),
    "frames": (f"{HEAD}00:00:01:12 --> 00:00:02:00\nA", 3),
    "a minute of 75 seconds": (f"{HEAD}00:00:75.000 --> 00:02:00.000\nA", 3),
    "words without times": (f"{HEAD}A\n\n{FIRST}B", 3),
    "words or a name": (f"{HEAD}{FIRST}\nA\n{SECOND}B", 5),
    "a number without times": (f"1\n{FIRST}A\n\n2\nB\n\n3\n{SECOND}C", 5),
    "nothing but a number": (f"1\n{FIRST}A\n\n2\n", 5),
    "no captions": ("These are no captions.", 1),
    "no bytes": ("", 1),
}


@pytest.mark.parametrize("label", REFUSED)
def test_what_may_mean_several_things_is_refused_with_its_line(subtitles, label):
    text, line = REFUSED[label]
    with pytest.raises(subtitles.Unreadable, match=f"^Line {line}: "):
        subtitles.read(text.encode())


def test_other_characters_than_those_of_utf_8_are_refused(subtitles):
    with pytest.raises(subtitles.Unreadable, match="UTF-8"):
        subtitles.read(b"WEBVTT\n\n\xff")
