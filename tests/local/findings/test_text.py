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
from findings.text import written

SEEN = (Sight(Box(0.4, 0.4, 0.1, 0.1)),)
PICTURE = Findings(
    asset_id="a",
    workflow="CasImageWorkflow",
    medium=Medium("Image", "a.jpg", facts=("JPEG", "512 × 600 pixels")),
    who=(
        Finding("face", "Face", ("woman", "about 35–45", "smiling", "middle"), 99.0, sights=SEEN),
    ),
    what=(Finding("label", "Person", confidence=98.2), Finding("label", "Flag", count=2)),
    shown=(Finding("text", "NASA", confidence=99.0),),
    unexamined=(Unexamined("known faces", "it is switched off", expected=True),),
    not_found=("celebrities",),
    also_stored=("myOperator",),
)
VIDEO = Findings(
    asset_id="a",
    workflow="CasVideoWorkflow",
    medium=Medium("Video", "a.mp4", duration=9_000),
    who=(Finding("face", "Face", count=2, spans=(Span(0, 4_000), Span(7_000, 7_200))),),
    what=(Finding("label", "Dog", confidence=80.0, spans=(Span(61_000, 61_000),)),),
    transcript=Transcript((Word("Hello"), Word("there.")), "en-US"),
    translations=(Translation("es", "Hola.", rough=True),),
    topics=(Finding("entity", "Ada", ("person",)), Finding("phrase", "a river")),
    when=(
        Finding("shot", "Shot 1", spans=(Span(0, 2_000),)),
        Finding("shot", "Shot 2", spans=(Span(2_000, 9_000),)),
        Finding("cue", "black frames", spans=(Span(8_000, 9_000),)),
        Finding("cue", "content", spans=(Span(0, 9_000),)),
    ),
    captions=(CaptionTrack("es", (Caption(0, 1_000, "Hola."),), rough=True),),
    unexamined=(Unexamined("names", "Comprehend does not read Welsh (cy)"),),
)


def test_a_picture_is_told_in_three_lines():
    assert written(PICTURE).lines == (
        "Who    1 face: woman, about 35–45, smiling, middle",
        "What   Person 98 %, 2 × Flag",
        "Shown  “NASA”",
    )
    assert not written(PICTURE).is_shortened


def test_all_of_it_includes_what_was_not_looked_for_and_not_found():
    assert written(PICTURE, everything=True).lines[3:] == (
        "Not looked for: known faces (it is switched off)",
        "Not found: celebrities",
        "Also stored: myOperator",
        "File   JPEG, 512 × 600 pixels",
    )


def test_a_video_is_told_with_its_times_and_gaps():
    assert written(VIDEO).lines == (
        "Who    up to 2 faces at once (0:00–0:04, 0:07)",
        "What   Dog 80 % (1:01)",
        "Said   (English) “Hello there.”",
        "In Spanish (rough, made by rules): “Hola.”",
        "About  Ada (person), a river",
        "When   2 shots: 0:00–0:02, 0:02–0:09; black frames 0:08–0:09",
        "Also   captions in Spanish (rough)",
        "Not done: names (Comprehend does not read Welsh (cy))",
    )


def test_all_of_a_video_has_its_captions():
    lines = written(VIDEO, everything=True).lines

    assert lines[lines.index("Captions in Spanish (rough):") + 1] == "       0:00 Hola."


def test_long_lists_say_how_much_more_there_is():
    labels = tuple(Finding("label", f"Thing {number}") for number in range(20))
    many = Findings("a", "w", Medium("Image", "a.jpg"), what=labels)

    assert written(many).lines[-1].endswith("and 12 more")
    assert written(many).is_shortened
    assert written(many, everything=True).lines[-1].endswith("Thing 19")


def test_lines_are_as_long_as_a_terminal_is_wide():
    words = tuple(Word(f"word{number}") for number in range(200))
    long = Findings("a", "w", Medium("Audio", "a.wav"), transcript=Transcript(words))
    text = written(long, width=60)

    assert all(len(line) <= 60 for line in text.lines)
    assert text.lines[-1].endswith("…”")
    assert text.is_shortened


def test_a_long_text_without_spaces_is_told_up_to_its_bound():
    words = tuple(map(Word, ("Amazon", "Echo", *"日本語" * 200)))
    long = Findings("a", "w", Medium("Audio", "a.wav"), transcript=Transcript(words, "ja-JP"))
    told = " ".join(line.strip() for line in written(long).lines)

    assert told == f"Said   (Japanese) “Amazon Echo{('日本語' * 200)[:289]} …”"


def test_many_faces_and_many_times_are_shortened():
    spans = tuple(Span(second * 5_000, second * 5_000) for second in range(9))
    video = Findings(
        "a", "w", Medium("Video", "a.mp4"), who=(Finding("face", "Face", spans=spans),)
    )

    assert written(video).lines == ("Who    1 face (0:00, 0:05, 0:10 and 6 more)",)


def test_nothing_is_no_lines():
    assert written(Findings("a", "w", Medium("Image", "a.jpg"))).lines == ()
