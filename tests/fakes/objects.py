"""A bucket in a dictionary; the contract suite runs against it and the adapter."""

import hashlib
from urllib.parse import quote

from mie.core.documents import SourceObject, StoredObject
from mie.core.errors import Conflict, NotFound, TooLarge


class ObjectsInMemory:
    """others: bucket -> key -> bytes of buckets that sources can be copied from."""

    def __init__(self, bucket="dataplane", others=None):
        self.bucket = bucket
        self.bodies = {}
        self.others = others or {}

    def put(self, key, body):
        self.bodies[key] = body
        return hashlib.md5(body).hexdigest()  # noqa: S324 - as S3 makes an entity tag

    def get(self, key, most=None):
        if key not in self.bodies:
            return None
        body = self.bodies[key]
        if most is not None and len(body) > most:
            raise TooLarge(f"{key} has {len(body)} bytes, more than {most}")
        return StoredObject(body, hashlib.md5(body).hexdigest())  # noqa: S324 - as above

    def keys(self, prefix):
        return iter(sorted(key for key in self.bodies if key.startswith(prefix)))

    def first_key(self, prefix):
        return next(self.keys(prefix), None)

    def source(self, bucket, key):
        if key not in self._of(bucket):
            raise NotFound(f"the object s3://{bucket}/{key} does not exist")
        body = self._of(bucket)[key]
        return SourceObject(bucket, key, _etag(body), len(body), {"ContentType": "video/mp4"})

    def copy_from(self, source, target):
        present = self.source(source.bucket, source.key)
        if present.etag != source.etag:
            raise Conflict(f"the object s3://{source.bucket}/{source.key} was replaced")
        self.bodies[target] = self._of(source.bucket)[source.key]

    def delete(self, keys):
        gone = list(keys)
        for key in gone:
            self.bodies.pop(key, None)
        return len(gone)

    def presign_post(self, key, content_type, largest, seconds):
        fields = {"key": key, "Content-Type": content_type}
        return {"url": f"https://{self.bucket}.invalid/", "fields": fields}

    def presign_get(self, key, seconds):
        return f"https://{self.bucket}.invalid/{quote(key)}"

    def _of(self, bucket):
        return self.bodies if bucket == self.bucket else self.others.get(bucket, {})


def _etag(body):
    return f'"{hashlib.md5(body).hexdigest()}"'  # noqa: S324 - as above
