import time

import pytest
from botocore.exceptions import ClientError
from tests.fakes import clips as make
from tests.local.analysis.rekognition.conftest import CHANNEL, TOPIC

from analysis.rekognition.video_kinds import Kind, sampled


def refused(call, *args, **more):
    with pytest.raises(ClientError) as caught:
        call(*args, **more)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def brightness(_context, _request):
    """A look that finds two labels on every frame."""

    def look(_time, picture):
        value = float(picture.pixels.mean()) / 2.56
        return [{"Label": {"Name": n, "Confidence": value}} for n in ("Tone", "Light")]

    return look


LABELS = Kind(
    "LabelDetection",
    "Labels",
    sampled(500, brightness),
    sorts={"NAME": lambda item: item["Label"]["Name"]},
    answer=lambda _request: {"LabelModelVersion": "1"},
    echo=("SortBy", "AggregateBy"),
)


@pytest.fixture
def labels(open_desk, clips):
    """A desk whose labels are cheap, with a clip of two seconds: eight labels."""
    make.moving(clips / "two.mp4", 2)
    with open_desk([LABELS]) as desk:
        yield desk


def times(answer):
    return [item["Timestamp"] for item in answer["Labels"]]


def test_four_cuts_are_found_to_the_frame(desk, clips):
    make.hard_cuts(clips / "cuts.mp4", (50, 38, 100, 75, 61))
    answer = desk.run("segment_detection", "cuts.mp4", SegmentTypes=["SHOT"])
    assert [one["StartFrameNumber"] for one in answer["Segments"]] == [0, 50, 88, 188, 263]
    assert [one["StartTimestampMillis"] for one in answer["Segments"][1:]] == [
        2_000, 3_520, 7_520, 10_520,
    ]  # fmt: skip
    assert answer["Segments"][-1]["EndFrameNumber"] == 323
    assert [one["ShotSegment"]["Index"] for one in answer["Segments"]] == [0, 1, 2, 3, 4]
    assert answer["SelectedSegmentTypes"] == [{"Type": "SHOT", "ModelVersion": "ffmpeg-scdet"}]


def test_a_video_and_its_sound_are_described(desk, clips):
    make.moving(clips / "clip.mp4", 2, rate="30000/1001", tracks=2)
    answer = desk.run("segment_detection", "clip.mp4", SegmentTypes=["SHOT"])
    [video] = answer["VideoMetadata"]
    assert video == {
        "Codec": "h264",
        "DurationMillis": pytest.approx(2_000, abs=40),
        "Format": "QuickTime / MOV",
        "FrameRate": pytest.approx(29.97, abs=0.001),
        "FrameHeight": 240,
        "FrameWidth": 320,
    }
    sound = {"Codec": "aac", "SampleRate": 44_100, "NumberOfChannels": 1}
    assert answer["AudioMetadata"] == [sound, sound]
    assert ";" in answer["Segments"][0]["EndTimecodeSMPTE"]


def test_black_frames_are_a_technical_cue(desk, clips):
    make.with_black(clips / "black.mp4")
    types = ["TECHNICAL_CUE", "SHOT"]
    answer = desk.run("segment_detection", "black.mp4", SegmentTypes=types)
    cues = [one for one in answer["Segments"] if one["Type"] == "TECHNICAL_CUE"]
    assert [(c["TechnicalCueSegment"]["Type"], c["StartFrameNumber"]) for c in cues] == [
        ("Content", 0),
        ("BlackFrames", 50),
        ("Content", 88),
    ]
    # the types come in the order in which they were asked for
    assert [one["Type"] for one in answer["Segments"]] == types[:1] * 3 + types[1:] * 3


def test_a_filter_needs_its_segment_type(desk, clips):
    make.one_frame(clips / "one.mp4")
    filters = {"ShotFilter": {"MinSegmentConfidence": 80}}
    code, _ = refused(
        desk.start,
        "segment_detection",
        "one.mp4",
        SegmentTypes=["TECHNICAL_CUE"],
        Filters=filters,
    )
    assert code == "InvalidParameterException"


def test_findings_have_the_times_of_their_frames(labels):
    answer = labels.run("label_detection", "two.mp4")
    assert times(answer) == [0, 0, 520, 520, 1_000, 1_000, 1_520, 1_520]
    assert answer["VideoMetadata"]["DurationMillis"] == 2_000
    assert answer["LabelModelVersion"] == "1"
    assert answer["GetRequestMetadata"] == {"SortBy": "TIMESTAMP", "AggregateBy": "TIMESTAMPS"}


def test_findings_can_be_sorted_by_name(labels):
    job = labels.start("label_detection", "two.mp4")["JobId"]
    answer = labels.finish("label_detection", job, SortBy="NAME")
    assert [item["Label"]["Name"] for item in answer["Labels"]] == ["Light"] * 4 + ["Tone"] * 4
    assert times(answer) == [0, 520, 1_000, 1_520] * 2


def test_pages_hold_all_findings_once(labels):
    job = labels.start("label_detection", "two.mp4")["JobId"]
    page = labels.finish("label_detection", job, MaxResults=3, NextToken="")
    found = times(page)
    while "NextToken" in page:
        page = labels.finish("label_detection", job, MaxResults=3, NextToken=page["NextToken"])
        found += times(page)
    assert found == [0, 0, 520, 520, 1_000, 1_000, 1_520, 1_520]


@pytest.mark.parametrize("more", [{"NextToken": "no token"}, {"SortBy": "NAME"}])
def test_a_token_of_another_list_is_refused(labels, more):
    job = labels.start("label_detection", "two.mp4")["JobId"]
    token = labels.finish("label_detection", job, MaxResults=3)["NextToken"]
    code, _ = refused(labels.call, "get_label_detection", JobId=job, **{"NextToken": token, **more})
    assert code == "InvalidPaginationTokenException"


def test_a_token_of_another_job_is_refused(labels):
    one, other = (labels.start("label_detection", "two.mp4")["JobId"] for _ in range(2))
    token = labels.finish("label_detection", one, MaxResults=3)["NextToken"]
    labels.finish("label_detection", other)
    code, _ = refused(labels.call, "get_label_detection", JobId=other, NextToken=token)
    assert code == "InvalidPaginationTokenException"


def test_segments_of_labels_are_refused(labels):
    job = labels.start("label_detection", "two.mp4")["JobId"]
    code, text = refused(labels.call, "get_label_detection", JobId=job, AggregateBy="SEGMENTS")
    assert code == "InvalidParameterException"
    assert "SEGMENTS" in text


def test_a_frame_that_looks_as_before_is_not_looked_at_again(open_desk, clips):
    make.run_ffmpeg("-f", "lavfi", "-i", "color=c=gray:duration=3", clips / "still.mp4")
    looks = []

    def counting(context, request):
        look = brightness(context, request)

        def counted(time, picture):
            looks.append(time)
            return look(time, picture)

        return counted

    with open_desk([Kind("LabelDetection", "Labels", sampled(500, counting))]) as desk:
        answer = desk.run("label_detection", "still.mp4")
    assert len(answer["Labels"]) == 12
    assert len(looks) == 1


def test_where_nothing_was_found_the_next_look_is_later(open_desk, clips):
    make.moving(clips / "moving.mp4", 4)
    looks = []

    def finding_nothing(_context, _request):
        return lambda time, _picture: looks.append(time) or []

    work = sampled(500, finding_nothing, rest_ms=1_500)
    with open_desk([Kind("LabelDetection", "Labels", work)]) as desk:
        assert desk.run("label_detection", "moving.mp4")["Labels"] == []
    assert looks == [0, 1_520, 3_520]


def test_what_comes_while_nothing_is_looked_for_and_stays_is_found(open_desk, clips):
    light = "color=c=black:duration=4,drawbox=c=white:t=fill:enable='gte(t,0.5)'"
    make.run_ffmpeg("-f", "lavfi", "-i", light, clips / "light.mp4")

    def finding_light(_context, _request):
        return lambda _time, p: [{"Label": {"Name": "Light"}}] if p.pixels.mean() > 200 else []

    work = sampled(500, finding_light, rest_ms=1_500)
    with open_desk([Kind("LabelDetection", "Labels", work)]) as desk:
        found = times(desk.run("label_detection", "light.mp4"))
    assert found == [1_520, 2_000, 2_520, 3_000, 3_520]


def test_a_job_that_is_unknown_is_refused(desk):
    code, _ = refused(desk.call, "get_label_detection", JobId="nothing")
    assert code == "ResourceNotFoundException"


def test_a_job_of_another_kind_is_unknown(desk, clips):
    make.one_frame(clips / "one.mp4")
    job = desk.start("segment_detection", "one.mp4", SegmentTypes=["SHOT"])["JobId"]
    code, _ = refused(desk.call, "get_face_detection", JobId=job)
    assert code == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("name", "clip", "text"),
    [
        ("broken.mp4", make.corrupt_index, "neither picture nor sound"),
        ("half.mp4", make.cut_off, "damaged"),
        ("empty.mp4", make.empty, "empty"),
        ("text.mp4", make.not_media, "damaged"),
        ("sound.m4a", make.sound_only, "no video track"),
    ],
)
def test_a_video_that_cannot_be_read_fails_with_a_reason(desk, clips, name, clip, text):
    clip(clips / name)
    answer = desk.run("segment_detection", name, SegmentTypes=["SHOT"])
    assert answer["JobStatus"] == "FAILED"
    assert text in answer["StatusMessage"]
    assert "Segments" not in answer


@pytest.mark.parametrize(
    ("name", "picture", "sound"),
    [
        ("hevc.mp4", "libx265", "aac"),
        ("vp8.webm", "libvpx", "libvorbis"),
        ("mpeg4.mov", "mpeg4", "aac"),
        ("clip.avi", "libx264", "aac"),
        ("clip.mxf", "mpeg2video", "pcm_s16le"),
        ("clip.ts", "libx264", "aac"),
        ("clip.mkv", "libx264", "aac"),
        # what a name says counts for nothing
        ("matroska.mp4", "libx264", "aac"),
    ],
)
def test_other_codecs_and_formats_fail_as_they_do_at_the_service(
    labels, clips, name, picture, sound
):
    written = clips / name.replace("matroska.mp4", "matroska.mkv")
    make.encoded(written, picture, sound).rename(clips / name)
    answer = labels.run("label_detection", name)
    assert (answer["JobStatus"], answer["StatusMessage"]) == ("FAILED", "Unsupported codec/format.")
    assert "Labels" not in answer


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.anything"])
def test_h264_in_mp4_and_mov_is_taken(labels, clips, name):
    written = clips / name.replace("anything", "mp4")
    make.encoded(written).rename(clips / name)
    assert labels.run("label_detection", name)["JobStatus"] == "SUCCEEDED"


@pytest.mark.parametrize("sound", ["libmp3lame", "pcm_s16le"])
def test_the_codec_of_the_sound_counts_where_a_job_listens(desk, labels, clips, sound):
    make.encoded(clips / "clip.mov", sound=sound)
    answer = desk.run("segment_detection", "clip.mov", SegmentTypes=["SHOT"])
    assert answer["StatusMessage"] == "Unsupported codec/format."
    assert labels.run("label_detection", "clip.mov")["JobStatus"] == "SUCCEEDED"


def test_a_playlist_fails_and_the_file_that_it_names_is_not_read(desk, clips):
    secret = make.moving(clips / "secret.ts", 1)
    make.playlist(clips / "list.m3u8", f"file://{secret}")
    answer = desk.run("segment_detection", "list.m3u8", SegmentTypes=["SHOT"])
    assert answer["JobStatus"] == "FAILED"


def test_a_job_leaves_no_file_of_the_video(desk, clips):
    make.one_frame(clips / "one.mp4")
    make.corrupt_index(clips / "broken.mp4")
    for name in ("one.mp4", "broken.mp4"):
        desk.run("segment_detection", name, SegmentTypes=["SHOT"])
    working = desk.context.state / "rekognition" / "working"
    assert list(working.iterdir()) == []


def test_a_video_that_is_not_there_is_refused_at_once(desk):
    code, _ = refused(desk.start, "label_detection", "nothing.mp4")
    assert code == "InvalidS3ObjectException"


def test_a_video_of_more_than_ten_gigabytes_is_refused_at_once(desk, clips):
    make.empty(clips / "large.mp4")
    desk.context.objects.sizes["large.mp4"] = (10 << 30) + 1
    code, text = refused(desk.start, "label_detection", "large.mp4")
    assert code == "VideoTooLargeException"
    assert "10GB" in text


def test_a_request_that_names_no_object_is_refused(desk):
    code, _ = refused(desk.call, "start_label_detection", Video={})
    assert code == "InvalidParameterException"


def test_the_same_token_is_the_same_job(open_desk, clips):
    make.one_frame(clips / "one.mp4")
    with open_desk(idle=True) as desk:
        once, again = (
            desk.start("label_detection", "one.mp4", ClientRequestToken="t") for _ in range(2)
        )
        assert once["JobId"] == again["JobId"]
        code, _ = refused(
            desk.start, "label_detection", "one.mp4", ClientRequestToken="t", MinConfidence=70
        )
        assert code == "IdempotentParameterMismatchException"


def test_the_twenty_first_open_job_is_refused(open_desk, clips):
    make.one_frame(clips / "one.mp4")
    with open_desk(idle=True) as desk:
        for _ in range(10):
            desk.start("label_detection", "one.mp4")
            desk.start("face_detection", "one.mp4")
        code, text = refused(desk.start, "text_detection", "one.mp4")
    assert code == "LimitExceededException"
    assert text.endswith("open Jobs for User 000000000000. Maximum limit: 20")


def test_an_open_job_is_in_progress_and_says_what_it_is_about(open_desk, clips):
    make.one_frame(clips / "one.mp4")
    with open_desk(idle=True) as desk:
        job = desk.start("label_detection", "one.mp4", JobTag="mine")["JobId"]
        answer = desk.call("get_label_detection", JobId=job)
    del answer["ResponseMetadata"]
    place = {"S3Object": {"Bucket": "media", "Name": "one.mp4"}}
    assert answer == {"JobId": job, "JobStatus": "IN_PROGRESS", "JobTag": "mine", "Video": place}


def test_the_end_of_a_job_is_told_to_its_topic(desk, clips):
    make.one_frame(clips / "one.mp4")
    wanted = {"SegmentTypes": ["SHOT"], "NotificationChannel": CHANNEL, "JobTag": "mine"}
    job = desk.start("segment_detection", "one.mp4", **wanted)["JobId"]
    desk.finish("segment_detection", job)
    while not desk.context.notifications.sent:
        time.sleep(0.01)
    [(topic, message)] = desk.context.notifications.sent
    assert topic == TOPIC
    assert isinstance(message.pop("Timestamp"), int)
    assert message == {
        "JobId": job,
        "Status": "SUCCEEDED",
        "API": "StartSegmentDetection",
        "JobTag": "mine",
        "Video": {"S3ObjectName": "one.mp4", "S3Bucket": "media"},
    }


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("start_person_tracking", {"Video": {"S3Object": {"Bucket": "one", "Name": "b"}}}),
        ("get_person_tracking", {"JobId": "a"}),
    ],
)
def test_the_retired_tracking_of_people_is_refused_as_the_service_does(desk, name, parameters):
    code, text = refused(desk.call, name, **parameters)
    assert code == "AccessDeniedException"
    assert "no longer available" in text


def test_findings_outlive_the_server_and_go_with_their_job(open_desk, clips):
    make.moving(clips / "two.mp4", 2)
    with open_desk([LABELS]) as desk:
        job = desk.start("label_detection", "two.mp4")["JobId"]
        before = desk.finish("label_detection", job)["Labels"]
    with open_desk([LABELS]) as desk:
        assert desk.finish("label_detection", job)["Labels"] == before
        desk.context.jobs.remove(LABELS.job, job)
    with open_desk([LABELS]) as desk:
        assert list((desk.context.state / "rekognition" / "video").iterdir()) == []
