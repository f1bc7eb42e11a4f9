"""A bucket in a dictionary; the contract suite runs against it and the adapter."""

import hashlib
from urllib.parse import quote

from mie.core.documents import StoredObject
from mie.core.errors import NotFound


class ObjectsInMemory:
    """others: bucket -> key -> bytes of buckets that sources can be copied from."""

    def __init__(self, bucket="dataplane", others=None):
        self.bucket = bucket
        self.bodies = {}
        self.others = others or {}

    def put(self, key, body):
        self.bodies[key] = body
        return hashlib.md5(body).hexdigest()  # noqa: S324 - as S3 makes an entity tag

    def get(self, key):
        if key not in self.bodies:
            return None
        body = self.bodies[key]
        return StoredObject(body, hashlib.md5(body).hexdigest())  # noqa: S324 - as above

    def keys(self, prefix):
        return iter(sorted(key for key in self.bodies if key.startswith(prefix)))

    def copy_from(self, bucket, key, target):
        source = self.bodies if bucket == self.bucket else self.others.get(bucket, {})
        if key not in source:
            raise NotFound(f"the object s3://{bucket}/{key} does not exist")
        self.bodies[target] = source[key]

    def delete(self, keys):
        for key in list(keys):
            self.bodies.pop(key, None)

    def presign_post(self, key, largest, seconds):
        return {"url": f"https://{self.bucket}.invalid/", "fields": {"key": key}}

    def presign_get(self, key, seconds):
        return f"https://{self.bucket}.invalid/{quote(key)}"
