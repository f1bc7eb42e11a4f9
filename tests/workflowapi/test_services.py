"""The service proxies over HTTP; every call and answer is checked against the SDK's shapes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from tests.fakes.https_files import TRICKLE, serving
from tests.fakes.s3_server import s3_server

from mie import aws
from mie.adapters import language_services
from mie.core.errors import BadRequest
from mie.core.language_services import PROXIES
from mie.core.lists import LARGEST_ANSWER

SCHEMAS = Path(__file__).parents[2] / "source/workflowapi/chalicelib/workflow_routes/schemas"
TRANSCRIBE, TRANSLATE = "/service/transcribe", "/service/translate"
THEN = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
ISO = "2026-11-24T10:30:00+00:00"
REFUSED_ROUTES = [one for one in PROXIES if one.method == "POST"]


@pytest.fixture
def service(environment):
    """service(name): expects calls of a service in order, and answers them."""
    stubbers = {}

    def stub(name):
        if name not in stubbers:
            stubbers[name] = Stubber(aws.client(name))
            stubbers[name].activate()
        return stubbers[name]

    yield stub
    for stubber in stubbers.values():
        stubber.deactivate()
        stubber.assert_no_pending_responses()


@pytest.fixture
def files(tmp_path, monkeypatch):
    """files[path] = bytes; files.url is where they are, over https."""

    class Files(dict):
        url = ""

    kept = Files()
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(kept, tmp_path) as url:
        kept.url = url
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        yield kept


VOCABULARY = {"VocabularyName": "v", "LanguageCode": "en-US", "VocabularyState": "READY"}
TERMINOLOGY = {"Name": "t", "SourceLanguageCode": "en", "TargetLanguageCodes": ["de"]}
PARALLEL_DATA = {"Name": "p", "Status": "ACTIVE"}
METADATA = {"ResponseMetadata": {"RequestId": "r", "HTTPStatusCode": 200}}

# route, body, service, operation, what the service is asked, what it says, what is answered
CALLS = [
    (
        f"{TRANSCRIBE}/get_vocabulary",
        {"vocabulary_name": "v"},
        "get_vocabulary",
        {"VocabularyName": "v"},
        {**VOCABULARY, "LastModifiedTime": THEN, "DownloadUri": "https://files"},
        {**VOCABULARY, "LastModifiedTime": ISO, "DownloadUri": "https://files"},
    ),
    (
        f"{TRANSCRIBE}/delete_vocabulary",
        {"vocabulary_name": "v"},
        "delete_vocabulary",
        {"VocabularyName": "v"},
        {},
        {},
    ),
    (
        f"{TRANSCRIBE}/create_vocabulary",
        {"vocabulary_name": "v", "language_code": "en-US", "s3uri": "s3://b/k.txt"},
        "create_vocabulary",
        {"VocabularyName": "v", "LanguageCode": "en-US", "VocabularyFileUri": "s3://b/k.txt"},
        {**VOCABULARY, "LastModifiedTime": THEN},
        {**VOCABULARY, "LastModifiedTime": ISO},
    ),
    (
        f"{TRANSCRIBE}/describe_language_model",
        {"ModelName": "m"},
        "describe_language_model",
        {"ModelName": "m"},
        {"LanguageModel": {"ModelName": "m", "CreateTime": THEN, "LastModifiedTime": THEN}},
        {"LanguageModel": {"ModelName": "m", "CreateTime": ISO, "LastModifiedTime": ISO}},
    ),
    (
        f"{TRANSLATE}/get_terminology",
        {"terminology_name": "t"},
        "get_terminology",
        {"Name": "t", "TerminologyDataFormat": "CSV"},
        {"TerminologyProperties": {**TERMINOLOGY, "CreatedAt": THEN, "LastUpdatedAt": THEN}},
        {"TerminologyProperties": {**TERMINOLOGY, "CreatedAt": ISO, "LastUpdatedAt": ISO}},
    ),
    (
        f"{TRANSLATE}/delete_terminology",
        {"terminology_name": "t"},
        "delete_terminology",
        {"Name": "t"},
        {},
        {},
    ),
    (
        f"{TRANSLATE}/create_terminology",
        {"terminology_name": "t", "terminology_csv": "en,de\nbüro,office\n"},
        "import_terminology",
        {
            "Name": "t",
            "MergeStrategy": "OVERWRITE",
            "TerminologyData": {"File": "en,de\nbüro,office\n".encode(), "Format": "CSV"},
        },
        {"TerminologyProperties": {**TERMINOLOGY, "CreatedAt": THEN, "TermCount": 1}},
        {"TerminologyProperties": {**TERMINOLOGY, "CreatedAt": ISO, "TermCount": 1}},
    ),
    (
        f"{TRANSLATE}/get_parallel_data",
        {"Name": "p"},
        "get_parallel_data",
        {"Name": "p"},
        {"ParallelDataProperties": {**PARALLEL_DATA, "LatestUpdateAttemptAt": THEN}},
        {"ParallelDataProperties": {**PARALLEL_DATA, "LatestUpdateAttemptAt": ISO}},
    ),
    (
        f"{TRANSLATE}/delete_parallel_data",
        {"Name": "p"},
        "delete_parallel_data",
        {"Name": "p"},
        {"Name": "p", "Status": "DELETING"},
        {"Name": "p", "Status": "DELETING"},
    ),
    (
        f"{TRANSLATE}/create_parallel_data",
        {
            "Name": "p",
            "Description": "of a test",
            "ParallelDataConfig": {"S3Uri": "s3://bucket/k.csv", "Format": "CSV"},
            "EncryptionKey": {"Type": "KMS", "Id": "key"},
            "ClientToken": "once",
        },
        "create_parallel_data",
        {
            "Name": "p",
            "Description": "of a test",
            "ParallelDataConfig": {"S3Uri": "s3://bucket/k.csv", "Format": "CSV"},
            "EncryptionKey": {"Type": "KMS", "Id": "key"},
            "ClientToken": "once",
        },
        {"Name": "p", "Status": "CREATING"},
        {"Name": "p", "Status": "CREATING"},
    ),
]
LISTS = [
    (
        f"{TRANSCRIBE}/list_vocabularies",
        "list_vocabularies",
        "Vocabularies",
        {**VOCABULARY, "LastModifiedTime": THEN},
        {**VOCABULARY, "LastModifiedTime": ISO},
    ),
    (
        f"{TRANSCRIBE}/list_language_models",
        "list_language_models",
        "Models",
        {"ModelName": "m", "CreateTime": THEN},
        {"ModelName": "m", "CreateTime": ISO},
    ),
    (
        f"{TRANSLATE}/list_terminologies",
        "list_terminologies",
        "TerminologyPropertiesList",
        {**TERMINOLOGY, "CreatedAt": THEN},
        {**TERMINOLOGY, "CreatedAt": ISO},
    ),
    (
        f"{TRANSLATE}/list_parallel_data",
        "list_parallel_data",
        "ParallelDataPropertiesList",
        {**PARALLEL_DATA, "CreatedAt": THEN},
        {**PARALLEL_DATA, "CreatedAt": ISO},
    ),
]
TABLE = b"Phrase\tDisplayAs\r\nMIE\tMedia Insights Engine\r\nno column\r\n"
DOWNLOADS = [
    (
        f"{TRANSCRIBE}/download_vocabulary",
        {"vocabulary_name": "v"},
        "get_vocabulary",
        {"VocabularyName": "v"},
        lambda url: {**VOCABULARY, "DownloadUri": url},
        TABLE,
        {"vocabulary": [{"Phrase": "MIE", "DisplayAs": "Media Insights Engine"}]},
    ),
    (
        f"{TRANSLATE}/download_terminology",
        {"terminology_name": "t"},
        "get_terminology",
        {"Name": "t", "TerminologyDataFormat": "CSV"},
        lambda url: {"TerminologyDataLocation": {"RepositoryType": "S3", "Location": url}},
        "\ufeffen,de\noffice,büro\n".encode(),
        {"terminology": "en,de\noffice,büro\n"},
    ),
    (
        f"{TRANSLATE}/download_parallel_data",
        {"Name": "p"},
        "get_parallel_data",
        {"Name": "p"},
        lambda url: {"DataLocation": {"RepositoryType": "S3", "Location": url}},
        b"en,de\nhello,hallo\n",
        {"parallel_data_csv": "en,de\nhello,hallo\n"},
    ),
]


def service_of(path):
    return path.split("/")[2]


def test_every_route_is_tested():
    tested = {one[0] for one in (*CALLS, *LISTS, *DOWNLOADS)}
    assert tested == {one.path for one in PROXIES}


@pytest.mark.parametrize(
    ("path", "body", "operation", "asked", "said", "answered"), CALLS, ids=[c[0] for c in CALLS]
)
def test_a_request_is_handed_on(api, service, path, body, operation, asked, said, answered):
    service(service_of(path)).add_response(operation, {**said, **METADATA}, asked)
    answer = api("POST", path, body)
    assert (answer.status, answer.json) == (200, answered)


@pytest.mark.parametrize(
    ("path", "operation", "key", "item", "shown"), LISTS, ids=[one[0] for one in LISTS]
)
def test_all_pages_are_listed(api, service, path, operation, key, item, shown):
    stubber = service(service_of(path))
    stubber.add_response(operation, {key: [item], "NextToken": "2"}, {"MaxResults": 100})
    # a page may be empty and not the last
    stubber.add_response(
        operation, {key: [], "NextToken": "3"}, {"MaxResults": 100, "NextToken": "2"}
    )
    stubber.add_response(operation, {key: [item, item]}, {"MaxResults": 100, "NextToken": "3"})
    answer = api("GET", path)
    assert (answer.status, answer.json) == (200, {key: [shown] * 3})


@pytest.mark.parametrize(("path", "operation", "key"), [one[:3] for one in LISTS])
def test_an_empty_list_is_one(api, service, path, operation, key):
    service(service_of(path)).add_response(operation, {key: []}, {"MaxResults": 100})
    assert api("GET", path).json == {key: []}


def test_a_list_that_never_ends_is_given_up(api, service, monkeypatch):
    monkeypatch.setattr(language_services, "_MOST_PAGES", 2)
    for _ in range(2):
        service("translate").add_response("list_parallel_data", {"NextToken": "again"})
    assert api("GET", f"{TRANSLATE}/list_parallel_data").status == 503


@pytest.mark.parametrize(
    ("path", "body", "operation", "asked", "said", "content", "answered"),
    DOWNLOADS,
    ids=[one[0] for one in DOWNLOADS],
)
def test_a_file_is_fetched_and_read(
    api, service, files, path, body, operation, asked, said, content, answered
):
    files["/file?signature=x"] = content
    service(service_of(path)).add_response(operation, said(f"{files.url}/file?signature=x"), asked)
    answer = api("POST", path, body)
    assert (answer.status, answer.json) == (200, answered)


@pytest.mark.parametrize("state", ["PENDING", "FAILED"])
def test_a_vocabulary_without_a_file_is_a_conflict(api, service, state):
    service("transcribe").add_response("get_vocabulary", {**VOCABULARY, "VocabularyState": state})
    answer = api("POST", f"{TRANSCRIBE}/download_vocabulary", {"vocabulary_name": "v"})
    assert answer.status == 409
    assert state in answer.json["Message"]


def fetch(api, service, url):
    said = {"TerminologyDataLocation": {"RepositoryType": "S3", "Location": url}}
    service("translate").add_response("get_terminology", said)
    return api("POST", f"{TRANSLATE}/download_terminology", {"terminology_name": "t"})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/file",
        "file:///etc/passwd",
        "s3://bucket/key",
        "ftp://host/file",
        "/etc/passwd",
        "HTTPS//none",
    ],
)
def test_nothing_but_https_is_fetched(api, service, url):
    answer = fetch(api, service, url)
    assert (answer.status, answer.json["Code"]) == (503, "ServiceUnavailableError")
    assert "https" in answer.json["Message"]


def test_the_local_s3_may_be_read_over_http(api, service, monkeypatch):
    with s3_server() as (url, objects):
        objects["bucket/terms"] = b"en,de"
        monkeypatch.setattr(aws.client("s3").meta, "_endpoint_url", url)
        answer = fetch(api, service, f"{url}/bucket/terms?signature=x")
        assert answer.json == {"terminology": "en,de"}
        other = fetch(api, service, url.replace("127.0.0.1", "localhost"))
        assert other.status == 503


def test_a_redirect_is_not_followed(api, service, files):
    files["/secret"] = b"not for you"
    files["/redirected"] = f"{files.url}/secret"
    answer = fetch(api, service, f"{files.url}/redirected")
    assert answer.status == 503
    assert "not for you" not in json.dumps(answer.json)


def test_a_server_that_is_not_trusted_is_not_read(api, service, files, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    files["/file"] = b"x"
    assert fetch(api, service, f"{files.url}/file").status == 503


def test_a_signed_url_is_not_told(api, service, files):
    answer = fetch(api, service, f"{files.url}/gone?signature=secret")
    assert answer.status == 503
    assert "secret" not in answer.json["Message"]


def test_a_file_that_no_answer_can_carry_is_refused(api, service, files, monkeypatch):
    files["/large"] = b"x" * (LARGEST_ANSWER + 1)
    answer = fetch(api, service, f"{files.url}/large")
    assert (answer.status, answer.json["Code"]) == (413, "RequestTooLargeError")


def test_a_file_that_grows_in_the_answer_is_refused(api, service, files):
    # each quotation mark travels as four characters
    files["/quotes"] = b'"' * (LARGEST_ANSWER // 2)
    assert fetch(api, service, f"{files.url}/quotes").status == 413


def test_a_file_that_never_ends_is_given_up(api, service, files, monkeypatch):
    monkeypatch.setattr(language_services, "_SECONDS_FOR_FILE", 0.3)
    files["/trickle"] = TRICKLE
    assert fetch(api, service, f"{files.url}/trickle").status == 503


def test_a_file_that_is_no_text_is_a_conflict(api, service, files):
    files["/binary"] = b"\xff\xfe\x00"
    assert fetch(api, service, f"{files.url}/binary").status == 409


@pytest.mark.parametrize("proxy", REFUSED_ROUTES, ids=lambda one: one.path)
def test_a_missing_field_is_named(api, proxy):
    schema = json.loads((SCHEMAS / f"{proxy.schema}.json").read_text())
    for field in schema["required"]:
        body = {key: value for key, value in schema["examples"][0].items() if key != field}
        answer = api("POST", proxy.path, body)
        assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
        assert field in answer.json["Message"]


@pytest.mark.parametrize("proxy", REFUSED_ROUTES, ids=lambda one: one.path)
@pytest.mark.parametrize("value", [7, None, "", [], {}, "x" * 3000, "no name\u2028!"])
def test_a_name_that_is_none_is_refused(api, proxy, value):
    schema = json.loads((SCHEMAS / f"{proxy.schema}.json").read_text())
    field = schema["required"][0]
    answer = api("POST", proxy.path, {**schema["examples"][0], field: value})
    assert answer.status == 400
    assert answer.json["Message"].startswith(f"{field}: ")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"v"'])
def test_a_body_that_is_no_object_is_refused(api, body):
    assert api("POST", f"{TRANSCRIBE}/get_vocabulary", body).status == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Format", "XLS"),
        ("S3Uri", "https://bucket/key"),
        ("Other", 1),
    ],
)
def test_parallel_data_takes_nothing_but_what_the_service_takes(api, field, value):
    config = {"S3Uri": "s3://bucket/k.csv", "Format": "CSV", field: value}
    body = {"Name": "p", "ParallelDataConfig": config}
    answer = api("POST", f"{TRANSLATE}/create_parallel_data", body)
    assert answer.status == 400
    assert "ParallelDataConfig" in answer.json["Message"]


@pytest.mark.parametrize(
    ("code", "http_status", "status", "name"),
    [
        ("NotFoundException", 400, 404, "NotFoundError"),
        ("ResourceNotFoundException", 400, 404, "NotFoundError"),
        ("BadRequestException", 400, 400, "BadRequestError"),
        ("InvalidParameterValueException", 400, 400, "BadRequestError"),
        ("UnsupportedLanguagePairException", 400, 400, "BadRequestError"),
        ("InvalidAction", 400, 400, "BadRequestError"),
        ("ConflictException", 400, 409, "ConflictError"),
        ("ConcurrentModificationException", 400, 409, "ConflictError"),
        ("LimitExceededException", 400, 429, "TooManyRequestsError"),
        ("TooManyRequestsException", 400, 429, "TooManyRequestsError"),
        ("ThrottlingException", 400, 429, "TooManyRequestsError"),
        ("AccessDeniedException", 400, 403, "ForbiddenError"),
        ("InternalServerException", 500, 503, "ServiceUnavailableError"),
    ],
)
@pytest.mark.parametrize("method", ["get_terminology", "list_terminologies"])
def test_what_the_service_refuses_keeps_its_kind(
    api, service, code, http_status, status, name, method
):
    service("translate").add_client_error(
        method, code, "the service's own words", http_status_code=http_status
    )
    if method == "get_terminology":
        answer = api("POST", f"{TRANSLATE}/get_terminology", {"terminology_name": "t"})
    else:
        answer = api("GET", f"{TRANSLATE}/list_terminologies")
    assert (answer.status, answer.json["Code"]) == (status, name)
    assert "translate" in answer.json["Message"]
    assert "the service's own words" in answer.json["Message"]


def test_a_service_that_is_not_there_is_said(api, environment, monkeypatch):
    def fail(**request):
        raise EndpointConnectionError(endpoint_url="https://translate.nowhere")

    monkeypatch.setattr(aws.client("translate"), "list_terminologies", fail)
    answer = api("GET", f"{TRANSLATE}/list_terminologies")
    assert (answer.status, answer.json["Code"]) == (503, "ServiceUnavailableError")
    assert "does not answer here" in answer.json["Message"]


def test_what_the_sdk_refuses_is_a_bad_request(environment):
    services = language_services.AwsLanguageServices()
    with pytest.raises(BadRequest, match="VocabularyName"):
        services.call("transcribe", "get_vocabulary", {"VocabularyName": 7})
