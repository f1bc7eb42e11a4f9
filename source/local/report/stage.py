"""The medium itself: the picture with its boxes, or a player over which a script draws them."""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from findings.model import Box, Finding, Medium
from findings.wording import clock, counted, percent
from report.found import Numbered, box_identity, identity
from report.markup import Markup, element, text
from report.media import KeyFrame, Media
from report.moments import link

_BOXED = {
    "face": "Faces",
    "celebrity": "Celebrities",
    "label": "Objects",
    "moderation": "Moderation",
    "text": "Text",
}
# more boxes of one kind than this hide the picture, until somebody asks for them
_MOST_BOXES = 40
_LONGEST_NAME = 28


def stage(medium: Medium, media: Media, found: Sequence[Numbered]) -> Markup:
    boxed = [(number, finding) for number, finding in found if finding.sights]
    if media.content_type.startswith("image/"):
        shown = element("img", src=source(media), alt=f"The picture {medium.name}")
        boxes = element(
            "svg",
            *(box for number, finding in boxed for box in _boxes(number, finding)),
            class_="boxes",
            role="group",
            aria_label="Where it was found",
        )
        frame = element("div", shown, boxes if boxed else "", class_="frame")
        return element("figure", frame, _choices(boxed), class_="stage")
    kind = "video" if media.content_type.startswith("video/") else "audio"
    player = element(
        kind,
        "Your browser cannot play this file.",
        id="player",
        src=source(media),
        controls=True,
        preload="metadata",
        aria_label=f"{medium.kind} {medium.name}",
    )
    if kind == "audio":
        return element("figure", player, class_="stage")
    overlay = element("svg", class_="boxes moving", aria_hidden="true")
    frame = element("div", player, overlay, class_="frame")
    return element("figure", frame, _choices(boxed), class_="stage")


def source(media: Media) -> str:
    """The address from which a browser takes the medium."""
    return quote(media.beside) or _embedded(media.content_type, media.content)


def key_frames(frames: Sequence[KeyFrame]) -> Markup:
    if not frames:
        return Markup()
    shown = [
        element(
            "li",
            link(
                frame.at,
                element(
                    "img",
                    src=_embedded(frame.content_type, frame.picture),
                    alt=f"Frame at {clock(frame.at)}",
                    loading="lazy",
                ),
                element("span", clock(frame.at), aria_hidden="true"),
            ),
        )
        for frame in frames
    ]
    title = element("h2", "Key frames", id="frames-title")
    strip = element("ol", *shown, aria_labelledby="frames-title")
    return element("section", title, strip, class_="frames")


def moving_sights(found: Iterable[Numbered]) -> Markup:
    """Where things were seen in time, for the script: times in milliseconds, boxes as shares."""
    things = [
        {
            "finding": number,
            "kind": finding.kind,
            "name": _short(finding),
            "sights": [
                [one.at, *(round(side, 4) for side in _sides(one.box))]
                for one in finding.sights
                if one.at is not None
            ],
        }
        for number, finding in found
    ]
    seen = [thing for thing in things if thing["sights"]]
    if not seen:
        return Markup()
    written = json.dumps(seen, separators=(",", ":"))
    # what could end the script element, or begin a comment in it, is written as JSON's own escapes
    written = written.replace("<", "\\u003c").replace(">", "\\u003e")
    return element("script", Markup(written), type="application/json", id="sights")


def _boxes(number: int, finding: Finding) -> list[Markup]:
    label = ", ".join(filter(None, (counted(finding), percent(finding.confidence))))
    return [
        element(
            "a",
            element("title", label),
            _outline(sight.box),
            _plate(sight.box, _short(finding)),
            id=box_identity(number) if not index else None,
            href=f"#{identity(number)}",
            class_=f"box {finding.kind}",
            data_finding=number,
            aria_label=label,
        )
        for index, sight in enumerate(finding.sights)
    ]


def _outline(box: Box) -> Markup:
    left, top, width, height = (f"{100 * side:.3f}%" for side in _sides(box))
    return element("rect", class_="outline", x=left, y=top, width=width, height=height, rx=3)


def _plate(box: Box, name: str) -> Markup:
    """The name on its ground; a script measures the ground and finds a free place for both."""
    plate = element("rect", class_="plate", width=12 + 7 * len(name), height=20, rx=4)
    words = element("text", name, x=6, y=14)
    left, top = f"{100 * box.left:.3f}%", f"{100 * box.top:.3f}%"
    return element("svg", plate, words, class_="plates", x=left, y=top, aria_hidden="true")


def _short(finding: Finding) -> str:
    name = finding.name
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.width, box.height


def _choices(boxed: Sequence[Numbered]) -> Markup:
    """A box to tick for every kind; the style sheet alone hides the boxes of the others."""
    counts = Counter(finding.kind for _, finding in boxed)
    drawn = Counter(dict.fromkeys(counts, 0))
    for _, finding in boxed:
        drawn[finding.kind] += len(finding.sights) if finding.sights[0].at is None else 1
    ticks = [
        element(
            "label",
            element("input", type="checkbox", checked=drawn[kind] <= _MOST_BOXES, data_kind=kind),
            f" {called}",
            element("span", f" {counts[kind]:,}", class_="count"),
        )
        for kind, called in _BOXED.items()
        if kind in counts
    ]
    if not ticks:
        return Markup()
    legend = element("legend", "Boxes")
    return element("figcaption", element("fieldset", legend, *ticks, class_="choices"))


def _embedded(content_type: str, content: bytes) -> Markup:
    return Markup(f"data:{text(content_type)};base64,{base64.b64encode(content).decode()}")
