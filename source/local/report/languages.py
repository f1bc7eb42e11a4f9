"""Names of languages, for those codes that the engine meets."""

_NAMES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
# written without spaces between words
_UNSPACED = ("ja", "th", "zh")


def language_name(code: str) -> str:
    """Such as English for en-US; the code itself where it is not known."""
    return _NAMES.get(_base(code), code)


def space_between_words(code: str | None) -> str:
    return "" if code and _base(code) in _UNSPACED else " "


def _base(code: str) -> str:
    return code.replace("_", "-").split("-")[0].lower()
