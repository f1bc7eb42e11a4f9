"""Amazon Transcribe: jobs are told apart by their names, and put their result at a URL."""

import json

from tests.operators.contract.harness import Scenario
from tests.operators.contract.stand_ins import Jobs, Refused

URL = "https://s3.us-east-1.amazonaws.com/transcripts/"
WORD = {
    "type": "pronunciation",
    "start_time": "0.0",
    "end_time": "0.4",
    "alternatives": [{"content": "Hello", "confidence": "0.98"}],
}


class Transcribe:
    def __init__(self, world):
        self.jobs, self.world, self.status = Jobs(), world, "COMPLETED"
        self.items, self._asked = [WORD], {}

    def StartTranscriptionJob(self, TranscriptionJobName, **request):
        self._asked.setdefault(TranscriptionJobName, request)
        before = len(self.jobs.requests)
        self.jobs.start(TranscriptionJobName, request)
        if len(self.jobs.requests) == before:
            raise Refused("ConflictException", "The requested job name already exists")
        words = " ".join(one["alternatives"][0]["content"] for one in self.items)
        transcript = {
            "jobName": TranscriptionJobName,
            "accountId": "123456789012",
            "status": "COMPLETED",
            "results": {"transcripts": [{"transcript": words}], "items": self.items},
        }
        self.world.urls[URL + TranscriptionJobName] = json.dumps(transcript).encode()
        return {"TranscriptionJob": self._job(TranscriptionJobName, "IN_PROGRESS")}

    def GetTranscriptionJob(self, TranscriptionJobName):
        name = TranscriptionJobName
        status = self.jobs.state(self.jobs.start(name, self._asked[name]), self.status)
        done = {
            "LanguageCode": "en-US",
            "Transcript": {"TranscriptFileUri": URL + TranscriptionJobName},
        }
        job = self._job(TranscriptionJobName, status)
        return {"TranscriptionJob": {**job, **(done if status == "COMPLETED" else {})}}

    def _job(self, name, status):
        return {"TranscriptionJobName": name, "TranscriptionJobStatus": status}


def asked_for(medium, suffix, body=b"x"):
    def prepare(world, asset):
        key = f"private/assets/{asset}/input/a+b ü.{suffix}"
        return {"Media": {medium: world.put(key, body)}, "MetaData": {}}

    return prepare


def odd_status(world):
    world.services["transcribe"].status = "PONDERING"
    return "PONDERING"


def silent(medium, suffix):
    def prepare(world, asset):
        said = {"Mediainfo_num_audio_tracks": "0"}
        return {**asked_for(medium, suffix)(world, asset), "MetaData": said}

    return prepare


def nothing_said(medium, suffix):
    def prepare(world, asset):
        world.services["transcribe"].items = []
        return asked_for(medium, suffix)(world, asset)

    return prepare


def transcription(medium, suffix):
    return Scenario(
        prepare=asked_for(medium, suffix),
        services={"transcribe": Transcribe},
        at_start=("transcribe", "s3"),
        at_check=("transcribe", "s3", "dataplane"),
        unsupported=asked_for(medium, "docx"),
        empty=silent(medium, suffix),
        missing={
            "nothing said": nothing_said(medium, suffix),
            "an empty file": asked_for(medium, suffix, b""),
        },
        running="IN_PROGRESS",
        odd_status=odd_status,
        fields=frozenset({"content", "start_time", "end_time", "transcript"}),
    )


SCENARIOS = {
    "TranscribeVideo": transcription("Video", "mp4"),
    "TranscribeAudio": transcription("Audio", "FLAC"),
}
