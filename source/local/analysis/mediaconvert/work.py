"""A job's work: its input from S3, one run of ffmpeg for all outputs, their files to S3."""

import re
import shutil
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.context import Context
from analysis.jobs import JobFailed
from analysis.media import Input, MediaFacts, MediaRefused, probe, run_ffmpeg
from analysis.mediaconvert import hls
from analysis.mediaconvert.plan import CannotBeMade, Job, Output, arguments
from analysis.objects import ObjectTooLarge, ObjectUnavailable

LARGEST_INPUT = 8 << 30
# Error codes of the service (its guide, "Error codes"). Where the guide has none that surely fits,
# the job has a message only.
CANNOT_OPEN, NOT_FOUND = 1010, 1404
# how long ffmpeg may take, by the clock: for a second of media, and for whatever its length
_EFFORT, _LEAST_EFFORT = 30, 300
_UNKNOWN_SECONDS = 3_600
_TIME = re.compile(r"out_time_us=(\d+)")
# of JPEG: baseline, extended, progressive
_FRAME_HEADERS = (0xC0, 0xC1, 0xC2)
_CONTENT_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "m3u8": "application/vnd.apple.mpegurl",
    "ts": "video/MP2T",
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
}


@dataclass(frozen=True)
class Progress:
    """How far a job is; `phase` is PROBING, TRANSCODING or UPLOADING, `percent` 0 to 100."""

    phase: str
    percent: int


def convert(
    context: Context,
    job: Job,
    folder: Path,
    *,
    go_on: Callable[[], None],
    tell: Callable[[Progress], None],
) -> dict[str, Any]:
    """Do a job in a folder of its own, which is gone afterwards.

    go_on: is called now and then, and may raise to end the work. Returns
    {"OutputGroupDetails": …, "Warnings": [text, …]} as GetJob has them. Raises JobFailed.
    """
    # what is left of an attempt that the end of the server broke off
    shutil.rmtree(folder, ignore_errors=True)
    made = folder / "made"
    made.mkdir(parents=True)
    try:
        tell(Progress("PROBING", 0))
        source = folder / "input"
        facts = _fetch(context, job, source)
        go_on()
        missing = _make(job, source, facts, made, go_on, tell)
        tell(Progress("UPLOADING", 99))
        details = [
            {"OutputDetails": [_detail(one, made, facts) for one in group if one not in missing]}
            for group in job.groups
        ]
        _upload(context, job, missing, made, go_on)
    except CannotBeMade as error:
        raise JobFailed(str(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    warnings = [
        f"{one.path}: the input has no audio, so this output is not made" for one in missing
    ]
    return {"OutputGroupDetails": details, "Warnings": warnings}


def _fetch(context: Context, job: Job, path: Path) -> MediaFacts:
    place = job.source
    try:
        context.objects.download(place.bucket, place.key, path, LARGEST_INPUT)
    except ObjectUnavailable as error:
        raise JobFailed(f"{NOT_FOUND} Unable to open input file [{place.uri}]: {error}") from error
    except ObjectTooLarge as error:
        raise JobFailed(str(error)) from error
    try:
        return probe(path)
    except MediaRefused as error:
        reason = f"[Failed probe/open: [{error}]]"
        text = f"{CANNOT_OPEN} Unable to open input file [{place.uri}]: {reason}"
        raise JobFailed(text) from error


def _make(
    job: Job,
    source: Path,
    facts: MediaFacts,
    made: Path,
    go_on: Callable[[], None],
    tell: Callable[[Progress], None],
) -> list[Output]:
    """Run ffmpeg; the outputs that have nothing to be made of."""
    parts = {output.number: arguments(job, output, facts, str(made)) for output in job.outputs}
    missing = [output for output in job.outputs if not parts[output.number]]
    _check_some(job, missing)
    # not where the outputs are: what lies there is uploaded
    report = made.parent / "progress"
    report.touch()
    seconds = (facts.duration_ms or _UNKNOWN_SECONDS * 1_000) / 1_000

    def look() -> None:
        go_on()
        tell(Progress("TRANSCODING", _percent(report, seconds)))

    turned = not facts.rotation or job.is_turned_upright
    options = () if turned else ("-display_rotation:v:0", "0")
    command = [part for output in job.outputs for part in parts[output.number]]
    if facts.has_video and not any(output.video for output in job.outputs):
        # of MPEG-TS ffmpeg counts from the first of the tracks that it reads
        command += ["-map", "0:V:0", "-c", "copy", "-f", "null", "-"]
    go_on()
    # It takes no turn at the cores: whoever waits for a call would wait for an hour's video. There
    # are never more of it than threads that do jobs.
    try:
        run_ffmpeg(
            ["-progress", f"file:{report}", *command],
            seconds=_LEAST_EFFORT + _EFFORT * seconds,
            inputs=[Input(source, options)],
            go_on=look,
        )
    except MediaRefused as error:
        raise JobFailed(str(error)) from error
    # a track of the input may be there and have no samples
    silent = [one for one in job.outputs if one not in missing and not _has_content(one, made)]
    for output in silent:
        for path, _ in _files(output, made):
            path.unlink()
    missing += silent
    _check_some(job, missing)
    for group in job.groups:
        streams = [output for output in group if output.is_hls and output not in missing]
        if streams:
            hls.finish(streams, made)
    return missing


def _check_some(job: Job, missing: list[Output]) -> None:
    if len(missing) == len(job.outputs):
        raise CannotBeMade("The input has no audio, and the job makes nothing else")


def _has_content(output: Output, made: Path) -> bool:
    """Whether an output of sound alone has any; ffmpeg also ends well where it has none."""
    if output.video is not None:
        return True
    try:
        return bool(probe(_first_file(output, made)).audio_tracks)
    except MediaRefused:
        return False


def _first_file(output: Output, made: Path) -> Path:
    usual = made / f"{output.number}.{output.extension}"
    return min(made.glob(f"{output.number}*.ts"), default=usual) if output.is_hls else usual


def _percent(report: Path, seconds: float) -> int:
    told = _TIME.findall(report.read_text("utf-8"))
    done = int(told[-1]) / 1_000_000 if told else 0
    return min(98, int(100 * done / max(seconds, 0.001)))


def _detail(output: Output, made: Path, facts: MediaFacts) -> dict[str, Any]:
    """Duration and size of what was made."""
    if output.is_capture:
        first = made / f"{output.number}.0000000.{output.extension}"
        return {"DurationInMs": facts.duration_ms or 0, "VideoDetails": _picture_size(first)}
    found = probe(_first_file(output, made))
    is_hls = output.is_hls
    duration = hls.duration_ms(made / f"{output.number}.m3u8") if is_hls else found.duration_ms
    detail: dict[str, Any] = {"DurationInMs": duration or 0}
    if output.video is None:
        return detail
    return {**detail, "VideoDetails": {"WidthInPx": found.width, "HeightInPx": found.height}}


def _picture_size(path: Path) -> Mapping[str, int]:
    """From the frame header of a JPEG file that ffmpeg has written."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise JobFailed("Not one frame of the input's video can be read") from error
    place = 2
    while data[place + 1] not in _FRAME_HEADERS:
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + length
    height, width = struct.unpack_from(">HH", data, place + 5)
    return {"WidthInPx": width, "HeightInPx": height}


def _upload(
    context: Context, job: Job, missing: list[Output], made: Path, go_on: Callable[[], None]
) -> None:
    for output in job.outputs:
        if output in missing:
            continue
        for path, key in _files(output, made):
            go_on()
            kind = _CONTENT_TYPES.get(path.suffix[1:] if path.suffix != ".group" else "m3u8")
            if kind == "video/mp4" and output.video is None:
                kind = "audio/mp4"
            bucket = output.destination.bucket
            try:
                context.objects.put(bucket, key, path, kind)
            except ObjectUnavailable as error:
                text = f"Unable to write to output file [s3://{bucket}/{key}]: {error}"
                raise JobFailed(text) from error


def _files(output: Output, made: Path) -> Iterator[tuple[Path, str]]:
    """An output's files and their keys; what names others comes after them."""
    mine = re.compile(rf"{output.number}(?!\d)")
    found = sorted(path for path in made.iterdir() if mine.match(path.name))
    found.sort(
        key=lambda path: (".ts", ".m3u8", ".group").index(path.suffix) if output.is_hls else 0
    )
    for path in found:
        if path.suffix == ".group":
            yield path, output.destination.key("", ".m3u8")
        else:
            yield path, output.key(path.name)
