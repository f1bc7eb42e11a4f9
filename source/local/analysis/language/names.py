"""The entities of a text: names, places, dates and quantities, as Comprehend types them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.language.pieces import pieces

if TYPE_CHECKING:
    from spacy.language import Language

# characters that are parsed at once
PIECE = 20_000

# the labels of OntoNotes (English) and of WikiNER (French) in the types of Comprehend
_TYPES = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "ORG": "ORGANIZATION",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "DATE": "DATE",
    "TIME": "DATE",
    "MONEY": "QUANTITY",
    "PERCENT": "QUANTITY",
    "QUANTITY": "QUANTITY",
    "CARDINAL": "QUANTITY",
    "ORDINAL": "QUANTITY",
    "PRODUCT": "COMMERCIAL_ITEM",
    "EVENT": "EVENT",
    "WORK_OF_ART": "TITLE",
    "NORP": "OTHER",
    "LAW": "OTHER",
    "LANGUAGE": "OTHER",
    "MISC": "OTHER",
}


@dataclass(frozen=True)
class Mention:
    """A stretch of text: `begin` and `end` count Unicode characters; `score` is 0 to 1."""

    text: str
    begin: int
    end: int
    score: float
    type: str = ""


def find_entities(parser: "Language", text: str) -> Iterator[Mention]:
    """The entities in order of appearance.

    The recogniser decides without a probability. The score says how often it is right: the
    precision that its own evaluation states for the label, or for all where it has none for the
    label. So it is one number for each kind of entity and language.
    """
    measured = parser.meta["performance"]
    others = [name for name in parser.pipe_names if name not in ("tok2vec", "ner")]
    for start, piece in pieces(text, PIECE):
        for entity in parser(piece, disable=others).ents:
            begin, end = _strip(piece, entity.start_char, entity.end_char)
            if begin < end:
                precision = measured["ents_per_type"].get(entity.label_, {}).get("p")
                yield Mention(
                    piece[begin:end],
                    start + begin,
                    start + end,
                    round(precision or measured["ents_p"], 4),
                    _TYPES[entity.label_],
                )


def find_key_phrases(parser: "Language", text: str) -> Iterator[Mention]:
    """The noun phrases in order of appearance; what has no noun or name in it is left out.

    Nothing weighs one phrase against another. The score is the same for all: how many
    dependencies, of which the phrases are made, the parser gets right in its own evaluation.
    """
    score = round(parser.meta["performance"]["dep_las"], 4)
    for start, piece in pieces(text, PIECE):
        for phrase in parser(piece, disable=["ner"]).noun_chunks:
            begin, end = _strip(piece, phrase.start_char, phrase.end_char)
            if any(_names_something(word.pos_, word.text) for word in phrase):
                yield Mention(piece[begin:end], start + begin, start + end, score)


def _names_something(part_of_speech: str, word: str) -> bool:
    # a dash or a smiley between words is taken for a noun now and then
    return part_of_speech in ("NOUN", "PROPN") and any(letter.isalnum() for letter in word)


def _strip(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end
