"""Operations, stages and workflows, from a request to the stored item."""

import copy
import json

import pytest

from mie.core import asl, definitions
from mie.core.errors import BadRequest, Conflict

ENGINE = asl.EngineLambdas(complete_stage="arn:complete", operator_failed="arn:failed")
STAMP = definitions.Stamp("id-1", "1700000000.5")
START = "arn:aws:lambda:us-east-1:000000000000:function:start"
CHECK = "arn:aws:lambda:us-east-1:000000000000:function:check"
ROLE = "arn:aws:iam::000000000000:role/default"

SYNC = {
    "Name": "labels",
    "Type": "Sync",
    "Configuration": {"MediaType": "Image", "Enabled": True},
    "StartLambdaArn": START,
}
ASYNC = {**SYNC, "Name": "speech", "Type": "Async", "MonitorLambdaArn": CHECK}


def operation(request, **changes):
    return definitions.build_operation({**request, **changes}, STAMP, ENGINE, ROLE)


def without(request, *keys):
    return {key: value for key, value in request.items() if key not in keys}


# Operations


def test_an_operation_holds_what_was_asked_and_what_the_engine_adds():
    item = operation(SYNC)
    machine = json.loads(item.pop("StateMachineAsl"))
    assert item == {
        **SYNC,
        "StateMachineExecutionRoleArn": ROLE,
        "StageName": "_labels",
        "Version": "v0",
        "Id": "id-1",
        "Created": "1700000000.5",
        "ResourceType": "OPERATION",
        "ApiVersion": "3.0.0",
    }
    assert machine["StartAt"] == "Filter labels Media Type? (%%STAGE_NAME%%)"


def test_an_asynchronous_operation_has_its_monitor():
    item = operation(ASYNC)
    assert item["MonitorLambdaArn"] == CHECK
    assert definitions.branch_of(item) == asl.Branch("speech", START, CHECK)


def test_a_monitor_of_a_synchronous_operation_is_dropped():
    item = operation(SYNC, MonitorLambdaArn=CHECK)
    assert "MonitorLambdaArn" not in item
    assert definitions.branch_of(item) == asl.Branch("labels", START, None)


def test_an_asynchronous_operation_without_monitor_is_refused():
    with pytest.raises(BadRequest, match="Key 'MonitorLambdaArn' is required"):
        operation(without(ASYNC, "MonitorLambdaArn"))


@pytest.mark.parametrize("kind", ["sync", "", "Parallel", None, 7])
def test_a_type_is_sync_or_async(kind):
    with pytest.raises(BadRequest, match="Type must be Sync or Async"):
        operation(SYNC, Type=kind)


@pytest.mark.parametrize("key", ["MediaType", "Enabled"])
def test_a_configuration_says_what_the_filter_asks(key):
    with pytest.raises(BadRequest, match=f"Configuration: Key '{key}' is required"):
        operation(SYNC, Configuration=without(SYNC["Configuration"], key))


@pytest.mark.parametrize(
    "arn",
    [
        START,
        f"{START}:$LATEST",
        f"{START}:live",
        f"{START}:7",
        "arn:aws-cn:lambda:cn-north-1:123456789012:function:a_b-C",
        "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:a",
    ],
)
def test_arns_of_functions_are_accepted(arn):
    assert operation(SYNC, StartLambdaArn=arn)["StartLambdaArn"] == arn


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "start",
        "arn:aws:s3:::bucket",
        "arn:aws:lambda:us-east-1:12:function:a",
        f"{START}\n",
        f'{START}"',
        f"{START}:a:b",
        "arn:aws:lambda:us-east-1:000000000000:layer:a:1",
        None,
        7,
        [START],
    ],
)
@pytest.mark.parametrize("field", ["StartLambdaArn", "MonitorLambdaArn"])
def test_anything_else_is_refused_naming_the_field(field, arn):
    with pytest.raises(BadRequest, match=f"^{field}: "):
        operation(ASYNC, **{field: arn})


@pytest.mark.parametrize("field", ["StateMachineExecutionRoleArn", "SfnExecutionRole"])
def test_both_spellings_of_the_role_are_understood(field):
    role = "arn:aws:iam::000000000000:role/own"
    item = operation(SYNC, **{field: role})
    assert item["StateMachineExecutionRoleArn"] == role
    assert "SfnExecutionRole" not in item


def test_a_role_that_is_no_arn_is_refused():
    with pytest.raises(BadRequest, match="StateMachineExecutionRoleArn"):
        operation(SYNC, SfnExecutionRole="admin")


def test_unknown_keys_of_the_request_are_left_out():
    assert "ServiceToken" not in operation(SYNC, ServiceToken="arn:aws:lambda:…")


def test_a_name_cannot_inject_a_state():
    with pytest.raises(BadRequest, match="Name"):
        operation(SYNC, Name='x","End":true},"y":{"Type":"Fail')


# Versions


@pytest.mark.parametrize(("version", "following"), [("v0", "v1"), ("v9", "v10"), ("v99", "v100")])
def test_versions_count_on(version, following):
    assert definitions.next_version(version) == following


@pytest.mark.parametrize("version", ["", "v", "1", "v01", "v-1", "v1.0", "V1", "v1\n", "v٣"])
def test_what_is_no_version_is_refused(version):
    with pytest.raises(BadRequest, match=r"^version: .* is not a version"):
        definitions.version_number(version)


def test_a_request_may_say_which_version_it_changes():
    item = operation(SYNC)
    definitions.check_unchanged(SYNC, item)
    definitions.check_unchanged({**SYNC, "Version": "v0"}, item)
    with pytest.raises(Conflict, match="'labels' has version v0, not v1"):
        definitions.check_unchanged({**SYNC, "Version": "v1"}, item)


# Stages


def stage(operations, **request):
    return definitions.build_stage(
        {"Name": "Analysis", "Operations": [one["Name"] for one in operations], **request},
        operations,
        STAMP,
        ENGINE,
        "arn:machine",
    )


def test_a_stage_runs_its_operators_in_the_order_of_the_request():
    item = stage([operation(ASYNC), operation(SYNC)])
    machine = json.loads(item["Definition"])

    assert item["Operations"] == ["speech", "labels"]
    assert [branch["StartAt"] for branch in machine["States"]["Analysis"]["Branches"]] == [
        "Filter speech Media Type? (Analysis)",
        "Filter labels Media Type? (Analysis)",
    ]
    assert item["StateMachineArn"] == "arn:machine"
    assert item["ResourceType"] == "STAGE"


def test_a_stage_takes_the_defaults_of_its_operators_and_its_own_values():
    item = stage([operation(SYNC)], Configuration={"labels": {"MinConfidence": 3}})
    assert item["Configuration"] == {
        "labels": {"MediaType": "Image", "Enabled": True, "MinConfidence": 3}
    }


def test_a_stages_configuration_of_an_unknown_operator_is_refused():
    with pytest.raises(BadRequest, match="Invalid operation 'speech'"):
        stage([operation(SYNC)], Configuration={"speech": {}})


def test_no_placeholder_stays_in_a_stages_machine():
    assert "%%" not in stage([operation(SYNC), operation(ASYNC)])["Definition"]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"Name": "S", "Operations": []}, "at least one operation"),
        ({"Name": "S", "Operations": ["a", "b", "a"]}, "a stands there more than once"),
        ({"Name": "S", "Operations": ["o" * 58]}, "longer than 80"),
        ({"Name": "S s", "Operations": ["a"]}, "^Name"),
    ],
)
def test_a_stage_that_no_machine_can_run_is_refused(request_, reason):
    with pytest.raises(BadRequest, match=reason):
        definitions.check_stage(request_)


def test_a_stage_of_different_operators_is_fine():
    definitions.check_stage({"Name": "S", "Operations": ["a", "b"]})


# Workflows


def chain(*names):
    links = [{"Next": following} for following in names[1:]] + [{"End": True}]
    return {
        "Name": "W",
        "StartAt": names[0],
        "Stages": dict(zip(names, links, strict=True)),
    }


@pytest.mark.parametrize("names", ["a", "ab", "abcdefgh"])
def test_a_chain_of_stages_is_a_workflow(names):
    definitions.check_workflow(chain(*names))


def test_the_order_in_which_stages_are_written_does_not_matter():
    request = chain("a", "b", "c")
    request["Stages"] = dict(reversed(request["Stages"].items()))
    definitions.check_workflow(request)
    stages = {name: {"Operations": [f"op-{name}"], "Definition": "x"} for name in "abc"}

    item = definitions.build_workflow(request, stages, STAMP, "api")

    assert list(item["Stages"]) == ["a", "b", "c"]
    assert item["Operations"] == ["op-a", "op-b", "op-c"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Stages": {}}, "exactly 1 'End'"),
        ({"Stages": {"a": {}}}, "Stage a must have either an 'End' or and 'Next' key"),
        ({"Stages": {"a": {"End": False}}}, "Stage a must have either"),
        ({"Stages": {"a": {"Next": None}}}, "Stage a must have either"),
        ({"Stages": {"a": {"Next": "a"}}}, "exactly 1 'End'"),
        ({"Stages": {"a": {"Next": "b"}, "b": {"Next": "a"}}}, "exactly 1 'End'"),
        ({"Stages": {"a": {"End": True}, "b": {"End": True}}}, "it has 2"),
        ({"Stages": {"a": {"End": True, "Next": "b"}, "b": {"End": True}}}, "has both"),
        ({"Stages": {"a": {"Next": "z"}, "b": {"End": True}}}, "'z', is not one of the Stages"),
        ({"StartAt": "z"}, "StartAt: 'z' is not one of the Stages"),
        ({"StartAt": "b"}, "a cannot be reached from 'b'"),
        (
            {"Stages": {"a": {"Next": "b"}, "b": {"Next": "a"}, "c": {"End": True}}},
            "'a' comes twice on the way from 'a'",
        ),
        (
            {"Stages": {"a": {"Next": "c"}, "b": {"Next": "c"}, "c": {"End": True}}},
            "b cannot be reached",
        ),
        ({"Name": "execution"}, "another route"),
        ({"Name": "w" * 45}, "the limit is 44"),
    ],
)
def test_what_is_no_chain_is_refused(changes, reason):
    with pytest.raises(BadRequest, match=reason):
        definitions.check_workflow({**chain("a", "b"), **changes})


def workflow(*stages):
    items = {one["Name"]: one for one in stages}
    return definitions.build_workflow(chain(*items), items, STAMP, "custom-resource")


def test_a_stage_can_be_built_anew_from_what_it_says_of_itself():
    overrides = {"labels": {"Threshold": 0.5}}
    item = stage([operation(SYNC), operation(ASYNC)], Configuration=overrides)
    assert definitions.request_of_stage(item) == {
        "Name": "Analysis",
        "Operations": ["labels", "speech"],
        "Configuration": overrides,
    }


def test_a_stage_that_does_not_say_what_was_its_own_keeps_all_its_values():
    item = without(stage([operation(SYNC), operation(ASYNC)]), "Overrides")
    assert definitions.request_of_stage(item)["Configuration"] == item["Configuration"]
    alone = {**without(stage([operation(SYNC)]), "Overrides"), "Name": "_labels"}
    assert definitions.request_of_stage(alone)["Configuration"] == {}


def test_a_workflow_can_be_built_anew_from_what_it_says_of_itself():
    first, second = two_stages()
    request = definitions.request_of_workflow(workflow(first, second))
    assert request == {
        "Name": workflow(first)["Name"],
        "StartAt": "Analysis",
        "Stages": {"Analysis": {"Next": "Second"}, "Second": {"End": True}},
    }


def two_stages():
    return (
        stage([operation(SYNC)]),
        {**stage([operation(ASYNC), operation(SYNC)]), "Name": "Second"},
    )


def test_a_workflow_holds_its_stages_without_the_text_of_their_machines():
    item = workflow(*two_stages())

    assert "Definition" not in json.dumps(item)
    assert not {"Overrides", "StateMachineVersionArn"} & set(item["Stages"]["Analysis"])
    assert item["Stages"]["Analysis"]["Next"] == "Second"
    assert "End" not in item["Stages"]["Analysis"]
    assert item["Stages"]["Second"]["End"] is True
    assert item["Operations"] == ["labels", "speech", "labels"]
    assert (item["Version"], item["Revisions"], item["Trigger"]) == ("v0", "1", "custom-resource")
    assert item["StaleOperations"] == item["StaleStages"] == []
    assert item["StateMachineArn"] == ""


def test_a_state_machine_of_the_callers_own_is_dropped():
    request = {**chain("Analysis"), "StateMachineArn": "arn:of:somebody"}
    item = definitions.build_workflow(request, {"Analysis": two_stages()[0]}, STAMP, "api")
    assert item["StateMachineArn"] == ""


def test_a_revision_counts_on_and_keeps_what_identifies_the_workflow():
    first, second = two_stages()
    stored = {
        **workflow(first, second),
        "StateMachineArn": "arn:machine:W",
        "StaleStages": ["Second"],
        "ApiVersion": "2.0.0",
    }
    before = copy.deepcopy(stored)

    once = definitions.revise_workflow(stored, chain("Analysis"), {"Analysis": first})
    twice = definitions.revise_workflow(once, chain("Analysis"), {"Analysis": first})

    assert (once["Version"], once["Revisions"]) == ("v2", "2")
    assert (twice["Version"], twice["Revisions"]) == ("v3", "3")
    assert list(once["Stages"]) == ["Analysis"]
    assert once["StaleStages"] == []
    for key in ("Id", "Created", "Trigger", "ApiVersion", "StateMachineArn"):
        assert once[key] == stored[key]
    assert stored == before


def test_the_machine_of_a_workflow_is_that_of_its_stages():
    operations = {"labels": operation(SYNC), "speech": operation(ASYNC)}
    machine = definitions.workflow_machine(workflow(*two_stages()), operations, ENGINE)

    assert machine["StartAt"] == "Analysis"
    assert list(machine["States"]) == [
        "Analysis",
        "Complete Stage Analysis",
        "Second",
        "Complete Stage Second",
    ]
    assert machine["States"]["Complete Stage Analysis"]["Next"] == "Second"


def test_a_hundred_operators_fit_a_workflows_item_and_a_machine():
    """DynamoDB takes 400 KB, Step Functions 1 MB."""
    operations = [operation(ASYNC, Name=f"operator-{number:03d}") for number in range(100)]
    one = stage(operations)
    item = workflow(one)
    machine = definitions.workflow_machine(item, {o["Name"]: o for o in operations}, ENGINE)

    assert len(json.dumps(item)) < 400_000
    assert len(asl.to_json(machine)) < 1_000_000


# Operations that cannot be enabled any more

REASON = "Its service ended in 2025."
OFF = {"MediaType": "Image", "Enabled": False}
RETIRED = {**SYNC, "Name": "people", "Configuration": OFF, "Retired": REASON}


def stage_with(*operations, **configuration):
    request = {
        "Name": "stage",
        "Operations": [one["Name"] for one in operations],
        "Configuration": configuration,
    }
    return definitions.build_stage(request, operations, STAMP, ENGINE, "arn:machine")


def test_a_retired_operation_keeps_its_reason():
    assert operation(RETIRED)["Retired"] == REASON
    assert "Retired" not in operation(SYNC)


def test_a_retired_operation_is_registered_disabled():
    enabled = {**OFF, "Enabled": True}
    with pytest.raises(BadRequest, match=rf"people\.Enabled: .* cannot be enabled: {REASON}"):
        operation(RETIRED, Configuration=enabled)


@pytest.mark.parametrize("reason", ["", "  ", 7, ["a"], False])
def test_a_reason_is_a_text(reason):
    with pytest.raises(BadRequest, match="Retired: the reason has to be a text"):
        operation(RETIRED, Retired=reason)


def test_a_stage_says_which_of_its_operations_are_retired_and_refuses_to_enable_them():
    parts = operation(SYNC), operation(RETIRED)
    assert stage_with(*parts)["Retired"] == {"people": REASON}
    assert stage_with(*parts, people={"Enabled": False})["Retired"] == {"people": REASON}
    assert "Retired" not in stage_with(operation(SYNC))
    with pytest.raises(BadRequest, match=rf"Configuration\.people\.Enabled: .*: {REASON}"):
        stage_with(*parts, people={"Enabled": True})


def test_a_workflow_refuses_what_was_retired_after_its_stage_was_built():
    before, now = operation(SYNC), operation(SYNC, Configuration=OFF, Retired=REASON)
    stages = {"stage": stage_with(before)}
    definitions.check_parts(stages, {"labels": before})
    with pytest.raises(BadRequest, match=rf"Stages\.stage\.Configuration\.labels.*{REASON}"):
        definitions.check_parts(stages, {"labels": now})


# Operations that declare their configuration

SETTINGS = [
    {"Name": "Threshold", "Type": "Number", "Minimum": 0, "Maximum": 100, "Default": "50"},
    {"Name": "Deep", "Type": "Boolean", "Description": "Looks twice."},
]
COPIED = [
    {"Name": "Threshold", "Type": "Number", "Minimum": 0, "Maximum": 100},
    {"Name": "Deep", "Type": "Boolean"},
]
DECLARED = {**SYNC, "Settings": SETTINGS}


def test_declared_defaults_are_laid_under_the_configuration_of_the_registration():
    item = operation(DECLARED)
    assert item["Configuration"] == {**SYNC["Configuration"], "Threshold": 50}
    assert item["Settings"] == [{**SETTINGS[0], "Default": 50}, SETTINGS[1]]
    given = {**SYNC["Configuration"], "Threshold": "80", "Deep": "false"}
    read = operation(DECLARED, Configuration=given)["Configuration"]
    assert read == {**SYNC["Configuration"], "Threshold": 80, "Deep": False}


def test_a_registration_that_does_not_fit_its_own_declaration_is_refused():
    for given, words in (
        ({"Treshold": 1}, r"^Configuration\.Treshold: .*did you mean Threshold\?"),
        ({"Deep": "maybe"}, r"^Configuration\.Deep: the operator 'labels' takes a Boolean"),
    ):
        with pytest.raises(BadRequest, match=words):
            operation(DECLARED, Configuration={**SYNC["Configuration"], **given})


def test_an_operation_that_declares_nothing_has_no_settings_and_takes_any_key():
    item = operation(SYNC, Configuration={**SYNC["Configuration"], "MediaTypes": "x"})
    assert item["Configuration"]["MediaTypes"] == "x"
    assert "Settings" not in item


def test_an_operation_that_declares_that_it_takes_nothing_takes_nothing():
    item = operation(SYNC, Settings=[])
    assert item["Settings"] == []
    with pytest.raises(BadRequest, match="it takes no keys of its own"):
        stage_with(item, labels={"Threshold": 1})


def test_a_stage_reads_values_by_the_declarations_and_keeps_them_without_words():
    made = stage_with(operation(DECLARED), labels={"Threshold": "80"})
    assert made["Configuration"]["labels"]["Threshold"] == 80
    assert made["Overrides"] == {"labels": {"Threshold": "80"}}
    assert made["Settings"] == {"labels": COPIED}
    assert "Settings" not in stage_with(operation(SYNC))
    with pytest.raises(BadRequest, match=r"^Configuration\.labels\.Enable: .*mean Enabled\?"):
        stage_with(operation(DECLARED), labels={"Enable": False})


def test_a_workflow_carries_the_declarations_of_its_stages():
    stages = {"stage": stage_with(operation(DECLARED))}
    request = {"Name": "wf", "StartAt": "stage", "Stages": {"stage": {"End": True}}}
    built = definitions.build_workflow(request, stages, STAMP, "api")
    assert built["Stages"]["stage"]["Settings"] == {"labels": COPIED}


def test_a_workflow_refuses_what_its_operators_no_longer_take():
    stages = {"stage": stage_with(operation(DECLARED), labels={"Threshold": 80})}
    narrower = [{**SETTINGS[0], "Maximum": 60}]
    with pytest.raises(BadRequest, match=r"^Stages\.stage\.Configuration\.labels\.Threshold"):
        definitions.check_parts(stages, {"labels": operation(SYNC, Settings=narrower)})
    definitions.check_parts(stages, {"labels": operation(DECLARED)})


def test_a_stage_that_does_not_fit_a_new_declaration_says_why():
    stage = stage_with(operation(DECLARED), labels={"Threshold": 80})
    narrower = operation(SYNC, Settings=[{**SETTINGS[0], "Maximum": 60}])
    said = definitions.misfit(stage, narrower)
    assert said.startswith("the stage stage: Configuration.labels.Threshold: the operator 'labels'")
    assert definitions.misfit(stage, operation(DECLARED)) is None
    assert definitions.misfit(stage, operation(SYNC)) is None
    assert definitions.misfit(stage_with(operation(DECLARED)), narrower) is None
