"""Terminologies at work: terms that are to be translated in one way and no other."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

TranslateAll = Callable[[Sequence[str]], Sequence[str]]

_LETTERS = "bcdfghjklm"


@dataclass(frozen=True)
class Applied:
    """Translated texts, and the terms that were met, by what they became."""

    texts: list[str]
    terms: Mapping[str, str]


def translate_with_terms(
    texts: Sequence[str], terms: Mapping[str, str], translate: TranslateAll
) -> Applied:
    """Translate texts; each whole-word occurrence of a term, in its very case, becomes its target.

    A term travels through the translator as a word that no dictionary has, so that the sentence
    around it stays whole. Where such a word does not come back, the text is translated in pieces
    between the terms.
    """
    if not terms:
        return Applied(list(translate(texts)), {})
    pattern = _pattern(terms)
    stem = _strange_word(texts)
    met: dict[str, str] = {}
    words: dict[str, str] = {}

    def hide(found: re.Match[str]) -> str:
        term = found.group()
        met[term] = terms[term]
        # a word for each place, with a capital as names have: grammar may take it elsewhere
        word = stem + "".join(_LETTERS[int(digit)] for digit in str(len(words)))
        words[word.lower()] = terms[term]
        return word

    hidden = [pattern.sub(hide, text) for text in texts]
    places = re.compile(rf"{stem}[{_LETTERS}]+", re.IGNORECASE)
    translated = []
    for source, given, said in zip(texts, hidden, translate(hidden), strict=True):
        sent = sorted(place.lower() for place in places.findall(given))
        if sent == sorted(place.lower() for place in places.findall(said)):
            said = _without_capital(given, said, places)
            translated.append(places.sub(lambda found: words[found.group().lower()], said))
        else:
            translated.append(_between(source, terms, pattern, translate))
    return Applied(translated, met)


def _without_capital(given: str, said: str, places: re.Pattern[str]) -> str:
    """A translated text without the capital that moved from a term at its begin to the next word.

    given: the text with its terms hidden.
    """
    first, moved = places.match(given), places.match(said)
    if first is None or moved is None or not given[first.end() :].lstrip()[:1].islower():
        return said
    rest = said[moved.end() :]
    return said[: moved.end()] + re.sub(r"^\s+\w(?=[^\W\d_A-Z])", lambda one: one[0].lower(), rest)


def _pattern(terms: Mapping[str, str]) -> re.Pattern[str]:
    # of two terms that begin alike the longer one is meant
    longest_first = sorted(terms, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _strange_word(texts: Sequence[str]) -> str:
    """The beginning of words that are in none of the texts."""
    text = "\n".join(texts).lower()
    stem = "Zqx"
    while stem.lower() in text:
        stem += "q"
    return stem


def _between(
    text: str, terms: Mapping[str, str], pattern: re.Pattern[str], translate: TranslateAll
) -> str:
    around = pattern.split(text)
    said = iter(translate([part.strip() for part in around if part.strip()]))
    rest = [part.replace(part.strip(), next(said)) if part.strip() else part for part in around]
    named = [terms[term] for term in pattern.findall(text)]
    return "".join(part for pair in zip(rest, [*named, ""], strict=True) for part in pair)
