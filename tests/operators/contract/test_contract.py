"""What every operator has to keep to, tried on each of them.

The scenarios say how an operator is fed; harness.py says what they have to tell. That modules
import with an empty environment is tried in tests/architecture, and that manifests agree with
handlers, packages, template and docs in tests/deployment.
"""

import pytest
from tests import state_machines
from tests.consumers.elastic.conftest import consumer  # noqa: F401 - a fixture
from tests.operators.contract.harness import (
    Runner,
    allowed_actions,
    called_actions,
    operators,
    scenarios,
)
from tests.operators.contract.stand_ins import BUCKET, World

from mie.core import asl

OPERATORS, SCENARIOS = operators(), scenarios()
ALLOWED = allowed_actions()
WITH_SCENARIO = [name for name in OPERATORS if name in SCENARIOS]


def those(wanted):
    """The operators whose scenario has something."""
    return [name for name in WITH_SCENARIO if wanted(SCENARIOS[name])]


@pytest.fixture
def runner(request, load, monkeypatch):
    operator, folder = OPERATORS[request.param]
    first = Runner(operator, folder, SCENARIOS[request.param], World(), load, monkeypatch)
    return first.in_new_world()


def each_of(names):
    return pytest.mark.parametrize("runner", names, indirect=True)


def each_failing(field):
    """Every pair of an operator and something that it calls."""
    pairs = [(name, one) for name in WITH_SCENARIO for one in getattr(SCENARIOS[name], field)]
    return pytest.mark.parametrize(("runner", "service"), pairs, indirect=["runner"])


def test_every_operator_has_a_scenario():
    assert set(SCENARIOS) == set(OPERATORS)


@each_of(those(lambda one: not one.retired))
def test_an_operator_ends_complete_and_what_it_stores_is_read(runner, consumer):  # noqa: F811
    event = runner.event("asset-1")
    before = stored_of(runner, "asset-1")
    done = runner.run(event)
    assert done.status == "Complete", done.output["MetaData"]
    after = stored_of(runner, "asset-1")
    stored = {name: after[name] for name in after if after[name] != before.get(name)}
    findings = {
        name: [one for page in pages for one in kind.findings(page)]
        for name, pages in stored.items()
        if (kind := consumer.kinds.kind_of(name)) is not None
    }
    scenario = runner.scenario
    assert any(findings.values()) == scenario.searched
    if scenario.searched:
        read = [one for found in findings.values() for one in found]
    else:
        read = [page for pages in stored.values() for page in pages]
    assert scenario.fields <= {key for one in read for key in one}


@each_of(WITH_SCENARIO)
def test_an_operator_writes_into_the_folder_of_its_asset_only(runner):
    before = {name: dict(objects) for name, objects in runner.world.s3.buckets.items()}
    event = runner.event("asset-1")
    there = {name: dict(objects) for name, objects in runner.world.s3.buckets.items()}
    runner.run(event)
    s3 = runner.world.s3
    assert [one for one in s3.written if one[0] != BUCKET] == []
    assert [key for _, key in s3.written if not key.startswith("private/assets/asset-1/")] == []
    assert [key for _, key in s3.written if "//" in key] == []
    sources = {
        (bucket, key): body
        for bucket, objects in there.items()
        for key, body in objects.items()
        if key not in before[bucket]
    }
    assert s3.deleted == []
    assert all(s3.buckets[bucket][key] == body for (bucket, key), body in sources.items())


@each_of(those(lambda one: not one.retired))
def test_the_role_allows_what_the_functions_call(runner):
    """The local AWS does not look at roles, AWS does."""
    called = set()
    for prepare in (runner.scenario.prepare, *runner.scenario.missing.values()):
        world = runner.in_new_world()
        world.run(world.event("asset-1", prepare))
        called |= called_actions(world.world)
    assert called - ALLOWED[runner.operator.name] == set()


@each_of(WITH_SCENARIO)
def test_assets_that_alternate_in_a_warm_process_share_nothing(runner):
    """Nor does what failed in between leave anything behind."""
    alone = {asset: result_of(runner, asset) for asset in ("one", "three")}

    world = runner.in_new_world()
    first = world.start(world.event("one"))
    failed = fail_once(world, "two")
    third = world.start(world.event("three"))
    fourth = world.finish(fail_later(world, "four"))
    results = {"three": world.finish(third), "one": world.finish(first)}

    assert {asset: (results[asset].output, stored_of(world, asset)) for asset in results} == alone
    for outcome in (failed, fourth):
        texts = str(outcome.output)
        assert not any(f"'{asset}'" in texts for asset in ("one", "three"))


def result_of(runner, asset):
    """The output and what is stored, where there is this asset only."""
    runner = runner.in_new_world()
    return runner.run(runner.event(asset)).output, stored_of(runner, asset)


def stored_of(runner, asset):
    return runner.world.dataplane.results(asset)


def fail_once(runner, asset):
    """The outcome of a start at which everything fails."""
    event = runner.event(asset)
    runner.world.failing.update(dict.fromkeys(runner.scenario.at_start, "ThrottlingException"))
    outcome = runner.start(event)
    runner.world.failing.clear()
    return outcome


def fail_later(runner, asset):
    """The outcome of a check at which everything fails; of a start where there is no check."""
    started = runner.start(runner.event(asset))
    if started.error is not None or not runner.scenario.at_check:
        return started
    runner.world.failing.update(dict.fromkeys(runner.scenario.at_check, "ThrottlingException"))
    outcome = runner.check(started)
    runner.world.failing.clear()
    return outcome


@each_of(WITH_SCENARIO)
def test_a_start_that_is_invoked_again_makes_no_second_job(runner):
    event = runner.event("asset-1")
    first = runner.start(event)
    jobs = runner.jobs()
    second = runner.start(event)
    assert runner.jobs() == jobs
    assert second.output == first.output
    done = runner.finish(second)
    assert (done.output, stored_of(runner, "asset-1")) == result_of(runner, "asset-1")


@each_of(those(lambda one: one.running))
def test_a_job_that_fails_once_is_started_anew_by_a_retry_and_then_found_again(runner):
    """A retry is the next attempt of the execution; the others of several jobs are not touched."""
    event = runner.event("asset-1")
    runner.let_one_fail()
    failed = runner.run(event)
    assert failed.error is not None
    assert not failed.is_retried
    jobs = runner.jobs()
    for attempt in (2, 3, 4):
        runner.let_time_pass()
        assert runner.run({**event, "Attempt": attempt}).status == "Complete"
        assert runner.jobs() == jobs + 1


@each_of(those(lambda one: one.running))
def test_a_job_that_fails_again_is_started_once_in_each_attempt(runner):
    event = runner.event("asset-1")
    runner.let_one_fail()
    runner.run(event)
    jobs = runner.jobs()
    for attempt in (2, 3):
        runner.let_time_pass()
        runner.let_one_fail()
        failed = runner.run({**event, "Attempt": attempt})
        assert failed.error is not None
        assert not failed.is_retried
        assert runner.jobs() == jobs + attempt - 1


@each_of(those(lambda one: one.running))
def test_a_job_that_runs_is_found_again_by_a_retry(runner):
    event = runner.event("asset-1")
    started = runner.start(event)
    jobs = runner.jobs()
    runner.keep_running()
    runner.let_time_pass()
    again = runner.start({**event, "Attempt": 2})
    assert again.output == {**started.output, "Attempt": 2}
    assert runner.check(again).status == "Executing"
    assert runner.jobs() == jobs


# Polly has no tokens; a task is known by its sound, which one that failed has not
@each_of(those(lambda one: one.running and "polly" not in one.services))
def test_a_job_that_fails_at_once_is_not_started_again_within_the_attempt(runner):
    event = runner.event("asset-1")
    runner.let_one_fail()
    runner.start(event)
    jobs = runner.jobs()
    runner.start(event)
    assert runner.run(event).error is not None
    assert runner.jobs() == jobs


@each_of(WITH_SCENARIO)
def test_an_event_without_an_attempt_is_of_the_first(runner):
    """Machines of earlier versions run on; an upgrade pays for no job a second time."""
    event = runner.event("asset-1")
    first = runner.start(event)
    jobs = runner.jobs()
    without = {key: value for key, value in event.items() if key != "Attempt"}
    said = {key: value for key, value in first.output.items() if key != "Attempt"}
    assert runner.start(without).output == said
    assert runner.jobs() == jobs


@each_of(WITH_SCENARIO)
def test_every_asset_and_every_execution_has_jobs_of_its_own(runner):
    event = runner.event("one")
    runner.start(event)
    jobs = runner.jobs()
    runner.start({**event, "WorkflowExecutionId": "workflow-2"})
    assert runner.jobs() == 2 * jobs
    runner.start(runner.event("two"))
    assert runner.jobs() == 3 * jobs


@each_failing("at_start")
@pytest.mark.parametrize("code", ["ThrottlingException", "LimitExceededException"])
def test_a_start_that_comes_at_the_wrong_time_is_tried_again_or_waits(runner, service, code):
    event = runner.event("asset-1")
    runner.world.failing[service] = code
    outcome = runner.start(event)
    if outcome.error is not None:
        assert outcome.is_retried
        runner.world.failing.clear()
        assert runner.run(event).error is None or runner.scenario.retired
        return
    assert outcome.status == "Executing"
    assert code in outcome.output["MetaData"]["JobWaits"]
    outcome = runner.check(outcome)
    assert (outcome.status, code in outcome.output["MetaData"]["JobWaits"]) == ("Executing", True)
    runner.world.failing.clear()
    done = runner.finish(outcome)
    assert done.status == "Complete"
    assert "JobWaits" not in done.output["MetaData"]


@each_failing("at_start")
@pytest.mark.parametrize("code", ["InternalServerException"])
def test_what_a_service_refuses_at_the_start_is_in_the_error_key(runner, service, code):
    event = runner.event("asset-1")
    runner.world.failing[service] = code
    outcome = runner.start(event)
    assert outcome.error is not None
    assert outcome.is_retried, "it may pass"
    runner.world.failing.clear()
    assert runner.run(event).error is None or runner.scenario.retired


@each_failing("at_check")
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
def test_what_a_service_refuses_at_the_check_is_in_the_error_key(runner, service, code):
    started = runner.start(runner.event("asset-1"))
    runner.world.failing[service] = code
    outcome = runner.check(started)
    assert outcome.error is not None
    assert outcome.is_retried, "it may pass"
    runner.world.failing.clear()
    assert runner.finish(started).status == "Complete"


@each_of(those(lambda one: not isinstance(one.unsupported, str)))
def test_a_file_of_a_wrong_type_is_an_error_without_retries(runner):
    outcome = runner.start(runner.event("asset-1", runner.scenario.unsupported))
    assert outcome.error is not None
    assert not outcome.is_retried
    assert runner.jobs() == 0


@each_of(those(lambda one: one.odd_status))
def test_a_status_that_the_service_adds_later_is_an_error_that_names_it(runner):
    started = runner.start(runner.event("asset-1"))
    status = runner.scenario.odd_status(runner.world)
    outcome = runner.check(started)
    assert outcome.error is not None
    assert status in outcome.output["MetaData"][runner.operator.error_key]


@each_of(those(lambda one: one.expire_token))
def test_a_page_token_that_expires_leaves_every_page_stored_once(runner):
    event = runner.event("asset-1")
    pages = runner.scenario.expire_token(runner.world)
    assert len(pages) > 2
    assert runner.run(event).status == "Complete"
    assert runner.world.dataplane.results("asset-1") == {runner.operator.store_key: pages}


@each_of(those(lambda one: not isinstance(one.empty, str)))
def test_where_there_is_nothing_to_find_the_operator_is_complete(runner):
    outcome = runner.run(runner.event("asset-1", runner.scenario.empty))
    assert outcome.status == "Complete", outcome.output["MetaData"]


@each_of(WITH_SCENARIO)
def test_a_disabled_operator_and_one_without_its_medium_are_skipped(runner):
    name, configuration = runner.operator.name, runner.operator.configuration
    check = "check" if runner.operator.type == "Async" else None
    machine = asl.operator_machine(
        asl.Branch(name, "start", check), "stage", asl.EngineLambdas("complete", "failed")
    )
    medium = {configuration["MediaType"]: {"S3Bucket": "bucket", "S3Key": "key"}}
    needs_a_medium = configuration["MediaType"] != "MetadataOnly"
    for enabled, media in ((False, medium), *([(True, {})] if needs_a_medium else [])):
        state = {
            **{"Name": "workflow", "AssetId": "asset-1", "WorkflowExecutionId": "workflow-1"},
            "Input": {"Media": media, "MetaData": {}},
            "Configuration": {name: {**configuration, "Enabled": enabled}},
        }
        done = state_machines.run(machine, state, {})
        assert (done.output["Status"], done.invoked) == ("Skipped", [])


@each_of(WITH_SCENARIO)
def test_without_media_the_operator_says_so_or_needs_none(runner):
    outcome = runner.run(runner.event("asset-1", lambda *_: {"Media": {}}))
    if runner.operator.configuration["MediaType"] != "MetadataOnly":
        assert outcome.error is not None
        assert not outcome.is_retried


@each_of(WITH_SCENARIO)
def test_what_earlier_stages_did_not_say_is_no_riddle(runner):
    def without_metadata(world, asset):
        return {"Media": runner.scenario.prepare(world, asset)["Media"], "MetaData": {}}

    outcome = runner.run(runner.event("asset-1", without_metadata))
    assert outcome.status in ("Complete", "Error")


@pytest.mark.parametrize(
    ("runner", "missing"),
    [(name, one) for name in WITH_SCENARIO for one in SCENARIOS[name].missing],
    indirect=["runner"],
)
def test_an_input_that_lacks_something_is_answered(runner, missing):
    outcome = runner.run(runner.event("asset-1", runner.scenario.missing[missing]))
    assert outcome.status in ("Complete", "Error")


@each_of(those(lambda one: not one.retired))
def test_what_is_complete_at_the_start_stays_so_at_the_check(runner):
    if runner.operator.type == "Sync":
        assert len(runner.operator.functions) == 1
        return
    started = runner.start(runner.event("asset-1"))
    complete = {**started.output, "Status": "Complete"}
    assert runner.check(type(started)(complete)).output == complete
