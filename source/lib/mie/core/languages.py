"""What languages are called, which have no spaces between words, and texts put together."""

import unicodedata
from collections.abc import Iterable, Mapping

# Language codes without a region; Korean and Vietnamese have spaces.
SPACELESS_LANGUAGES = frozenset(
    ("bo", "cmn", "dz", "ja", "km", "lo", "my", "th", "wuu", "yue", "zh")
)
# How Unicode's names of their letters begin, besides the wide ones of East Asia.
_SPACELESS_SCRIPTS = ("THAI ", "LAO ", "TIBETAN ", "MYANMAR ", "KHMER ")

# marks behind a word that has a space behind them
_CLOSING = ".,;:!?%)"

_NAMES: Mapping[str, str] = {
    "ab": "Abkhaz", "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "ast": "Asturian",
    "az": "Azerbaijani", "ba": "Bashkir", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali",
    "bo": "Tibetan", "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "ckb": "Central Kurdish",
    "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fo": "Faroese", "fr": "French", "ga": "Irish", "gd": "Scottish Gaelic", "gl": "Galician",
    "gu": "Gujarati", "ha": "Hausa", "haw": "Hawaiian", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "jv": "Javanese",
    "ka": "Georgian", "kab": "Kabyle", "kk": "Kazakh", "km": "Khmer", "kn": "Kannada",
    "ko": "Korean", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish", "lg": "Luganda",
    "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy",
    "mhr": "Meadow Mari", "mi": "Maori", "mk": "Macedonian", "ml": "Malayalam",
    "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "my": "Burmese",
    "ne": "Nepali", "nl": "Dutch", "nn": "Nynorsk", "no": "Norwegian", "oc": "Occitan",
    "or": "Odia", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "rw": "Kinyarwanda", "sa": "Sanskrit", "sd": "Sindhi",
    "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona", "so": "Somali",
    "sq": "Albanian", "sr": "Serbian", "su": "Sundanese", "sv": "Swedish", "sw": "Swahili",
    "ta": "Tamil", "te": "Telugu", "tg": "Tajik", "th": "Thai", "tk": "Turkmen",
    "tl": "Tagalog", "tr": "Turkish", "tt": "Tatar", "ug": "Uyghur", "uk": "Ukrainian",
    "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "wo": "Wolof", "yi": "Yiddish",
    "yo": "Yoruba", "yue": "Cantonese", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip


def language_name(code: str) -> str:
    """In English, without the region; the code itself of a language that has no name here."""
    return _NAMES.get(code.partition("-")[0].lower(), code)


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
