"""What kind of medium a file is, by what is in it; names say anything."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import imagesize

from analysis import families
from findings.medium import WORDS, written_size
from laptop.problems import Problem

_HEAD_BYTES = 64
_SUPPORTED = (
    "pictures (JPEG, PNG), videos (MP4, MOV, AVI, MKV, WebM), sound (WAV, MP3, M4A, FLAC, Ogg, "
    "AMR) and text in UTF-8 can be analysed"
)
# kind -> the largest file: Rekognition's picture in S3, S3's upload by a form, Transcribe's medium,
# Comprehend's document (docs/local-analysis.md, "Limits")
_LARGEST = {"Image": 15 << 20, "Video": 5 << 30, "Audio": 2 << 30, "Text": 1_000_000}
# pixels that Rekognition takes
_LEAST_SIDE, _LARGEST_SIDE = 80, 10_000
_FITTING = {
    "Image": "CasImageWorkflow",
    "Video": "CasVideoWorkflow",
    # what listens to a video takes a sound file as well
    "Audio": "CasVideoWorkflow",
    "Text": "ParallelComprehendWorkflow",
}
# kind -> the families of models that the fitting workflow makes use of
_NEEDS = {
    "Image": ("vision",),
    "Video": families.DEFAULT,
    # what is heard is read and translated, too
    "Audio": ("speech", "text"),
    "Text": ("text",),
}
# extension -> kind, and spellings that operators take for it
_KINDS = {
    ".jpg": ("Image", (".jpg", ".jpeg")),
    ".png": ("Image", (".png",)),
    ".mp4": ("Video", (".mp4",)),
    ".mov": ("Video", (".mov",)),
    ".avi": ("Video", (".avi",)),
    ".mkv": ("Video", (".mkv", ".webm")),
    ".wav": ("Audio", (".wav",)),
    ".mp3": ("Audio", (".mp3",)),
    ".m4a": ("Audio", (".m4a",)),
    ".flac": ("Audio", (".flac",)),
    ".ogg": ("Audio", (".ogg",)),
    ".amr": ("Audio", (".amr",)),
    ".txt": ("Text", (".txt",)),
}
# beginning of what is known and not taken -> what it is, and what can be done
_REFUSED = {
    b"GIF8": "a GIF; save a picture of it as PNG, or all of it as MP4",
    b"%PDF": "a PDF; save its pages as pictures, or its text as a text file",
    b"BM": "a BMP picture; save it as PNG",
    b"II*\0": "a TIFF or raw picture; save it as JPEG or PNG",
    b"MM\0*": "a TIFF or raw picture; save it as JPEG or PNG",
    b"PK\3\4": "an archive or an office document; unpack it, or save its text as a text file",
    b"\xff\xfe": "text in UTF-16; save it in UTF-8",
    b"\xfe\xff": "text in UTF-16; save it in UTF-8",
}
# brands of what shares MP4's container and is no video (the beginning of the brand is enough)
_REFUSED_BRANDS = {
    b"hei": "a HEIC picture; save it as JPEG or PNG",
    b"hev": "a HEIC picture; save it as JPEG or PNG",
    b"mif1": "a HEIF picture; save it as JPEG or PNG",
    b"msf1": "a HEIF picture; save it as JPEG or PNG",
    b"avi": "an AVIF picture; save it as JPEG or PNG",
    b"crx ": "a raw picture; save it as JPEG or PNG",
    b"M4P ": "music that is protected against copying",
}
_SOUND_BRANDS = (b"M4A ", b"M4B ")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_OGG_SOUND = (b"OpusHead", b"\x01vorbis", b"Speex", b"\x7fFLAC")


@dataclass(frozen=True)
class Medium:
    """media_type and workflow as the engine names them; extension with its dot; size in bytes."""

    path: Path
    media_type: str
    workflow: str
    extension: str
    size: int = 0

    @property
    def object_name(self) -> str:
        """The name to upload it under; operators go by its extension."""
        # a line break in a key ends an upload's form or signature early
        name = _CONTROLS.sub("_", self.path.name)
        # a name that is no text cannot be a key of S3
        written = name.encode("utf-8", "replace").decode()
        spellings = _KINDS[self.extension][1]
        return written if written.lower().endswith(spellings) else written + self.extension


def needs(media: Iterable[Medium], workflow: str) -> set[str]:
    """The families of models for these; workflow: one that is asked for instead, or empty."""
    if workflow:
        return set(families.DEFAULT)
    return {family for medium in media for family in _NEEDS[medium.media_type]}


def examine(path: Path) -> Medium:
    """The medium in a file. Raises Problem with one sentence when it cannot be analysed."""
    head = _head(path)
    extension = _extension(path, head)
    kind, _ = _KINDS[extension]
    size = path.stat().st_size
    if size > _LARGEST[kind]:
        raise Problem(
            f"{path} has {written_size(size)}; a {WORDS[kind]} may have "
            f"{written_size(_LARGEST[kind])}"
        )
    if extension == ".txt":
        _check_text(path)
    if kind == "Image":
        _check_sides(path)
    return Medium(path, kind, _FITTING[kind], extension, size)


def _check_sides(path: Path) -> None:
    """What a file has that says no size, the services tell."""
    width, height = imagesize.get(path)
    if width < 0:
        return
    if min(width, height) < _LEAST_SIDE or max(width, height) > _LARGEST_SIDE:
        raise Problem(
            f"{path} has {width} × {height} pixels; a picture may have {_LEAST_SIDE} to "
            f"{_LARGEST_SIDE:,} a side"
        )


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise Problem(f"{path} is a folder; name a file")
    if path.exists() and not path.is_file():
        raise Problem(f"{path} is no file")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError as error:
        raise Problem(f"{path} does not exist") from error
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from error
    if not head:
        raise Problem(f"{path} is empty")
    return head


def _extension(path: Path, head: bytes) -> str:
    found = _of_picture(head) or _of_video(head) or _of_sound(head)
    if found:
        return found
    known = [what for start, what in _REFUSED.items() if head.startswith(start)]
    if head[4:8] == b"ftyp":
        known += [what for brand, what in _REFUSED_BRANDS.items() if head[8:12].startswith(brand)]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        known.append("a WebP picture; save it as JPEG or PNG")
    if head.startswith(b"OggS"):
        known.append("an Ogg video; save it as MP4")
    if known:
        raise Problem(f"{path} is {known[0]}")
    suffix = path.suffix.lower()
    if b"\0" in head or (suffix in _KINDS and suffix != ".txt"):
        # a text that is called a picture is an error message more often than a text
        raise Problem(f"{path} is nothing that is supported; {_SUPPORTED}")
    return ".txt"


def _of_picture(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    return ".png" if head.startswith(b"\x89PNG\r\n\x1a\n") else None


def _of_video(head: bytes) -> str | None:
    refused = (*_REFUSED_BRANDS, *_SOUND_BRANDS)
    if head[4:8] == b"ftyp" and not head[8:12].startswith(refused):
        return ".mov" if head[8:12] == b"qt  " else ".mp4"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free"):
        # QuickTime files of old begin without a type
        return ".mov"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return ".avi"
    if head.startswith(b"\x1a\x45\xdf\xa3") and (b"matroska" in head or b"webm" in head):
        return ".mkv"
    return None


def _of_sound(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return ".wav"
    if head[4:8] == b"ftyp" and head[8:12] in _SOUND_BRANDS:
        return ".m4a"
    if head.startswith(b"fLaC"):
        return ".flac"
    if head.startswith(b"OggS") and any(codec in head for codec in _OGG_SOUND):
        return ".ogg"
    if head.startswith(b"#!AMR"):
        return ".amr"
    # a frame of MPEG audio of layer III or II; others are AAC, or the mark of UTF-16
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    is_music = is_frame and head[1] & 0x06 in (0x02, 0x04)
    return ".mp3" if head.startswith(b"ID3") or is_music else None


def _check_text(path: Path) -> None:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Problem(f"{path} is nothing that is supported; {_SUPPORTED}") from error
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from error
