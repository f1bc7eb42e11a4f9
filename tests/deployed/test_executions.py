"""Executions are cancelled, retried, listed in pages, and never more at once than allowed."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from tests.deployed.local_stack import SAMPLE
from tests.fakes.clips import sound_only

# alone: it counts the slots that are taken
pytestmark = [pytest.mark.deployed, pytest.mark.alone]

ASYNC = ("VideoAsyncOKLambda", "VideoAsyncOKMonitorLambda")


@dataclass(frozen=True)
class Slow:
    """A workflow, and the configuration with which it takes twenty seconds."""

    name: str
    longer: dict


@pytest.fixture
def asynchronous(definitions):
    """A workflow whose one operator takes some seconds; and how to let it take more."""
    operator = definitions.operator("slow", *ASYNC)
    stage = definitions.stage("slowly", operator)
    return Slow(definitions.workflow("slow", stage), {stage: {operator: {"PollSeconds": 20}}})


@pytest.fixture
def waiting(definitions):
    """A workflow of a stage that waits when it is told to; and that stage."""
    stage = definitions.stage("wait", "Wait")
    return definitions.workflow("waits", stage), stage


def start_waiting(stack, waiting, **more):
    workflow, stage = waiting
    configuration = {stage: {"Wait": {"Enabled": True, **more}}}
    return stack.start(workflow, "Video", configuration=configuration)


def post(stack, execution, action, body=None):
    return stack.workflow.request("POST", f"/workflow/execution/{execution['Id']}/{action}", body)


def cancel(stack, execution):
    answer = post(stack, execution, "cancel")
    assert answer.status == 200, answer.json
    return answer.json


def machine_status(stack, execution):
    arn = execution["StateMachineExecutionArn"]
    return stack.client("stepfunctions").describe_execution(executionArn=arn)["status"]


def slots(stack):
    """What the counter says, and how many hold a slot."""
    table = f"{stack.facts['stack_name']}System"
    item = stack.client("dynamodb").get_item(
        TableName=table, Key={"Name": {"S": "RunningExecutions"}}, ConsistentRead=True
    )["Item"]
    started = stack.workflow.request("GET", "/workflow/execution/status/Started").json
    return int(item["Value"]["N"]), len(started)


def assert_no_slot_is_taken(stack):
    deadline = time.monotonic() + 30
    while slots(stack) != (0, 0) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert slots(stack) == (0, 0)


@contextmanager
def holding_the_only_slot(stack, limit, slow):
    """An execution that runs while nothing else can."""
    limit(1)
    holder = stack.start(slow.name, "Video", configuration=slow.longer)
    stack.wait(holder["Id"], {"Started"})
    try:
        yield holder
        assert status(stack, holder) == "Started"
    finally:
        # also when the test failed: a workflow must not be removed under what runs
        post(stack, holder, "cancel")


def status(stack, execution):
    path = f"/workflow/execution/{execution['Id']}"
    return stack.workflow.request("GET", path).json["Status"]


def stage_statuses(execution):
    return {stage["Status"] for stage in execution["Workflow"]["Stages"].values()}


def claims(stack):
    """Asset -> the execution that has it."""
    table = f"{stack.facts['stack_name']}WorkflowExecutionClaim"
    found = stack.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    assets = [one for one in found if one["Id"]["S"].startswith("asset/")]
    return {one["Id"]["S"].removeprefix("asset/"): one["ExecutionId"]["S"] for one in assets}


class TestOneForAnAsset:
    def test_of_many_requests_at_once_one_starts(self, stack, asynchronous):
        # none ends by itself before it is looked at, however slow the machine is
        slower = {
            stage: {one: {"PollSeconds": 120} for one in operators}
            for stage, operators in asynchronous.longer.items()
        }
        first = stack.start(asynchronous.name, "Video", configuration=slower)
        cancel(stack, first)
        assert first["AssetId"] not in claims(stack)
        body = {
            "Name": asynchronous.name,
            "Input": {"AssetId": first["AssetId"]},
            "Configuration": slower,
        }

        def start(_number):
            return stack.workflow.request("POST", "/workflow/execution", body)

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(start, range(6)))
        (made,) = [one.json for one in answers if one.status == 200]
        others = [one for one in answers if one.status != 200]
        assert {one.status for one in others} <= {409, 429}
        told = [one.json["Message"] for one in others if one.status == 409]
        assert all(f"Id = {made['Id']}" in one for one in told)
        assert claims(stack)[first["AssetId"]] == made["Id"]
        # a retry takes the asset, too
        assert post(stack, first, "retry").status == 409
        cancel(stack, made)
        assert post(stack, first, "retry").status == 200
        assert claims(stack)[first["AssetId"]] == first["Id"]
        stack.workflow.request("DELETE", f"/workflow/execution/{first['Id']}")
        assert first["AssetId"] not in claims(stack)
        assert_no_slot_is_taken(stack)


class TestCancelling:
    def test_a_queued_execution_never_runs(self, stack, limit, asynchronous):
        with holding_the_only_slot(stack, limit, asynchronous):
            queued = stack.start(asynchronous.name, "Video")
            cancelled = cancel(stack, queued)
            assert (cancelled["Status"], cancelled["Message"]) == ("Error", "Cancelled by request")
            assert stage_statuses(cancelled) == {"Error"}
        assert_no_slot_is_taken(stack)
        record = stack.workflow.request("GET", f"/workflow/execution/{queued['Id']}").json
        assert record == cancelled
        assert "StateMachineExecutionArn" not in record

    def test_a_running_execution_is_stopped_and_its_slot_free(self, stack, asynchronous):
        running = stack.wait(stack.start(asynchronous.name, "Video")["Id"], {"Started"})
        cancelled = cancel(stack, running)
        assert stage_statuses(cancelled) == {"Error"}
        assert machine_status(stack, running) == "ABORTED"
        assert_no_slot_is_taken(stack)
        # a second request, and whatever the event of the stopped machine did
        time.sleep(2)
        assert cancel(stack, running) == cancelled
        assert_no_slot_is_taken(stack)

    def test_a_waiting_execution_is_stopped(self, stack, waiting):
        record = stack.wait(start_waiting(stack, waiting)["Id"], {"Waiting"})
        cancel(stack, record)
        assert machine_status(stack, record) == "ABORTED"
        path, body = f"/workflow/execution/{record['Id']}", {"WaitingStageName": waiting[1]}
        assert stack.workflow.request("PUT", path, body).status == 409
        assert_no_slot_is_taken(stack)

    def test_what_has_ended_is_a_conflict_and_what_is_not_there_not_found(self, stack, definitions):
        operator = definitions.operator("quick", "VideoSyncOKLambda")
        done = stack.run(definitions.workflow("done", definitions.stage("one", operator)), "Video")
        answer = post(stack, done, "cancel")
        assert (answer.status, answer.json["Code"]) == (409, "ConflictError")
        assert "Complete" in answer.json["Message"]
        assert post(stack, {"Id": "none"}, "cancel").status == 404


class TestRetrying:
    @pytest.fixture
    def failed(self, stack, definitions):
        """Its second stage failed, because its operator is configured to; and its stages."""
        first = definitions.operator("first", "VideoSyncOKLambda")
        # an operator for another medium is skipped, and one that fails fails
        bad = definitions.operator("bad", "VideoSyncFailLambda")
        last = definitions.operator("last", "VideoSyncOKLambda")
        names = [definitions.stage("one", first), definitions.stage("two", bad)]
        names.append(definitions.stage("three", last))
        record = stack.run(definitions.workflow("retried", *names), "Video")
        assert record["Status"] == "Error"
        return record, names, bad

    def test_it_continues_at_its_failed_stage_once_the_configuration_is_right(self, stack, failed):
        record, (one, two, three), bad = failed
        again = post(stack, record, "retry")
        assert (again.status, again.json["Status"], again.json["CurrentStage"]) == (
            200,
            "Queued",
            two,
        )
        assert stack.wait(record["Id"])["Status"] == "Error"
        fixed = post(stack, record, "retry", {"Configuration": {two: {bad: {"Enabled": False}}}})
        assert fixed.status == 200, fixed.json
        done = stack.wait(record["Id"])
        assert (done["Status"], done["Attempt"]) == ("Complete", 3), done.get("Message")
        stages = done["Workflow"]["Stages"]
        assert stages[one] == record["Workflow"]["Stages"][one]
        assert stages[two]["Outputs"][0]["Status"] == "Skipped"
        assert stages[three]["Outputs"][0]["Status"] == "Complete"
        assert done["StateMachineExecutionArn"] == f"{record['StateMachineExecutionArn']}-3"
        assert_no_slot_is_taken(stack)

    def test_it_waits_for_a_slot_like_any_other(self, stack, limit, failed, asynchronous):
        record, _, _ = failed
        with holding_the_only_slot(stack, limit, asynchronous):
            assert post(stack, record, "retry").status == 200
            time.sleep(1)
            assert status(stack, record) == "Queued"
            assert post(stack, record, "retry").status == 409
        assert stack.wait(record["Id"])["Status"] == "Error"
        assert_no_slot_is_taken(stack)

    def test_a_cancelled_execution_is_retried(self, stack, asynchronous):
        running = stack.wait(stack.start(asynchronous.name, "Video")["Id"], {"Started"})
        cancel(stack, running)
        assert post(stack, running, "retry").status == 200
        assert stack.wait(running["Id"])["Status"] == "Complete"

    def test_a_job_that_failed_is_started_anew_and_one_that_succeeded_found_again(
        self, stack, definitions, tmp_path
    ):
        bad = definitions.operator("bad", "VideoSyncFailLambda")
        stage = definitions.stage("heard", "TranscribeVideo", bad)
        broken = tmp_path / "sound.mp4"
        broken.write_bytes(b"no video")
        record = stack.run(definitions.workflow("mended", stage), "Video", path=broken)

        def transcription(record):
            stage_now = record["Workflow"]["Stages"][stage]
            outputs = {one["Name"]: one for one in stage_now["Outputs"]}
            found = outputs["TranscribeVideo"]
            return found["Status"], found["MetaData"]["TranscribeJobId"]

        failed, first = transcription(record)
        assert failed == "Error"
        # the operator that fails hands on a medium of its own
        video = record["Workflow"]["Stages"][stage]["Input"]["Media"]["Video"]
        stack.client("s3").put_object(
            Bucket=video["S3Bucket"],
            Key=video["S3Key"],
            Body=sound_only(tmp_path / "mended.mp4").read_bytes(),
        )
        # the other operator fails the stage once more
        assert post(stack, record, "retry").status == 200
        mended, second = transcription(stack.wait(record["Id"]))
        assert mended == "Complete"
        assert second != first
        body = {"Configuration": {stage: {bad: {"Enabled": False}}}}
        assert post(stack, record, "retry", body).status == 200
        done = stack.wait(record["Id"])
        assert done["Status"] == "Complete", done.get("Message")
        assert transcription(done) == ("Complete", second)

    @pytest.mark.parametrize("body", [{"Configuration": 7}, {"Configuration": {"none": {}}}])
    def test_a_wrong_body_is_refused(self, stack, failed, body):
        answer = post(stack, failed[0], "retry", body)
        assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
        assert "Configuration" in answer.json["Message"]

    def test_a_finished_stage_keeps_its_configuration(self, stack, failed):
        record, (one, _, _), _ = failed
        answer = post(stack, record, "retry", {"Configuration": {one: {}}})
        assert answer.status == 400
        assert f"Configuration.{one}: this stage has finished" in answer.json["Message"]


class TestPages:
    def pages(self, stack, path, limit):
        found, query = [], {"limit": str(limit)}
        while True:
            answer = stack.workflow.request("GET", path, query=query)
            assert answer.status == 200, answer.json
            assert len(answer.json["Executions"]) <= limit
            found += answer.json["Executions"]
            if "Cursor" not in answer.json:
                return found
            query = {"limit": str(limit), "cursor": answer.json["Cursor"]}

    def test_pages_show_what_the_whole_list_shows(self, stack, definitions):
        operator = definitions.operator("quick", "VideoSyncOKLambda")
        workflow = definitions.workflow("listed", definitions.stage("one", operator))
        records = [stack.run(workflow, "Video") for _ in range(5)]
        for path in ("", "/status/Complete", f"/asset/{records[0]['AssetId']}"):
            whole = stack.workflow.request("GET", f"/workflow/execution{path}")
            assert isinstance(whole.json, list)
            found = self.pages(stack, f"/workflow/execution{path}", 20)
            key = lambda one: one["Id"]  # noqa: E731
            assert sorted(found, key=key) == sorted(whole.json, key=key)
        every = stack.workflow.request("GET", "/workflow/execution").json
        assert {one["Id"] for one in records} <= {one["Id"] for one in every}

    @pytest.mark.parametrize("size", ["0", "101", "x", "", "-1", "1.0"])
    def test_a_wrong_limit_is_refused(self, stack, size):
        answer = stack.workflow.request("GET", "/workflow/execution", query={"limit": size})
        assert (answer.status, answer.json["Code"]) == (400, "BadRequestError")
        assert answer.json["Message"].startswith("limit: ")

    def test_a_cursor_is_good_for_its_list_only(self, stack, definitions):
        operator = definitions.operator("quick", "VideoSyncOKLambda")
        workflow = definitions.workflow("listed", definitions.stage("one", operator))
        for _ in range(2):
            stack.run(workflow, "Video")
        one = {"limit": "1"}
        cursor = stack.workflow.request("GET", "/workflow/execution", query=one).json["Cursor"]
        for path, forged in (
            ("/workflow/execution/status/Complete", cursor),
            ("/workflow/execution", cursor[:-2]),
            ("/workflow/execution", "e30"),
            ("/workflow/execution", "%"),
        ):
            answer = stack.workflow.request("GET", path, query={"cursor": forged})
            assert answer.status == 400, (path, forged)
            assert answer.json["Message"].startswith("cursor: ")


class TestTheLimit:
    def test_a_resumed_execution_completes_when_it_gets_its_slot(
        self, stack, limit, waiting, asynchronous
    ):
        limit(1)
        # the Wait operator looks every second
        often = {"PollSeconds": 1, "MaxPollSeconds": 1, "TimeoutSeconds": 600}
        record = start_waiting(stack, waiting, **often)
        stack.wait(record["Id"], {"Waiting"})
        path, body = f"/workflow/execution/{record['Id']}", {"WaitingStageName": waiting[1]}
        elsewhere = stack.workflow.request("PUT", path, {"WaitingStageName": "elsewhere"})
        assert elsewhere.status == 400
        with holding_the_only_slot(stack, limit, asynchronous):
            assert stack.workflow.request("PUT", path, body).json["Status"] == "Resumed"
            for _ in range(12):
                time.sleep(1)
                assert status(stack, record) == "Resumed"
        assert stack.wait(record["Id"])["Status"] == "Complete"
        assert_no_slot_is_taken(stack)

    @pytest.mark.parametrize("most", [1, 5, 20])
    def test_twenty_executions_are_done_and_never_more_run_than_allowed(
        self, stack, limit, definitions, most
    ):
        operator = definitions.operator("quick", "VideoSyncOKLambda")
        workflow = definitions.workflow("drained", definitions.stage("one", operator))
        limit(most)
        key = stack.upload(SAMPLE)
        location = {"S3Bucket": stack.facts["dataplane_bucket"], "S3Key": key}
        body = {"Name": workflow, "Input": {"Media": {"Video": location}}}
        ids = set()
        for _ in range(20):
            answer = stack.workflow.request("POST", "/workflow/execution", body)
            assert answer.status == 200, answer.json
            ids.add(answer.json["Id"])
        peak, ended, deadline = 0, set(), time.monotonic() + 240
        while ended != ids and time.monotonic() < deadline:
            # one request: what is read one after another was never true at once
            started = stack.workflow.request("GET", "/workflow/execution/status/Started").json
            peak = max(peak, len(ids & {one["Id"] for one in started}))
            done = stack.workflow.request("GET", "/workflow/execution/status/Complete").json
            ended = ids & {one["Id"] for one in done}
        assert ended == ids
        assert peak <= most
        assert_no_slot_is_taken(stack)


def test_deleting_a_running_execution_stops_its_machine(stack, asynchronous):
    running = stack.wait(stack.start(asynchronous.name, "Video")["Id"], {"Started"})
    path = f"/workflow/execution/{running['Id']}"
    assert stack.workflow.request("DELETE", path).status == 200
    assert machine_status(stack, running) == "ABORTED"
    assert stack.workflow.request("GET", path).status == 404
    assert_no_slot_is_taken(stack)


def test_an_asset_with_an_active_execution_is_a_conflict(stack, asynchronous):
    running = stack.wait(stack.start(asynchronous.name, "Video")["Id"], {"Started"})
    body = {"Name": asynchronous.name, "Input": {"AssetId": running["AssetId"]}}
    answer = stack.workflow.request("POST", "/workflow/execution", body)
    assert (answer.status, answer.json["Code"]) == (409, "ConflictError")
    assert running["Id"] in answer.json["Message"]
    cancel(stack, running)
    second = stack.workflow.request("POST", "/workflow/execution", body)
    assert second.status == 200, second.json
    assert stack.wait(second.json["Id"])["Status"] == "Complete"


class TestTheSweep:
    """What a process that died, or somebody at the console, left behind."""

    @staticmethod
    def sweep(stack):
        """What the schedule does once a minute."""
        answer = stack.client("lambda").invoke(
            FunctionName=f"{stack.facts['stack_name']}-WorkflowScheduler",
            Payload=b'{"source": "aws.events"}',
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def test_it_claims_the_asset_of_an_execution_of_an_earlier_release(self, stack, waiting):
        record = stack.wait(start_waiting(stack, waiting)["Id"], {"Waiting"})
        table = f"{stack.facts['stack_name']}WorkflowExecutionClaim"
        key = {"Id": {"S": f"asset/{record['AssetId']}"}}
        stack.client("dynamodb").delete_item(TableName=table, Key=key)
        self.sweep(stack)
        assert claims(stack)[record["AssetId"]] == record["Id"]
        cancel(stack, record)
        assert record["AssetId"] not in claims(stack)

    @staticmethod
    def update(stack, table, key, expression, **values):
        stack.client("dynamodb").update_item(
            TableName=stack.facts["stack_name"] + table,
            Key=key,
            UpdateExpression=expression,
            ExpressionAttributeNames={"#s": "Status"} if "#s" in expression else {"#v": "Value"},
            ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
        )

    def take_slot(self, stack, number):
        counter = {"Name": {"S": "RunningExecutions"}}
        self.update(stack, "System", counter, "ADD #v :n", n={"N": str(number)})

    def test_it_starts_what_was_admitted_and_never_started(self, stack, limit, asynchronous):
        with holding_the_only_slot(stack, limit, asynchronous) as holder:
            record = stack.start(asynchronous.name, "Video")
            # what the scheduler writes before it starts the machine
            arn = holder["Workflow"]["StateMachineArn"].replace(":stateMachine:", ":execution:")
            self.update(
                stack,
                "WorkflowExecution",
                {"Id": {"S": record["Id"]}},
                "SET #s = :started, StateMachineExecutionArn = :arn",
                started={"S": "Started"},
                arn={"S": f"{arn}:{asynchronous.name}{record['Id']}"},
            )
            self.take_slot(stack, 1)
            self.sweep(stack)
        done = stack.wait(record["Id"])
        assert done["Status"] == "Complete", done.get("Message")
        assert_no_slot_is_taken(stack)

    def test_it_corrects_a_count_that_blocks_everything(self, stack, limit, asynchronous):
        limit(1)
        assert_no_slot_is_taken(stack)
        self.take_slot(stack, 3)
        record = stack.start(asynchronous.name, "Video")
        self.sweep(stack)
        time.sleep(2)
        assert (status(stack, record), slots(stack)) == ("Queued", (3, 0))
        # the index may lag, so it is only believed when nothing has changed for half a minute
        time.sleep(30)
        self.sweep(stack)
        assert stack.wait(record["Id"])["Status"] == "Complete"
        assert_no_slot_is_taken(stack)
