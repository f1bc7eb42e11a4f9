"""Results that arrive in pages, as immutable objects and a manifest.

Pages of one result lie below ``<operator>/<generation>/``. A page's key ends in its number, or in
a sortable mark of its arrival when the writer did not number it. The last page writes a manifest
that lists the keys in order, and only then does the asset's pointer name the new result: readers
see the old one until the new one is whole, and storing a page never rewrites another.
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
_ARRIVED = "arrived-"
_NUMBERED = re.compile(r"(\d{8})\.json")
_MANIFEST_KEY = re.compile(rf".*/workflows/[^/]+/[^/]+/\d{{6}}/{re.escape(_MANIFEST)}")
LARGEST_PAGE_NUMBER = 99_999_999


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
        return Pointer(
            workflow=item["workflow"],
            key=item["pointer"],
            version=item.get("version", ""),
            pages=int(item.get("pages", 0)),
            generation=int(item.get("generation", 0)),
            numbered=bool(item.get("numbered", False)),
        )

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


def generation_prefix(asset_id: str, workflow_id: str, operator: str, generation: int) -> str:
    return f"{assets.workflow_prefix(asset_id, workflow_id)}{operator}/{generation:06d}/"


def numbered_key(prefix: str, page: int) -> str:
    return f"{prefix}{page:08d}.json"


def appended_key(prefix: str, arrived_ms: int, mark: str) -> str:
    """arrived_ms: Unix time in milliseconds; mark: makes two pages of one millisecond differ."""
    return f"{prefix}{_ARRIVED}{arrived_ms:015d}-{mark}.json"


def manifest_key(prefix: str) -> str:
    return prefix + _MANIFEST


def is_manifest_key(key: str) -> bool:
    """Whether a pointer's key leads to pages, and not to a result that was stored as a whole."""
    return _MANIFEST_KEY.fullmatch(key) is not None


def finished_pages(keys: Iterable[str], last_page: int | None) -> list[str]:
    """The pages of a result in the order in which they are read.

    keys: what lies below the generation's prefix. last_page: the number of the page that ended
    the result, whose writer means pages 0 … last_page and no more, whatever an earlier, longer
    attempt left behind; None when the writer does not number pages, then all that arrived
    count. Raises Conflict when a numbered page is missing.
    """
    if last_page is None:
        return sorted(key for key in keys if key.rsplit("/", 1)[-1].startswith(_ARRIVED))
    numbered = {
        int(match[1]): key for key in keys if (match := _NUMBERED.fullmatch(key.rsplit("/", 1)[-1]))
    }
    # ten are enough to say, and a last page of 99,999,999 must not cost as many steps
    missing = [*islice((str(page) for page in range(last_page + 1) if page not in numbered), 10)]
    if missing:
        raise Conflict(
            f"page: pages {', '.join(missing)} have not arrived; send them before the last one"
        )
    return [numbered[page] for page in range(last_page + 1)]


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
