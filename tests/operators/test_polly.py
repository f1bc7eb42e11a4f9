"""Translations that are spoken: one voice, one job, and a sound whose key exists."""

import io
import json

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY
from hypothesis import given
from hypothesis import strategies as st

from MediaInsightsEngineLambdaHelper import MasExecutionError, MasInputError

FOLDER = "private/assets/asset-1/workflows/workflow-1"
SOUND = f"{FOLDER}/translation.task-1.mp3"
TEXT = {"Text": {"S3Bucket": "elsewhere", "S3Key": "a/Translate.json"}}
SPANISH = {"TranslatedText": "Hola. ¿Qué tal?", "TargetLanguageCode": "es"}
LUCIA = {"Id": "Lucia", "LanguageCode": "es-ES", "SupportedEngines": ["neural", "standard"]}
CONCHITA = {"Id": "Conchita", "LanguageCode": "es-ES", "SupportedEngines": ["standard"]}
SERGIO = {"Id": "Sergio", "LanguageCode": "es-ES", "SupportedEngines": ["neural", "generative"]}
KNOWN = {"PollyJobId": "task-1", "AssetId": "asset-1", "WorkflowExecutionId": "workflow-1"}


def task(number=1, status="scheduled", uri=None, **more):
    return {
        "TaskId": f"task-{number}",
        "TaskStatus": status,
        "OutputUri": uri or f"https://s3.us-east-1.amazonaws.com/bucket/{SOUND}",
        **more,
    }


class Polly:
    """Both functions of the operator, with stubs in the places of Polly and S3."""

    def __init__(self, load, stub, event):
        self._start = load("polly", "start_polly").lambda_handler
        self._get = load("polly", "get_polly").lambda_handler
        self.polly, self.s3, self._event = stub("polly"), stub("s3"), event

    def event(self, media=TEXT, **configuration):
        return self._event("Polly", media, {"MediaType": "Text", **configuration})

    def start(self, media=TEXT, **configuration):
        return self._start(self.event(media, **configuration), None)

    def begin(self, event):
        return self._start(event, None)

    def check(self, metadata=KNOWN, status="Executing"):
        return self._get({**self.event(), "Status": status, "MetaData": metadata}, None)

    def translated(self, translation):
        body = translation if isinstance(translation, bytes) else json.dumps(translation).encode()
        self.s3.add_response(
            "get_object",
            {"Body": StreamingBody(io.BytesIO(body), len(body)), "ContentLength": len(body)},
            {"Bucket": "elsewhere", "Key": "a/Translate.json"},
        )

    def offers(self, *voices, language="es-ES"):
        wanted = {"LanguageCode": language, "IncludeAdditionalLanguageCodes": True}
        self.polly.add_response("describe_voices", {"Voices": [*voices]}, wanted)

    def lists(self, *tasks):
        self.polly.add_response(
            "list_speech_synthesis_tasks", {"SynthesisTasks": [*tasks]}, {"MaxResults": 100}
        )

    def takes(self, number=1, name="translation", text=SPANISH["TranslatedText"], **more):
        wanted = {
            "OutputFormat": "mp3",
            "OutputS3BucketName": "bucket",
            "OutputS3KeyPrefix": f"{FOLDER}/{name}",
            "Text": text,
            "TextType": "text",
            "VoiceId": "Lucia",
            "Engine": "standard",
            "LanguageCode": "es-ES",
            **more,
        }
        self.polly.add_response(
            "start_speech_synthesis_task", {"SynthesisTask": task(number)}, wanted
        )

    def is_(self, *tasks):
        for one in tasks:
            self.polly.add_response(
                "get_speech_synthesis_task", {"SynthesisTask": one}, {"TaskId": one["TaskId"]}
            )


@pytest.fixture
def polly(load, stub, event):
    return Polly(load, stub, event)


def failure(run, *arguments, kind=MasInputError, **more):
    with pytest.raises(MasExecutionError) as raised:
        run(*arguments, **more)
    assert type(raised.value) is kind
    assert raised.value.args[0]["Status"] == "Error"
    return raised.value.args[0]["MetaData"]["PollyError"]


def test_a_translation_is_spoken_by_a_voice_of_its_language(polly):
    polly.translated(SPANISH)
    polly.offers(SERGIO, LUCIA, CONCHITA)
    polly.lists()
    polly.takes()
    assert polly.start() == {**polly.event(), "Status": "Executing", "MetaData": KNOWN}


@pytest.mark.parametrize(
    ("configuration", "voice", "engine"),
    [
        ({"VoiceId": "Conchita"}, "Conchita", "standard"),
        ({"VoiceId": "Sergio"}, "Sergio", "neural"),
        ({"Engine": "neural"}, "Lucia", "neural"),
        ({"Engine": "generative"}, "Sergio", "generative"),
        ({"VoiceId": "Sergio", "Engine": "generative"}, "Sergio", "generative"),
        ({"VoiceId": "", "Engine": None}, "Lucia", "standard"),
    ],
)
def test_voice_and_engine_are_those_configured(polly, configuration, voice, engine):
    polly.translated(SPANISH)
    polly.offers(LUCIA, CONCHITA, SERGIO)
    polly.lists()
    polly.takes(VoiceId=voice, Engine=engine)
    assert polly.start(**configuration)["Status"] == "Executing"


def test_a_voice_of_two_languages_speaks_where_there_is_no_other(polly):
    polly.translated({"TranslatedText": "x", "TargetLanguageCode": "hi"})
    polly.offers(
        {"Id": "Aditi", "LanguageCode": "en-IN", "SupportedEngines": ["standard"]},
        language="hi-IN",
    )
    polly.lists()
    polly.takes(text="x", VoiceId="Aditi", LanguageCode="hi-IN")
    assert polly.start()["Status"] == "Executing"


def test_a_voice_of_the_language_itself_comes_first(polly):
    polly.translated(SPANISH)
    polly.offers({**LUCIA, "Id": "Lupe", "LanguageCode": "es-US"}, LUCIA)
    polly.lists()
    polly.takes()
    assert polly.start()["Status"] == "Executing"


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({"VoiceId": "Kendra"}, "VoiceId: Polly has no voice Kendra for es-ES"),
        ({"Engine": "long-form"}, "Polly has no voice of the engine long-form for es-ES"),
    ],
)
def test_a_voice_that_there_is_not_is_named(polly, configuration, words):
    polly.translated(SPANISH)
    polly.offers(LUCIA, CONCHITA)
    assert words in failure(polly.start, **configuration)


def test_an_unknown_engine_is_named(polly):
    polly.translated(SPANISH)
    assert failure(polly.start, Engine="loud").startswith("Engine: must be standard or ")


@pytest.mark.parametrize("code", ["xx", None])
def test_a_language_without_voices_is_an_error_that_lists_the_others(polly, code):
    polly.translated({"TranslatedText": "x", "TargetLanguageCode": code})
    said = failure(polly.start)
    assert said.startswith("The only supported languages are: ar, ")
    assert str(code) in said


@pytest.mark.parametrize("text", ["", " \n"])
def test_where_there_is_nothing_to_say_it_is_complete_at_once(polly, text):
    polly.translated({**SPANISH, "TranslatedText": text})
    output = polly.start()
    assert (output["Status"], output["Media"]) == ("Complete", {})
    assert polly._get(output, None) == output


@pytest.mark.parametrize("media", [{}, {"Text": {}}, {"Text": {"S3Bucket": "b"}}])
def test_without_a_text_nothing_starts(polly, media):
    assert failure(polly.start, media) == "No valid inputs"


@pytest.mark.parametrize("body", [b"no JSON", [], {}, {"TranslatedText": 3}, b"\xff"])
def test_what_is_no_translation_is_an_error(polly, body):
    polly.translated(body)
    assert failure(polly.start).startswith("Unable to read translation from S3: ")


def test_a_translation_that_is_not_there_is_an_error(polly):
    polly.s3.add_client_error("get_object", "NoSuchKey", "no such key")
    said = failure(polly.start, kind=MasExecutionError)
    assert said.startswith("Unable to read translation from S3: ")


def test_an_error_of_polly_reaches_the_error_key(polly):
    polly.translated(SPANISH)
    polly.offers(LUCIA)
    polly.lists()
    polly.polly.add_client_error("start_speech_synthesis_task", "ServiceFailureException", "no")
    assert "no" in failure(polly.start, kind=MasExecutionError)


def test_a_task_that_has_to_wait_is_left_to_the_check(polly):
    polly.translated(SPANISH)
    polly.offers(LUCIA)
    polly.lists()
    polly.polly.add_client_error("start_speech_synthesis_task", "ThrottlingException", "slower")
    waiting = polly.start()
    assert waiting["Status"] == "Executing"
    assert "slower" in waiting["MetaData"]["JobWaits"]


def test_a_task_that_was_started_before_is_not_started_again(polly):
    other = f"https://s3.us-east-1.amazonaws.com/bucket/{FOLDER.replace('asset-1', 'asset-2')}"
    polly.translated(SPANISH)
    polly.offers(LUCIA)
    polly.lists(
        task(3, VoiceId="Lucia", Engine="standard", uri=f"{other}/translation.task-3.mp3"),
        task(1, VoiceId="Lucia", Engine="standard"),
    )
    assert polly.start()["MetaData"] == KNOWN


@pytest.mark.parametrize(
    "listed",
    [
        {"VoiceId": "Lucia", "Engine": "standard", "status": "failed"},
        {"VoiceId": "Maxim", "Engine": "standard"},
    ],
)
def test_a_task_that_failed_or_speaks_otherwise_is_not_taken_for_this_one(polly, listed):
    polly.translated(SPANISH)
    polly.offers(LUCIA)
    uri = f"https://s3.us-east-1.amazonaws.com/bucket/{FOLDER}/translation.task-9.mp3"
    polly.lists(task(9, uri=uri, **listed))
    polly.takes()
    assert polly.start()["MetaData"] == KNOWN


def test_a_long_text_is_spoken_in_parts(polly):
    sentence = "Esto es una frase. "
    polly.translated({**SPANISH, "TranslatedText": sentence * 8_000})
    polly.offers(LUCIA)
    uri = f"https://bucket.s3.us-east-1.amazonaws.com/{FOLDER}/translation.part1.task-1.mp3"
    # its answer did not arrive
    polly.lists(task(1, VoiceId="Lucia", Engine="standard", uri=uri))
    polly.takes(2, "translation.part2", text=ANY)
    output = polly.start()
    assert output["MetaData"] == {**KNOWN, "PollyJobIds": '["task-1", "task-2"]'}


URIS = [
    f"https://s3.us-east-1.amazonaws.com/bucket/{SOUND}",
    f"https://bucket.s3.eu-central-1.amazonaws.com/{SOUND}",
    f"http://localhost:4566/bucket/{SOUND}",
    f"s3://bucket/{SOUND}",
]


@pytest.mark.parametrize("uri", URIS)
def test_the_sound_is_handed_on_under_its_key(polly, uri):
    polly.is_(task(1, "completed", uri))
    output = polly.check()
    assert (output["Status"], output["MetaData"]) == ("Complete", KNOWN)
    assert output["Media"] == {"Audio": {"S3Bucket": "bucket", "S3Key": SOUND}}


@pytest.mark.parametrize("status", ["scheduled", "inProgress"])
def test_a_task_in_progress_is_asked_for_again(polly, status):
    polly.is_(task(1, status))
    output = polly.check()
    assert (output["Status"], output["MetaData"], output["Media"]) == ("Executing", KNOWN, {})


def test_a_failed_task_says_why_and_is_not_asked_for_again(polly):
    polly.is_(task(1, "failed", TaskStatusReason="no such bucket"))
    assert failure(polly.check) == "Polly returned as failed: no such bucket"


def test_an_unknown_status_is_named(polly):
    polly.is_(task(1, "paused"))
    said = failure(polly.check, kind=MasExecutionError)
    assert said == "Polly returned as paused: without a reason"


def test_a_sound_outside_of_the_assets_folder_is_not_handed_on(polly):
    polly.is_(task(1, "completed", "https://s3.amazonaws.com/bucket/private/assets/b/x.mp3"))
    said = failure(polly.check, kind=MasExecutionError)
    assert said == "Polly wrote the sound elsewhere: private/assets/b/x.mp3"


def test_a_check_without_a_task_is_an_error(polly):
    assert failure(polly.check, {}) == "Missing a required metadata key 'PollyJobId'"


SEVERAL = {**KNOWN, "PollyJobIds": json.dumps(["task-1", "task-2"])}
PARTS = [f"{FOLDER}/translation.part{number}.task-{number}.mp3" for number in (1, 2)]
WHOLE = {"Bucket": "bucket", "Key": f"{FOLDER}/translation.mp3"}


def all_parts(status):
    return [
        task(number, status, f"https://s3.us-east-1.amazonaws.com/bucket/{key}")
        for number, key in enumerate(PARTS, 1)
    ]


def test_all_parts_have_to_be_spoken(polly):
    polly.is_(all_parts("completed")[0], all_parts("inProgress")[1])
    assert polly.check(SEVERAL)["Status"] == "Executing"


def test_the_parts_become_one_sound_within_s3(polly):
    polly.is_(*all_parts("completed"))
    polly.s3.add_response(
        "create_multipart_upload", {"UploadId": "u"}, {**WHOLE, "ContentType": "audio/mpeg"}
    )
    for number, key in enumerate(PARTS, 1):
        polly.s3.add_response(
            "upload_part_copy",
            {"CopyPartResult": {"ETag": f"e{number}"}},
            {
                **WHOLE,
                "UploadId": "u",
                "PartNumber": number,
                "CopySource": {"Bucket": "bucket", "Key": key},
            },
        )
    done = [{"PartNumber": number, "ETag": f"e{number}"} for number in (1, 2)]
    polly.s3.add_response(
        "complete_multipart_upload",
        {},
        {**WHOLE, "UploadId": "u", "MultipartUpload": {"Parts": done}},
    )
    output = polly.check(SEVERAL)
    assert output["Media"]["Audio"] == {"S3Bucket": "bucket", "S3Key": WHOLE["Key"]}


def test_joining_that_fails_leaves_nothing_behind(polly):
    polly.is_(*all_parts("completed"))
    polly.s3.add_response("create_multipart_upload", {"UploadId": "u"})
    polly.s3.add_client_error("upload_part_copy", "NoSuchKey", "no such key")
    polly.s3.add_response("abort_multipart_upload", {}, {**WHOLE, "UploadId": "u"})
    assert "no such key" in failure(polly.check, SEVERAL, kind=MasExecutionError)


@pytest.fixture(scope="module")
def parts_of():
    import importlib.util

    from tests.operators.conftest import OPERATORS

    spec = importlib.util.spec_from_file_location(
        "polly_texts", OPERATORS / "polly" / "polly_texts.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.parts_of


@given(st.text(alphabet="ab .!?。\n😀", max_size=200), st.integers(2, 30))
def test_no_word_is_lost_and_no_part_is_too_long(parts_of, text, longest):
    parts = [*parts_of(text, longest)]
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(parts)
    assert all(len(part) <= longest for part in parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One two. Three four. Five.", ["One two. Three four.", "Five."]),
        ("你好。世界很大。再见。" * 2, ["你好。世界很大。再见。你好。世界很大。", "再见。"]),
        ("word " * 6, ["word word word word", "word word"]),
        ("x" * 45, ["x" * 21, "x" * 21, "xxx"]),
        # a number's point ends no sentence
        ("It costs 1.5 or 2.5 or 3", ["It costs 1.5 or 2.5", "or 3"]),
    ],
)
def test_parts_end_with_sentences_else_with_words(parts_of, text, parts):
    assert [*parts_of(text, 21)] == parts


def test_captions_are_spoken_in_the_same_languages(load):
    """Two packages, of which none may import the other's."""
    translations = load("polly", "polly_voices").SPOKEN_LANGUAGES
    assert translations == load("captions", "speech").SPOKEN_LANGUAGES


def test_a_translation_that_was_skipped_is_not_spoken(polly):
    asked = polly.event()
    metadata = {"TranslateSkipped": "Translate does not translate Welsh (cy)"}
    output = polly.begin({**asked, "Input": {**asked["Input"], "MetaData": metadata}})
    assert output["Status"] == "Skipped"
    said = output["MetaData"]["PollySkipped"]
    assert said == "Translate was skipped: Translate does not translate Welsh (cy)"
