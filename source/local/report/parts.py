"""The style sheet and the scripts of the page, which lie beside this file and are put into it.

The scripts are ES modules, so that a console can import them one by one. A page in a single file
has nowhere to import from: there they stand one after another, without their imports and exports.
"""

import base64
import hashlib
import re
from importlib.resources import files

_STYLES = ("page.css", "found.css", "said.css", "stage.css", "timeline.css", "print.css")
# each after those that it imports
_MODULES = (
    "moments.js",
    "svg.js",
    "frame.js",
    "roving.js",
    "sights.js",
    "boxes.js",
    "player.js",
    "timeline.js",
    "transcript.js",
    "search.js",
    "page.js",
)
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def read_style() -> str:
    return "\n".join(map(_read, _STYLES))


def read_script() -> str:
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", _read(one))) for one in _MODULES)


def policy(style: str, script: str, *, beside: bool) -> str:
    """What the page may do: run this script, use this style, show what is in it, nothing else.

    beside: whether its medium is a file beside it.
    """
    shown = "data: blob: file:" if beside else "data: blob:"
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        f"img-src {shown}; media-src {shown}; base-uri 'none'; form-action 'none'"
    )


def _read(name: str) -> str:
    return (files("report") / name).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"
