"""Runs an operator as Lambda and its state machine do, in a world of stand-ins.

A scenario says how one operator is tried; ``scenarios/<family>.py`` has a dictionary SCENARIOS
from registered names to them. Whoever adds an operator adds a scenario; one that is missing fails
the suite.
"""

import copy
import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.operators.conftest import OPERATORS
from tests.operators.contract.stand_ins import World

from MediaInsightsEngineLambdaHelper import MasExecutionError
from mie.core import asl, configuration, operator_settings
from mie_build import cfn_yaml, operator_library, operator_manifests
from mie_build.operator_manifests import Function, Operator

Input = dict[str, Any]

WORKFLOW = "workflow-1"
_KEYS = {
    *("Name", "AssetId", "WorkflowExecutionId", "Input", "Configuration"),
    *("Status", "MetaData", "Media"),
}
_RETRIED = {name for one in asl.RETRY for name in one["ErrorEquals"]}
# An operator that still executes then would do so for ever.
_MOST_CHECKS = 40


@dataclass(frozen=True)
class Scenario:
    """How one operator is tried.

    prepare: (world, asset) -> the operator's Input, whose media are put into the world and whose
        earlier results are stored; it makes the operator succeed with findings.
    services: name in boto3 -> maker of the stand-in, given the world.
    configuration: beyond the defaults.
    at_start, at_check: what the start (of a synchronous operator all) and the check call and may
        therefore fail: names of services, "s3", "dataplane".
    unsupported: (world, asset) -> an Input that the operator must refuse without retries, or the
        reason why it reads no file that could be of a wrong type.
    empty: (world, asset) -> an Input of which there is nothing to find; it ends Complete.
    missing: further Inputs of which something is missing, by name; each ends Complete or with an
        error. Without media and without metadata is tried anyway.
    running: how the service calls a job that is being done; of a service with jobs.
    odd_status: (world) makes the job's status one that the service may add later; it returns it.
    expire_token: (world) makes the job's result have pages, of whose tokens one expires once; it
        returns the pages that have to be stored.
    fields: what readers use of the findings: of search's documents, or for operators that are not
        searched of the stored result.
    searched: whether the consumer indexes what the operator stores.
    environment: variables of the functions beyond those that the manifest names.
    retired: every invocation is an error that says why.
    """

    prepare: Callable[[World, str], Input]
    services: Mapping[str, Callable[[World], Any]] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    at_start: tuple[str, ...] = ()
    at_check: tuple[str, ...] = ()
    unsupported: Callable[[World, str], Input] | str = "it has none"
    empty: Callable[[World, str], Input] | str = "it has none"
    missing: Mapping[str, Callable[[World, str], Input]] = field(default_factory=dict)
    running: str | None = None
    odd_status: Callable[[World], str] | None = None
    expire_token: Callable[[World], list[Any]] | None = None
    fields: frozenset[str] = frozenset()
    searched: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    retired: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one invocation: the output, and the exception of a failed one."""

    output: dict[str, Any]
    error: MasExecutionError | None = None

    @property
    def status(self) -> str:
        return str(self.output["Status"])

    @property
    def is_retried(self) -> bool:
        return type(self.error).__name__ in _RETRIED


@dataclass
class Runner:
    """One operator in one world."""

    operator: Operator
    folder: Path
    scenario: Scenario
    world: World
    load: Callable[[str, str], Any]
    monkeypatch: Any
    # modules of this process, which stays warm
    modules: dict[str, Any] = field(default_factory=dict)

    def in_new_world(self) -> "Runner":
        """The same, in the same warm process."""
        world = World()
        for name, make in self.scenario.services.items():
            world.services[name] = make(world)
        world.install(self.monkeypatch)
        return replace(self, world=world)

    def configured(self) -> dict[str, Any]:
        """What the engine makes of the registration and of the scenario's own values."""
        name, settings = self.operator.name, self.operator.settings
        registered = configuration.of_operation(name, self.operator.configuration, settings)
        own = {"Enabled": True, **self.scenario.configuration}
        return {**registered, **operator_settings.read(own, settings, name, "Configuration")}

    def event(self, asset: str, prepare: Callable[[World, str], Input] | None = None) -> Input:
        """What the state machine sends to the start."""
        if self.world.dataplane.assets.get(asset) is None:
            self.world.dataplane.add_asset(asset)
        return {
            "Name": self.operator.name,
            "AssetId": asset,
            "WorkflowExecutionId": WORKFLOW,
            "Attempt": 1,
            "Input": {"MetaData": {}, **(prepare or self.scenario.prepare)(self.world, asset)},
            "Configuration": self.configured(),
            "Status": "Started",
            "MetaData": {},
            "Media": {},
        }

    def start(self, event: Input) -> Outcome:
        return self._invoke(self.operator.functions[0], event)

    def check(self, outcome: Outcome) -> Outcome:
        """The check of what the start, or an earlier check, returned."""
        return self._invoke(self.operator.functions[1], outcome.output)

    def finish(self, outcome: Outcome) -> Outcome:
        """Checks until the operator has ended; a synchronous one has."""
        if len(self.operator.functions) == 1:
            return outcome
        checks = 0
        while outcome.error is None and (checks == 0 or outcome.status == "Executing"):
            assert checks < _MOST_CHECKS, "the operator goes on for ever"
            outcome, checks = self.check(outcome), checks + 1
        return outcome

    def run(self, event: Input) -> Outcome:
        return self.finish(self.start(event))

    def jobs(self) -> int:
        """How many jobs the services have, as they count them."""
        return sum(len(service.jobs.requests) for service in self._with_jobs())

    def let_one_fail(self) -> None:
        """Of the jobs that are started next the first one fails."""
        for service in self._with_jobs():
            service.jobs.failing = 1

    def let_time_pass(self) -> None:
        """As much as lies between two attempts of an execution."""
        for service in self._with_jobs():
            service.jobs.let_time_pass()

    def keep_running(self) -> None:
        """The jobs that have not failed are being done."""
        for service in self._with_jobs():
            service.status = self.scenario.running

    def _with_jobs(self) -> list[Any]:
        return [one for one in self.world.services.values() if hasattr(one, "jobs")]

    def _invoke(self, function: Function, event: Input) -> Outcome:
        for name, value in self._variables().items():
            self.monkeypatch.setenv(name, value)
        module = self._module(function.module)
        handler = getattr(module, function.handler.rpartition(".")[2])
        given = copy.deepcopy(event)
        try:
            outcome = Outcome(handler(event, None))
        except MasExecutionError as error:
            outcome = Outcome(error.args[0], error)
        # what Lambda hands on of an exception is its text
        assert outcome.error is None or json.loads(str(outcome.error)) == outcome.output
        assert event == given, "the event is the state machine's"
        self._check_shape(event, outcome)
        # between two functions everything is text
        return replace(outcome, output=json.loads(json.dumps(outcome.output)))

    def _variables(self) -> dict[str, str]:
        return {
            "OPERATOR_NAME": self.operator.store_key,
            **{
                name: value if isinstance(value, str) else f"arn:aws:iam::123456789012:role/{name}"
                for name, value in self.operator.environment.items()
            },
            **self.scenario.environment,
        }

    def _module(self, name: str) -> Any:
        if name not in self.modules:
            self.modules[name] = self.load(self.folder.name, name)
        return self.modules[name]

    def _check_shape(self, event: Input, outcome: Outcome) -> None:
        output = outcome.output
        # what is raised goes to no function of the operator's
        keys = _KEYS if outcome.error is not None else _KEYS | (event.keys() & {"Attempt"})
        assert set(output) == keys, "the long form, which alone the next function can go by"
        for key in keys - {"Status", "MetaData", "Media"}:
            assert output[key] == event[key], key
        for key, value in output["MetaData"].items():
            assert isinstance(value, str), f"MetaData[{key}] is a text"
            assert value, f"MetaData[{key}] is not empty"
        for medium in output["Media"].values():
            assert set(medium) == {"S3Bucket", "S3Key"}
        if outcome.error is None:
            assert output["Status"] in ("Executing", "Complete")
        else:
            assert output["Status"] == "Error"
            assert output["MetaData"][self.operator.error_key]


def operators() -> dict[str, tuple[Operator, Path]]:
    """Name -> operator and folder, of all manifests and of what is written by hand.

    Not Wait: its functions are the engine's, which tests/workflow tries.
    """
    declared = {
        operator.name: (operator, manifest.folder)
        for manifest in operator_manifests.load_manifests(OPERATORS)
        for operator in manifest.operators
    }
    return {**declared, "GenericDataLookup": (_generic_data_lookup(), OPERATORS / "rekognition")}


def scenarios() -> dict[str, Scenario]:
    found: dict[str, Scenario] = {}
    for path in sorted((Path(__file__).parent / "scenarios").glob("*.py")):
        module = importlib.import_module(f"tests.operators.contract.scenarios.{path.stem}")
        assert not set(found) & set(module.SCENARIOS), path.name
        found |= module.SCENARIOS
    return found


def allowed_actions() -> dict[str, set[str]]:
    """Name of an operator -> the IAM actions that the role of its functions allows."""
    library = operator_library.compose(_by_hand(), operator_manifests.load_manifests(OPERATORS))
    resources = library["Resources"]
    roles = {
        one["Properties"]["Name"]: _role_of(one["Properties"]["StartLambdaArn"], resources)
        for one in resources.values()
        if one["Type"] == "Custom::CustomResource"
    }
    return {name: set(_actions(role)) for name, role in roles.items() if role is not None}


def called_actions(world: World) -> set[str]:
    """The IAM actions that the calls of an operator's functions need."""
    called = {
        _S3_ACTIONS.get(operation, f"{service}:{operation}")
        if service == "s3"
        else f"{service}:{operation}"
        for service, operation, _ in world.calls
    }
    hands_over = any(_hands_a_role_over(request) for _, _, request in world.calls)
    return called | ({"iam:PassRole"} if hands_over else set())


# where the action is not called like the operation
_S3_ACTIONS = {
    "HeadObject": "s3:GetObject",
    "ListObjectsV2": "s3:ListBucket",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
}


def _hands_a_role_over(request: Any) -> bool:
    if not isinstance(request, dict):
        return False
    return any(
        key in ("Role", "RoleArn", "DataAccessRoleArn") or _hands_a_role_over(value)
        for key, value in request.items()
    )


def _role_of(function: Any, resources: Mapping[str, Any]) -> Any:
    """The role of a function of the library; None of one that is the engine's."""
    if "Fn::GetAtt" not in function:
        return None
    properties = resources[function["Fn::GetAtt"][0]]["Properties"]
    return resources[properties["Role"]["Fn::GetAtt"][0]]["Properties"]


def _actions(role: Any) -> Iterator[str]:
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            action = statement.get("Action", ())
            yield from [action] if isinstance(action, str) else action


def _by_hand() -> Any:
    return cfn_yaml.load((OPERATORS / "operator-library.yaml").read_text())


def _generic_data_lookup() -> Operator:
    library = _by_hand()
    registration = library["Resources"]["GenericDataLookupOperation"]
    entry = registration["Metadata"]["Operator"]
    function = library["Resources"]["GenericDataLookup"]["Properties"]
    return Operator(
        name=registration["Properties"]["Name"],
        type=registration["Properties"]["Type"],
        configuration=registration["Properties"]["Configuration"],
        settings=tuple(registration["Properties"]["Settings"]),
        functions=(
            Function(
                function["Handler"],
                function["MemorySize"],
                function["Timeout"],
                "generic_data_lookup",
            ),
        ),
        environment={},
        store_key=entry["store_key"],
        error_key=entry["error_key"],
        output="GenericDataLookupOperation",
        also_output=None,
        export="GenericDataLookup",
        permissions=(),
        retired=None,
        documentation=operator_manifests.documentation(entry, "GenericDataLookup"),
    )
