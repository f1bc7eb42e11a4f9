"""DetectLabels: what the detector and the tagger see, merged into Label structures.

The detector knows 80 kinds of objects and where they are, the tagger 1,000 kinds of pictures. A
label has one name whoever says it, the confidence of the surer of the two, and the detector's
boxes as its instances. What it is a kind of is a label of its own, at least as sure.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.faults import ServiceError
from analysis.rekognition.geometry import Frame
from analysis.vision.confidence import detected, tagged
from analysis.vision.label_names import category, parents

if TYPE_CHECKING:
    from analysis.models import Models
    from analysis.pictures import Picture
    from analysis.vision.objects import FoundObject
    from analysis.vision.tags import Tags

MODEL_VERSION = "human-centernet-3.3.6+efficientnet-lite2-0.1.0"
# the service's own default
_LEAST_CONFIDENCE = 55.0
_MOST_LABELS = 1_000

_ALIASES: Mapping[str, str] = {
    "Car": "Automobile",
    "Mobile Phone": "Cell Phone",
    "Person": "Human",
}


def see_labels(
    models: "Models", request: Mapping[str, Any], picture: "Picture"
) -> list[dict[str, Any]]:
    """The labels of a picture that a request asks for."""
    from analysis.vision.objects import find_objects
    from analysis.vision.tags import find_tags

    frame = Frame(picture.width, picture.height)
    return merge(request, find_objects(models, picture), find_tags(models, picture), frame)


def detect_labels(labels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The answer of DetectLabels."""
    return {"Labels": labels, "LabelModelVersion": MODEL_VERSION}


def merge(
    request: Mapping[str, Any],
    objects: Sequence["FoundObject"],
    tags: "Tags",
    frame: Frame,
) -> list[dict[str, Any]]:
    """Label structures, the surest first; `request` has passed `check_request`."""
    least = request.get("MinConfidence", _LEAST_CONFIDENCE)
    instances: dict[str, list[dict[str, Any]]] = {}
    for one in objects:
        sure = detected(one.kind, one.score, tags.totals.get(one.kind)) * 100
        if sure >= least:
            box = {"BoundingBox": frame.box(one.box), "Confidence": sure}
            instances.setdefault(one.kind, []).append(box)
    sure_of = {
        name: max(tagged(name, total), tags.sure.get(name, 0.0)) * 100
        for name, total in tags.totals.items()
    }
    for name, boxes in instances.items():
        sure_of[name] = max(sure_of.get(name, 0.0), *(box["Confidence"] for box in boxes))
    labels = [
        _label(name, sure, instances.get(name, []))
        for name, sure in _with_parents(sure_of).items()
        if sure >= least
    ]
    chosen = [label for label in labels if _is_asked_for(label, request)]
    # of two that are as sure, the one that says more comes first
    chosen.sort(key=lambda label: (-label["Confidence"], -len(label["Parents"]), label["Name"]))
    return chosen[: request.get("MaxLabels", _MOST_LABELS)]


def check_request(request: Mapping[str, Any]) -> None:
    """Raises InvalidParameterException for what nothing here can answer."""
    if "IMAGE_PROPERTIES" in request.get("Features", ()):
        raise ServiceError(
            "InvalidParameterException",
            "Feature IMAGE_PROPERTIES is not part of the local analysis",
        )
    if "ImageProperties" in request.get("Settings", {}):
        raise ServiceError(
            "InvalidParameterException",
            "Settings.ImageProperties needs the feature IMAGE_PROPERTIES",
        )


def _with_parents(sure_of: Mapping[str, float]) -> dict[str, float]:
    """A cat is an animal: what a word is a kind of is at least as sure as the word."""
    all_of = dict(sure_of)
    for name, sure in sure_of.items():
        for parent in parents(name):
            all_of[parent] = max(all_of.get(parent, 0.0), sure)
    return all_of


def _label(name: str, sure: float, instances: list[dict[str, Any]]) -> dict[str, Any]:
    alias = _ALIASES.get(name)
    return {
        "Name": name,
        "Confidence": sure,
        "Instances": instances,
        "Parents": [{"Name": parent} for parent in parents(name)],
        **({"Aliases": [{"Name": alias}]} if alias else {}),
        "Categories": [{"Name": category(name)}],
    }


def _is_asked_for(label: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    filters = request.get("Settings", {}).get("GeneralLabels", {})
    names = {label["Name"]}
    categories = {category["Name"] for category in label["Categories"]}
    included = filters.get("LabelInclusionFilters"), filters.get("LabelCategoryInclusionFilters")
    if any(included) and not (names & set(included[0] or ()) | categories & set(included[1] or ())):
        return False
    return not (
        names & set(filters.get("LabelExclusionFilters", ()))
        or categories & set(filters.get("LabelCategoryExclusionFilters", ()))
    )
