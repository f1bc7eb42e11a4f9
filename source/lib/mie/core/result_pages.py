"""Results that arrive in pages, as immutable objects and a manifest.

Pages of one result lie below ``<operator>/<generation>/``. A page's key ends in its number, or in
its place behind those that were there and its call's token when the writer did not number it.
Places count down in the keys, so that the newest page is the first of a listing: the next one costs
a look at one key, and follows from it without a clock. The last page writes a manifest that lists
the keys in order, and only then does the asset's pointer name the new result: readers see the old
one until the new one is whole, and storing a page never rewrites another. For those who follow the
stream of changes the pages are put together beside the manifest, as one JSON array.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mie.core import assets
from mie.core.documents import Json
from mie.core.errors import BadRequest, Conflict, Malformed

_MANIFEST = "manifest.json"
_ARRAY = "pages.json"
_NUMBERED = re.compile(r"(\d{8})\.json")
_APPENDED = re.compile(r"appended-(\d{8})-(.+)\.json")
_GENERATION = r".*/workflows/[^/]+/[^/]+/\d{6}/"
_MANIFEST_KEY = re.compile(_GENERATION + re.escape(_MANIFEST))
_ARRAY_KEY = re.compile(_GENERATION + re.escape(_ARRAY))
LARGEST_PAGE_NUMBER = 99_999_999
_MIXED = "either all pages of a result have numbers or none has"


@dataclass(frozen=True)
class Pointer:
    """An operator's result in one workflow execution, as the asset's item lists it.

    key: the result document, or the manifest of a paged one. version changes whenever the result
    does. pages is 0 for a result stored as a whole; generation counts the paged results of one
    operator in one workflow execution. numbered: every page's key follows from its number.
    """

    workflow: str
    key: str
    version: str
    pages: int = 0
    generation: int = 0
    numbered: bool = False

    def to_item(self) -> Json:
        item: Json = {"workflow": self.workflow, "pointer": self.key, "version": self.version}
        if self.pages:
            item = {**item, "pages": self.pages, "generation": self.generation}
        return {**item, "numbered": True} if self.numbered else item

    @staticmethod
    def from_item(item: Mapping[str, Any]) -> "Pointer":
        """Raises Malformed."""
        workflow, key = item["workflow"], item["pointer"]
        if not isinstance(workflow, str) or not isinstance(key, str):
            raise Malformed(f"a pointer names no workflow and key: {workflow!r}, {key!r}")
        try:
            pages, generation = int(item.get("pages", 0)), int(item.get("generation", 0))
        except (TypeError, ValueError) as error:
            raise Malformed(f"the pointer to {key}: {error}") from error
        numbered = bool(item.get("numbered", False))
        return Pointer(workflow, key, item.get("version", ""), pages, generation, numbered)

    def key_of_page(self, number: int) -> str | None:
        """None when only the manifest tells."""
        if not self.pages:
            return self.key
        if not self.numbered:
            return None
        return numbered_key(self.key.removesuffix(_MANIFEST), number)


def pointers_of(item: Mapping[str, Any], operator: str) -> list[Pointer]:
    """An operator's results, newest first."""
    return [Pointer.from_item(one) for one in item.get(operator, [])]


def with_newest(pointers: Sequence[Pointer], newest: Pointer) -> list[Pointer]:
    """The list after a result was stored: one entry for each workflow execution."""
    return [newest, *(one for one in pointers if one.workflow != newest.workflow)]


def next_generation(pointers: Iterable[Pointer], workflow_id: str) -> int:
    """The generation to which pages belong that arrive now."""
    finished = [one.generation for one in pointers if one.workflow == workflow_id]
    return max(finished, default=0) + 1


def operator_prefix(asset_id: str, workflow_id: str, operator: str) -> str:
    """Where the pages of an operator lie, of all generations."""
    return f"{assets.workflow_prefix(asset_id, workflow_id)}{operator}/"


def generation_prefix(asset_id: str, workflow_id: str, operator: str, generation: int) -> str:
    return f"{operator_prefix(asset_id, workflow_id, operator)}{generation:06d}/"


def numbered_key(prefix: str, page: int) -> str:
    return f"{prefix}{page:08d}.json"


def appended_key(prefix: str, first: str | None, token: str) -> str:
    """The key of a page that is appended.

    first: the first key below the prefix, None when there is none. token: of the writer's call;
    one that is sent again has the page that it stored before. Two calls side by side may get one
    place, where their tokens keep them apart. Raises Conflict.
    """
    if first is None:
        return _key_at(prefix, 0, token)
    newest = _APPENDED.fullmatch(_name(first))
    if newest is None:
        raise Conflict(f"page: {_MIXED}; this result has numbers")
    place = _place(newest)
    return first if newest[2] == token else _key_at(prefix, place + 1, token)


def has_page_of(keys: Iterable[str], token: str) -> bool:
    """Whether one of a result's pages was stored by the call with this token."""
    found = (_APPENDED.fullmatch(_name(key)) for key in keys)
    return any(one is not None and one[2] == token for one in found)


def manifest_key(prefix: str) -> str:
    return prefix + _MANIFEST


def is_manifest_key(key: str) -> bool:
    """Whether a pointer's key leads to pages, and not to a result that was stored as a whole."""
    return _MANIFEST_KEY.fullmatch(key) is not None


def array_key(manifest: str) -> str:
    """Of the array of the pages that a manifest lists."""
    return manifest.removesuffix(_MANIFEST) + _ARRAY


def is_array_key(key: str) -> bool:
    return _ARRAY_KEY.fullmatch(key) is not None


def finished_pages(keys: Iterable[str], last_page: int | None) -> list[str]:
    """The pages of a result in the order in which they are read.

    keys: what lies below the generation's prefix. last_page: the number of the page that ended
    the result, whose writer means pages 0 … last_page and no more, whatever an earlier, longer
    attempt left behind; None when the writer does not number pages, then all that arrived
    count. Raises Conflict when a numbered page is missing, and when some have numbers and some
    have none.
    """
    names = {_name(key): key for key in keys}
    appended = [match for name in names if (match := _APPENDED.fullmatch(name))]
    numbered = {
        int(match[1]): key for name, key in names.items() if (match := _NUMBERED.fullmatch(name))
    }
    if appended and (numbered or last_page is not None):
        raise Conflict(f"page: {_MIXED}; this result has both")
    if last_page is None:
        # a call that was sent again while its first attempt went on may have stored two
        first_of: dict[str, str] = {}
        for match in sorted(appended, key=lambda one: (_place(one), one[2])):
            first_of.setdefault(match[2], names[match[0]])
        return [*first_of.values()]
    # ten are enough to say, and a last page of 99,999,999 must not cost as many steps
    missing = [*islice((str(page) for page in range(last_page + 1) if page not in numbered), 10)]
    if missing:
        raise Conflict(
            f"page: pages {', '.join(missing)} have not arrived; send them before the last one"
        )
    return [numbered[page] for page in range(last_page + 1)]


def _key_at(prefix: str, place: int, token: str) -> str:
    return f"{prefix}appended-{LARGEST_PAGE_NUMBER - place:08d}-{token}.json"


def _place(appended: re.Match[str]) -> int:
    return LARGEST_PAGE_NUMBER - int(appended[1])


def _name(key: str) -> str:
    return key.rsplit("/", 1)[-1]


def to_manifest(keys: Sequence[str]) -> bytes:
    return json.dumps({"Pages": list(keys)}).encode()


def from_manifest(body: bytes) -> list[str]:
    try:
        return list(json.loads(body)["Pages"])
    except (ValueError, KeyError, TypeError) as error:
        raise Malformed("a manifest of pages cannot be read") from error


def check_page_number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,8}", text):
        raise BadRequest(
            f"page: must be a number from 0 to {LARGEST_PAGE_NUMBER}, got {text[:20]!r}"
        )
    return int(text)
