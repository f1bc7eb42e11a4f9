"""Findings of every kind, as the reader of documents makes them, and files that browsers open."""

from tests.fakes.clips import SAMPLES

from findings.model import (
    Box,
    Caption,
    CaptionTrack,
    Finding,
    Findings,
    Medium,
    Sight,
    Span,
    Transcript,
    Translation,
    Unexamined,
    Word,
)
from report.media import KeyFrame, Media

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "'><svg onload=alert(1)>",
    "<!--",
    "&amp;&lt;",
    "\u202eevil\u0000\ud800",
    "مرحبا بالعالم",
    "long" * 2_000,
)
SENTENCES = "Good morning and welcome. The weather is warm and the river is quiet. Nobody left."


def picture(**changes) -> Findings:
    found = {
        "asset_id": "26054672-18e7-41eb-93c7-ee69a3f99495",
        "workflow": "CasImageWorkflow",
        "medium": Medium(
            "Image", "astronaut.jpg", facts=("JPEG, 512 × 512 pixels", "93,857 bytes")
        ),
        "who": (
            Finding(
                "face",
                "Face",
                ("about 21 to 37 years old", "smiles"),
                99.2,
                sights=(Sight(Box(0.33, 0.13, 0.22, 0.3), confidence=99.2),),
            ),
        ),
        "what": (
            Finding("label", "Person", ("Animal",), 98, sights=(Sight(Box(0, 0.02, 0.93, 0.98)),)),
            Finding("label", "Space suit", ("Clothing",), 91),
            Finding("label", "Flag", (), 74.6, sights=(Sight(Box(0, 0, 0.32, 0.99)),)),
        ),
        "shown": (
            Finding("text", "NASA", (), 88, sights=(Sight(Box(0.61, 0.75, 0.16, 0.1)),)),
            Finding("text", "COLLINS", (), 66, sights=(Sight(Box(0.18, 0.8, 0.13, 0.05)),)),
        ),
        "unexamined": (
            Unexamined("Celebrities", "there is no collection of known faces"),
            Unexamined("Moderation beyond nudity", "no model here knows it"),
        ),
        "began": "2026-11-28T10:15:00Z",
    }
    return Findings(**{**found, **changes})


def video(**changes) -> Findings:
    """Of ten seconds: a face that moves and is away from 4 s to 6 s, and words to 5.6 s."""
    found = {
        "asset_id": "b1a2",
        "workflow": "MieCompleteWorkflow",
        "medium": Medium("Video", "holiday.mp4", 10_000, ("MPEG-4, 10.0 seconds", "640 × 480")),
        "who": (
            Finding(
                "face",
                "Face",
                (),
                97,
                spans=(Span(0, 4_000), Span(6_000, 9_000)),
                sights=_moving((*range(0, 4_001, 500), *range(6_000, 9_001, 500))),
            ),
        ),
        "what": (
            Finding("label", "Person", (), 98, 1, (Span(0, 10_000),), _still(0, 10_000, 0.1)),
            Finding("label", "Tree", (), 71, 2, (Span(2_000, 5_000), Span(8_000, 8_000))),
        ),
        "shown": (Finding("text", "Lisbon", (), 90, spans=(Span(1_000, 3_000),)),),
        "topics": (
            Finding("entity", "Lisbon", ("place",), 93, spans=(Span(1_200, 1_600),)),
            Finding("phrase", "the river", (), 88),
        ),
        "when": (
            Finding("shot", "Shot 1", (), None, spans=(Span(0, 5_000),)),
            Finding("shot", "Shot 2", (), None, spans=(Span(5_000, 10_000),)),
            Finding("cue", "Black frames", (), 99, spans=(Span(4_800, 5_000),)),
        ),
        "transcript": Transcript(words(SENTENCES, 400), "en-US"),
        "translations": (Translation("es", "Buenos días y bienvenidos.", rough=True),),
        "captions": (
            CaptionTrack("en", (Caption(0, 1_600, "Good morning and welcome."),)),
            CaptionTrack("es", (Caption(0, 1_600, "Buenos días y bienvenidos."),), rough=True),
        ),
        "unexamined": (Unexamined("Celebrities", "there is no collection of known faces"),),
        "began": "2026-11-28T10:15:00Z",
    }
    return Findings(**{**found, **changes})


def sound() -> Findings:
    return video(
        medium=Medium("Audio", "talk.wav", 10_000),
        workflow="TranscribeWorkflow",
        who=(),
        what=(),
        shown=(),
        when=(),
    )


def text() -> Findings:
    written = tuple(Word(one) for one in SENTENCES.split())
    return Findings(
        asset_id="c3",
        workflow="ParallelComprehendWorkflow",
        medium=Medium("Text", "letter.txt"),
        topics=(Finding("phrase", "the river", (), 88),),
        transcript=Transcript(written, "en"),
    )


def words(sentences: str, each: int) -> tuple[Word, ...]:
    """One after another, each of that many milliseconds; every seventh is unsure."""
    return tuple(
        Word(one, place * each, place * each + each - 50, 35 if place % 7 == 6 else 95)
        for place, one in enumerate(sentences.split())
    )


def astronaut() -> Media:
    return Media("image/jpeg", (SAMPLES / "astronaut.jpg").read_bytes())


def film(content: bytes) -> Media:
    frame = (SAMPLES / "grace-hopper.jpg").read_bytes()
    return Media(
        "video/mp4",
        content,
        key_frames=tuple(KeyFrame(at, frame, "image/jpeg") for at in (0, 5_000)),
    )


def _moving(times) -> tuple[Sight, ...]:
    """To the right, by a share of 0.05 in a second."""
    return tuple(Sight(Box(0.1 + 0.05 * at / 1000, 0.2, 0.2, 0.3), at, 97) for at in times)


def _still(start: int, end: int, left: float) -> tuple[Sight, ...]:
    return tuple(Sight(Box(left, 0.1, 0.6, 0.85), at) for at in range(start, end + 1, 500))


SPANS = (Span(0, 2_000),)


def medium_named(name: str) -> Medium:
    return Medium("Video", name, 10_000)


def spoken(names) -> Transcript:
    return Transcript(tuple(Word(one, 500 * at, 500 * at + 400) for at, one in enumerate(names)))


def much() -> Findings:
    """10,000 labels, and words for three hours."""
    duration = 3 * 3_600_000
    labels = tuple(
        Finding(
            "label",
            f"Label {place}",
            ("Thing",),
            60,
            1,
            (Span(place * 1_000, place * 1_000 + 900),),
        )
        for place in range(10_000)
    )
    return video(
        medium=Medium("Video", "long.mp4", duration),
        what=labels,
        transcript=Transcript(words("and so it goes on and on. " * 3_900, 395), "en"),
    )
