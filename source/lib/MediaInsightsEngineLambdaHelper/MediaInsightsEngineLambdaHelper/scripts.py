"""Languages that are written without spaces between words, and texts that are put together."""

import unicodedata
from collections.abc import Iterable

# Language codes without a region; Korean and Vietnamese have spaces.
SPACELESS_LANGUAGES = frozenset(
    ("bo", "cmn", "dz", "ja", "km", "lo", "my", "th", "wuu", "yue", "zh")
)
# How Unicode's names of their letters begin, besides the wide ones of East Asia.
_SPACELESS_SCRIPTS = ("THAI ", "LAO ", "TIBETAN ", "MYANMAR ", "KHMER ")

# marks behind a word that has a space behind them
_CLOSING = ".,;:!?%)"


def is_spaceless(letter: str) -> bool:
    """Whether a character is of a script in which words are not set apart; marks of it are, too."""
    if letter < "\u0e00":
        return False
    name = unicodedata.name(letter, "")
    if name.startswith(_SPACELESS_SCRIPTS):
        return True
    return unicodedata.east_asian_width(letter) in "WFH" and "HANGUL" not in name


def separator(before: str, after: str, language: str) -> str:
    """What stands between two texts: a space or, in a language without spaces, mostly nothing.

    Two words of another script keep theirs there: 「Amazon Echo」 in Japanese.
    """
    if not before or not after:
        return ""
    if language.partition("-")[0].lower() not in SPACELESS_LANGUAGES:
        return " "
    ends, begins = before[-1], after[0]
    if is_spaceless(ends) or is_spaceless(begins) or not begins.isalnum():
        return ""
    return " " if ends.isalnum() or ends in _CLOSING else ""


def join_texts(texts: Iterable[str], language: str) -> str:
    """Words, or captions, as one text. language: a code such as en or zh-TW."""
    joined: list[str] = []
    for text in texts:
        joined += [separator(joined[-1] if joined else "", text, language), text] if text else []
    return "".join(joined)
