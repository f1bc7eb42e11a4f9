"""Keeps the records of executions and the inputs of states small.

Step Functions takes 256 KiB for a state, DynamoDB 400 KB for an item, and both are paid by size.
What operators returned and is too large goes to S3; the record, and the metadata that the next
stage gets, have {"S3Bucket", "S3Key"} of a JSON document in its place. The key follows from the
content, so that writing it again changes nothing, whoever does it.

Sizes are bytes of compact JSON in ASCII, which is more than either of them counts.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mie.core import rollup
from mie.core.assets import engine_results_prefix
from mie.core.documents import Execution, Globals, Json
from mie.core.errors import TooLarge
from mie.core.executions import run_state
from mie.core.lists import travelling_bytes
from mie.core.rollup import Settlement

# The record has the globals twice: as they are, and as the input of the current stage.
LARGEST_GLOBALS = 24_000
LARGEST_RECORD = 100_000
LARGEST_STATE = 200_000
# Ids, bucket and hash make a pointer of about 250 bytes, and it is read by a request of its own.
_POINTER = 300
_WORTH_MOVING = 512


@dataclass(frozen=True)
class Fitted:
    """A settlement that fits, and the documents (key -> body) to store before it is written."""

    settlement: Settlement
    documents: Mapping[str, bytes]


def fit(execution: Execution, name: str, settlement: Settlement, bucket: str) -> Fitted:
    """Moves results to documents until record and state have room.

    execution: as it was before; name: of the stage that is settled. Raises TooLarge when the next
    stage would get too much that cannot be moved.
    """
    place = _Place(bucket, engine_results_prefix(execution["AssetId"], execution["Id"]))
    handed_on, documents = _fit_globals(settlement.globals, place)
    following = settlement.following
    if following is not None:
        following = {**following, "Input": handed_on}
        size = size_of(run_state(following))
        if size > LARGEST_STATE:
            raise TooLarge(
                f"the stage {settlement.current_stage} would get an input of {size} bytes, "
                f"{LARGEST_STATE} are possible"
            )
    fitting = replace(settlement, globals=handed_on, following=following)
    rest = size_of(_applied(execution, name, fitting)) - size_of(handed_on) * (
        1 if following is None else 2
    )
    # whatever later stages hand on and return has its room
    ahead = [one for one in execution["Workflow"]["Stages"].values() if "Outputs" not in one]
    reserved = 2 * LARGEST_GLOBALS + len(ahead) * _POINTER
    if rest + reserved > LARGEST_RECORD:
        body = _body(settlement.stage["Outputs"])
        if len(body) > _WORTH_MOVING:
            stage = {**settlement.stage, "Outputs": place.pointer(body)}
            fitting = replace(fitting, stage=stage)
            documents = {**documents, place.key(body): body}
    return Fitted(fitting, documents)


def keys(execution: Execution, bucket: str) -> list[str]:
    """The documents that a reader of the record needs, results of the stages first.

    One that stands there twice is needed twice.
    """
    place = _Place(bucket, engine_results_prefix(execution["AssetId"], execution["Id"]))
    candidates = [
        *(stage.get("Outputs") for stage in execution["Workflow"]["Stages"].values()),
        *execution["Globals"]["MetaData"].values(),
    ]
    return [key for one in candidates if (key := place.key_of(one)) is not None]


def shown(execution: Execution, bucket: str, documents: Mapping[str, Any], most: int) -> Execution:
    """The record as readers know it: every result whole, every finished stage with its input.

    documents: key -> what lies there; pointers to others stay. most: the answer's size on the
    wire, beyond which finished stages are shown without their inputs.
    """
    place = _Place(bucket, engine_results_prefix(execution["AssetId"], execution["Id"]))
    stages = {
        name: _with_results(stage, place, documents)
        for name, stage in execution["Workflow"]["Stages"].items()
    }
    given = execution["Globals"]
    complete: Execution = {
        **execution,
        "Globals": {
            **given,
            "MetaData": {
                key: _document(value, place, documents) for key, value in given["MetaData"].items()
            },
        },
        "Workflow": {**execution["Workflow"], "Stages": stages},
    }
    with_inputs: Execution = {
        **complete,
        "Workflow": {**execution["Workflow"], "Stages": _with_inputs(execution, stages)},
    }
    return with_inputs if travelling_bytes(with_inputs) <= most else complete


def size_of(document: Any) -> int:
    return len(_body(document))


@dataclass(frozen=True)
class _Place:
    """Where the documents of one execution lie."""

    bucket: str
    prefix: str

    def key(self, body: bytes) -> str:
        return f"{self.prefix}{hashlib.sha256(body).hexdigest()}.json"

    def pointer(self, body: bytes) -> Json:
        return {"S3Bucket": self.bucket, "S3Key": self.key(body)}

    def key_of(self, value: object) -> str | None:
        """The key of a pointer of ours; None for any other value."""
        if not isinstance(value, dict) or set(value) != {"S3Bucket", "S3Key"}:
            return None
        key = value["S3Key"]
        if value["S3Bucket"] != self.bucket or not isinstance(key, str):
            return None
        return key if key.startswith(self.prefix) else None


def _body(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _fit_globals(given: Globals, place: _Place) -> tuple[Globals, dict[str, bytes]]:
    """Moves values of the metadata, the largest first, until the rest has room."""
    bodies = {key: _body(value) for key, value in given["MetaData"].items()}
    excess = size_of(given) - LARGEST_GLOBALS
    metadata, documents = given["MetaData"], {}
    for key in sorted(bodies, key=lambda one: len(bodies[one]), reverse=True):
        if excess <= 0 or len(bodies[key]) <= _WORTH_MOVING:
            break
        pointer = place.pointer(bodies[key])
        metadata = {**metadata, key: pointer}
        documents[place.key(bodies[key])] = bodies[key]
        excess -= len(bodies[key]) - size_of(pointer)
    return {**given, "MetaData": metadata}, documents


def _applied(execution: Execution, name: str, settlement: Settlement) -> Json:
    stages = {**execution["Workflow"]["Stages"], name: settlement.stage}
    if settlement.following is not None:
        stages = {**stages, settlement.current_stage: settlement.following}
    return {
        **execution,
        "Workflow": {**execution["Workflow"], "Stages": stages},
        "Globals": settlement.globals,
        "Message": settlement.message,
    }


def _document(value: Any, place: _Place, documents: Mapping[str, Any]) -> Any:
    key = place.key_of(value)
    return value if key is None or key not in documents else documents[key]


def _with_results(stage: Json, place: _Place, documents: Mapping[str, Any]) -> Json:
    if "Outputs" not in stage:
        return stage
    outputs = _document(stage["Outputs"], place, documents)
    if not isinstance(outputs, list):
        return {**stage, "Outputs": outputs}
    of_every_result = {key: stage[key] for key in ("AssetId", "WorkflowExecutionId")}
    return {
        **stage,
        "Outputs": [
            {
                **of_every_result,
                "Configuration": stage["Configuration"].get(one["Name"], {}),
                **one,
            }
            for one in outputs
        ],
    }


def _with_inputs(execution: Execution, stages: Mapping[str, Json]) -> Mapping[str, Json]:
    """Every finished stage gets what the results before it add up to, as far as they are there."""
    complete = dict(stages)
    name = execution["Workflow"]["StartAt"]
    while isinstance(outputs := complete[name].get("Outputs"), list):
        following = complete[name].get("Next")
        if following is None or "Outputs" not in complete[following]:
            break
        given = rollup.handed_on(complete[name]["Input"], outputs)
        complete[following] = {"Input": given, **complete[following]}
        name = following
    return complete
