"""Jobs for the tests: those that the operators send, and others in as few words as will do."""

import importlib.util
from copy import deepcopy
from pathlib import Path

ROOT = Path(__file__).parents[4]
ROLE = "arn:aws:iam::123456789012:role/media"
SOURCE = "s3://media/in/a clip+%20ü.final.mp4"
STEM = "a clip+%20ü.final"
H264 = {"RateControlMode": "QVBR", "MaxBitrate": 1_000_000}
AAC = {"Bitrate": 96_000, "SampleRate": 48_000, "CodingMode": "CODING_MODE_2_0"}


def of_operators():
    """The module source/operators/mediaconvert/job_settings.py."""
    path = ROOT / "source" / "operators" / "mediaconvert" / "job_settings.py"
    spec = importlib.util.spec_from_file_location("job_settings_of_operators", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def thumbnail(position=7, with_audio=True, source=SOURCE):
    return of_operators().thumbnail_job(
        source, "s3://media/out/", "s3://media/out/run/", position, with_audio
    )


def audio(source=SOURCE):
    return of_operators().audio_job(source, "s3://media/out/run/")


def video(**h264):
    return {"CodecSettings": {"Codec": "H_264", "H264Settings": {**H264, **h264}}}


def sound(codec="AAC", **more):
    settings = {"AAC": ("AacSettings", AAC), "MP3": ("Mp3Settings", {"Bitrate": 96_000})}
    member, usual = settings.get(codec, ("WavSettings", {}))
    return {"CodecSettings": {"Codec": codec, member: {**usual, **more}}}


def capture(**more):
    settings = {"FramerateNumerator": 1, "FramerateDenominator": 1, **more}
    return {"CodecSettings": {"Codec": "FRAME_CAPTURE", "FrameCaptureSettings": settings}}


def output(container="MP4", modifier=None, **descriptions):
    named = {"NameModifier": modifier} if modifier else {}
    return {"ContainerSettings": {"Container": container}, **named, **descriptions}


def files(*outputs, destination="s3://media/out/", source=SOURCE, selector=None, **job_input):
    """A job of one group of files, with one audio selector."""
    group = {
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": destination},
        },
        "Outputs": list(outputs),
    }
    selectors = {"AudioSelectors": {"Audio Selector 1": selector or {}}}
    return {"Inputs": [{"FileInput": source, **selectors, **job_input}], "OutputGroups": [group]}


def hls(*outputs, **settings):
    """A job of one group of streams."""
    job = files(*outputs)
    chosen = {"Destination": "s3://media/out/", "SegmentLength": 2, **settings}
    job["OutputGroups"][0]["OutputGroupSettings"] = {
        "Type": "HLS_GROUP_SETTINGS",
        "HlsGroupSettings": chosen,
    }
    return job


def changed(job, path, value):
    """A copy with another value at a path such as ("Inputs", 0, "FileInput")."""
    copy = deepcopy(job)
    *way, last = path
    place = copy
    for step in way:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    place[last] = value
    return copy
