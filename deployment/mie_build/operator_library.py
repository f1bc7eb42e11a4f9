"""The published operator library: entries written by hand, and those that manifests describe.

A ``manifest.yaml`` in a folder below source/operators says::

    packages:                      # Lambda packages: name of the zip -> files of the folder
      mediainfo: [mediainfo.py]    # the folder's requirements.txt, if any, is added to each
    operators:
      - name: Mediainfo            # as the operator is registered
        type: Sync                 # Async has a check as well
        configuration:             # defaults, at least these two
          MediaType: Video
          Enabled: true
        start:                     # memory in MB, timeout in seconds
          {handler: mediainfo.lambda_handler, memory: 512, timeout: 300}
        check: {…}                 # only Async
        store_key: Mediainfo       # under which results are stored; OPERATOR_NAME of the functions
        error_key: MediainfoError  # under which failures stand in the metadata
        output: MediainfoOperation # key of the stack's output
        export: Mediainfo          # <stack name>:Mediainfo is what workflows import
        permissions:               # optional, what the role allows besides the common things
          - {Action: …, Resource: …}
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mie_build import cfn_yaml

Template = dict[str, Any]

_FUNCTION_SUFFIXES = {"Sync": ("",), "Async": ("Start", "Check")}
# It becomes a logical id, and with a root stack's name of 33 characters and a suffix that of a
# function, which may have 64.
_NAME = re.compile(r"[A-Za-z0-9]{1,25}")
_REGISTRATION_SECONDS = 300
_TAGS = {"environment": "mie"}
# Generated names are cut, and with them the operator's name, by which people look for logs. This
# stack is <root stack>-OperatorLibrary-<random>; the root's name is the part that is short enough.
_ROOT_STACK = {"Fn::Select": [0, {"Fn::Split": ["-OperatorLibrary-", {"Ref": "AWS::StackName"}]}]}
# Lets the engine's state machines call the function.
_FUNCTION_TAGS = {**_TAGS, "mie:operator": "true"}
# Every object of every bucket that the parameter lists.
_OBJECTS_OF_EXTERNAL_BUCKETS = {
    "Fn::Split": [
        ",",
        {
            "Fn::Sub": [
                "${Arns}/*",
                {"Arns": {"Fn::Join": ["/*,", {"Ref": "ExternalBucketArns"}]}},
            ]
        },
    ]
}

_KEYS = frozenset(
    {"name", "type", "configuration", "start", "store_key", "error_key", "output", "export"}
)
_MORE_KEYS = frozenset({"check", "permissions"})
_FUNCTION_KEYS = frozenset({"handler", "memory", "timeout"})


class ManifestError(ValueError):
    """A manifest, or what several of them make together, is wrong; the message says where."""


@dataclass(frozen=True)
class Function:
    """One Lambda function. memory in MB, timeout in seconds, package without .zip."""

    handler: str
    memory: int
    timeout: int
    package: str

    @property
    def module(self) -> str:
        return self.handler.rpartition(".")[0]


@dataclass(frozen=True)
class Operator:
    """One operator; functions: its start and, when it is asynchronous, its check."""

    name: str
    type: str
    configuration: Mapping[str, Any]
    functions: tuple[Function, ...]
    store_key: str
    error_key: str
    output: str
    export: str
    permissions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Manifest:
    """The operators of one folder; packages: name of the zip -> names of files."""

    folder: Path
    packages: Mapping[str, tuple[str, ...]]
    operators: tuple[Operator, ...]


def load_manifests(root: Path) -> list[Manifest]:
    """The manifests below source/operators, in the order of their folders."""
    return [_manifest(path) for path in sorted(root.glob("*/manifest.yaml"))]


def packages(
    manifests: Sequence[Manifest],
) -> list[tuple[str, dict[str, Path], Path | None]]:
    """Name, files and requirements of each zip. Raises ManifestError when two share a name."""
    made: dict[str, tuple[dict[str, Path], Path | None]] = {}
    for manifest in manifests:
        requirements = manifest.folder / "requirements.txt"
        for name, files in manifest.packages.items():
            _refuse_second(name, made, f"the package {name}")
            made[name] = (
                {file: manifest.folder / file for file in files},
                requirements if requirements.exists() else None,
            )
    return [(name, *contents) for name, contents in made.items()]


def compose(library: Template, manifests: Sequence[Manifest]) -> Template:
    """The library with the entries of every operator that has a manifest.

    Raises ManifestError when two entries share a logical id, an output or an operator's name.
    """
    resources = dict(library["Resources"])
    outputs = dict(library["Outputs"])
    names = {
        one["Properties"]["Name"]
        for one in resources.values()
        if one["Type"] == "Custom::CustomResource"
    }
    for operator in (one for manifest in manifests for one in manifest.operators):
        _refuse_second(operator.name, names, f"the operator {operator.name}")
        names.add(operator.name)
        for logical_id, resource in _resources(operator).items():
            _refuse_second(logical_id, resources, f"the resource {logical_id}")
            resources[logical_id] = resource
        _refuse_second(operator.output, outputs, f"the output {operator.output}")
        outputs[operator.output] = _output(operator)
    return {**library, "Resources": resources, "Outputs": outputs}


def function_ids(operator: Operator) -> tuple[str, ...]:
    """The logical ids of an operator's functions."""
    return tuple(f"{operator.name}{suffix}" for suffix in _FUNCTION_SUFFIXES[operator.type])


def _resources(operator: Operator) -> dict[str, Any]:
    ids = function_ids(operator)
    return {
        **{
            logical_id: _function(operator, function, logical_id)
            for logical_id, function in zip(ids, operator.functions, strict=True)
        },
        _role_id(operator): _role(operator),
        operator.output: _registration(operator, ids),
    }


def _role_id(operator: Operator) -> str:
    return f"{operator.name}Role"


def _function(operator: Operator, function: Function, logical_id: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": {
                "Fn::Sub": [f"${{RootStack}}-{logical_id}", {"RootStack": _ROOT_STACK}]
            },
            "Description": f"Operator {operator.name}",
            "Handler": function.handler,
            "Role": {"Fn::GetAtt": [_role_id(operator), "Arn"]},
            "Runtime": {"Ref": "LambdaRuntime"},
            "MemorySize": function.memory,
            "Timeout": function.timeout,
            "Layers": [{"Ref": "MediaInsightsEnginePython37Layer"}],
            "Code": {
                "S3Bucket": {"Ref": "DeploymentPackageBucket"},
                "S3Key": {"Fn::Sub": f"${{CodeKeyPrefix}}/{function.package}.zip"},
            },
            "Environment": {
                "Variables": {
                    "OPERATOR_NAME": operator.store_key,
                    "DataplaneEndpoint": {"Ref": "DataPlaneEndpoint"},
                    "DATAPLANE_BUCKET": {"Ref": "DataPlaneBucket"},
                    "botoConfig": {"Ref": "botoConfig"},
                }
            },
            "Tags": _tag_list(_FUNCTION_TAGS),
        },
    }


def _role(operator: Operator) -> dict[str, Any]:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    statements = [
        *_common_statements(),
        *({"Effect": "Allow", **statement} for statement in operator.permissions),
    ]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {
                    "PolicyName": "operator",
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                }
            ],
            "Tags": _tag_list(_TAGS),
        },
    }


def _common_statements() -> Iterator[dict[str, Any]]:
    """Every operator writes logs, may be traced, reads media and stores its results."""
    account = "${AWS::Region}:${AWS::AccountId}"
    yield {
        "Sid": "Logs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": {"Fn::Sub": f"arn:${{AWS::Partition}}:logs:{account}:log-group:/aws/lambda/*"},
    }
    yield {
        "Sid": "Traces",
        "Effect": "Allow",
        "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        # X-Ray has no resources to name
        "Resource": "*",
    }
    yield {
        "Sid": "DataPlane",
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": {"Ref": "DataPlaneHandlerArn"},
    }
    yield {
        "Sid": "Media",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "arn:${AWS::Partition}:s3:::${DataPlaneBucket}/*"},
    }
    # an asset may be an object of such a bucket, in its place
    yield {
        "Fn::If": [
            "HasExternalBuckets",
            {
                "Sid": "ExternalMedia",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": _OBJECTS_OF_EXTERNAL_BUCKETS,
            },
            {"Ref": "AWS::NoValue"},
        ]
    }


def _registration(operator: Operator, ids: tuple[str, ...]) -> dict[str, Any]:
    roles = ("StartLambdaArn", "MonitorLambdaArn")
    return {
        "Type": "Custom::CustomResource",
        "Properties": {
            "ServiceToken": {"Ref": "WorkflowCustomResourceArn"},
            "ServiceTimeout": _REGISTRATION_SECONDS,
            "ResourceType": "Operator",
            "Name": operator.name,
            "Type": operator.type,
            "Configuration": dict(operator.configuration),
            **{
                role: {"Fn::GetAtt": [logical_id, "Arn"]}
                for role, logical_id in zip(roles, ids, strict=False)
            },
        },
    }


def _output(operator: Operator) -> dict[str, Any]:
    return {
        "Description": f"Operation name of {operator.name}",
        "Value": {"Fn::GetAtt": [operator.output, "Name"]},
        "Export": {"Name": {"Fn::Join": [":", [{"Ref": "AWS::StackName"}, operator.export]]}},
    }


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _refuse_second(name: str, present: Mapping[str, Any] | set[str], what: str) -> None:
    if name in present:
        raise ManifestError(f"{what} stands in the operator library twice")


def _manifest(path: Path) -> Manifest:
    document = cfn_yaml.load(path.read_text())
    where = f"{path.parent.name}/{path.name}"
    _check_keys(document, frozenset({"packages", "operators"}), frozenset(), where)
    contents = {name: tuple(files) for name, files in document["packages"].items()}
    for file in (one for files in contents.values() for one in files):
        if not (path.parent / file).is_file():
            raise ManifestError(f"{where}: there is no file {file}")
    operators = tuple(_operator(one, contents, where) for one in document["operators"])
    return Manifest(path.parent, contents, operators)


def _operator(
    entry: Mapping[str, Any], contents: Mapping[str, tuple[str, ...]], where: str
) -> Operator:
    where = f"{where}: {entry.get('name', 'an operator without a name')}"
    _check_keys(entry, _KEYS, _MORE_KEYS, where)
    if entry["type"] not in _FUNCTION_SUFFIXES:
        raise ManifestError(f"{where}: type is Sync or Async, not {entry['type']}")
    if not _NAME.fullmatch(entry["name"]):
        raise ManifestError(f"{where}: a name has up to 25 letters and digits")
    if not {"MediaType", "Enabled"} <= set(entry["configuration"]):
        raise ManifestError(f"{where}: configuration needs MediaType and Enabled")
    if ("check" in entry) != (entry["type"] == "Async"):
        raise ManifestError(f"{where}: an Async operator has a check, a Sync one has none")
    return Operator(
        name=entry["name"],
        type=entry["type"],
        configuration=entry["configuration"],
        functions=tuple(
            _function_entry(entry[role], contents, f"{where}, {role}")
            for role in ("start", "check")
            if role in entry
        ),
        store_key=entry["store_key"],
        error_key=entry["error_key"],
        output=entry["output"],
        export=entry["export"],
        permissions=tuple(entry.get("permissions", ())),
    )


def _function_entry(
    entry: Mapping[str, Any], contents: Mapping[str, tuple[str, ...]], where: str
) -> Function:
    _check_keys(entry, _FUNCTION_KEYS, frozenset(), where)
    module = entry["handler"].rpartition(".")[0]
    holding = [name for name, files in contents.items() if f"{module}.py" in files]
    if len(holding) != 1:
        raise ManifestError(
            f"{where}: {module}.py stands in {len(holding)} packages, it has to be one"
        )
    return Function(entry["handler"], entry["memory"], entry["timeout"], holding[0])


def _check_keys(
    entry: Mapping[str, Any], needed: frozenset[str], allowed: frozenset[str], where: str
) -> None:
    if missing := sorted(needed - set(entry)):
        raise ManifestError(f"{where}: {', '.join(missing)} is missing")
    if unknown := sorted(set(entry) - needed - allowed):
        raise ManifestError(f"{where}: {', '.join(unknown)} is not known here")
