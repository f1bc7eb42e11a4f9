"""The start of detections: what Rekognition is asked, and what becomes of its answers."""

import json

import pytest
from botocore.stub import ANY
from tests.operators.rekognition_cases import CASES, COLLECTION, PICTURE_CASES

from MediaInsightsEngineLambdaHelper import MasExecutionError, MasInputError
from mie.core.errors import Malformed

CLIP, PHOTO = "private/assets/a/input/clip.mp4", "private/assets/a/input/photo.jpg"
NO_FACE = "Request has invalid parameters: There are no faces in the image. Should be at least 1."


def at(key, bucket="bucket"):
    return {"S3Bucket": bucket, "S3Key": key}


class Operator:
    """An operator's start in its own environment, with a stub in the place of Rekognition."""

    def __init__(self, store_key, load, monkeypatch, stub, event):
        monkeypatch.setenv("OPERATOR_NAME", store_key)
        self.store_key, self.case = store_key, CASES[store_key]
        self.entry_point = getattr(
            load("rekognition", "start_rekognition"), f"start_{self.case.entry}"
        )
        self.rekognition, self._event = stub("rekognition"), event

    def event(self, media, picture=False, asset="asset-1", workflow="workflow-1", **configuration):
        kind = "Image" if picture else "Video"
        return self._event(
            f"{self.store_key}Image" if picture else self.store_key,
            media,
            {"MediaType": kind, **self.case.configuration, **configuration},
            asset,
            workflow,
        )

    def look(self, key=PHOTO, asset="asset-1", **configuration):
        return self.entry_point(
            self.event({"Image": at(key)}, picture=True, asset=asset, **configuration), None
        )

    def start(self, media=None, **more):
        return self.entry_point(self.event(media or {"Video": at(CLIP)}, **more), None)

    def expect_picture(self, key=PHOTO, answer=None, **settings):
        call, usual = self.case.picture
        location = {"S3Object": {"Bucket": "bucket", "Name": key}}
        wanted = {"Image": location, **self.case.picture_settings, **settings}
        answer = {**(answer or usual), "ResponseMetadata": {"RequestId": "r"}}
        self.rekognition.add_response(call, answer, wanted)

    def expect_job(self, key=CLIP, job="job-1", token=ANY, **settings):
        self.expect_probe()
        location = {"S3Object": {"Bucket": "bucket", "Name": key}}
        wanted = {"Video": location, "ClientRequestToken": token, **self.case.video_settings}
        self.rekognition.add_response(self.case.start, {"JobId": job}, {**wanted, **settings})

    def expect_probe(self):
        if "CollectionId" in self.case.configuration:
            self.rekognition.add_response("describe_collection", {"FaceCount": 1}, COLLECTION)

    def refuse_job(self, code, text):
        self.expect_probe()
        self.rekognition.add_client_error(self.case.start, code, text)


@pytest.fixture
def operator(load, monkeypatch, stub, event):
    return lambda store_key: Operator(store_key, load, monkeypatch, stub, event)


@pytest.fixture(params=CASES)
def detection(request, operator):
    return operator(request.param)


@pytest.fixture(params=PICTURE_CASES)
def of_pictures(request, operator):
    return operator(request.param)


def failure(run, *arguments, kind=MasExecutionError, **more):
    """The metadata of what the operator raises."""
    with pytest.raises(kind) as raised:
        run(*arguments, **more)
    output = raised.value.args[0]
    assert json.loads(str(raised.value)) == output
    assert output["Status"] == "Error"
    assert {"Name", "AssetId", "WorkflowExecutionId", "Input", "Configuration"} <= set(output)
    return output["MetaData"]


def test_what_is_in_a_picture_is_stored_without_what_the_sdk_adds(of_pictures, dataplane):
    of_pictures.expect_picture()
    output = of_pictures.look()
    stored = {("asset-1", of_pictures.store_key, "workflow-1"): of_pictures.case.picture[1]}
    assert dataplane.stored == stored
    assert output == {
        **of_pictures.event({"Image": at(PHOTO)}, picture=True),
        "Status": "Complete",
        "MetaData": {"AssetId": "asset-1", "WorkflowExecutionId": "workflow-1"},
    }


def test_a_job_about_a_video_executes(detection, dataplane):
    detection.expect_job()
    assert detection.start() == {
        **detection.event({"Video": at(CLIP)}),
        "Status": "Executing",
        "MetaData": {
            "JobId": "job-1",
            "AssetId": "asset-1",
            "WorkflowExecutionId": "workflow-1",
        },
    }
    assert dataplane.stored == {}


@pytest.mark.parametrize("key", ["a+b c%20d.JPG", "über/ x.jpeg", "a.b/c.PNG"])
def test_the_key_of_a_picture_is_used_unchanged(of_pictures, dataplane, key):
    of_pictures.expect_picture(key)
    assert of_pictures.look(key)["Status"] == "Complete"


@pytest.mark.parametrize("key", ["a+b c%20d.MP4", "über/ x.mov", "a.b/c.AVI"])
def test_the_key_of_a_video_is_used_unchanged(detection, key):
    detection.expect_job(key)
    assert detection.start({"Video": at(key)})["Status"] == "Executing"


def test_a_proxy_is_preferred_to_the_video_and_a_video_to_a_picture(detection):
    everything = {"Image": at(PHOTO), "Video": at("clip.mkv"), "ProxyEncode": at("proxy.mp4")}
    detection.expect_job("proxy.mp4")
    assert detection.start(everything)["MetaData"]["JobId"] == "job-1"
    detection.expect_job()
    assert detection.start({"Image": at(PHOTO), "Video": at(CLIP)})["Status"] == "Executing"


def test_a_videos_operator_looks_at_a_picture_when_there_is_nothing_else(of_pictures, dataplane):
    of_pictures.expect_picture()
    assert of_pictures.start({"Image": at(PHOTO)})["Status"] == "Complete"


@pytest.mark.parametrize("store_key", ["shotDetection", "technicalCueDetection"])
def test_segments_are_only_looked_for_in_videos(operator, store_key):
    said = failure(operator(store_key).start, {"Image": at(PHOTO)}, kind=MasInputError)
    assert said == {CASES[store_key].error_key: "No valid inputs"}
    said = failure(operator(store_key).start, {"Video": at(PHOTO)}, kind=MasInputError)
    assert said[CASES[store_key].error_key].startswith("Not a valid file type")


@pytest.mark.parametrize(
    ("media", "text"),
    [
        ({"Text": at("a.json")}, "No valid inputs"),
        ({"Video": {}}, "No valid inputs"),
        ({"Video": {"S3Bucket": "b"}}, "No valid inputs"),
        ({"Video": {"S3Bucket": "b", "S3Key": ""}}, "No valid inputs"),
    ],
)
def test_what_is_no_video_is_refused_for_good(detection, media, text):
    said = failure(detection.start, media, kind=MasInputError)
    assert said == {detection.case.error_key: text}


@pytest.mark.parametrize("key", ["a.mkv", "a.webm", "mp4", "a.mp4/b"])
def test_a_video_in_another_format_is_refused_with_the_way_out(detection, key):
    said = failure(detection.start, {"Video": at(key)}, kind=MasInputError)
    assert said[detection.case.error_key].startswith("Not a valid file type: Rekognition reads")
    assert "Thumbnail" in said[detection.case.error_key]


@pytest.mark.parametrize("key", ["a.gif", "jpg", "a.jpg/b", "clip.mp4"])
def test_what_is_no_picture_is_refused_for_good(of_pictures, dataplane, key):
    said = failure(of_pictures.look, key, kind=MasInputError)
    assert said == {of_pictures.case.error_key: "Not a valid file type"}
    assert dataplane.stored == {}


def test_a_pictures_operator_takes_no_video(of_pictures):
    event = of_pictures.event({"Video": at(CLIP)}, picture=True)
    said = failure(of_pictures.entry_point, event, None, kind=MasInputError)
    assert said == {of_pictures.case.error_key: "No valid inputs"}


def test_sound_alone_has_nothing_to_see(detection):
    asked = detection.event({"Video": at(CLIP)})
    asked["Input"]["MetaData"]["Mediainfo_num_video_tracks"] = "0"
    output = detection.entry_point(asked, None)
    assert output["Status"] == "Skipped"
    assert "no video track" in output["MetaData"][f"{output['Name']}Skipped"]


def test_starting_twice_starts_one_job(detection):
    tokens = []

    class Kept:
        def __eq__(self, token):
            tokens.append(token)
            return True

    for _ in range(4):
        detection.expect_job(token=Kept())
    detection.start()
    detection.start()
    detection.start(workflow="workflow-2")
    detection.start(asset="asset-2")
    first, again, other_execution, other_asset = tokens
    assert first == again
    assert len({first, other_execution, other_asset}) == 3
    assert len(first) == 64
    assert first.isalnum()


def test_a_jobs_end_is_announced_where_the_environment_says(detection, monkeypatch):
    topic, role = "arn:aws:sns:us-east-1:123456789012:topic", "arn:aws:iam::123456789012:role/one"
    monkeypatch.setenv("REKOGNITION_SNS_TOPIC_ARN", topic)
    monkeypatch.setenv("REKOGNITION_ROLE_ARN", role)
    detection.expect_job(NotificationChannel={"SNSTopicArn": topic, "RoleArn": role})
    assert detection.start()["Status"] == "Executing"


@pytest.mark.parametrize(
    "code",
    [
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
    ],
)
def test_a_job_that_has_to_wait_for_others_is_left_to_the_check(detection, code):
    detection.refuse_job(code, "Too many jobs")
    output = detection.start()
    assert output["Status"] == "Executing"
    assert "JobId" not in output["MetaData"]
    assert "Too many jobs" in output["MetaData"]["JobWaits"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("InternalServerError", MasExecutionError),
        ("InvalidS3ObjectException", MasInputError),
        ("ValidationException", MasInputError),
        ("VideoTooLargeException", MasInputError),
        ("AccessDeniedException", MasInputError),
        ("IdempotentParameterMismatchException", MasInputError),
    ],
)
def test_an_error_of_the_service_reaches_the_error_key(detection, code, kind):
    detection.refuse_job(code, "what Rekognition says")
    with pytest.raises(MasExecutionError) as raised:
        detection.start()
    assert type(raised.value) is kind
    assert "what Rekognition says" in raised.value.args[0]["MetaData"][detection.case.error_key]


def test_a_refused_picture_reaches_the_error_key(of_pictures, dataplane):
    call, _ = of_pictures.case.picture
    of_pictures.rekognition.add_client_error(call, "InvalidImageFormatException", "no picture")
    said = failure(of_pictures.look, kind=MasInputError)
    assert "no picture" in said[of_pictures.case.error_key]
    assert dataplane.stored == {}


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((404, {"Code": "NotFoundError", "Message": "asset-1 does not exist"}), None, "not exist"),
        ((200, None), Malformed("dataplane failed: Runtime.ExitError: killed"), "killed"),
    ],
)
def test_a_failure_of_the_data_plane_reaches_the_error_key(
    of_pictures, dataplane, answer, error, words
):
    of_pictures.expect_picture()
    dataplane.answer, dataplane.error = answer, error
    text = failure(of_pictures.look)[of_pictures.case.error_key]
    assert text.startswith("Unable to upload metadata for asset: asset-1: ")
    assert words in text


def test_where_nothing_is_found_empty_lists_are_stored(of_pictures, dataplane):
    _, answer = of_pictures.case.picture
    of_pictures.expect_picture(answer={"ResponseMetadata": {}})
    of_pictures.look()
    (stored,) = dataplane.stored.values()
    assert stored == {key: [] for key, value in answer.items() if isinstance(value, list)}


def test_a_search_in_a_picture_without_a_face_finds_nothing(operator, dataplane):
    search = operator("faceSearch")
    search.rekognition.add_client_error(
        "search_faces_by_image", "InvalidParameterException", NO_FACE
    )
    assert search.look()["Status"] == "Complete"
    assert [*dataplane.stored.values()] == [{"FaceMatches": []}]


@pytest.mark.parametrize("given", [None, "", "undefined"])
def test_a_face_search_needs_a_collection(operator, given):
    search = operator("faceSearch")
    wanted = {"FaceSearchError": "Collection Id is not defined"}
    assert failure(search.start, CollectionId=given, kind=MasInputError) == wanted
    assert failure(search.look, CollectionId=given, kind=MasInputError) == wanted


def test_a_face_search_in_a_collection_that_is_not_there_starts_nothing(operator):
    search = operator("faceSearch")
    search.rekognition.add_client_error(
        "describe_collection", "ResourceNotFoundException", "no such collection"
    )
    assert "no such collection" in failure(search.start, kind=MasInputError)["FaceSearchError"]


def test_assets_that_alternate_in_a_warm_process_share_nothing(of_pictures, dataplane):
    of_pictures.expect_picture("one.jpg")
    call, _ = of_pictures.case.picture
    of_pictures.rekognition.add_client_error(call, "InvalidS3ObjectException", "two is not there")
    of_pictures.expect_picture("three.jpg")
    one = of_pictures.look("one.jpg", asset="one")
    two = failure(of_pictures.look, "two.jpg", asset="two")
    three = of_pictures.look("three.jpg", asset="three")
    assert one["MetaData"]["AssetId"] == "one"
    assert set(two) == {of_pictures.case.error_key}
    assert three["MetaData"] == {"AssetId": "three", "WorkflowExecutionId": "workflow-1"}
    assert {asset for asset, _, _ in dataplane.stored} == {"one", "three"}


WORDS = {"Filters": {"WordFilter": {"MinConfidence": 70}}}
SHOTS = {"ShotFilter": {"MinSegmentConfidence": 60}}
CUES = {"TechnicalCueFilter": {"BlackFrame": {"MaxPixelThreshold": 0.1}}}


@pytest.mark.parametrize(
    ("store_key", "configuration", "settings"),
    [
        ("faceDetection", {"FaceAttributes": "DEFAULT"}, {"Attributes": ["DEFAULT"]}),
        ("faceDetection", {"FaceAttributes": ["SMILE"]}, {"Attributes": ["SMILE"]}),
        ("labelDetection", {"MaxLabels": 5}, {"MaxLabels": 5}),
        # CloudFormation hands numbers on as text
        ("labelDetection", {"MinConfidence": "80.5"}, {"MinConfidence": 80.5}),
        ("contentModeration", {"MinConfidence": 1}, {"MinConfidence": 1}),
        ("textDetection", {"MinConfidence": 70}, WORDS),
        ("faceSearch", {"MaxFaces": "3"}, {"MaxFaces": 3}),
        ("faceSearch", {"FaceMatchThreshold": 90}, {"FaceMatchThreshold": 90}),
    ],
)
def test_configuration_reaches_the_picture(operator, dataplane, store_key, configuration, settings):
    one = operator(store_key)
    one.expect_picture(**settings)
    assert one.look(**configuration)["Status"] == "Complete"


@pytest.mark.parametrize(
    ("store_key", "configuration", "settings"),
    [
        ("faceDetection", {"FaceAttributes": "DEFAULT"}, {"FaceAttributes": "DEFAULT"}),
        ("labelDetection", {"MinConfidence": 80.5}, {"MinConfidence": 80.5}),
        ("contentModeration", {"MinConfidence": 80}, {"MinConfidence": 80}),
        ("textDetection", {"MinConfidence": 70}, WORDS),
        ("faceSearch", {"FaceMatchThreshold": 90}, {"FaceMatchThreshold": 90}),
        ("shotDetection", {"Filters": SHOTS}, {"Filters": SHOTS}),
        ("technicalCueDetection", {"Filters": CUES}, {"Filters": CUES}),
        ("shotDetection", {"Filters": {}}, {}),
    ],
)
def test_configuration_reaches_the_job(operator, store_key, configuration, settings):
    one = operator(store_key)
    one.expect_job(**settings)
    assert one.start(**configuration)["Status"] == "Executing"


@pytest.mark.parametrize(
    ("store_key", "configuration", "words"),
    [
        ("labelDetection", {"MinConfidence": "many"}, "MinConfidence: must be a number from 0"),
        ("labelDetection", {"MinConfidence": 101}, "to 100, not 101"),
        ("labelDetection", {"MinConfidence": True}, "not True"),
        ("contentModeration", {"MinConfidence": "NaN"}, "MinConfidence: "),
        ("textDetection", {"MinConfidence": [1]}, "MinConfidence: "),
        ("faceDetection", {"FaceAttributes": "SMILE"}, "FaceAttributes: must be ALL or DEFAULT"),
        ("faceSearch", {"CollectionId": "a b"}, "CollectionId: must be a name"),
        ("shotDetection", {"Filters": CUES}, "Filters: must be an object with ShotFilter"),
        (
            "shotDetection",
            {"Filters": {"ShotFilter": {"MinSegmentConfidence": 20}}},
            "Filters: ShotFilter: MinSegmentConfidence: must be a number from 50 to 100, not 20",
        ),
    ],
)
def test_a_wrong_setting_is_named_before_a_job_starts(operator, store_key, configuration, words):
    said = failure(operator(store_key).start, kind=MasInputError, **configuration)
    assert words in said[CASES[store_key].error_key]


@pytest.mark.parametrize(
    ("store_key", "configuration", "words"),
    [
        ("labelDetection", {"MaxLabels": 1.5}, "MaxLabels: must be a whole number, not 1.5"),
        ("faceSearch", {"MaxFaces": 0}, "MaxFaces: must be a number from 1 to 4096, not 0"),
        ("faceDetection", {"FaceAttributes": ["SMILES"]}, "FaceAttributes: must be ALL or "),
    ],
)
def test_a_wrong_setting_is_named_before_a_picture_is_looked_at(
    operator, store_key, configuration, words
):
    said = failure(operator(store_key).look, kind=MasInputError, **configuration)
    assert words in said[CASES[store_key].error_key]


def test_older_module_names_lead_to_the_same_entry_points(load):
    now = load("rekognition", "start_rekognition")
    for name in (*(case.entry for case in CASES.values()), "person_tracking"):
        old = load("rekognition", f"start_{name}")
        assert old.lambda_handler is getattr(now, f"start_{name}")


def test_person_tracking_says_that_it_is_retired(load, event):
    start = load("rekognition", "start_rekognition").start_person_tracking
    said = failure(start, event("personTracking", {"Video": at(CLIP)}), None, kind=MasInputError)
    assert "2025-10-31" in said["PersonTrackingError"]
