"""The kinds of video jobs, a row each: what is looked at, how often, and what comes of it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.context import Context
from analysis.faults import ServiceError
from analysis.rekognition.examination import celebrities_header, moderation_header
from analysis.rekognition.geometry import Frame
from analysis.rekognition.label_votes import Sample, vote
from analysis.rekognition.moderation import moderation_labels
from analysis.rekognition.video_people import (
    check_collection,
    nobody_is_known,
    recognize_known,
    search_faces,
)
from analysis.rekognition.video_source import Memory, Video
from analysis.rekognition.video_store import Item

if TYPE_CHECKING:
    from analysis.pictures import Picture
    from analysis.vision.texts import Line

LOG = logging.getLogger(__name__)

Request = Mapping[str, Any]
# what a job finds: batches of items, in the order of time
Add = Callable[[Sequence[Item]], None]
Work = Callable[[Context, Request, Video, Add], None]
# the items of a picture that is shown at a time, in milliseconds; they are without the time
Look = Callable[[int, "Picture"], list[dict[str, Any]]]

# the service's own default for labels of videos, which is lower than that for pictures
_LEAST_CONFIDENCE = 50.0


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    operation: the part of its calls' names after Start and Get. items: the member of an answer
    that lists what was found. sorts: values of SortBy besides TIMESTAMP, with what they compare.
    answer: more members of a finished job's answer, from its request. family: the models that it
    cannot do without. check: raises ServiceError for a request that cannot be answered. headers:
    go along with a finished job's answer. listens: whether it analyses the sound as well.
    """

    operation: str
    items: str
    work: Work
    family: str = "vision"
    sorts: Mapping[str, Callable[[Item], str | int]] = field(default_factory=dict)
    answer: Callable[[Request], Mapping[str, Any]] = lambda _request: {}
    check: Callable[[Context, Request], None] = lambda _context, _request: None
    headers: Callable[[], Mapping[str, str]] = dict
    # members of a Get request that change the order or the form of the answer, and are told back
    echo: Sequence[str] = ()
    listens: bool = False

    @property
    def start(self) -> str:
        return f"Start{self.operation}"

    @property
    def get(self) -> str:
        return f"Get{self.operation}"

    @property
    def job(self) -> str:
        """The kind of its jobs, as Jobs knows it."""
        return f"rekognition-{self.operation}"


def sampled(
    every_ms: int,
    prepare: Callable[[Context, Request], Look],
    rest_ms: int = 0,
    settle: Callable[[Iterable[Sample]], Iterable[Sample]] = lambda samples: samples,
) -> Work:
    """Work that looks at a frame each `every_ms`; one that looks as before has the same items.

    rest_ms: where nothing was found, the next look is at least so much later. settle: what of it
    is told, when more than one frame decides.
    """

    def work(context: Context, request: Request, video: Video, add: Add) -> None:
        look = prepare(context, request)
        for time, items in settle(_looks(video, every_ms, look, rest_ms)):
            add([{"Timestamp": time, **item} for item in items])

    return work


def _looks(video: Video, every_ms: int, look: Look, rest_ms: int) -> Iterator[Sample]:
    items: list[dict[str, Any]] = []
    memory, next_look = Memory(), 0
    for time, picture in video.frames(every_ms):
        if time >= next_look and memory.is_new(picture):
            items = look(time, picture)
            next_look = 0 if items else time + rest_ms
        yield time, items


def unless(is_vain: Callable[[Context], bool], work: Work) -> Work:
    """Work that finds nothing, and is not begun, when that is known beforehand."""

    def begin(context: Context, request: Request, video: Video, add: Add) -> None:
        if not is_vain(context):
            work(context, request, video, add)

    return begin


def _faces(context: Context, request: Request) -> Look:
    from analysis.rekognition.face_detection import face_details, wanted
    from analysis.vision.faces import detect_faces

    attributes = wanted([request.get("FaceAttributes", "DEFAULT")])

    def look(_time: int, picture: "Picture") -> list[dict[str, Any]]:
        found = detect_faces(context.models, picture, bool(attributes))
        details = face_details(found, _frame(picture), attributes)["FaceDetails"]
        return [{"Face": detail} for detail in details]

    return look


def _labels(context: Context, request: Request) -> Look:
    from analysis.rekognition.label_detection import see_labels

    wanted = {"MinConfidence": _LEAST_CONFIDENCE, **request}

    def look(_time: int, picture: "Picture") -> list[dict[str, Any]]:
        return [{"Label": label} for label in see_labels(context.models, wanted, picture)]

    return look


def _supported(samples: Iterable[Sample]) -> Iterator[Sample]:
    return vote(samples, _label_name)


def _label_name(item: Mapping[str, Any]) -> str:
    return str(item["Label"]["Name"])


def _texts(context: Context, request: Request) -> Look:
    from analysis.rekognition.text_detection import detect_text
    from analysis.vision.texts import read_lines

    def look(_time: int, picture: "Picture") -> list[dict[str, Any]]:
        lines = read_lines(context.models, picture, quickly=True)
        texts = detect_text(request, lines, _frame(picture))["TextDetections"]
        return [{"TextDetection": text} for text in texts]

    return look


def _moderation(context: Context, request: Request) -> Look:
    from analysis.vision.nudity import nudity

    def look(_time: int, picture: "Picture") -> list[dict[str, Any]]:
        labels = moderation_labels(nudity(context.models, picture), request)
        return [{"ModerationLabel": label} for label in labels]

    return look


def _frame(picture: "Picture") -> Frame:
    return Frame(picture.width, picture.height)


def _segments(context: Context, request: Request, video: Video, add: Add) -> None:
    from analysis.media.scan import scan
    from analysis.rekognition import segments

    rate = video.facts.frame_rate
    if rate is None:
        raise AssertionError("a video without a frame rate is refused before")
    least_shot, least_cue, level, share = segments.limits(request)
    types = request["SegmentTypes"]
    rolls = _credits(context, video) if "TECHNICAL_CUE" in types else []
    found = scan(
        video.path,
        video.facts,
        least_change=segments.LEAST_CHANGE,
        black_level=level,
        black_share=share,
        go_on=video.go_on,
    )
    by_type = {
        "SHOT": lambda: segments.shots(found, rate, least_shot),
        "TECHNICAL_CUE": lambda: segments.technical_cues(found, rate, rolls, least_cue),
    }
    for one in dict.fromkeys(types):
        add(by_type[one]())


def _credits(context: Context, video: Video) -> "list[Any]":
    from analysis.rekognition.credit_rolls import find_credits

    if not context.models.has("vision"):
        # shots and black frames need no model, and are told without one
        LOG.warning("credits are not looked for: the models that read text are not installed")
        return []
    from analysis.vision.texts import read_lines

    def read(picture: "Picture") -> "list[Line]":
        return read_lines(context.models, picture, quickly=True)

    return find_credits(video, read)


def _segment_types(request: Request) -> Mapping[str, Any]:
    from analysis.rekognition.segments import CUES_VERSION, SHOTS_VERSION

    versions = {"SHOT": SHOTS_VERSION, "TECHNICAL_CUE": CUES_VERSION}
    types = dict.fromkeys(request["SegmentTypes"])
    return {"SelectedSegmentTypes": [{"Type": t, "ModelVersion": versions[t]} for t in types]}


def _check_segments(_context: Context, request: Request) -> None:
    filters, types = request.get("Filters", {}), request["SegmentTypes"]
    for name, wanted in (("ShotFilter", "SHOT"), ("TechnicalCueFilter", "TECHNICAL_CUE")):
        if name in filters and wanted not in types:
            text = f"{name} needs the segment type {wanted}"
            raise ServiceError("InvalidParameterException", text)


def _version(member: str, module: str) -> Callable[[Request], Mapping[str, Any]]:
    def answer(_request: Request) -> Mapping[str, Any]:
        from importlib import import_module

        return {member: import_module(module).MODEL_VERSION}

    return answer


KINDS: Sequence[Kind] = (
    Kind("FaceDetection", "Faces", sampled(500, _faces)),
    Kind(
        "LabelDetection",
        "Labels",
        sampled(500, _labels, settle=_supported),
        sorts={"NAME": _label_name},
        answer=_version("LabelModelVersion", "analysis.rekognition.label_detection"),
        echo=("SortBy", "AggregateBy"),
    ),
    Kind(
        "TextDetection",
        "TextDetections",
        # most seconds of most videos have no writing, which is the dearest to look for
        sampled(1_000, _texts, rest_ms=2_000),
        answer=_version("TextModelVersion", "analysis.rekognition.text_detection"),
    ),
    Kind(
        "ContentModeration",
        "ModerationLabels",
        sampled(1_000, _moderation),
        sorts={"NAME": lambda item: str(item["ModerationLabel"]["Name"])},
        answer=_version("ModerationModelVersion", "analysis.vision.nudity"),
        headers=moderation_header,
        echo=("SortBy", "AggregateBy"),
    ),
    Kind(
        "FaceSearch",
        "Persons",
        sampled(1_000, search_faces),
        sorts={"INDEX": lambda item: int(item["Person"]["Index"])},
        check=check_collection,
    ),
    Kind(
        "CelebrityRecognition",
        "Celebrities",
        unless(nobody_is_known, sampled(1_000, recognize_known)),
        sorts={"ID": lambda item: str(item["Celebrity"]["Id"])},
        headers=celebrities_header,
    ),
    Kind(
        "SegmentDetection",
        "Segments",
        _segments,
        family="core",
        answer=_segment_types,
        check=_check_segments,
        listens=True,
    ),
)
