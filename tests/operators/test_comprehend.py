"""Entities and key phrases: what the service is asked, and what its archives become."""

import gzip
import io
import json
import tarfile

import pytest
from botocore.response import StreamingBody

from MediaInsightsEngineLambdaHelper import MasExecutionError

FOLDER = "private/assets/asset-1/workflows/workflow-1"
OUTPUT = f"s3://bucket/{FOLDER}"
TRANSCRIPT = {"S3Bucket": "bucket", "S3Key": f"{FOLDER}/TranscribeVideo.json"}
TEXT = {"S3Bucket": "bucket", "S3Key": f"{FOLDER}/transcript.txt"}
ROLE = "arn:aws:iam::123456789012:role/comprehendS3Role"
EMPTY = "Empty input --> empty output."

# name, module of the start and of the check, names of the service's calls, keys
ENTITIES = {
    "name": "ComprehendEntities",
    "start": "start_entity_detection",
    "check": "get_entity_detection",
    "start_call": "start_entities_detection_job",
    "describe_call": "describe_entities_detection_job",
    "properties": "EntitiesDetectionJobProperties",
    "folder": "comprehend_entities",
    "job_id": "comprehend_entity_job_id",
    "output": "entity_output_uri",
    "store_key": "entities",
}
KEY_PHRASES = {
    "name": "ComprehendKeyPhrases",
    "start": "start_key_phrases",
    "check": "get_key_phrases",
    "start_call": "start_key_phrases_detection_job",
    "describe_call": "describe_key_phrases_detection_job",
    "properties": "KeyPhrasesDetectionJobProperties",
    "folder": "comprehend_phrases",
    "job_id": "comprehend_phrases_job_id",
    "output": "output_uri",
    "store_key": "key_phrases",
}


@pytest.fixture(autouse=True)
def role(monkeypatch):
    monkeypatch.setenv("comprehendRole", ROLE)


@pytest.fixture(params=[ENTITIES, KEY_PHRASES], ids=lambda one: one["store_key"])
def kind(request):
    return request.param


@pytest.fixture
def start(load, kind):
    return load("comprehend", kind["start"]).lambda_handler


@pytest.fixture
def check(load, kind):
    return load("comprehend", kind["check"]).lambda_handler


class Requests:
    """Answers the starts of jobs, and keeps what was asked."""

    def __init__(self, client):
        self.requests = []
        client.meta.events.register("before-call.comprehend", self.answer)

    def answer(self, params, **_):
        self.requests.append(json.loads(params["body"]))

        class Http:
            status_code = 200

        return Http(), {"JobId": "job-1", "JobStatus": "SUBMITTED"}


@pytest.fixture
def service():
    from mie import aws

    return Requests(aws.client("comprehend"))


@pytest.fixture
def objects(stub):
    """Expects S3 to be asked for this: the content of a file, or a size."""
    s3 = stub("s3")

    def objects(*contents, key=TEXT["S3Key"]):
        for content in contents:
            asked = {"Bucket": "bucket", "Key": key}
            if isinstance(content, int):
                s3.add_response("head_object", {"ContentLength": content}, asked)
                continue
            body = StreamingBody(io.BytesIO(content), len(content))
            s3.add_response("get_object", {"ContentLength": len(content), "Body": body})

    return objects


@pytest.fixture
def asked(event, kind):
    """The event of a start."""

    def asked(media=None, configuration=None, metadata=None, **more):
        media = {"Text": TEXT} if media is None else media
        made = event(kind["name"], media, configuration, **more)
        return {**made, "Input": {"Media": media, "MetaData": metadata or {}}}

    return asked


def in_english(**more):
    return {"LanguageCode": "en", **more}


def failure(handler, event):
    with pytest.raises(MasExecutionError) as raised:
        handler(event, None)
    output = raised.value.args[0]
    assert output["Status"] == "Error"
    retried = type(raised.value) is MasExecutionError
    return output["MetaData"]["comprehend_error"], retried


def test_a_job_reads_the_text_that_a_transcript_names(start, asked, objects, service, kind):
    objects(json.dumps({"results": {}, "TextTranscriptUri": TEXT}).encode(), 12)
    event = asked({"Text": TRANSCRIPT}, metadata={"TranscribeSourceLanguage": "es-US"})
    output = start(event, None)
    (request,) = service.requests
    token = request.pop("ClientRequestToken")
    assert len(token) == 64
    assert request == {
        "InputDataConfig": {
            "S3Uri": f"s3://bucket/{FOLDER}/transcript.txt",
            "InputFormat": "ONE_DOC_PER_FILE",
        },
        "OutputDataConfig": {"S3Uri": f"{OUTPUT}/{kind['folder']}"},
        "DataAccessRoleArn": ROLE,
        "JobName": "workflow-1",
        "LanguageCode": "es",
    }
    assert output == {
        **event,
        "Status": "Executing",
        "MetaData": {
            kind["job_id"]: "job-1",
            kind["output"]: f"{OUTPUT}/{kind['folder']}",
            "AssetId": "asset-1",
            "WorkflowExecutionId": "workflow-1",
        },
    }


def test_a_text_is_read_where_it_is(start, asked, objects, service):
    objects(12, key="a b+c.TXT")
    event = asked({"Text": {"S3Bucket": "bucket", "S3Key": "a b+c.TXT"}}, in_english())
    start(event, None)
    assert service.requests[0]["InputDataConfig"]["S3Uri"] == "s3://bucket/a b+c.TXT"


def test_a_start_that_comes_again_sends_the_same_token(start, asked, objects, service):
    objects(12, 12, 12, 12)
    start(asked(configuration=in_english()), None)
    start(asked(configuration=in_english()), None)
    start(asked(configuration={"LanguageCode": "de"}), None)
    start(asked(configuration=in_english(), workflow="workflow-2"), None)
    one, again, *others = [request["ClientRequestToken"] for request in service.requests]
    assert one == again
    assert len({one, *others}) == 3


@pytest.mark.parametrize(
    ("configured", "spoken", "language"),
    [
        ("de", "en-US", "de"),
        (None, "en-US", "en"),
        (None, "zh-TW", "zh-TW"),
        (None, "zh-CN", "zh"),
        ("pt-BR", None, "pt"),
    ],
)
def test_the_language_is_the_documents(
    start, asked, objects, service, configured, spoken, language
):
    objects(12)
    configuration = {"LanguageCode": configured} if configured else {}
    metadata = {"TranscribeSourceLanguage": spoken} if spoken else {}
    start(asked(configuration=configuration, metadata=metadata), None)
    assert service.requests[0]["LanguageCode"] == language


def test_a_language_that_nobody_has_told_is_found(start, asked, stub, kind):
    s3, comprehend = stub("s3"), stub("comprehend")
    sample = "¿Qué tal, señor?".encode()[:-15]
    body = StreamingBody(io.BytesIO(sample), len(sample))
    s3.add_response("head_object", {"ContentLength": 12})
    s3.add_response(
        "get_object",
        {"Body": body},
        {"Bucket": "bucket", "Key": TEXT["S3Key"], "Range": "bytes=0-1999"},
    )
    found = [{"LanguageCode": "en", "Score": 0.2}, {"LanguageCode": "es", "Score": 0.7}]
    text = sample.decode(errors="ignore")
    comprehend.add_response("detect_dominant_language", {"Languages": found}, {"Text": text})
    comprehend.add_client_error(kind["start_call"], "InternalServerException", "Later")
    said, retried = failure(start, asked())
    assert said.startswith("Unable to get response from comprehend: ")
    assert said.endswith("Later")
    assert retried


@pytest.mark.parametrize(("found", "sample"), [([], b"?"), (None, b" \n")])
def test_a_text_in_no_language_is_not_read(start, asked, objects, stub, kind, found, sample):
    objects(len(sample), sample)
    if found is not None:
        stub("comprehend").add_response("detect_dominant_language", {"Languages": found})
    assert skipped(start(asked(), None), kind) == "The language of the text is not known"


def skipped(output, kind):
    assert output["Status"] == "Skipped"
    return output["MetaData"][f"{kind['name']}Skipped"]


def test_a_spoken_language_that_is_not_read_is_skipped_before_it_costs(
    start, asked, objects, service, kind
):
    objects(12)
    output = start(asked(metadata={"TranscribeSourceLanguage": "ru-RU"}), None)
    assert "in Russian (ru-RU), but in en, es, fr" in skipped(output, kind)
    assert service.requests == []


def test_a_chosen_language_that_is_not_read_is_an_error(start, asked, objects, service):
    objects(12)
    event = asked(configuration={"LanguageCode": "ru"})
    said, retried = failure(start, event)
    assert "in Russian (ru), but in en, es, fr" in said
    assert not retried
    assert service.requests == []


@pytest.mark.parametrize("chosen", [True, False])
def test_what_the_service_itself_does_not_read_follows_the_same_rule(
    start, asked, objects, stub, kind, chosen
):
    objects(12)
    refusal = (kind["start_call"], "UnsupportedLanguageException", "Here it reads en")
    stub("comprehend").add_client_error(*refusal)
    configured = {"configuration": {"LanguageCode": "es"}}
    spoken = {"metadata": {"TranscribeSourceLanguage": "es-US"}}
    sentence = "Comprehend does not read Spanish (es). Here it reads en"
    if chosen:
        assert failure(start, asked(**configured)) == (sentence, False)
    else:
        assert skipped(start(asked(**spoken), None), kind) == sentence


@pytest.mark.parametrize(
    ("configured", "variable", "key"),
    [("mine", "", "mine"), ("mine", "ours", "mine"), (None, "ours", "ours"), ("", "", None)],
)
def test_the_users_key_goes_before_the_stacks(
    start, asked, objects, service, monkeypatch, configured, variable, key
):
    objects(12)
    monkeypatch.setenv("KmsId", variable)
    start(asked(configuration=in_english(KmsKeyId=configured)), None)
    (request,) = service.requests
    assert request["OutputDataConfig"].get("KmsKeyId") == key
    assert request.get("VolumeKmsKeyId") == key


def test_of_an_empty_text_no_job_is_started(start, check, asked, objects, service, kind):
    objects(0)
    output = start(asked(), None)
    assert (output["Status"], output["MetaData"][kind["job_id"]]) == ("Complete", EMPTY)
    assert check(output, None) == output
    assert check({**output, "Status": "Executing"}, None)["Status"] == "Complete"
    assert service.requests == []


@pytest.mark.parametrize("media", [{}, {"Text": {}}, {"Video": TEXT}, {"Text": {"S3Key": "k"}}])
def test_without_a_text_there_are_no_valid_inputs(start, asked, media):
    assert failure(start, asked(media)) == ("No valid inputs", False)


@pytest.mark.parametrize(
    "content", [b"Dear", b"[]", b"{}", b'{"TextTranscriptUri": "s3://b/k"}', b"\xff"]
)
def test_a_document_that_names_no_text_is_a_plain_error(start, asked, objects, content):
    objects(content)
    said, retried = failure(start, asked({"Text": TRANSCRIPT}))
    assert said.startswith(f"Unable to read the text of s3://bucket/{TRANSCRIPT['S3Key']}: ")
    assert not retried


@pytest.mark.parametrize(
    ("media", "call"), [(TRANSCRIPT, "get_object"), (TEXT, "head_object"), (TEXT, "sample")]
)
def test_a_text_that_is_not_there_is_an_error(start, asked, stub, media, call):
    s3 = stub("s3")
    if call == "sample":
        s3.add_response("head_object", {"ContentLength": 12})
    s3.add_client_error("get_object" if call == "sample" else call, "NoSuchKey", "No such key")
    said, retried = failure(start, asked({"Text": media}))
    assert said.startswith("Unable to read ")
    assert ("does not exist" if media is TRANSCRIPT else "No such key") in said
    assert retried


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("InvalidRequestException", False),
        ("KmsKeyValidationException", False),
        ("InternalServerException", True),
    ],
)
def test_what_the_service_refuses_is_said(start, asked, objects, stub, kind, code, again):
    objects(12)
    stub("comprehend").add_client_error(kind["start_call"], code, "Because")
    said, retried = failure(start, asked(configuration=in_english()))
    assert said.startswith("Unable to get response from comprehend: ")
    assert said.endswith("Because")
    assert retried is again


def test_an_eleventh_job_waits_for_its_place(start, asked, objects, stub, kind):
    objects(12)
    refused = ("TooManyRequestsException", "10 jobs are active")
    stub("comprehend").add_client_error(kind["start_call"], *refused)
    output = start(asked(configuration=in_english()), None)
    assert output["Status"] == "Executing"
    assert "10 jobs are active" in output["MetaData"]["JobWaits"]


# The check.


@pytest.fixture
def running(asked, kind):
    """What a start has returned."""
    started = asked()
    return {**started, "Status": "Executing", "MetaData": {kind["job_id"]: "job-1"}}


@pytest.fixture
def job(stub, kind):
    """The service describes a job."""

    def job(status, **more):
        described = {"JobId": "job-1", "JobStatus": status, "LanguageCode": "de", **more}
        answer = {kind["properties"]: described}
        stub("comprehend").add_response(kind["describe_call"], answer, {"JobId": "job-1"})

    return job


ARCHIVE = f"{OUTPUT}/1-NER-job-1/output/output.tar.gz"


@pytest.fixture
def finished(job, stub):
    """The job is done, and its archive is this."""

    def finished(archive):
        job("COMPLETED", OutputDataConfig={"S3Uri": ARCHIVE})
        body = StreamingBody(io.BytesIO(archive), len(archive))
        asked = {"Bucket": "bucket", "Key": ARCHIVE.removeprefix("s3://bucket/")}
        stub("s3").add_response("get_object", {"Body": body}, asked)

    return finished


def archive_of(*texts, more=()):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for number, text in enumerate(texts):
            member = tarfile.TarInfo(f"output-{number}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        for member in more:
            archive.addfile(member)
    return file.getvalue()


def special(kind, target=""):
    member = tarfile.TarInfo("../special")
    member.type, member.linkname = kind, target
    return member


LINE = json.dumps({"File": "transcript.txt", "Entities": [], "Note": "é"}, ensure_ascii=False)


@pytest.mark.parametrize("status", ["SUBMITTED", "IN_PROGRESS"])
def test_a_job_that_works_is_asked_again_later(check, running, job, status):
    job(status)
    assert check(running, None) == running


def test_what_the_files_of_an_archive_say_is_stored(check, running, finished, dataplane, kind):
    more = [
        special(tarfile.DIRTYPE),
        special(tarfile.SYMTYPE, "/etc/passwd"),
        special(tarfile.LNKTYPE, "output-0"),
        special(tarfile.FIFOTYPE),
    ]
    finished(archive_of(LINE.encode(), b"", more=more))
    output = check(running, None)
    assert dataplane.stored == {
        ("asset-1", kind["store_key"], "workflow-1"): {"LanguageCode": "de", "Results": [LINE, ""]}
    }
    assert output == {
        **running,
        "Status": "Complete",
        "MetaData": {kind["job_id"]: "job-1", "output_uri": ARCHIVE},
    }


@pytest.mark.parametrize(
    ("status", "message", "text", "again"),
    [
        ("FAILED", "Too long", "comprehend returned as failed: Too long", False),
        ("STOPPED", None, "comprehend returned as failed: STOPPED", False),
        ("STOP_REQUESTED", None, "comprehend returned as failed: STOP_REQUESTED", False),
        ("ASLEEP", None, "comprehend returned as failed: the job job-1 is ASLEEP", True),
    ],
)
def test_a_job_that_ends_otherwise_is_an_error(check, running, job, status, message, text, again):
    job(status, **({"Message": message} if message else {}))
    assert failure(check, running) == (text, again)


def test_a_check_without_a_job_is_an_error(check, asked):
    assert failure(check, {**asked(), "Status": "Executing"}) == ("No valid job id", False)


def test_a_job_that_is_not_there_is_an_error(check, running, stub, kind):
    stub("comprehend").add_client_error(kind["describe_call"], "JobNotFoundException", "No job")
    said, _ = failure(check, running)
    assert said.endswith("No job")


def test_a_document_that_could_not_be_read_fails_the_job(check, running, finished, dataplane):
    line = {"File": "t", "ErrorCode": "DOCUMENT_SIZE_EXCEEDED", "ErrorMessage": "Over 1 MB"}
    finished(archive_of(json.dumps(line).encode()))
    assert failure(check, running) == ("comprehend returned as failed: Over 1 MB", False)
    assert dataplane.stored == {}


PADDED_HEADER = tarfile.TarInfo("long")
PADDED_HEADER.pax_headers = {"comment": "x" * 100_000}
CUT = archive_of(LINE.encode())[:-20]


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (b"", "empty file"),
        (b"no archive", "Not a gzipped file"),
        (gzip.compress(b"no archive" * 100), ""),
        (CUT, "Compressed file ended"),
        (CUT[:20] + bytes(20) + CUT[40:], ""),
        (archive_of(b"\xff\xfe"), "'utf-8' codec can't decode"),
        (archive_of(bytes(100_000)), "the archive has more than 60000 bytes"),
        (archive_of(*[b"x"] * 6), "the archive has more than 5 files"),
        (archive_of(more=[PADDED_HEADER]), "the archive has more than 60000 bytes"),
    ],
    ids=["empty", "text", "gzip", "cut", "broken", "binary", "bomb", "many", "header"],
)
def test_an_archive_that_is_wrong_or_too_large_is_an_error(
    check, running, finished, dataplane, monkeypatch, archive, reason
):
    import job_output

    monkeypatch.setattr(job_output, "LARGEST_RESULT", 60_000)
    monkeypatch.setattr(job_output, "_MOST_MEMBERS", 5)
    finished(archive)
    said, retried = failure(check, running)
    assert said.startswith(f"could not retrieve output from s3: {reason}")
    assert retried
    assert dataplane.stored == {}


def test_what_the_data_plane_refuses_is_said(check, running, finished, dataplane):
    dataplane.answer = (404, {"Code": "NotFoundError", "Message": "no such asset"})
    finished(archive_of(LINE.encode()))
    said, _ = failure(check, running)
    assert said.startswith("Unable to upload metadata for")
    assert said.endswith(": no such asset")


def test_both_kinds_alternate_in_a_warm_process_and_share_nothing(
    load, event, objects, service, dataplane
):
    objects(12, 12)
    entities = load("comprehend", "start_entity_detection").lambda_handler
    phrases = load("comprehend", "start_key_phrases").lambda_handler
    one = entities(event("ComprehendEntities", {"Text": TEXT}, in_english(), asset="one"), None)
    said, _ = failure(entities, event("ComprehendEntities", {}, asset="two"))
    three = phrases(
        event("ComprehendKeyPhrases", {"Text": TEXT}, in_english(), asset="three"), None
    )
    assert said == "No valid inputs"
    assert "comprehend_entity_job_id" not in three["MetaData"]
    assert (one["MetaData"]["AssetId"], three["MetaData"]["AssetId"]) == ("one", "three")
    assert len({request["ClientRequestToken"] for request in service.requests}) == 2
