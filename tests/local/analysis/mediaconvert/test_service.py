"""MediaConvert as an SDK sees it: jobs over real files, made by ffmpeg."""

import io
import threading
import time
from contextlib import contextmanager
from itertools import pairwise

import pytest
from botocore.exceptions import ClientError
from PIL import Image, ImageChops, ImageStat
from tests.fakes import clips
from tests.local.analysis.conftest import serving
from tests.local.analysis.mediaconvert import jobs

from analysis.context import Context
from analysis.jobs import Jobs
from analysis.media import frames, probe
from analysis.mediaconvert.service import mediaconvert
from analysis.models import Models
from analysis.objects import ObjectUnavailable

pytestmark = pytest.mark.slow
ENDED = {"COMPLETE", "ERROR", "CANCELED"}
THUMBNAIL = f"out/{jobs.STEM}_thumbnail.000000"


class Shelf(dict):
    """S3 in memory: (bucket, key) -> bytes; `kinds` are their content types."""

    def __init__(self):
        super().__init__()
        self.kinds = {}
        self.open = threading.Event()
        self.open.set()

    def download(self, bucket, key, path, limit):
        assert self.open.wait(30)
        if (bucket, key) not in self:
            raise ObjectUnavailable(f"s3://{bucket}/{key} cannot be used: Not Found")
        path.write_bytes(self[bucket, key])
        return len(self[bucket, key])

    def put(self, bucket, key, content, content_type=None):
        if bucket != "media":
            raise ObjectUnavailable(f"s3://{bucket}/{key} cannot be used: NoSuchBucket")
        self[bucket, key] = content.read_bytes()
        self.kinds[key] = content_type


class Client:
    """An SDK's client and the objects that its jobs read and write."""

    def __init__(self, sdk, shelf, state):
        self.sdk, self.shelf, self.state = sdk, shelf, state

    def create(self, settings, **more):
        return self.sdk.create_job(Role=jobs.ROLE, Settings=settings, **more)["Job"]

    def ended(self, job):
        deadline = time.monotonic() + 60
        while (found := self.sdk.get_job(Id=job["Id"])["Job"])["Status"] not in ENDED:
            assert time.monotonic() < deadline, found
            time.sleep(0.05)
        return found

    def run(self, settings, source=None):
        """The job in its end, and the new objects."""
        if source is not None:
            self.shelf["media", f"in/{jobs.STEM}.mp4"] = source.read_bytes()
        before = set(self.shelf)
        job = self.ended(self.create(settings))
        return job, sorted(key for _, key in set(self.shelf) - before)

    def made(self, settings, source):
        job, made = self.run(settings, source)
        assert job["Status"] == "COMPLETE", job
        return job, made

    def picture(self, key):
        return Image.open(io.BytesIO(self.shelf["media", key])).convert("RGB")

    def facts(self, key, tmp_path):
        path = tmp_path / "probed"
        path.write_bytes(self.shelf["media", key])
        return probe(path)


@contextmanager
def running(state, shelf):
    made = Jobs(state / "jobs")
    context = Context(Models(state), shelf, made, None, state, lambda: "http://127.0.0.1:1")
    service = mediaconvert(context)
    made.resume()
    with serving(service) as caller:
        yield Client(caller.sdk("mediaconvert"), shelf, state)
    made.close()


@pytest.fixture
def client(tmp_path):
    with running(tmp_path, Shelf()) as client:
        yield client


def refusal(call, **parameters):
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    return raised.value.response["Error"]["Code"], raised.value.response["Error"]["Message"]


def difference(one, other):
    """How far two pictures differ in the mean, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def test_the_thumbnail_operators_job_makes_pictures_sound_and_proxy(client, tmp_path):
    source = clips.moving(tmp_path / "a.mp4", seconds=3)
    job, made = client.made(jobs.thumbnail(position=2), source)
    assert made == [
        f"out/{jobs.STEM}_proxy.mp4",
        f"{THUMBNAIL}0.jpg",
        f"{THUMBNAIL}1.jpg",
        f"out/run/{jobs.STEM}_audio.mp4",
    ]
    proxy = client.facts(made[0], tmp_path)
    assert (proxy.codec, proxy.width, proxy.height, proxy.frame_rate) == ("h264", 320, 240, 30)
    assert [track.codec for track in proxy.audio_tracks] == ["aac"]
    sound = client.facts(made[3], tmp_path)
    assert not sound.has_video
    assert (sound.audio_tracks[0].sample_rate, sound.audio_tracks[0].channels) == (48_000, 2)
    size = {"WidthInPx": 320, "HeightInPx": 240}
    pictures, audio, video = (one["OutputDetails"][0] for one in job["OutputGroupDetails"])
    assert pictures["VideoDetails"] == video["VideoDetails"] == size
    assert "VideoDetails" not in audio
    assert all(one["DurationInMs"] == pytest.approx(3_000, abs=70) for one in (audio, video))
    assert client.shelf.kinds[made[0]] == "video/mp4"
    assert client.shelf.kinds[made[1]] == "image/jpeg"
    assert client.shelf.kinds[made[3]] == "audio/mp4"
    # nothing of it stays on this machine
    assert list((client.state / "mediaconvert").iterdir()) == []


def test_pictures_are_the_frames_at_their_times(client, tmp_path):
    # another scene begins with the frame at two seconds
    source = clips.hard_cuts(tmp_path / "a.mp4", frames=(50, 30))
    shown = dict(frames(source, 40))
    client.made(jobs.thumbnail(position=2, with_audio=False), source)
    for number, time_ms in ((0, 0), (1, 2_000)):
        expected = Image.fromarray(shown[time_ms].pixels)
        got = client.picture(f"{THUMBNAIL}{number}.jpg")
        assert got.size == expected.size
        assert difference(got, expected) < 4
    assert difference(got, Image.fromarray(shown[1_960].pixels)) > 40


@pytest.mark.parametrize(
    ("make", "position", "pictures"),
    [(clips.one_frame, 7, 1), (clips.without_sound, 7, 1), (clips.variable_rate, 3, 2)],
)
def test_a_silent_clip_has_no_sound_and_a_short_one_no_second_picture(
    client, tmp_path, make, position, pictures
):
    # nobody has said that it is silent, so sound is asked for
    job, made = client.made(jobs.thumbnail(position), make(tmp_path / "a.mp4"))
    assert made == [
        f"out/{jobs.STEM}_proxy.mp4",
        *(f"{THUMBNAIL}{number}.jpg" for number in range(pictures)),
    ]
    (warning,) = job["Messages"]["Warning"]
    assert "no audio" in warning
    assert client.facts(made[0], tmp_path).audio_tracks == []


def test_a_track_without_samples_is_no_sound(client, tmp_path):
    source = clips.empty_track(tmp_path / "a.mp4")
    job, made = client.made(jobs.thumbnail(position=7), source)
    assert made == [f"out/{jobs.STEM}_proxy.mp4", f"{THUMBNAIL}0.jpg"]
    assert "no audio" in job["Messages"]["Warning"][0]


def test_a_job_that_makes_nothing_of_a_track_without_samples_says_so(client, tmp_path):
    source = clips.empty_track(tmp_path / "a.mp4")
    sound = jobs.files(jobs.output(AudioDescriptions=[jobs.sound()]))
    found, made = client.run(sound, source)
    assert (found["Status"], made) == ("ERROR", [])
    assert found["ErrorMessage"] == "The input has no audio, and the job makes nothing else"


def test_a_variable_frame_rate_becomes_a_steady_one(client, tmp_path):
    source = clips.variable_rate(tmp_path / "a.mp4")
    job, (made,) = client.made(jobs.files(jobs.output(VideoDescription=jobs.video())), source)
    (detail,) = job["OutputGroupDetails"][0]["OutputDetails"]
    assert detail["DurationInMs"] == pytest.approx(probe(source).duration_ms, abs=50)
    path = tmp_path / "steady.mp4"
    path.write_bytes(client.shelf["media", made])
    times = [at for at, _ in frames(path, 1)]
    gaps = {later - earlier for earlier, later in pairwise(times)}
    assert gaps == {40}


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pictures_of_a_turned_clip_are_upright(client, tmp_path, degrees):
    source = clips.rotated(tmp_path / "a.mp4", degrees)
    _, made = client.made(jobs.thumbnail(with_audio=False), source)
    picture = client.picture(f"{THUMBNAIL}0.jpg")
    assert picture.size == ((320, 240) if degrees == 180 else (240, 320))
    red, green, blue = picture.getpixel((picture.width // 2, 10))
    assert red > 200
    assert max(green, blue) < 60
    proxy = client.facts(made[0], tmp_path)
    assert ((proxy.width, proxy.height), proxy.rotation) == (picture.size, 0)


@pytest.mark.parametrize(
    ("rotate", "size", "red_at"),
    [
        ({}, (320, 240), (310, 120)),
        ({"Rotate": "DEGREES_90"}, (240, 320), (120, 310)),
        ({"Rotate": "DEGREES_180"}, (320, 240), (10, 120)),
        ({"Rotate": "DEGREES_270"}, (240, 320), (120, 10)),
    ],
)
def test_without_auto_the_rotation_of_the_file_is_ignored(client, tmp_path, rotate, size, red_at):
    source = clips.rotated(tmp_path / "a.mp4", 90)
    job = jobs.files(jobs.output(VideoDescription=jobs.video()), VideoSelector=rotate)
    _, (made,) = client.made(job, source)
    facts = client.facts(made, tmp_path)
    assert ((facts.width, facts.height), facts.rotation) == (size, 0)
    (_, shown), *_ = frames(tmp_path / "probed", 1_000)
    red, green, blue = Image.fromarray(shown.pixels).getpixel(red_at)
    assert red > 200
    assert max(green, blue) < 60


def tone(client, key, tmp_path):
    """The frequency of a sound, in hertz."""
    import numpy as np

    from analysis.media import audio

    path = tmp_path / "tone"
    path.write_bytes(client.shelf["media", key])
    samples = next(audio(path))[4_000:20_000]
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum)) * 16_000 / len(samples)


@pytest.mark.parametrize(
    ("selector", "hertz"), [({}, 400), ({"Tracks": [1]}, 400), ({"Tracks": [8]}, 1_800)]
)
def test_a_selector_takes_one_of_eight_tracks(client, tmp_path, selector, hertz):
    source = clips.eight_tracks(tmp_path / "a.mp4")
    job = jobs.files(jobs.output("RAW", AudioDescriptions=[jobs.sound("WAV")]), selector=selector)
    _, made = client.made(job, source)
    assert made == [f"out/{jobs.STEM}.wav"]
    assert tone(client, made[0], tmp_path) == pytest.approx(hertz, abs=5)


def test_a_track_that_is_not_there_ends_the_job(client, tmp_path):
    source = clips.moving(tmp_path / "a.mp4", seconds=1)
    job = jobs.files(jobs.output(AudioDescriptions=[jobs.sound()]), selector={"Tracks": [2]})
    found, made = client.run(job, source)
    assert (found["Status"], made) == ("ERROR", [])
    assert "Audio track [2] not found in input container" in found["ErrorMessage"]


def test_an_mp3_is_made_of_a_sound(client, tmp_path):
    source = clips.sound_only(tmp_path / "a.mp3", seconds=2)
    job = jobs.files(jobs.output("RAW", AudioDescriptions=[jobs.sound("MP3")]))
    found, (made,) = client.made(job, source)
    facts = client.facts(made, tmp_path)
    assert (facts.format, facts.audio_tracks[0].channels) == ("mp3", 2)
    (detail,) = found["OutputGroupDetails"][0]["OutputDetails"]
    assert detail["DurationInMs"] == pytest.approx(2_000, abs=100)


def test_a_picture_is_fitted_into_its_size(client, tmp_path):
    source = clips.moving(tmp_path / "a.mp4", seconds=1, tracks=0)
    wide, narrow, stretched = (
        jobs.output(modifier=modifier, VideoDescription={**jobs.video(), **size})
        for modifier, size in (
            ("_wide", {"Width": 640, "Height": 240}),
            ("_narrow", {"Width": 160}),
            ("_stretched", {"Width": 64, "Height": 64, "ScalingBehavior": "STRETCH_TO_OUTPUT"}),
        )
    )
    job, _ = client.made(jobs.files(wide, narrow, stretched), source)
    sizes = [one["VideoDetails"] for one in job["OutputGroupDetails"][0]["OutputDetails"]]
    assert [(one["WidthInPx"], one["HeightInPx"]) for one in sizes] == [
        (640, 240),
        (160, 120),
        (64, 64),
    ]


def test_streams_have_segments_playlists_and_a_master(client, tmp_path):
    source = clips.moving(tmp_path / "a.mp4", seconds=5)
    variants = (
        jobs.output(
            "M3U8",
            f"_{height}p",
            VideoDescription={**jobs.video(), "Height": height},
            AudioDescriptions=[jobs.sound()],
        )
        for height in (240, 120)
    )
    job, made = client.made(jobs.hls(*variants), source)
    base = f"out/{jobs.STEM}"
    for height in (240, 120):
        assert [f"{base}_{height}p_0000{number}.ts" in made for number in (1, 2, 3)] == [True] * 3
        text = client.shelf["media", f"{base}_{height}p.m3u8"].decode()
        assert f"a%20clip%2B%2520%C3%BC.final_{height}p_00001.ts" in text.splitlines()
        assert "#EXTINF:2.000000," in text
        assert text.rstrip().endswith("#EXT-X-ENDLIST")
    master = client.shelf["media", f"{base}.m3u8"].decode()
    assert "RESOLUTION=320x240" in master
    assert "a%20clip%2B%2520%C3%BC.final_120p.m3u8" in master.splitlines()
    assert client.shelf.kinds[f"{base}.m3u8"] == "application/vnd.apple.mpegurl"
    assert len(made) == 9
    details = job["OutputGroupDetails"][0]["OutputDetails"]
    assert [one["DurationInMs"] for one in details] == [pytest.approx(5_000, abs=60)] * 2
    assert details[1]["VideoDetails"] == {"WidthInPx": 160, "HeightInPx": 120}


def test_a_stream_may_be_one_file(client, tmp_path):
    source = clips.moving(tmp_path / "a.mp4", seconds=3)
    stream = jobs.output("M3U8", "_all", VideoDescription=jobs.video())
    _, made = client.made(jobs.hls(stream, SegmentControl="SINGLE_FILE"), source)
    base = f"out/{jobs.STEM}"
    assert made == [f"{base}.m3u8", f"{base}_all.m3u8", f"{base}_all.ts"]
    assert "#EXT-X-BYTERANGE" in client.shelf["media", made[1]].decode()


@pytest.mark.parametrize("make", [clips.empty, clips.not_media, clips.corrupt_index, clips.cut_off])
def test_a_file_that_cannot_be_read_ends_the_job_with_its_code(client, tmp_path, make):
    job, made = client.run(jobs.thumbnail(), make(tmp_path / "a.mp4"))
    assert (job["Status"], job["ErrorCode"], made) == ("ERROR", 1010, [])
    assert job["ErrorMessage"].startswith(f"Unable to open input file [{jobs.SOURCE}]")
    assert "OutputGroupDetails" not in job


def test_a_playlist_leads_nowhere(client, tmp_path):
    secret = tmp_path / "secret.ts"
    secret.write_bytes(b"secret")
    job, made = client.run(jobs.thumbnail(), clips.playlist(tmp_path / "a.mp4", f"file://{secret}"))
    assert (job["Status"], job["ErrorCode"], made) == ("ERROR", 1010, [])


def test_an_input_that_is_not_there_ends_the_job_with_its_code(client):
    job, _ = client.run(jobs.audio())
    assert (job["Status"], job["ErrorCode"]) == ("ERROR", 1404)


@pytest.mark.parametrize("make", [clips.sound_only, clips.without_sound])
def test_what_is_not_in_the_input_is_not_made(client, tmp_path, make):
    name = "a.m4a" if make is clips.sound_only else "a.mp4"
    settings = jobs.thumbnail() if make is clips.sound_only else jobs.audio()
    job, made = client.run(settings, make(tmp_path / name))
    assert (job["Status"], made) == ("ERROR", [])
    assert "The input has no" in job["ErrorMessage"]


def test_a_destination_that_cannot_be_written_ends_the_job(client, tmp_path):
    source = clips.moving(tmp_path / "a.mp4", seconds=1)
    output = jobs.output(VideoDescription=jobs.video())
    job, _ = client.run(jobs.files(output, destination="s3://nobodys/"), source)
    assert job["Status"] == "ERROR"
    assert "Unable to write to output file [s3://nobodys/" in job["ErrorMessage"]


def test_a_job_is_what_was_asked_for(client, tmp_path):
    client.shelf.open.clear()
    settings = jobs.thumbnail()
    created = client.create(settings, UserMetadata={"who": "me"}, ClientRequestToken="token")
    assert created["Status"] in ("SUBMITTED", "PROGRESSING")
    assert created["Settings"] == settings
    assert (created["Role"], created["UserMetadata"]) == (jobs.ROLE, {"who": "me"})
    assert created["Queue"].endswith(":queues/Default")
    # the same token again is the same job, another one another
    assert client.create(settings, ClientRequestToken="token")["Id"] == created["Id"]
    assert client.create(settings)["Id"] != created["Id"]
    client.shelf.open.set()


def test_a_job_is_cancelled_and_makes_nothing(client, tmp_path):
    client.shelf.open.clear()
    client.shelf["media", f"in/{jobs.STEM}.mp4"] = clips.moving(tmp_path / "a.mp4", 1).read_bytes()
    before = set(client.shelf)
    job = client.create(jobs.thumbnail())
    client.sdk.cancel_job(Id=job["Id"])
    client.shelf.open.set()
    assert client.ended(job)["Status"] == "CANCELED"
    code, text = refusal(client.sdk.cancel_job, Id=job["Id"])
    assert (code, "CANCELED" in text) == ("ConflictException", True)
    assert set(client.shelf) == before


def test_jobs_are_listed_in_pages_and_by_status(client):
    ids = [client.create(jobs.audio())["Id"] for _ in range(3)]
    for one in ids:
        client.ended({"Id": one})
    first = client.sdk.list_jobs(MaxResults=2, Order="ASCENDING")
    rest = client.sdk.list_jobs(MaxResults=2, Order="ASCENDING", NextToken=first["NextToken"])
    assert [job["Id"] for job in (*first["Jobs"], *rest["Jobs"])] == ids
    assert [job["Id"] for job in client.sdk.list_jobs()["Jobs"]] == ids[::-1]
    assert len(client.sdk.list_jobs(Status="ERROR")["Jobs"]) == 3
    assert client.sdk.list_jobs(Status="COMPLETE")["Jobs"] == []
    assert refusal(client.sdk.list_jobs, NextToken="x")[0] == "BadRequestException"


def test_an_ended_job_is_known_after_a_restart(tmp_path):
    shelf = Shelf()
    with running(tmp_path, shelf) as client:
        source = clips.moving(tmp_path / "a.mp4", seconds=1)
        job, _ = client.made(jobs.audio(), source)
    with running(tmp_path, shelf) as client:
        found = client.sdk.get_job(Id=job["Id"])["Job"]
    assert found == job


def test_what_is_not_known_is_refused_at_once(client):
    create = client.sdk.create_job
    job = jobs.changed(jobs.thumbnail(), ("Inputs", 0, "DenoiseFilter"), "ENABLED")
    code, text = refusal(create, Role=jobs.ROLE, Settings=job)
    assert code == "BadRequestException"
    assert text.startswith("/inputs/0/denoiseFilter")
    code, text = refusal(create, Role=jobs.ROLE, Settings=jobs.audio(), JobTemplate="x")
    assert (code, text.partition(":")[0]) == ("BadRequestException", "/jobTemplate")
    code, _ = refusal(create, Role=jobs.ROLE, Settings=jobs.audio(), Queue="fast")
    assert code == "NotFoundException"
    code, text = refusal(
        create,
        Role=jobs.ROLE,
        Settings=jobs.changed(jobs.audio(), ("Inputs", 0, "FilterStrength"), 9),
    )
    assert code == "BadRequestException"
    assert client.sdk.list_jobs()["Jobs"] == []
    assert refusal(client.sdk.get_job, Id="none")[0] == "NotFoundException"


def test_there_is_one_endpoint_and_one_queue(client):
    assert client.sdk.describe_endpoints()["Endpoints"] == [{"Url": "http://127.0.0.1:1"}]
    (queue,) = client.sdk.list_queues()["Queues"]
    assert queue["Name"] == "Default"
    assert client.sdk.get_queue(Name="Default")["Queue"] == queue
