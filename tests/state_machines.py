"""Runs the state machines that core compiles, in memory and without waiting.

It knows the part of the Amazon States Language that our machines use, counts what AWS bills
(state entries, Lambda invocations, seconds waited) and gets JSONata from the engine that the local
AWS uses as well. What it does not know it refuses, so that a machine cannot pass by being ignored.
"""

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jsonata.jsonata import Jsonata

Lambda = Callable[[Any], Any]

_LARGEST = 262_144
_PATH_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\['([^'\\]+)'\]")
_FIELDS = {
    "Task": {"Resource", "Parameters", "Arguments", "Output", "Retry", "Catch"},
    "Pass": {"Parameters", "Result", "Output"},
    "Choice": {"Choices", "Default"},
    "Wait": {"SecondsPath"},
    "Parallel": {"Branches", "Catch"},
}
_ANY_STATE = {"Type", "QueryLanguage", "InputPath", "ResultPath", "OutputPath", "Next", "End"}


class StateFailed(Exception):
    """A Lambda raised: the name of the error and its cause, as Step Functions catches them."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.cause = cause


@dataclass
class Run:
    """What one execution did. ``entered`` and ``invoked`` list names and ARNs in order."""

    lambdas: Mapping[str, Lambda]
    entered: list[str] = field(default_factory=list)
    invoked: list[str] = field(default_factory=list)
    waited: int = 0
    output: Any = None
    failed: StateFailed | None = None


def run(machine: Mapping[str, Any], state: Any, lambdas: Mapping[str, Lambda]) -> Run:
    """Runs a machine to its end; lambdas maps ARNs to functions of the event."""
    done = Run(lambdas)
    try:
        done.output = _run_states(json.loads(json.dumps(machine)), copy.deepcopy(state), done)
    except StateFailed as error:
        done.failed = error
    return done


def evaluate(expression: str, state: Any, **more: Any) -> Any:
    """The value of ``{% … %}`` for a state's input; an undefined one is an error, as on AWS.

    more: what else $states has, result or errorOutput.
    """
    assert expression.startswith("{%")
    assert expression.endswith("%}")
    text = expression[2:-2].strip()
    bindings = {"states": {"input": state, **more}}
    value = _parse(text).evaluate(None, bindings)
    if value is None and not _is_null(text, bindings):
        raise StateFailed("States.QueryEvaluationError", f"{text} has no value")
    return value


def _is_null(text: str, bindings: Mapping[str, Any]) -> bool:
    """Whether an expression that Python shows as None has the value null, and not none at all."""
    return bool(_parse(f"$exists({text})").evaluate(None, bindings))


def _evaluate_template(value: Any, state: Any, **more: Any) -> Any:
    """Arguments or Output of a JSONata state."""
    if isinstance(value, dict):
        return {key: _evaluate_template(one, state, **more) for key, one in value.items()}
    if isinstance(value, str) and value.startswith("{%"):
        return evaluate(value, state, **more)
    return value


def _is_jsonata(definition: Mapping[str, Any]) -> bool:
    return definition.get("QueryLanguage") == "JSONata"


@cache
def _parse(text: str) -> Jsonata:
    return Jsonata.jsonata(text)


def resolve(path: str, state: Any) -> Any:
    """The value at a reference path."""
    assert re.fullmatch(rf"\$({_PATH_STEP.pattern})*", path), path
    for match in _PATH_STEP.finditer(path):
        key = match[1] or match[2]
        if not isinstance(state, dict) or key not in state:
            raise StateFailed("States.ParameterPathFailure", f"{path} is not in the input")
        state = state[key]
    return state


def _run_states(machine: Mapping[str, Any], state: Any, done: Run) -> Any:
    name = machine["StartAt"]
    while True:
        definition = machine["States"][name]
        unknown = set(definition) - _ANY_STATE - _FIELDS[definition["Type"]]
        assert not unknown, f"{name} has the fields {unknown}"
        done.entered.append(name)
        state, following = _STATES[definition["Type"]](definition, state, done)
        _check_size(name, state)
        if following is None:
            return state
        name = following


def _check_size(name: str, data: Any) -> None:
    """What Step Functions takes as input and output of a state, and from what a task calls."""
    if len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()) > _LARGEST:
        cause = f"The state/task '{name}' returned a result with a size exceeding the maximum"
        raise StateFailed("States.DataLimitExceeded", f"{cause} number of bytes service limit.")


def _next(definition: Mapping[str, Any]) -> str | None:
    assert ("Next" in definition) != (definition.get("End") is True)
    return definition.get("Next")


def _finish(definition: Mapping[str, Any], raw: Any, result: Any) -> Any:
    """ResultPath puts the result into the state's raw input, OutputPath picks what goes on."""
    path = definition.get("ResultPath", "$")
    output = result if path == "$" else {**raw, path.removeprefix("$."): result}
    return resolve(definition.get("OutputPath", "$"), output)


def _template(value: Any, state: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        key.removesuffix(".$"): resolve(inner, state)
        if key.endswith(".$")
        else _template(inner, state)
        for key, inner in value.items()
    }


def _catch(definition: Mapping[str, Any], raw: Any, error: StateFailed) -> tuple[Any, str | None]:
    for catcher in definition.get("Catch", []):
        if _matches(catcher, error):
            caught = {"Error": error.error, "Cause": error.cause}
            if _is_jsonata(definition):
                output = _evaluate_template(catcher["Output"], raw, errorOutput=caught)
                return output, catcher["Next"]
            return {**raw, catcher["ResultPath"].removeprefix("$."): caught}, catcher["Next"]
    raise error


def _task(definition: Mapping[str, Any], raw: Any, done: Run) -> tuple[Any, str | None]:
    event = resolve(definition.get("InputPath", "$"), raw)
    attempts = [retrier["MaxAttempts"] for retrier in definition.get("Retry", [])]
    try:
        if "Parameters" in definition:
            event = _template(definition["Parameters"], event)
        if "Arguments" in definition:
            event = _evaluate_template(definition["Arguments"], raw)
        while True:
            done.invoked.append(definition["Resource"])
            try:
                # Lambda's wire is JSON: what cannot travel, or would be shared, shows here
                answer = done.lambdas[definition["Resource"]](json.loads(json.dumps(event)))
                result = json.loads(json.dumps(answer))
                _check_size(definition["Resource"], result)
                break
            except StateFailed as error:
                retrier = _retrier(definition, error)
                if retrier is None or attempts[retrier] == 0:
                    raise
                attempts[retrier] -= 1
        if _is_jsonata(definition):
            output = _evaluate_template(definition["Output"], raw, result=result)
            return output, _next(definition)
    except StateFailed as error:
        return _catch(definition, raw, error)
    return _finish(definition, raw, result), _next(definition)


def _retrier(definition: Mapping[str, Any], error: StateFailed) -> int | None:
    for index, retrier in enumerate(definition.get("Retry", [])):
        if _matches(retrier, error):
            return index
    return None


def _matches(rule: Mapping[str, Any], error: StateFailed) -> bool:
    """States.ALL stands for every name but that of too much data, which must be named."""
    names = rule["ErrorEquals"]
    return error.error in names or (
        "States.ALL" in names and error.error != "States.DataLimitExceeded"
    )


def _pass(definition: Mapping[str, Any], raw: Any, done: Run) -> tuple[Any, str | None]:
    if _is_jsonata(definition):
        return _evaluate_template(definition["Output"], raw), _next(definition)
    if "Parameters" in definition:
        result = _template(definition["Parameters"], raw)
    else:
        result = definition.get("Result", raw)
    return _finish(definition, raw, result), _next(definition)


def _choice(definition: Mapping[str, Any], raw: Any, done: Run) -> tuple[Any, str | None]:
    assert definition["QueryLanguage"] == "JSONata"
    for rule in definition["Choices"]:
        met = evaluate(rule["Condition"], raw)
        assert isinstance(met, bool), f"a condition must be a boolean, this one is {met!r}"
        if met:
            return evaluate(rule["Output"], raw) if "Output" in rule else raw, rule["Next"]
    return raw, definition["Default"]


def _wait(definition: Mapping[str, Any], raw: Any, done: Run) -> tuple[Any, str | None]:
    seconds = resolve(definition["SecondsPath"], raw)
    assert float(seconds).is_integer(), f"a wait must be of whole seconds, got {seconds!r}"
    done.waited += int(seconds)
    return raw, _next(definition)


def _parallel(definition: Mapping[str, Any], raw: Any, done: Run) -> tuple[Any, str | None]:
    try:
        results = [
            _run_states(branch, copy.deepcopy(raw), done) for branch in definition["Branches"]
        ]
    except StateFailed as error:
        return _catch(definition, raw, error)
    return _finish(definition, raw, results), _next(definition)


_STATES = {
    "Task": _task,
    "Pass": _pass,
    "Choice": _choice,
    "Wait": _wait,
    "Parallel": _parallel,
}
