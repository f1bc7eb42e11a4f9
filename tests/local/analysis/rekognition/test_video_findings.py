"""What the real models find in real videos, asked with an SDK; S3 and SNS are moto's.

Where the models are not installed, these tests are skipped.
"""

import json
import time
from dataclasses import dataclass

import pytest
from moto.server import ThreadedMotoServer
from tests.fakes import clips as make
from tests.local.analysis.running_server import (
    MODELS,
    SAMPLES,
    client_of,
    running,
    skip_unless_installed,
)

pytestmark = pytest.mark.models

CAPTION = "WELCOME HOME"
CREDITS = "Directed by\nA. Person\nMusic by\nB. Person"


@dataclass(frozen=True)
class World:
    """The analysis server, and the S3 and SNS that it uses; `place` puts a clip into a bucket."""

    rekognition: object
    aws: str

    def client(self, service):
        return client_of(self.aws, service)

    def place(self, path):
        self.client("s3").upload_file(str(path), "media", path.name)
        return {"S3Object": {"Bucket": "media", "Name": path.name}}

    def run(self, operation, video, **more):
        """All pages of a job's answer as one."""
        job = getattr(self.rekognition, f"start_{operation}")(Video=video, **more)["JobId"]
        get = getattr(self.rekognition, f"get_{operation}")
        while (answer := get(JobId=job))["JobStatus"] == "IN_PROGRESS":
            time.sleep(0.1)
        assert answer["JobStatus"] == "SUCCEEDED", answer.get("StatusMessage")
        assert "NextToken" not in answer
        return answer


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    skip_unless_installed()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    aws = f"http://127.0.0.1:{port}"
    try:
        client_of(aws, "s3").create_bucket(Bucket="media")
        with running(MODELS, aws, tmp_path_factory.mktemp("state")) as url:
            yield World(client_of(url), aws)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def two_people(world, tmp_path_factory):
    """Two seconds of one person, two of another one with a caption, two of the first again."""
    stills = (("astronaut.jpg", ""), ("grace-hopper.jpg", CAPTION), ("astronaut.jpg", ""))
    return world.place(make.of_stills(tmp_path_factory.mktemp("v") / "two.mp4", stills))


def moments(items):
    return sorted({item["Timestamp"] for item in items})


def test_faces_have_times_and_attributes(world, two_people):
    answer = world.run("face_detection", two_people, FaceAttributes="ALL")
    assert moments(answer["Faces"]) == [n * 1_000 + part for n in range(6) for part in (0, 520)]
    assert len(answer["Faces"]) == 12
    assert all("AgeRange" in one["Face"] for one in answer["Faces"])
    # of the second person, in the middle two seconds, the models are not sure
    others = [one for one in answer["Faces"] if not 2_000 <= one["Timestamp"] < 4_000]
    assert {one["Face"]["Gender"]["Value"] for one in others} == {"Female"}
    assert all({"Emotions"} <= set(one["Face"]) for one in others)
    assert sum("Gender" in one["Face"] for one in answer["Faces"]) == len(others) == 8
    [first, *_] = answer["Faces"]
    box = first["Face"]["BoundingBox"]
    # the photograph is square, in the middle of a picture of 4 by 3
    assert 0.38 < box["Left"] < 0.45
    assert 0.1 < box["Top"] < 0.2
    assert answer["VideoMetadata"]["DurationMillis"] == 6_000


def test_labels_have_times_and_places(world, two_people):
    answer = world.run("label_detection", two_people)
    persons = [one for one in answer["Labels"] if one["Label"]["Name"] == "Person"]
    assert len(persons) == 12
    assert all(one["Label"]["Instances"] for one in persons)


def test_a_caption_is_read_exactly_while_it_is_there(world, two_people):
    answer = world.run("text_detection", two_people)
    lines = [one for one in answer["TextDetections"] if one["TextDetection"]["Type"] == "LINE"]
    read = [one for one in lines if one["TextDetection"]["DetectedText"] == CAPTION]
    assert moments(read) == [2_000, 3_000]


def test_photographs_of_people_have_no_nudity_and_the_answer_says_what_was_not_examined(
    world, two_people
):
    answer = world.run("content_moderation", two_people)
    assert answer["ModerationLabels"] == []
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert "Violence" in headers["x-mie-not-examined"]


def test_cuts_between_people_are_found_to_the_frame(world, two_people):
    answer = world.run("segment_detection", two_people, SegmentTypes=["SHOT"])
    assert [one["StartFrameNumber"] for one in answer["Segments"]] == [0, 50, 100]


def test_credits_are_a_technical_cue(world, tmp_path):
    stills = (("astronaut.jpg", ""), ("grace-hopper.jpg", ""), ("", CREDITS))
    video = world.place(make.of_stills(tmp_path / "film.mp4", stills, seconds=6))
    answer = world.run("segment_detection", video, SegmentTypes=["TECHNICAL_CUE"])
    cues = [
        (one["TechnicalCueSegment"]["Type"], one["StartFrameNumber"], one["EndFrameNumber"])
        for one in answer["Segments"]
    ]
    assert cues == [("Content", 0, 299), ("EndCredits", 300, 449)]


def index(world, collection, name):
    world.rekognition.create_collection(CollectionId=collection)
    picture = {"Bytes": (SAMPLES / name).read_bytes()}
    [record] = world.rekognition.index_faces(
        CollectionId=collection, Image=picture, ExternalImageId="Grace_Hopper"
    )["FaceRecords"]
    return record["Face"]["FaceId"]


def test_a_person_of_a_collection_is_found_and_the_other_has_a_number_too(world, two_people):
    face = index(world, "crew", "grace-hopper.jpg")
    answer = world.run("face_search", two_people, CollectionId="crew")
    matched = [one for one in answer["Persons"] if "FaceMatches" in one]
    assert moments(matched) == [2_000, 3_000]
    assert {m["Face"]["FaceId"] for one in matched for m in one["FaceMatches"]} == {face}
    numbers = [one["Person"]["Index"] for one in answer["Persons"]]
    # the first person is known again after the second one
    assert numbers == [0, 0, 1, 1, 0, 0]


def test_a_collection_that_is_not_there_is_refused(world, two_people):
    error = world.rekognition.exceptions.ResourceNotFoundException
    with pytest.raises(error, match="nowhere"):
        world.rekognition.start_face_search(Video=two_people, CollectionId="nowhere")


def test_whoever_was_made_known_is_recognized(world, two_people):
    assert world.run("celebrity_recognition", two_people)["Celebrities"] == []
    index(world, "celebrities", "grace-hopper.jpg")
    found = world.run("celebrity_recognition", two_people)["Celebrities"]
    assert moments(found) == [2_000, 3_000]
    assert {one["Celebrity"]["Name"] for one in found} == {"Grace Hopper"}
    assert found[0]["Celebrity"]["Confidence"] > 80
    world.rekognition.delete_collection(CollectionId="celebrities")


def test_a_topic_hears_of_the_end_of_a_job(world, two_people):
    sns, sqs = world.client("sns"), world.client("sqs")
    topic = sns.create_topic(Name="done")["TopicArn"]
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    name = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=name["Attributes"]["QueueArn"])
    role = "arn:aws:iam::123456789012:role/told"
    channel = {"SNSTopicArn": topic, "RoleArn": role}
    world.run("segment_detection", two_people, SegmentTypes=["SHOT"], NotificationChannel=channel)
    [heard] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
    message = json.loads(json.loads(heard["Body"])["Message"])
    assert (message["API"], message["Status"]) == ("StartSegmentDetection", "SUCCEEDED")
    assert message["Video"] == {"S3Bucket": "media", "S3ObjectName": "two.mp4"}
