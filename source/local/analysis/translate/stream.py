"""Many texts in one run of Apertium: its stream format, in which brackets hold what is kept."""

import re
from collections.abc import Iterator, Sequence

from analysis.translate.apertium import Translator

# characters in one run of the programs
_RUN = 100_000
_SPECIAL = re.compile(r"[\\^$/\[\]{}<>@~]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# a sentence ends before each mark, so that no rule of grammar reaches across; the full stop that
# says so is taken away with the mark
_END = ".[][\n{index};]"
_MARK = re.compile(r"\.?\[\]\[\n(\d+);\]")
# a NUL would end the text
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def translate_all(translator: Translator, texts: Sequence[str]) -> list[str]:
    """Translate texts, each for itself, in the same order; raises ApertiumError."""
    translated: list[str] = []
    for run in _runs(texts):
        translated += _translate_run(translator, run)
    return translated


def _runs(texts: Sequence[str]) -> Iterator[list[str]]:
    run: list[str] = []
    size = 0
    for text in texts:
        if run and size + len(text) > _RUN:
            yield run
            run, size = [], 0
        run.append(text)
        size += len(text)
    if run:
        yield run


def _translate_run(translator: Translator, texts: Sequence[str]) -> list[str]:
    stream = "".join(_escape(text) + _END.format(index=index) for index, text in enumerate(texts))
    found = _MARK.split(translator.translate(stream))
    marks = [int(mark) for mark in found[1::2]]
    if marks == list(range(len(texts))):
        said = [_ESCAPED.sub(r"\1", text) for text in found[:-1:2]]
        return [_tidy(*pair) for pair in zip(texts, said, strict=True)]
    # a rule that loses a mark has not been seen; one text in a run cannot lose its place
    if len(texts) > 1:
        return [one for text in texts for one in _translate_run(translator, [text])]
    return [_tidy(texts[0], _ESCAPED.sub(r"\1", "".join(found[::2])))]


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", _CONTROL.sub(" ", text))


def _tidy(source: str, translated: str) -> str:
    """Mend what the rules leave: blanks of words that went away, a capital for each text."""
    text = translated.strip()
    if "  " not in source:
        text = re.sub(" {2,}", " ", text)
    if not re.search(r" [.,;:!?]", source):
        text = re.sub(r" ([.,;:!?])", r"\1", text)
    # every text looks like the beginning of a sentence to the rules
    if source[:1].islower() and text[:1].isupper() and not text[1:2].isupper():
        text = text[:1].lower() + text[1:]
    return text
