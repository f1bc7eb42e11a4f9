"""Captions that people have edited: a new run keeps them.

People edit the current captions of a language, by storing others in their place. Operators
therefore note what they have stored as current themselves; what is current and is not noted has
been edited, and stays as it is, all of it: which captions of two transcripts are the same nobody
knows, and times move with the words.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import caption_store
from caption_store import Caption

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    OperatorInputError,
    store_results,
)


def renew(
    operator: MediaInsightsOperationHelper,
    language: str,
    made: Sequence[Caption],
    raw: str,
    *,
    chosen: Sequence[Caption] | None = None,
    repaired: int = 0,
) -> list[Caption] | None:
    """Stores what was made under its raw name and, unless people have edited them, as current.

    chosen: what becomes current instead of what was made, with the number of repaired lines.
    Returns the edited captions that were kept, None where there were none. Raises OperatorError.
    """
    wanted = made if chosen is None else chosen
    current = caption_store.current(language)
    # what is overwritten in any case need not be read, and may be no captions at all
    before = caption_store.find(operator, current) if _keeps_edits(operator) else None
    if before is not None and _are_edited(operator, language, before, wanted, raw):
        caption_store.save(operator, raw, made, WebCaptionsKept=len(before))
        return before
    if _digest(wanted) not in _noted(operator, language):
        # Noted before it is stored: a run that is broken off in between leaves what was there,
        # which therefore stays noted, too.
        known = [] if before is None else [_digest(before)]
        store_results(operator, _note(language), {"Digests": [_digest(wanted), *known]})
    caption_store.save(operator, current, wanted, WebCaptionsRepaired=repaired)
    # last, because older results have no note, and are known by being the same as the raw ones
    caption_store.save(operator, raw, made)
    return None


def _are_edited(
    operator: MediaInsightsOperationHelper,
    language: str,
    captions: Sequence[Caption],
    wanted: Sequence[Caption],
    raw: str,
) -> bool:
    digest = _digest(captions)
    if digest == _digest(wanted):
        return False
    if digest in _noted(operator, language):
        return False
    names = dict.fromkeys([raw, *caption_store.raw_names(language)])
    copies = (caption_store.find(operator, name) for name in names)
    return all(copy is None or digest != _digest(copy) for copy in copies)


def _keeps_edits(operator: MediaInsightsOperationHelper) -> bool:
    value = operator.configuration.get("KeepEdits", True)
    known = {"true": True, "false": False}
    if str(value).lower() not in known:
        raise OperatorInputError(f"KeepEdits must be true or false, and is {value!r}")
    return known[str(value).lower()]


def _noted(operator: MediaInsightsOperationHelper, language: str) -> list[str]:
    pages = caption_store.results(operator, _note(language))
    return [digest for page in pages for digest in page.get("Digests", ())]


def _note(language: str) -> str:
    return f"WebCaptionsMade_{language}"


def _digest(captions: Iterable[Mapping[str, Any]]) -> str:
    """Of what people see and edit; a number as text is the same number."""
    seen = [[_time(one.get("start")), _time(one.get("end")), one["caption"]] for one in captions]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def _time(value: Any) -> Any:
    try:
        return float(str(value))
    except ValueError:
        return str(value)
