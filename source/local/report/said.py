"""What was said or written: transcript, translations and captions."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from findings.model import CaptionTrack, Transcript, Translation, Word
from mie.core.languages import language_name, separator
from report.markup import Markup, element, joined, text
from report.moments import link
from report.sentences import Sentence, begin, paragraphs

# words of which the model is less sure than this are marked
_UNSURE = 50
_ROUGH = "A rough translation, made by rules: it gives the gist, not the grammar."


def transcript(found: Transcript | None, title: str) -> Markup:
    """title: Said or Written."""
    if found is None or not found.words:
        return Markup()
    timed = begin(found.words) is not None
    told = [_paragraph(one, found.language or "") for one in paragraphs(found.words)]
    words = element(
        "div",
        *told,
        id="transcript",
        class_="transcript",
        lang=found.language,
        data_called=f"what is {title.lower()}",
        tabindex=0,
        role="group",
        aria_labelledby="said-title",
        aria_describedby="transcript-keys" if timed else None,
    )
    keys = "Arrow keys choose a word, Enter goes to it."
    hint = element("p", keys, id="transcript-keys", class_="unseen keys") if timed else Markup()
    language = [language_name(found.language)] if found.language else []
    head = _head(title, "said-title", *language)
    return element("section", head, hint, words, _unsure(found.words), class_="said")


def translations(found: Iterable[Translation]) -> Markup:
    return joined(_translation(one) for one in found if one.text.strip())


def captions(found: Sequence[CaptionTrack]) -> Markup:
    tracks = [one for one in found if one.captions]
    if not tracks:
        return Markup()
    told = [_track(one, is_open=place == 0) for place, one in enumerate(tracks)]
    return element("section", element("h2", "Captions"), *told, class_="captions")


def _paragraph(words: Sentence, language: str) -> Markup:
    start = begin(words)
    told: list[str] = [_word(words[0])]
    for before, word in pairwise(words):
        told += [separator(before.text, word.text, language), _word(word)]
    spoken = element("span", *told, class_="words", dir="auto")
    if start is None:
        return element("p", spoken)
    return element("p", link(start), spoken)


def _word(word: Word) -> Markup:
    if word.start is None:
        return text(word.text)
    unsure = word.confidence is not None and word.confidence < _UNSURE
    mark = {"class_": "unsure"} if unsure else {}
    return element("span", word.text, data_at=word.start, data_to=word.end, **mark)


def _unsure(words: Iterable[Word]) -> Markup:
    if not any(word.confidence is not None and word.confidence < _UNSURE for word in words):
        return Markup()
    note = f"Words with dots below them are less than {_UNSURE} % sure."
    return element("p", note, class_="note")


def _translation(found: Translation) -> Markup:
    head = _head("Translation", None, language_name(found.language))
    rough = element("p", _ROUGH, class_="note") if found.rough else Markup()
    told = [element("p", line) for line in found.text.splitlines() if line.strip()]
    words = element("div", *told, lang=found.language, dir="auto", class_="translation")
    return element("section", head, rough, words)


def _track(track: CaptionTrack, *, is_open: bool) -> Markup:
    rows = [
        element(
            "li",
            link(one.start),
            element("span", one.text, dir="auto"),
            data_at=one.start,
            data_to=one.end,
        )
        for one in track.captions
    ]
    name = language_name(track.language)
    rough = " (rough translation)" if track.rough else ""
    count = element("span", f" {len(rows):,}", class_="count")
    title = element("summary", element("h3", name, rough), count)
    note = element("p", _ROUGH, class_="note") if track.rough else Markup()
    told = element("ol", *rows, lang=track.language)
    return element(
        "details", title, note, told, open=is_open, data_language=track.language, data_name=name
    )


def _head(title: str, identity: str | None, *more: str) -> Markup:
    return element(
        "h2", title, *(element("span", f" {one}", class_="count") for one in more), id=identity
    )
