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


def check_body(body: Any, schema: Mapping[str, Any], place: str = "") -> None:
    """Whether a JSON schema knows all keys of a body, where it or a part of it is closed.

    Checked before everything else: a key that is misspelt is also one that is missing. place: of
    the part, with a dot behind it. Raises BadRequest that names the key.
    """
    if not isinstance(body, dict):
        return
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key, value in body.items():
        if key in known:
            check_body(value, known[key], f"{place}{key}.")
        elif any(re.search(one, key) for one in schema.get("patternProperties", {})):
            continue
        elif others is False:
            meant = suggestion(key, known) or f"; those known are {', '.join(known)}"
            raise BadRequest(f"{place}{key[:80]}: this key of the body is not known here{meant}")
        elif isinstance(others, dict):
            check_body(value, others, f"{place}{key[:80]}.")
