"""The documents that travel between the engine, its callers and the operators.

Users extend operations, configurations and metadata with keys of their own, so these stay
dictionaries; the types name the keys that the engine itself reads or writes.
"""

from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

Json = dict[str, Any]
# Operator name -> its configuration: at least MediaType (str) and Enabled (bool).
StageConfiguration = dict[str, Json]
# Stage name -> configuration of its operators.
WorkflowConfiguration = dict[str, StageConfiguration]


class Globals(TypedDict):
    """What the next stage gets as Input.

    Media: media type -> {"S3Bucket", "S3Key"}. MetaData: user-owned.
    """

    Media: dict[str, Json]
    MetaData: Json


class Operation(TypedDict):
    """A registered operator."""

    Name: str
    Type: str
    Configuration: Json
    StartLambdaArn: str
    MonitorLambdaArn: NotRequired[str]
    StateMachineExecutionRoleArn: str
    # Amazon States Language as JSON text; state names end in "(%%STAGE_NAME%%)".
    StateMachineAsl: str
    StageName: str
    # Why it cannot be enabled any more.
    Retired: NotRequired[str]
    # What its configuration may hold, see operator_settings; any key where there are none.
    Settings: NotRequired[list[Json]]
    Version: str
    Id: str
    # Unix time in seconds with a fraction, as text.
    Created: str
    ResourceType: str
    ApiVersion: str


class Stage(TypedDict):
    """Operators that run side by side."""

    Name: str
    Operations: list[str]
    Configuration: StageConfiguration
    # What the stage itself lays over the defaults of its operations, kept for its rebuilding.
    Overrides: NotRequired[StageConfiguration]
    # Operation -> which version of it the stage was built from.
    BuiltFrom: NotRequired[dict[str, str]]
    # Operations that cannot be enabled, and why.
    Retired: NotRequired[dict[str, str]]
    # What operations declare of their configuration, without words and defaults.
    Settings: NotRequired[dict[str, list[Json]]]
    # Amazon States Language as JSON text.
    Definition: str
    StateMachineArn: str
    # The published version of the machine that runs exactly this definition.
    StateMachineVersionArn: NotRequired[str]
    Version: str
    Id: str
    Created: str
    ResourceType: str
    ApiVersion: str


class Workflow(TypedDict):
    """Stages that run one after another.

    Stages: stage name -> the stage without what only its own machine needs, and Next or End.
    """

    Name: str
    StartAt: str
    Stages: dict[str, Json]
    Operations: list[str]
    StaleOperations: list[str]
    StaleStages: list[str]
    Trigger: str
    Version: str
    Revisions: str
    Id: str
    Created: str
    ResourceType: str
    ApiVersion: str
    StateMachineArn: str
    # The published version of the machine that runs exactly this definition.
    StateMachineVersionArn: NotRequired[str]
    # Operation -> the ARNs of the functions that the machine calls.
    Functions: NotRequired[dict[str, list[str]]]
    # The stack of CloudFormation whose template it is of.
    StackId: NotRequired[str]
    # Only in answers, of a workflow with stale parts: the request that builds it anew.
    Rebuild: NotRequired[str]


class Execution(TypedDict):
    """One run of a workflow on one asset."""

    Id: str
    Trigger: str
    AssetId: str
    # The overrides as received.
    Configuration: WorkflowConfiguration
    Globals: Globals
    # Snapshot of the workflow with the overrides applied and the state of each stage.
    Workflow: Json
    CurrentStage: str
    Status: str
    StateMachineExecutionArn: NotRequired[str]
    # Why the execution ended in Error, or what it waits for before it can start.
    Message: NotRequired[str]
    # While the execution waits for the copy of its source, and ever after when it never came:
    # {"Own": whether the asset was made for this execution}. Message says what is copied.
    Copying: NotRequired[Json]
    # 1, and one more with every retry; records of earlier releases have none.
    Attempt: NotRequired[int]
    # When somebody asked to cancel this attempt: Unix time in seconds with a fraction, as text.
    Cancelled: NotRequired[str]
    Version: str
    Created: str
    ResourceType: str
    ApiVersion: str


@dataclass(frozen=True)
class Message:
    """The id of an execution that waits for a slot; receipt is the queue's handle of it."""

    execution_id: str
    receipt: str


@dataclass(frozen=True)
class StoredObject:
    """The bytes of an object; version is its entity tag."""

    body: bytes
    version: str


@dataclass(frozen=True)
class SourceObject:
    """An object that may become an asset, as it was looked at; size in bytes.

    described: what S3 keeps with the object and a copy shall have as well, by S3's names, such as
    ContentType and Metadata.
    """

    bucket: str
    key: str
    etag: str
    size: int
    described: Json


@dataclass(frozen=True)
class Slots:
    """The counter of slots.

    taken: how many are. doubted: when somebody saw that this is wrong, Unix time in seconds; None
    again as soon as a slot is taken or freed.
    """

    taken: int
    doubted: float | None


@dataclass(frozen=True)
class MachineRun:
    """How an execution of a state machine stands.

    status: Step Functions' word; ended: Unix time in seconds, None while it runs.
    """

    status: str
    ended: float | None


@dataclass(frozen=True)
class ListPage:
    """Some records of a list, and the id behind which the next page begins; None at the end."""

    items: list[Json]
    after: str | None
