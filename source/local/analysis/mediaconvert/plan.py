"""From the settings of a job to outputs: what each is made with, and where its files go.

All of it is pure: `read_job` looks at the settings alone, when the job is created;
`arguments` brings in what the input turned out to be.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from analysis.media import MediaFacts
from analysis.mediaconvert import picture, sound
from analysis.mediaconvert.known_settings import check_settings, refused
from analysis.mediaconvert.places import Destination, read_destination, read_input, read_modifier
from analysis.objects import Place

_GROUPS = {
    "FILE_GROUP_SETTINGS": "FileGroupSettings",
    "HLS_GROUP_SETTINGS": "HlsGroupSettings",
}
_EXTENSIONS = {"MP4": "mp4", "MOV": "mov", "M3U8": "m3u8"}
_RAW = {"MP3": ("mp3", "mp3"), "WAV": ("wav", "wav")}
# it is part of the name of a file on this machine
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,16}")
_SEGMENT_SECONDS = 10
# nobody waits for a video that is longer than what the services take
_LONGEST_SECONDS = 6 * 3_600


class CannotBeMade(Exception):
    """The job is right, but its input is not what it takes; the text is for the user."""


@dataclass(frozen=True)
class Output:
    """One output of a group.

    `path` is its place in the settings, `number` its number among all outputs, which is also what
    the names of its files begin with while they are made. `group` are the group's settings, of
    HLS or of files. `extension` is without a dot.
    """

    path: str
    number: int
    group: Mapping[str, Any]
    is_hls: bool
    destination: Destination
    modifier: str
    extension: str
    settings: Mapping[str, Any]

    @property
    def video(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.settings.get("VideoDescription")
        return found

    @property
    def audio(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.settings.get("AudioDescriptions", ())
        return found

    @property
    def is_capture(self) -> bool:
        """Whether it is pictures, a file each."""
        return self.video is not None and picture.is_capture(self.video)

    def key(self, file_name: str) -> str:
        """The key in S3 of a file that was made under the output's number."""
        return self.destination.key(self.modifier, file_name.removeprefix(str(self.number)))


@dataclass(frozen=True)
class Job:
    """A job's input and outputs; `groups` are its groups' outputs in their order."""

    source: Place
    input: Mapping[str, Any]
    groups: Sequence[Sequence[Output]]

    @property
    def outputs(self) -> list[Output]:
        return [output for group in self.groups for output in group]

    @property
    def is_turned_upright(self) -> bool:
        """Whether the rotation that a telephone notes down is carried out."""
        return self._rotate == "AUTO"

    @property
    def turn(self) -> int:
        """By how many degrees, clockwise, the job turns the picture as it is stored."""
        return {"DEGREES_90": 90, "DEGREES_180": 180, "DEGREES_270": 270}.get(self._rotate, 0)

    @property
    def _rotate(self) -> str:
        return str(self.input.get("VideoSelector", {}).get("Rotate", "DEGREE_0"))


def read_job(settings: Mapping[str, Any]) -> Job:
    """A job as it is asked for. Raises ServiceError BadRequestException that names the setting."""
    check_settings(settings)
    inputs = settings.get("Inputs", [])
    if len(inputs) != 1:
        raise refused("/inputs", f"one input is available locally, there are {len(inputs)}")
    if "FileInput" not in inputs[0]:
        raise refused("/inputs/0", "fileInput is required")
    source = read_input("/inputs/0/fileInput", inputs[0]["FileInput"])
    groups = _read_groups(settings, source)
    outputs = [output for group in groups for output in group]
    if not outputs:
        raise refused("/outputGroups", "a job needs an output")
    if all(output.is_capture for output in outputs):
        raise refused("/outputGroups", "a job with frame captures needs another output")
    _refuse_same_names(outputs)
    for output in outputs:
        _check_audio(output, inputs[0])
    return Job(source, inputs[0], groups)


def sounds(job: Job, output: Output, facts: MediaFacts) -> list[int]:
    """The numbers, from 0, of the input's audio tracks that an output has.

    Raises CannotBeMade when a selector names a track that is not there.
    """
    selectors = job.input.get("AudioSelectors", {})
    found = []
    for description in output.audio:
        name = description.get("AudioSourceName") or next(iter(selectors), "")
        tracks = selectors.get(name, {}).get("Tracks")
        if tracks and tracks[0] > len(facts.audio_tracks):
            raise CannotBeMade(
                f"Invalid audio track specified for audio_selector [{name}]. Audio track "
                f"[{tracks[0]}] not found in input container."
            )
        if facts.audio_tracks:
            found.append(tracks[0] - 1 if tracks else 0)
    return found


def arguments(job: Job, output: Output, facts: MediaFacts, folder: str) -> list[str]:
    """ffmpeg's options for one output and, in the end, its file; empty when there is nothing.

    A sound of an input that has none is nothing. Raises CannotBeMade.
    """
    tracks = sounds(job, output, facts)
    if output.video is not None and facts.frame_rate is None:
        raise CannotBeMade("The input has no video, which an output of the job needs")
    if output.video is None and not tracks:
        return []
    options: list[str] = []
    if output.video is not None:
        segment = _segment_seconds(output)
        path = f"{output.path}/videoDescription"
        rate = facts.frame_rate or Fraction(1)
        options += [
            "-map",
            "0:V:0",
            *_turned(job, picture.read_video(path, output.video, rate, segment)),
        ]
    for index, track in enumerate(tracks):
        path = f"{output.path}/audioDescriptions/{index}"
        options += ["-map", f"0:a:{track}", *sound.read_sound(path, output.audio[index], index)]
        # times of what is heard count from the picture, also in a file without it
        options += [f"-filter:a:{index}", "aresample=async=1:first_pts=0"]
    common = ["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]
    limits = ["-threads", "2", "-t", str(_LONGEST_SECONDS)]
    return [*options, *common, *limits, *_container(output, folder)]


def _turned(job: Job, options: list[str]) -> list[str]:
    """The same with the job's rotation before all other filters."""
    turns = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}
    if job.turn not in turns:
        return options
    place = options.index("-vf") + 1
    return [*options[:place], f"{turns[job.turn]},{options[place]}", *options[place + 1 :]]


def _container(output: Output, folder: str) -> list[str]:
    # file: in front, so that no name is taken for a protocol
    begin = f"file:{folder}/{output.number}"
    container = _container_of(output)
    if output.is_capture:
        return ["-f", "image2", f"{begin}.%07d.{output.extension}"]
    if container == "M3U8":
        return _hls(output, begin)
    if container == "RAW":
        return ["-f", _RAW[sound.codec_of(output.audio[0])][1], f"{begin}.{output.extension}"]
    mp4 = output.settings["ContainerSettings"].get("Mp4Settings", {})
    normal = mp4.get("MoovPlacement", "PROGRESSIVE_DOWNLOAD") == "NORMAL"
    fast = [] if normal else ["-movflags", "+faststart"]
    return [*fast, "-f", container.lower(), f"{begin}.{output.extension}"]


def _hls(output: Output, begin: str) -> list[str]:
    one_file = output.group.get("SegmentControl") == "SINGLE_FILE"
    integer = output.group.get("ManifestDurationFormat") == "INTEGER"
    flags = "independent_segments"
    flags += "+single_file" if one_file else ""
    flags += "+round_durations" if integer else ""
    return [
        *("-f", "hls", "-hls_playlist_type", "vod", "-hls_list_size", "0"),
        *("-hls_time", str(output.group.get("SegmentLength", _SEGMENT_SECONDS))),
        *("-hls_flags", flags, "-start_number", "1"),
        *("-hls_segment_filename", f"{begin}.ts" if one_file else f"{begin}_%05d.ts"),
        *("-master_pl_name", f"{output.number}.master", f"{begin}.m3u8"),
    ]


def _segment_seconds(output: Output) -> int | None:
    if not output.is_hls or output.group.get("SegmentLengthControl") == "GOP_MULTIPLE":
        return None
    return int(output.group.get("SegmentLength", _SEGMENT_SECONDS))


def _read_groups(settings: Mapping[str, Any], source: Place) -> list[list[Output]]:
    groups: list[list[Output]] = []
    for index, group in enumerate(settings.get("OutputGroups", [])):
        path = f"/outputGroups/{index}"
        chosen = group.get("OutputGroupSettings", {})
        if "Type" not in chosen:
            raise refused(f"{path}/outputGroupSettings", "type is required")
        member = _GROUPS[chosen["Type"]]
        where = f"{path}/outputGroupSettings/{member[0].lower()}{member[1:]}"
        own = chosen.get(member, {})
        if "Destination" not in own:
            raise refused(where, "destination is required")
        destination = read_destination(f"{where}/destination", own["Destination"], source)
        before = sum(map(len, groups))
        groups.append(
            [
                _read_output(
                    Output(
                        path=f"{path}/outputs/{place}",
                        number=before + place,
                        group=own,
                        is_hls=member == "HlsGroupSettings",
                        destination=destination,
                        modifier=read_modifier(f"{path}/outputs/{place}/nameModifier", output),
                        extension="",
                        settings=output,
                    )
                )
                for place, output in enumerate(group.get("Outputs", []))
            ]
        )
    return groups


def _read_output(output: Output) -> Output:
    """The same with its extension. Raises ServiceError."""
    if output.video is not None:
        picture.check_video(f"{output.path}/videoDescription", output.video)
    for index, description in enumerate(output.audio):
        sound.read_sound(f"{output.path}/audioDescriptions/{index}", description, index)
    usual = _check_container(output)
    extension = output.settings.get("Extension") or usual
    path = f"{output.path}/extension"
    if not _EXTENSION.fullmatch(extension):
        raise refused(path, "must be letters and digits")
    if output.is_hls and extension != usual:
        raise refused(path, f"in this group it is {usual}")
    return replace(output, extension=extension)


def _container_of(output: Output) -> str:
    container: str = output.settings.get("ContainerSettings", {}).get("Container", "")
    return container


def _check_container(output: Output) -> str:
    """The extension of an output whose pictures and sound go into its container."""
    path = f"{output.path}/containerSettings/container"
    container = _container_of(output)
    codecs = [sound.codec_of(one) for one in output.audio]
    if not container:
        raise refused(f"{output.path}/containerSettings", "container is required")
    if output.video is None and not codecs:
        raise refused(output.path, "an output needs a video or an audio description")
    if output.is_hls != (container == "M3U8"):
        raise refused(path, f"{container} does not go into this kind of group")
    if output.is_capture:
        if container != "RAW" or codecs:
            raise refused(path, "frame captures are RAW, and have no audio")
        return "jpg"
    if container == "RAW":
        if output.video is not None or len(codecs) != 1 or codecs[0] not in _RAW:
            raise refused(path, "RAW is for frame captures, or for one MP3 or WAV")
        return _RAW[codecs[0]][0]
    if "WAV" in codecs and container != "MOV":
        raise refused(path, f"{container} takes no WAV")
    return _EXTENSIONS[container]


def _check_audio(output: Output, job_input: Mapping[str, Any]) -> None:
    selectors = job_input.get("AudioSelectors", {})
    for index, description in enumerate(output.audio):
        name = description.get("AudioSourceName")
        path = f"{output.path}/audioDescriptions/{index}/audioSourceName"
        if name is not None and name not in selectors:
            raise refused(path, f"there is no audio selector {name}")
    for name, selector in selectors.items():
        if len(selector.get("Tracks", ())) > 1:
            where = f"/inputs/0/audioSelectors/{name}/tracks"
            raise refused(where, "one track is available locally")
    hls = output.settings.get("OutputSettings", {}).get("HlsSettings", {})
    if output.is_hls and output.video is None and "AudioTrackType" not in hls:
        path = f"{output.path}/outputSettings/hlsSettings/audioTrackType"
        raise refused(path, "available locally is AUDIO_ONLY_VARIANT_STREAM")


def _refuse_same_names(outputs: Sequence[Output]) -> None:
    seen: set[tuple[str, str]] = set()
    for output in outputs:
        name = (output.destination.bucket, output.key(f"{output.number}.{output.extension}"))
        if name in seen:
            raise refused(f"{output.path}/nameModifier", "another output has the same name")
        if output.is_hls and name[1] == output.destination.key("", ".m3u8"):
            raise refused(
                f"{output.path}/nameModifier", "is required, and not empty, in this group"
            )
        seen.add(name)
