"""Names in a text, which stay as they are: rules would translate "Boulder Eats" to "Boulder Come".

The reader of entities finds them where it knows the language. Elsewhere they are words with capital
letters, of which the translator's own dictionary says what they are: behind a given name, or a word
that it does not know, the next ones belong to the name.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from analysis.language.readers import Readers
from analysis.translate.apertium import Translator

# the readings of a word, such as "Bush<n><sg>" and "Bush<np><cog><sg>"; "*Steen" of an unknown one
Readings = Sequence[str]
Analyse = Callable[[Sequence[str]], Sequence[Sequence[Readings]]]

_PERSON = "PERSON"
_KEPT = frozenset({_PERSON, "ORGANIZATION", "LOCATION"})
_ARTICLE = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
# two words or more with a capital letter each, and only a space between
_CAPITALS = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*)+")  # noqa: RUF001
_PROPER = "<np>"
_GIVEN = "<np><ant>"
# what a word may be that follows in a name
_IN_NAMES = ("<np>", "<n>", "<adj>")


def names_in(text: str, language: str, translator: Translator, readers: Readers) -> set[str]:
    """The names that the translator of this language is not to touch."""
    if readers.can_parse(language):
        mentions = {
            _ARTICLE.sub("", one.text, count=1): one.type
            for one in readers.entities(text, language)
            if one.type in _KEPT and "\n" not in one.text
        }
        return _unknown(mentions, translator.analyse)
    return set(_capitalised(text, translator.analyse))


def with_halves(names: set[str], texts: Sequence[str]) -> set[str]:
    """The names, and those that end one text and go on in the next one in halves."""
    halves = set()
    for before, after in pairwise(texts):
        for name in names:
            spaces = (place for place, letter in enumerate(name) if letter == " ")
            for place in spaces:
                head, tail = name[:place], name[place + 1 :]
                if before.endswith(head) and after.startswith(tail):
                    halves |= {head, tail}
    return names | halves


def _unknown(mentions: Mapping[str, str], analyse: Analyse) -> set[str]:
    """Those that the dictionary does not have as a name; London it has, and says Londres.

    Nobody's name is translated, whatever the dictionary has.
    """
    others = [name for name, kind in mentions.items() if kind != _PERSON]
    known = {
        name
        for name, words in zip(others, analyse(others), strict=True)
        if all(any(_PROPER in one for one in readings) for readings in words)
    }
    return set(mentions) - known


def _capitalised(text: str, analyse: Analyse) -> Iterator[str]:
    runs = [run.split(" ") for line in text.splitlines() for run in _runs(line)]
    words = sorted({word for run in runs for word in run})
    readings = {
        word: [one for unit in units for one in unit]
        for word, units in zip(words, analyse(words), strict=True)
    }
    for run in runs:
        begins = next((place for place, word in enumerate(run) if _begins(readings[word])), None)
        if begins is None:
            continue
        ends = begins + 1
        while ends < len(run) and _follows(readings[run[ends]]):
            ends += 1
        if ends - begins > 1:
            yield " ".join(run[begins:ends])


def _runs(line: str) -> Iterator[str]:
    for found in _CAPITALS.finditer(line):
        run: list[str] = []
        for word in [*found.group().split(" "), ""]:
            # what is written in capitals throughout tells nothing
            if word[:1].isupper() and not word.isupper():
                run.append(word)
                continue
            if len(run) > 1:
                yield " ".join(run)
            run = []


def _begins(readings: Readings) -> bool:
    return all(_GIVEN in one or one.startswith("*") for one in readings)


def _follows(readings: Readings) -> bool:
    return all(one.startswith("*") or any(tag in one for tag in _IN_NAMES) for one in readings)
