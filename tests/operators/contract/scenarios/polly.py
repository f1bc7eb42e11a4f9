"""Amazon Polly: every request makes a task, for it knows no token, and lists them."""

import json

from tests.operators.contract.harness import WORKFLOW, Scenario
from tests.operators.contract.scenarios.translate import captions_in, folder, no_transcript
from tests.operators.contract.stand_ins import Jobs, Refused


class Polly:
    def __init__(self, world):
        self.jobs, self.world, self.status = Jobs(), world, "completed"
        self.tasks = {}

    def DescribeVoices(self, LanguageCode, **_):
        voice = {"Id": "Lucia", "LanguageCode": LanguageCode, "SupportedEngines": ["standard"]}
        return {"Voices": [voice]}

    def StartSpeechSynthesisTask(self, **request):
        # ids that tell apart, and are the same whatever else runs
        number = sum(one == request for one in self.tasks.values())
        task_id = self.jobs.start(json.dumps([request, number], sort_keys=True), request)
        self.tasks[task_id] = request
        key = self._key(task_id)
        self.world.s3.write(request["OutputS3BucketName"], key, b"mp3")
        return {"SynthesisTask": self._task(task_id)}

    def GetSpeechSynthesisTask(self, TaskId):
        if TaskId not in self.tasks:
            raise Refused("SynthesisTaskNotFoundException")
        return {"SynthesisTask": self._task(TaskId)}

    def ListSpeechSynthesisTasks(self, **_):
        return {"SynthesisTasks": [self._task(one) for one in self.tasks]}

    def _key(self, task_id):
        return f"{self.tasks[task_id]['OutputS3KeyPrefix']}.{task_id}.mp3"

    def _task(self, task_id):
        request = self.tasks[task_id]
        place = f"https://s3.us-east-1.amazonaws.com/{request['OutputS3BucketName']}"
        return {
            "TaskId": task_id,
            "TaskStatus": self.jobs.state(task_id, self.status, "failed"),
            "OutputUri": f"{place}/{self._key(task_id)}",
            "VoiceId": request["VoiceId"],
            "Engine": request.get("Engine", "standard"),
        }


def translation(text):
    def prepare(world, asset):
        results = {
            "TranslatedText": text,
            "SourceLanguageCode": "en",
            "TargetLanguageCode": "es",
        }
        key = f"{folder(asset)}/Translate.json"
        return {"Media": {"Text": world.put(key, json.dumps(results).encode())}}

    return prepare


def translated_captions(world, asset):
    prepared = captions_in("en", "es", "de")(world, asset)
    entries = [
        {"OperatorName": f"TranslateWebCaptions_{one}", "TargetLanguageCode": one}
        for one in ("es", "de")
    ]
    collection = {"CaptionsCollection": entries}
    world.dataplane.store(asset, WORKFLOW, "TranslateWebCaptions", collection)
    return prepared


def silent_captions(world, asset):
    translated_captions(world, asset)
    return captions_in("es", "de", captions=[])(world, asset)


def odd_status(world):
    world.services["polly"].status = "PONDERING"
    return "PONDERING"


SCENARIOS = {
    "Polly": Scenario(
        prepare=translation("Buenos días."),
        services={"polly": Polly},
        at_start=("polly", "s3"),
        at_check=("polly",),
        unsupported=no_transcript,
        empty=translation(" "),
        running="inProgress",
        odd_status=odd_status,
        searched=False,
    ),
    "PollyWebCaptions": Scenario(
        prepare=translated_captions,
        services={"polly": Polly},
        at_start=("polly", "s3", "dataplane"),
        at_check=("polly", "dataplane"),
        unsupported="it reads captions that were stored, and no file",
        empty=silent_captions,
        missing={"no translations": captions_in("en")},
        running="inProgress",
        odd_status=odd_status,
        fields=frozenset({"CaptionsCollection"}),
        searched=False,
    ),
}
