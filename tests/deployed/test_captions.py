"""Captions on the real stack: of sound that begins late, and after people have edited them."""

import uuid

import pytest
from tests.fakes.clips import run_ffmpeg, sound_only
from tests.fakes.speech import SENTENCES, speak, talking_video

pytestmark = pytest.mark.deployed

WORKFLOW = "TranscribeWorkflow"
LATE_SECONDS = 4


def outputs(execution):
    assert execution["Status"] == "Complete", execution.get("Message")
    return {
        output["Name"]: output
        for stage in execution["Workflow"]["Stages"].values()
        for output in stage["Outputs"]
    }


def results(stack, execution, operator):
    answer = stack.dataplane.request("GET", f"/metadata/{execution['AssetId']}/{operator}")
    assert answer.status == 200, answer.json
    return answer.json["results"]


def captions(stack, execution, name="WebCaptions_en"):
    return results(stack, execution, name)["WebCaptions"]


def spoken_late(folder):
    """A talking video whose sound begins later than its picture, and when it is to be heard."""
    talk, late = folder / "b.mp4", folder / "d.mkv"
    (spoken,) = talking_video(talk, SENTENCES[:1])
    sound = ("-itsoffset", str(LATE_SECONDS), "-i", talk)
    run_ffmpeg("-i", talk, *sound, "-map", "0:v", "-map", "1:a", "-c", "copy", late)
    return late, spoken.start + LATE_SECONDS


def of_two_tracks(folder):
    """A tone, and somebody who speaks in the second track."""
    voice, both = folder / "voice.wav", folder / "both.mp4"
    speak(voice, SENTENCES[:1])
    inputs = ("-f", "lavfi", "-i", "sine=frequency=440:duration=4", "-i", voice)
    picture = ("-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=4")
    maps = ("-map", "2:v", "-map", "0:a", "-map", "1:a")
    run_ffmpeg(*inputs, *picture, *maps, "-pix_fmt", "yuv420p", "-c:a", "aac", both)
    return both


@pytest.fixture(scope="module")
def late(stack, tmp_path_factory):
    """An execution, and when somebody begins to speak, in seconds."""
    path, begins = spoken_late(tmp_path_factory.mktemp("late"))
    return stack.run(WORKFLOW, "Video", path=path), begins


def test_captions_come_at_the_time_at_which_it_is_heard(stack, late):
    execution, begins = late
    outputs(execution)
    first = captions(stack, execution)[0]
    assert float(first["start"]) == pytest.approx(begins, abs=0.5)


def test_an_edited_caption_survives_a_new_run(stack, late):
    execution, _ = late
    made = captions(stack, execution)
    edited = [{**made[0], "caption": "Edited by hand."}, *made[1:]]
    body = {
        "OperatorName": "WebCaptions_en",
        "WorkflowId": str(uuid.uuid4()),
        "Results": {"WebCaptions": edited},
    }
    asset = execution["AssetId"]
    assert stack.dataplane.request("POST", f"/metadata/{asset}", body).status == 200
    asked = {"Name": WORKFLOW, "Input": {"AssetId": asset}}
    started = stack.workflow.request("POST", "/workflow/execution", asked)
    assert started.status == 200, started.json
    again = outputs(stack.wait(started.json["Id"]))
    assert again["WebCaptions"]["MetaData"]["WebCaptionsKept"] == str(len(edited))
    assert captions(stack, execution)[0]["caption"] == "Edited by hand."
    raw = captions(stack, execution, "WebCaptionsTranscribeAudio_en")
    assert [one["caption"] for one in raw] == [one["caption"] for one in made]
    (file,) = results(stack, execution, "WebToSRTCaptions")["CaptionsCollection"]
    place = file["Results"]
    body = stack.client("s3").get_object(Bucket=place["S3Bucket"], Key=place["S3Key"])["Body"]
    assert "Edited by hand." in body.read().decode()


def test_the_second_track_is_heard_where_that_is_asked_for(stack, tmp_path):
    path = of_two_tracks(tmp_path)
    chosen = {"MediaconvertStage": {"Mediaconvert": {"AudioTrack": 2}}}
    started = stack.start(WORKFLOW, "Video", path=path, configuration=chosen)
    first = outputs(stack.run(WORKFLOW, "Video", path=path))["TranscribeAudio"]
    said = first["MetaData"]["TranscribeAudioSkipped"]
    assert said.startswith("Too little is said in audio track 1 to tell the language")
    second = stack.wait(started["Id"])
    assert outputs(second)["TranscribeAudio"]["Status"] == "Complete"
    assert captions(stack, second)


def test_sound_alone_is_transcribed_and_not_looked_at(stack, tmp_path):
    path = sound_only(tmp_path / "sound.mp4")
    spoken = {"defaultAudioStage": {"TranscribeVideo": {"TranscribeLanguage": "en"}}}
    run = stack.run("CasVideoWorkflow", "Video", path=path, configuration=spoken)
    ended = outputs(run)
    assert ended["TranscribeVideo"]["Status"] == "Complete"
    assert ended["TranscribeVideo"]["MetaData"]["TranscribeSilence"].startswith("Nothing was heard")
    for name in ("Thumbnail", "labelDetection", "shotDetection"):
        assert ended[name]["Status"] == "Skipped"
        assert "no video track" in ended[name]["MetaData"][f"{name}Skipped"]
