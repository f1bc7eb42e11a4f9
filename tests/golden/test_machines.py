"""Generated machines: their text is kept, and a maintained validator reads them.

Regenerate with ``MIE_UPDATE_GOLDEN=1 python -m pytest tests/golden`` and read the diff.
"""

import json
import os
from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint
from tests.golden.compiled import MACHINES

FOLDER = Path(__file__).parent / "machines"
UPDATE = os.environ.get("MIE_UPDATE_GOLDEN") == "1"


def pretty(text):
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_is_the_one_that_was_read_and_kept(name):
    file = FOLDER / name
    if UPDATE:
        file.parent.mkdir(exist_ok=True)
        file.write_text(pretty(MACHINES[name]))
    assert pretty(MACHINES[name]) == file.read_text()


def test_no_kept_machine_is_without_its_test():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(MACHINES)


def complaints(machine, form="Definition"):
    """What cfn-lint says of a state machine that has this definition."""
    resource = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": "arn:aws:iam::000000000000:role/execution",
            form: machine if form == "Definition" else json.dumps(machine),
        },
    }
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Machine": resource}}
    found = lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"]))
    return [f"{one.rule.id} {one.message}" for one in found]


def machine(name="workflow_of_two_stages.json"):
    return json.loads(MACHINES[name])


@pytest.mark.parametrize("form", ["Definition", "DefinitionString"])
@pytest.mark.parametrize("name", MACHINES)
def test_a_validator_finds_nothing_wrong(name, form):
    assert complaints(machine(name), form) == []


# The validator itself is watched: it must see a machine that is broken.


def branch_state(broken, name):
    """A state of the first stage's operators, by the beginning of its name."""
    for branch in broken["States"]["Analysis"]["Branches"]:
        for state, definition in branch["States"].items():
            if state.startswith(name):
                return definition
    raise KeyError(name)


def without_resource(broken):
    del branch_state(broken, "Execute labelDetectionImage")["Resource"]


def without_condition(broken):
    del branch_state(broken, "Filter labelDetectionImage")["Choices"][0]["Condition"]


def with_two_ways_on(broken):
    branch_state(broken, "Execute labelDetectionImage")["Next"] = "somewhere"


def with_a_mistyped_field(broken):
    branch_state(broken, "Execute labelDetectionImage")["ResultsPath"] = "$.Outputs"


def with_jsonpath_in_jsonata(broken):
    branch_state(broken, "Filter labelDetectionImage")["OutputPath"] = "$.Outputs"


def with_an_expression_outside_jsonata(broken):
    branch_state(broken, "TranscribeVideo Wait")["Seconds"] = "{% 5 %}"


def with_a_start_that_is_not_there(broken):
    broken["States"]["Analysis"]["Branches"][0]["StartAt"] = "Nowhere"


def with_an_unknown_type(broken):
    broken["States"]["Translation"]["Type"] = "Serial"


@pytest.mark.parametrize(
    "break_it",
    [
        without_resource,
        without_condition,
        with_two_ways_on,
        with_a_mistyped_field,
        with_jsonpath_in_jsonata,
        with_an_expression_outside_jsonata,
        with_a_start_that_is_not_there,
        with_an_unknown_type,
    ],
)
def test_the_validator_sees_a_machine(break_it):
    broken = machine()
    break_it(broken)
    assert any(one.startswith("E3601") for one in complaints(broken))


# What the validator does not look at: where the ways lead.


def scopes(definition):
    yield definition["States"], definition["StartAt"]
    for state in definition["States"].values():
        for branch in state.get("Branches", []):
            yield from scopes(branch)


def targets(state):
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for key in ("Choices", "Catch"):
        yield from (one["Next"] for one in state.get(key, []))


@pytest.mark.parametrize("name", MACHINES)
def test_every_way_leads_to_a_state_of_its_own_scope_and_every_state_is_reached(name):
    for states, start in scopes(machine(name)):
        reached, ahead = set(), [start]
        while ahead:
            state = ahead.pop()
            if state not in reached:
                reached.add(state)
                ahead.extend(targets(states[state]))
        assert reached == set(states)
