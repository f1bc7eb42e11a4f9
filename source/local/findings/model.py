"""What was found in one asset, grouped by what people ask: who, what, said, shown, when.

Times are milliseconds from the beginning, confidences 0 to 100, boxes are shares of the width and
height of the picture. The command prints this and the report draws it; neither reads a document of
the data plane.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """From ``start`` to ``end``, which are the same for what was seen in one frame only."""

    start: int
    end: int


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Sight:
    """One place where something was seen; ``at`` is None in a picture."""

    box: Box
    at: int | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Finding:
    """Something with a name.

    kind: face, celebrity, label, moderation, text, shot, cue, entity or phrase. details: what else
    is known of it, each as a person would write it. confidence: of the surest sight, None where
    nobody says how sure it is. count: at most so many at once. spans: when, in order, with the
    gaps between; empty in a picture.
    """

    kind: str
    name: str
    details: tuple[str, ...] = ()
    confidence: float | None = None
    count: int = 1
    spans: tuple[Span, ...] = ()
    sights: tuple[Sight, ...] = ()


@dataclass(frozen=True)
class Word:
    """As it is written, with the punctuation behind it; without times where none are known."""

    text: str
    start: int | None = None
    end: int | None = None
    confidence: float | None = None


@dataclass(frozen=True)
class Transcript:
    """language: a code such as en-US, None when unknown."""

    words: tuple[Word, ...]
    language: str | None = None


@dataclass(frozen=True)
class Translation:
    """rough: made by rules, which a reader should know."""

    language: str
    text: str
    rough: bool = False


@dataclass(frozen=True)
class Caption:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class CaptionTrack:
    language: str
    captions: tuple[Caption, ...]
    rough: bool = False


@dataclass(frozen=True)
class Medium:
    """What was analysed.

    kind: Image, Video, Audio or Text. facts: of the file, each as a person would write it, such as
    "1280 × 720 pixels".
    """

    kind: str
    name: str
    duration: int | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unexamined:
    """What was not looked for, or could not be, and why.

    expected: it was switched off, or nobody would look for it in such a medium.
    """

    what: str
    reason: str
    expected: bool = False


@dataclass(frozen=True)
class Findings:
    """All of one asset; who, what, shown and when in the order in which they are told.

    who: faces and celebrities. what: labels and moderation. shown: text in the picture. topics:
    names and phrases of what is said or written. when: shots and technical cues. began: when the
    workflow did, in ISO 8601. not_found: what was looked for in vain. also_stored: results that
    are not told here, by their operators.
    """

    asset_id: str
    workflow: str
    medium: Medium
    who: tuple[Finding, ...] = ()
    what: tuple[Finding, ...] = ()
    shown: tuple[Finding, ...] = ()
    topics: tuple[Finding, ...] = ()
    when: tuple[Finding, ...] = ()
    transcript: Transcript | None = None
    translations: tuple[Translation, ...] = ()
    captions: tuple[CaptionTrack, ...] = ()
    unexamined: tuple[Unexamined, ...] = ()
    began: str | None = None
    not_found: tuple[str, ...] = ()
    also_stored: tuple[str, ...] = ()
