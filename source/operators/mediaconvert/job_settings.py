"""The jobs that MediaConvert gets: pure functions from places in S3 to the settings of CreateJob.

What the settings do and which values they take: "Settings" of CreateJob in the service's API
reference. Bit rates are in bit/s, sample rates in Hz.
"""

from typing import Any

Settings = dict[str, Any]

AUDIO_MODIFIER = "_audio"
PROXY_MODIFIER = "_proxy"
THUMBNAIL_MODIFIER = "_thumbnail"

_AUDIO_BITRATE = 96_000
_PROXY_AUDIO_BITRATE = 64_000
_PROXY_VIDEO_BITRATE = 5_000_000
_SELECTOR = "Audio Selector 1"


def audio_job(source: str, workflow_folder: str, track: int | None = None) -> Settings:
    """The sound of a video as a file of its own.

    The first two arguments are s3:// URIs. track: which audio track, from 1; the first without it.
    """
    return {
        "AdAvailOffset": 0,
        "Inputs": [
            {
                **_input(source, track=track),
                "FilterEnable": "AUTO",
                "PsiControl": "USE_PSI",
                "FilterStrength": 0,
                "DeblockFilter": "DISABLED",
                "DenoiseFilter": "DISABLED",
                "TimecodeSource": "EMBEDDED",
            }
        ],
        "OutputGroups": [_file_group(workflow_folder, _audio_output())],
    }


def thumbnail_job(
    source: str,
    asset_folder: str,
    workflow_folder: str,
    position: int,
    with_audio: bool,
    track: int | None = None,
) -> Settings:
    """Pictures at 0 and at `position` seconds, the sound, and a copy that browsers can play.

    Without audio the job asks for no sound. The first three arguments are s3:// URIs. track: which
    audio track, from 1; the first without it.
    """
    thumbnails = _file_group(asset_folder, _thumbnail_output(position), "thumbnail")
    audio = _file_group(workflow_folder, _audio_output())
    proxy = _file_group(asset_folder, _proxy_output(with_audio), "proxy")
    return {
        "Inputs": [_input(source, with_audio, track)],
        "OutputGroups": [thumbnails, audio, proxy] if with_audio else [thumbnails, proxy],
    }


def _input(source: str, with_audio: bool = True, track: int | None = None) -> Settings:
    # A selector that names no track takes the input's first one, and none where there is none;
    # one that names track 1 would fail the job of a silent video.
    chosen: Settings = {} if track is None else {"SelectorType": "TRACK", "Tracks": [track]}
    selector = {"Offset": 0, "DefaultSelection": "DEFAULT", "ProgramSelection": 1, **chosen}
    return {
        "FileInput": source,
        # a telephone's upright video lies on its side until somebody reads its rotation
        "VideoSelector": {"ColorSpace": "FOLLOW", "Rotate": "AUTO"},
        **({"AudioSelectors": {_SELECTOR: selector}} if with_audio else {}),
    }


def _file_group(destination: str, output: Settings, custom_name: str | None = None) -> Settings:
    return {
        "Name": "File Group",
        **({"CustomName": custom_name} if custom_name else {}),
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": destination},
        },
        "Outputs": [output],
    }


def _audio_output() -> Settings:
    return {
        "ContainerSettings": _mp4(),
        "AudioDescriptions": [_audio_description(_AUDIO_BITRATE)],
        "Extension": "mp4",
        "NameModifier": AUDIO_MODIFIER,
    }


def _thumbnail_output(position: int) -> Settings:
    capture = {
        "FramerateNumerator": 1,
        "FramerateDenominator": position,
        # the first frame, and the one at the position
        "MaxCaptures": 2,
        "Quality": 80,
    }
    return {
        "ContainerSettings": {"Container": "RAW"},
        "VideoDescription": {
            **_picture(),
            "CodecSettings": {"Codec": "FRAME_CAPTURE", "FrameCaptureSettings": capture},
        },
        "Extension": "jpg",
        "NameModifier": THUMBNAIL_MODIFIER,
    }


def _proxy_output(with_audio: bool) -> Settings:
    audio = {"AudioDescriptions": [_audio_description(_PROXY_AUDIO_BITRATE)]}
    return {
        "ContainerSettings": _mp4(),
        "VideoDescription": {
            **_picture(),
            "AfdSignaling": "NONE",
            "RespondToAfd": "NONE",
            "CodecSettings": {"Codec": "H_264", "H264Settings": _h264()},
        },
        **(audio if with_audio else {}),
        "Extension": "mp4",
        "NameModifier": PROXY_MODIFIER,
    }


def _picture() -> Settings:
    return {
        "ScalingBehavior": "DEFAULT",
        "TimecodeInsertion": "DISABLED",
        "AntiAlias": "ENABLED",
        "Sharpness": 50,
        "DropFrameTimecode": "ENABLED",
        "ColorMetadata": "INSERT",
    }


def _mp4() -> Settings:
    return {
        "Container": "MP4",
        "Mp4Settings": {
            "CslgAtom": "INCLUDE",
            "FreeSpaceBox": "EXCLUDE",
            "MoovPlacement": "PROGRESSIVE_DOWNLOAD",
        },
    }


def _audio_description(bitrate: int) -> Settings:
    return {
        "AudioTypeControl": "FOLLOW_INPUT",
        "AudioSourceName": _SELECTOR,
        "LanguageCodeControl": "FOLLOW_INPUT",
        "CodecSettings": {
            "Codec": "AAC",
            "AacSettings": {
                "AudioDescriptionBroadcasterMix": "NORMAL",
                "Bitrate": bitrate,
                "RateControlMode": "CBR",
                "CodecProfile": "LC",
                "CodingMode": "CODING_MODE_2_0",
                "RawFormat": "NONE",
                "SampleRate": 48_000,
                "Specification": "MPEG4",
            },
        },
    }


def _h264() -> Settings:
    return {
        "InterlaceMode": "PROGRESSIVE",
        "NumberReferenceFrames": 3,
        "Syntax": "DEFAULT",
        "Softness": 0,
        "GopClosedCadence": 1,
        "GopSize": 90,
        "GopSizeUnits": "FRAMES",
        "GopBReference": "DISABLED",
        "Slices": 1,
        "SlowPal": "DISABLED",
        "SpatialAdaptiveQuantization": "ENABLED",
        "TemporalAdaptiveQuantization": "ENABLED",
        "FlickerAdaptiveQuantization": "DISABLED",
        "AdaptiveQuantization": "HIGH",
        "EntropyEncoding": "CABAC",
        "Bitrate": _PROXY_VIDEO_BITRATE,
        "RateControlMode": "CBR",
        "FramerateControl": "SPECIFIED",
        "FramerateNumerator": 30,
        "FramerateDenominator": 1,
        "FramerateConversionAlgorithm": "DUPLICATE_DROP",
        "CodecProfile": "MAIN",
        "CodecLevel": "AUTO",
        "Telecine": "NONE",
        "MinIInterval": 0,
        "FieldEncoding": "PAFF",
        "SceneChangeDetect": "ENABLED",
        "QualityTuningLevel": "SINGLE_PASS",
        "UnregisteredSeiTimecode": "DISABLED",
        "RepeatPps": "DISABLED",
        "NumberBFramesBetweenReferenceFrames": 2,
        "ParControl": "SPECIFIED",
        "ParNumerator": 1,
        "ParDenominator": 1,
    }
