"""Polly over HTTP: eSpeak NG speaks, Kokoro's voices hum, objects and messages stay in memory."""

import time
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from tests.local.analysis.conftest import serving
from tests.local.analysis.transcribe.conftest import Bucket

from analysis.cores import Cores
from analysis.jobs import Jobs
from analysis.polly.service import polly
from analysis.speech import kokoro


class HummingModel:
    """A tenth of a second of a hum for each phoneme; keeps what it was asked."""

    def __init__(self):
        self.asked = []

    def speak(self, phonemes, style):
        self.asked.append((phonemes, style))
        times = np.arange(int(kokoro.RATE * 0.1 * len(phonemes))) / kokoro.RATE
        return (np.sin(2 * np.pi * 220 * times) / 2).astype(np.float32)


class Models:
    """A pool of one model; every family is installed."""

    def __init__(self, model):
        self.model = model
        self.cores = Cores()

    @contextmanager
    def use(self, loadable):
        yield self.model

    def require(self, family):
        assert family == "voice"

    require_packages = require


class Notifications(list):
    def publish(self, topic, message):
        self.append((topic, message))


class SpokenBucket(Bucket):
    def put(self, bucket, key, content, content_type=None):
        super().put(bucket, key, content.read_bytes(), content_type)


class Client:
    def __init__(self, sdk, bucket, model, notifications):
        self.sdk, self.bucket = sdk, bucket
        self.model, self.notifications = model, notifications

    def speak(self, text="Good morning.", **more):
        request = {"Text": text, "VoiceId": "Joanna", "OutputFormat": "mp3", **more}
        return self.sdk.synthesize_speech(**request)

    def task(self, text="Good morning.", **more):
        """A task that has ended."""
        request = {"Text": text, "VoiceId": "Joanna", "OutputFormat": "mp3", **more}
        task = self.sdk.start_speech_synthesis_task(OutputS3BucketName="media", **request)
        while (task := self.of(task))["TaskStatus"] in ("scheduled", "inProgress"):
            time.sleep(0.02)
        return task

    def of(self, task):
        task_id = task.get("SynthesisTask", task)["TaskId"]
        return self.sdk.get_speech_synthesis_task(TaskId=task_id)["SynthesisTask"]


@pytest.fixture
def client(tmp_path):
    pytest.importorskip("espeakng_loader", reason="the package espeakng-loader is not installed")
    jobs, model = Jobs(tmp_path / "jobs"), HummingModel()
    bucket, notifications = SpokenBucket(), Notifications()
    context = SimpleNamespace(
        jobs=jobs,
        objects=bucket,
        state=tmp_path,
        models=Models(model),
        notifications=notifications,
    )
    with serving(polly(context)) as caller:
        jobs.resume()
        yield Client(caller.sdk("polly"), bucket, model, notifications)
        jobs.close()
