import botocore.session
import pytest
import urllib3
from botocore.exceptions import ClientError

from analysis import rest_json
from analysis.aws_json import Reply, Service, Services
from analysis.faults import ServiceError
from analysis.messages import Call

SPEECH = {"OutputFormat": "mp3", "Text": "Hello", "VoiceId": "Joanna"}
JOB = {"Role": "arn:aws:iam::000000000000:role/r", "Settings": {"OutputGroups": []}}


def test_an_sdk_client_gets_bytes_and_headers_of_a_stream(serve):
    spoken = {"AudioStream": b"\x00\xff" * 500, "ContentType": "audio/mpeg", "RequestCharacters": 5}
    with serve({"SynthesizeSpeech": lambda _: spoken}, name="polly") as caller:
        answer = caller.sdk("polly").synthesize_speech(**SPEECH)
        assert answer["AudioStream"].read() == spoken["AudioStream"]
    assert answer["ContentType"] == "audio/mpeg"
    assert answer["RequestCharacters"] == 5


def test_the_function_gets_what_is_in_the_path_the_query_and_the_body(serve):
    seen = []

    def keep(answer):
        return lambda request: seen.append(request) or answer

    operations = {
        "DescribeVoices": keep({"Voices": []}),
        "PutLexicon": keep({}),
        "SynthesizeSpeech": keep({"AudioStream": b""}),
    }
    with serve(operations, name="polly") as caller:
        client = caller.sdk("polly")
        client.describe_voices(LanguageCode="en-US", IncludeAdditionalLanguageCodes=True)
        client.put_lexicon(Name="words", Content="<lexicon/>")
        client.synthesize_speech(**SPEECH)
    assert seen == [
        {"LanguageCode": "en-US", "IncludeAdditionalLanguageCodes": True},
        {"Name": "words", "Content": "<lexicon/>"},
        SPEECH,
    ]


def test_a_parameter_of_a_path_may_have_any_character(serve):
    seen = []
    function = {"ListTagsForResource": lambda request: seen.append(request) or {}}
    with serve(function, name="mediaconvert") as caller:
        caller.sdk("mediaconvert").list_tags_for_resource(Arn="arn:aws:a/b c+%2F")
    assert seen == [{"Arn": "arn:aws:a/b c+%2F"}]


def test_members_have_their_own_names_on_the_wire(serve):
    seen = []
    job = {
        "Id": "1",
        "Role": JOB["Role"],
        "Settings": JOB["Settings"],
        "CreatedAt": 1_577_836_800.0,
    }
    with serve(
        {"CreateJob": lambda request: seen.append(request) or {"Job": job}}, name="mediaconvert"
    ) as caller:
        answer = caller.sdk("mediaconvert").create_job(**JOB, ClientRequestToken="t")
    assert seen == [{**JOB, "ClientRequestToken": "t"}]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["Job"]["Settings"] == JOB["Settings"]
    assert answer["Job"]["CreatedAt"].year == 2020


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ({"OutputFormat": "wav", "Text": "a", "VoiceId": "Joanna"}, "outputFormat"),
        ({"OutputFormat": "mp3", "VoiceId": "Joanna"}, "Text"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(serve, call, says):
    operations = {"SynthesizeSpeech": lambda _: pytest.fail("called")}
    with serve(operations, name="polly") as caller, pytest.raises(ClientError) as refused:
        caller.sdk("polly").synthesize_speech(**call)
    assert says in refused.value.response["Error"]["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_wrong_parameter_of_the_query_is_refused(serve):
    with serve({"ListJobs": lambda _: pytest.fail("called")}, name="mediaconvert") as caller:
        client = caller.sdk("mediaconvert")
        with pytest.raises(client.exceptions.BadRequestException, match="order"):
            client.list_jobs(Order="SIDEWAYS")
        with pytest.raises(ClientError, match="MaxResults") as refused:
            client.list_jobs(MaxResults="many")
    assert refused.value.response["Error"]["Code"] == "SerializationException"


def test_a_refusal_has_the_status_of_the_services_model(serve):
    def refuse(_request):
        raise ServiceError("NotFoundException", "There is no such job")

    with serve({"GetJob": refuse}, name="mediaconvert") as caller:
        client = caller.sdk("mediaconvert")
        with pytest.raises(client.exceptions.NotFoundException, match="no such job") as refused:
            client.get_job(Id="1")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_an_operation_that_is_not_there_is_unknown(serve):
    with serve({}, name="polly") as caller, pytest.raises(ClientError, match="SynthesizeSpeech"):
        caller.sdk("polly").synthesize_speech(**SPEECH)


def test_a_page_of_a_browser_cannot_call_it(serve):
    with serve({"SynthesizeSpeech": lambda _: pytest.fail("called")}, name="polly") as caller:
        url = f"{caller.url}/v1/speech"
        posted = urllib3.request("POST", url, body=b"{}", headers={"Content-Type": "text/plain"})
        assert posted.status == 400
        assert urllib3.request("GET", f"{caller.url}/v1/voices").status == 404


def test_services_are_told_apart_by_what_a_call_is_signed_for():
    def named(name):
        return {"DescribeEndpoints": lambda _: {"Endpoints": [{"Url": name}]}}

    services = Services.of([Service("mediaconvert", named("m")), Service("polly", {})])
    scope = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/{}/aws4_request, SignedHeaders=h"
    for service, status in (("mediaconvert", 200), ("polly", 400), ("unknown", 400)):
        headers = {"Authorization": scope.format(service)}
        call = Call.of("POST", "/2017-08-29/endpoints", headers, b"{}")
        assert services.answer(call).status == status


def test_headers_of_our_own_go_along(serve):
    reply = Reply({"Voices": []}, {"x-mie-note": "none"})
    with serve({"DescribeVoices": lambda _: reply}, name="polly") as caller:
        answer = caller.sdk("polly").describe_voices()
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-mie-note"] == "none"


@pytest.mark.parametrize("service", ["polly", "mediaconvert"])
def test_every_operation_is_found_by_its_path(service):
    model = botocore.session.Session().get_service_model(service)
    table = rest_json.routes(model)
    for name in model.operation_names:
        http = model.operation_model(name).http
        call = Call.of(http["method"], http["requestUri"].replace("{", "").replace("}", ""), {})
        assert rest_json.match(table, call)[0] == name
