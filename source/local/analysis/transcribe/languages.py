"""Codes of languages: the service's have a region, such as en-US, the model's have none."""

from collections.abc import Iterable, Mapping

# where the region cannot be heard, one that the service has
_USUAL = {
    "af": "af-ZA", "ar": "ar-SA", "cy": "cy-GB", "de": "de-DE", "en": "en-US", "es": "es-US",
    "et": "et-EE", "fa": "fa-IR", "fr": "fr-FR", "pt": "pt-BR", "sw": "sw-KE", "zh": "zh-CN",
}  # fmt: skip
# Cantonese, of which the model knows nothing by this name
_UNKNOWN = frozenset(("zh-HK",))


def model_code(language_code: str) -> str | None:
    """The model's code of a language; None for one that it cannot know. `en` of `en-GB`."""
    return None if language_code in _UNKNOWN else language_code.partition("-")[0]


def service_code(language: str, service_codes: Iterable[str]) -> str | None:
    """One of the service's codes for a language of the model's; the first, but for the usual one.

    None when there is none of that language among them.
    """
    fitting = [code for code in service_codes if model_code(code) == language]
    usual = _USUAL.get(language)
    return usual if usual in fitting else next(iter(fitting), None)


def choose(
    likely: Mapping[str, float], options: Iterable[str], default: Iterable[str]
) -> tuple[str, float]:
    """The most likely language as a service's code, and how likely it is, 0…1.

    options: what the caller allows; the likelihoods of these are then compared with one another.
    default: all codes of the service, where the caller allows all.
    """
    allowed = list(options)
    codes = allowed or list(default)
    # a caller who lists en-GB means it, whatever is usual
    named = {
        language: next((c for c in allowed if model_code(c) == language), None)
        or service_code(language, codes)
        for language in likely
    }
    known = {code: likely[language] for language, code in named.items() if code}
    best = max(known, key=lambda code: known[code])
    whole = sum(known.values()) if allowed else 1.0
    return best, known[best] / whole if whole else 0.0
