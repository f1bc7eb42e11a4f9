"""The commands that the README prints work as they stand there."""

import json
import os
import re
import shutil
import subprocess
import time

import pytest
from tests.deployed.local_stack import ROOT, SAMPLE

pytestmark = pytest.mark.deployed

# stands in for the AWS CLI where there is none, for the one call that the README makes
_AWS = """#!{python}
import boto3, os, sys
assert sys.argv[1:3] == ["s3", "cp"]
bucket, _, key = sys.argv[4].removeprefix("s3://").partition("/")
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
s3.upload_file(sys.argv[3], bucket, key + os.path.basename(sys.argv[3]))
"""


def blocks(heading):
    """The command blocks of a section of the README."""
    text = (ROOT / "README.md").read_text()
    section = re.split(r"^## ", text.split(f"## {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    return re.findall(r"^```\n(.*?)^```", section, flags=re.M | re.S)


@pytest.fixture
def shell(stack, tmp_path):
    """Runs commands one after another, as a reader types them, and returns what they print."""
    commands = tmp_path / "bin"
    commands.mkdir()
    python = ROOT / ".mie" / "venv" / "bin" / "python"
    aws = commands / "aws"
    aws.write_text(_AWS.format(python=python))
    aws.chmod(0o755)
    shutil.copy(SAMPLE, tmp_path / "test_image.jpg")
    # the reader stands in the checkout; the test's stack keeps its state elsewhere
    state = os.environ.get("MIE_STATE", str(ROOT / ".mie"))
    set_up = blocks("Call the APIs")[0].replace(".mie/local.json", f"{state}/local.json")
    set_up = set_up.replace("$PWD/.mie", f"{ROOT}/.mie")

    def run(text):
        environment = {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}"}
        if shutil.which("jq") is None:
            pytest.skip("jq, which the README's commands use, is not installed")
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", f"{set_up}\n{text}"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_workflows_and_stages_are_listed(shell):
    printed = shell(blocks("Call the APIs")[1])
    assert '"CasImageWorkflow"' in printed
    assert '"RekognitionStage"' in printed


def test_a_workflow_runs_with_its_default_configuration(stack, shell):
    execution = json.loads(shell(blocks("Call the APIs")[2]))
    assert stack.wait(execution["Id"])["Status"] == "Complete"
    results = (
        blocks("Call the APIs")[4]
        .replace("$ID", execution["Id"])
        .replace("$ASSET_ID", execution["AssetId"])
    )
    printed = shell(results)
    assert '"Complete"' in printed
    assert '"Person"' in printed


def test_and_with_another_one(stack, shell):
    execution = stack.wait(json.loads(shell(blocks("Call the APIs")[3]))["Id"])
    outputs = execution["Workflow"]["Stages"]["RekognitionStage"]["Outputs"]
    assert {one["Name"]: one["Status"] for one in outputs} == {
        "celebrityRecognitionImage": "Skipped",
        "contentModerationImage": "Skipped",
        "faceDetectionImage": "Skipped",
        "faceSearchImage": "Skipped",
        "labelDetectionImage": "Skipped",
        "textDetectionImage": "Complete",
    }


def test_what_was_found_is_found_by_a_search(stack, shell):
    if stack.facts["opensearch_url"] is None:
        pytest.skip("search is off on this stack")
    assert stack.run("CasImageWorkflow")["Status"] == "Complete"
    # "give it a second"
    deadline = time.monotonic() + 60
    while not (printed := shell(blocks("Call the APIs")[5])) and time.monotonic() < deadline:
        time.sleep(1)
    assert {json.loads(line)["name"] for line in printed.splitlines()} == {"Person"}
