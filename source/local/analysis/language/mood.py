"""The mood of English text, by VADER's lexicon and rules."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

MEGABYTES = 10
LANGUAGES = ("en",)
# VADER's own bounds for its compound score, -1 to 1
_BOUND = 0.05


@dataclass(frozen=True)
class Mood:
    """The judgement, and how much of the text is of each kind: 0 to 1, together 1."""

    judgement: str
    positive: float
    neutral: float
    negative: float


def load_lexicon() -> "SentimentIntensityAnalyzer":
    """Read the lexicon; takes a few hundredths of a second."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def judge(lexicon: "SentimentIntensityAnalyzer", text: str) -> Mood:
    """POSITIVE, NEGATIVE or NEUTRAL; the rules know no mixed mood."""
    found = lexicon.polarity_scores(text)
    if found["compound"] >= _BOUND:
        judgement = "POSITIVE"
    elif found["compound"] <= -_BOUND:
        judgement = "NEGATIVE"
    else:
        judgement = "NEUTRAL"
    return Mood(judgement, found["pos"], found["neu"], found["neg"])
