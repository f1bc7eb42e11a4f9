"""Amazon Translate: calls with a text, and jobs that write translations of files."""

import json

from tests.operators.contract.harness import WORKFLOW, Scenario
from tests.operators.contract.stand_ins import Jobs, Refused

ROLE = {"translateRole": "arn:aws:iam::123456789012:role/translate"}
CAPTIONS = [
    {"start": 0.0, "end": 1.5, "caption": "Good morning.", "wordConfidence": []},
    {"start": 1.5, "end": 3.0, "caption": "It is <b>1 & 2</b>.", "wordConfidence": []},
]


def folder(asset):
    return f"private/assets/{asset}/workflows/{WORKFLOW}"


def transcript_of(words):
    """A transcript that an earlier stage has stored."""

    def prepare(world, asset):
        transcript = {"results": {"transcripts": [{"transcript": words}], "items": []}}
        key = f"{folder(asset)}/TranscribeVideo.json"
        return {"Media": {"Text": world.put(key, json.dumps(transcript).encode())}}

    return prepare


def no_transcript(world, asset):
    return {"Media": {"Text": world.put(f"{folder(asset)}/picture.json", b"\x89PNG")}}


class Translate:
    """Translates by turning letters into capitals."""

    def __init__(self, world):
        self.jobs, self.world, self.status = Jobs(), world, "COMPLETED"

    def TranslateText(self, Text, SourceLanguageCode, TargetLanguageCode, **_):
        return {
            "TranslatedText": Text.upper(),
            "SourceLanguageCode": SourceLanguageCode,
            "TargetLanguageCode": TargetLanguageCode,
        }

    def StartTextTranslationJob(self, ClientToken, **request):
        job_id = self.jobs.start(ClientToken, request)
        (language,) = request["TargetLanguageCodes"]
        bucket, source = _place(request["InputDataConfig"]["S3Uri"])
        _, target = _place(self._output(job_id))
        written = {
            f"{target}{language}.{key.rpartition('/')[2]}": _capitals(body)
            for key, body in self.world.s3.buckets[bucket].items()
            if key.startswith(source)
        }
        for key, body in written.items():
            self.world.s3.write(bucket, key, body)
        return {"JobId": job_id, "JobStatus": "SUBMITTED"}

    def DescribeTextTranslationJob(self, JobId):
        if JobId not in self.jobs.requests:
            raise Refused("ResourceNotFoundException")
        output = {"S3Uri": self._output(JobId)}
        status = self.jobs.state(JobId, self.status)
        properties = {"JobId": JobId, "JobStatus": status, "OutputDataConfig": output}
        return {"TextTranslationJobProperties": properties}

    def _output(self, job_id):
        place = self.jobs.requests[job_id]["OutputDataConfig"]["S3Uri"]
        return f"{place}123456789012-TranslateText-{job_id}/"


def _place(uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _capitals(body):
    markers = {"<SPAN>": "<span>", "&LT;": "&lt;", "&GT;": "&gt;", "&AMP;": "&amp;"}
    text = body.decode().upper()
    for capital, marker in markers.items():
        text = text.replace(capital, marker)
    return text.encode()


def captions_in(*languages, captions=CAPTIONS):
    """Captions that earlier stages have stored."""

    def prepare(world, asset):
        for language in languages:
            world.dataplane.store(
                asset, WORKFLOW, f"WebCaptions_{language}", {"WebCaptions": captions}
            )
        return {"Media": {}, "MetaData": {"TranscribeSourceLanguage": "en-US"}}

    return prepare


def odd_status(world):
    world.services["translate"].status = "PONDERING"
    return "PONDERING"


SCENARIOS = {
    "Translate": Scenario(
        prepare=transcript_of("Good morning. It is late."),
        services={"translate": Translate},
        at_start=("translate", "s3", "dataplane"),
        unsupported=no_transcript,
        empty=transcript_of(" "),
        fields=frozenset({"TranslatedText", "SourceLanguageCode", "TargetLanguageCode"}),
    ),
    "TranslateWebCaptions": Scenario(
        prepare=captions_in("en"),
        services={"translate": Translate},
        configuration={"TargetLanguageCodes": ["es", "de", "en"]},
        at_start=("translate", "s3", "dataplane"),
        at_check=("translate", "s3", "dataplane"),
        unsupported="it reads captions that were stored, and no file",
        empty=captions_in("en", captions=[]),
        missing={"no captions": lambda *_: {"Media": {}}},
        running="IN_PROGRESS",
        odd_status=odd_status,
        fields=frozenset({"caption", "start", "end"}),
    ),
}
