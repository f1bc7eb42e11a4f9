"""The machines that the compiler makes, run and not only read."""

import json

import pytest
from tests.state_machines import StateFailed, evaluate, resolve, run

from mie.core import asl, executions, names, polling, rollup

ENGINE = asl.EngineLambdas(complete_stage="arn:complete", operator_failed="arn:failed")
SYNC = asl.Branch("face-search", "arn:face:start")
ASYNC = asl.Branch("Transcribe", "arn:transcribe:start", "arn:transcribe:check")

MEDIA = {"Image": {"S3Bucket": "b", "S3Key": "k.jpg"}}


def configuration(media_type="Image", enabled=True, **values):
    return {"MediaType": media_type, "Enabled": enabled, **values}


def stage_state(configurations, media=MEDIA):
    """The input of a stage's Parallel state, as an execution's record makes it."""
    return {
        "Name": "Analysis",
        "Status": "Started",
        "Configuration": configurations,
        "Input": {"Media": media, "MetaData": {"Language": "en"}},
        "AssetId": "asset-1",
        "WorkflowExecutionId": "run-1",
        "Attempt": 2,
        "MetaData": {},
        "Metrics": {},
    }


def returns(status, **extra):
    def operator(event):
        return {**event, "Status": status, **extra}

    return operator


def fails(error, cause=""):
    def operator(event):
        raise StateFailed(error, cause)

    return operator


def settle_nothing(event):
    return {}


def failed_operation(event):
    return {**event, "Outputs": None, "Caught": event["Outputs"], "Event": event}


def run_operator(branch, state, **lambdas):
    """Runs one operator's machine; lambdas by their ARN's last part."""
    machine = asl.operator_machine(branch, "Analysis", ENGINE)
    start, check = branch.start, branch.check
    return run(
        machine,
        state,
        {
            start: lambdas.get("start", returns("Complete")),
            check: lambdas.get("check", returns("Complete")),
            ENGINE.operator_failed: lambdas.get("failed", failed_operation),
        },
    )


def run_sync(operator, settings=None, media=MEDIA):
    state = stage_state({SYNC.operation: configuration() if settings is None else settings}, media)
    return run_operator(SYNC, state, start=operator)


def run_async(start, check, settings=None):
    state = stage_state({ASYNC.operation: configuration() if settings is None else settings})
    return run_operator(ASYNC, state, start=start, check=check)


# The filter


def test_an_enabled_operator_whose_medium_is_there_runs_with_the_operation_object():
    seen = []

    def operator(event):
        seen.append(event)
        return {**event, "Status": "Complete"}

    done = run_sync(operator, configuration(Threshold=80))

    assert seen == [
        {
            "Name": "face-search",
            "AssetId": "asset-1",
            "WorkflowExecutionId": "run-1",
            "Attempt": 2,
            "Input": {"Media": MEDIA, "MetaData": {"Language": "en"}},
            "Configuration": {"MediaType": "Image", "Enabled": True, "Threshold": 80},
            "Status": "Started",
            "MetaData": {},
            "Media": {},
        }
    ]
    assert done.output["Status"] == "Complete"


@pytest.mark.parametrize(
    ("settings", "media"),
    [
        (configuration(enabled=False), MEDIA),
        (configuration("Video"), MEDIA),
        (configuration("Image"), {}),
        (configuration("MetadataOnly", enabled=False), MEDIA),
        # these are refused when they are registered; a machine must not run them either
        ({"MediaType": "Image", "Enabled": "true"}, MEDIA),
        ({"MediaType": "Image"}, MEDIA),
        ({"Enabled": True}, MEDIA),
        ({}, MEDIA),
        ({"MediaType": "Image", "Enabled": None}, MEDIA),
        ({"MediaType": "image", "Enabled": True}, MEDIA),
    ],
)
def test_an_operator_that_is_disabled_or_has_no_medium_is_skipped(settings, media):
    done = run_sync(fails("MustNotRun"), settings, media)

    assert done.output["Status"] == "Skipped"
    assert done.invoked == []
    assert len(done.entered) == 2
    assert done.output["Name"] == "face-search"
    assert done.output["Media"] == {}


def test_a_skipped_operator_says_so_when_its_configuration_has_no_such_key():
    state = stage_state({"face-search": {}}, media={})
    assert run_operator(SYNC, state).output["Status"] == "Skipped"


@pytest.mark.parametrize("media", [{}, MEDIA, None])
def test_a_metadata_only_operator_needs_no_medium(media):
    assert run_sync(returns("Complete"), configuration("MetadataOnly"), media).output["Status"] == (
        "Complete"
    )


def test_the_filter_looks_at_the_media_type_of_this_run_and_not_of_the_registration():
    overridden = configuration("ProxyEncode")

    with_proxy = run_sync(returns("Complete"), overridden, {"ProxyEncode": {}})
    without = run_sync(returns("Complete"), overridden, MEDIA)

    assert with_proxy.output["Status"] == "Complete"
    assert without.output["Status"] == "Skipped"


@pytest.mark.parametrize("media_type", ["My Type", "a.b", "$", 'quo"te', "Ümlaut", "Media"])
def test_any_text_can_be_a_media_type(media_type):
    done = run_sync(returns("Complete"), configuration(media_type), {media_type: {}})
    assert done.output["Status"] == "Complete"


@pytest.mark.parametrize("name", ["0", "-", "_", "a-b_c", "true", "and", "null"])
def test_any_legal_name_finds_its_own_configuration(name):
    branch = asl.Branch(name, "arn:start")
    state = stage_state({name: configuration(mine=True), f"{name}x": configuration(mine=False)})

    done = run_operator(branch, state, start=lambda event: {"Seen": event["Configuration"]})

    assert done.output["Seen"]["mine"] is True


# Synchronous operators


def test_a_sync_operator_costs_two_states_and_one_lambda():
    done = run_sync(returns("Complete"))
    assert done.entered == [
        "Filter face-search Media Type? (Analysis)",
        "Execute face-search (Analysis)",
    ]
    assert done.invoked == ["arn:face:start"]


def test_a_status_of_error_reaches_the_roll_up_of_the_stage():
    done = run_sync(returns("Error", MetaData={"FaceError": "no face"}))

    assert done.output["Status"] == "Error"
    assert done.output["MetaData"] == {"FaceError": "no face"}
    assert done.invoked == ["arn:face:start"]


@pytest.mark.parametrize("answer", [None, 7, "text", [], {}])
def test_whatever_an_operator_returns_reaches_the_roll_up(answer):
    assert run_sync(lambda _event: answer).output == answer
    assert run_async(returns("Executing"), lambda _event: answer).output == answer


def test_a_failing_operator_is_described_with_its_own_event_and_what_was_caught():
    done = run_sync(fails("ValueError", "the cause"))

    assert done.output["Name"] == "face-search"
    assert done.output["AssetId"] == "asset-1"
    assert done.output["Event"]["Configuration"] == configuration()
    assert done.output["Event"]["Input"]["Media"] == MEDIA
    assert done.output["Caught"] == {"Error": "ValueError", "Cause": "the cause"}
    assert done.entered[-1] == "face-search Failed (Analysis)"


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        ("MasExecutionError", 3),
        ("Lambda.Unknown", 3),
        ("Lambda.TooManyRequestsException", 9),
        ("ValueError", 1),
        ("States.Timeout", 1),
    ],
)
def test_what_may_pass_is_tried_again(error, tries):
    assert run_sync(fails(error)).invoked == ["arn:face:start"] * tries + ["arn:failed"]


# Asynchronous operators


def checks(*statuses):
    """A monitor that returns these statuses, call by call."""
    left = list(statuses)

    def check(event):
        return {**event, "Status": left.pop(0), "Checks": event.get("Checks", 0) + 1}

    return check


def test_an_async_operator_is_asked_until_it_is_done():
    done = run_async(
        returns("Executing", MetaData={"JobId": "7"}),
        checks("Executing", "Executing", "Complete"),
    )

    assert done.output["Status"] == "Complete"
    assert done.output["MetaData"] == {"JobId": "7"}
    assert done.output["Checks"] == 3
    assert done.waited == 5 + 8 + 12
    assert "Poll" not in done.output


def test_the_monitor_gets_exactly_what_was_returned_last():
    seen = []

    def check(event):
        seen.append(event)
        return {"Token": len(seen), "Status": "Executing" if len(seen) < 3 else "Complete"}

    run_async(lambda _event: {"Only": "this", "Status": "Executing"}, check)

    assert seen == [
        {"Only": "this", "Status": "Executing"},
        {"Token": 1, "Status": "Executing"},
        {"Token": 2, "Status": "Executing"},
    ]


def test_a_start_that_is_complete_at_once_still_has_its_monitor_called_once():
    done = run_async(returns("Complete"), returns("Complete", Checked=True))

    assert done.output["Checked"] is True
    assert done.invoked == ["arn:transcribe:start", "arn:transcribe:check"]


@pytest.mark.parametrize("status", ["Error", "Complete", "Skipped", "Nonsense", None])
def test_every_status_but_executing_ends_the_waiting(status):
    done = run_async(returns("Executing"), returns(status))
    assert done.output["Status"] == status
    assert done.invoked == ["arn:transcribe:start", "arn:transcribe:check"]


def test_a_failing_monitor_is_described_with_the_operators_event():
    done = run_async(returns("Executing"), fails("KeyError", "'JobId'"))

    assert done.output["Name"] == "Transcribe"
    assert done.output["Caught"] == {"Error": "KeyError", "Cause": "'JobId'"}
    assert done.output["Event"]["Input"]["Media"] == MEDIA


def test_a_failing_start_is_never_waited_for():
    done = run_async(fails("KeyError", "'Language'"), returns("Complete"))
    assert done.waited == 0
    assert done.output["Caught"] == {"Error": "KeyError", "Cause": "'Language'"}


def test_a_skipped_async_operator_starts_nothing():
    done = run_async(fails("MustNotRun"), fails("MustNotRun"), configuration(enabled=False))
    assert done.output["Status"] == "Skipped"


def test_the_wait_grows_to_a_minute_and_stays_there():
    states = asl.operator_machine(ASYNC, "S", ENGINE)["States"]
    first = states["Filter Transcribe Media Type? (S)"]["Choices"][0]["Output"]
    following = states["Did Transcribe Complete (S)"]["Choices"][0]["Output"]
    given = stage_state({"Transcribe": configuration()})

    state, waits = evaluate(first, given), []
    for _ in range(9):
        waits.append(state["Poll"]["Seconds"])
        assert state == {**given, "Poll": {**state["Poll"], "Waited": sum(waits)}}
        state = evaluate(following, state)

    assert waits == [5, 8, 12, 18, 27, 40, 60, 60, 60]
    assert all(float(seconds).is_integer() for seconds in waits)


@pytest.fixture(scope="module")
def endless():
    """A run of an operator whose job never ends."""
    return run_async(returns("Executing"), returns("Executing"))


def test_an_operator_that_never_ends_fails_after_a_day_and_says_which(endless):
    assert endless.output["Caught"] == {
        "Error": "States.Timeout",
        "Cause": "Transcribe was still executing after 86400 seconds",
    }
    assert endless.waited == polling.TIMEOUT_SECONDS


def test_the_longest_operator_stays_below_the_history_limit(endless):
    # a Wait and a Choice leave two events each, a Lambda task five
    assert 9 * endless.invoked.count("arn:transcribe:check") < 25_000


def polled(**settings):
    """The waits of an operator whose job never ends."""
    done = run_async(returns("Executing"), returns("Executing"), configuration("Image", **settings))
    return done.waited, done.invoked.count("arn:transcribe:check"), done.output


def test_the_configuration_says_how_often_and_how_long_is_asked():
    waited, questions, output = polled(PollSeconds=2, MaxPollSeconds=10, TimeoutSeconds=35)
    # 2, 3, 4, 6, 9, 10 and what is left
    assert (waited, questions) == (35, 7)
    assert output["Caught"]["Cause"] == "Transcribe was still executing after 35 seconds"


@pytest.mark.parametrize(
    ("settings", "questions"),
    [
        ({"PollSeconds": 1, "TimeoutSeconds": 1}, 1),
        ({"TimeoutSeconds": 3}, 1),
        # a first wait beyond a minute is not shortened by the default
        ({"PollSeconds": 300, "TimeoutSeconds": 900}, 3),
        ({"MaxPollSeconds": 3, "TimeoutSeconds": 9}, 3),
    ],
)
def test_settings_that_are_given_alone_fit_the_other_defaults(settings, questions):
    assert polled(**settings)[:2] == (settings["TimeoutSeconds"], questions)


@pytest.mark.parametrize("stages", [1, 3])
def test_a_machine_outlives_its_longest_operators(stages):
    machine = asl.workflow_machine(
        "S0",
        {f"S{one}": f"S{one + 1}" if one + 1 < stages else None for one in range(stages)},
        {f"S{one}": [ASYNC] for one in range(stages)},
        ENGINE,
    )
    assert machine["TimeoutSeconds"] > stages * polling.LONGEST_TIMEOUT_SECONDS


def test_a_machine_of_many_stages_stays_below_the_year_of_step_functions():
    names = [f"S{one}" for one in range(60)]
    machine = asl.workflow_machine(
        "S0",
        dict(zip(names, [*names[1:], None], strict=True)),
        {name: [SYNC] for name in names},
        ENGINE,
    )
    assert machine["TimeoutSeconds"] == 31_536_000


# What results weigh


@pytest.mark.parametrize("answer", [None, 7, "text", [], [1], [[1]], {}, {"Status": None}])
def test_only_what_the_stage_has_is_left_out_of_a_result(answer):
    extended = {**answer, "Input": 1, "Configuration": {}} if isinstance(answer, dict) else answer
    assert run_sync(lambda _event: extended).output == answer
    assert run_async(returns("Executing"), lambda _event: extended).output == answer


def test_a_result_that_is_too_large_is_a_failure_of_its_operator():
    assert run_sync(fails("States.DataLimitExceeded", "too large")).output["Caught"] == {
        "Error": "States.DataLimitExceeded",
        "Cause": "too large",
    }
    done = run_async(returns("Executing"), fails("States.DataLimitExceeded"))
    assert done.output["Caught"]["Error"] == "States.DataLimitExceeded"


def wide(number, monitored):
    """A stage's operators, and a state in which each of them runs."""
    check = "arn:aws:lambda:us-east-1:000000000000:function:" + "c" * 64
    branches = [
        asl.Branch(f"operator-{one:03}", check, check if monitored else None)
        for one in range(number)
    ]
    return branches, stage_state({one.operation: configuration() for one in branches})


@pytest.mark.parametrize("monitored", [False, True])
@pytest.mark.parametrize(("stages", "width"), [(1, 100), (5, 20)])
def test_a_hundred_operators_fit_into_a_definition(stages, width, monitored):
    branches, _ = wide(width, monitored)
    names = [f"stage-of-a-hundred-{one}" for one in range(stages)]
    machine = asl.workflow_machine(
        names[0],
        dict(zip(names, [*names[1:], None], strict=True)),
        dict.fromkeys(names, branches),
        ENGINE,
    )
    # the limit of Step Functions is 1 MB
    assert len(asl.to_json(machine)) < 700_000


def test_the_results_of_a_hundred_operators_that_return_their_whole_object_fit_into_a_state():
    branches, state = wide(100, monitored=False)
    state["Input"]["MetaData"] = {"of earlier stages": "x" * 20_000}
    sizes = []

    def complete(event):
        sizes.append(len(json.dumps(event)))
        return {}

    done = run(
        asl.stage_machine("Analysis", branches, ENGINE),
        state,
        {branches[0].start: returns("Complete"), ENGINE.complete_stage: complete},
    )
    assert done.failed is None
    assert sizes[0] < 200_000
    # what is left out: else a hundred times 20 KB
    assert sizes[0] < 60_000


# Stages and workflows


def test_a_stage_hands_its_results_in_order_to_the_roll_up():
    seen = []
    branches = [SYNC, ASYNC]
    machine = asl.stage_machine("Analysis", branches, ENGINE)
    state = stage_state({SYNC.operation: configuration(), ASYNC.operation: configuration("Audio")})

    done = run(
        machine,
        state,
        {
            SYNC.start: returns("Complete", Media={"Text": {"S3Bucket": "b", "S3Key": "t"}}),
            ENGINE.complete_stage: lambda event: seen.append(event) or {},
        },
    )

    assert done.failed is None
    assert [one["Status"] for one in seen[0]["Outputs"]] == ["Complete", "Skipped"]
    assert seen[0]["Name"] == "Analysis"
    assert seen[0]["WorkflowExecutionId"] == "run-1"
    assert done.output == {}


def test_a_stage_that_breaks_as_a_whole_still_reaches_its_roll_up():
    seen = []
    machine = asl.stage_machine("Analysis", [SYNC], ENGINE)

    run(
        machine,
        stage_state({"face-search": configuration()}),
        {
            SYNC.start: fails("ValueError"),
            ENGINE.operator_failed: fails("Runtime.ExitError", "out of memory"),
            ENGINE.complete_stage: lambda event: seen.append(event) or {},
        },
    )

    assert seen[0]["Outputs"] == {"Error": "Runtime.ExitError", "Cause": "out of memory"}
    assert seen[0]["WorkflowExecutionId"] == "run-1"


def test_a_stage_without_the_operators_configuration_reaches_its_roll_up():
    seen = []
    machine = asl.stage_machine("Analysis", [SYNC], ENGINE)

    run(machine, stage_state({}), {ENGINE.complete_stage: lambda e: seen.append(e) or {}})

    assert seen[0]["Outputs"]["Error"].startswith("States.")


def workflow(first, second):
    return asl.workflow_machine(
        "First", {"First": "Second", "Second": None}, {"First": first, "Second": second}, ENGINE
    )


def test_stages_follow_each_other_and_the_roll_up_says_with_what():
    following = {**stage_state({"Transcribe": configuration()}), "Name": "Second"}
    answers = [following, {}]

    done = run(
        workflow([SYNC], [ASYNC]),
        stage_state({"face-search": configuration()}),
        {
            SYNC.start: returns("Complete"),
            ASYNC.start: returns("Executing"),
            ASYNC.check: returns("Complete"),
            ENGINE.complete_stage: lambda _event: answers.pop(0),
        },
    )

    assert done.failed is None
    assert [name for name in done.entered if "(" not in name] == [
        "First",
        "Complete Stage First",
        "Second",
        "Complete Stage Second",
    ]
    assert done.output == {}


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        ("StageFailed", 1),
        ("TooLarge", 1),
        ("Conflict", 1),
        ("NotFound", 1),
        ("Lambda.Unknown", 3),
        ("Lambda.TooManyRequestsException", 9),
        ("Sandbox.Timedout", 5),
        ("Runtime.ExitError", 5),
        ("TooManyRequests", 5),
    ],
)
def test_a_roll_up_that_breaks_is_asked_again_and_one_that_refuses_ends_the_machine(error, tries):
    done = run(
        workflow([SYNC], [ASYNC]),
        stage_state({"face-search": configuration()}),
        {SYNC.start: returns("Error"), ENGINE.complete_stage: fails(error, "why")},
    )

    assert done.failed.error == error
    assert done.invoked.count(ENGINE.complete_stage) == tries
    assert "Second" not in done.entered


def test_a_roll_up_that_broke_once_goes_on():
    broken = [StateFailed("Runtime.ExitError"), StateFailed("Sandbox.Timedout")]

    def complete(_event):
        if broken:
            raise broken.pop()
        return {}

    machine = asl.stage_machine("Analysis", [SYNC], ENGINE)
    done = run(
        machine,
        stage_state({"face-search": configuration()}),
        {SYNC.start: returns("Complete"), ENGINE.complete_stage: complete},
    )
    assert (done.failed, done.output) == (None, {})


def test_a_stage_whose_results_are_too_much_together_reaches_its_roll_up():
    """Step Functions raises it of the Parallel state, which the interpreter has no limit for."""
    state = asl.stage_machine("Analysis", [SYNC], ENGINE)["States"]["Analysis"]
    assert [one["ErrorEquals"] for one in state["Catch"]] == [
        ["States.DataLimitExceeded"],
        ["States.ALL"],
    ]
    assert {one["Next"] for one in state["Catch"]} == {"Complete Stage Analysis"}


def test_only_the_last_stage_of_a_workflow_ends_it():
    states = workflow([SYNC], [ASYNC])["States"]

    assert states["Complete Stage First"]["Next"] == "Second"
    assert "End" not in states["Complete Stage First"]
    assert states["Complete Stage Second"]["End"] is True
    assert "Next" not in states["Complete Stage Second"]


def test_a_run_goes_through_the_compiler_the_record_and_the_roll_up():
    """Core as a whole: what one part writes, the next one reads."""
    stages = {
        "First": {"Operations": ["face-search"], "Next": "Second"},
        "Second": {"Operations": ["Transcribe"], "End": True},
    }
    stored = {
        name: {**stage, "Configuration": {one: configuration() for one in stage["Operations"]}}
        for name, stage in stages.items()
    }
    execution = executions.new_execution(
        {"Name": "W", "StartAt": "First", "Stages": stored},
        "asset-1",
        MEDIA,
        {"Second": {"Transcribe": {"MediaType": "Text"}}},
        executions.Stamp("run-1", "1"),
    )
    records = [execution]

    def complete(event):
        record = records[-1]
        settled = rollup.settle_stage(record, event["Name"], event["Outputs"])
        after = {**record["Workflow"]["Stages"], event["Name"]: settled.stage}
        if settled.following:
            after[settled.current_stage] = settled.following
        records.append(
            {
                **record,
                "Globals": settled.globals,
                "CurrentStage": settled.current_stage,
                "Workflow": {**record["Workflow"], "Stages": after},
                "Status": settled.status or record["Status"],
            }
        )
        if not settled.following:
            return {}
        return executions.machine_input(records[-1], settled.current_stage)

    done = run(
        workflow([SYNC], [ASYNC]),
        executions.machine_input(execution, "First"),
        {
            SYNC.start: returns("Complete", Media={"Text": {"S3Bucket": "b", "S3Key": "t.txt"}}),
            ASYNC.start: returns("Executing"),
            ASYNC.check: returns("Complete", MetaData={"JobId": "7"}),
            ENGINE.complete_stage: complete,
        },
    )

    assert done.failed is None
    assert records[-1]["Status"] == "Complete"
    assert sorted(records[-1]["Globals"]["Media"]) == ["Image", "Text"]
    assert records[-1]["Globals"]["MetaData"] == {"JobId": "7"}


# Names in machines


def names_of(machine):
    """Every state name of a machine, those inside branches included."""
    names = list(machine["States"])
    for state in machine["States"].values():
        for branch in state.get("Branches", []):
            names.extend(names_of(branch))
    return names


@pytest.mark.parametrize("branch", [SYNC, ASYNC])
def test_every_state_of_an_operator_ends_in_its_stage(branch):
    machine = asl.operator_machine(branch, asl.STAGE_PLACEHOLDER, ENGINE)
    assert all(name.endswith("(%%STAGE_NAME%%)") for name in names_of(machine))


def test_the_longest_legal_names_make_state_names_of_at_most_80_characters():
    for size in range(1, names.OPERATOR_LIMIT + 1):
        operation = "o" * size
        stage = "s" * min(names.OPERATOR_AND_STAGE_LIMIT - size, names.STAGE_LIMIT)
        names.check_operation_in_stage(operation, stage)
        branch = asl.Branch(operation, "arn:start", "arn:check")
        longest = max(map(len, names_of(asl.stage_machine(stage, [branch], ENGINE))))
        assert longest <= 80
    assert longest == 80


def test_the_limit_of_names_is_that_of_the_longest_state_name_that_is_generated():
    branch = asl.Branch("o", "arn:start", "arn:check")
    overhead = max(map(len, names_of(asl.operator_machine(branch, "s", ENGINE)))) - 2
    assert 80 - overhead == names.OPERATOR_AND_STAGE_LIMIT


def test_the_longest_operator_runs_in_its_singleton_stage():
    operation = "o" * names.OPERATOR_LIMIT
    stage = names.singleton_stage_name(operation)
    names.check_operation_in_stage(operation, names.check_stage_name(stage))
    branch = asl.Branch(operation, "arn:start", "arn:check")
    assert max(map(len, names_of(asl.stage_machine(stage, [branch], ENGINE)))) <= 80


def test_the_longest_stage_name_fits_its_roll_up():
    assert len(f"Complete Stage {'s' * names.STAGE_LIMIT}") == 80


def test_state_names_are_unique_in_a_workflow():
    found = names_of(workflow([SYNC, ASYNC], [SYNC, ASYNC]))
    assert len(found) == len(set(found))


def test_the_text_of_a_machine_is_its_value():
    machine = workflow([SYNC], [ASYNC])
    assert json.loads(asl.to_json(machine)) == machine


def test_jsonata_states_have_no_field_of_jsonpath_and_the_other_way_round():
    jsonpath_only = {"InputPath", "OutputPath", "ResultPath", "Parameters", "Result", "SecondsPath"}
    jsonata_only = {"Output", "Arguments", "Assign", "Condition"}
    for state in all_states(workflow([SYNC, ASYNC], [ASYNC])):
        if state.get("QueryLanguage") == "JSONata":
            assert not jsonpath_only & set(state)
        else:
            assert not jsonata_only & set(state)
            assert "{%" not in json.dumps({k: v for k, v in state.items() if k != "Branches"})


def all_states(machine):
    for state in machine["States"].values():
        yield state
        for branch in state.get("Branches", []):
            yield from all_states(branch)


def test_every_lambda_task_is_tried_again_and_every_operators_task_is_caught():
    for state in all_states(workflow([SYNC, ASYNC], [ASYNC])):
        if state["Type"] == "Task":
            assert asl.RETRY[0] in state["Retry"]
            assert asl.RETRY[1] in state["Retry"]
            assert ("Catch" in state) == (
                state["Resource"] not in {ENGINE.complete_stage, ENGINE.operator_failed}
            )


# The interpreter itself refuses what it does not know


def test_the_interpreter_refuses_a_field_that_it_does_not_know():
    machine = {"StartAt": "A", "States": {"A": {"Type": "Pass", "ItemsPath": "$", "End": True}}}
    with pytest.raises(AssertionError, match="ItemsPath"):
        run(machine, {}, {})


def test_a_path_that_is_not_there_fails_as_on_aws():
    with pytest.raises(StateFailed, match=r"States\.ParameterPathFailure"):
        resolve("$.Configuration['a']", {"Configuration": {}})
