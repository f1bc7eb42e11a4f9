from tests.local.report import samples

from findings.model import Finding, Span, Transcript, Word
from report.spoken import with_moments


def moments(name: str, *said: str) -> list[tuple[int, int]]:
    words = tuple(Word(one, 100 * at, 100 * at + 90) for at, one in enumerate(said))
    found = samples.video(topics=(Finding("entity", name),), transcript=Transcript(words))
    return [(span.start, span.end) for span in with_moments(found).topics[0].spans]


def test_a_name_is_found_wherever_it_is_said():
    said = ("Eileen", "Collins,", "the", "pilot:", "“eileen", "collins”", "Eileen", "Smith")
    assert moments("Eileen Collins", *said) == [(0, 190), (400, 590)]


def test_a_name_at_the_end_that_is_cut_is_not_said():
    assert moments("Eileen Collins", "with", "Eileen") == []


def test_what_is_not_said_has_no_moment():
    assert moments("  ", "with") == []
    assert moments("Lisbon", "with") == []


def test_words_without_times_lead_nowhere():
    found = samples.video(
        topics=(Finding("phrase", "the river"),),
        transcript=Transcript((Word("the"), Word("river"))),
    )
    assert with_moments(found).topics[0].spans == ()


def test_known_times_stay():
    topic = Finding("entity", "Good", spans=(Span(7, 9),))
    assert with_moments(samples.video(topics=(topic,))).topics == (topic,)
