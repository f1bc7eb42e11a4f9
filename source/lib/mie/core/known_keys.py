"""Names that a caller got wrong: which one may have been meant."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mie.core.errors import BadRequest


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody may have meant; the same but for case, or nearly the same."""
    names = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.7)
    return names[found[0]] if found else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that says which name may have been meant; empty where none is near."""
    meant = nearest(name, known)
    return "" if meant is None else f"; did you mean {meant}?"


def check_body(body: Any, schema: Mapping[str, Any]) -> None:
    """Whether a JSON schema that is closed knows all keys of a body.

    Checked before everything else: a key that is misspelt is also one that is missing. Raises
    BadRequest that names the key.
    """
    if schema.get("additionalProperties", True) is not False or not isinstance(body, dict):
        return
    patterns = schema.get("patternProperties", {})
    for key in body:
        if key in schema["properties"] or any(re.search(one, key) for one in patterns):
            continue
        known = schema["properties"]
        meant = suggestion(key, known) or f"; those known are {', '.join(known)}"
        raise BadRequest(f"{key[:80]}: this key of the body is not known here{meant}")
