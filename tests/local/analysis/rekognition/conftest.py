"""A server of video jobs over files of a folder: a bucket is any name, a key is a file."""

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from analysis.jobs import Jobs
from analysis.objects import ObjectTooLarge, ObjectUnavailable
from analysis.rekognition.video import video_operations
from analysis.rekognition.video_kinds import KINDS

TOPIC = "arn:aws:sns:us-east-1:000000000000:done"
CHANNEL = {"SNSTopicArn": TOPIC, "RoleArn": "arn:aws:iam::000000000000:role/told"}


@dataclass
class FolderOfObjects:
    """Stands in for S3; `sizes` are of objects that say that they have more bytes than they do."""

    folder: Path
    sizes: dict[str, int] = field(default_factory=dict)

    def size(self, bucket, key, version=None):
        path = self.folder / key
        if not path.is_file():
            raise ObjectUnavailable(f"s3://{bucket}/{key} cannot be used")
        return self.sizes.get(key, path.stat().st_size)

    def download(self, bucket, key, path, limit, version=None):
        size = self.size(bucket, key)
        if size > limit:
            raise ObjectTooLarge(key)
        shutil.copyfile(self.folder / key, path)
        return size


@dataclass
class Messages:
    """Stands in for SNS."""

    sent: list[tuple[str, dict]] = field(default_factory=list)

    def publish(self, topic, message):
        self.sent.append((topic, message))
        return True


@dataclass(frozen=True)
class Desk:
    """A client of the server, and what stands behind it."""

    client: object
    context: object

    def start(self, operation, key, **more):
        """The answer of a Start call for the video of that key."""
        place = {"S3Object": {"Bucket": "media", "Name": key}}
        return self.call(f"start_{operation}", Video=place, **more)

    def call(self, name, **parameters):
        return getattr(self.client, name)(**parameters)

    def finish(self, operation, job_id, **more):
        """The answer of a Get call once the job has ended."""
        while True:
            answer = self.call(f"get_{operation}", JobId=job_id, **more)
            if answer["JobStatus"] != "IN_PROGRESS":
                return answer
            time.sleep(0.02)

    def run(self, operation, key, **more):
        return self.finish(operation, self.start(operation, key, **more)["JobId"])


@pytest.fixture
def clips(tmp_path):
    """Where a test puts its clips."""
    folder = tmp_path / "clips"
    folder.mkdir()
    return folder


@pytest.fixture
def open_desk(serve, clips, tmp_path):
    """`with open_desk(…) as desk:` a server that works on jobs, or leaves them with `idle`."""

    @contextmanager
    def open_one(kinds=KINDS, models=None, idle=False):
        context = SimpleNamespace(
            models=models or SimpleNamespace(require=lambda _family: None, has=lambda _f: False),
            objects=FolderOfObjects(clips),
            jobs=Jobs(tmp_path / "state" / "jobs", workers=1),
            notifications=Messages(),
            state=tmp_path / "state",
        )
        with serve(video_operations(context, kinds)) as caller:
            if not idle:
                context.jobs.resume()
            try:
                yield Desk(caller.sdk(), context)
            finally:
                context.jobs.close()

    return open_one


@pytest.fixture
def desk(open_desk):
    with open_desk() as one:
        yield one
