"""What is to be seen: labels, and what a moderator would look at."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from findings.model import Finding, Sight
from findings.sightings import Sighting, box_of, gather, members
from findings.times import Sampling, is_within, spans

Pages = Sequence[Mapping[str, Any]]


def read_what(metadata: Mapping[str, Pages], sampling: Sampling) -> tuple[Finding, ...]:
    """Moderation first; of labels first what is to be seen longest, and then the surest."""
    moderation = list(_moderation(metadata.get("contentModeration", ())))
    labels = list(_labels(metadata.get("labelDetection", ())))
    reach, warned = sampling.reach("labelDetection"), sampling.reach("contentModeration")
    told = _most_special(labels, reach)
    often = Counter(one.name for one in told)
    return (
        *gather("moderation", _most_special(moderation, warned), warned),
        *sorted(
            gather("label", told, reach), key=lambda one: (-often[one.name], -(one.confidence or 0))
        ),
    )


def _labels(pages: Pages) -> Iterable[Sighting]:
    for one in members(pages, "Labels"):
        at, label = one.get("Timestamp"), one.get("Label", one)
        confidence = label.get("Confidence")
        sights = tuple(
            Sight(box_of(place["BoundingBox"]), at, place.get("Confidence", confidence))
            for place in label.get("Instances") or ()
            if place.get("BoundingBox")
        )
        parents = tuple(parent["Name"] for parent in label.get("Parents") or ())
        yield Sighting(label["Name"], at, confidence, sights, parents)


def _moderation(pages: Pages) -> Iterable[Sighting]:
    for one in members(pages, "ModerationLabels"):
        label = one.get("ModerationLabel", one)
        parent = label.get("ParentName")
        details = (parent,) if parent else ()
        at = one.get("Timestamp")
        yield Sighting(label["Name"], at, label.get("Confidence"), details=details)


def _most_special(seen: Sequence[Sighting], reach: float) -> list[Sighting]:
    """Without those whose name only says less than another one of the same time.

    The parents of a name are the details of its sightings.
    """
    children: dict[str, list[Sighting]] = {}
    for one in seen:
        for parent in one.details:
            children.setdefault(parent, []).append(one)
    told = {
        parent: spans((one.at or 0 for one in ones), reach) for parent, ones in children.items()
    }
    return [one for one in seen if not is_within(one.at or 0, told.get(one.name, ()))]
