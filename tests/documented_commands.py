"""The awscurl commands in the documents, and the form of a URL that awscurl 0.44 signs rightly."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`(awscurl [^`]+)`")
_URL = re.compile(r"\$\w+|https?://")


@dataclass(frozen=True)
class Example:
    """Lines of a shell as a document shows them; commands: the awscurl commands among them."""

    document: str
    text: str
    commands: tuple[list[str], ...]


def examples() -> list[Example]:
    """All that call awscurl."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text()
        for shown in (*_BLOCK.findall(text), *_INLINE.findall(_BLOCK.sub("", text))):
            commands = tuple(_commands(shown))
            if commands:
                found.append(Example(document.name, shown, commands))
    return found


def url_of(command: list[str]) -> str:
    """The argument of an awscurl command that is its URL."""
    (url,) = (one for one in command if _URL.match(one))
    return url


def fault(url: str) -> str | None:
    """Why awscurl 0.44 signs another URL than the one that it sends; None where it does not.

    It encodes a query as it stands, although the server decodes it first, and it cuts a value at
    its `=`. It sends a path encoded and signs what it was given, encoded once more by AWS.
    """
    path, _, query = url.partition("?")
    if re.search(r"[%+]", query):
        return "values of a query are written raw, without %XX and +"
    if any(pair.count("=") > 1 for pair in query.split("&")):
        return "no value of a query has a ="
    if not re.fullmatch(r"[!-~]*", path):
        return "a path is written encoded"
    return None


def _commands(text: str) -> list[list[str]]:
    """The awscurl commands of a text, each as its arguments."""
    lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars="|;\n")
    lexer.whitespace = " \t"
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    for token in lexer:
        if set(token) <= set("|;\n"):
            commands.append([])
        else:
            commands[-1].append(token)
    return [one for one in commands if one[:1] == ["awscurl"]]
