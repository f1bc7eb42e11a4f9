"""Definitions that Step Functions refuses."""

import json

import pytest

from local_aws.machine_definitions import problem

LAST = {"Type": "Pass", "End": True}


def machine(**states):
    return {"StartAt": next(iter(states)), "States": states}


def nested(inner):
    return machine(Both={"Type": "Parallel", "Branches": [inner], "End": True})


def of(definition):
    return problem(json.dumps(definition))


def test_a_machine_of_every_kind_of_step_passes():
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.a", "Next": "B"}], "Default": "C"}
    task = {"Type": "Task", "Resource": "arn", "Next": "C", "Catch": [{"Next": "D"}]}
    inner = machine(E=LAST)
    both = {"Type": "Parallel", "Branches": [inner], "End": True}
    steps = machine(A=choice, B=task, C=both, D={"Type": "Fail"})
    assert of(steps) is None


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ({}, "These fields are required: [States, StartAt] at /"),
        (machine(A=LAST) | {"StartAt": "B"}, "Missing 'Next' target: B at /StartAt"),
        (machine(A={"Type": "Pass", "Next": "B"}), "Missing 'Next' target: B at /States/A"),
        (machine(A=LAST, B=LAST), 'State "B" is not reachable'),
        (machine(A={"Type": "Pass"}), "One of [Next, End] is required at /States/A"),
        (machine(A={**LAST, "Next": "A"}), "One of [Next, End] is required"),
        (machine(A={"Type": "Choice"}), "required: [Choices] at /States/A"),
        (machine(A={"Type": "Dance", "End": True}), "Dance is not a known type"),
        (machine(**{"s" * 81: LAST}), "more than 80 characters"),
        (nested(machine(Both=LAST)), "Duplicate State name: Both"),
        (
            nested(machine(A={"Type": "Pass", "Next": "Both"})),
            "target: Both at /States/Both/Branch",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(definition, says):
    assert says in of(definition)


@pytest.mark.parametrize("text", ["", "no json", "[]"])
def test_what_is_no_object_is_refused(text):
    assert problem(text).startswith(("INVALID_JSON_DESCRIPTION", "SCHEMA_VALIDATION_FAILED"))
