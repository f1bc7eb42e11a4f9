"""The interfaces of the control plane on dictionaries; the contract suites of
tests/lib/mie/adapters run against these and against the real adapters."""

import json
import uuid
from functools import reduce
from itertools import count
from operator import getitem, itemgetter

from tests.fakes.lagging_index import LaggingIndex
from tests.fakes.objects import ObjectsInMemory
from tests.fakes.request_tokens import RequestTokens

from mie.core import lifecycle, names, statuses
from mie.core.asl import EngineLambdas
from mie.core.documents import ListPage, MachineRun, Message, Slots
from mie.core.errors import AlreadyExists, Busy, Changed, Conflict, Forbidden, NotFound, TooLarge
from mie.core.executions import summary
from mie.core.operator_functions import TAG
from mie.engine.ports import DefinitionPorts, ExecutionPorts, WorkerPorts

ACCOUNT = "000000000000"
LAMBDA = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function"
LARGEST_ITEM = 400 * 1024
# How often the name of a deleted machine is refused although nothing runs any more.
REFUSALS_OF_A_NAME = 2
# What tells an item from those of others.
MARKS = ("Id", "Created")


def stored(document):
    """A copy, as a store that keeps JSON gives it back."""
    return json.loads(json.dumps(document))


def is_another(present, item):
    """Whether an item that is there is not the one that shall be created."""
    return any(present.get(one) != item.get(one) for one in MARKS)


def page_of(found, key, most, after):
    left = sorted((one for one in found if one[key] > (after or "")), key=itemgetter(key))
    shown = left[:most]
    return ListPage(shown, shown[-1][key] if len(shown) == most else None)


class Definitions:
    unchanged = ("Id", "Version")

    def __init__(self, kind):
        self.kind = kind
        self.items = {}
        self.history = {}

    def get(self, name):
        return stored(self.items[name]) if name in self.items else None

    def list(self):
        return iter(stored(list(self.items.values())))

    def page(self, most, after):
        return page_of(self.list(), "Name", most, after)

    def create(self, item):
        if is_another(self.items.setdefault(item["Name"], stored(item)), item):
            raise AlreadyExists(self.kind, item["Name"])

    def replace(self, item, previous):
        present = self.items.get(previous["Name"], {})
        if any(present.get(one) != previous[one] for one in self.unchanged):
            raise Conflict("changed by somebody else")
        self.items[item["Name"]] = stored(item)
        self.history[previous["Id"], previous["Version"]] = stored(previous)

    def former(self, definition_id, version):
        found = self.history.get((definition_id, version))
        return None if found is None else stored(found)

    def delete(self, item):
        if self.items.get(item["Name"], {}).get("Id") == item["Id"]:
            del self.items[item["Name"]]


class Workflows(Definitions):
    unchanged = (*Definitions.unchanged, "StaleOperations", "StaleStages")

    def __init__(self):
        super().__init__("workflow")

    def mark_stale(self, name, *, operation, stage):
        item = self.items.get(name)
        for attribute, value in (("StaleOperations", operation), ("StaleStages", stage)):
            if item is not None and value is not None and value not in item[attribute]:
                item[attribute].append(value)


class Executions:
    """index: what the indexes by status and by asset show; claims: asset -> the execution that has
    it."""

    def __init__(self, index=None):
        self.items = {}
        self.index = LaggingIndex() if index is None else index
        self.claims = {}
        self.taken = 0
        self.doubted = None

    def get(self, execution_id):
        return stored(self.items[execution_id]) if execution_id in self.items else None

    def list(self):
        return iter(stored(list(self.items.values())))

    def with_status(self, status):
        return (summary(one) for one in self._indexed() if one["Status"] == status)

    def of_asset(self, asset_id):
        return (summary(one) for one in self._indexed() if one["AssetId"] == asset_id)

    def _indexed(self):
        return stored(self.index.shows(self.items))

    def page(self, most, after):
        return page_of(self.list(), "Id", most, after)

    def page_with_status(self, status, most, after):
        return page_of(self.with_status(status), "Id", most, after)

    def running(self):
        return self.taken

    def slots(self):
        return Slots(self.taken, self.doubted)

    def number_with_status(self, status):
        return len(list(self.with_status(status)))

    def doubt_slots(self, seen, at):
        if seen.taken != self.taken:
            return False
        self.doubted = at
        return True

    def correct_slots(self, seen, taken):
        if seen != self.slots() or seen.doubted is None:
            return False
        self._take(taken - self.taken)
        return True

    def create(self, execution):
        if execution["Id"] in self.items:
            raise Changed("it exists")
        self._write(None, execution)

    def replace(self, execution, previous):
        self._write(previous, execution)

    def claim(self, listed):
        if listed["AssetId"] in self.claims or not self._is_active(listed["Id"]):
            return False
        self.claims[listed["AssetId"]] = listed["Id"]
        return True

    def mark_cancelled(self, execution, at):
        self._update(execution, {"Cancelled": at})

    def admit(self, execution, limit, machine_execution_arn):
        changed = lifecycle.changes(execution, statuses.STARTED)
        arn = {"StateMachineExecutionArn": machine_execution_arn}
        return self._update(execution, {**changed, **arn}, limit)

    def settle(self, execution, stage, settlement):
        self._update(execution, settlement.changes(stage))

    def move(self, execution, status, *, message=None):
        self._update(execution, lifecycle.changes(execution, status, message))

    def end_copy(self, execution):
        present = self._unchanged(execution)
        if "Copying" not in present or "Cancelled" in present:
            raise Conflict("it does not wait for a copy")
        kept = {key: one for key, one in present.items() if key not in ("Copying", "Message")}
        self._write(present, kept)

    def delete(self, execution):
        self._write(execution, None)

    def _update(self, execution, changed, limit=None):
        lifecycle.step(execution["Status"], changed.get("Status", execution["Status"]))
        record = stored(self._unchanged(execution))
        for path, value in changed.items():
            *parents, last = path.split(".")
            reduce(getitem, parents, record)[last] = value
        return self._write(execution, record, limit)

    def _write(self, before, after, limit=None):
        step = lifecycle.step(before and before["Status"], after and after["Status"])
        if before is not None:
            self._unchanged(before)
        if after is not None and len(json.dumps(after)) > LARGEST_ITEM:
            raise TooLarge("more than 400 KB")
        if step.slots > 0 and limit is None:
            raise Conflict("an execution cannot become Started without being admitted")
        if step.slots > 0 and self.taken >= limit:
            return False
        execution = before or after
        holder = self.claims.get(execution["AssetId"])
        if step.assets > 0 and holder != execution["Id"] and self._is_active(holder):
            raise Conflict(f"another workflow execution(Id = {holder}) active")
        if step.assets > 0:
            self.claims[execution["AssetId"]] = execution["Id"]
        elif step.assets < 0 and holder == execution["Id"]:
            del self.claims[execution["AssetId"]]
        if step.slots:
            self._take(step.slots)
        self.index.changes(execution["Id"], self.items.get(execution["Id"]))
        if after is None:
            del self.items[execution["Id"]]
        else:
            self.items[execution["Id"]] = stored(after)
        return True

    def _unchanged(self, execution):
        present = self.items.get(execution["Id"], {})
        for key in ("Status", "Attempt", "CurrentStage"):
            if present.get(key) != execution.get(key):
                raise Changed(f"another {key}")
        return present

    def _is_active(self, execution_id):
        return self.items.get(execution_id, {}).get("Status") in lifecycle.ACTIVE

    def _take(self, number):
        self.taken += number
        self.doubted = None


class Machines:
    """definitions: machine -> its present one; versions: version of a machine -> its own; deleting:
    machine -> how often its name is still refused once nothing runs; ran: execution -> the
    definition that it started with."""

    def __init__(self, short_uuid="ab12cd"):
        self.short_uuid = short_uuid
        self.definitions = {}
        self.versions = {}
        self.deleting = {}
        self.changes = 0
        self.ran = {}
        self.executions = {}
        self.runs = {}
        self.starts = []
        self.stopped = []
        self.histories = {}

    def workflow_arn(self, workflow):
        return self._arn(names.workflow_machine_name(workflow, self.short_uuid))

    def stage_arn(self, stage):
        return self._arn(names.stage_machine_name(stage, self.short_uuid))

    @staticmethod
    def _arn(machine):
        return f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{machine}"

    def put(self, arn, definition, role_arn):
        if arn in self.deleting:
            if self._some_run(arn):
                raise Busy(f"StateMachineDeleting: {arn}")
            self.deleting[arn] -= 1
            if self.deleting[arn] >= 0:
                raise Busy(f"StateMachineDeleting: {arn}")
            del self.deleting[arn]
        self.definitions[arn] = definition
        self.changes += 1

    def of(self, item):
        """What the machine runs that the item of a stage or a workflow names."""
        version = item.get("StateMachineVersionArn")
        return (
            self.definitions[item["StateMachineArn"]] if version is None else self.versions[version]
        )

    def put_version(self, arn, definition, role_arn):
        self.put(arn, definition, role_arn)
        version = f"{arn}:{1 + sum(one.startswith(f'{arn}:') for one in self.versions)}"
        self.versions[version] = definition
        return version

    def delete(self, arn):
        if self.definitions.pop(arn, None) is not None:
            self.deleting[arn] = REFUSALS_OF_A_NAME
        self.versions = {
            version: definition
            for version, definition in self.versions.items()
            if not version.startswith(f"{arn}:")
        }

    def start(self, machine_arn, name, state):
        self.starts.append(name)
        known = self.definitions | self.versions
        machine = self._machine(machine_arn)
        if machine in self.deleting:
            raise NotFound(f"StateMachineDeleting: {machine_arn}")
        if machine_arn not in known:
            raise NotFound(f"StateMachineDoesNotExist: {machine_arn}")
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        self.executions.setdefault(arn, stored(state))
        self.runs.setdefault(arn, MachineRun("RUNNING", None))
        self.ran.setdefault(arn, known[machine_arn])

    def stop(self, execution_arn, cause):
        self.stopped.append(execution_arn)
        self.end(execution_arn, "ABORTED", 0.0)

    def end(self, execution_arn, status, at):
        """What runs ends at that time; what has ended stays as it is."""
        if self.runs.get(execution_arn, MachineRun("", 0.0)).ended is None:
            self.runs[execution_arn] = MachineRun(status, at)

    def gets_on(self, execution_arn, at):
        """Whether it makes its next transition; one of a machine that is being deleted fails."""
        machine = self._machine(execution_arn)
        if machine in self.deleting:
            self.histories[execution_arn] = [f"State machine {machine} has been deleted."]
            self.end(execution_arn, "FAILED", at)
        return self.runs[execution_arn].ended is None

    def _some_run(self, machine_arn):
        return any(
            run.ended is None and self._machine(arn) == machine_arn
            for arn, run in self.runs.items()
        )

    @staticmethod
    def _machine(arn):
        """The machine of a version, of an execution or of itself."""
        return ":".join(arn.split(":")[:7]).replace(":execution:", ":stateMachine:")

    def state(self, execution_arn):
        return self.runs.get(execution_arn)

    def causes(self, execution_arn):
        return self.histories.get(execution_arn, [])


class Stacks:
    """roots: nested stack -> the outermost one around it."""

    def __init__(self):
        self.roots = {}

    def root(self, stack_id):
        return self.roots.get(stack_id, stack_id)


class Functions:
    """deployed: ARN of a function, a version or an alias -> tags of the function; fixed: ARNs of
    functions whose tags may not be changed."""

    def __init__(self, *arns):
        self.deployed = {arn: {} for arn in arns}
        self.fixed = set()

    def tags(self, arn):
        return dict(self.deployed[arn]) if arn in self.deployed else None

    def missing(self, arns):
        return {arn for arn in arns if self.tags(arn) is None}

    def tag(self, arn, tags):
        if arn in self.fixed:
            raise Forbidden(f"{arn}: not authorized to perform lambda:TagResource")
        if arn not in self.deployed:
            raise NotFound(f"there is no Lambda function {arn}")
        for one in self.deployed:
            if one == arn or one.startswith(f"{arn}:"):
                self.deployed[one] |= tags


class EveryFunction(Functions):
    """There is every function of the account, with the tag, but those that a test takes away."""

    def __init__(self):
        super().__init__()
        self.gone = set()

    def tags(self, arn):
        return None if arn in self.gone else dict(self.deployed.get(arn, TAG))


class Queue:
    """visible and hidden: receipt -> execution id; hidden ones were received and not deleted."""

    def __init__(self):
        self.visible = {}
        self.hidden = {}
        self._receipts = count()

    def send(self, execution_id):
        self.visible[f"r{next(self._receipts)}"] = execution_id

    def receive(self, most):
        received = list(self.visible.items())[:most]
        for receipt, execution_id in received:
            del self.visible[receipt]
            self.hidden[receipt] = execution_id
        return [Message(execution_id, receipt) for receipt, execution_id in received]

    def delete(self, message):
        self.hidden.pop(message.receipt, None)

    def put_back(self, message):
        self.visible[message.receipt] = self.hidden.pop(message.receipt)

    def time_out(self):
        """What was received and not deleted becomes visible again."""
        self.visible |= self.hidden
        self.hidden = {}


class Scheduler:
    def __init__(self):
        self.woken = 0

    def wake(self):
        self.woken += 1


class System:
    def __init__(self, **values):
        self.values = values

    def get(self, name):
        return self.values.get(name)

    def put(self, name, value):
        self.values[name] = value

    def cursor_secret(self):
        return self.values.setdefault("CursorSecret", str(uuid.uuid4()))


class Dataplane:
    """large: keys of sources that are copied behind the request; named: token of a request -> its
    answer."""

    def __init__(self):
        self.assets = {}
        self.large = set()
        self.named = {}

    def create_asset(self, media_type, bucket, key, token=None):
        if token is None or token not in self.named:
            self.named[token] = self._create_asset(media_type, bucket, key)
        # what was answered, whatever has become of the asset
        return self.named[token]

    def _create_asset(self, media_type, bucket, key):
        asset_id = str(uuid.uuid4())
        asset = {"S3Bucket": "data-plane", "S3Key": f"private/assets/{asset_id}/input/{key}"}
        copying = {"State": "Copying", "Message": f"copying s3://{bucket}/{key} (50.0 GB)"}
        shown = copying if key in self.large else {}
        self.assets[asset_id] = {**asset, "MediaType": media_type, **shown}
        return {"AssetId": asset_id, **asset, **shown}

    def end_copy(self, asset_id, state, **message):
        asset = {key: one for key, one in self.assets[asset_id].items() if key != "Message"}
        self.assets[asset_id] = {**asset, "State": state, **message}

    def get_asset(self, asset_id):
        if asset_id not in self.assets:
            raise NotFound(f"the data plane answers 404: {asset_id}")
        return dict(self.assets[asset_id])

    def delete_asset(self, asset_id):
        if asset_id not in self.assets:
            raise NotFound(f"the data plane answers 404: {asset_id}")
        del self.assets[asset_id]


class World:
    """All of it, with the ports that the engine takes; index: of the executions."""

    def __init__(self, index=None):
        self.operations = Definitions("operation")
        self.stages = Definitions("stage")
        self.workflows = Workflows()
        self.machines = Machines()
        self.stacks = Stacks()
        self.functions = EveryFunction()
        self.executions = Executions(index)
        self.queue = Queue()
        self.scheduler = Scheduler()
        self.system = System()
        self.dataplane = Dataplane()
        self.objects = ObjectsInMemory("data-plane")
        self._ticks = count(1_700_000_000)
        self.tokens = RequestTokens(lambda: self.clock())

    def clock(self):
        return float(next(self._ticks))

    @staticmethod
    def new_id():
        return str(uuid.uuid4())

    @property
    def definition_ports(self):
        return DefinitionPorts(
            operations=self.operations,
            stages=self.stages,
            workflows=self.workflows,
            executions=self.executions,
            machines=self.machines,
            dataplane=self.dataplane,
            scheduler=self.scheduler,
            functions=self.functions,
            lambdas=EngineLambdas(f"{LAMBDA}:complete", f"{LAMBDA}:failed"),
            execution_role=f"arn:aws:iam::{ACCOUNT}:role/machines",
            stacks=self.stacks,
            clock=self.clock,
            pause=lambda most: None,
            new_id=self.new_id,
        )

    @property
    def execution_ports(self):
        return ExecutionPorts(
            workflows=self.workflows,
            functions=self.functions,
            executions=self.executions,
            machines=self.machines,
            dataplane=self.dataplane,
            queue=self.queue,
            scheduler=self.scheduler,
            tokens=self.tokens,
            objects=self.objects,
            clock=self.clock,
            new_id=self.new_id,
        )

    @property
    def worker_ports(self):
        return WorkerPorts(
            workflows=self.workflows,
            executions=self.executions,
            machines=self.machines,
            dataplane=self.dataplane,
            queue=self.queue,
            scheduler=self.scheduler,
            system=self.system,
            objects=self.objects,
            clock=self.clock,
        )
