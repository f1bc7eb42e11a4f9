"""What machines compute while they run: every JSONata expression that states have.

An expression reads the state's input, its own result or a caught error below ``$states``. Names
of operators have no character that ends a text.
"""

import json

from mie.core import polling

# What an operator gets and need not hand back.
KEPT_BY_THE_STAGE = ("Input", "Configuration", "Attempt")

OUTPUTS = "$states.input.Outputs"
RESULT = "$states.result"
# The state's input with Error and Cause in Outputs, whatever went wrong.
CAUGHT = '$merge([$states.input, {"Outputs": $states.errorOutput}])'
EXECUTING = f'{OUTPUTS}.Status = "Executing"'
MAY_GO_ON = f"{EXECUTING} and $states.input.Poll.Waited < $states.input.Poll.Timeout"

# the last wait ends when the time is up
NEXT_POLL = (
    "($poll := $states.input.Poll; "
    f"$seconds := $min([$poll.Longest, $round($poll.Seconds * {polling.WAIT_GROWTH}), "
    "$poll.Timeout - $poll.Waited]); "
    '$merge([$states.input, {"Poll": $merge([$poll, '
    '{"Seconds": $seconds, "Waited": $poll.Waited + $seconds}])}]))'
)


def field(expression: str) -> str:
    """The expression as the value of a field."""
    return f"{{% {expression} %}}"


def run_state(key: str, below: str | None = None) -> str:
    """What the run state of the stage has at a key, or at a key below it."""
    if below is None:
        return f"$states.input.{key}"
    return f'$lookup($states.input.{key}, "{below}")'


def is_to_run(operation: str) -> str:
    """Whether an operator is enabled and its medium is there; one without a medium needs none.

    Without a configuration it has no value, which is an error: the state is not that of this stage.
    """
    return (
        f"($configuration := {run_state('Configuration', operation)}; $exists($configuration) ? "
        '($configuration.Enabled = true and ($configuration.MediaType = "MetadataOnly" or '
        "$exists($lookup($states.input.Input.Media, $configuration.MediaType)))))"
    )


def slim(result: str) -> str:
    """A result without what its stage keeps; one that is no object stays as it is."""
    kept = json.dumps(KEPT_BY_THE_STAGE)
    return (
        f'$type({result}) = "object" ? '
        # without a key left $sift has no value, which $merge turns into {}
        f"$merge([$sift({result}, function($value, $key) {{$not($key in {kept})}})]) : {result}"
    )


def first_poll(operation: str) -> str:
    """The state's input with the first Poll.

    Poll = {"Seconds": the wait that comes, "Waited": all waits up to its end, "Longest",
    "Timeout"} travels beside the outputs. It is state data and not a variable, because the
    branches of a stage wait on their own.
    """
    longest = f"$max([{polling.LONGEST_WAIT_SECONDS}, $first])"
    return (
        f"($configuration := {run_state('Configuration', operation)}; "
        f"$first := {_setting('PollSeconds', polling.FIRST_WAIT_SECONDS)}; "
        f"$longest := {_setting('MaxPollSeconds', longest)}; "
        f"$timeout := {_setting('TimeoutSeconds', polling.TIMEOUT_SECONDS)}; "
        "$seconds := $min([$first, $longest, $timeout]); "
        '$merge([$states.input, {"Poll": {"Seconds": $seconds, "Waited": $seconds, '
        '"Longest": $longest, "Timeout": $timeout}}]))'
    )


def timed_out(operation: str) -> str:
    """The state's input with Outputs as if an error had been caught."""
    return (
        '$merge([$states.input, {"Outputs": {"Error": "States.Timeout", "Cause": '
        f'"{operation} was still executing after " & $states.input.Poll.Timeout & " seconds"}}}}])'
    )


def _setting(key: str, default: str | int) -> str:
    return f"($exists($configuration.{key}) ? $configuration.{key} : {default})"
