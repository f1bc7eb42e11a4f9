"""The templates of the two APIs: what Chalice writes, expanded into plain CloudFormation.

Chalice describes an API as a SAM template. Expanding it here, and not while it is deployed, lets
the template be nested, and asks nobody for CAPABILITY_AUTO_EXPAND.
"""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from mie_build import cfn_yaml

Template = dict[str, Any]

_OVERLAY = "external_resources.yaml"


@dataclass(frozen=True)
class Api:
    """A Chalice application below source/.

    handler: the logical id of its function, by which people find traces and logs.
    function_names: logical id -> the template parameter that holds the function's name.
    """

    folder: str
    template: str
    handler: str
    function_names: dict[str, str]


APIS = (
    Api(
        "workflowapi",
        "media-insights-workflowapi-stack",
        "WorkflowAPIHandler",
        {
            "WorkflowAPIHandler": "HandlerFunctionName",
            "WorkflowCustomResource": "CustomResourceFunctionName",
        },
    ),
    Api(
        "dataplaneapi",
        "media-insights-dataplane-api-stack",
        "DataplaneAPIHandler",
        {"DataplaneAPIHandler": "HandlerFunctionName"},
    ),
)


class ChaliceError(RuntimeError):
    """Chalice could not describe an application."""


def build(api: Api, source: Path) -> Template:
    """The published template of an API."""
    described = _describe(source / api.folder, source / "lib")
    # it warns of usage metrics that nobody publishes
    logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)
    expanded = transform(described, {}, ManagedPolicyLoader(None))
    return _named(_renamed(expanded, api.handler), api.function_names)


def _describe(app: Path, library: Path) -> Template:
    """What ``chalice package`` says of the application, with its overlay merged in."""
    with tempfile.TemporaryDirectory() as folder:
        # a copy without requirements.txt: Chalice would pack them, and its package is not used
        copy, output = Path(folder, "app"), Path(folder, "out")
        copy.mkdir()
        shutil.copy(app / "app.py", copy)
        shutil.copytree(app / ".chalice", copy / ".chalice")
        shutil.copytree(app / "chalicelib", copy / "chalicelib")
        command = [
            *(sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())"),
            *("package", "--stage", "api", "--template-format", "yaml"),
            *("--merge-template", str(app / _OVERLAY), str(output)),
        ]
        done = subprocess.run(
            command,
            cwd=copy,
            # Chalice wants to know a region; the template that it writes is the same for all
            env={**os.environ, "PYTHONPATH": str(library), "AWS_DEFAULT_REGION": "us-east-1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ChaliceError(f"chalice could not package {app.name}:\n{done.stderr.strip()}")
        return cfn_yaml.load((output / "sam.yaml").read_text())


def _renamed(template: Template, handler: str) -> Template:
    """The template with Chalice's own name for the API's function replaced by ours."""
    text = json.dumps(template)
    renamed: Template = json.loads(re.sub(r"\bAPIHandler\b", handler, text))
    return renamed


def _named(template: Template, function_names: dict[str, str]) -> Template:
    """The template with a parameter for the name of each function.

    Generated names are cut to 64 characters, which hides the words that people search for.
    """
    resources = {**template["Resources"]}
    for logical_id, parameter in function_names.items():
        function = resources[logical_id]
        properties = {**function["Properties"], "FunctionName": {"Ref": parameter}}
        resources[logical_id] = {**function, "Properties": properties}
    parameters = {
        parameter: {"Type": "String", "Description": f"Name of the function {logical_id}"}
        for logical_id, parameter in function_names.items()
    }
    return {
        **template,
        "Parameters": {**template["Parameters"], **parameters},
        "Resources": resources,
    }
