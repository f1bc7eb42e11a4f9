"""Captions of a transcript that was stored, and files of captions that were."""

from tests.operators.contract.harness import WORKFLOW, Scenario
from tests.operators.contract.scenarios.transcribe import WORD
from tests.operators.contract.scenarios.translate import captions_in

NO_FILE = "it reads what was stored, and no file"
SAID = {"TranscribeSourceLanguage": "en-US"}


def transcript(items):
    def prepare(world, asset):
        results = {"transcripts": [{"transcript": ""}], "items": items}
        world.dataplane.store(asset, WORKFLOW, "TranscribeVideo", {"results": results})
        return {"Media": {}, "MetaData": SAID}

    return prepare


def file_of(medium):
    """A file of captions in two languages."""

    def prepare(world, asset):
        stored = captions_in("en", "es")(world, asset)
        place = {"S3Bucket": "bucket", "S3Key": "text.json"}
        return {**stored, "Media": {"Text": place} if medium else {}}

    return prepare


def files(medium):
    return Scenario(
        prepare=file_of(medium),
        configuration={"TargetLanguageCodes": ["en", "es"]},
        at_start=("s3", "dataplane"),
        unsupported=NO_FILE,
        empty=captions_in("en", "es", captions=[]),
        missing={"no captions of one language": captions_in("en")},
        fields=frozenset({"CaptionsCollection"}),
        searched=False,
    )


SCENARIOS = {
    "WebCaptions": Scenario(
        prepare=transcript([WORD]),
        at_start=("dataplane",),
        unsupported=NO_FILE,
        empty=transcript([]),
        missing={"a silent video": lambda *_: {"Media": {}, "MetaData": SAID}},
        fields=frozenset({"caption", "start", "end"}),
    ),
    "CreateSRTCaptions": files("Text"),
    "CreateVTTCaptions": files("Text"),
    "WebToSRTCaptions": files(None),
    "WebToVTTCaptions": files(None),
}
