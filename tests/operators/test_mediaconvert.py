"""Mediaconvert and Thumbnail: the jobs that MediaConvert gets, and what becomes of its files."""

import json

import pytest
import yaml
from botocore.stub import ANY
from moto import mock_aws
from tests.operators.conftest import OPERATORS

from MediaInsightsEngineLambdaHelper import MasExecutionError, MasInputError
from mie import aws
from mie_build import cfn_yaml

ROLE = "arn:aws:iam::123456789012:role/media"
KEY = "private/assets/asset-1/input/a+b ü%20.final.mp4"
STEM = "a+b ü%20.final"
ASSET = "private/assets/asset-1"
WORKFLOW = f"{ASSET}/workflows/workflow-1"
VIDEO = {"Video": {"S3Bucket": "elsewhere", "S3Key": KEY}}
# operator -> (start, check, error key, what its metadata calls the input)
CASES = {
    "Mediaconvert": ("start_media_convert", "get_media_convert", "MediaconvertError", KEY),
    "Thumbnail": (
        "start_thumbnail",
        "check_thumbnail",
        "ThumbnailError",
        f"s3://elsewhere/{KEY}",
    ),
}


@pytest.fixture(autouse=True)
def role(monkeypatch, s3):
    """s3: a start notes its job there."""
    monkeypatch.setenv("mediaconvertRole", ROLE)


@pytest.fixture(params=CASES)
def case(request, load):
    """(name, start, check, error key, what its metadata calls the input)"""
    start, check, *rest = CASES[request.param]
    return (request.param, handler(load, start), handler(load, check), *rest)


@pytest.fixture
def s3():
    with mock_aws():
        client = aws.client("s3")
        client.create_bucket(Bucket="bucket")
        yield client


@pytest.fixture
def put(s3):
    def put(*keys):
        for key in keys:
            s3.put_object(Bucket="bucket", Key=key, Body=key.encode())

    return put


def handler(load, module):
    return load("mediaconvert", module).lambda_handler


def job(status="SUBMITTED", **more):
    return {"Job": {"Id": "job-1", "Status": status, "Role": ROLE, "Settings": {}, **more}}


def asked(stubber):
    """What CreateJob was asked, out of the stubber's next request."""
    requests = []
    client = aws.client("mediaconvert")
    client.meta.events.register_first(
        "before-parameter-build.mediaconvert.CreateJob",
        lambda params, **_: requests.append(dict(params)),
    )
    stubber.add_response(
        "create_job", job(), {"Role": ROLE, "ClientRequestToken": ANY, "Settings": ANY}
    )
    return requests


def started(name, event, media=None):
    """The event of a check."""
    input_file = CASES[name][3]
    return {
        **event(name, media or VIDEO),
        "Status": "Executing",
        "MetaData": {
            "MediaconvertJobId": "job-1",
            "MediaconvertInputFile": input_file,
            "AssetId": "asset-1",
            "WorkflowExecutionId": "workflow-1",
        },
    }


def failure(entry_point, event, kind=MasInputError):
    with pytest.raises(MasExecutionError) as raised:
        entry_point(event, None)
    assert type(raised.value) is kind
    output = raised.value.args[0]
    assert json.loads(str(raised.value)) == output
    assert output["Status"] == "Error"
    assert all(isinstance(one, str) and one for one in output["MetaData"].values())
    return output["MetaData"]


def outputs(settings):
    """The outputs of a job by their modifier: (destination, output)."""
    return {
        output["NameModifier"]: (
            group["OutputGroupSettings"]["FileGroupSettings"]["Destination"],
            output,
        )
        for group in settings["OutputGroups"]
        for output in group["Outputs"]
    }


def test_a_start_hands_its_job_to_the_check(case, stub, event):
    name, start, *_ = case
    asked(stub("mediaconvert"))
    assert start(event(name, VIDEO), None) == started(name, event)


def test_a_start_that_is_called_again_takes_the_job_that_it_has_noted(case, stub, event):
    """The service knows its token for a minute only."""
    name, start, *_ = case
    requests = asked(stub("mediaconvert"))
    first, again = (start(event(name, VIDEO), None) for _ in range(2))
    assert again == first
    (request,) = requests
    assert len(request["ClientRequestToken"]) == 64


def test_a_retry_of_a_job_that_the_service_has_forgotten_starts_one(load, stub, event):
    stubber = stub("mediaconvert")
    requests = asked(stubber)
    stubber.add_client_error("get_job", "NotFoundException")
    stubber.add_response("create_job", {"Job": {**job()["Job"], "Id": "job-2"}})
    start = handler(load, "start_media_convert")
    start(event("Mediaconvert", VIDEO), None)
    again = start({**event("Mediaconvert", VIDEO), "Attempt": 2}, None)
    assert again["MetaData"]["MediaconvertJobId"] == "job-2"
    first, second = (request["ClientRequestToken"] for request in requests)
    assert first != second


def test_jobs_of_other_assets_executions_and_operators_are_others(load, stub, event):
    stubber = stub("mediaconvert")
    requests = asked(stubber)
    for _ in range(3):
        stubber.add_response("create_job", job())
    mediaconvert, thumbnail = (handler(load, CASES[name][0]) for name in CASES)
    mediaconvert(event("Mediaconvert", VIDEO), None)
    mediaconvert(event("Mediaconvert", VIDEO, asset="asset-2"), None)
    mediaconvert(event("Mediaconvert", VIDEO, workflow="workflow-2"), None)
    thumbnail(event("Thumbnail", VIDEO), None)
    assert len({request["ClientRequestToken"] for request in requests}) == 4


def test_a_video_is_read_where_it_lies_by_its_unchanged_key(case, stub, event):
    name, start, *_ = case
    requests = asked(stub("mediaconvert"))
    start(event(name, VIDEO), None)
    (read,) = requests[0]["Settings"]["Inputs"]
    assert read["FileInput"] == f"s3://elsewhere/{KEY}"
    # no track by its number, of which a silent video has none
    assert read["AudioSelectors"]["Audio Selector 1"] == {
        "Offset": 0,
        "DefaultSelection": "DEFAULT",
        "ProgramSelection": 1,
    }
    assert read["VideoSelector"] == {"ColorSpace": "FOLLOW", "Rotate": "AUTO"}


def test_the_sound_goes_into_the_folder_of_the_execution(case, stub, event):
    name, start, *_ = case
    requests = asked(stub("mediaconvert"))
    start(event(name, VIDEO), None)
    destination, output = outputs(requests[0]["Settings"])["_audio"]
    assert destination == f"s3://bucket/{WORKFLOW}/"
    assert output["Extension"] == "mp4"
    (audio,) = output["AudioDescriptions"]
    assert audio["AudioSourceName"] == "Audio Selector 1"
    assert audio["CodecSettings"] == {
        "Codec": "AAC",
        "AacSettings": {
            "AudioDescriptionBroadcasterMix": "NORMAL",
            "Bitrate": 96000,
            "CodecProfile": "LC",
            "CodingMode": "CODING_MODE_2_0",
            "RateControlMode": "CBR",
            "RawFormat": "NONE",
            "SampleRate": 48000,
            "Specification": "MPEG4",
        },
    }


@pytest.mark.parametrize(
    ("configuration", "position"),
    [
        ({}, 7),
        ({"ThumbnailPosition": 1}, 1),
        ({"ThumbnailPosition": "10"}, 10),
        ({"ThumbnailPosition": 12.0}, 12),
        ({"ThumbnailPosition": " 020 "}, 20),
        ({"ThumbnailPosition": 2147483647}, 2147483647),
    ],
)
def test_thumbnails_are_taken_at_the_beginning_and_at_the_position(
    load, stub, event, configuration, position
):
    requests = asked(stub("mediaconvert"))
    handler(load, "start_thumbnail")(event("Thumbnail", VIDEO, configuration), None)
    destination, output = outputs(requests[0]["Settings"])["_thumbnail"]
    assert destination == f"s3://bucket/{ASSET}/"
    assert output["Extension"] == "jpg"
    assert output["ContainerSettings"] == {"Container": "RAW"}
    assert output["VideoDescription"]["CodecSettings"] == {
        "Codec": "FRAME_CAPTURE",
        "FrameCaptureSettings": {
            "FramerateNumerator": 1,
            "FramerateDenominator": position,
            "MaxCaptures": 2,
            "Quality": 80,
        },
    }


@pytest.mark.parametrize(
    "position", [0, "0", -1, "-7", 2.5, "7.5", "seven", "", "²", None, True, [], 2**31, "9" * 5000]
)
def test_a_position_that_is_no_whole_second_is_refused(load, event, position):
    asked_for = event("Thumbnail", VIDEO, {"ThumbnailPosition": position})
    text = failure(handler(load, "start_thumbnail"), asked_for)["ThumbnailError"]
    assert text.startswith("ThumbnailPosition must be a whole number of seconds")
    assert len(text) < 200


def test_the_proxy_is_made_for_browsers(load, stub, event):
    requests = asked(stub("mediaconvert"))
    handler(load, "start_thumbnail")(event("Thumbnail", VIDEO), None)
    destination, output = outputs(requests[0]["Settings"])["_proxy"]
    assert destination == f"s3://bucket/{ASSET}/"
    assert output["ContainerSettings"]["Container"] == "MP4"
    video = output["VideoDescription"]["CodecSettings"]["H264Settings"]
    assert (video["CodecProfile"], video["Bitrate"], video["GopSize"]) == ("MAIN", 5000000, 90)
    (audio,) = output["AudioDescriptions"]
    assert audio["CodecSettings"]["AacSettings"]["Bitrate"] == 64000


def test_groups_stand_in_their_order(load, stub, event):
    requests = asked(stub("mediaconvert"))
    handler(load, "start_thumbnail")(event("Thumbnail", VIDEO), None)
    assert list(outputs(requests[0]["Settings"])) == ["_thumbnail", "_audio", "_proxy"]


def silent(event, name):
    asked_for = event(name, VIDEO)
    asked_for["Input"]["MetaData"]["Mediainfo_num_audio_tracks"] = "0"
    return asked_for


def test_no_sound_is_asked_of_a_video_that_is_known_to_be_silent(load, stub, event):
    requests = asked(stub("mediaconvert"))
    handler(load, "start_thumbnail")(silent(event, "Thumbnail"), None)
    settings = requests[0]["Settings"]
    assert list(outputs(settings)) == ["_thumbnail", "_proxy"]
    assert "Audio" not in json.dumps(settings)


def test_the_sound_of_a_silent_video_takes_no_job(load, stub, event):
    stub("mediaconvert")
    output = handler(load, "start_media_convert")(silent(event, "Mediaconvert"), None)
    assert (output["Status"], output["Media"]) == ("Complete", {})
    # machines ask at least once
    assert handler(load, "get_media_convert")(output, None) == output


@pytest.mark.parametrize(("track", "taken"), [(2, 2), ("3", 3), (1, 1)])
def test_a_track_is_taken_by_its_number(case, stub, event, track, taken):
    name, start, *_ = case
    requests = asked(stub("mediaconvert"))
    asked_for = event(name, VIDEO, {"AudioTrack": track})
    asked_for["Input"]["MetaData"]["Mediainfo_num_audio_tracks"] = "3"
    output = start(asked_for, None)
    (read,) = requests[0]["Settings"]["Inputs"]
    selector = read["AudioSelectors"]["Audio Selector 1"]
    assert (selector["SelectorType"], selector["Tracks"]) == ("TRACK", [taken])
    assert output["MetaData"]["MediaconvertAudioTrack"] == str(taken)


def test_what_an_earlier_stage_has_taken_does_not_stay(case, stub, event):
    name, start, *_ = case
    asked(stub("mediaconvert"))
    asked_for = event(name, VIDEO)
    asked_for["Input"]["MetaData"]["MediaconvertAudioTrack"] = "2"
    assert start(asked_for, None)["MetaData"]["MediaconvertAudioTrack"] == "1"


@pytest.mark.parametrize(
    ("track", "said"),
    [
        (0, "AudioTrack must be a whole number"),
        ("two", "AudioTrack must be a whole number"),
        (True, "AudioTrack must be a whole number"),
        ("9" * 5000, "AudioTrack must be a whole number"),
        (4, "AudioTrack is 4, and the video has 3 audio tracks"),
    ],
)
def test_a_track_that_is_not_there_is_refused(case, event, track, said):
    name, start, _, error_key, _ = case
    asked_for = event(name, VIDEO, {"AudioTrack": track})
    asked_for["Input"]["MetaData"]["Mediainfo_num_audio_tracks"] = "3"
    assert failure(start, asked_for)[error_key].startswith(said)


def test_of_sound_alone_no_pictures_are_made(load, stub, event):
    stub("mediaconvert")
    asked_for = event("Thumbnail", VIDEO)
    asked_for["Input"]["MetaData"]["Mediainfo_num_video_tracks"] = "0"
    output = handler(load, "start_thumbnail")(asked_for, None)
    assert (output["Status"], output["Media"]) == ("Skipped", {})
    assert "no video track" in output["MetaData"]["ThumbnailSkipped"]
    # machines ask at least once
    assert handler(load, "check_thumbnail")(output, None) == output


def test_the_sound_of_sound_alone_is_taken_out(load, stub, event):
    requests = asked(stub("mediaconvert"))
    asked_for = event("Mediaconvert", VIDEO)
    asked_for["Input"]["MetaData"]["Mediainfo_num_video_tracks"] = "0"
    assert handler(load, "start_media_convert")(asked_for, None)["Status"] == "Executing"
    assert list(outputs(requests[0]["Settings"])) == ["_audio"]


@pytest.mark.parametrize(
    ("kind", "said"), [("video", "no video track"), ("audio", "no audio track")]
)
def test_a_job_whose_input_has_nothing_for_it_is_skipped(case, stub, event, kind, said):
    name, _, check, *_ = case
    text = f"The input has no {kind}, which an output of the job needs"
    stub("mediaconvert").add_response("get_job", job("ERROR", ErrorMessage=text))
    output = check(started(name, event), None)
    assert output["Status"] == "Skipped"
    assert said in output["MetaData"][f"{name}Skipped"]


@pytest.mark.parametrize(
    "media", [{}, {"Audio": VIDEO["Video"]}, {"Video": {}}, {"Video": {"S3Bucket": "b"}}]
)
def test_without_a_video_there_is_no_job(case, event, media):
    name, start, _, error_key, _ = case
    text = failure(start, event(name, media))[error_key]
    assert text.startswith("Missing a required metadata key")


@pytest.mark.parametrize("status", ["SUBMITTED", "PROGRESSING"])
def test_a_job_that_waits_or_works_is_asked_for_again(case, stub, event, status):
    name, _, check, *_ = case
    stub("mediaconvert").add_response("get_job", job(status), {"Id": "job-1"})
    assert check(started(name, event), None) == started(name, event)


def test_a_job_that_has_ended_is_complete(case, stub, event, put):
    name, _, check, *_ = case
    put(
        f"{ASSET}/{STEM}_thumbnail.0000000.jpg",
        f"{ASSET}/{STEM}_thumbnail.0000001.jpg",
        f"{ASSET}/{STEM}_proxy.mp4",
        f"{WORKFLOW}/{STEM}_audio.mp4",
    )
    stub("mediaconvert").add_response("get_job", job("COMPLETE"), {"Id": "job-1"})
    output = check(started(name, event), None)
    files = {
        "Audio": f"{WORKFLOW}/{STEM}_audio.mp4",
        "Thumbnail": f"{ASSET}/{STEM}_thumbnail.0000001.jpg",
        "ProxyEncode": f"{ASSET}/{STEM}_proxy.mp4",
    }
    made = files if name == "Thumbnail" else {"Audio": files["Audio"]}
    assert output["Status"] == "Complete"
    assert output["Media"] == {
        media: {"S3Bucket": "bucket", "S3Key": key} for media, key in made.items()
    }
    assert output["MetaData"]["MediaconvertJobId"] == "job-1"


def test_of_a_silent_video_no_sound_is_returned(case, stub, event, put):
    name, _, check, *_ = case
    put(f"{ASSET}/{STEM}_proxy.mp4", f"{WORKFLOW}/{STEM}_audio.mp4.part")
    stub("mediaconvert").add_response("get_job", job("COMPLETE"))
    output = check(started(name, event), None)
    assert output["Status"] == "Complete"
    assert set(output["Media"]) == ({"ProxyEncode"} if name == "Thumbnail" else set())


def test_a_video_that_ends_before_the_position_has_its_first_picture_there(
    load, stub, event, put, s3
):
    first, at_position = (f"{ASSET}/{STEM}_thumbnail.000000{number}.jpg" for number in (0, 1))
    put(first)
    stubber = stub("mediaconvert")
    for _ in range(2):
        stubber.add_response("get_job", job("COMPLETE"))
        output = handler(load, "check_thumbnail")(started("Thumbnail", event), None)
        assert output["Media"]["Thumbnail"] == {"S3Bucket": "bucket", "S3Key": at_position}
        copied = s3.get_object(Bucket="bucket", Key=at_position)
        assert copied["Body"].read() == first.encode()


@pytest.mark.parametrize(
    ("ended", "text"),
    [
        (
            job("ERROR", ErrorCode=1404, ErrorMessage="Unable to open input file"),
            "ERROR 1404: Unable to open input file",
        ),
        (job("ERROR"), "ERROR"),
        (job("CANCELED"), "CANCELED"),
        (job("PAUSED"), "PAUSED"),
    ],
)
def test_a_job_that_has_failed_says_why_and_is_not_asked_again(case, stub, event, ended, text):
    name, _, check, error_key, _ = case
    stub("mediaconvert").add_response("get_job", ended)
    assert failure(check, started(name, event))[error_key] == (
        "Unhandled exception, unable to get status from mediaconvert: "
        f"job job-1 has ended with {text}"
    )


def test_a_job_that_is_refused_for_a_while_waits(case, stub, event):
    name, start, _, _, _ = case
    refused = ("TooManyRequestsException", "slow down")
    stub("mediaconvert").add_client_error("create_job", *refused)
    output = start(event(name, VIDEO), None)
    assert output["Status"] == "Executing"
    assert "slow down" in output["MetaData"]["JobWaits"]


@pytest.mark.parametrize("call", ["create_job", "get_job"])
def test_what_the_service_refuses_reaches_the_error_key(case, stub, event, call):
    name, start, check, error_key, _ = case
    stub("mediaconvert").add_client_error(call, "InternalServerErrorException", "slow down")
    entry_point, asked_for = (
        (start, event(name, VIDEO)) if call == "create_job" else (check, started(name, event))
    )
    assert "slow down" in failure(entry_point, asked_for, MasExecutionError)[error_key]


@pytest.mark.parametrize("key", ["MediaconvertJobId", "MediaconvertInputFile"])
def test_a_check_names_the_metadata_that_it_lacks(case, stub, event, put, key):
    name, _, check, error_key, _ = case
    put()
    if key == "MediaconvertInputFile":
        stub("mediaconvert").add_response("get_job", job("COMPLETE"))
    asked_for = started(name, event)
    del asked_for["MetaData"][key]
    assert failure(check, asked_for)[error_key] == f"Missing a required metadata key: {key}"


def test_assets_that_alternate_in_a_warm_process_share_nothing(case, stub, event):
    name, start, _, error_key, _ = case
    stubber = stub("mediaconvert")
    stubber.add_response("create_job", {"Job": {**job()["Job"], "Id": "one"}})
    stubber.add_client_error("create_job", "BadRequestException", "two is broken")
    stubber.add_response("create_job", {"Job": {**job()["Job"], "Id": "three"}})

    one = start(event(name, VIDEO, asset="one"), None)
    two = failure(start, event(name, VIDEO, asset="two"), MasExecutionError)
    three = start(event(name, VIDEO, asset="three"), None)

    assert one["MetaData"]["MediaconvertJobId"] == "one"
    assert set(two) == {error_key}
    assert three["MetaData"]["MediaconvertJobId"] == "three"
    assert three["MetaData"]["AssetId"] == "three"


def test_the_manifest_names_these_handlers_and_error_keys():
    manifest = yaml.safe_load(
        cfn_yaml.dump(cfn_yaml.load((OPERATORS / "mediaconvert" / "manifest.yaml").read_text()))
    )
    declared = {
        one["name"]: (
            one["start"]["handler"].removesuffix(".lambda_handler"),
            one["check"]["handler"].removesuffix(".lambda_handler"),
            one["error_key"],
        )
        for one in manifest["operators"]
    }
    assert declared == {name: case[:3] for name, case in CASES.items()}
