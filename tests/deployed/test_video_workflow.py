"""A video of somebody who speaks goes through the real stack, and every service that it needs."""

import json
import re
import time

import pytest
from tests.fakes import clips
from tests.fakes.speech import talking_video

pytestmark = pytest.mark.deployed

SECONDS = 15
WORKFLOWS = ("MieCompleteWorkflow", "CasVideoWorkflow")
SENTENCES = (
    "Good morning and welcome to the local news.",
    "The weather is warm and the river is quiet.",
    "Today we talk about music and money.",
)
# said by the stages' own operators, and found again under these names
STORED = {
    "Mediainfo": "tracks",
    "faceDetection": "Faces",
    "labelDetection": "Labels",
    "textDetection": "TextDetections",
    "contentModeration": "ModerationLabels",
    "celebrityRecognition": "Celebrities",
    "shotDetection": "Segments",
    "technicalCueDetection": "Segments",
}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "a film, 100 % true + ü.mp4"
    talking_video(path, SENTENCES, seconds=SECONDS)
    return path


@pytest.fixture(scope="module")
def started(stack, film, clips_of_all_kinds):
    """Label -> id of an execution; all run side by side, as many as the limit allows."""
    ids = {name: stack.start(name, "Video", path=film)["Id"] for name in WORKFLOWS}
    for label, clip in clips_of_all_kinds.items():
        ids[label] = stack.start("CasVideoWorkflow", "Video", path=clip)["Id"]
    return ids


@pytest.fixture(scope="module")
def analysed(stack, started):
    """The execution of MieCompleteWorkflow: CasVideoWorkflow's operators, and captions."""
    return stack.wait(started["MieCompleteWorkflow"])


def outputs(execution):
    return {
        output["Name"]: output
        for stage in execution["Workflow"]["Stages"].values()
        for output in stage["Outputs"]
    }


def results(stack, execution, operator):
    path = f"/metadata/{execution['AssetId']}/{operator}"
    answer = stack.dataplane.request("GET", path)
    assert answer.status == 200, answer.json
    return answer.json["results"]


def content(stack, place):
    body = stack.client("s3").get_object(Bucket=place["S3Bucket"], Key=place["S3Key"])["Body"]
    return body.read()


def test_the_workflow_for_videos_completes(stack, started):
    execution = stack.wait(started["CasVideoWorkflow"])
    assert execution["Status"] == "Complete", execution.get("Message")
    off = {name for name, one in outputs(execution).items() if one["Status"] == "Skipped"}
    assert off == {"GenericDataLookup", "faceSearch", "personTracking", "Polly"}
    translation = results(stack, execution, "Translate")
    assert translation["SourceLanguageCode"] == "en"
    assert translation["TranslatedText"]


def test_every_operator_that_is_on_completes(analysed):
    assert analysed["Status"] == "Complete", analysed.get("Message")
    statuses = {name: one["Status"] for name, one in outputs(analysed).items()}
    assert set(statuses.values()) == {"Complete", "Skipped"}, statuses


@pytest.mark.parametrize(("operator", "member"), STORED.items())
def test_what_was_seen_is_stored(stack, analysed, operator, member):
    found = results(stack, analysed, operator)
    pages = found if isinstance(found, list) else [found]
    assert all(isinstance(page[member], list) for page in pages)
    if operator not in ("contentModeration", "celebrityRecognition", "textDetection"):
        assert any(page[member] for page in pages)


def test_one_face_is_seen_all_the_time(stack, analysed):
    faces = results(stack, analysed, "faceDetection")["Faces"]
    times = [one["Timestamp"] for one in faces]
    assert times == sorted(times)
    assert 0 <= times[0] < 2_000
    assert SECONDS * 1000 - 2_000 < times[-1] <= SECONDS * 1000


def test_the_media_that_are_named_exist(stack, analysed):
    media = outputs(analysed)["Thumbnail"]["Media"]
    assert set(media) == {"Thumbnail", "Audio", "ProxyEncode"}
    assert content(stack, media["Thumbnail"])[:3] == b"\xff\xd8\xff"
    for key in ("Audio", "ProxyEncode"):
        assert content(stack, media[key])[4:8] == b"ftyp"


def test_the_words_that_were_said_are_written_down(stack, analysed):
    transcript = results(stack, analysed, "TranscribeVideo")["results"]
    heard = re.findall(r"\w+", transcript["transcripts"][0]["transcript"].lower())
    said = re.findall(r"\w+", " ".join(SENTENCES).lower())
    assert len(set(said) & set(heard)) > 0.6 * len(set(said)), heard


def test_captions_come_out_in_two_languages(stack, analysed):
    collection = results(stack, analysed, "WebToVTTCaptions")["CaptionsCollection"]
    files = {one["LanguageCode"]: content(stack, one["Results"]).decode() for one in collection}
    assert set(files) == {"en", "es"}
    times = {
        language: [
            (one["start"], one["end"])
            for one in results(stack, analysed, f"WebCaptions_{language}")["WebCaptions"]
        ]
        for language in files
    }
    assert times["en"]
    assert times["en"] == times["es"]
    # a file shows a caption for as long as its words take to be read, and a long one in two parts
    starts = {language: re.findall(r"^(.*) --> ", text, re.M) for language, text in files.items()}
    assert set(starts["en"]) <= set(starts["es"])
    assert files["en"] != files["es"]
    subrip = results(stack, analysed, "WebToSRTCaptions")["CaptionsCollection"]
    assert all(content(stack, one["Results"]).startswith(b"1\n00:00:") for one in subrip)


def test_what_was_said_and_seen_is_found(stack, analysed):
    if not stack.facts["opensearch_url"]:
        pytest.skip("search is off: it needs Java and Maven")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        query = {"asset_id": analysed["AssetId"], "q": "weather"}
        hits = stack.dataplane.request("GET", "/search", query=query).json["hits"]
        if hits:
            break
        time.sleep(1)
    assert any("weather" in json.dumps(one).lower() for one in hits)


# Media of every kind: each ends Complete, Skipped or with a reason


def _named(clip, name):
    return clip.rename(clip.with_name(name))


MEDIA = {
    "no sound": lambda folder: clips.without_sound(folder / "silent.mp4"),
    "one frame": lambda folder: clips.one_frame(folder / "frame.mp4"),
    "variable rate": lambda folder: clips.variable_rate(folder / "variable.mp4"),
    "eight tracks": lambda folder: clips.eight_tracks(folder / "eight.mp4"),
    "rotated": lambda folder: clips.rotated(folder / "rotated.mp4"),
    # what Rekognition does not read is looked at in the proxy
    "HEVC in MKV": lambda folder: clips.encoded(folder / "clip.mkv", "libx265", "libmp3lame"),
    "H.264 in AVI": lambda folder: clips.encoded(folder / "clip.avi"),
    "five seconds": lambda folder: clips.moving(folder / "1+1 = ü 100%.mp4"),
}
BROKEN = {
    "corrupt index": lambda folder: clips.corrupt_index(folder / "corrupt.mp4"),
    "no bytes": lambda folder: clips.empty(folder / "empty.mp4"),
    "wrong extension": lambda folder: _named(clips.moving(folder / "clip.mp4"), "clip.txt"),
    "not a video": lambda folder: clips.not_media(folder / "text.mp4"),
}


@pytest.fixture(scope="module")
def clips_of_all_kinds(tmp_path_factory):
    return {
        label: make(tmp_path_factory.mktemp("clip")) for label, make in {**MEDIA, **BROKEN}.items()
    }


@pytest.mark.parametrize("label", MEDIA)
def test_a_video_of_an_unusual_kind_is_analysed(stack, started, label):
    execution = stack.wait(started[label])
    assert execution["Status"] == "Complete", execution.get("Message")


@pytest.mark.parametrize("label", BROKEN)
def test_what_cannot_be_analysed_ends_with_a_reason(stack, started, label):
    execution = stack.wait(started[label])
    assert execution["Status"] in ("Error", "Complete")
    if execution["Status"] == "Error":
        assert re.search(r"operation \w+ failed: .+", execution["Message"])
        assert "Traceback" not in execution["Message"]
