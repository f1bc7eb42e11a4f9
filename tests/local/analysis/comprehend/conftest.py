"""Comprehend over HTTP, with objects in memory and readers whose answers are plain to see."""

import threading
from types import SimpleNamespace

import pytest
from tests.local.analysis.conftest import serving

from analysis.comprehend.service import comprehend
from analysis.cores import Cores
from analysis.faults import ServiceError
from analysis.jobs import Jobs
from analysis.language.detection import Guess
from analysis.language.mood import Mood
from analysis.language.names import Mention
from analysis.objects import Listed, ObjectTooLarge, ObjectUnavailable


class CapitalReaders:
    """Every word with a capital is a person of one letter case; every text is half English."""

    def __init__(self):
        self.may_read = threading.Event()
        self.may_read.set()

    def require_parser(self, language):
        if language != "en":
            raise ServiceError("UnsupportedLanguageException", f"no parser for {language}: en")

    require_mood = require_parser

    def entities(self, text, language):
        self.may_read.wait(10)
        return [self._mention(text, word, "PERSON") for word in text.split() if word[0].isupper()]

    def key_phrases(self, text, language):
        return [self._mention(text, word, "") for word in text.split()]

    def languages(self, text):
        return [Guess("en", 0.5), Guess("nl", 0.25)]

    def mood(self, text, language):
        return Mood("POSITIVE", 0.75, 0.25, 0.0)

    def _mention(self, text, word, kind):
        begin = text.index(word)
        return Mention(word, begin, begin + len(word), 0.5, kind)


class ObjectsInMemory(dict):
    """Content by (bucket, key)."""

    def list(self, bucket, prefix=""):
        keys = sorted(key for where, key in self if where == bucket and key.startswith(prefix))
        return [Listed(key, len(self[bucket, key])) for key in keys]

    def read(self, bucket, key, limit, version=None):
        if (bucket, key) not in self:
            raise ObjectUnavailable(f"s3://{bucket}/{key} cannot be used: NoSuchKey")
        if len(self[bucket, key]) > limit:
            raise ObjectTooLarge(key)
        return self[bucket, key]

    def download(self, bucket, key, path, limit):
        return path.write_bytes(self.read(bucket, key, limit))

    def put(self, bucket, key, content, content_type=None):
        self[bucket, key] = content if isinstance(content, bytes) else content.read_bytes()

    def make_bucket(self, bucket):
        """There is every bucket."""

    def signed_url(self, bucket, key, seconds):
        return f"http://s3/{bucket}/{key}?for={seconds}"


@pytest.fixture
def readers():
    return CapitalReaders()


@pytest.fixture
def objects():
    return ObjectsInMemory()


@pytest.fixture
def client(tmp_path, readers, objects):
    jobs = Jobs(tmp_path / "jobs")
    context = SimpleNamespace(
        jobs=jobs, objects=objects, state=tmp_path, models=SimpleNamespace(cores=Cores())
    )
    with serving(comprehend(context, readers)) as caller:
        jobs.resume()
        yield caller.sdk("comprehend")
        readers.may_read.set()
        jobs.close()
