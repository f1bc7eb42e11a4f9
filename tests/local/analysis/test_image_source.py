import boto3
import pytest
from moto import mock_aws

from analysis import local_stack
from analysis.faults import ServiceError
from analysis.image_source import read_image
from analysis.objects import Objects
from analysis.rekognition.limits import LARGEST_IMAGE_OBJECT as LARGEST_OBJECT

ENDPOINT = "https://s3.us-east-1.amazonaws.com"


class Reader:
    def __init__(self, objects):
        self.objects = objects

    def read(self, image):
        return read_image(self.objects, image)


@pytest.fixture
def reader():
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="pictures")
        s3.put_bucket_versioning(Bucket="pictures", VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket="pictures", Key="largest", Body=b"x" * LARGEST_OBJECT)
        s3.put_object(Bucket="pictures", Key="larger", Body=b"x" * (LARGEST_OBJECT + 1))
        reader = Reader(Objects(ENDPOINT))
        reader.first = s3.put_object(Bucket="pictures", Key="a b/ü.jpg", Body=b"old")["VersionId"]
        s3.put_object(Bucket="pictures", Key="a b/ü.jpg", Body=b"new")
        yield reader


def code_of(reader, image):
    with pytest.raises(ServiceError) as refused:
        reader.read(image)
    return refused.value.code


def test_bytes_are_taken_as_they_are(reader):
    assert reader.read({"Bytes": b"picture"}) == b"picture"


def test_an_object_is_read_in_its_newest_or_a_named_version(reader):
    place = {"Bucket": "pictures", "Name": "a b/ü.jpg"}
    assert reader.read({"S3Object": place}) == b"new"
    assert reader.read({"S3Object": {**place, "Version": reader.first}}) == b"old"


def test_an_object_may_be_larger_than_bytes_in_a_request(reader):
    place = {"Bucket": "pictures", "Name": "largest"}
    assert len(reader.read({"S3Object": place})) == LARGEST_OBJECT


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ({"S3Object": {"Bucket": "pictures", "Name": "larger"}}, "ImageTooLargeException"),
        ({"S3Object": {"Bucket": "pictures", "Name": "missing"}}, "InvalidS3ObjectException"),
        ({"S3Object": {"Bucket": "nobodys-bucket", "Name": "a"}}, "InvalidS3ObjectException"),
        ({"S3Object": {"Bucket": "pictures"}}, "InvalidParameterException"),
        ({}, "InvalidParameterException"),
        (
            {"Bytes": b"x", "S3Object": {"Bucket": "pictures", "Name": "largest"}},
            "InvalidParameterException",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_services_words(reader, image, code):
    assert code_of(reader, image) == code


def test_an_endpoint_that_does_not_answer_is_an_object_that_cannot_be_read(
    unused_port, monkeypatch
):
    monkeypatch.setattr(local_stack, "_ATTEMPTS", 1)
    reader = Reader(Objects(f"http://127.0.0.1:{unused_port}"))
    place = {"Bucket": "pictures", "Name": "a"}
    assert code_of(reader, {"S3Object": place}) == "InvalidS3ObjectException"


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # bound but not listening: a connection is refused
        yield taken.getsockname()[1]
