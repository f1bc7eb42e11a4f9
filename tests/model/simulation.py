"""The engine on its fakes, with machines that run step by step and everything that goes wrong.

A schedule is a list of actions. Each may be disturbed at some of its side effects: whoever acts is
killed before or after it, the service refuses it or does it and says that it did not, transactions
of others hold it up for too long, or somebody else acts in between. That a write whose answer got
lost takes effect once is what test_lost_answers.py shows of the adapters.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from itertools import count

from tests.fakes import control_plane as fakes
from tests.fakes.definitions import chain, define

from MediaInsightsEngineLambdaHelper import (
    MediaInsightsOperationHelper,
    request_tokens,
    started_job,
)
from mie.core import statuses
from mie.core.errors import MieError, TooManyRequests
from mie.core.executions import (
    END,
    attempt,
    began_with,
    machine_arn,
    machine_execution_arn,
    machine_execution_name,
)
from mie.core.executions import execution_id as id_in_name
from mie.core.lifecycle import HOLDS_A_SLOT, TRANSITIONS, has_ended
from mie.engine import (
    awaited_copies,
    cancellation,
    execution_retries,
    executions,
    waiting,
    workflows,
)
from mie.engine.completion import complete_stage
from mie.engine.machine_failures import close_execution
from mie.engine.reconciliation import sweep
from mie.engine.scheduling import fill_slots
from mie.engine.system import MAX_CONCURRENT_WORKFLOWS

# A stage that has a service do something, one in which somebody may be waited for, the last one.
STAGES = (("job",), ("pause",), ("last",))
JOB, PAUSE = "job", "pause"
# A source that is copied behind its request.
LARGE = "large.mp4"
# What the sweep gives the event of a machine's end to arrive, and more.
LONG = 300.0
# Of ten.
RARELY = 2

EFFECTS = {
    "executions": {
        "create",
        "replace",
        "mark_cancelled",
        "admit",
        "settle",
        "move",
        "delete",
        "end_copy",
        "correct_slots",
        "doubt_slots",
    },
    "machines": {"start", "stop", "delete", "put_version"},
    "workflows": {"create", "replace", "delete"},
    "queue": {"send", "receive", "delete", "put_back"},
    "dataplane": {"create_asset", "delete_asset"},
    "scheduler": {"wake"},
}
# Never raises: a lost call is made up for by the schedule.
NEVER_RAISES = {"wake"}


class Killed(BaseException):
    """The process is gone: nothing that it would do on an error is done."""


class Refused(Exception):
    """A service is not there for the moment."""


@dataclass(frozen=True)
class Disturbance:
    """kind: "kill", "refuse", "hold" or "intrude"; at: which side effect of the action; late:
    behind it, where nothing is held up any more."""

    kind: str
    at: int
    late: bool
    intruder: tuple[str, int] = ("", 0)


class Port:
    """An interface whose side effects can be disturbed."""

    def __init__(self, simulation, name):
        self._simulation = simulation
        self._target = getattr(simulation.world, name)
        self._effects = EFFECTS.get(name, set())

    def __getattr__(self, name):
        attribute = getattr(self._target, name)
        if name not in self._effects:
            return attribute
        return lambda *args, **more: self._simulation.effect(name, attribute, *args, **more)


class JobService:
    """Gives the job of a token to whoever names it again, also when it has failed."""

    def __init__(self):
        # token -> (the execution that pays for the job, whether the job fails)
        self.jobs = {}

    def start(self, token, execution_id, fails):
        if token not in self.jobs:
            paid = [failed for payer, failed in self.jobs.values() if payer == execution_id]
            # what has not failed is there to be found again
            assert all(paid)
            self.jobs[token] = (execution_id, fails)
        return token

    def has_failed(self, token):
        return self.jobs[token][1]


class Machines(fakes.Machines):
    """Tells of the end of an execution, as EventBridge does."""

    def __init__(self, events):
        super().__init__()
        self.events = events

    def end(self, execution_arn, status, at):
        before = self.runs.get(execution_arn)
        super().end(execution_arn, status, at)
        if before is not None and before.ended is None and status != "SUCCEEDED":
            machine = ":".join(execution_arn.split(":")[:7]).replace("execution", "stateMachine")
            self.events.append(
                {
                    "detail": {
                        "name": execution_arn.rsplit(":", 1)[-1],
                        "status": status,
                        "executionArn": execution_arn,
                        "stateMachineArn": machine,
                    }
                }
            )


class Executions(fakes.Executions):
    """Writes what the table of the life cycle says, and nothing else."""

    def _write(self, before, after, limit=None):
        present = before and self.items.get(before["Id"])
        written = super()._write(before, after, limit)
        if written and before and after and before["Status"] != after["Status"]:
            ways = [
                one
                for one in TRANSITIONS
                if (one.before, one.after) == (before["Status"], after["Status"])
            ]
            changed = {key for key in after if after[key] != present.get(key)}
            assert changed <= {"Status"}.union(*(one.sets for one in ways)), changed
            removed = present.keys() - after
            assert removed <= set().union(*(one.removes for one in ways)), removed
        return written


@cache
def _defined():
    """The workflow of all simulations, made once: compiling it takes as long as running it."""
    world = fakes.World()
    define(world, "wf", STAGES)
    return world


class Simulation:
    def __init__(self, *, lossy, index=None):
        """lossy: whether messages get lost for good, which SQS never does to one that it took.

        index: of the executions, which may be behind for less than a minute.
        """
        self.lossy = lossy
        self.events = []
        self.world = fakes.World(index)
        self.world.machines = Machines(self.events)
        self.world.executions = Executions(index)
        self.now = 1_700_000_000.0
        self.world.clock = self.clock
        # the same schedule always picks the same executions
        ids = count(1)
        self.world.new_id = lambda: f"{next(ids):08x}-0000-4000-8000-000000000000"
        defined = _defined()
        for table in ("operations", "stages", "workflows"):
            getattr(self.world, table).items = deepcopy(getattr(defined, table).items)
        self.world.machines.definitions = dict(defined.machines.definitions)
        self.world.machines.versions = dict(defined.machines.versions)
        self.world.system.put(MAX_CONCURRENT_WORKFLOWS, 2)
        self.world.dataplane.large.add(LARGE)
        # arn -> input of the state that a machine stands at; the arns of those that wait
        self.positions = {}
        self.paused = set()
        self.service = JobService()
        # the ids of all that ever ended
        self.ended = set()
        # seen in the middle of an action, where whoever acts would catch an error
        self.wrong = []
        self._disturbances = ()
        self._effects = 0
        # how many act at the same time
        self._depth = 0

    def clock(self):
        self.now += 0.001
        return self.now

    def ports(self, of_the_world):
        ports = {
            name: Port(self, name) for name in EFFECTS if name in of_the_world.__dataclass_fields__
        }
        return replace(of_the_world, **ports)

    @property
    def api(self):
        return self.ports(self.world.execution_ports)

    @property
    def definitions(self):
        return replace(self.ports(self.world.definition_ports), pause=self.pause)

    def pause(self, most):
        self.now += most

    @property
    def worker(self):
        return self.ports(self.world.worker_ports)

    @property
    def records(self):
        return self.world.executions.items

    @property
    def limit(self):
        return self.world.system.get(MAX_CONCURRENT_WORKFLOWS)

    def act(self, name: str, which: int, disturbances: Sequence[Disturbance] = ()) -> None:
        """One action, by whoever does such things; what it answers is of no interest."""
        outer = (self._disturbances, self._effects)
        self._disturbances, self._effects = disturbances, 0
        self._depth += 1
        try:
            ACTIONS[name](self, which)
        except (Killed, Refused, MieError):
            pass
        finally:
            self._disturbances, self._effects = outer
            self._depth -= 1

    def effect(self, name, act: Callable, *args, **more):
        planned = [one for one in self._disturbances if one.at == self._effects]
        self._effects += 1
        for one in planned:
            if not one.late:
                self._disturb(name, one)
        answer = self._watched(name, act, *args, **more)
        if name == "start" and not any(one.kind == "intrude" for one in planned):
            self.check_workflow(args[1])
        for one in planned:
            if one.late and one.kind != "hold":
                self._disturb(name, one)
        return answer

    def _disturb(self, name, planned):
        if planned.kind == "kill":
            raise Killed
        if planned.kind == "refuse" and name not in NEVER_RAISES:
            raise Refused
        if planned.kind == "hold" and name in EFFECTS["executions"]:
            raise TooManyRequests("transactions of others are in the way all the time")
        if planned.kind == "intrude":
            self.act(*planned.intruder)

    def _watched(self, name, act, *args, **more):
        answer = act(*args, **more)
        if name == "admit" and answer and self.world.executions.taken > self.limit:
            self.wrong.append(f"{self.world.executions.taken} hold one of {self.limit} slots")
        return answer

    def pick(self, which, candidates):
        ordered = sorted(candidates)
        return ordered[which % len(ordered)] if ordered else None

    def running(self):
        return [arn for arn, one in self.world.machines.runs.items() if one.status == "RUNNING"]

    # What happens

    def create(self, which):
        overrides = {} if which % 2 else {"s2": {PAUSE: {"Enabled": False}}}
        key = LARGE if which % 4 == 3 else "v.mp4"
        executions.create(
            self.api,
            {
                "Name": "wf",
                "Input": {"Media": {"Video": {"S3Bucket": "bucket", "S3Key": key}}},
                "Configuration": overrides,
            },
        )

    def again(self, which):
        """An asset that was analysed before, or is at this moment."""
        found = self.pick(which, self.records)
        if found is not None:
            asset = {"AssetId": self.records[found]["AssetId"]}
            executions.create(self.api, {"Name": "wf", "Input": asset})

    def wake(self, which):
        fill_slots(self.worker, 5)

    def minute(self, which):
        self.now += LONG if which % 2 else 60.0
        self.world.executions.index.catch_up()
        awaited_copies.settle_all(self.worker)
        sweep(self.worker)
        fill_slots(self.worker, 5, find_lost=True)

    def copying(self):
        assets = self.world.dataplane.assets.items()
        return [key for key, one in assets if one.get("State") == "Copying"]

    def end_copy(self, which):
        asset_id = self.pick(which, self.copying())
        if asset_id is not None:
            if which % 3 == 2:
                self.world.dataplane.end_copy(asset_id, "Failed", Message="why")
            else:
                self.world.dataplane.end_copy(asset_id, "Ready")
            awaited_copies.settle(self.worker, asset_id)

    def step(self, which):
        arn = self.pick(which, self.running())
        if arn is not None:
            self.run_machine(arn, "Error" if which % 5 == 4 else "Complete")

    def start_job(self, which):
        """An operator dies behind the start of its job; its state calls it again."""
        arn = self.pick(which, self.running())
        state = self.positions.get(arn, self.world.machines.executions.get(arn))
        if arn is not None and STAGES[int(state["Name"][1:]) - 1] == (JOB,):
            fails = which % 5 == 4
            self._job(
                state, {"Name": JOB, "Status": "Started", "MetaData": {}, "Media": {}}, fails=fails
            )

    def give_up(self, which):
        """The Lambda that a state calls fails more often than the state retries."""
        arn = self.pick(which, self.running())
        if arn is not None:
            self.world.machines.end(arn, "FAILED", self.now)

    def abort(self, which):
        arn = self.pick(which, self.running())
        if arn is not None:
            self.world.machines.end(arn, "ABORTED", self.now)

    def tell(self, which):
        if self.events:
            event = self.events[which % len(self.events)]
            close_execution(self.worker, self.world.machines.short_uuid, event)
            # one that fails is delivered again, and one in three comes twice
            if which % 3 and event in self.events:
                self.events.remove(event)

    def delete_machine(self, which):
        """Somebody does it in Step Functions' console, which is rare."""
        if which < RARELY:
            self.world.machines.delete(self.world.machines.workflow_arn("wf"))

    def delete_workflow(self, which):
        workflows.delete(self.definitions, "wf", force=which < RARELY)

    def make_workflow(self, which):
        """Makes what was deleted again."""
        workflow = self.world.workflows.get("wf")
        machine = self.world.machines.workflow_arn("wf")
        if workflow is not None and machine in self.world.machines.definitions:
            return
        if workflow is None:
            request = {"Name": "wf", "StartAt": "s1", "Stages": chain("s1", "s2", "s3")}
            workflows.create(self.definitions, request, "api")
        else:
            workflows.rebuild(self.definitions, "wf")

    def lose_event(self, which):
        if self.events:
            self.events.pop(which % len(self.events))

    def resume(self, which):
        found = self.pick(which, self.records)
        if found is not None:
            executions.resume(self.api, found, "s2")

    def cancel(self, which):
        found = self.pick(which, self.records)
        if found is not None:
            cancellation.cancel(self.api, found)

    def retry(self, which):
        found = self.pick(which, self.records)
        if found is not None:
            execution_retries.retry(self.api, found, {})

    def delete(self, which):
        found = self.pick(which, self.records)
        if found is not None:
            executions.delete(self.api, found)

    def set_limit(self, which):
        self.world.system.put(MAX_CONCURRENT_WORKFLOWS, 1 + which % 3)

    def repeat_message(self, which):
        found = self.pick(which, self.records)
        if found is not None:
            self.world.queue.send(found)

    def lose_message(self, which):
        receipt = self.pick(which, self.world.queue.visible)
        if receipt is not None and self.lossy:
            del self.world.queue.visible[receipt]

    def time_out(self, which):
        self.world.queue.time_out()

    def calm(self, which):
        """For some minutes nothing happens but what happens by itself."""
        # not while somebody else is in the middle of something
        if self._depth > 1:
            return
        for _ in range(4):
            self.watch_over()
        self.check_agreement()

    def run_machine(self, arn, outcome):
        """One step of a machine: its operator, then the state that completes the stage."""
        if not self.world.machines.gets_on(arn, self.now):
            return
        state = self.positions.get(arn, self.world.machines.executions[arn])
        (operator,) = STAGES[int(state["Name"][1:]) - 1]
        result = {"Name": operator, "Status": outcome, "MetaData": {}, "Media": {}}
        if not state["Configuration"][operator]["Enabled"]:
            result["Status"] = statuses.SKIPPED
        elif operator == JOB:
            result["Status"] = self._job(state, result, fails=outcome == statuses.ERROR)
        elif operator == PAUSE:
            run = {key: state[key] for key in ("WorkflowExecutionId", "Attempt")}
            paused = self._pause(arn, {**result, **run})
            if paused is None:
                return
            result["Status"] = paused
        self._complete(arn, state, result)

    def _job(self, state, result, *, fails):
        """The status with which an operator ends that has a service do something."""
        event = {**state, **result, "Configuration": state["Configuration"][JOB]}
        operator = MediaInsightsOperationHelper(event)

        def start(token):
            return self.service.start(token, state["WorkflowExecutionId"], fails)

        job = started_job(request_tokens(operator, "asked"), start, self.service.has_failed)
        return statuses.ERROR if self.service.has_failed(job) else statuses.COMPLETE

    def _pause(self, arn, event):
        """The status with which the Wait operator ends; None as long as it waits."""
        try:
            if arn not in self.paused:
                waiting.start(self.worker, event)
                self.paused.add(arn)
                return None
            status = waiting.check(self.worker, event)["Status"]
        except MieError:
            return statuses.ERROR
        return None if status == statuses.EXECUTING else status

    def _complete(self, arn, state, result):
        try:
            following = complete_stage(self.worker, {**state, "Outputs": [result]})
        except MieError:
            self.world.machines.end(arn, "FAILED", self.now)
            return
        if following:
            self.positions[arn] = following
            self.paused.discard(arn)
        else:
            self.world.machines.end(arn, "SUCCEEDED", self.now)

    # What must be true

    def endings(self):
        """(id, attempt) -> how it ended."""
        return {
            (execution_id, attempt(one)): (one["Status"], one.get("Message"))
            for execution_id, one in self.records.items()
            if has_ended(one)
        }

    def check(self, before):
        """before: the endings before the action."""
        self.ended |= {execution_id for execution_id, _ in before}
        assert self.wrong == []
        held = [one for one in self.records.values() if one["Status"] in HOLDS_A_SLOT]
        assert self.world.executions.taken == len(held)
        active = [one for one in self.records.values() if not has_ended(one)]
        assert self.world.executions.claims == {one["AssetId"]: one["Id"] for one in active}
        assert len(self.world.executions.claims) == len(active)
        for (execution_id, number), ending in before.items():
            now = self.records.get(execution_id)
            if now is not None and attempt(now) == number:
                assert (now["Status"], now.get("Message")) == ending
        for execution in self.records.values():
            self.check_machines(execution)
            self.check_stages(execution)
            self.check_source(execution)

    def check_workflow(self, machine_execution):
        """What starts is of the workflow that it was queued with, not of one that was made anew.

        A name is never free so soon again that this happens between a look and the start behind it.
        """
        execution = self.records.get(id_in_name(machine_execution))
        if execution is not None and not began_with(execution, self.world.workflows.get("wf")):
            self.wrong.append(f"{machine_execution} runs a workflow that was made anew")

    def check_stages(self, execution):
        """What has ended, has ended whole."""
        if has_ended(execution):
            stages = execution["Workflow"]["Stages"].values()
            assert statuses.STARTED not in {one["Status"] for one in stages}

    def check_machines(self, execution):
        """One execution of a machine for each attempt at most, none ahead of its attempt."""
        started = [
            arn.rsplit(":", 1)[-1]
            for arn in self.world.machines.executions
            if execution["Id"] in arn
        ]
        possible = {
            machine_execution_name({**execution, "Attempt": number})
            for number in range(1, attempt(execution) + 1)
        }
        assert set(started) <= possible
        assert len(started) == len(set(started))
        if execution["Status"] in {*HOLDS_A_SLOT, statuses.WAITING, statuses.RESUMED}:
            assert "StateMachineExecutionArn" in execution

    def check_source(self, execution):
        """Nothing runs before its source is there."""
        if "Copying" in execution:
            assert execution["Status"] in (statuses.QUEUED, statuses.ERROR)
            assert not [arn for arn in self.world.machines.executions if execution["Id"] in arn]

    def recover(self):
        """Nothing goes wrong any more, and no event comes to help."""
        for asset_id in self.copying():
            self.world.dataplane.end_copy(asset_id, "Ready")
        self.calm(0)
        self.run_to_the_end()

    def watch_over(self):
        """What happens by itself, while no machine gets on."""
        self.events.clear()
        self.world.queue.time_out()
        self.act("minute", 1)

    def check_agreement(self):
        """Records and machines say the same, once the sweep has looked at all of them."""
        active = {statuses.STARTED, statuses.WAITING, statuses.RESUMED}
        belonging, closing = set(), set()
        for execution in self.records.values():
            if execution["CurrentStage"] == END:
                # settled, and the machine has yet to hear of it
                closing.add(execution["StateMachineExecutionArn"])
            # a failed attempt may be retried before its machine has heard of the failure
            closing |= {
                machine_execution_arn({**execution, "Attempt": number})
                for number in range(1, attempt(execution))
            }
            if execution["Status"] in active:
                belonging.add(execution["StateMachineExecutionArn"])
                # one that is queued is ended by whoever receives its message when a slot is free
                assert "Cancelled" not in execution
        running = set(self.running())
        # nor has that of a failed one that was deleted at once
        names = {arn: id_in_name(arn.rsplit(":", 1)[-1]) for arn in running}
        closing |= {arn for arn, one in names.items() if one in self.ended - self.records.keys()}
        assert belonging <= running
        # of an execution that has ended, its message tells that its machine may have begun
        assert self.lossy or running <= belonging | closing

    def run_to_the_end(self):
        # one after another, when the limit is one
        for _ in range(20 * (1 + len(self.records))):
            if self.is_quiet():
                return
            self.watch_over()
            for arn in self.running():
                self.run_machine(arn, "Complete")
            for execution in list(self.records.values()):
                if execution["Status"] == statuses.WAITING:
                    self.act_on("resume", execution["Id"])

    def retry_failed(self):
        """The ids of the executions that failed and can be retried, which all go on."""
        self.act("make_workflow", 0)
        present = self.world.workflows.get("wf")
        failed = [
            one["Id"]
            for one in self.records.values()
            if one["Status"] == statuses.ERROR
            and "Copying" not in one
            and began_with(one, present)
            and machine_arn(one) in self.world.machines.versions
        ]
        for execution_id in failed:
            self.act_on("retry", execution_id)
            # another one may have failed with the same asset
            self.run_to_the_end()
        return failed

    def act_on(self, name, execution_id):
        self.act(name, sorted(self.records).index(execution_id))

    def is_quiet(self):
        ended = all(has_ended(one) for one in self.records.values())
        return ended and not self.running() and not self.world.queue.visible


ACTIONS = {
    name: getattr(Simulation, name)
    for name in (
        "create",
        "again",
        "wake",
        "step",
        "start_job",
        "minute",
        "resume",
        "cancel",
        "retry",
        "delete",
        "end_copy",
        "abort",
        "give_up",
        "delete_machine",
        "delete_workflow",
        "make_workflow",
        "tell",
        "lose_event",
        "set_limit",
        "repeat_message",
        "lose_message",
        "time_out",
        "calm",
    )
}
