"""Mediaconvert and Thumbnail over the local MediaConvert, with media of every kind."""

import importlib
import sys
import threading
import time

import boto3
import numpy as np
import pytest
from moto import mock_aws
from tests.fakes import clips
from tests.local.analysis.conftest import serving
from tests.local.analysis.mediaconvert.jobs import ROLE, ROOT

from analysis.context import Context
from analysis.jobs import Jobs
from analysis.media import audio, probe
from analysis.mediaconvert.service import mediaconvert
from analysis.models import Models
from analysis.objects import Objects
from analysis.rekognition import limits
from MediaInsightsEngineLambdaHelper import MasExecutionError
from mie import aws

pytestmark = pytest.mark.slow
OPERATORS = ROOT / "source" / "operators" / "mediaconvert"
MODULES = {
    "Mediaconvert": ("start_media_convert", "get_media_convert"),
    "Thumbnail": ("start_thumbnail", "check_thumbnail"),
}
ASSET = "private/assets/asset-1"


@pytest.fixture
def s3(tmp_path, monkeypatch):
    """S3, with an analysis server beside it that speaks HTTP."""
    jobs = Jobs(tmp_path / "state" / "jobs")
    context = Context(
        Models(tmp_path),
        Objects("https://s3.us-east-1.amazonaws.com"),
        jobs,
        None,
        tmp_path / "state",
    )
    service = mediaconvert(context)
    jobs.resume()
    with serving(service) as caller:
        for name, value in {
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL_MEDIACONVERT": caller.url,
            "DATAPLANE_BUCKET": "bucket",
            "mediaconvertRole": ROLE,
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        aws.forget()
        with mock_aws():
            client = aws.client("s3")
            client.create_bucket(Bucket="bucket")
            yield client
        aws.forget()
    jobs.close()


@pytest.fixture
def run(s3, monkeypatch):
    """Runs an operator over a file as its state machine does: (output, new keys)."""
    monkeypatch.syspath_prepend(OPERATORS)

    def run(name, path, key="clip.mp4", **configuration):
        key = f"{ASSET}/input/{key}"
        s3.upload_file(str(path), "bucket", key)
        event = {
            "Name": name,
            "AssetId": "asset-1",
            "WorkflowExecutionId": "workflow-1",
            "Input": {"Media": {"Video": {"S3Bucket": "bucket", "S3Key": key}}, "MetaData": {}},
            "Configuration": {"Enabled": True, **configuration},
            "Status": "Started",
            "MetaData": {},
            "Media": {},
        }
        start, check = (importlib.import_module(one).lambda_handler for one in MODULES[name])
        try:
            output = start(event, None)
            deadline = time.monotonic() + 60
            while (output := check(output, None))["Status"] == "Executing":
                assert time.monotonic() < deadline
                threading.Event().wait(0.05)
        except MasExecutionError as error:
            output = error.args[0]
        listed = s3.list_objects_v2(Bucket="bucket", Prefix=ASSET)["Contents"]
        # the note of the job is not of its making
        made = {
            one["Key"].removeprefix(f"{ASSET}/")
            for one in listed
            if one["Key"] != key and "/jobs/" not in one["Key"]
        }
        returned = {one["S3Key"].removeprefix(f"{ASSET}/") for one in output["Media"].values()}
        assert returned <= made
        return output, made

    yield run
    for name in [one for pair in MODULES.values() for one in pair] + ["conversion", "job_settings"]:
        sys.modules.pop(name, None)


def whole(stem, *, silent=False):
    """What Thumbnail makes of a video."""
    sound = set() if silent else {f"workflows/workflow-1/{stem}_audio.mp4"}
    pictures = {f"{stem}_thumbnail.000000{number}.jpg" for number in (0, 1)}
    return pictures | {f"{stem}_proxy.mp4"} | sound


@pytest.mark.parametrize(
    ("make", "silent"),
    [
        (clips.moving, False),
        (clips.eight_tracks, False),
        (clips.without_sound, True),
        (clips.one_frame, True),
        (clips.variable_rate, True),
        (clips.rotated, True),
    ],
)
def test_of_a_video_there_are_pictures_a_proxy_and_its_sound(run, tmp_path, make, silent):
    output, made = run("Thumbnail", make(tmp_path / "a.mp4"), ThumbnailPosition="2")
    assert output["Status"] == "Complete"
    assert made == whole("clip", silent=silent)
    assert set(output["Media"]) == {"Thumbnail", "ProxyEncode"} | (set() if silent else {"Audio"})
    assert output["Media"]["Thumbnail"]["S3Key"] == f"{ASSET}/clip_thumbnail.0000001.jpg"


@pytest.mark.parametrize(
    "key", ["Grüße aus São Paulo.mp4", "a+b c%20d.final.MOV", "影片 📹.mp4", "no ending", "a.txt"]
)
def test_the_names_of_files_do_not_matter(run, tmp_path, key):
    output, made = run("Thumbnail", clips.moving(tmp_path / "a.mp4", seconds=1), key)
    assert output["Status"] == "Complete"
    assert made == whole(key.rpartition(".")[0] or key)


def test_the_sound_alone_is_made(run, tmp_path):
    output, made = run("Mediaconvert", clips.moving(tmp_path / "a.mp4", seconds=1))
    assert output["Status"] == "Complete"
    assert made == {"workflows/workflow-1/clip_audio.mp4"}
    assert set(output["Media"]) == {"Audio"}


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("Thumbnail", clips.corrupt_index, "Unable to open input file"),
        ("Thumbnail", clips.empty, "The file is empty"),
        ("Thumbnail", clips.not_media, "Unable to open input file"),
    ],
)
def test_what_cannot_be_converted_is_an_error_with_a_reason(run, tmp_path, name, make, reason):
    output, made = run(name, make(tmp_path / "a.mp4"))
    assert (output["Status"], made) == ("Error", set())
    assert reason in output["MetaData"][f"{name}Error"]


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("Mediaconvert", clips.without_sound, "The file has no audio track"),
        ("Thumbnail", clips.sound_only, "The file has no video track"),
        ("Thumbnail", lambda path: clips.sound_only(path.with_suffix(".mp3")), "no video track"),
    ],
)
def test_what_has_nothing_to_convert_is_skipped_with_the_reason(run, tmp_path, name, make, reason):
    output, made = run(name, make(tmp_path / "a.mp4"))
    assert (output["Status"], made) == ("Skipped", set())
    assert reason in output["MetaData"][f"{name}Skipped"]


def test_sound_alone_is_taken_out(run, tmp_path):
    output, made = run("Mediaconvert", clips.sound_only(tmp_path / "a.mp4", 1))
    assert (output["Status"], made) == ("Complete", {"workflows/workflow-1/clip_audio.mp4"})


def _heard(s3, tmp_path, medium):
    """What an extracted sound, or a copy, has to be heard."""
    path = tmp_path / "made.mp4"
    s3.download_file(medium["S3Bucket"], medium["S3Key"], str(path))
    return np.concatenate(list(audio(path)))


@pytest.mark.parametrize(
    ("key", "picture", "sound"),
    [
        ("clip.mkv", "libx265", "libmp3lame"),
        ("clip.webm", "libvpx", "libvorbis"),
        ("clip.mxf", "mpeg2video", "pcm_s16le"),
    ],
)
def test_a_proxy_is_what_rekognition_reads(run, s3, tmp_path, key, picture, sound):
    output, _ = run("Thumbnail", clips.encoded(tmp_path / key, picture, sound), key)
    proxy = output["Media"]["ProxyEncode"]
    s3.download_file(proxy["S3Bucket"], proxy["S3Key"], str(tmp_path / "proxy.mp4"))
    facts = probe(tmp_path / "proxy.mp4")
    assert facts.format in limits.VIDEO_FORMATS
    assert facts.codec in limits.VIDEO_CODECS
    assert {track.codec for track in facts.audio_tracks} == set(limits.AUDIO_CODECS)


@pytest.mark.parametrize("container", ["mkv", "mp4", "ts"])
@pytest.mark.parametrize(
    ("name", "made"),
    [("Mediaconvert", "Audio"), ("Thumbnail", "Audio"), ("Thumbnail", "ProxyEncode")],
)
def test_sound_counts_from_the_picture(run, s3, tmp_path, container, name, made):
    path = clips.late_sound(tmp_path / f"late.{container}", after=1.5)
    output, _ = run(name, path, f"clip.{container}")
    samples = _heard(s3, tmp_path, output["Media"][made])
    first = np.flatnonzero(np.abs(samples) > 0.02)[0] / 16_000
    assert first == pytest.approx(1.5, abs=0.06)


@pytest.mark.parametrize(
    ("name", "made"),
    [("Mediaconvert", "Audio"), ("Thumbnail", "Audio"), ("Thumbnail", "ProxyEncode")],
)
def test_the_chosen_track_is_taken(run, s3, tmp_path, name, made):
    path = clips.eight_tracks(tmp_path / "a.mp4")
    output, _ = run(name, path, AudioTrack=3)
    assert output["MetaData"]["MediaconvertAudioTrack"] == "3"
    samples = _heard(s3, tmp_path, output["Media"][made])
    loudest = np.abs(np.fft.rfft(samples)).argmax() * 16_000 / len(samples)
    # each track has a tone of its own
    assert loudest == pytest.approx(800, abs=3)
