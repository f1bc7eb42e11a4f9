"""What kind of medium a file is, by what is in it; names say anything."""

from dataclasses import dataclass
from pathlib import Path

from laptop.problems import Problem

_HEAD_BYTES = 64
_SUPPORTED = "pictures (JPEG, PNG) and videos (MP4, MOV, AVI, MKV, WebM) can be analysed"
# Brands of what shares MP4's container and is no video: pictures in HEIF and AVIF (the beginning
# of the brand is enough), raw pictures, music and books.
_NOT_VIDEO = (b"hei", b"hev", b"mif1", b"msf1", b"avi", b"crx ", b"M4A ", b"M4B ", b"M4P ")


@dataclass(frozen=True)
class Medium:
    """media_type and workflow as the engine names them; extension with its dot."""

    path: Path
    media_type: str
    workflow: str
    extension: str

    @property
    def object_name(self) -> str:
        """The name to upload it under; operators go by its extension."""
        name = self.path.name
        return name if name.lower().endswith(_ALIASES[self.extension]) else name + self.extension


# extension -> spellings that operators take for it
_ALIASES = {
    ".jpg": (".jpg", ".jpeg"),
    ".png": (".png",),
    ".mp4": (".mp4",),
    ".mov": (".mov",),
    ".avi": (".avi",),
    ".mkv": (".mkv", ".webm"),
}


def examine(path: Path) -> Medium:
    """The medium in a file. Raises Problem with one sentence when it cannot be analysed."""
    extension = _extension(path, _head(path))
    if extension in (".jpg", ".png"):
        return Medium(path, "Image", "CasImageWorkflow", extension)
    return Medium(path, "Video", "CasVideoWorkflow", extension)


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise Problem(f"{path} is a folder; name a file")
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
    if head.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if head[4:8] == b"ftyp" and not head[8:12].startswith(_NOT_VIDEO):
        return ".mov" if head[8:12] == b"qt  " else ".mp4"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free"):
        # QuickTime files of old begin without a type
        return ".mov"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return ".avi"
    if head.startswith(b"\x1a\x45\xdf\xa3") and (b"matroska" in head or b"webm" in head):
        return ".mkv"
    raise Problem(f"{path} is neither a picture nor a video that is supported; {_SUPPORTED}")
