"""Assets and their metadata as callers of the data plane see them: over HTTP, signed."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3
from tests.deployed.local_stack import SAMPLE
from tests.deployed.test_two_stacks import settled

from laptop.build import TEMPLATE_BUCKET
from MediaInsightsEngineLambdaHelper import DataPlane
from mie import aws

pytestmark = pytest.mark.deployed

EXTERNAL_BUCKET = "mie-test-media-of-others"
# an operator whose results search does not index, which with so many would take its time
OPERATOR = "trackingOfPoints"
# more than the 6 MB that Lambda takes and gives
LARGE = {"Points": [{"Name": "Dög", "Confidence": 98.4, "Timestamp": n} for n in range(130_000)]}
_PATIENCE_SECONDS = 30


def call(stack, method, path, body=None, status=200, **query):
    answer = stack.dataplane.request(method, path, body, query=query)
    assert answer.status == status, (answer.status, answer.json)
    return answer.json


def refused(stack, method, path, body=None, status=400, **query):
    """The message of a refusal."""
    answer = call(stack, method, path, body, status, **query)
    assert {"Code", "Message"} <= set(answer)
    return answer["Message"]


@pytest.fixture
def create(stack):
    """Makes assets, and deletes them with everything."""
    made = []

    def create(**source):
        if not source:
            key = stack.upload(SAMPLE)
            source = {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": key}
        made.append(call(stack, "POST", "/create", {"Input": source})["AssetId"])
        return made[-1]

    yield create
    for asset_id in made:
        stack.dataplane.request("POST", f"/checkin/{asset_id}")
        assert stack.dataplane.request("DELETE", f"/metadata/{asset_id}").status in (200, 404)


@pytest.fixture
def asset_id(create):
    return create()


@pytest.fixture
def helper(stack, monkeypatch):
    """The library of operators, outside of a Lambda."""
    function = f"{stack.facts['stack_name']}-MediaInsightsDataplaneApiStack"
    environment = {
        "DataplaneEndpoint": function,
        "AWS_ENDPOINT_URL": stack.facts["endpoint_url"],
        "AWS_DEFAULT_REGION": stack.facts["region"],
        "AWS_ACCESS_KEY_ID": stack.facts["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": stack.facts["secret_access_key"],
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    aws.forget()
    yield DataPlane()
    aws.forget()


def store(stack, asset_id, results, operator="labelDetection", workflow="w1", **query):
    body = {"OperatorName": operator, "WorkflowId": workflow, "Results": results}
    return call(stack, "POST", f"/metadata/{asset_id}", body, **query)


def pages(stack, path, **query):
    """Everything that cursors lead to."""
    answers = [call(stack, "GET", path, **query)]
    while "cursor" in answers[-1]:
        answers.append(call(stack, "GET", path, cursor=answers[-1]["cursor"]))
    return answers


def keys(stack, asset_id):
    listed = stack.client("s3").get_paginator("list_objects_v2")
    bucket, prefix = stack.facts["dataplane_bucket"], f"private/assets/{asset_id}/"
    found = listed.paginate(Bucket=bucket, Prefix=prefix)
    return [one["Key"] for page in found for one in page.get("Contents", [])]


# Locks


def test_an_asset_is_checked_out_by_one_of_many_who_try(stack, asset_id):
    def check_out(user):
        path = f"/checkout/{asset_id}"
        return stack.dataplane.request("POST", path, {"LockedBy": user}).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(check_out, map(str, range(8))))
    assert sorted(statuses) == [200] + [409] * 7
    (lock,) = (one for one in locks(stack) if one["AssetId"] == asset_id)
    assert lock["LockedBy"] == str(statuses.index(200))
    assert abs(lock["LockedAt"] - time.time()) < 300
    assert lock["LockedBy"] in refused(stack, "DELETE", f"/metadata/{asset_id}", status=409)
    assert call(stack, "GET", f"/metadata/{asset_id}")["results"].keys() == {
        "S3Bucket",
        "S3Key",
        "Created",
    }
    assert call(stack, "POST", f"/checkin/{asset_id}") == f"Unlocked asset {asset_id}"
    refused(stack, "POST", f"/checkin/{asset_id}", status=409)
    assert asset_id not in [one["AssetId"] for one in locks(stack)]


def locks(stack):
    return [one for page in lists(stack, "/checkouts", 2) for one in page["locks"]]


def lists(stack, path, limit):
    query = {"limit": str(limit)}
    answers = [call(stack, "GET", path, **query)]
    while "cursor" in answers[-1]:
        answers.append(call(stack, "GET", path, **query, cursor=answers[-1]["cursor"]))
    return answers


@pytest.mark.parametrize("path", ["/checkout", "/checkin"])
def test_an_unknown_asset_has_no_lock(stack, path):
    refused(stack, "POST", f"{path}/none", {"LockedBy": "ada"}, status=404)
    assert "none" not in call(stack, "GET", "/metadata")["assets"]


# Lists


@pytest.mark.alone
def test_assets_are_listed_as_a_whole_and_in_pages(stack, create):
    made = {create() for _ in range(5)}
    whole = call(stack, "GET", "/metadata")["assets"]
    answers = lists(stack, "/metadata", 2)
    paged = [one for page in answers for one in page["assets"]]
    assert made <= set(whole)
    assert sorted(paged) == sorted(whole)
    assert all(len(page["assets"]) == 2 for page in answers[:-1])


def test_a_cursor_of_a_list_that_is_forged_or_foreign_is_refused(stack, create):
    for _ in range(2):
        asset_id = create()
    store(stack, asset_id, {"a": 1})
    mine = call(stack, "GET", "/metadata", limit="1")["cursor"]
    of_asset = call(stack, "GET", f"/metadata/{asset_id}")["cursor"]
    for forged in (of_asset, mine[:-2], mine[::-1], "x"):
        assert "cursor" in refused(stack, "GET", "/metadata", cursor=forged)
    assert "cursor" in refused(stack, "GET", "/checkouts", cursor=mine)
    assert "cursor" in refused(stack, "GET", f"/metadata/{asset_id}", cursor=mine)


# Sources


@pytest.fixture
def external_bucket(stack):
    """A bucket that the stack's parameter allows for the time of a test."""
    cloudformation, s3 = stack.client("cloudformation"), stack.client("s3")
    s3.create_bucket(Bucket=EXTERNAL_BUCKET)
    s3.put_object(Bucket=EXTERNAL_BUCKET, Key="a b/ü.jpg", Body=SAMPLE.read_bytes())
    update(stack, cloudformation, f"arn:aws:s3:::{EXTERNAL_BUCKET}")
    yield EXTERNAL_BUCKET
    update(stack, cloudformation, "")
    s3.delete_object(Bucket=EXTERNAL_BUCKET, Key="a b/ü.jpg")
    s3.delete_bucket(Bucket=EXTERNAL_BUCKET)


def update(stack, cloudformation, external_buckets):
    name, region = stack.facts["stack_name"], stack.facts["region"]
    (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in described["Parameters"]}
    parameters["ExternalBucketArns"] = external_buckets
    key = f"media_insights_engine/{stack.outputs(name)['Version']}/media-insights-stack.template"
    cloudformation.update_stack(
        StackName=name,
        TemplateURL=f"https://s3.{region}.amazonaws.com/{TEMPLATE_BUCKET}/{key}",
        Parameters=[
            {"ParameterKey": one, "ParameterValue": value} for one, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    assert settled(cloudformation, name) == "UPDATE_COMPLETE"


# the update of the stack ends what its functions are doing
@pytest.mark.alone
def test_a_source_of_an_allowed_bucket_is_copied_or_works_in_its_place(
    stack, create, external_bucket
):
    source = {"S3Bucket": external_bucket, "S3Key": "a b/ü.jpg", "MediaType": "Image"}
    copied, in_place = create(**source), create(**source, InPlace=True)
    assert keys(stack, copied) == [f"private/assets/{copied}/input/a b/ü.jpg"]
    assert keys(stack, in_place) == []
    located = call(stack, "GET", f"/metadata/{in_place}")["results"]
    assert {key: located[key] for key in source} == source

    body = {"Name": "CasImageWorkflow", "Input": {"AssetId": in_place}}
    started = stack.workflow.request("POST", "/workflow/execution", body)
    assert started.status == 200, started.json
    execution = stack.wait(started.json["Id"])
    # every operator has read the object where it lies
    assert execution["Status"] == "Complete", execution.get("Message")
    found = {one.get("operator") for one in pages(stack, f"/metadata/{in_place}")}
    assert "labelDetection" in found

    for asset_id in (copied, in_place):
        call(stack, "DELETE", f"/metadata/{asset_id}")
        assert keys(stack, asset_id) == []
    kept = stack.client("s3").get_object(Bucket=external_bucket, Key="a b/ü.jpg")
    assert kept["Body"].read() == SAMPLE.read_bytes()


@pytest.mark.alone
def test_other_sources_are_refused_and_leave_nothing(stack):
    before = call(stack, "GET", "/metadata")["assets"]
    own = stack.facts["dataplane_bucket"]
    for source, status, said in (
        ({"S3Bucket": own, "S3Key": "upload/none"}, 404, "upload/none"),
        ({"S3Bucket": own, "S3Key": "upload/x", "InPlace": True}, 400, "Input.InPlace"),
        ({"S3Bucket": "somebody-elses", "S3Key": "x"}, 403, "Input.S3Bucket"),
        ({"S3Bucket": "somebody-elses", "S3Key": "x", "InPlace": True}, 403, "Input.S3Bucket"),
        ({"S3Bucket": own, "S3Key": "upload/x", "MediaType": "x" * 300}, 400, "Input.MediaType"),
    ):
        assert said in refused(stack, "POST", "/create", {"Input": source}, status=status)
    assert call(stack, "GET", "/metadata")["assets"] == before


# Pages


def test_two_writers_of_one_operator_lose_no_page(stack, asset_id):
    """Both append to one result; a third request ends it."""

    def write(writer):
        for number in range(10):
            store(stack, asset_id, {"page": [writer, number]}, paginated="true")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))
    store(stack, asset_id, {"page": "end"}, paginated="true", end="true")
    read = [one["results"]["page"] for one in pages(stack, f"/metadata/{asset_id}/labelDetection")]
    assert read[-1] == "end"
    for writer in range(2):
        assert [one for one in read if one[0] == writer] == [[writer, n] for n in range(10)]


def test_pages_are_read_in_the_order_of_the_requests_and_one_sent_again_counts_once(
    stack, asset_id
):
    for number in range(5):
        query = {"paginated": "true", "token": f"t{number}"}
        for _ in range(1 + number % 2):
            store(stack, asset_id, {"page": number}, **query)
    last = {"paginated": "true", "end": "true", "token": "last"}
    answers = [store(stack, asset_id, {"page": 5}, **last) for _ in range(2)]
    assert answers[0] == answers[1]
    read = pages(stack, f"/metadata/{asset_id}/labelDetection")
    assert [one["results"]["page"] for one in read] == [*range(6)]


def test_pages_of_many_objects_of_the_helper_are_appended(stack, asset_id, helper):
    """Each invocation of an operator has its own."""
    for number in range(5):
        answer = type(helper)().store_asset_metadata(
            asset_id, "frames", "w1", {"frames_result": [number]}, paginate=True, end=number == 4
        )
        assert answer["Status"] == "Success"
    read = pages(stack, f"/metadata/{asset_id}/frames")
    assert [one["results"]["frames_result"] for one in read] == [[n] for n in range(5)]


def test_pages_with_and_without_numbers_are_refused_together(stack, asset_id):
    store(stack, asset_id, {}, paginated="true", page="0")
    body = {"OperatorName": "labelDetection", "WorkflowId": "w1", "Results": {}}
    said = refused(stack, "POST", f"/metadata/{asset_id}", body, status=409, paginated="true")
    assert "either all pages" in said


def test_results_that_many_store_at_once_are_all_kept(stack, asset_id):
    workflows = [f"w{number}" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: store(stack, asset_id, {"of": one}, workflow=one), workflows))
    read = pages(stack, f"/metadata/{asset_id}/labelDetection", workflow_id="*")
    assert sorted(one["workflow_id"] for one in read) == sorted(workflows)
    assert all(one["results"] == {"of": one["workflow_id"]} for one in read)


def test_pages_that_are_sent_again_replace_themselves_and_show_nothing_before_the_end(
    stack, asset_id
):
    path = f"/metadata/{asset_id}/labelDetection"
    store(stack, asset_id, {"old": True}, workflow="w0")
    for number in (0, 1, 1, 0):
        store(stack, asset_id, {"page": number}, paginated="true", page=str(number))
    assert call(stack, "GET", path)["results"] == {"old": True}
    last = {"paginated": "true", "page": "2", "end": "true"}
    answers = [store(stack, asset_id, {"page": 2}, **last) for _ in range(2)]
    assert answers[0] == answers[1]
    assert [one["results"] for one in pages(stack, path)] == [{"page": n} for n in range(3)]
    past = call(stack, "GET", path, workflow_id="w0")
    assert (past["workflow_id"], past["results"]) == ("w0", {"old": True})


def test_a_cursor_that_is_forged_foreign_or_stale_is_refused(stack, create):
    one, other = create(), create()
    for asset_id in (one, other):
        for number in range(2):
            end = {"end": "true"} if number else {}
            page = {"paginated": "true", "page": str(number), **end}
            store(stack, asset_id, {"page": number}, **page)
    path = f"/metadata/{one}/labelDetection"
    cursor = call(stack, "GET", path)["cursor"]
    for forged in (cursor[:-2], cursor[::-1], "x", "%00"):
        assert "cursor" in refused(stack, "GET", path, cursor=forged)
    foreign = call(stack, "GET", f"/metadata/{other}/labelDetection")["cursor"]
    assert "cursor" in refused(stack, "GET", path, cursor=foreign)
    store(stack, one, {"new": True})
    assert "again" in refused(stack, "GET", path, cursor=cursor)


# Results that are larger than a request or an answer


def test_large_results_are_stored_and_read_by_the_library_as_any_other(stack, asset_id, helper):
    for number in range(2):
        answer = helper.store_asset_metadata(
            asset_id, OPERATOR, "w1", {**LARGE, "page": number}, True, number == 1
        )
        assert answer.get("Status") == "Success", answer
    first = helper.retrieve_asset_metadata(asset_id, OPERATOR)
    second = helper.retrieve_asset_metadata(asset_id, OPERATOR, first["cursor"])
    assert [first["results"]["page"], second["results"]["page"]] == [0, 1]
    assert first["results"]["Points"] == LARGE["Points"]
    assert "cursor" not in second
    assert not [key for key in keys(stack, asset_id) if "!uploads" in key]


def test_large_results_are_stored_and_read_over_http(stack, asset_id):
    path, names = f"/metadata/{asset_id}", {"OperatorName": OPERATOR, "WorkflowId": "w1"}
    body = json.dumps(LARGE).encode()
    upload = send(call(stack, "POST", path, names, upload="true"), body)
    assert call(stack, "POST", path, names, uploaded=upload)["Status"] == "Success"
    assert "already" in refused(stack, "POST", path, names, 404, uploaded=upload)
    answer = call(stack, "GET", f"{path}/{OPERATOR}", status=413)
    assert answer["Code"] == "RequestTooLargeError"
    assert urllib3.request("GET", answer["Url"]).json() == LARGE


def send(form, body, status=204, **fields):
    fields = {**form["fields"], **fields, "file": ("file", body)}
    answer = urllib3.request("POST", form["url"], fields=fields)
    assert answer.status == status, answer.data
    return form.get("Upload")


def test_what_is_uploaded_and_is_no_json_object_does_not_count(stack, asset_id):
    path, names = f"/metadata/{asset_id}", {"OperatorName": "op", "WorkflowId": "w1"}
    upload = send(call(stack, "POST", path, names, upload="true"), b"[1, 2]")
    assert "uploaded" in refused(stack, "POST", path, names, uploaded=upload)
    refused(stack, "GET", f"{path}/op", status=404)


# Deleting


def test_a_deletion_says_what_it_removes_and_is_told_to_all(stack, create):
    asset_id, kept = create(), create()
    for one in (asset_id, kept):
        store(stack, one, {"a": 1}, operator="a")
        store(stack, one, {"b": 1}, operator="b")
    names = {"OperatorName": "b", "WorkflowId": "w2"}
    send(call(stack, "POST", f"/metadata/{asset_id}", names, upload="true"), b"{}")
    gone = call(stack, "DELETE", f"/metadata/{asset_id}/a")
    prefix = f"private/assets/{asset_id}/workflows/w1"
    assert gone == {"Deleted": [{"Key": f"{prefix}/a.json"}], "Objects": 1, "Workflows": ["w1"]}
    refused(stack, "DELETE", f"/metadata/{asset_id}/a", status=404)

    # the source's copy, the result, and what was uploaded and never registered
    assert call(stack, "DELETE", f"/metadata/{asset_id}") == {
        "Message": f"Deleted asset: {asset_id} from the dataplane",
        "AssetId": asset_id,
        "Deleted": {"Objects": 3, "Operators": ["b"]},
    }
    assert keys(stack, asset_id) == []
    refused(stack, "DELETE", f"/metadata/{asset_id}", status=404)
    refused(stack, "POST", f"/metadata/{asset_id}", names, status=404, upload="true")
    assert len(keys(stack, kept)) == 3
    told = changes(stack, asset_id, until={"Action": "REMOVE"})
    assert [one for one in told if one["Action"] == "REMOVE"] == [
        {"Action": "REMOVE", "Operator": "a", "AssetId": asset_id},
        {"Action": "REMOVE", "AssetId": asset_id},
    ]


def test_the_stream_points_to_one_array_of_all_pages_which_goes_with_the_result(stack, asset_id):
    for number in range(3):
        end = {"end": "true"} if number == 2 else {}
        store(stack, asset_id, {"page": number}, paginated="true", **end)
    prefix = f"private/assets/{asset_id}/workflows/w1/labelDetection/000001/"
    told = {
        "Action": "MODIFY",
        "Pointer": prefix + "pages.json",
        "Operator": "labelDetection",
        "Workflow": "w1",
        "Manifest": prefix + "manifest.json",
    }
    changes(stack, asset_id, until=told)
    place = {"Bucket": stack.facts["dataplane_bucket"], "Key": told["Pointer"]}
    body = stack.client("s3").get_object(**place)["Body"].read()
    assert json.loads(body) == [{"page": number} for number in range(3)]
    assert call(stack, "DELETE", f"/metadata/{asset_id}/labelDetection")["Objects"] == 5
    assert not [key for key in keys(stack, asset_id) if "/workflows/" in key]


def changes(stack, asset_id, until):
    """What the stream tells of an asset, up to a change without an operator."""
    kinesis = stack.client("kinesis")
    arn = stack.outputs(stack.facts["stack_name"])["AnalyticsStreamArn"]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        told = list(records(kinesis, arn, asset_id))
        if any({**until, "AssetId": asset_id} == one for one in told):
            return told
        time.sleep(0.5)
    pytest.fail(f"the stream does not tell {until} of {asset_id}")


def records(kinesis, arn, asset_id):
    """Those of one asset; other tests put records that are none."""
    for shard in kinesis.list_shards(StreamARN=arn)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamARN=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            answer = kinesis.get_records(ShardIterator=iterator, Limit=10_000)
            for one in answer["Records"]:
                if one["PartitionKey"] == asset_id:
                    yield json.loads(one["Data"])
            if not answer["Records"]:
                break
            iterator = answer.get("NextShardIterator")


# Signed URLs


def test_an_upload_of_another_type_or_key_is_refused_by_s3(stack):
    bucket, key = stack.facts["dataplane_bucket"], f"upload/{uuid.uuid4()}/v.mp4"
    form = call(stack, "POST", "/upload", {"S3Bucket": bucket, "S3Key": key})
    assert form["fields"]["Content-Type"] == "video/mp4"
    send(form, b"video", 403, **{"Content-Type": "text/html"})
    send(form, b"video", 403, key="private/assets/x")
    send(form, b"video")
    head = stack.client("s3").head_object(Bucket=bucket, Key=key)
    assert head["ContentType"] == "video/mp4"
    url = call(stack, "POST", "/download", {"S3Bucket": bucket, "S3Key": key})
    assert urllib3.request("GET", url).data == b"video"
