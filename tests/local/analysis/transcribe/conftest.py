"""Transcribe over HTTP: real sounds and ffmpeg, a model that says where it heard something."""

import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from tests.local.analysis.conftest import serving

from analysis.cores import Cores
from analysis.jobs import Jobs
from analysis.objects import ObjectTooLarge, ObjectUnavailable
from analysis.speech.whisper import Heard
from analysis.speech.words import Word
from analysis.transcribe import recognition
from analysis.transcribe.service import transcribe


class Bucket(dict):
    """S3 in memory: content by (bucket, key); the buckets are named."""

    def __init__(self):
        super().__init__()
        self.buckets = {"media"}

    def size(self, bucket, key, version=None):
        return len(self._content(bucket, key))

    def read(self, bucket, key, limit):
        content = self._content(bucket, key)
        if len(content) > limit:
            raise ObjectTooLarge(key)
        return content

    def download(self, bucket, key, path, limit):
        return path.write_bytes(self._content(bucket, key))

    def put(self, bucket, key, content, content_type=None):
        if bucket not in self.buckets:
            raise ObjectUnavailable("NoSuchBucket")
        self[bucket, key] = content

    def can_write_to(self, bucket):
        return bucket in self.buckets

    def make_bucket(self, bucket):
        self.buckets.add(bucket)

    def url(self, bucket, key):
        return f"http://s3/{bucket}/{key}"

    def signed_url(self, bucket, key, seconds):
        return f"http://s3/{bucket}/{key}?for={seconds}"

    def at(self, url):
        """What is at a URL that was given."""
        bucket, _, key = url.removeprefix("http://s3/").partition("?")[0].partition("/")
        return self[bucket, key].decode()

    def _content(self, bucket, key):
        if (bucket, key) not in self:
            raise ObjectUnavailable("NoSuchKey")
        return self[bucket, key]


class Model:
    """Hears the word "noise" in every span of sound, in the language that a test sets."""

    def __init__(self):
        self.languages = frozenset(("en", "de"))
        self.likely = {"en": 0.25, "de": 0.75}

    def hear(self, window):
        return Heard(window, None)

    def likely_languages(self, heard):
        return self.likely

    def words(self, heard, language):
        return [
            Word(f"noise-{language}.", span.start, span.end, 0.9) for span in heard.window.spans
        ]


class Models:
    """A pool of one model."""

    def __init__(self, model):
        self.model = model
        self.cores = Cores()

    @contextmanager
    def use(self, loadable):
        yield self.model


class Client:
    def __init__(self, sdk, bucket):
        self.sdk, self.bucket = sdk, bucket

    def start(self, name="job", uri="s3://media/sound.wav", **more):
        media = {"MediaFileUri": uri}
        request = {"TranscriptionJobName": name, "Media": media, "LanguageCode": "en-US", **more}
        wanted = {key: value for key, value in request.items() if value is not None}
        return self.sdk.start_transcription_job(**wanted)["TranscriptionJob"]

    def job(self, name="job"):
        return self.sdk.get_transcription_job(TranscriptionJobName=name)["TranscriptionJob"]

    def run(self, name="job", **more):
        self.start(name, **more)
        while (job := self.job(name))["TranscriptionJobStatus"] in ("QUEUED", "IN_PROGRESS"):
            time.sleep(0.02)
        return job


@pytest.fixture
def bucket():
    return Bucket()


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def client(tmp_path, bucket, model, monkeypatch):
    # the ear is a package that only the server's own environment has
    monkeypatch.setattr(recognition, "ear", lambda: lambda frame: float(abs(frame).max() > 0.01))
    jobs = Jobs(tmp_path / "jobs")
    context = SimpleNamespace(jobs=jobs, objects=bucket, state=tmp_path, models=Models(model))
    with serving(transcribe(context)) as caller:
        jobs.resume()
        yield Client(caller.sdk("transcribe"), bucket)
        jobs.close()
