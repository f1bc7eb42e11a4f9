"""Media facts: real files, read by the real library through ranged requests."""

import io
import json
import struct
import wave
import zlib

import pytest
from moto import mock_aws
from tests.fakes import clips

from MediaInsightsEngineLambdaHelper import MasExecutionError, MasInputError
from mie import aws

NAME = "MediainfoImage"
KEY = "private/assets/a/input/a+b %20.dat"


@pytest.fixture
def lambda_handler(load):
    return load("mediainfo", "mediainfo").lambda_handler


@pytest.fixture
def s3():
    with mock_aws():
        client = aws.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client


@pytest.fixture
def put(s3):
    def put(content, key=KEY):
        s3.put_object(Bucket="bucket", Key=key, Body=content)
        return {"S3Bucket": "bucket", "S3Key": key}

    return put


def a_png(width=7, height=5):
    def chunk(kind, data):
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    rows = b"".join(b"\0" + b"\x7f" * 3 * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def a_wav(seconds=1):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\1\0\2" * 8000 * seconds)
    return file.getvalue()


def tracks(dataplane, name=NAME):
    (result,) = dataplane.stored.values()
    assert set(dataplane.stored) == {("asset-1", name, "workflow-1")}
    return {one["track_type"]: one for one in result["tracks"]}


def error(lambda_handler, event):
    with pytest.raises(MasExecutionError) as raised:
        lambda_handler(event, None)
    output = raised.value.args[0]
    assert output["Status"] == "Error"
    assert json.loads(str(raised.value)) == output
    return output["MetaData"]["MediainfoError"]


def test_a_picture_has_its_size_as_numbers(lambda_handler, put, dataplane, event):
    content = a_png(7, 5)
    asked = event(NAME, {"Image": put(content)})

    output = lambda_handler(asked, None)

    found = tracks(dataplane)
    assert (found["Image"]["width"], found["Image"]["height"]) == (7, 5)
    assert found["General"]["file_size"] == len(content)
    assert output == {
        **asked,
        "Status": "Complete",
        "MetaData": {
            "Mediainfo_num_audio_tracks": "0",
            "AssetId": "asset-1",
            "WorkflowExecutionId": "workflow-1",
        },
    }


def test_audio_tracks_are_counted(lambda_handler, put, dataplane, event):
    output = lambda_handler(event("Mediainfo", {"Video": put(a_wav(3))}), None)
    assert tracks(dataplane, "Mediainfo")["Audio"]["duration"] == 3000
    assert output["MetaData"]["Mediainfo_num_audio_tracks"] == "1"


@pytest.mark.slow
@pytest.mark.parametrize(("make", "tracks"), [(clips.moving, "1"), (clips.sound_only, "0")])
def test_a_video_without_a_picture_is_known(
    lambda_handler, put, dataplane, event, tmp_path, make, tracks
):
    location = put(make(tmp_path / "clip.mp4", 1).read_bytes())
    output = lambda_handler(event("Mediainfo", {"Video": location}), None)
    assert output["MetaData"]["Mediainfo_num_video_tracks"] == tracks


def test_the_video_goes_before_the_picture(lambda_handler, put, dataplane, event):
    media = {"Image": put(a_png(), "picture"), "Video": put(a_wav(), "video")}
    lambda_handler(event(NAME, media), None)
    assert set(tracks(dataplane)) == {"General", "Audio"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "audio_tracks"),
    [
        (clips.moving, "1"),
        (clips.eight_tracks, "8"),
        (clips.without_sound, "0"),
        (clips.one_frame, "0"),
        (clips.variable_rate, "0"),
        (clips.rotated, "0"),
    ],
)
def test_videos_of_every_kind_are_known(
    lambda_handler, put, dataplane, event, tmp_path, make, audio_tracks
):
    location = put(make(tmp_path / "clip.mp4").read_bytes(), "private/assets/a/Grüße +%20.mp4")
    output = lambda_handler(event("Mediainfo", {"Video": location}), None)
    assert tracks(dataplane, "Mediainfo")["Video"]["format"] == "AVC"
    assert output["MetaData"]["Mediainfo_num_audio_tracks"] == audio_tracks


@pytest.mark.slow
@pytest.mark.parametrize("make", [clips.not_media, clips.empty])
def test_what_is_no_media_is_not_tried_again(lambda_handler, put, dataplane, event, tmp_path, make):
    location = put(make(tmp_path / "clip.mp4").read_bytes())
    with pytest.raises(MasInputError):
        lambda_handler(event("Mediainfo", {"Video": location}), None)


@pytest.mark.parametrize(
    "media",
    [{}, {"Text": {"S3Bucket": "b", "S3Key": "k"}}, {"Video": {}}, {"Image": {"S3Key": "k"}}],
)
def test_without_a_video_or_a_picture_there_are_no_valid_inputs(
    lambda_handler, dataplane, event, media
):
    assert error(lambda_handler, event(NAME, media)) == "No valid inputs"


@pytest.mark.parametrize("content", [b"", b"Dear picture", bytes(2_000_000)])
def test_a_file_without_media_is_refused_and_kept(
    lambda_handler, put, s3, dataplane, event, content
):
    location = put(content)
    text = error(lambda_handler, event(NAME, {"Image": location}))
    assert text == "File does not contain valid video, audio, image, or text content"
    assert s3.get_object(Bucket="bucket", Key=KEY)["Body"].read() == content
    assert dataplane.stored == {}


@pytest.mark.parametrize(
    "location", [{"S3Bucket": "bucket", "S3Key": "none"}, {"S3Bucket": "none", "S3Key": "k"}]
)
def test_an_object_that_is_not_there_is_an_error(lambda_handler, s3, dataplane, event, location):
    text = error(lambda_handler, event(NAME, {"Image": location}))
    assert text.startswith("Unable to get Mediainfo results. ")
    assert "HeadObject" in text


def test_what_the_data_plane_refuses_is_said(lambda_handler, put, dataplane, event):
    dataplane.answer = (404, {"Code": "NotFoundError", "Message": "no such asset"})
    text = error(lambda_handler, event(NAME, {"Image": put(a_png())}))
    assert text == "Unable to upload metadata for asset: asset-1: no such asset"


def test_assets_that_alternate_in_a_warm_process_share_nothing(
    lambda_handler, put, dataplane, event
):
    picture, letter = put(a_png(), "picture"), put(b"Dear picture", "letter")
    sound = put(a_wav(), "sound")

    one = lambda_handler(event(NAME, {"Image": sound}, asset="one"), None)
    error(lambda_handler, event(NAME, {"Image": letter}, asset="two"))
    three = lambda_handler(event(NAME, {"Image": picture}, asset="three"), None)

    assert one["MetaData"]["Mediainfo_num_audio_tracks"] == "1"
    assert three["MetaData"] == {
        "Mediainfo_num_audio_tracks": "0",
        "AssetId": "three",
        "WorkflowExecutionId": "workflow-1",
    }
    assert {asset for asset, _, _ in dataplane.stored} == {"one", "three"}


class CountingS3:
    """An S3 client that remembers how many bytes it was asked for."""

    def __init__(self, client):
        self.client, self.fetched = client, 0

    def head_object(self, **arguments):
        return self.client.head_object(**arguments)

    def get_object(self, **arguments):
        answer = self.client.get_object(**arguments)
        self.fetched += answer["ContentLength"]
        return answer


@pytest.fixture
def open_object(load, put, s3):
    def open_object(content):
        put(content)
        counting = CountingS3(s3)
        return load("mediainfo", "ranged_object").RangedObject(counting, "bucket", KEY), counting

    return open_object


def test_an_object_reads_as_a_file_does(open_object):
    content = bytes(index % 251 for index in range(2_500_000))
    file, _ = open_object(content)
    plain = io.BytesIO(content)
    for offset, whence, size in [
        (0, 0, 10),
        (0, 1, 64 * 1024),
        (1_048_570, 0, 6),
        (0, 1, 7),
        (-5, 2, 100),
        (0, 2, 1),
        (2_000_000, 0, 600_000),
        (10, 0, 1),
    ]:
        assert file.seek(offset, whence) == plain.seek(offset, whence)
        expected = plain.read(size)
        read = b""
        while len(read) < len(expected):
            # a read may give less than it was asked for, never nothing before the end
            part = file.read(size - len(read))
            assert part
            read += part
        assert read == expected
        assert file.tell() == plain.tell()
    file.seek(0, 2)
    assert file.read(10) == b""


def test_a_long_sound_is_not_read_as_a_whole(open_object, load):
    load("mediainfo", "mediainfo")
    from pymediainfo import MediaInfo

    content = a_wav(600)
    file, counting = open_object(content)
    assert MediaInfo.parse(file).audio_tracks[0].duration == 600_000
    assert counting.fetched < len(content) / 4


def test_an_object_that_is_replaced_meanwhile_is_an_error(open_object, put, s3):
    file, _ = open_object(bytes(3_000_000))
    assert file.read(10) == bytes(10)
    put(b"\1" * 3_000_000)
    file.seek(2_000_000)
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        file.read(10)
