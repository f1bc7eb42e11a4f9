"""The check of detections: how jobs end, and how their pages are stored."""

import json

import pytest
from tests.operators.rekognition_cases import CASES

from MediaInsightsEngineLambdaHelper import MasExecutionError, MasInputError

KNOWN = {"JobId": "job-1", "AssetId": "asset-1", "WorkflowExecutionId": "workflow-1"}


class Check:
    """An operator's check in its own environment, with a stub in the place of Rekognition."""

    def __init__(self, store_key, load, monkeypatch, stub, event):
        monkeypatch.setenv("OPERATOR_NAME", store_key)
        self.case, self.series = CASES[store_key], ("asset-1", store_key, "workflow-1")
        self.entry_point = getattr(load("rekognition", "check_rekognition_status"), self.case.check)
        self.rekognition = stub("rekognition")
        media = {"Video": {"S3Bucket": "bucket", "S3Key": "clip.mp4"}}
        self.started = {
            **event(store_key, media, self.case.configuration),
            "Status": "Executing",
            "MetaData": KNOWN,
        }

    def __call__(self, output=None):
        """What the check makes of a start's output, or of its own last one."""
        # the machine hands JSON on
        return self.entry_point(json.loads(json.dumps(output or self.started)), None)

    def answers(self, answer, token=""):
        answer = {**answer, "ResponseMetadata": {"RequestId": "r"}}
        self.rekognition.add_response(self.case.get, answer, {"JobId": "job-1", "NextToken": token})

    def pages(self, *numbers, last=False, token=""):
        """Pages with one finding each, the first of them behind the token."""
        for number in numbers:
            ends = last and number == numbers[-1]
            more = {} if ends else {"NextToken": f"to-{number + 1}"}
            self.answers(self.case.results(number, **more), token)
            token = f"to-{number + 1}"

    def refuses(self, code, text="what Rekognition says"):
        self.rekognition.add_client_error(self.case.get, code, text)

    def stored_pages(self, count):
        return [self.case.results(number) for number in range(count)]


@pytest.fixture
def make(load, monkeypatch, stub, event, dataplane):
    return lambda store_key: Check(store_key, load, monkeypatch, stub, event)


@pytest.fixture(params=CASES)
def check(request, make):
    return make(request.param)


@pytest.fixture
def faces(make):
    return make("faceDetection")


def failure(check, output=None, kind=MasExecutionError):
    with pytest.raises(kind) as raised:
        check(output)
    assert type(raised.value) is kind
    failed = raised.value.args[0]
    assert failed["Status"] == "Error"
    assert "PageToken" not in failed["MetaData"]
    assert {"Name", "AssetId", "WorkflowExecutionId", "Input", "Configuration"} <= set(failed)
    return failed["MetaData"][check.case.error_key]


def test_a_result_of_one_page_is_stored_as_a_whole(check, dataplane):
    check.answers(check.case.results(0, 40))
    output = check()
    assert output == {**check.started, "Status": "Complete"}
    assert dataplane.stored == {check.series: check.case.results(0, 40)}
    assert dataplane.pages == {}


def test_a_job_in_progress_is_asked_for_again(check, dataplane):
    check.answers({"JobStatus": "IN_PROGRESS"})
    assert check() == check.started
    assert dataplane.stored == {}


def test_where_nothing_is_found_an_empty_list_is_stored(check, dataplane):
    check.answers({"JobStatus": "SUCCEEDED"})
    check()
    assert dataplane.stored == {check.series: {"JobStatus": "SUCCEEDED", check.case.lists: []}}


def test_pages_are_stored_in_order_without_their_tokens(check, dataplane):
    check.pages(0, 1, 2, last=True)
    assert check()["MetaData"] == KNOWN
    assert dataplane.stored == {check.series: check.stored_pages(3)}


def test_many_pages_take_several_invocations(check, dataplane):
    check.pages(*range(23), last=True)
    first = check()
    assert (first["Status"], first["MetaData"]["PageToken"]) == ("Executing", "to-10")
    assert all(isinstance(value, str) and value for value in first["MetaData"].values())
    assert dataplane.stored == {}
    second = check(first)
    assert second["MetaData"]["PageToken"] == "to-20"
    last = check(second)
    assert last == {**check.started, "Status": "Complete"}
    assert dataplane.stored == {check.series: check.stored_pages(23)}


def test_an_invocation_that_is_repeated_stores_every_page_once(check, dataplane):
    check.pages(*range(10))
    check.pages(*range(12), last=True)
    check()
    check(check())
    assert dataplane.stored == {check.series: check.stored_pages(12)}


def test_with_an_expired_token_the_pages_are_read_anew_and_stored_once(check, dataplane):
    check.pages(*range(10))
    first = check()
    check.refuses("InvalidPaginationTokenException")
    check.pages(*range(12), last=True)
    again = check(first)
    # the refusal was one of ten calls
    assert again["MetaData"]["PageToken"] == "to-9"
    assert check(again) == {**check.started, "Status": "Complete"}
    assert dataplane.stored == {check.series: check.stored_pages(12)}


def test_a_result_that_is_shorter_when_read_anew_has_no_old_pages(faces, dataplane):
    faces.pages(*range(10))
    first = faces()
    faces.refuses("InvalidPaginationTokenException")
    faces.pages(0, 1, last=True)
    faces(first)
    assert dataplane.stored == {faces.series: faces.stored_pages(2)}


def test_a_token_that_always_expires_ends_in_an_error(faces):
    for _ in range(4):
        faces.pages(0)
        faces.refuses("InvalidPaginationTokenException")
    assert failure(faces).startswith("The pages cannot be read to their end: ")


def test_expired_tokens_are_counted_across_invocations(faces):
    output = faces.started
    for _ in range(3):
        faces.pages(*range(9 if output["MetaData"].get("PageToken") else 10))
        output = faces(output)
        faces.refuses("InvalidPaginationTokenException")
    faces.pages(*range(9))
    output = faces(output)
    faces.refuses("InvalidPaginationTokenException")
    assert failure(faces, output).startswith("The pages cannot be read to their end: ")


def test_a_token_that_expires_with_the_last_call_leaves_a_sound_output(faces, dataplane):
    faces.pages(*range(9))
    faces.refuses("InvalidPaginationTokenException")
    between = faces()
    assert between["Status"] == "Executing"
    assert "PageToken" not in between["MetaData"]
    faces.pages(0, 1, last=True)
    assert faces(between) == {**faces.started, "Status": "Complete"}
    assert dataplane.stored == {faces.series: faces.stored_pages(2)}


def test_a_failed_job_says_why_and_is_not_asked_for_again(check, dataplane):
    check.answers({"JobStatus": "FAILED", "StatusMessage": "The video has no frames"})
    assert failure(check, kind=MasInputError) == "The video has no frames"
    assert dataplane.stored == {}


def test_a_video_that_the_service_does_not_read_is_failed_with_the_way_out(check):
    check.answers({"JobStatus": "FAILED", "StatusMessage": "Unsupported codec/format."})
    said = failure(check, kind=MasInputError)
    assert said.startswith("Unsupported codec/format. Rekognition reads H.264")
    assert "Thumbnail" in said


def test_a_failed_job_without_a_message_is_an_error_in_words(faces):
    faces.answers({"JobStatus": "FAILED"})
    assert failure(faces, kind=MasInputError) == "The job failed without a reason"


def test_an_unknown_status_is_named(check):
    check.answers({"JobStatus": "PAUSED"})
    assert failure(check) == "Unable to determine status: PAUSED"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ThrottlingException", MasExecutionError),
        ("InternalServerError", MasExecutionError),
        # of the first page, which has no token that could expire
        ("InvalidPaginationTokenException", MasExecutionError),
        ("ResourceNotFoundException", MasInputError),
    ],
)
def test_an_error_of_the_service_reaches_the_error_key(check, code, kind):
    check.refuses(code)
    assert "what Rekognition says" in failure(check, kind=kind)


def test_what_the_data_plane_refuses_reaches_the_error_key(check, dataplane):
    check.pages(0)
    dataplane.answer = (404, {"Code": "NotFoundError", "Message": "asset-1 does not exist"})
    said = failure(check, kind=MasInputError)
    assert said == "Unable to upload metadata for asset: asset-1: asset-1 does not exist"


@pytest.mark.parametrize("missing", [{}, {"JobId": ""}])
def test_a_job_nobody_started_is_an_error(check, missing):
    said = failure(check, {**check.started, "MetaData": missing}, kind=MasInputError)
    assert said == "Missing a required metadata key 'JobId'"


def test_what_was_complete_at_the_start_stays_so(check):
    done = {**check.started, "Status": "Complete", "MetaData": {}}
    assert check(done) == done


# the second key is what executions have that an earlier version began
@pytest.mark.parametrize("key", ["JobWaits", "RekognitionJobWaits"])
def test_a_job_that_had_to_wait_is_started_by_the_check(check, key):
    waiting = {**check.started, "MetaData": {key: "too many jobs"}}
    if "CollectionId" in check.case.configuration:
        check.rekognition.add_response("describe_collection", {"FaceCount": 1})
    check.rekognition.add_response(check.case.start, {"JobId": "job-1"})
    assert check(waiting) == check.started


def test_assets_that_alternate_in_a_warm_process_share_nothing(faces, dataplane):
    faces.pages(*range(10))
    assert "PageToken" in faces()["MetaData"]
    faces.answers({"JobStatus": "IN_PROGRESS"})
    other = {**faces.started, "AssetId": "asset-2"}
    assert faces(other) == other


def test_older_module_names_lead_to_the_same_entry_points(load):
    now = load("rekognition", "check_rekognition_status")
    for name in (*(case.check for case in CASES.values()), "check_person_tracking_status"):
        assert load("rekognition", name).lambda_handler is getattr(now, name)


def test_person_tracking_says_that_it_is_retired(load, event):
    check = load("rekognition", "check_rekognition_status").check_person_tracking_status
    with pytest.raises(MasInputError) as raised:
        check({**event("personTracking", {}), "Status": "Executing", "MetaData": KNOWN}, None)
    assert "2025-10-31" in raised.value.args[0]["MetaData"]["PersonTrackingError"]
