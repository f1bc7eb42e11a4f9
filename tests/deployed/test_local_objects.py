"""The local S3 refuses what S3 refuses."""

import uuid

import pytest

pytestmark = pytest.mark.deployed

PART = 5 * 1024**2


class Bucket:
    def __init__(self, stack):
        self.stack, self.client = stack, stack.client("s3")
        self.name = f"test-{uuid.uuid4().hex}"
        self.client.create_bucket(Bucket=self.name)
        self.at = {"Bucket": self.name, "Key": "made"}

    def begin(self):
        return self.client.create_multipart_upload(**self.at)["UploadId"]

    def send(self, upload, number, size):
        answer = self.client.upload_part(
            **self.at, UploadId=upload, PartNumber=number, Body=b"x" * size
        )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def refusal(self, operation, **request):
        return self.stack.refusal("s3", operation, **self.at | request)[0]

    def refused_end(self, upload, *parts):
        return self.refusal(
            "complete_multipart_upload", UploadId=upload, MultipartUpload={"Parts": parts}
        )

    def remove(self):
        for one in self.client.list_objects_v2(Bucket=self.name).get("Contents", []):
            self.client.delete_object(Bucket=self.name, Key=one["Key"])
        for one in self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", []):
            self.client.abort_multipart_upload(**self.at, UploadId=one["UploadId"])
        self.client.delete_bucket(Bucket=self.name)


@pytest.fixture
def bucket(stack):
    made = Bucket(stack)
    yield made
    made.remove()


@pytest.mark.parametrize("key", ["k" * 1_025, "é" * 513])
def test_a_key_has_1024_bytes(bucket, key):
    for operation, more in (
        ("put_object", {"Body": b"x"}),
        ("get_object", {}),
        ("create_multipart_upload", {}),
        ("copy_object", {"CopySource": f"{bucket.name}/source"}),
    ):
        assert bucket.refusal(operation, Key=key, **more) == "KeyTooLongError"
    # HEAD has no body to say why
    assert bucket.refusal("head_object", Key=key) == "400"


def test_metadata_have_two_kilobytes(bucket):
    assert bucket.refusal("put_object", Metadata={"a": "x" * 2_048}) == "MetadataTooLarge"


def test_an_object_is_not_copied_onto_itself(bucket):
    bucket.client.put_object(**bucket.at, Body=b"x")
    source = f"{bucket.name}/made"
    assert bucket.refusal("copy_object", CopySource=source) == "InvalidRequest"
    bucket.client.copy_object(
        **bucket.at, CopySource=source, MetadataDirective="REPLACE", Metadata={"a": "b"}
    )


def test_parts_are_named_in_their_order_and_by_their_tags(bucket):
    upload = bucket.begin()
    first, second = bucket.send(upload, 1, PART), bucket.send(upload, 2, 1)
    assert bucket.refused_end(upload, second, first) == "InvalidPartOrder"
    assert bucket.refused_end(upload, first, first) == "InvalidPartOrder"
    assert bucket.refused_end(upload, {**first, "ETag": second["ETag"]}) == "InvalidPart"
    assert bucket.refused_end(upload, first, {**second, "PartNumber": 3}) == "InvalidPart"
    assert bucket.refused_end(upload) == "MalformedXML"
    bucket.client.complete_multipart_upload(
        **bucket.at, UploadId=upload, MultipartUpload={"Parts": [first, second]}
    )
    assert bucket.client.head_object(**bucket.at)["ContentLength"] == PART + 1


def test_only_the_last_part_is_smaller_than_five_megabytes(bucket):
    upload = bucket.begin()
    first, second = bucket.send(upload, 1, PART - 1), bucket.send(upload, 2, 1)
    assert bucket.refused_end(upload, first, second) == "EntityTooSmall"


@pytest.mark.parametrize("number", [0, 10_001])
def test_there_are_10_000_parts(bucket, number):
    upload = bucket.begin()
    bucket.client.put_object(Bucket=bucket.name, Key="source", Body=b"x")
    asked = {"UploadId": upload, "PartNumber": number}
    assert bucket.refusal("upload_part", Body=b"x", **asked) == "InvalidArgument"
    source = f"{bucket.name}/source"
    assert bucket.refusal("upload_part_copy", CopySource=source, **asked) == "InvalidArgument"


def test_a_part_belongs_to_the_key_of_its_upload(bucket):
    upload = bucket.begin()
    bucket.client.put_object(Bucket=bucket.name, Key="source", Body=b"x")
    request = {"UploadId": upload, "PartNumber": 1, "CopySource": f"{bucket.name}/source"}
    assert bucket.refusal("upload_part_copy", Key="other", **request) == "NoSuchUpload"
    no_match = {**request, "CopySourceIfMatch": '"another"'}
    assert bucket.refusal("upload_part_copy", **no_match) == "PreconditionFailed"
    # a range is for sources of more than 5 MiB
    small = {**request, "CopySourceRange": "bytes=0-0"}
    assert bucket.refusal("upload_part_copy", **small) == "InvalidRequest"
    beyond = {**request, "CopySourceRange": "bytes=0-1"}
    assert bucket.refusal("upload_part_copy", **beyond) == "InvalidArgument"


def test_one_request_copies_five_gigabytes(bucket):
    upload = bucket.begin()
    request = {
        "UploadId": upload,
        "PartNumber": 1,
        "CopySource": f"{bucket.name}/source",
        "CopySourceRange": f"bytes=0-{5 * 1024**3}",
    }
    assert bucket.refusal("upload_part_copy", **request) == "InvalidRequest"


def test_one_request_deletes_a_thousand_objects(bucket):
    code, _ = bucket.stack.refusal(
        "s3",
        "delete_objects",
        Bucket=bucket.name,
        Delete={"Objects": [{"Key": str(number)} for number in range(1_001)]},
    )
    assert code == "MalformedXML"
