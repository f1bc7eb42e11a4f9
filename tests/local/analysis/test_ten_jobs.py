"""A video workflow's worth of jobs at once, and media that would do harm, on one server.

Where the models are not installed, these tests are skipped. The memory that ten jobs took is
printed (`pytest -rP`).
"""

import time

import psutil
import pytest
import urllib3
from tests.fakes import clips
from tests.fakes.s3_server import s3_server
from tests.fakes.speech import talking_video
from tests.local.analysis.running_server import MODELS, client_of, running, skip_unless_installed

pytestmark = pytest.mark.models

VIDEO = {"S3Object": {"Bucket": "media", "Name": "talk.mp4"}}
ROLE = "arn:aws:iam::123456789012:role/language"
MOST_BYTES = 3_000_000_000
# operation -> more of its request
SEEN = {
    "face_detection": {"FaceAttributes": "ALL"},
    "label_detection": {},
    "text_detection": {},
    "content_moderation": {},
    "celebrity_recognition": {},
    "face_search": {"CollectionId": "staff"},
    "segment_detection": {"SegmentTypes": ["SHOT", "TECHNICAL_CUE"]},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    skip_unless_installed()
    folder = tmp_path_factory.mktemp("media")
    talking_video(folder / "talk.mp4")
    with s3_server() as (endpoint, objects):
        objects["media/talk.mp4"] = (folder / "talk.mp4").read_bytes()
        objects["media/story/one.txt"] = b"Jeff Bezos founded Amazon in Seattle."
        secret = folder / "secret.mp4"
        secret.write_bytes((folder / "talk.mp4").read_bytes())
        for name, content in {
            "playlist.m3u8": clips.playlist(folder / "list.m3u8", f"file://{secret}"),
            "damaged.mp4": clips.corrupt_index(folder / "damaged.mp4"),
            "half.mp4": clips.cut_off(folder / "half.mp4"),
            "text.mp4": clips.not_media(folder / "text.mp4"),
        }.items():
            objects[f"media/{name}"] = content.read_bytes()
        with running(MODELS, endpoint, folder / "state") as url:
            families = urllib3.request("GET", f"{url}/health").json()["models"]
            for family in ("vision", "speech", "text"):
                if not families[family]["installed"]:
                    pytest.skip(f"the family {family} of the local models is not installed")
            yield url


def ended(ask, status):
    """The answer once its status is that of a job that has ended."""
    while True:
        answer = ask()
        if status(answer) not in ("SUBMITTED", "QUEUED", "IN_PROGRESS"):
            return status(answer)
        time.sleep(0.1)


def test_ten_jobs_at_once_end_well_within_three_gigabytes(url):
    rekognition, transcribe = client_of(url), client_of(url, "transcribe")
    comprehend = client_of(url, "comprehend")
    rekognition.create_collection(CollectionId="staff")
    jobs = {
        name: getattr(rekognition, f"start_{name}")(Video=VIDEO, **more)["JobId"]
        for name, more in SEEN.items()
    }
    for name in ("one", "two"):
        transcribe.start_transcription_job(
            TranscriptionJobName=name,
            Media={"MediaFileUri": "s3://media/talk.mp4"},
            LanguageCode="en-US",
        )
    entities = comprehend.start_entities_detection_job(
        InputDataConfig={"S3Uri": "s3://media/story/", "InputFormat": "ONE_DOC_PER_FILE"},
        OutputDataConfig={"S3Uri": "s3://media/entities"},
        DataAccessRoleArn=ROLE,
        LanguageCode="en",
    )["JobId"]
    for name, job in jobs.items():
        get = getattr(rekognition, f"get_{name}")
        status = ended(lambda get=get, job=job: get(JobId=job), lambda one: one["JobStatus"])
        assert status == "SUCCEEDED", name
    for name in ("one", "two"):
        assert (
            ended(
                lambda name=name: transcribe.get_transcription_job(TranscriptionJobName=name),
                lambda one: one["TranscriptionJob"]["TranscriptionJobStatus"],
            )
            == "COMPLETED"
        )
    assert (
        ended(
            lambda: comprehend.describe_entities_detection_job(JobId=entities),
            lambda one: one["EntitiesDetectionJobProperties"]["JobStatus"],
        )
        == "COMPLETED"
    )
    taken = peak_bytes(url)
    print(f"ten jobs at once: {taken / 1e6:.0f} MB at most")  # noqa: T201
    assert taken < MOST_BYTES


def peak_bytes(url):
    """The most memory that the server has had; what it has now, where the system does not say."""
    port = int(url.rpartition(":")[2])
    [server] = [
        one
        for one in psutil.Process().children()
        if any(c.laddr.port == port for c in one.net_connections("tcp") if c.status == "LISTEN")
    ]
    try:
        with open(f"/proc/{server.pid}/status", encoding="ascii") as status:  # noqa: PTH123
            [line] = [line for line in status if line.startswith("VmHWM:")]
    except FileNotFoundError:
        return server.memory_info().rss
    return int(line.split()[1]) * 1_024


@pytest.mark.parametrize("name", ["playlist.m3u8", "damaged.mp4", "text.mp4", "half.mp4"])
def test_media_that_are_none_end_their_jobs_and_harm_nobody(url, name):
    rekognition, transcribe = client_of(url), client_of(url, "transcribe")
    video = {"S3Object": {"Bucket": "media", "Name": name}}
    for operation in ("segment_detection", "face_detection"):
        more = {"SegmentTypes": ["SHOT"]} if operation == "segment_detection" else {}
        job = getattr(rekognition, f"start_{operation}")(Video=video, **more)["JobId"]
        get = getattr(rekognition, f"get_{operation}")
        assert (
            ended(lambda get=get, job=job: get(JobId=job), lambda one: one["JobStatus"]) == "FAILED"
        )
        said = get(JobId=job)["StatusMessage"]
        assert said
        assert "internal" not in said
    transcribe.start_transcription_job(
        TranscriptionJobName=name,
        Media={"MediaFileUri": f"s3://media/{name}"},
        LanguageCode="en-US",
    )
    get = transcribe.get_transcription_job
    assert (
        ended(
            lambda: get(TranscriptionJobName=name),
            lambda one: one["TranscriptionJob"]["TranscriptionJobStatus"],
        )
        == "FAILED"
    )
    said = get(TranscriptionJobName=name)["TranscriptionJob"]["FailureReason"]
    assert "internal" not in said
    assert urllib3.request("GET", f"{url}/health").status == 200
