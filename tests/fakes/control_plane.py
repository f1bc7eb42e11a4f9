"""The interfaces of the control plane on dictionaries; the contract suites of
tests/lib/mie/adapters run against these and against the real adapters."""

import json
import uuid
from itertools import count
from operator import itemgetter

from tests.fakes.lagging_index import LaggingIndex
from tests.fakes.objects import ObjectsInMemory
from tests.fakes.request_tokens import RequestTokens

from mie.core import names, statuses
from mie.core.asl import EngineLambdas
from mie.core.documents import ListPage, MachineRun, Message, Slots
from mie.core.errors import AlreadyExists, Conflict, Forbidden, NotFound, TooLarge
from mie.core.executions import summary
from mie.core.operator_functions import TAG
from mie.engine.ports import DefinitionPorts, ExecutionPorts, WorkerPorts

ACCOUNT = "000000000000"
LAMBDA = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function"
LARGEST_ITEM = 400 * 1024
ACTIVE = statuses.EXECUTION_STATUSES - statuses.FINAL
# What tells an item from those of others.
MARKS = ("Id", "Created")


def stored(document):
    """A copy, as a store that keeps JSON gives it back."""
    return json.loads(json.dumps(document))


def is_another(present, item):
    """Whether an item that is there is not the one that shall be created."""
    return any(present.get(one) != item.get(one) for one in MARKS)


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
        return self._page(self.list(), most, after)

    def page_with_status(self, status, most, after):
        return self._page(self.with_status(status), most, after)

    @staticmethod
    def _page(found, most, after):
        left = sorted((one for one in found if one["Id"] > (after or "")), key=itemgetter("Id"))
        shown = left[:most]
        return ListPage(shown, shown[-1]["Id"] if len(shown) == most else None)

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
            raise Conflict("it exists")
        self._put(execution, becomes_active=True)

    def replace(self, execution, previous):
        self._unchanged(previous)
        self._put(execution, becomes_active=True)

    def claim(self, listed):
        if listed["AssetId"] in self.claims or not self._is_active(listed["Id"]):
            return False
        self.claims[listed["AssetId"]] = listed["Id"]
        return True

    def mark_cancelled(self, execution, at):
        self._put({**self._unchanged(execution), "Cancelled": at})

    def admit(self, execution, limit, machine_execution_arn):
        present = self._unchanged(execution)
        if self.taken >= limit:
            return False
        self._take(1)
        self._put(
            {
                **present,
                "Status": statuses.STARTED,
                "StateMachineExecutionArn": machine_execution_arn,
            }
        )
        return True

    def settle(self, execution, stage, settlement):
        present = self._unchanged(execution, stage)
        workflow = present["Workflow"]
        stages = {**workflow["Stages"], stage: settlement.stage}
        if settlement.following is not None:
            stages[settlement.current_stage] = settlement.following
        changed = {
            **present,
            "Workflow": {**workflow, "Stages": stages},
            "Globals": settlement.globals,
            "CurrentStage": settlement.current_stage,
        }
        if settlement.status is not None:
            changed["Status"] = settlement.status
        if settlement.message is not None:
            changed["Message"] = settlement.message
        self._put(changed)
        self._free(execution, settlement.status or execution["Status"])

    def move(self, execution, status, *, message=None, stage=None):
        present = self._unchanged(execution, stage)
        added = {} if message is None else {"Message": message}
        self._put({**present, "Status": status, **added})
        self._free(execution, status)

    def end_copy(self, execution):
        present = self._unchanged(execution)
        if "Copying" not in present or "Cancelled" in present:
            raise Conflict("it does not wait for a copy")
        kept = {key: one for key, one in present.items() if key not in ("Copying", "Message")}
        self._put(kept)

    def delete(self, execution):
        self._unchanged(execution)
        self.index.changes(execution["Id"], self.items.pop(execution["Id"]))
        self._free(execution, None)

    def _unchanged(self, execution, stage=None):
        present = self.items.get(execution["Id"])
        if present is None or present["Status"] != execution["Status"]:
            raise Conflict("another status")
        if present.get("Attempt") != execution.get("Attempt"):
            raise Conflict("another attempt")
        if stage is not None and present["CurrentStage"] != stage:
            raise Conflict("another stage")
        return present

    def _put(self, execution, *, becomes_active=False):
        if len(json.dumps(execution)) > LARGEST_ITEM:
            raise TooLarge("more than 400 KB")
        if becomes_active:
            holder = self.claims.get(execution["AssetId"])
            if holder != execution["Id"] and self._is_active(holder):
                raise Conflict(f"another workflow execution(Id = {holder}) active")
            self.claims[execution["AssetId"]] = execution["Id"]
        self.index.changes(execution["Id"], self.items.get(execution["Id"]))
        self.items[execution["Id"]] = stored(execution)

    def _is_active(self, execution_id):
        return self.items.get(execution_id, {}).get("Status") in ACTIVE

    def _free(self, execution, status):
        """status: what it has afterwards; None when it is gone."""
        if execution["Status"] in statuses.HOLDS_A_SLOT and status not in statuses.HOLDS_A_SLOT:
            self._take(-1)
        if status not in ACTIVE and self.claims.get(execution["AssetId"]) == execution["Id"]:
            del self.claims[execution["AssetId"]]

    def _take(self, number):
        self.taken += number
        self.doubted = None


class Machines:
    """definitions: machine -> its present one; versions: version of a machine -> its own; ran:
    execution -> the definition that it started with."""

    def __init__(self, short_uuid="ab12cd"):
        self.short_uuid = short_uuid
        self.definitions = {}
        self.versions = {}
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
        self.definitions[arn] = definition
        version = f"{arn}:{1 + sum(one.startswith(f'{arn}:') for one in self.versions)}"
        self.versions[version] = definition
        return version

    def delete(self, arn):
        self.definitions.pop(arn, None)
        self.versions = {
            version: definition
            for version, definition in self.versions.items()
            if not version.startswith(f"{arn}:")
        }

    def start(self, machine_arn, name, state):
        self.starts.append(name)
        known = self.definitions | self.versions
        if machine_arn not in known:
            raise NotFound(f"StateMachineDoesNotExist: {machine_arn}")
        machine = ":".join(machine_arn.split(":")[:7])
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
    """large: keys of sources that are copied behind the request; named: token of a request -> the
    asset that it made."""

    def __init__(self):
        self.assets = {}
        self.large = set()
        self.named = {}

    def create_asset(self, media_type, bucket, key, token=None):
        asset_id = self.named.get(token) or str(uuid.uuid4())
        if token is not None:
            self.named[token] = asset_id
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
            machines=self.machines,
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
            secrets=self.system,
            tokens=self.tokens,
            objects=self.objects,
            clock=self.clock,
            new_id=self.new_id,
        )

    @property
    def worker_ports(self):
        return WorkerPorts(
            executions=self.executions,
            machines=self.machines,
            dataplane=self.dataplane,
            queue=self.queue,
            scheduler=self.scheduler,
            system=self.system,
            objects=self.objects,
            clock=self.clock,
        )
