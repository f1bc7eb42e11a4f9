"""What Step Functions finds wrong with the definition of a state machine.

Only what a mistake of a generator may bring about: the whole language has a schema of its own.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

_LONGEST_NAME = 80
_TYPES = frozenset({"Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"})
_SCHEMA, _TARGET = "SCHEMA_VALIDATION_FAILED", "MISSING_TRANSITION_TARGET"
# they name no state to follow them
_ENDS = frozenset({"Succeed", "Fail"})


def problem(definition: str) -> str | None:
    """The first fault, as the message of InvalidDefinition quotes it."""
    try:
        machine = json.loads(definition)
    except ValueError as error:
        return f"INVALID_JSON_DESCRIPTION: {error}"
    if not isinstance(machine, dict):
        return f"{_SCHEMA}: Definition must be a valid JSON object"
    names: set[str] = set()
    return next(_problems(machine, "", names), None)


def _problems(machine: Json, place: str, names: set[str]) -> Iterator[str]:
    """names: of the states around it, to which its own are added."""
    missing = [key for key in ("States", "StartAt") if key not in machine]
    if missing:
        names_of_them = ", ".join(missing)
        yield f"{_SCHEMA}: These fields are required: [{names_of_them}] at {place or '/'}"
        return
    states: Mapping[str, Json] = machine["States"]
    begin = machine["StartAt"]
    reached = {begin}
    if begin not in states:
        yield f"{_TARGET}: Missing 'Next' target: {begin} at {place}/StartAt"
    for name, state in states.items():
        where = f"{place}/States/{name}"
        yield from _problems_of_a_state(name, state, where, names)
        for target in _targets(state):
            reached.add(target)
            if target not in states:
                yield f"{_TARGET}: Missing 'Next' target: {target} at {where}"
        for key, inner in _machines_in(state):
            yield from _problems(inner, f"{where}/{key}", names)
    for name in states:
        if name not in reached:
            yield f'{_TARGET}: State "{name}" is not reachable. at {place}/States/{name}'


def _problems_of_a_state(name: str, state: Json, where: str, names: set[str]) -> Iterator[str]:
    if len(name) > _LONGEST_NAME:
        yield f"STATE_NAME_TOO_LONG: The name has more than {_LONGEST_NAME} characters at {where}"
    if name in names:
        yield f"DUPLICATE_STATE_NAME: Duplicate State name: {name} at {where}"
    names.add(name)
    kind = state.get("Type")
    if kind not in _TYPES:
        yield f"{_SCHEMA}: {kind} is not a known type at {where}/Type"
    elif kind == "Choice":
        if not state.get("Choices"):
            yield f"{_SCHEMA}: These fields are required: [Choices] at {where}"
    elif kind not in _ENDS and ("Next" in state) == (state.get("End") is True):
        yield f"{_SCHEMA}: One of [Next, End] is required at {where}"


def _targets(state: Json) -> Iterator[str]:
    for one in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        if "Next" in one:
            yield one["Next"]
    if "Default" in state:
        yield state["Default"]


def _machines_in(state: Json) -> Iterator[tuple[str, Json]]:
    for number, branch in enumerate(state.get("Branches", ())):
        yield f"Branches[{number}]", branch
    for key in ("ItemProcessor", "Iterator"):
        if key in state:
            yield key, state[key]
