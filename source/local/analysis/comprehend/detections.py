"""What Comprehend detects, a row each: in a call, in a batch and in a job."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.comprehend import limits
from analysis.language.mood import Mood
from analysis.language.names import Mention
from analysis.language.readers import Readers

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Detection:
    """One thing that can be detected.

    operation: as names of calls have it (`DetectEntities`, `StartEntitiesDetectionJob` have each
    their spelling: `batch`, `job`). label: in the name of the output's folder. read: the members
    of the answer, and of a line of a job's output. require: raises ServiceError for a language
    without a model; None for what needs no language. largest, largest_in_job: bytes of a document.
    """

    operation: str
    job: str
    label: str
    read: Callable[[Readers, str, str], Answer]
    require: Callable[[Readers, str], None] | None
    largest: int
    largest_in_job: int


def _entities(readers: Readers, text: str, language: str) -> Answer:
    return {"Entities": [_mention(one, one.type) for one in readers.entities(text, language)]}


def _key_phrases(readers: Readers, text: str, language: str) -> Answer:
    return {"KeyPhrases": [_mention(one) for one in readers.key_phrases(text, language)]}


def _languages(readers: Readers, text: str, _language: str) -> Answer:
    guesses = readers.languages(text)
    return {"Languages": [{"LanguageCode": one.language, "Score": one.score} for one in guesses]}


def _sentiment(readers: Readers, text: str, language: str) -> Answer:
    found: Mood = readers.mood(text, language)
    # the rules know nothing of mixed moods, so that their score is left out
    scores = {"Positive": found.positive, "Negative": found.negative, "Neutral": found.neutral}
    return {"Sentiment": found.judgement, "SentimentScore": scores}


def _mention(mention: Mention, kind: str = "") -> Answer:
    return {
        "BeginOffset": mention.begin,
        "EndOffset": mention.end,
        "Score": mention.score,
        "Text": mention.text,
        **({"Type": kind} if kind else {}),
    }


DETECTIONS: Sequence[Detection] = (
    Detection(
        "Entities",
        "EntitiesDetectionJob",
        "NER",
        _entities,
        lambda readers, language: readers.require_parser(language),
        limits.LARGEST_TEXT,
        limits.LARGEST_DOCUMENT,
    ),
    Detection(
        "KeyPhrases",
        "KeyPhrasesDetectionJob",
        "KP",
        _key_phrases,
        lambda readers, language: readers.require_parser(language),
        limits.LARGEST_TEXT,
        limits.LARGEST_DOCUMENT,
    ),
    Detection(
        "DominantLanguage",
        "DominantLanguageDetectionJob",
        "LANGUAGE",
        _languages,
        None,
        limits.LARGEST_TEXT,
        limits.LARGEST_DOCUMENT,
    ),
    Detection(
        "Sentiment",
        "SentimentDetectionJob",
        "SENTIMENT",
        _sentiment,
        lambda readers, language: readers.require_mood(language),
        limits.LARGEST_TEXT_FOR_MOOD,
        limits.LARGEST_DOCUMENT_FOR_MOOD,
    ),
)
