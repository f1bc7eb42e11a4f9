"""The one place where the command prints.

Names, paths, texts and messages come from anywhere: no markup is read from them, and what would
steer a terminal is shown instead of sent.
"""

import shutil
import sys
import unicodedata

_NARROWEST, _WIDEST = 40, 100
_WIDTH = 80
# control characters, what turns the direction of writing, and bytes of a name that are no text
_STEERING = ("Cc", "Cf", "Cs")


def say(text: str = "") -> None:
    """One line."""
    print(harmless(text), flush=True)


def complain(text: str) -> None:
    """One line on standard error."""
    print(harmless(text), file=sys.stderr, flush=True)


def is_interactive() -> bool:
    return sys.stdout.isatty()


def width() -> int:
    """How long lines may be; the same everywhere where nobody looks on."""
    if not is_interactive():
        return _WIDTH
    return min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)


def harmless(text: str) -> str:
    """``text`` with what steers a terminal written out, such as \\x1b."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(one) for one in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) in _STEERING:
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character
