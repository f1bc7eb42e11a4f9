"""The readers of text, shared by all requests and jobs; each reads one piece at a time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from analysis.families import missing_modules
from analysis.faults import ServiceError
from analysis.language import detection, mood, names, parsers
from analysis.language.detection import Guess
from analysis.language.mood import Mood
from analysis.language.names import Mention
from analysis.models import Models
from analysis.pool import Loadable
from analysis.translate.language_names import NAMES

if TYPE_CHECKING:
    from spacy.language import Language

Find = Callable[["Language", str], Iterator[Mention]]


class Readers:
    """Raises ModelNotAvailableException where what a call needs is not installed."""

    def __init__(self, models: Models) -> None:
        self._models = models
        # a parser is not made for several threads
        self._parsing = threading.Lock()

    def can_parse(self, language: str) -> bool:
        """Whether names and phrases of a language are found on this machine."""
        return not missing_modules("text") and language in parsers.installed_languages()

    def require_parser(self, language: str) -> None:
        """Raise UnsupportedLanguageException for a language without a parser on this machine."""
        self._models.require_packages("text")
        _require(language, parsers.installed_languages(), "names and phrases are")

    def require_mood(self, language: str) -> None:
        """Raise UnsupportedLanguageException for a language whose mood cannot be told here."""
        self._models.require_packages("text")
        _require(language, mood.LANGUAGES, "sentiment is")

    def entities(self, text: str, language: str) -> Sequence[Mention]:
        """The entities of a text in an installed language."""
        return self._parse(names.find_entities, text, language)

    def key_phrases(self, text: str, language: str) -> Sequence[Mention]:
        """The noun phrases of a text in an installed language."""
        return self._parse(names.find_key_phrases, text, language)

    def languages(self, text: str) -> Sequence[Guess]:
        """The likely languages of a text, the likeliest first."""
        self._models.require_packages("text")
        detector = Loadable("text/languages", detection.DETECTOR_MEGABYTES, detection.load_detector)
        with self._models.use(detector) as loaded:
            return detection.detect_languages(loaded, text)

    def mood(self, text: str, language: str) -> Mood:
        """The mood of a text."""
        self.require_mood(language)
        with self._models.use(Loadable("text/mood", mood.MEGABYTES, mood.load_lexicon)) as lexicon:
            return mood.judge(lexicon, text)

    def _parse(self, find: Find, text: str, language: str) -> Sequence[Mention]:
        self.require_parser(language)
        parser = Loadable(
            f"text/parser {language}",
            parsers.PARSER_MEGABYTES,
            lambda: parsers.load_parser(language),
        )
        found: list[Mention] = []
        with self._models.use(parser) as loaded:
            mentions = find(loaded, text)
            while True:
                # others have their turn within a long document, not at its end
                with self._parsing, self._models.cores.hold(1):
                    mention = next(mentions, None)
                if mention is None:
                    return found
                found.append(mention)


def _require(language: str, installed: Sequence[str], what: str) -> None:
    if language not in installed:
        here = ", ".join(NAMES.get(one, one) for one in sorted(installed)) or "no language"
        message = f"On this machine {what} found in {here}{parsers.hint(language)}"
        raise ServiceError("UnsupportedLanguageException", message)
