"""What the use cases need from the world, as interfaces.

Adapters implement them on AWS, tests on dictionaries; one contract suite runs against both.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from mie.core.asl import EngineLambdas
from mie.core.copies import Copy, CopyRequest, Part
from mie.core.documents import (
    Execution,
    Json,
    ListPage,
    MachineRun,
    Message,
    Operation,
    Slots,
    SourceObject,
    Stage,
    StoredObject,
    Workflow,
)
from mie.core.request_tokens import Begun, Named
from mie.core.rollup import Settlement

Definition = TypeVar("Definition", Operation, Stage, Workflow)


class Definitions(Protocol[Definition]):
    """A table of operations, stages or workflows, keyed by name. Reads are consistent."""

    def get(self, name: str) -> Definition | None: ...

    def list(self) -> Iterator[Definition]: ...

    def page(self, most: int, after: str | None) -> ListPage:
        """At most so many from behind a name; there may be fewer, or none, before the end."""

    def create(self, item: Definition) -> None:
        """Raises AlreadyExists, but not for this item: Id and Created say which it is."""

    def replace(self, item: Definition, previous: Definition) -> None:
        """Writes a new version and keeps ``previous`` in the history, both or nothing.

        Raises Conflict when somebody else changed or deleted ``previous`` meanwhile.
        """

    def former(self, definition_id: str, version: str) -> Definition | None:
        """A version that was replaced, by the Id of the definition."""

    def delete(self, item: Definition) -> None:
        """Deletes what was read, not what somebody else put there since; absent is fine."""


class PresentWorkflows(Protocol):
    """The workflows as they are, for who only runs them."""

    def get(self, name: str) -> Workflow | None: ...


class Workflows(Definitions[Workflow], Protocol):
    """The workflows, which remember what was changed or deleted from under them.

    A workflow that was marked after it was read counts as changed by somebody else.
    """

    def mark_stale(self, name: str, *, operation: str | None, stage: str | None) -> None:
        """Adds a name, once, to StaleOperations or StaleStages."""


class Executions(Protocol):
    """The records of runs, the slots that running ones hold, and the assets that active ones have.

    A change of status, and the slot and the asset that go with it, are one write, so that neither
    a crash nor a repeated message can count a run twice or not at all, and an asset has one active
    execution at most. Every write raises Changed when status, stage or attempt are no longer what
    the caller read, and Conflict when :mod:`mie.core.lifecycle` has no such change.
    """

    def get(self, execution_id: str) -> Execution | None: ...

    def list(self) -> Iterator[Execution]: ...

    def with_status(self, status: str) -> Iterator[Json]:
        """Summaries. Eventually consistent."""

    def of_asset(self, asset_id: str) -> Iterator[Json]:
        """Summaries. Eventually consistent."""

    def page(self, most: int, after: str | None) -> ListPage:
        """At most so many records from behind an id; there may be fewer, or none, before the end.

        Consistent.
        """

    def page_with_status(self, status: str, most: int, after: str | None) -> ListPage:
        """The same of the summaries of one status. Eventually consistent."""

    def running(self) -> int:
        """How many slots are taken."""

    def slots(self) -> Slots: ...

    def number_with_status(self, status: str) -> int:
        """Eventually consistent."""

    def doubt_slots(self, seen: Slots, at: float) -> bool:
        """Notes that the counter is wrong. False when a slot was taken or freed since ``seen``."""

    def correct_slots(self, seen: Slots, taken: int) -> bool:
        """Sets how many slots are taken, where it was doubted. False as above."""

    def create(self, execution: Execution) -> None:
        """Writes a record that claims its asset.

        Raises TooLarge, and Conflict when another active one has the asset.
        """

    def replace(self, execution: Execution, previous: Execution) -> None:
        """Writes a record anew that has ended before, and claims its asset again.

        Raises as create.
        """

    def claim(self, listed: Json) -> bool:
        """Claims the asset for an execution that is active, unless anybody has it; whether it did.

        listed: its summary.
        """

    def mark_cancelled(self, execution: Execution, at: str) -> None:
        """Sets Cancelled, and nothing else."""

    def admit(self, execution: Execution, limit: int, machine_execution_arn: str) -> bool:
        """Takes a slot and sets Started, from the status that ``execution`` has.

        False when all ``limit`` slots are taken.
        """

    def settle(self, execution: Execution, stage: str, settlement: Settlement) -> None:
        """Writes a settlement, and frees slot and asset when the execution ends by it.

        Raises TooLarge when the record would outgrow its table.
        """

    def move(self, execution: Execution, status: str, *, message: str | None = None) -> None:
        """Changes the status, and frees the slot and the asset that the old one held.

        In Error, a stage that had begun ends with its execution.
        """

    def end_copy(self, execution: Execution) -> None:
        """The execution waits for its source no more.

        Raises Conflict when it does not wait, has another status, or is marked as cancelled.
        """

    def delete(self, execution: Execution) -> None:
        """Deletes the record, and frees its slot and its asset."""


class Machines(Protocol):
    """State machines of workflows and stages, and their executions."""

    def workflow_arn(self, workflow: str) -> str:
        """The ARN of the machine of a workflow of that name, whether there is one or not."""

    def stage_arn(self, stage: str) -> str:
        """The same of a stage."""

    def put(self, arn: str, definition: str, role_arn: str) -> None:
        """Makes the machine; one that exists gets the new definition.

        Raises Busy while one of that name is being deleted, and TooManyRequests.
        """

    def put_version(self, arn: str, definition: str, role_arn: str) -> str:
        """The same, and returns the ARN of a version that keeps this definition, whoever changes
        the machine."""

    def delete(self, arn: str) -> None:
        """Begins to delete it, with its versions. Absent is fine.

        Its executions fail at their next transition, and until they have ended the name is taken.
        """

    def start(self, machine_arn: str, name: str, state: Json) -> None:
        """Starts an execution of that name, once, however often it is asked to.

        machine_arn: of a machine or of a version of it. Raises NotFound, BadRequest, Forbidden
        when asking again is of no use; any other error may pass.
        """

    def stop(self, execution_arn: str, cause: str) -> None:
        """One that is absent or has ended is fine."""

    def state(self, execution_arn: str) -> MachineRun | None:
        """None when there is no execution of that ARN."""

    def causes(self, execution_arn: str) -> Sequence[str]:
        """What the history of an execution says of its failures, the newest first.

        Nothing when the history is gone with the machine.
        """


class OperatorFunctions(Protocol):
    """The Lambda functions of which operators are made."""

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Of a function, also by the ARN of a version or alias; None when there is none.

        Raises Forbidden.
        """

    def missing(self, arns: Collection[str]) -> set[str]:
        """Those of some functions that do not exist; one of which nobody can tell is not named."""

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Adds tags to a function. Raises Forbidden, NotFound, and Conflict while it changes."""


class Queue(Protocol):
    """Ids of executions that wait for a slot."""

    def send(self, execution_id: str) -> None: ...

    def receive(self, most: int) -> Sequence[Message]: ...

    def delete(self, message: Message) -> None: ...

    def put_back(self, message: Message) -> None:
        """Makes the message visible again at once."""


class Dataplane(Protocol):
    """The data plane, as the control plane uses it."""

    def create_asset(
        self, media_type: str, bucket: str, key: str, token: str | None = None
    ) -> Json:
        """{"AssetId", "S3Bucket", "S3Key"} of the new asset, and {"State", "Message"} of one whose
        source is still being copied. Raises the data plane's error.

        token: with which the same asset is answered again.
        """

    def get_asset(self, asset_id: str) -> Json:
        """{"S3Bucket", "S3Key", "MediaType"?, "State"?, "Message"?}. Raises NotFound."""

    def delete_asset(self, asset_id: str) -> None:
        """Raises NotFound, and Conflict for one that is checked out."""


class Scheduler(Protocol):
    """The worker that fills free slots."""

    def wake(self) -> None:
        """Asynchronous; never raises: a lost call is made up for by the schedule."""


class SystemConfiguration(Protocol):
    """Parameters of the whole system. Reads are consistent."""

    def get(self, name: str) -> Any:
        """The value of a parameter, None when it was never set."""

    def put(self, name: str, value: Any) -> None: ...


class RequestTokens(Protocol):
    """What requests that their callers named have made and answered, for a day."""

    def begin(self, request: Named, plan: Json) -> Begun:
        """Raises Conflict when the token was used for another request, or somebody is at it."""

    def finish(self, request: Named, begun: Begun, answer: Json) -> None:
        """Keeps the answer."""

    def forget(self, request: Named, begun: Begun) -> None:
        """Nothing has come of it, and the token may be used again."""

    def release(self, request: Named, begun: Begun) -> None:
        """Something may have come of it, and whoever sends it again goes on."""


class LanguageServices(Protocol):
    """Amazon Transcribe and Amazon Translate.

    Raises their refusals as ours, and Unavailable when they do not answer.
    """

    def call(self, service: str, operation: str, parameters: Json) -> Json:
        """The service's answer as JSON, with times as ISO 8601 texts."""

    def list(self, service: str, operation: str, parameters: Json, key: str) -> Sequence[Any]:
        """What stands below ``key`` on all pages."""

    def download(self, url: str) -> str:
        """The text of a file that a service named. Raises TooLarge, Conflict."""


class Stacks(Protocol):
    """Stacks of CloudFormation."""

    def root(self, stack_id: str) -> str:
        """The outermost stack around a nested one; of a stack that is gone, itself.

        Raises TooManyRequests.
        """


class Pause(Protocol):
    def __call__(self, most: float) -> None:
        """Waits for a random time of at most so many seconds."""


class Clock(Protocol):
    def __call__(self) -> float:
        """Unix time in seconds."""


class NewId(Protocol):
    def __call__(self) -> str:
        """A UUID."""


class NewSecret(Protocol):
    def __call__(self) -> str:
        """A random text that cannot be guessed."""


@dataclass(frozen=True)
class DefinitionPorts:
    """What creating and deleting definitions needs.

    stack: the id of the stack whose template asks; None for requests of the API. deadline: Unix
    time in seconds until which may be waited for what takes time, and other definitions are built
    anew; None for requests whose sender waits.
    """

    operations: Definitions[Operation]
    stages: Definitions[Stage]
    workflows: Workflows
    executions: Executions
    machines: Machines
    dataplane: Dataplane
    scheduler: Scheduler
    functions: OperatorFunctions
    lambdas: EngineLambdas
    execution_role: str
    stacks: Stacks
    clock: Clock
    pause: Pause
    new_id: NewId
    stack: str | None = None
    deadline: float | None = None


@dataclass(frozen=True)
class ExecutionPorts:
    """What starting, reading and ending executions needs."""

    workflows: Workflows
    functions: OperatorFunctions
    executions: Executions
    machines: Machines
    dataplane: Dataplane
    queue: Queue
    scheduler: Scheduler
    tokens: RequestTokens
    # of the data plane: results that no record has room for
    objects: "Objects"
    clock: Clock
    new_id: NewId


@dataclass(frozen=True)
class WorkerPorts:
    """What the workers beside the state machines need."""

    workflows: PresentWorkflows
    executions: Executions
    machines: Machines
    dataplane: Dataplane
    queue: Queue
    scheduler: Scheduler
    system: SystemConfiguration
    # of the data plane: results that no record has room for
    objects: "Objects"
    clock: Clock


class Assets(Protocol):
    """The items of assets: their own attributes and the pointers to operators' results.

    Reads are consistent. An asset whose deletion has begun is absent to all but the deletion.
    """

    def get(self, asset_id: str) -> Json | None: ...

    def ids(self) -> Iterator[str]: ...

    def page(self, most: int, after: str | None) -> ListPage:
        """The ids of at most so many assets from behind one of them, whether it is still there
        or not; fewer only at the end."""

    def create(self, item: Json) -> None:
        """Raises Conflict when there is another asset of that id.

        Created and CursorSecret say which it is.
        """

    def lock(self, asset_id: str, user: str, at: int) -> bool:
        """False when the asset is absent or locked. at: Unix time in seconds."""

    def unlock(self, asset_id: str) -> bool:
        """False when the asset is absent or not locked."""

    def all_locks(self) -> Iterator[Json]:
        """{"AssetId", "LockedBy", "LockedAt"}, the oldest first. Eventually consistent."""

    def locks(self, most: int, after: str | None) -> ListPage:
        """At most so many of them."""

    def cursor_secret(self, new_secret: NewSecret) -> str:
        """What the cursors of lists are signed with; made by whoever asks first."""

    def set_pointers(
        self, asset_id: str, operator: str, pointers: Sequence[Json], previous: Sequence[Json]
    ) -> bool:
        """False when the pointers are no longer ``previous``; an empty list removes them.

        True when they are what they shall become, whoever wrote them.
        Raises NotFound when the asset is gone, TooLarge when its item would outgrow its table.
        """

    def set_copy(self, asset_id: str, copy: Copy, previous: Copy) -> bool:
        """False when the asset is gone, or its copy does not stand as ``previous`` any more."""

    def begin_delete(self, asset_id: str) -> Json | None:
        """Nothing can be stored for the asset from now on. None when there is no such asset.

        Returns its item. Raises Conflict when the asset is locked.
        """

    def delete(self, asset_id: str) -> None:
        """Absent is fine."""


class Objects(Protocol):
    """The objects of one bucket."""

    bucket: str

    def put(self, key: str, body: bytes) -> str:
        """Stores a JSON document and returns its version."""

    def get(self, key: str, most: int | None = None) -> StoredObject | None:
        """Raises TooLarge for an object of more than ``most`` bytes, without reading it."""

    def keys(self, prefix: str) -> Iterator[str]:
        """In ascending order."""

    def first_key(self, prefix: str) -> str | None:
        """The first of these, at the price of one; None when there is none."""

    def source(self, bucket: str, key: str) -> SourceObject:
        """Looks at an object. Raises NotFound, Forbidden, BadRequest, TooManyRequests."""

    def copy_from(self, source: SourceObject, target: str) -> None:
        """Copies what was looked at. Raises as source, and Conflict when it has changed since."""

    def delete(self, keys: Iterable[str]) -> int:
        """How many keys there were; absent objects are fine. Raises MieError when an object could
        not be deleted."""

    def presign_post(self, key: str, content_type: str, largest: int, seconds: int) -> Json:
        """{"url", "fields"} of an upload of at most ``largest`` bytes, of that type only."""

    def presign_get(self, key: str, seconds: int) -> str:
        """A URL from which the object can be read."""


class ObjectParts(Protocol):
    """Objects of one bucket that are copied part by part.

    Nobody sees an object before it is complete. All but begin raise UploadGone when the upload was
    completed or given up.
    """

    def begin(self, source: SourceObject, target: str) -> str:
        """The id of a new upload."""

    def present(self, upload: str, target: str) -> Mapping[int, str]:
        """Number -> entity tag of the parts that are there."""

    def copy(
        self,
        copy: Copy,
        upload: str,
        target: str,
        parts: Iterable[Part],
        may_begin: Callable[[], bool],
    ) -> Mapping[int, str]:
        """Copies parts side by side, and returns them as present does.

        may_begin: asked before each part; those that may not begin are not returned. Raises
        NotFound, Forbidden, BadRequest, TooManyRequests, and Conflict when the source has changed.
        """

    def complete(self, upload: str, target: str, parts: Mapping[int, str]) -> None: ...

    def abort(self, upload: str, target: str) -> None:
        """One that is gone is fine."""


class CopyQueue(Protocol):
    """Copies that somebody should go on with."""

    def send(self, request: CopyRequest, delay: int = 0) -> None:
        """delay: seconds until somebody sees it."""


class WaitingExecutions(Protocol):
    """Executions that wait for the copies of their sources."""

    def tell(self, asset_id: str) -> None:
        """That the copy has ended, however. Not waited for."""


class Search(Protocol):
    """The endpoint that keeps what operators have found as documents."""

    def search(self, body: Json, reader: str) -> Json:
        """The answer to a query. reader: the same for all pages of a query, which are then read
        from the same copy of the documents. Raises Unavailable."""


@dataclass(frozen=True)
class DataPorts:
    """What the data plane's routes need.

    external_buckets: names, in which ``*`` stands for anything, of the buckets other than the
    data plane's from which sources may be copied. most_at_once: the bytes of the largest source
    that is copied within its request. search: None when none is deployed.
    """

    assets: Assets
    objects: Objects
    parts: ObjectParts
    copies: CopyQueue
    most_at_once: int
    clock: Clock
    new_id: NewId
    new_secret: NewSecret
    tokens: RequestTokens
    external_buckets: Sequence[str]
    search: Search | None = None


@dataclass(frozen=True)
class CopyPorts:
    """What the worker needs that copies sources."""

    assets: Assets
    objects: Objects
    parts: ObjectParts
    copies: CopyQueue
    waiting: WaitingExecutions
    clock: Clock
