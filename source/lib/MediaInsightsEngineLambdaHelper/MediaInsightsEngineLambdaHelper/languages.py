"""Languages as people call them, and what follows where an AI service does not know one."""

from botocore.exceptions import ClientError

from mie.adapters import service_errors
from mie.aws import client as aws_client
from mie.core import languages

from .handlers import OperatorInputError
from .skipping import OperatorSkipped

AUTO = "auto"
# what the services of language say of one that they do not know
_UNSUPPORTED = frozenset({"UnsupportedLanguageException", "UnsupportedLanguagePairException"})
_UNSURE = "DetectedLanguageLowConfidenceException"
_NOT_KNOWN = "The language of the text is not known"


def language_name(code: str) -> str:
    """Such as "Welsh (cy)", also of cy-GB; the code alone where it has no name here."""
    name = languages.language_name(code)
    return code if name == code else f"{name} ({code})"


def target_language(wanted: str, source: str) -> str:
    """Into what is translated; "auto" is English, and Spanish where English is the source."""
    if wanted != AUTO:
        return wanted
    return "es" if source.partition("-")[0] == "en" else "en"


def dominant_language(text: str) -> str:
    """The code of the likeliest language of a text of at most 100 KB.

    Raises OperatorSkipped where it has none, ClientError, BotoCoreError.
    """
    found = []
    if text.strip():
        found = aws_client("comprehend").detect_dominant_language(Text=text)["Languages"]
    if not found:
        raise OperatorSkipped(_NOT_KNOWN)
    return str(max(found, key=lambda one: one.get("Score", 0))["LanguageCode"])


def not_read(
    error: Exception, reader: str, language: str, *, chosen: bool
) -> OperatorInputError | OperatorSkipped | None:
    """What is raised for a service's refusal of a language; None for every other error.

    reader: of what people call it, "Comprehend". chosen: somebody configured this language for this
    operator, which makes it an error.
    """
    said = _refused_language(error)
    if said is None:
        return None
    return unread(f"{reader} does not read {language_name(language)}. {said}", chosen=chosen)


def not_translated(
    error: Exception, source: str, target: str, *, source_chosen: bool, target_chosen: bool
) -> OperatorSkipped | None:
    """The skip that Amazon Translate's refusal means; None for every other error.

    source_chosen, target_chosen: somebody configured them. A refusal is theirs where they chose
    both, or one that the service knows in no pair.
    """
    if isinstance(error, ClientError) and service_errors.code(error) == _UNSURE:
        return OperatorSkipped(f"{_NOT_KNOWN}: {service_errors.text(error)}")
    said = _refused_language(error)
    if said is None:
        return None
    chosen = [code for code, own in ((source, source_chosen), (target, target_chosen)) if own]
    if len(chosen) == 2 or (chosen and not _translated_languages().issuperset(chosen)):
        return None
    found = "this language" if source == AUTO else language_name(source)
    names = f"{found} into {language_name(target)}"
    # its first sentence says the same with codes
    _, dot, more = said.partition(". ")
    return OperatorSkipped(f"Translate does not translate {names}{dot}{more}")


def unread(sentence: str, *, chosen: bool) -> OperatorInputError | OperatorSkipped:
    """What is raised where a reader does not know a language.

    chosen: somebody configured this language for this operator.
    """
    return OperatorInputError(sentence) if chosen else OperatorSkipped(sentence)


def _refused_language(error: Exception) -> str | None:
    if isinstance(error, ClientError) and service_errors.code(error) in _UNSUPPORTED:
        return service_errors.text(error)
    return None


def _translated_languages() -> set[str]:
    """The codes that Amazon Translate knows. Raises ClientError, BotoCoreError."""
    codes: set[str] = set()
    token: dict[str, str] = {}
    while True:
        answer = aws_client("translate").list_languages(**token)
        codes |= {one["LanguageCode"] for one in answer["Languages"]}
        if not answer.get("NextToken"):
            return codes
        token = {"NextToken": answer["NextToken"]}
