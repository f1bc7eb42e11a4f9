"""The published operator library: entries written by hand, and those that manifests describe."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mie_build.operator_manifests import Function, Manifest, ManifestError, Operator

Template = dict[str, Any]

_FUNCTION_SUFFIXES = {"Sync": ("",), "Async": ("Start", "Check")}
_REGISTRATION_SECONDS = 300
_TAGS = {"environment": "mie"}
# Generated names are cut, and with them the operator's name, by which people look for logs. This
# stack is <root stack>-OperatorLibrary-<random>; the root's name is the part that is short enough.
_ROOT_STACK = {"Fn::Select": [0, {"Fn::Split": ["-OperatorLibrary-", {"Ref": "AWS::StackName"}]}]}
# Lets the engine's state machines call the function.
_OPERATOR_TAG = "mie:operator"
_FUNCTION_TAGS = {**_TAGS, _OPERATOR_TAG: "true"}
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
    """The library with the entries of every operator that has a manifest, and the tag on functions
    that are written by hand.

    Raises ManifestError when two entries share a logical id, an output or an operator's name.
    """
    resources = {name: _callable(one) for name, one in library["Resources"].items()}
    outputs = dict(library["Outputs"])
    names = {
        one["Properties"]["Name"]
        for one in resources.values()
        if one["Type"] == "Custom::CustomResource"
    }
    for logical_id, resource in _more_resources(manifests):
        _refuse_second(logical_id, resources, f"the resource {logical_id}")
        resources[logical_id] = resource
    for operator in (one for manifest in manifests for one in manifest.operators):
        _refuse_second(operator.name, names, f"the operator {operator.name}")
        names.add(operator.name)
        for logical_id, resource in _resources(operator).items():
            _refuse_second(logical_id, resources, f"the resource {logical_id}")
            resources[logical_id] = resource
        for key, output in _outputs(operator).items():
            _refuse_second(key, outputs, f"the output {key}")
            outputs[key] = output
    return {**library, "Resources": resources, "Outputs": outputs}


def _callable(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A function of the library with the tag that lets the engine's state machines call it."""
    properties = resource.get("Properties", {})
    tags = properties.get("Tags", [])
    if resource["Type"] != "AWS::Lambda::Function" or any(
        one.get("Key") == _OPERATOR_TAG for one in tags
    ):
        return dict(resource)
    tagged = [*tags, *_tag_list({_OPERATOR_TAG: _FUNCTION_TAGS[_OPERATOR_TAG]})]
    return {**resource, "Properties": {**properties, "Tags": tagged}}


def function_ids(operator: Operator) -> tuple[str, ...]:
    """The logical ids of an operator's functions."""
    return tuple(f"{operator.name}{suffix}" for suffix in _FUNCTION_SUFFIXES[operator.type])


def _more_resources(manifests: Sequence[Manifest]) -> Iterator[tuple[str, Any]]:
    for manifest in manifests:
        yield from manifest.resources.items()


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
                    **operator.environment,
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
            "Settings": [dict(one) for one in operator.settings],
            **({} if operator.retired is None else {"Retired": operator.retired}),
            **{
                role: {"Fn::GetAtt": [logical_id, "Arn"]}
                for role, logical_id in zip(roles, ids, strict=False)
            },
        },
    }


def _outputs(operator: Operator) -> dict[str, dict[str, Any]]:
    output = {
        "Description": f"Operation name of {operator.name}",
        "Value": {"Fn::GetAtt": [operator.output, "Name"]},
    }
    export = {"Name": {"Fn::Join": [":", [{"Ref": "AWS::StackName"}, operator.export]]}}
    # a name is exported once
    also = {} if operator.also_output is None else {operator.also_output: output}
    return {operator.output: {**output, "Export": export}, **also}


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _refuse_second(name: str, present: Mapping[str, Any] | set[str], what: str) -> None:
    if name in present:
        raise ManifestError(f"{what} stands in the operator library twice")
