"""One text or document: the language found, the pair looked up, the terms kept, the rest said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from analysis.cores import Cores
from analysis.faults import ServiceError
from analysis.language.readers import Readers
from analysis.translate import debian
from analysis.translate.apertium import ApertiumError, Find, Pair, Translator, find_translators
from analysis.translate.names import names_in, with_halves
from analysis.translate.segments import HTML, translate_document
from analysis.translate.stream import translate_all
from analysis.translate.terminologies import Terminologies
from analysis.translate.terms import translate_with_terms

AUTO = "auto"
# below, the language of a text is a guess
_SURE = 0.4
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Translation:
    """What was said, from which language, and the terms that were met, by terminology."""

    text: str
    source: str
    terms: Mapping[str, Mapping[str, str]]

    def applied(self) -> list[dict[str, Any]]:
        """The terms as AppliedTerminologies has them."""
        return [
            {
                "Name": name,
                "Terms": [
                    {"SourceText": source, "TargetText": target} for source, target in terms.items()
                ],
            }
            for name, terms in self.terms.items()
        ]


class Translators:
    """The directions of this machine."""

    def __init__(
        self,
        folder: Path,
        readers: Readers,
        terminologies: Terminologies,
        cores: Cores,
        find: Find = find_translators,
    ) -> None:
        """folder: where `debian.fetch` has put Apertium."""
        self._folder = folder
        self._readers = readers
        self._terminologies = terminologies
        self._cores = cores
        self._find = find
        self._found: Mapping[Pair, Translator] = {}

    def pairs(self) -> list[Pair]:
        """Source and target of each direction."""
        return sorted(self._here())

    def require(self, source: str, target: str) -> Translator:
        """The translator of a pair.

        Raises UnsupportedLanguagePairException, ModelNotAvailableException where there is none.
        """
        found = self._here()
        if (source, target) in found:
            return found[source, target]
        if not found:
            raise ServiceError(
                "ModelNotAvailableException",
                "Nothing is translated on this machine, because no translator is installed: "
                f"{debian.COMMAND}, or run-local.sh up again",
            )
        targets = ", ".join(other for one, other in sorted(found) if one == source)
        here = f"{source} is translated into {targets}"
        if not targets:
            lacking = f"into {target}" if source == AUTO else f"from {source}"
            here = f"nothing is translated {lacking}"
        message = f"Unsupported language pair: {source} to {target}. On this machine {here}"
        raise ServiceError("UnsupportedLanguagePairException", message)

    def require_target(self, target: str) -> None:
        """Raise UnsupportedLanguagePairException when nothing is translated into a language."""
        if all(target != into for _, into in self.pairs()):
            self.require(AUTO, target)

    def translate(
        self,
        text: str,
        source: str,
        target: str,
        terminologies: Sequence[str],
        content_type: str = "text/plain",
    ) -> Translation:
        """Translate a text.

        Raises ServiceError when the language is not sure, there is no such pair or terminology,
        or the programs broke.
        """
        if source == AUTO:
            source = self.detect(_TAG.sub(" ", text) if content_type == HTML else text)
        translator = self.require(source, target)
        by_name = self._terminologies.terms(terminologies, source, target)
        # of two terminologies the one that is named later has the last word
        every = {term: said for terms in by_name.values() for term, said in terms.items()}
        met: dict[str, str] = {}

        def say(texts: Sequence[str]) -> Sequence[str]:
            names = self._names(texts, content_type, source, translator)
            kept = {name: name for name in names}
            applied = translate_with_terms(texts, {**kept, **every}, partial(self._run, translator))
            met.update(applied.terms)
            return applied.texts

        said = translate_document(text, content_type, say)
        applied = {
            name: {term: met[term] for term in terms if met.get(term) == terms[term]}
            for name, terms in by_name.items()
        }
        return Translation(said, source, applied)

    def detect(self, text: str) -> str:
        """The language of a text; raises DetectedLanguageLowConfidenceException."""
        likeliest = self._readers.languages(text)[0]
        if likeliest.score < _SURE:
            raise ServiceError(
                "DetectedLanguageLowConfidenceException",
                f"The language of the text is not sure: {likeliest.language} with a confidence of "
                f"{likeliest.score:.2f}; name it in SourceLanguageCode",
            )
        return likeliest.language

    def _here(self) -> Mapping[Pair, Translator]:
        # to look takes as long as to translate a sentence; none may be installed meanwhile
        self._found = self._found or self._find(self._folder)
        return self._found

    def _names(
        self, texts: Sequence[str], content_type: str, source: str, translator: Translator
    ) -> set[str]:
        # a name may begin before a tag and end behind it; a line is for itself
        joint = " " if content_type == HTML else "\n"
        with _working():
            names = names_in(joint.join(texts), source, translator, self._readers)
        return with_halves(names, texts)

    def _run(self, translator: Translator, texts: Sequence[str]) -> Sequence[str]:
        with _working(), self._cores.hold(1):
            return translate_all(translator, texts)


@contextmanager
def _working() -> Iterator[None]:
    try:
        yield
    except ApertiumError as error:
        raise ServiceError("InternalServerException", str(error), 500) from error
