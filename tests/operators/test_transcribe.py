"""Transcription: what the service is asked, and what becomes of its answers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.stub import ANY

from analysis.transcribe.languages import service_code
from MediaInsightsEngineLambdaHelper import MasExecutionError

VIDEO, AUDIO = "TranscribeVideo", "TranscribeAudio"
LARGEST = 2 * 1024**3
FOLDER = "private/assets/asset-1/workflows/workflow-1"


@pytest.fixture
def start(load):
    return load("transcribe", "start_transcribe").lambda_handler


@pytest.fixture
def check(load):
    return load("transcribe", "get_transcribe").lambda_handler


def at(key):
    return {"S3Bucket": "bucket", "S3Key": key}


def job(status, name="transcribe-workflow-1-TranscribeVideo", **more):
    return {
        "TranscriptionJob": {"TranscriptionJobName": name, "TranscriptionJobStatus": status, **more}
    }


@pytest.fixture
def sizes(stub):
    """Expects the objects to be looked at, in this order."""
    s3 = stub("s3")

    def sizes(**objects):
        for key, size in objects.items():
            asked = {"Bucket": "bucket", "Key": key.replace("_", ".")}
            s3.add_response("head_object", {"ContentLength": size}, asked)

    return sizes


class Transcribe:
    """Answers StartTranscriptionJob, and keeps what it was asked."""

    def __init__(self, client):
        self.requests = []
        self.status = "IN_PROGRESS"
        client.meta.events.register("before-call.transcribe.StartTranscriptionJob", self.answer)

    def answer(self, params, **_):
        self.requests.append(json.loads(params["body"]))

        class Http:
            status_code = 200

        return Http(), job(self.status)

    @property
    def asked(self):
        return {k: v for k, v in self.requests[-1].items() if k != "TranscriptionJobName"}


@pytest.fixture
def transcribe():
    from mie import aws

    return Transcribe(aws.client("transcribe"))


def failure(handler, event):
    with pytest.raises(MasExecutionError) as raised:
        handler(event, None)
    output = raised.value.args[0]
    assert output["Status"] == "Error"
    assert all(isinstance(one, str) and one for one in output["MetaData"].values())
    retried = type(raised.value) is MasExecutionError
    return output["MetaData"], retried


@pytest.mark.parametrize(
    ("name", "media", "taken"),
    [
        (VIDEO, {"Audio": "a.mp3", "Video": "v.mp4", "ProxyEncode": "p.mp4"}, "p.mp4"),
        (VIDEO, {"Audio": "a.mp3", "Video": "v.mp4"}, "v.mp4"),
        (VIDEO, {"Audio": "a.mp3"}, "a.mp3"),
        (VIDEO, {"Audio": "a.mp4", "Video": "v.mov"}, "a.mp4"),
        (AUDIO, {"Audio": "a.MP3", "Video": "v.mp4", "ProxyEncode": "p.mp4"}, "a.MP3"),
        (AUDIO, {"Video": "v.webm"}, "v.webm"),
    ],
)
def test_the_medium_that_fits_the_operator_is_taken(
    start, event, sizes, transcribe, name, media, taken
):
    sizes(**{taken.replace(".", "_"): 1})
    asked = event(name, {kind: at(key) for kind, key in media.items()})
    output = start(asked, None)
    assert output["Status"] == "Executing"
    assert transcribe.asked["Media"] == {"MediaFileUri": f"s3://bucket/{taken}"}
    assert transcribe.asked["MediaFormat"] == taken.rpartition(".")[2].lower()


def with_metadata(asked, **metadata):
    return {**asked, "Input": {**asked["Input"], "MetaData": metadata}}


@pytest.mark.parametrize("configuration", [{}, {"AudioTrack": 2}, {"AudioTrack": "2"}])
@pytest.mark.parametrize("name", [VIDEO, AUDIO])
def test_a_track_that_was_extracted_is_heard(start, event, sizes, transcribe, name, configuration):
    sizes(a_mp4=1)
    media = {"Audio": at("a.mp4"), "Video": at("v.mp4"), "ProxyEncode": at("p.mp4")}
    asked = with_metadata(event(name, media, configuration), MediaconvertAudioTrack="2")
    start(asked, None)
    assert transcribe.asked["Media"] == {"MediaFileUri": "s3://bucket/a.mp4"}


@pytest.mark.parametrize(("track", "extracted"), [(2, None), ("3", "2"), (1, "2")])
def test_a_track_that_was_not_extracted_is_refused_with_the_way(start, event, track, extracted):
    metadata = {"MediaconvertAudioTrack": extracted} if extracted else {}
    asked = with_metadata(event(VIDEO, {"Video": at("v.mp4")}, {"AudioTrack": track}), **metadata)
    said, retried = failure(start, asked)
    assert said["TranscribeError"].startswith(f"AudioTrack is {track}, ")
    assert "Mediaconvert or Thumbnail" in said["TranscribeError"]
    assert not retried


def test_the_first_track_needs_nobody_to_extract_it(start, event, sizes, transcribe):
    sizes(v_mp4=1)
    start(event(VIDEO, {"Video": at("v.mp4")}, {"AudioTrack": "1"}), None)
    assert transcribe.asked["Media"] == {"MediaFileUri": "s3://bucket/v.mp4"}


def test_a_video_over_the_limit_is_heard_through_its_extracted_audio(
    start, event, sizes, transcribe
):
    sizes(p_mp4=LARGEST + 1, v_mp4=3 * LARGEST, a_mp4=LARGEST)
    media = {"ProxyEncode": at("p.mp4"), "Video": at("v.mp4"), "Audio": at("a.mp4")}
    start(event(VIDEO, media), None)
    assert transcribe.asked["Media"] == {"MediaFileUri": "s3://bucket/a.mp4"}


def test_a_video_over_the_limit_without_audio_names_the_operators_that_extract_it(
    start, event, sizes
):
    sizes(v_mp4=LARGEST + 1)
    said, retried = failure(start, event(VIDEO, {"Video": at("v.mp4")}))
    assert "Mediaconvert or Thumbnail" in said["TranscribeError"]
    assert not retried


@pytest.mark.parametrize(
    ("media", "text"),
    [
        ({}, "No valid inputs"),
        ({"Text": at("a.json")}, "No valid inputs"),
        ({"Video": {}}, "No valid inputs"),
        ({"Video": at("video.mov")}, "Not a valid file type"),
        ({"Video": at("mp4")}, None),
        ({"Video": at("folder.mp4/video")}, "Not a valid file type"),
    ],
)
def test_what_cannot_be_transcribed_is_refused_without_another_attempt(
    start, event, stub, transcribe, media, text
):
    if text is None:
        stub("s3").add_response("head_object", {"ContentLength": 0})
        text = "s3://bucket/mp4 is empty"
    said, retried = failure(start, event(VIDEO, media))
    assert said == {"TranscribeError": text}
    assert not retried
    assert transcribe.requests == []


def test_an_object_that_is_not_there_is_an_error(start, event, stub):
    stub("s3").add_client_error("head_object", "404", "Not Found")
    said, _ = failure(start, event(VIDEO, {"Video": at("v.mp4")}))
    assert said["TranscribeError"].startswith("Unable to read s3://bucket/v.mp4: ")


@pytest.mark.parametrize("key", ["a b+c%20d.mp4", "видео 日本.mp4"])
def test_the_key_is_sent_as_it_is(start, event, stub, transcribe, key):
    stub("s3").add_response("head_object", {"ContentLength": 1}, {"Bucket": "bucket", "Key": key})
    start(event(VIDEO, {"Video": at(key)}), None)
    assert transcribe.asked["Media"] == {"MediaFileUri": f"s3://bucket/{key}"}


def test_a_silent_video_is_complete_in_start_and_check(start, check, event):
    asked = event(VIDEO, {"Video": at("v.mp4")})
    asked["Input"]["MetaData"] = {"Mediainfo_num_audio_tracks": "0"}
    output = start(asked, None)
    silence = {"TranscribeSilence": "The video has no audio track"}
    assert output == {**asked, "Status": "Complete", "MetaData": silence}
    assert check(output, None) == output
    assert check({**asked, "Status": "Executing"}, None) == output


@pytest.mark.parametrize("metadata", [None, {}, {"Mediainfo_num_audio_tracks": "2"}])
def test_without_mediainfos_word_a_video_has_sound(start, event, sizes, transcribe, metadata):
    sizes(v_mp4=1)
    asked = event(VIDEO, {"Video": at("v.mp4")})
    asked["Input"] = {"Media": asked["Input"]["Media"], "MetaData": metadata}
    assert start(asked, None)["Status"] == "Executing"


def test_without_a_region_the_usual_one_is_meant_as_on_a_laptop(load, aws_session):
    spoken = load("transcribe", "transcription_request")._spoken
    service = aws_session.client("transcribe").meta.service_model
    codes = service.shape_for("LanguageCode").enum
    languages = {code.partition("-")[0] for code in codes}
    meant = {language: service_code(language, codes) for language in languages}
    assert {language: spoken(language) for language in languages} == meant


AUTO = {"IdentifyLanguage": True}
ENGLISH = {"IdentifyLanguage": False, "LanguageCode": "en-US"}


@pytest.mark.parametrize(
    ("configuration", "sent"),
    [
        ({}, AUTO),
        ({"TranscribeLanguage": "auto"}, AUTO),
        ({"TranscribeLanguage": ""}, AUTO),
        ({"TranscribeLanguage": "en-US"}, ENGLISH),
        ({"TranscribeLanguage": "en"}, ENGLISH),
        ({"TranscribeLanguage": "it"}, {"IdentifyLanguage": False, "LanguageCode": "it-IT"}),
        ({"TranscribeLanguage": "en-US", "IdentifyLanguage": "true"}, AUTO),
        ({"TranscribeLanguage": "en-US", "IdentifyLanguage": False}, ENGLISH),
        (
            {"LanguageOptions": ["en-US", "ckb-IQ"], "VocabularyName": ""},
            {**AUTO, "LanguageOptions": ["en-US", "ckb-IQ"]},
        ),
        (
            {"LanguageIdSettings": {"en-US": {"VocabularyName": "v"}}},
            {**AUTO, "LanguageIdSettings": {"en-US": {"VocabularyName": "v"}}},
        ),
        (
            {
                "VocabularyName": "v",
                "ShowSpeakerLabels": True,
                "MaxSpeakerLabels": "4",
                "ChannelIdentification": "false",
                "MaxAlternatives": 3,
                "VocabularyFilterName": "f",
                "VocabularyFilterMethod": "mask",
            },
            {
                **AUTO,
                "Settings": {
                    "VocabularyName": "v",
                    "ShowSpeakerLabels": True,
                    "MaxSpeakerLabels": 4,
                    "ChannelIdentification": False,
                    "MaxAlternatives": 3,
                    "ShowAlternatives": True,
                    "VocabularyFilterName": "f",
                    "VocabularyFilterMethod": "mask",
                },
            },
        ),
        (
            {"MaxSpeakerLabels": 2},
            {**AUTO, "Settings": {"MaxSpeakerLabels": 2, "ShowSpeakerLabels": True}},
        ),
        ({"LanguageModelName": "m"}, {**AUTO, "ModelSettings": {"LanguageModelName": "m"}}),
        (
            {"AllowDeferredExecution": True, "DataAccessRoleArn": "arn:aws:iam::1:role/r"},
            {
                **AUTO,
                "JobExecutionSettings": {
                    "AllowDeferredExecution": True,
                    "DataAccessRoleArn": "arn:aws:iam::1:role/r",
                },
            },
        ),
        (
            {"RedactionType": "PII"},
            {**AUTO, "ContentRedaction": {"RedactionType": "PII", "RedactionOutput": "redacted"}},
        ),
        (
            {"RedactionOutput": "redacted_and_unredacted"},
            {
                **AUTO,
                "ContentRedaction": {
                    "RedactionType": "PII",
                    "RedactionOutput": "redacted_and_unredacted",
                },
            },
        ),
    ],
)
def test_the_configuration_becomes_the_request(
    start, event, sizes, transcribe, configuration, sent
):
    sizes(v_mp4=1)
    start(event(VIDEO, {"Video": at("v.mp4")}, configuration), None)
    medium = {"Media": {"MediaFileUri": "s3://bucket/v.mp4"}, "MediaFormat": "mp4"}
    assert transcribe.asked == {**medium, **sent}


@pytest.mark.parametrize(
    ("configuration", "text"),
    [
        ({"TranscribeLanguage": "English"}, "TranscribeLanguage must be auto, or a code such as"),
        ({"TranscribeLanguage": "xx"}, "TranscribeLanguage must be auto, or a code such as"),
        ({"IdentifyLanguage": "maybe"}, "IdentifyLanguage must be true or false"),
        ({"VocabularyName": 3}, "VocabularyName must be a text, not 3"),
        ({"ShowSpeakerLabels": 1}, "ShowSpeakerLabels must be true or false, not 1"),
        ({"MaxSpeakerLabels": 31}, "MaxSpeakerLabels must be 2 to 30, not 31"),
        ({"MaxAlternatives": "many"}, "MaxAlternatives must be 2 to 10"),
        ({"MaxAlternatives": True}, "MaxAlternatives must be 2 to 10"),
        ({"VocabularyFilterMethod": "hide"}, "VocabularyFilterMethod must be remove, mask or tag"),
        ({"RedactionType": "all"}, "RedactionType must be PII"),
        ({"LanguageOptions": ["en-US"]}, "LanguageOptions must be a list of two or more codes"),
        (
            {"TranscribeLanguage": "en-US", "LanguageOptions": ["en-US", "de-DE"]},
            "LanguageOptions needs the language to be identified",
        ),
        ({"LanguageIdSettings": {"en": {}}}, "LanguageIdSettings must be an object of"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(start, event, sizes, configuration, text):
    sizes(v_mp4=1)
    said, retried = failure(start, event(VIDEO, {"Video": at("v.mp4")}, configuration))
    assert said["TranscribeError"].startswith(text)
    assert not retried


def test_one_request_has_one_name_and_another_another(start, event, stub, transcribe):
    s3 = stub("s3")
    for _ in range(5):
        s3.add_response("head_object", {"ContentLength": 1})
    media = {"Video": at("v.mp4"), "Audio": at("v.mp4")}

    def name(*arguments, **more):
        output = start(event(*arguments, **more), None)
        asked = transcribe.requests[-1]["TranscriptionJobName"]
        assert output["MetaData"] == {
            "TranscribeJobId": asked,
            "AssetId": "asset-1",
            "WorkflowExecutionId": output["WorkflowExecutionId"],
        }
        return asked

    first = name(VIDEO, media)
    assert first.startswith("transcribe-workflow-1-TranscribeVideo-")
    assert name(VIDEO, media) == first
    others = {
        name(AUDIO, media),
        name(VIDEO, media, {"TranscribeLanguage": "de-DE"}),
        name(VIDEO, media, workflow="workflow-2"),
    }
    assert len(others | {first}) == 4


@pytest.mark.parametrize("status", ["QUEUED", "IN_PROGRESS", "COMPLETED"])
def test_a_start_that_comes_again_finds_the_job_that_is_there(start, event, sizes, stub, status):
    sizes(v_mp4=1)
    service = stub("transcribe")
    service.add_client_error("start_transcription_job", "ConflictException")
    service.add_response("get_transcription_job", job(status), {"TranscriptionJobName": ANY})
    output = start(event(VIDEO, {"Video": at("v.mp4")}), None)
    assert output["Status"] == "Executing"
    assert output["MetaData"]["TranscribeJobId"]


@pytest.mark.parametrize(
    ("answer", "text", "again"),
    [
        (job("FAILED", FailureReason="The sound is broken"), "The sound is broken", False),
        (job("FAILED"), "The transcription job failed", False),
        (job("ASLEEP"), "Unhandled error for this job: ", True),
    ],
)
def test_a_job_that_does_not_start_is_an_error(start, event, sizes, stub, answer, text, again):
    sizes(v_mp4=1)
    stub("transcribe").add_response("start_transcription_job", answer)
    said, retried = failure(start, event(VIDEO, {"Video": at("v.mp4")}))
    assert said["TranscribeError"].startswith(text)
    assert said["TranscribeJobId"]
    assert retried is again


@pytest.mark.parametrize(
    ("code", "again"), [("BadRequestException", False), ("InternalFailureException", True)]
)
def test_what_the_service_refuses_stands_under_both_keys(start, event, sizes, stub, code, again):
    sizes(v_mp4=1)
    stub("transcribe").add_client_error("start_transcription_job", code, "No such vocabulary")
    said, retried = failure(start, event(VIDEO, {"Video": at("v.mp4")}))
    assert said["TranscribeError"] == said["transcribe_error"]
    assert "No such vocabulary" in said["TranscribeError"]
    assert retried is again


def test_a_job_beyond_those_of_the_account_waits_until_the_check_can_start_it(
    start, check, event, sizes, stub
):
    sizes(v_mp4=1)
    service = stub("transcribe")
    refused = ("LimitExceededException", "You have too many jobs running at the same time.")
    service.add_client_error("start_transcription_job", *refused)
    waiting = start(event(VIDEO, {"Video": at("v.mp4")}), None)
    assert waiting["Status"] == "Executing"
    assert "too many jobs" in waiting["MetaData"]["JobWaits"]
    sizes(v_mp4=1)
    service.add_response("start_transcription_job", job("QUEUED"))
    started = check(waiting, None)
    assert started["Status"] == "Executing"
    assert started["MetaData"]["TranscribeJobId"]
    assert "JobWaits" not in started["MetaData"]


class Files:
    """A server on this machine, with one answer for every request."""

    def __init__(self):
        outer = self
        self.answers = [(200, b"")]
        self.requests = 0

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = outer.answers[min(outer.requests, len(outer.answers) - 1)]
                outer.requests += 1
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/t.json?X-Amz-Signature=secret"


@pytest.fixture
def files():
    files = Files()
    yield files
    files.server.shutdown()
    files.server.server_close()


@pytest.fixture
def running(event):
    """What a start has returned."""

    def running(name=VIDEO):
        started = event(name, {"Video": at("v.mp4")})
        return {
            **started,
            "Status": "Executing",
            "MetaData": {"TranscribeJobId": "job-1", "AssetId": "asset-1"},
        }

    return running


def transcript(*texts):
    return {
        "jobName": "job-1",
        "accountId": "1",
        "status": "COMPLETED",
        "results": {"transcripts": [{"transcript": text} for text in texts], "items": []},
    }


@pytest.mark.parametrize("status", ["QUEUED", "IN_PROGRESS"])
def test_a_job_that_works_is_asked_again_later(check, running, stub, status):
    stub("transcribe").add_response(
        "get_transcription_job", job(status), {"TranscriptionJobName": "job-1"}
    )
    assert check(running(), None) == running()


@pytest.mark.parametrize(
    ("answer", "text", "again"),
    [
        (job("FAILED", FailureReason="No speech"), "No speech", False),
        (job("FAILED"), "The transcription job failed", False),
        (job("ASLEEP"), "Unable to determine status: the job job-1 is ASLEEP", True),
        (job("COMPLETED"), "Unable to read the transcript: the job has none", True),
        (
            job("COMPLETED", Transcript={"TranscriptFileUri": "http://example.com/t.json"}),
            "Unable to read the transcript: its URL is not one of https",
            True,
        ),
        (
            job("COMPLETED", Transcript={"TranscriptFileUri": "s3://bucket/t.json"}),
            "Unable to read the transcript: its URL is not one of https",
            True,
        ),
    ],
)
def test_a_job_without_a_transcript_is_an_error(check, running, stub, answer, text, again):
    stub("transcribe").add_response("get_transcription_job", answer)
    said, retried = failure(check, running())
    assert said["TranscribeError"] == text
    assert said["TranscribeJobId"] == "job-1"
    assert retried is again


def test_speech_that_is_too_short_to_tell_its_language_is_skipped(check, running, stub):
    reason = (
        "Your audio file must have a speech segment long enough in duration to perform automatic "
        "language identification. Provide an audio file with someone speaking for a longer "
        "period of time and try your request again."
    )
    stub("transcribe").add_response("get_transcription_job", job("FAILED", FailureReason=reason))
    output = check(running(), None)
    assert output["Status"] == "Skipped"
    assert output["MetaData"]["TranscribeVideoSkipped"] == (
        "Too little is said in audio track 1 to tell the language; TranscribeLanguage can name it"
    )


def test_a_check_without_a_job_is_an_error(check, event):
    said, _ = failure(check, {**event(VIDEO, {}), "Status": "Executing"})
    assert said["TranscribeError"] == "Missing a required metadata key 'TranscribeJobId'"


def test_a_throttled_check_is_an_error_that_is_tried_again(check, running, stub):
    stub("transcribe").add_client_error("get_transcription_job", "LimitExceededException")
    said, retried = failure(check, running())
    assert "LimitExceededException" in said["TranscribeError"]
    assert retried


@pytest.mark.parametrize(
    ("name", "file"),
    [(VIDEO, "transcript.txt"), (AUDIO, "transcript_TranscribeAudio.txt")],
)
@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (("Hello there.",), "Hello there."),
        (("Hé.", "日本。"), "Hé.\n日本。"),
        (("",), ""),
        ((), ""),
    ],
)
@pytest.mark.parametrize("field", ["TranscriptFileUri", "RedactedTranscriptFileUri"])
def test_a_transcript_is_kept_as_json_and_as_text(
    check, running, stub, files, dataplane, name, file, texts, whole, field
):
    files.answers = [(200, json.dumps(transcript(*texts)).encode())]
    stub("transcribe").add_response(
        "get_transcription_job",
        job("COMPLETED", LanguageCode="de-DE", Transcript={field: files.url}),
    )
    text = {"S3Bucket": "bucket", "S3Key": f"{FOLDER}/{file}"}
    stub("s3").add_response(
        "put_object",
        {},
        {
            "Bucket": "bucket",
            "Key": text["S3Key"],
            "Body": whole.encode(),
            "ContentType": "text/plain; charset=utf-8",
        },
    )
    output = check(running(name), None)
    assert dataplane.stored == {
        ("asset-1", name, "workflow-1"): {**transcript(*texts), "TextTranscriptUri": text}
    }
    assert output == {
        **running(name),
        "Status": "Complete",
        "MetaData": {
            **running()["MetaData"],
            "TranscribeSourceLanguage": "de-DE",
            **({} if whole else {"TranscribeSilence": "Nothing was heard in audio track 1"}),
        },
        "Media": {"Text": {"S3Bucket": "bucket", "S3Key": "key"}},
    }


def test_silence_names_the_track_that_was_heard_and_how_many_there_are(
    check, running, stub, files, dataplane
):
    files.answers = [(200, json.dumps(transcript(" ")).encode())]
    stub("transcribe").add_response(
        "get_transcription_job",
        job("COMPLETED", LanguageCode="de-DE", Transcript={"TranscriptFileUri": files.url}),
    )
    stub("s3").add_response("put_object", {})
    metadata = {"Mediainfo_num_audio_tracks": "3", "MediaconvertAudioTrack": "2"}
    output = check(with_metadata(running(), **metadata), None)
    assert output["Status"] == "Complete"
    said = output["MetaData"]["TranscribeSilence"]
    assert said == "Nothing was heard in audio track 2 of 3"


@pytest.mark.parametrize(
    ("facts", "language"),
    [
        ({}, None),
        (
            {
                "LanguageCodes": [
                    {"LanguageCode": "en-US", "DurationInSeconds": 2.0},
                    {"LanguageCode": "fr-FR", "DurationInSeconds": 9.5},
                ]
            },
            "fr-FR",
        ),
    ],
)
def test_the_language_is_the_one_that_is_known(
    check, running, stub, files, dataplane, facts, language
):
    files.answers = [(200, json.dumps(transcript("Hi")).encode())]
    answer = job("COMPLETED", Transcript={"TranscriptFileUri": files.url}, **facts)
    stub("transcribe").add_response("get_transcription_job", answer)
    stub("s3").add_response("put_object", {})
    output = check(running(), None)
    assert output["MetaData"].get("TranscribeSourceLanguage") == language


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ([(200, b"<html>")], "Unable to read the transcript: it is no JSON"),
        ([(200, b"\xff\xfe\xff")], "Unable to read the transcript: it is no JSON"),
        ([(200, b"[]")], "Unable to read the transcript: it has no results"),
        ([(403, b"expired")], "Unable to read the transcript: status 403"),
        ([(302, b"")], "Unable to read the transcript: status 302"),
        ([(503, b"")], "Unable to read the transcript: status 503"),
        ([(200, b" " * 2048)], "Unable to read the transcript: it has more than 1024 bytes"),
    ],
)
def test_a_transcript_that_cannot_be_read_is_an_error(
    check, running, stub, files, dataplane, monkeypatch, answers, text
):
    import transcript_file

    monkeypatch.setattr(transcript_file, "LARGEST_RESULT", 1024)
    files.answers = answers
    answer = job("COMPLETED", Transcript={"TranscriptFileUri": files.url})
    stub("transcribe").add_response("get_transcription_job", answer)
    said, retried = failure(check, running())
    assert said["TranscribeError"].startswith(text)
    assert "secret" not in json.dumps(said)
    assert retried
    assert dataplane.stored == {}


def test_a_transcript_that_comes_the_second_time_is_read(check, running, stub, files, dataplane):
    files.answers = [(503, b""), (200, json.dumps(transcript("Hi")).encode())]
    answer = job("COMPLETED", Transcript={"TranscriptFileUri": files.url})
    stub("transcribe").add_response("get_transcription_job", answer)
    stub("s3").add_response("put_object", {})
    assert check(running(), None)["Status"] == "Complete"


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://s3.us-east-1.amazonaws.com/b/k", True),
        ("http://localhost:4566/b/k", True),
        ("http://[::1]:4566/b/k", True),
        ("http://127.0.0.1/b/k", True),
        ("http://169.254.169.254/latest", False),
        ("http:///k", False),
        ("file:///etc/passwd", False),
    ],
)
def test_only_https_and_this_machine_are_read(check, url, followed):
    import transcript_file

    assert transcript_file._may_be_followed(url) is followed


def test_what_the_data_plane_refuses_is_said(check, running, stub, files, dataplane):
    files.answers = [(200, json.dumps(transcript("Hi")).encode())]
    dataplane.answer = (404, {"Code": "NotFoundError", "Message": "no such asset"})
    answer = job("COMPLETED", Transcript={"TranscriptFileUri": files.url})
    stub("transcribe").add_response("get_transcription_job", answer)
    stub("s3").add_response("put_object", {})
    said, _ = failure(check, running())
    assert said["TranscribeError"] == "Unable to upload metadata for asset: asset-1: no such asset"


def test_executions_that_alternate_in_a_warm_process_share_nothing(start, event, sizes, transcribe):
    sizes(v_mp4=1)
    one = start(event(VIDEO, {"Video": at("v.mp4")}, asset="one"), None)
    said, _ = failure(start, event(VIDEO, {}, asset="two"))
    assert said == {"TranscribeError": "No valid inputs"}
    assert one["MetaData"]["AssetId"] == "one"
