"""Amazon Comprehend: jobs with a token, which write an archive."""

import io
import json
import tarfile

from tests.operators.contract.harness import Scenario
from tests.operators.contract.scenarios.translate import folder, no_transcript
from tests.operators.contract.stand_ins import Jobs, Refused

FOUND = {
    "Entities": [
        {"BeginOffset": 0, "EndOffset": 5, "Score": 0.99, "Text": "Paris", "Type": "LOCATION"}
    ],
    "KeyPhrases": [{"BeginOffset": 0, "EndOffset": 5, "Score": 0.99, "Text": "Paris"}],
}


class Comprehend:
    """kind: Entities or KeyPhrases, of which the names of the API's operations are made."""

    def __init__(self, world, kind):
        self.jobs, self.world, self.status = Jobs(), world, "COMPLETED"
        self.kind, self.found = kind, FOUND[kind]
        setattr(self, f"Start{kind}DetectionJob", self.start)
        setattr(self, f"Describe{kind}DetectionJob", self.describe)

    def DetectDominantLanguage(self, Text):
        return {"Languages": [{"LanguageCode": "fr", "Score": 0.9}]}

    def start(self, ClientRequestToken, **request):
        job_id = self.jobs.start(ClientRequestToken, request)
        text = json.dumps({self.kind: self.found, "File": "transcript.txt"}).encode()
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            member = tarfile.TarInfo("output")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
        bucket, _, key = self._output(job_id).removeprefix("s3://").partition("/")
        self.world.s3.write(bucket, key, archive.getvalue())
        return {"JobId": job_id, "JobStatus": "SUBMITTED"}

    def describe(self, JobId):
        if JobId not in self.jobs.requests:
            raise Refused("JobNotFoundException")
        job = {
            "JobId": JobId,
            "JobStatus": self.jobs.state(JobId, self.status),
            "LanguageCode": self.jobs.requests[JobId]["LanguageCode"],
            "OutputDataConfig": {"S3Uri": self._output(JobId)},
        }
        return {f"{self.kind}DetectionJobProperties": job}

    def _output(self, job_id):
        place = self.jobs.requests[job_id]["OutputDataConfig"]["S3Uri"]
        return f"{place}/123456789012-{job_id}/output/output.tar.gz"


def text_of(text):
    """A transcript, and the file of its text that it names."""

    def prepare(world, asset):
        place = world.put(f"{folder(asset)}/transcript.txt", text)
        transcript = json.dumps({"TextTranscriptUri": place}).encode()
        return {
            "Media": {"Text": world.put(f"{folder(asset)}/TranscribeVideo.json", transcript)},
            "MetaData": {"TranscribeSourceLanguage": "en-US"},
        }

    return prepare


def odd_status(world):
    world.services["comprehend"].status = "PONDERING"
    return "PONDERING"


def nothing_found(world, asset):
    world.services["comprehend"].found = []
    return text_of(b"Paris")(world, asset)


def analysis(kind, fields):
    return Scenario(
        prepare=text_of(b"Paris is in France."),
        services={"comprehend": lambda world: Comprehend(world, kind)},
        at_start=("comprehend", "s3"),
        at_check=("comprehend", "s3", "dataplane"),
        unsupported=no_transcript,
        empty=text_of(b""),
        missing={"nothing found": nothing_found},
        running="IN_PROGRESS",
        odd_status=odd_status,
        fields=frozenset(fields),
        environment={"comprehendRole": "arn:aws:iam::123456789012:role/comprehend"},
    )


SCENARIOS = {
    "ComprehendEntities": analysis(
        "Entities", {"EntityText", "EntityType", "Confidence", "BeginOffset", "EndOffset"}
    ),
    "ComprehendKeyPhrases": analysis("KeyPhrases", {"PhraseText", "Confidence"}),
}
