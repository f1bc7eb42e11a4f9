"""Results that no record has room for: stored when a stage settles, read with its execution."""

import json
from collections import Counter
from typing import Any

from mie.core import large_results
from mie.core.assets import engine_results_prefix
from mie.core.documents import Execution
from mie.core.large_results import Fitted
from mie.core.lists import LARGEST_ANSWER, travelling_bytes
from mie.core.rollup import Settlement
from mie.engine.ports import Objects


def store(objects: Objects, execution: Execution, name: str, settlement: Settlement) -> Settlement:
    """The settlement as it is written; what it leaves out has been stored. Raises TooLarge."""
    fitted: Fitted = large_results.fit(execution, name, settlement, objects.bucket)
    for key, body in fitted.documents.items():
        objects.put(key, body)
    return fitted.settlement


def shown(objects: Objects, execution: Execution) -> Execution:
    """The record as readers know it, as far as an answer has room.

    Results that would make it too large, or whose asset was deleted, are shown by their pointers.
    """
    room = LARGEST_ANSWER - travelling_bytes(execution)
    documents: dict[str, Any] = {}
    for key, times in Counter(large_results.keys(execution, objects.bucket)).items():
        stored = objects.get(key) if room > 0 else None
        if stored is None:
            continue
        document = json.loads(stored.body)
        size = times * travelling_bytes(document)
        if size <= room:
            room -= size
            documents[key] = document
    return large_results.shown(execution, objects.bucket, documents, LARGEST_ANSWER)


def forget(objects: Objects, execution: Execution) -> None:
    """Deletes what was stored for an execution that is gone."""
    prefix = engine_results_prefix(execution["AssetId"], execution["Id"])
    objects.delete(objects.keys(prefix))
