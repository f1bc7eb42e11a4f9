"""Uploads in parts as S3 keeps them, without a byte, and a queue of copies."""

from itertools import count
from types import SimpleNamespace

from botocore.exceptions import ClientError

SMALLEST_PART, LARGEST_PART, MOST_PARTS = 5 * 1024**2, 5 * 1024**3, 10_000
# What one answer lists.
_LISTED = 1_000


class S3OfParts:
    """A client of S3 that refuses what S3 refuses.

    sources: (bucket, key) -> (entity tag, size). objects: (bucket, key) -> what a complete upload
    has become: size, described, ranges. uploads: id -> what has not been completed. before_part:
    called with each part's number before it is copied.
    """

    def __init__(self):
        self.sources = {}
        self.objects = {}
        self.uploads = {}
        self.copied = []
        self.before_part = lambda number: None
        self._ids = count(1)

    def head_object(self, Bucket, Key):
        if (Bucket, Key) not in self.sources:
            raise _refusal("404", "HeadObject", 404)
        etag, size = self.sources[Bucket, Key]
        described = {"ContentType": "video/mp4", "Metadata": {"a": "b"}}
        return {"ETag": etag, "ContentLength": size, **described}

    def create_multipart_upload(self, Bucket, Key, **described):
        upload = f"upload-{next(self._ids)}"
        self.uploads[upload] = {"place": (Bucket, Key), "described": described, "parts": {}}
        return {"UploadId": upload}

    def upload_part_copy(
        self,
        Bucket,
        Key,
        UploadId,
        PartNumber,
        CopySource,
        CopySourceIfMatch,
        CopySourceRange=None,
    ):
        self.before_part(PartNumber)
        upload = self._upload(Bucket, Key, UploadId)
        source = CopySource["Bucket"], CopySource["Key"]
        if source not in self.sources:
            raise _refusal("NoSuchKey", "UploadPartCopy", 404)
        etag, size = self.sources[source]
        if etag != CopySourceIfMatch:
            raise _refusal("PreconditionFailed", "UploadPartCopy", 412)
        if CopySourceRange is not None and size <= SMALLEST_PART:
            raise _refusal("InvalidRequest", "UploadPartCopy", 400)
        given = CopySourceRange or f"bytes=0-{size - 1}"
        first, last = map(int, given.removeprefix("bytes=").split("-"))
        if not 0 <= first <= last < size or not 1 <= PartNumber <= MOST_PARTS:
            raise _refusal("InvalidArgument", "UploadPartCopy", 400)
        if last - first + 1 > LARGEST_PART:
            raise _refusal("InvalidRequest", "UploadPartCopy", 400)
        upload["parts"][PartNumber] = (first, last)
        self.copied.append(PartNumber)
        return {"CopyPartResult": {"ETag": f'"{PartNumber}"'}}

    def get_paginator(self, operation):
        listings = {"list_parts": self._parts, "list_objects_v2": self._objects}
        return SimpleNamespace(paginate=listings[operation])

    def _objects(self, Bucket, Prefix):
        yield self.list_objects_v2(Bucket, Prefix, _LISTED)

    def _parts(self, Bucket, Key, UploadId):
        numbers = sorted(self._upload(Bucket, Key, UploadId)["parts"])
        for first in range(0, max(len(numbers), 1), _LISTED):
            listed = numbers[first : first + _LISTED]
            # S3 leaves the list out when there is nothing in it
            yield {"Parts": [{"PartNumber": n, "ETag": f'"{n}"'} for n in listed]} if listed else {}

    def complete_multipart_upload(self, Bucket, Key, UploadId, MultipartUpload):
        upload = self._upload(Bucket, Key, UploadId)
        numbers = [one["PartNumber"] for one in MultipartUpload["Parts"]]
        if numbers != sorted(numbers):
            raise _refusal("InvalidPartOrder", "CompleteMultipartUpload", 400)
        if any(
            one["PartNumber"] not in upload["parts"] or one["ETag"] != f'"{one["PartNumber"]}"'
            for one in MultipartUpload["Parts"]
        ):
            raise _refusal("InvalidPart", "CompleteMultipartUpload", 400)
        ranges = [upload["parts"][one] for one in numbers]
        if any(last - first + 1 < SMALLEST_PART for first, last in ranges[:-1]):
            raise _refusal("EntityTooSmall", "CompleteMultipartUpload", 400)
        del self.uploads[UploadId]
        size = sum(last - first + 1 for first, last in ranges)
        described = upload["described"]
        self.objects[Bucket, Key] = {"size": size, "described": described, "ranges": ranges}

    def abort_multipart_upload(self, Bucket, Key, UploadId):
        self._upload(Bucket, Key, UploadId)
        del self.uploads[UploadId]

    def list_objects_v2(self, Bucket, Prefix, MaxKeys):
        keys = sorted(key for bucket, key in self.objects if bucket == Bucket)
        found = [{"Key": key} for key in keys if key.startswith(Prefix)][:MaxKeys]
        return {"Contents": found} if found else {}

    def delete_objects(self, Bucket, Delete):
        for one in Delete["Objects"]:
            self.objects.pop((Bucket, one["Key"]), None)
        return {}

    def _upload(self, bucket, key, upload):
        if self.uploads.get(upload, {}).get("place") != (bucket, key):
            raise _refusal("NoSuchUpload", "UploadPartCopy", 404)
        return self.uploads[upload]


class Copies:
    """The queue of copies: the requests that wait, with how long nobody sees them."""

    def __init__(self):
        self.requests = []

    def send(self, request, delay=0):
        self.requests.append((request, delay))


class Waiting:
    """told: the assets whose copies ended."""

    def __init__(self):
        self.told = []

    def tell(self, asset_id):
        self.told.append(asset_id)


def _refusal(code, operation, status):
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)
