"""Doing a transcription job: the medium out of S3, the transcript and the subtitles into it."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import media
from analysis.context import Context
from analysis.jobs import Job, JobFailed
from analysis.objects import ObjectTooLarge, ObjectUnavailable, parse_s3_uri
from analysis.transcribe import document, languages, limits, subtitles
from analysis.transcribe.job_request import output_key
from analysis.transcribe.recognition import Recognised, Recogniser

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# where the service keeps transcripts for which no bucket is named
SERVICE_BUCKET = "aws-transcribe-local"
# a container, as ffmpeg and `media` call it, by the formats of the service that it can be
_CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "QuickTime / MOV": ("mp4", "m4a"),
    "Matroska / WebM": ("webm",),
    "mp3": ("mp3",),
    "wav": ("wav",),
    "flac": ("flac",),
    "ogg": ("ogg",),
    "amr": ("amr",),
}


# how many samples a second the model hears
_RATE = 16_000


@dataclass(frozen=True)
class _Medium:
    path: Path
    format: str
    sample_rate: int
    channels: int
    # of the container, 0 where it does not say it
    seconds: float


@dataclass(frozen=True)
class _Said:
    """All channels of a medium in one language; `code` is the service's, None where none is."""

    channels: Sequence[Recognised]
    language: str
    code: str | None
    score: float


class JobWork:
    """The work of jobs; `codes` are all codes of languages of the service."""

    def __init__(self, context: Context, codes: Sequence[str]) -> None:
        self._context = context
        self._codes = codes

    def do(self, job: Job) -> Mapping[str, Any]:
        """The result: where the files are, and what was found out. Raises JobFailed."""
        request = job.request
        with tempfile.TemporaryDirectory(prefix="mie-transcribe-") as scratch:
            try:
                medium = self._fetch(request, Path(scratch) / "medium")
                said = self._listen(job, medium)
            except media.MediaRefused as error:
                raise JobFailed(str(error)) from error
        found = self._keep(job, said)
        if request.get("IdentifyLanguage") and said.code is not None:
            found["IdentifiedLanguageScore"] = round(said.score, 4)
        if said.code is not None:
            found["LanguageCode"] = said.code
        return {**found, "MediaFormat": medium.format, "MediaSampleRateHertz": medium.sample_rate}

    def _fetch(self, request: Mapping[str, Any], path: Path) -> _Medium:
        place = parse_s3_uri(request["Media"]["MediaFileUri"])
        try:
            self._context.objects.download(place.bucket, place.key, path, limits.LARGEST_MEDIUM)
        except ObjectTooLarge as error:
            raise JobFailed("Invalid file size: file size too large. Maximum is 2 GB.") from error
        except ObjectUnavailable as error:
            raise JobFailed(
                "The specified S3 URI can't be accessed. Make sure that you have read permission "
                "and try your request again."
            ) from error
        return _check_medium(request, path)

    def _listen(self, job: Job, medium: _Medium) -> _Said:
        request = job.request
        recogniser = Recogniser(self._context.models, lambda: self._context.jobs.go_on(job))
        options = request.get("LanguageOptions", ())

        def choose(likely: Mapping[str, float]) -> str:
            code, _ = languages.choose(likely, options, self._codes)
            return languages.model_code(code) or ""

        language = languages.model_code(request.get("LanguageCode", "")) or None
        by_channel = request.get("Settings", {}).get("ChannelIdentification", False)
        channels: list[Recognised] = []
        for channel in range(medium.channels) if by_channel else (None,):
            sound = self._counted(
                job, media.audio(medium.path, _RATE, channel=channel), medium.seconds
            )
            heard = recogniser.recognise(sound, language, choose)
            channels.append(heard)
            # the other channel is heard in the language of the first that says something
            language = language or heard.language or None
        code, score = request.get("LanguageCode"), 0.0
        likely = next((one.likely for one in channels if one.likely), {})
        if likely:
            code, score = languages.choose(likely, options, self._codes)
        return _Said(channels, language or "", code, score)

    def _counted(
        self, job: Job, sound: Iterator["NDArray[np.float32]"], seconds: float
    ) -> Iterator["NDArray[np.float32]"]:
        """The sound, while it tells how much of it was heard."""
        heard = 0.0
        for chunk in sound:
            if seconds:
                self._context.jobs.advance(job, heard / seconds)
            heard += len(chunk) / _RATE
            yield chunk

    def _keep(self, job: Job, said: _Said) -> dict[str, Any]:
        """Write the files; returns where they are."""
        request = job.request
        own = "OutputBucketName" not in request
        bucket = SERVICE_BUCKET if own else request["OutputBucketName"]
        folder = f"{document.ACCOUNT}/{job.name}/{job.id}"
        key = f"{folder}/asrOutput.json" if own else output_key(request)
        by_channel = request.get("Settings", {}).get("ChannelIdentification", False)
        identified = (said.code, said.score) if request.get("IdentifyLanguage") else None
        text = document.document(
            job.name,
            [one.words for one in said.channels],
            said.language,
            by_channel,
            identified if said.code is not None else None,  # type: ignore[arg-type]
        )
        files = {key: (json.dumps(text, ensure_ascii=False), "application/json")}
        wanted = request.get("Subtitles", {})
        words = sorted(
            (word for one in said.channels for word in one.words), key=lambda word: word.start
        )
        cues = list(subtitles.cues(words, said.language))
        for name in wanted.get("Formats", ()):
            content = subtitles.write(name, cues, wanted.get("OutputStartIndex", 0))
            files[f"{key.removesuffix('.json')}.{name}"] = content, _SUBTITLE_TYPES[name]
        try:
            if own:
                self._context.objects.make_bucket(bucket)
            for place, (content, kind) in files.items():
                self._context.objects.put(bucket, place, content.encode(), kind)
        except ObjectUnavailable as error:
            raise JobFailed(f"The output can't be written: {error}") from error
        return {"Bucket": bucket, "Keys": list(files)}


_SUBTITLE_TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt"}


def _check_medium(request: Mapping[str, Any], path: Path) -> _Medium:
    facts = media.probe(path)
    formats = _CONTAINERS.get(facts.format, ())
    asked = request.get("MediaFormat")
    if not formats or asked not in (None, *formats):
        raise JobFailed(
            "The media format provided does not match the detected media format. Check the media "
            "format and try your request again."
            if asked
            else "Unsupported media format. Use AMR, FLAC, M4A, MP3, MP4, Ogg, WebM, or WAV."
        )
    if not facts.audio_tracks:
        raise JobFailed("Your media file doesn't contain audio. Add audio and try again.")
    length = facts.duration_ms
    if length is not None and length > limits.LONGEST_MEDIUM_MS:
        raise JobFailed("Invalid media duration: the longest medium has 4 hours.")
    if length is not None and length < limits.SHORTEST_MEDIUM_MS:
        raise JobFailed("Invalid media duration: the shortest medium has half a second.")
    track = facts.audio_tracks[0]
    rate = request.get("MediaSampleRateHertz", track.sample_rate)
    if rate != track.sample_rate:
        raise JobFailed(
            "The sample rate provided does not match the detected sample rate. Check the sample "
            "rate and try your request again."
        )
    if (
        request.get("Settings", {}).get("ChannelIdentification")
        and track.channels > limits.MOST_CHANNELS
    ):
        raise JobFailed(f"ChannelIdentification takes {limits.MOST_CHANNELS} channels at most.")
    seconds = (length or 0) / 1_000
    return _Medium(path, asked or formats[0], track.sample_rate, track.channels, seconds)
