"""Requests and definitions that tests of the control plane start from."""

from tests.fakes.control_plane import LAMBDA

from mie.core import statuses
from mie.engine import executions, operations, stages, waiting, workflows
from mie.engine.scheduling import fill_slots

SOURCE = {"Media": {"Video": {"S3Bucket": "bucket", "S3Key": "v.mp4"}}}


def operation(name, **changes):
    return {
        "Name": name,
        "Type": "Sync",
        "Configuration": {"MediaType": "Video", "Enabled": True},
        "StartLambdaArn": f"{LAMBDA}:start-{name}",
        **changes,
    }


def chain(*names):
    """The Stages of a workflow: one after another."""
    following = [*names[1:], None]
    return {
        name: {"Next": after} if after else {"End": True}
        for name, after in zip(names, following, strict=True)
    }


def workflow(name, *names, **changes):
    return {"Name": name, "StartAt": names[0], "Stages": chain(*names), **changes}


def define(world, name="wf", stage_operations=(("a",), ("b",))):
    """A workflow of stages s1, s2, … with these operators; returns it."""
    ports = world.definition_ports
    for one in {one for names in stage_operations for one in names}:
        operations.create(ports, operation(one))
    stage_names = [f"s{number}" for number, _ in enumerate(stage_operations, 1)]
    for stage, names in zip(stage_names, stage_operations, strict=True):
        stages.create(ports, {"Name": stage, "Operations": list(names)})
    return workflows.create(ports, workflow(name, *stage_names), "api")


def run(world, name="wf", **changes):
    """A queued execution of a defined workflow."""
    return executions.create(world.execution_ports, {"Name": name, "Input": SOURCE, **changes})


def run_to(world, status, name="wf"):
    """The record of an execution that has come so far; it waits, and is resumed, in s1."""
    execution = run(world, name)
    event = {"Name": "Wait", "WorkflowExecutionId": execution["Id"]}
    if status != statuses.QUEUED:
        fill_slots(world.worker_ports, 5)
    if status in (statuses.WAITING, statuses.RESUMED):
        waiting.start(world.worker_ports, event)
    if status == statuses.RESUMED:
        executions.resume(world.execution_ports, execution["Id"], "s1")
    record = world.executions.get(execution["Id"])
    assert record["Status"] == status
    return record


def output(name, status="Complete", **changes):
    """What an operator returns."""
    return {"Name": name, "Status": status, "MetaData": {}, "Media": {}, **changes}
